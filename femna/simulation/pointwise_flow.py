"""The creep law at the metal's quadrature points, as the functions that the forms see.

Newton's method replaces the law by its tangent plane at an anchor, a strain rate at every point.
The plain method anchors at the rate of the last iterate. A power law of high exponent makes that
go round in circles: the tangent is soft where the metal flows and stiff where it rests, so a rate
that should fall is thrown far through zero, where the next tangent throws it back. The stress is
nearly linear there, and the tangent plane gives a good one. To anchor at the rate to which the law
gives the stress of the last tangent plane is Newton's method on the pair of stress and velocity,
the stress eliminated point by point, with the same solution and the same quadratic end (for
shear-thinning Stokes flow: Rudi, Shih, Stadler, Geochem. Geophys. Geosyst. 21 (2020)
e2020GC009059, doi:10.1029/2020GC009059). In turn it is slow where a rate must grow, for which the
plain method is good. `follow_stress` takes the mean of both methods' stresses.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from femna.errors import ComputationError
from femna.physics.flow_stress import CreepLaw
from femna.physics.metal import MetalFields
from femna.simulation.discretisation import QuadratureEvaluator
from femna.simulation.memory import MetalMemory
from femna.simulation.porous_metal import PorousMetal
from femna.simulation.scales import Scales
from femna.simulation.viscosity import Flow, Viscosity

Array = npt.NDArray[np.float64]

LED: Final = 0.5
"""Share of the last tangent plane's stress in the next anchor;
in first solutions, 0.3 to 0.7 are alike."""

LARGEST_GROWTH: Final = 3.0
"""Largest change of a rate in one iteration, as a logarithm: twentyfold. The law is inverted along
its tangent, which far away says little, and viscosities of neighbours thousands of times apart are
hard for a Krylov method: a cell of an image met its limit in the third iteration with 20, and took
35 a time with 3. In 2D 1.5 to 20 are alike."""


class PointwiseFlow:
    """Evaluates the creep law at the present velocity.

    Parameters
    ----------
    creep : CreepLaw
        Creep law (SI).
    fields : MetalFields
        Its ``theta``, ``zeta`` and ``anchor`` are set.
    rate : QuadratureEvaluator
        Gives ``D*`` (:mod:`femna.physics.metal`), dimensionless.
    scales : Scales
        Characteristic values.
    memory : MetalMemory or None
        What the metal remembers.
    porous : PorousMetal or None
        Closed voids in it.

    Attributes
    ----------
    resistance : array, shape (points,), Pa, or None
        Deformation resistance at the last evaluation; None for a law without one.
    """

    def __init__(
        self,
        creep: CreepLaw,
        fields: MetalFields,
        *,
        rate: QuadratureEvaluator,
        scales: Scales,
        memory: MetalMemory | None,
        porous: PorousMetal | None = None,
    ) -> None:
        self._porous = porous
        self._creep, self._fields, self._rate = creep, fields, rate
        self._scales, self._memory = scales, memory
        self._comm = fields.velocity.function_space.mesh.comm
        self.resistance: Array | None = None

    @property
    def relaxed_modulus(self) -> float:
        """``3 G dt`` of the present step [Pa s]; infinite without elasticity."""
        return np.inf if self._memory is None else self._memory.relaxed_modulus

    def update(self, temperature: float, *, rate_floor: float, blend: float) -> None:
        """Anchor the law at the present rate of every quadrature point (collective).

        Parameters
        ----------
        temperature : float
            [K].
        rate_floor : float
            Strain-rate floor [1/s].
        blend : float
            Share of the law's own exponent, see `Viscosity`.

        Raises
        ------
        ComputationError
            On every rank, if the law cannot be inverted at a point of any.
        """
        rate = self._rate()
        self._anchor(rate, self._law(rate, temperature, rate_floor=rate_floor, blend=blend))

    def follow_stress(self, temperature: float, *, rate_floor: float, blend: float) -> None:
        """Anchor the law between its present stress and that of the last tangent plane.

        The law is inverted along its tangent in log stress and log rate. Parameters and exceptions
        are those of :meth:`update` (collective).
        """
        rate = self._rate()
        led = self._stress_of_plane(rate)
        here = self._law(rate, temperature, rate_floor=rate_floor, blend=blend)
        own = (2.0 / 3.0) * here.theta[:, None] * rate
        anchor = _rate_of(LED * led + (1.0 - LED) * own, rate, here)
        self._anchor(anchor, self._law(anchor, temperature, rate_floor=rate_floor, blend=blend))

    def stress(self) -> Array:
        """Return the deviatoric stress at all points, shape (points, 9), dimensionless."""
        return self._stress_of_plane(self._rate())

    def _stress_of_plane(self, rate: Array) -> Array:
        """Return the tangent plane's stress at rates, both of shape (points, 9)."""
        fields = self._fields
        anchor = fields.anchor.x.array.reshape(rate.shape)
        beyond = fields.zeta.x.array * np.einsum("qi,qi->q", anchor, rate - anchor)
        stress = fields.theta.x.array[:, None] * rate + beyond[:, None] * anchor
        stress *= 2.0 / 3.0
        if self._porous is not None:
            stress += self._porous.stress_by_pressure()[:, None] * anchor
        return np.asarray(stress)

    def _law(self, rate: Array, temperature: float, *, rate_floor: float, blend: float) -> Flow:
        """Return the law at dimensionless rates, dimensionless itself (collective)."""
        law = Viscosity(creep=self._creep, rate_floor=rate_floor, reference_rate=self._scales.rate)
        equivalent = np.sqrt((2.0 / 3.0) * np.einsum("qi,qi->q", rate, rate))
        unit = self._scales.rate / self._scales.traction
        flow = Flow(theta=np.zeros(0), zeta=np.zeros(0))
        problem = ""
        try:
            found = law(
                equivalent * self._scales.rate,
                temperature=temperature,
                relaxed_modulus=self.relaxed_modulus,
                blend=blend,
                hardening=None if self._memory is None else self._memory.hardening,
            )
            flow = Flow(
                theta=found.theta * unit,
                zeta=found.zeta * unit * self._scales.rate**2,
                resistance=found.resistance,
            )
            if self._porous is not None:
                flow = self._porous.soften(
                    flow,
                    equivalent,
                    temperature=temperature,
                    rate_floor=rate_floor,
                    blend=blend,
                )
        except ComputationError as error:
            problem = str(error)
        # one rank's failure is everybody's, or the others would wait for it for ever
        problem = self._comm.allreduce(problem, op=MPI.MAX)
        if problem:
            raise ComputationError(problem)
        return flow

    def _anchor(self, rate: Array, flow: Flow) -> None:
        self._fields.anchor.x.array[:] = rate.reshape(-1)
        self._fields.theta.x.array[:] = flow.theta
        self._fields.zeta.x.array[:] = flow.zeta
        self.resistance = flow.resistance


def _rate_of(stress: Array, rate: Array, flow: Flow) -> Array:
    """Return the rates at which the law has given stresses, by its tangent in the logarithms.

    Parameters
    ----------
    stress : array, shape (points, 9)
        Deviatoric.
    rate : array, shape (points, 9)
        Where the tangent is taken.
    flow : Flow
        The law there.
    """
    given = np.sqrt(1.5 * np.einsum("qi,qi->q", stress, stress))
    size = np.sqrt((2.0 / 3.0) * np.einsum("qi,qi->q", rate, rate))
    own = flow.theta * size
    exponent = flow.theta / (flow.theta + 1.5 * flow.zeta * size**2)  # d ln(rate) / d ln(stress)
    known = (given > 0.0) & (own > 0.0)
    ratio = np.divide(given, own, out=np.ones_like(own), where=known)
    growth = np.clip(exponent * np.log(ratio), -LARGEST_GROWTH, LARGEST_GROWTH)
    viscosity = np.divide(given, size * np.exp(growth), out=flow.theta.copy(), where=known)
    # a void under a far too high pressure has no shear strength left: its rate is no worse a guess
    strong = np.broadcast_to((viscosity > 0.0)[:, None], stress.shape)
    return np.asarray(np.divide(1.5 * stress, viscosity[:, None], out=rate.copy(), where=strong))
