"""The porosity of the metal at its quadrature points, and what it does to the flow.

The porosity belongs to the beginning of a step. Within one a void would be over-drawn where it
lasts shorter than the step; so the closing rate c of the law is taken over the step as that of a
void which is followed to its end (:mod:`femna.physics.void_decay`), ``f (1 - v(c dt/f)) / dt``,
which never exceeds f/dt. Under tension a void grows at the rate of the law. The f that is lost is
what the voids hold; the law may be asked at another one, that of round voids which close as fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from femna.errors import ComputationError
from femna.physics.metal import MetalFields, MetalForms, PorousFields
from femna.physics.porous_creep import PowerLaw, respond
from femna.physics.void_decay import share_left
from femna.simulation.discretisation import FormVector, Quadrature, QuadratureEvaluator
from femna.simulation.scales import Scales
from femna.simulation.viscosity import Flow

Array = npt.NDArray[np.float64]

MOST_POROUS: Final = 0.9
"""Largest porosity that the law is asked for: beyond it the metal has no strength worth a name."""

DENSE: Final = 1e-12
"""Porosity below which the metal counts as dense."""


def porous_fields(quadrature: Quadrature) -> PorousFields:
    """Return the functions of a metal with closed voids, all zero."""
    space = quadrature.scalar_space
    return PorousFields(
        cross=fem.Function(space),
        closing=fem.Function(space),
        closing_slope=fem.Function(space),
        closing_cross=fem.Function(space),
        anchor_pressure=fem.Function(space),
    )


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """Values at the porous points, dimensionless, as `PorousFields` names them."""

    cross: Array
    closing: Array
    closing_slope: Array
    closing_cross: Array


class PorousMetal:
    """Closed voids as the flow feels them.

    Parameters
    ----------
    fields : MetalFields
        With `porous`.
    forms : MetalForms
        Made of them.
    quadrature : Quadrature
        The points.
    creep : creep law
        One power of the stress: it has the exponent ``n``.
    scales : Scales
        Characteristic values.
    sphere : bool
        Spherical voids, or cylinders in plane strain.

    Attributes
    ----------
    porosity : array, shape (points,)
        Of the law, at all quadrature points, ghosts' included.
    held : array, shape (points,)
        What the voids there hold.
    empty : array, shape (points,)
        Closing rate of voids that are emptied over that at the step's beginning.
    """

    def __init__(
        self,
        fields: MetalFields,
        forms: MetalForms,
        quadrature: Quadrature,
        *,
        creep: Any,
        scales: Scales,
        sphere: bool,
    ) -> None:
        porous = fields.porous
        if porous is None:
            raise RuntimeError("the metal's fields have no place for voids")
        mesh, space = fields.velocity.function_space.mesh, quadrature.scalar_space
        self._fields, self._creep = porous, creep
        self._scales, self._sphere = scales, sphere
        self._pressure = QuadratureEvaluator(fields.pressure, quadrature, mesh)
        self._place = QuadratureEvaluator(ufl.SpatialCoordinate(mesh), quadrature, mesh)
        test = ufl.TestFunction(space)
        self._volumes = FormVector(fem.form(test * forms.weight * forms.measure))
        self._closed = FormVector(fem.form(forms.closing * test * forms.weight * forms.measure))
        self.porosity = np.zeros(len(porous.cross.x.array))
        self.held, self.empty = self.porosity, np.zeros_like(self.porosity)
        self._dt = np.inf

    # -- a step --------------------------------------------------------------------------------

    def set(self, porosity: Array, held: Array | None = None, empty: Array | None = None) -> None:
        """Take the porosity of the next step at all quadrature points, shape (points,).

        Parameters
        ----------
        porosity : array, shape (points,)
            Of the law.
        held : array, shape (points,), optional
            What the voids hold; the same where left out.
        empty : array, shape (points,), optional
            Closing rate of voids that are emptied over that at the step's beginning; none where
            left out.
        """
        self.porosity = np.minimum(porosity, MOST_POROUS)
        self.held = self.porosity if held is None else held
        self.empty = np.zeros_like(self.porosity) if empty is None else empty

    def begin_step(self, dt: float) -> None:
        """Prepare a step of length ``dt`` [s]."""
        self._dt = dt

    def places(self) -> Array:
        """Return the present places of all points, ghosts' included, shape (points, d)."""
        return self._place()

    def volumes(self) -> Array:
        """Return the volume that belongs to each owned point, shape (owned,) (collective)."""
        return self._volumes()

    def closing(self) -> Array:
        """Return the volume that each owned point loses per time, shape (owned,) (collective).

        Dimensionless. The sum over all is what continuity takes from the metal's mesh.
        """
        return self._closed()

    # -- the law -------------------------------------------------------------------------------

    def pressure(self) -> Array:
        """Return the metal's pressure at all points, shape (points,), dimensionless."""
        return self._pressure()[:, 0]

    def soften(
        self, flow: Flow, rate: Array, *, temperature: float, rate_floor: float, blend: float
    ) -> Flow:
        """Return the flow with the voids in it, and keep their terms.

        Parameters
        ----------
        flow : Flow
            Of the dense metal, dimensionless.
        rate : array, shape (points,)
            Equivalent rates, dimensionless.
        temperature, rate_floor, blend
            As for `Viscosity`, of which this is the porous side.

        Raises
        ------
        ComputationError
            The law has no finite value at a point.
        """
        chosen = np.flatnonzero(self.porosity > DENSE)
        unit, stress_unit = self._scales.rate, self._scales.traction
        pressure = self.pressure()
        self._write(chosen, None, pressure)
        if not len(chosen):
            return flow
        porosity, held = self.porosity[chosen], self.held[chosen]
        regular = np.sqrt((rate[chosen] * unit) ** 2 + rate_floor**2)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # looked at below
            found = respond(
                self._power_law(temperature, blend),
                regular,
                pressure[chosen] * stress_unit,
                porosity=porosity,
                sphere=self._sphere,
            )
            theta = found.stress / regular
            zeta = (2.0 / 3.0) * (found.slope - theta) / regular**2
            cross = found.by_pressure / regular
            drawn = np.maximum(found.closing * self._dt / held, 0.0)
            left, kept = share_left(drawn, self.empty[chosen])
            closing = np.where(found.closing > 0.0, held * (1.0 - left) / self._dt, found.closing)
            terms = _Terms(
                cross=cross * unit,
                closing=closing / unit,
                closing_slope=kept * found.closing_slope * stress_unit / unit,
                closing_cross=kept * cross * unit,
            )
        if not all(np.isfinite(v).all() for v in (theta, zeta, *vars(terms).values())):
            raise ComputationError("the porous metal's law has no finite value")
        self._write(chosen, terms, pressure)
        softened = Flow(theta=flow.theta.copy(), zeta=flow.zeta.copy(), resistance=flow.resistance)
        softened.theta[chosen] = theta * unit / stress_unit
        softened.zeta[chosen] = zeta * unit**3 / stress_unit
        return softened

    def stress_by_pressure(self) -> Array:
        """Return ``(2/3) gamma (p - p_a)``, which multiplies the anchor, shape (points,)."""
        above = self.pressure() - self._fields.anchor_pressure.x.array
        return np.asarray((2.0 / 3.0) * self._fields.cross.x.array * above)

    def _write(self, chosen: npt.NDArray[np.intp], terms: _Terms | None, pressure: Array) -> None:
        fields = self._fields
        fields.anchor_pressure.x.array[:] = pressure
        for name in ("cross", "closing", "closing_slope", "closing_cross"):
            array = getattr(fields, name).x.array
            array[:] = 0.0
            if terms is not None:
                array[chosen] = getattr(terms, name)

    def _power_law(self, temperature: float, blend: float) -> PowerLaw:
        """Return the dense metal's law, eased towards a linear one as `Viscosity` does it."""
        n = float(self._creep.n)
        strength = float(self._creep.rate(1.0, temperature)) ** (-1.0 / n)
        if blend == 1.0:
            return PowerLaw(strength, n)
        reference = self._scales.rate
        linear = strength * reference ** (1.0 / n) / reference
        return PowerLaw(strength**blend * linear ** (1.0 - blend), 1.0 / (blend / n + 1.0 - blend))
