"""A rim that moves: what is squeezed out widens the metal, until a mask holds it.

The rim stays upright: what crosses it in a step, at whatever height, is spread evenly over its
height. Its new radius R' is not integrated but follows from that volume, pi (R'^2 - R^2) (H - g)
with the platen's height H and the gap g at the rim, so the volume of the mesh balances to
round-off. The metal bears load and carries current wherever it has spread.

Where a mask stands in the way, a step that would pass it is shortened so that it ends there. From
then on the mask holds the rim, at every height, and what that takes is the pressure there; where it
would take tension, the rim is let go. The window of a mask that is a body (`[mask]`) gives way to
that pressure: a spring at the rim, whose pressure at a step's end follows from where it is then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from femna.case import Stack
from femna.errors import ComputationError
from femna.mesh.outline import Outline
from femna.simulation.along_interface import along_interface
from femna.simulation.bodies.window import window_compliance
from femna.simulation.gap_carry import carry, hat_areas
from femna.simulation.rim import HELD, Rim
from femna.simulation.rim_motion import RimMotion
from femna.simulation.setup import Model
from femna.simulation.state import Clock

Array = npt.NDArray[np.float64]

AT_MASK: Final = 1e-6
"""Of the clearance, by which a rim may miss the mask that holds it."""

LEAST_CHANGE: Final = 1.1
"""Of width over height since the mesh was made, before it is made anew: a fresh one may have flat
triangles too, where the gap or the bare ring leaves no better."""

UM_PER_M: Final = 1e6


@dataclass(frozen=True)
class Report:
    """What the last step did at the rim.

    Attributes
    ----------
    pressure : float
        Of the mask on the rim, its mean, dimensionless.
    volume_error, gap_error : float
        Of the gap's way to the new vertices (`Carried`), in the model's units.
    """

    pressure: float = 0.0
    volume_error: float = 0.0
    gap_error: float = 0.0


class MovingRim(Rim):
    """The rim of a stack with ``rim = "moving"``.

    Parameters
    ----------
    model : Model
        The discrete problem, its meshes at the reference position.
    geometry : Stack
        The geometry of its case.

    Attributes
    ----------
    motion : RimMotion
        Moves the vertices of both bodies.
    """

    moves = True

    def __init__(self, model: Model, geometry: Stack) -> None:
        super().__init__(model)
        self._system = model.system
        length, chart = model.scales.length, model.chart
        fixed = (max(chart.edges) + 0.5 * chart.width) / length if chart.edges else 0.0
        self._meshed = 1.0 if model.outline is None else model.outline.radius
        self.motion = RimMotion(
            model.cell, model.system.electrolyte.space, fixed=fixed, radius=self._meshed
        )
        self._vertices = along_interface(self._system)
        self._farthest = geometry.farthest_rim / length
        self._mask = math.inf
        if geometry.clearance is not None:
            self._mask = 1.0 + geometry.clearance / length
        self._window = self._compliance(model) if math.isfinite(self._mask) else 0.0
        self._report, self._placed = Report(), self._meshed

    def _compliance(self, model: Model) -> float:
        """Return the way of the window for pressure times height of the metal; 0 if rigid."""
        mask, made_of = model.case.mask, model.properties.mask
        if mask is None or made_of is None:
            return 0.0
        radius = self._mask * model.scales.length
        found = window_compliance(self._system.comm, mask, made_of, window=radius)
        return found * model.scales.traction / mask.thickness

    # -- a step --------------------------------------------------------------------------------

    def prepare(self, clock: Clock, dt: float) -> None:
        """Let the mask hold the rim, in a step of length `dt`, if it did at the end of the last.

        The window's pressure at the step's end is that at its beginning and what the way of the
        rim in the step adds.
        """
        fields, pressed = self._metal.fields, clock.rim_pressed
        stiffness = self._stiffness(clock)
        rigid = math.isinf(stiffness)
        fields.rim_resistance.value = (HELD if rigid else stiffness * dt) if pressed else 0.0
        way = clock.rim_radius - self._mask if pressed else 0.0
        fields.rim_pressure.value = 0.0 if rigid or not pressed else stiffness * way

    def _stiffness(self, clock: Clock) -> float:
        """Return pressure on the rim over the window's way; infinite if that is rigid.

        The metal presses over its own height; what counts for the ring is the force.
        """
        if self._window == 0.0:
            return math.inf
        return 1.0 / (self._window * self._height(clock))

    def revise(self, clock: Clock, dt: float) -> bool:
        """Let the mask hold a rim that would pass it, and let go one that it would have to pull.

        Returns
        -------
        bool
            Whether the step must be solved again (collective).
        """
        if clock.rim_pressed:
            turns = self.pressure(clock) < 0.0
        else:
            starts = self._at_mask(clock.rim_radius) or self._passes(clock.rim_radius)
            turns = starts and self._passes(self._reached(clock, dt))
        if turns:
            clock.rim_pressed = not clock.rim_pressed
            self.prepare(clock, dt)
            self._system.forget()
        return turns

    def share_to_mask(self, clock: Clock, dt: float, *, short: bool) -> float | None:
        """Return by what a solved step's length is multiplied so that it ends at the mask.

        None where it does not pass the mask or ends there; `short` asks also for a step that comes
        short of it (collective).
        """
        if clock.rim_pressed or math.isinf(self._mask):
            return None
        reached = self._reached(clock, dt)
        if self._at_mask(reached) or not (short or self._passes(reached)):
            return None
        way = reached**2 - clock.rim_radius**2
        return (self._mask**2 - clock.rim_radius**2) / way if way > 0.0 else None

    def time_to_fill(self, clock: Clock) -> float:
        """Return infinity: a step that passes the mask is shortened, see `share_to_mask`."""
        return math.inf

    def check(self, clock: Clock, dt: float) -> None:
        """Refuse a solved step that leaves no bare electrolyte, or no metal (collective).

        Raises
        ------
        ComputationError
            On every rank.
        """
        if self._later_height(clock, dt) <= 0.0:
            raise ComputationError(
                f"step {clock.step + 1} would press the metal to nothing: leave numerics.step out, "
                "or make it smaller"
            )
        reached = self._reached(clock, dt)
        if reached > self._farthest * (1.0 + 1e-9):
            at, end = (x * self._model.scales.length * UM_PER_M for x in (reached, self._farthest))
            raise ComputationError(
                f"the metal's rim would come to {at:.6g} um from the axis, and is followed up to "
                f"{end:.6g} um, where too little bare electrolyte is left: give "
                "geometry.clearance, the distance to a mask, or a wider electrolyte"
            )

    def carried(
        self, clock: Clock, gap: Array, *, squeezed: float, pressure: float
    ) -> tuple[Array, Array]:
        """Give the clock the radius after a step, and return the state at the vertices then.

        They move there by `place`; nothing else is changed (collective).

        Parameters
        ----------
        clock : Clock
            The platen already at its new height.
        gap : array, shape (N,)
            Of the solved step.
        squeezed : float
            Volume that has crossed the rim.
        pressure : float
            What `pressure` gave before the clock went on.

        Returns
        -------
        gap, contact : arrays, shape (N,)
            Gaps and complementary unknowns of this rank's vertices.
        """
        system, vertices = self._system, self._vertices
        gaps, contact = vertices.gather(gap), vertices.gather(system.z)
        ring = squeezed / (self._height(clock) - float(gaps[-1]))
        before = self._places(clock.rim_radius)
        clock.rim_radius = math.sqrt(clock.rim_radius**2 + ring / math.pi)
        after = self._places(clock.rim_radius)
        volume = float(hat_areas(before) @ gaps) + ring * float(gaps[-1])
        moved = carry(before, after, gaps, contact, volume=volume)
        self._report = Report(pressure, moved.volume_error, moved.gap_error)
        return moved.gap[vertices.mine], moved.contact(system.gap_scale)[vertices.mine]

    def way(self, clock: Clock) -> Array:
        """Return how far the metal's geometry nodes are about to move outward, shape (nodes,)."""
        return self.motion.metal_shift(clock.rim_radius - self._placed)

    def place(self, clock: Clock) -> None:
        """Move the vertices to where they belong for the clock's radius (collective)."""
        if clock.rim_radius == self._placed:
            return
        self.motion.place(clock.rim_radius)
        self._placed = clock.rim_radius
        self._system.moved_sideways()
        self._model.renew_conducting()

    def _places(self, radius: float) -> Array:
        """Return the radii of all interface vertices, rising, for a radius of the rim."""
        start = self._vertices.places
        return np.asarray(start + (radius - self._meshed) * self.motion.on_face(start))

    # -- the mesh ------------------------------------------------------------------------------

    def outline(self, clock: Clock) -> Outline:
        """Return the present outline of the metal."""
        return Outline(clock.rim_radius, self._height(clock))

    def outline_of_mesh(self, clock: Clock) -> Outline:
        """Return the outline that the metal had when its present mesh was made."""
        return self.outline(replace(clock, rim_radius=clock.mesh_radius, platen=clock.mesh_platen))

    def worn(self, clock: Clock) -> bool:
        """Say whether the mesh has become so flat that it should be made anew (collective)."""
        limit = self._model.case.numerics.flattest
        now, then = self.outline(clock), self.outline_of_mesh(clock)
        flatter = now.radius / now.height * then.height / then.radius
        if limit == 0.0 or max(flatter, 1.0 / flatter) < LEAST_CHANGE:
            return False
        return self.motion.worst_angle() < math.degrees(limit)

    # -- numbers -------------------------------------------------------------------------------

    def columns(self, clock: Clock, *, volume_unit: float) -> dict[str, float]:
        """Return the columns of the history that are the rim's: see `Rim.columns`."""
        scales, report = self._model.scales, self._report
        return {
            "rim_radius_um": clock.rim_radius * scales.length * UM_PER_M,
            "rim_pressure_MPa": report.pressure * scales.traction / 1e6,
            "remap_volume_error_um3": report.volume_error * volume_unit,
            "remap_gap_error_um": report.gap_error * scales.length * UM_PER_M,
            "worst_angle_deg": self.motion.worst_angle(),
            "remeshes": float(clock.remeshes),
        }

    def pressure(self, clock: Clock) -> float:
        """Return the mean pressure of the mask on the rim in the solved step (collective)."""
        if not clock.rim_pressed:
            return 0.0
        step = self._system.required_step()
        face = self._height(clock) - self._gap_at_rim(step.old_gap)
        outward = self.rate() / (2.0 * math.pi * clock.rim_radius * face)
        fields = self._metal.fields
        return float(fields.rim_pressure.value + fields.rim_resistance.value * outward)

    def _at_mask(self, radius: float) -> bool:
        return abs(radius - self._mask) <= AT_MASK * (self._mask - 1.0)

    def _passes(self, radius: float) -> bool:
        return radius > self._mask and not self._at_mask(radius)

    def _height(self, clock: Clock) -> float:
        """Return the platen's height over the electrolyte."""
        return self._model.metal_thickness / self._model.scales.length + clock.platen

    def _gap_at_rim(self, gap: Array) -> float:
        radius = self._system.vertices.horizontal[:, 0]
        last = int(np.argmax(radius)) if len(radius) else 0
        here = (float(radius[last]), float(gap[last])) if len(radius) else (-1.0, 0.0)
        return float(max(self._system.comm.allgather(here))[1])

    def _reached(self, clock: Clock, dt: float) -> float:
        """Return the radius at the end of a solved step of length `dt` (collective)."""
        ring = dt * self.rate() / self._later_height(clock, dt)
        return math.sqrt(max(clock.rim_radius**2 + ring / math.pi, 0.0))

    def _later_height(self, clock: Clock, dt: float) -> float:
        """Return the height of the rim's face when the step ends (collective)."""
        sunk = dt * self._system.platen_velocity
        return self._height(clock) + sunk - self._gap_at_rim(self._system.gap)
