"""The mask: a ring or a plate on the rigid electrolyte, pressed by the rigid platen.

Its reaction enters the balance of the stack force beside the metal's. The mask rests on the
electrolyte, which holds it vertically; the platen touches it by unilateral contact. Along both
faces it slips, sticks, or slides by a law of the walls (`sliding.py`). Where it slides its upper
half is computed, between the platen and the plane of symmetry at half its height: both faces are
then alike, each pressed by unilateral contact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from femna.case.mask import Faces, Mask, MaskFriction
from femna.case.symmetry import SHAPES
from femna.case.wall import ViscousWall
from femna.errors import ComputationError
from femna.materials.mask import MaskProperties
from femna.physics.solid import RelaxationTerm, Solid
from femna.physics.wall import Friction, Viscous
from femna.simulation.bodies.contact_problem import ContactProblem
from femna.simulation.bodies.figures import Figure
from femna.simulation.bodies.mortar import mortar_on_plane
from femna.simulation.bodies.pair import Pair
from femna.simulation.bodies.resting_body import resting_body
from femna.simulation.bodies.sliding import Slide

Array = npt.NDArray[np.float64]

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
        Its thickness and how it slips.
    properties : MaskProperties
        What it is made of.
    figure : Figure
        What it looks like from above.
    clearance : float
        What the platen sinks before it touches [m].
    foundation : float
        Compliance of what it stands on, in series with it [m/N].
    rows : int, optional
        Elements over the thickness; left out, as many as the figure needs.

    Attributes
    ----------
    body : SolidBody
        Lengths in thicknesses of the mask; of a plate a quarter of it.
    length_scale : float
        The thickness [m].
    area : float
        Of the unloaded mask [m^2].
    share : float
        Of the mask that is computed: 1, or the upper half.
    foundation : float
        As given [m/N].
    descent : float
        Of the platen, at the last `reaction` [m].
    last : Reaction
        What it was; after a step or a restart with the force that was left.
    """

    def __init__(
        self,
        comm: Any,
        mask: Mask,
        properties: MaskProperties,
        *,
        figure: Figure,
        clearance: float,
        foundation: float = 0.0,
        rows: int | None = None,
    ) -> None:
        self.length_scale = thickness = mask.thickness
        law = _law(mask.faces, unit=properties.youngs_modulus, length=thickness)
        self.share = share = 1.0 if law is None else 0.5
        solid = Solid(
            youngs_modulus=properties.youngs_modulus,
            poisson_ratio=properties.poisson_ratio,
            relaxation=tuple(RelaxationTerm(*term) for term in properties.relaxation),
            yield_stress=properties.yield_stress,
        )
        even = mask.faces.law == "free_slip"
        self.body = resting_body(
            comm,
            figure,
            lambda: figure.mesh(thickness, rows=rows or figure.rows, share=share, even=even),
            solid,
            sticks=mask.faces.law == "sticking",
        )
        self._clearance, self.foundation = clearance / thickness, foundation
        often = SHAPES[figure.symmetry].multiplicity
        self._force_unit = solid.youngs_modulus * thickness**2 * often
        self.area = figure.area
        self._stiffness = solid.youngs_modulus * self.area / thickness
        height = 1.0 + self._clearance * share
        mortar = mortar_on_plane((self.body, "platen"), height=height, above=True)
        self._problem = ContactProblem([self.body], [Pair(mortar, 0, law=law)])
        self._scales = law is None and solid.is_linear
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
        sunk = self.foundation * self.last.force
        for _ in range(MOST_SINKINGS):
            own = self._of_mask((descent - sunk) / self.length_scale, dt)
            missing = self.foundation * own.force - sunk
            softer = 1.0 + self.foundation * own.slope
            if abs(missing) <= SUNK * self.length_scale:
                return Reaction(own.force, own.slope / softer)
            sunk += missing / softer
        raise ComputationError("how far the electrolyte gives way below the mask was not found")

    def _of_mask(self, descent: float, dt: float) -> Reaction:
        return self._linear(descent) if self._scales else self._solved(descent, dt)

    def _solved(self, descent: float, dt: float) -> Reaction:
        self._problem.rise[0] = -descent * self.share
        # from what was accepted, since an iterate far away leaves the mask as far from the next
        self._problem.take(self._accepted)
        self._problem.solve(dt, predict=True)
        force = -self._problem.force(0) * self._force_unit
        slope = self._problem.rise_slope(0) * self.share * self._force_unit / self.length_scale
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
        return self._stiffness / (1.0 + self.foundation * self._stiffness)

    def room(self, descent: float) -> float:
        """Return what the platen has left to sink before it touches an unloaded mask [m]."""
        return self._clearance * self.length_scale - descent

    # -- state ---------------------------------------------------------------------------------

    def accept_step(self) -> None:
        """Remember the step of the last `reaction` (collective)."""
        self.body.accept_step()
        self._problem.accept()
        self._take_up()

    def state(self) -> dict[str, Array]:
        """Return copies of what a step needs, owned entries only: body, pressure and traction.

        From these the contact set of a step is predicted, so that without them a run that goes on
        would begin its iterations elsewhere.
        """
        pressure, traction = self._problem.pressure[0], self._problem.traction[0]
        return {
            **self.body.state(),
            "contact_pressure": pressure.copy(),
            "traction": traction.reshape(-1).copy(),
        }

    def restore(self, state: dict[str, Array]) -> None:
        """Return to a saved state (collective)."""
        self.body.restore(state)
        traction = self._problem.traction[0]
        self._problem.pressure[0] = state["contact_pressure"].copy()
        self._problem.traction[0] = state["traction"].reshape(traction.shape).copy()
        self._problem.accept()
        self._take_up()

    def _take_up(self) -> None:
        """Begin where the mask is now (collective): alike after a step and after a restart."""
        self._accepted = self._problem.unknowns()
        self.last = Reaction(-self._problem.force(0) * self._force_unit, self.last.slope)
        self._asked = None

    def points(self) -> dict[str, Array]:
        """Return a place for every entry of `state`."""
        places = self._problem.pairs[0].mortar.places
        return {**self.body.points(), "contact_pressure": places, "traction": places}


def _law(faces: Faces, *, unit: float, length: float) -> Slide | None:
    """Return how the faces slide, in a unit of stress and one of length; None for all other ways.

    Parameters
    ----------
    faces : str or table
        As in the case.
    unit : float
        [Pa].
    length : float
        [m].
    """
    if isinstance(faces, ViscousWall):
        return Viscous(drag=faces.drag * length / unit)
    if isinstance(faces, MaskFriction):
        cap = math.inf if faces.shear_strength is None else faces.shear_strength / unit
        return Friction(coefficient=faces.coefficient, strength=lambda _: cap, slip_speed=0.0)
    return None
