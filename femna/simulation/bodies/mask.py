"""The mask: a ring on the rigid electrolyte, pressed by the rigid platen.

Its reaction enters the balance of the stack force beside the metal's. The mask rests on the
electrolyte, which holds it vertically; the platen touches it by unilateral contact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.case.mask import Mask
from femna.errors import ComputationError
from femna.materials.mask import MaskProperties
from femna.mesh.bodies import distribute_body, on_root
from femna.mesh.ring import ring_arrays
from femna.physics.solid import RelaxationTerm, Solid
from femna.simulation.bodies.contact_problem import ContactProblem, Pair
from femna.simulation.bodies.mortar import mortar_on_plane
from femna.simulation.bodies.solid_body import SolidBody

Array = npt.NDArray[np.float64]

ROWS: Final = 6
"""Elements over the thickness."""

FARTHEST: Final = 1.0
"""Displacement of the platen over the thickness at which an iterate is given up."""

MOST_SINKINGS: Final = 30
"""Iterations for the foundation before it counts as failed."""

SUNK: Final = 1e-13
"""How well its sinking is found, over the mask's thickness."""

REFERENCE: Final = 1e-3
"""Shortening over thickness at which the stiffness of a linear mask is found, any will do."""


@dataclass(frozen=True)
class Reaction:
    """What the platen feels.

    Attributes
    ----------
    force : float
        Pressing the platen up [N].
    slope : float
        Its derivative by the platen's descent [N/m].
    """

    force: float
    slope: float


class MaskBody:
    """A mask of one cell.

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    mask : Mask
        Its size and how it slips.
    properties : MaskProperties
        What it is made of.
    window : float
        Its inner radius [m].
    clearance : float
        What the platen sinks before it touches [m].
    foundation : float
        Compliance of what it stands on, in series with it [m/N].
    rows : int
        Elements over the thickness.

    Attributes
    ----------
    body : SolidBody
        Lengths in thicknesses of the mask.
    length_scale : float
        The thickness [m].
    descent : float
        Of the platen, at the last `reaction` [m].
    last : Reaction
        What it was.
    """

    def __init__(
        self,
        comm: Any,
        mask: Mask,
        properties: MaskProperties,
        *,
        window: float,
        clearance: float,
        foundation: float = 0.0,
        rows: int = ROWS,
    ) -> None:
        self.length_scale = thickness = mask.thickness
        arrays = on_root(
            comm,
            lambda: ring_arrays(
                inner=window / thickness, outer=mask.outer_radius / thickness, rows=rows
            ),
        )
        solid = Solid(
            youngs_modulus=properties.youngs_modulus,
            poisson_ratio=properties.poisson_ratio,
            relaxation=tuple(RelaxationTerm(*term) for term in properties.relaxation),
            yield_stress=properties.yield_stress,
        )
        held: tuple[tuple[str, int], ...] = (("electrolyte", 1),)
        if mask.faces == "sticking":
            held = (*held, ("electrolyte", 0), ("platen", 0))
        self.body = SolidBody(
            distribute_body(comm, arrays),
            solid,
            symmetry="axisymmetric",
            stress_unit=solid.youngs_modulus,
            held=held,
        )
        self._clearance, self._foundation = clearance / thickness, foundation
        self._force_unit = solid.youngs_modulus * thickness**2
        area = math.pi * (mask.outer_radius**2 - window**2)
        self._stiffness = solid.youngs_modulus * area / thickness
        height = 1.0 + self._clearance
        mortar = mortar_on_plane((self.body, "platen"), height=height, above=True)
        self._problem = ContactProblem([self.body], [Pair(mortar, 0)])
        self._of_reference: tuple[float, Array, Array] | None = None
        self._asked: tuple[float, float] | None = None
        self.last = Reaction(0.0, 0.0)
        self.descent = 0.0
        self._accepted = self._problem.unknowns()

    def reaction(self, platen_displacement: float, dt: float) -> Reaction:
        """Return the reaction at the end of a step (collective).

        Nothing is remembered before `accept_step`, so that a Newton method may ask repeatedly.

        Parameters
        ----------
        platen_displacement : float
            Downwards, since the start [m].
        dt : float
            Length of the step [s].

        Raises
        ------
        ComputationError
            On every rank, if the platen runs away, or the mask's own Newton method fails.
        """
        if self._asked == (platen_displacement, dt):
            return self.last
        if not abs(platen_displacement) < FARTHEST * self.length_scale:
            raise ComputationError("the platen leaves the mask's thickness")
        self.descent = platen_displacement
        self.last = self._in_series(platen_displacement, dt)
        self._asked = (platen_displacement, dt)
        return self.last

    def _in_series(self, descent: float, dt: float) -> Reaction:
        """Return the reaction of the mask with its foundation, by Newton's method on the sinking.

        Raises
        ------
        ComputationError
            On every rank, if it does not end.
        """
        sunk = self._foundation * self.last.force
        for _ in range(MOST_SINKINGS):
            own = self._of_mask((descent - sunk) / self.length_scale, dt)
            missing = self._foundation * own.force - sunk
            softer = 1.0 + self._foundation * own.slope
            if abs(missing) <= SUNK * self.length_scale:
                return Reaction(own.force, own.slope / softer)
            sunk += missing / softer
        raise ComputationError("how far the electrolyte gives way below the mask was not found")

    def _of_mask(self, descent: float, dt: float) -> Reaction:
        return self._linear(descent) if self.body.solid.is_linear else self._solved(descent, dt)

    def _solved(self, descent: float, dt: float) -> Reaction:
        self._problem.rise[0] = -descent
        # from what was accepted, since an iterate far away leaves the mask as far from the next
        self._problem.take(self._accepted)
        self._problem.solve(dt, predict=True)
        force = -self._problem.force(0) * self._force_unit
        slope = self._problem.rise_slope(0) * self._force_unit / self.length_scale
        return Reaction(force, -slope)

    def _linear(self, descent: float) -> Reaction:
        """Scale one solution: between flat faces the contact set does not depend on the load.

        With faces that match and no clearance the problem is homogeneous of degree one
        (J. Dundurs, M. Stippes, J. Appl. Mech. 37 (1970) 965: receding contact).
        """
        if self._of_reference is None:
            found = self._solved(self._clearance + REFERENCE, 0.0)
            self._of_reference = (
                found.force / REFERENCE,
                self.body.get() / REFERENCE,
                self._problem.pressure[0] / REFERENCE,
            )
        force, displacement, pressure = self._of_reference
        shortening = max(descent - self._clearance, 0.0)
        self.body.set(displacement * shortening)
        self.body.update(0.0)
        self._problem.pressure[0] = pressure * shortening
        return Reaction(force * shortening, force / self.length_scale * (descent > self._clearance))

    @property
    def stiffness(self) -> float:
        """Force over descent of an elastic mask that slips, with its foundation [N/m]."""
        return self._stiffness / (1.0 + self._foundation * self._stiffness)

    def room(self, descent: float) -> float:
        """Return what the platen has left to sink before it touches an unloaded mask [m]."""
        return self._clearance * self.length_scale - descent

    # -- state ---------------------------------------------------------------------------------

    def accept_step(self) -> None:
        """Remember the step of the last `reaction`."""
        self.body.accept_step()
        self._accepted = self._problem.unknowns()
        self._asked = None

    def state(self) -> dict[str, Array]:
        """Return copies of what a step needs, owned entries only."""
        return self.body.state()

    def restore(self, state: dict[str, Array]) -> None:
        """Return to a saved state (collective)."""
        self.body.restore(state)
        self._accepted = replace(self._problem.unknowns(), displacements=[self.body.get().copy()])
        self._asked = None

    def points(self) -> dict[str, Array]:
        """Return a place for every entry of `state`."""
        return self.body.points()
