"""The state of a run: everything a step needs, saved and restored in one way.

The same object undoes a failed step, goes to disk as a checkpoint and brings a run back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LONGEST_PAUSE: Final = 15
"""Steps for which a method that has failed again and again is not tried, at most."""

GROUPS: Final = ("memory", "mask", "layers", "cycle")
"""Arrays of a state that are kept by names of their own."""


@dataclass(kw_only=True)
class Clock:
    """The numbers of a run's state, all in SI units unless stated; plain for a checkpoint.

    Attributes
    ----------
    step : int
        Accepted steps.
    phase : int
        Index of the present phase of the protocol.
    phase_time : float
        Time spent in it [s].
    phase_over : bool
        Whether the phase has ended before its duration.
    phase_charge : float
        Charge that has passed in it, positive when stripping [C/m^2].
    current : float
        Applied current density of the last step [A/m^2]; in a hold the one that followed.
    time : float
        Time since the start [s].
    removed : float
        Net charge taken from the metal [C/m^2].
    throughput : float
        Charge passed, regardless of sign [C/m^2].
    next_dt : float
        Step that the controller would take next [s]; 0 before the first.
    contact_rate : float
        Change of the contact fraction in the last step, per second of it.
    platen : float
        Displacement of the platen, in lengths of the model.
    elastic_volume : float
        Volume gained elastically, in the model's units.
    outflow : float
        Volume that has crossed the rim, in the model's units.
    rim_radius : float
        Of a moving rim, in lengths of the model: of a stack, the first radius of its metal.
    rim_pressed : bool
        Whether a mask holds a moving rim.
    remeshes : int
        How often the mesh has been made anew under a moving rim.
    mesh_radius, mesh_platen : float
        `rim_radius` and `platen` when the present mesh was made, from which it can be made again.
    remesh_errors : dict
        Largest relative errors of these re-maps so far, by name.
    void_radii, void_heights : tuple of float
        Of the voids inside the metal, from below, in lengths of the model; heights of the centres
        above the electrolyte.
    void_volume : float
        Volume of voids that left the metal's mesh, closed or met, in the model's units.
    film : float
        Plated metal of the present half cycle that its film has not used, in the model's units of
        volume.
    enclosed, reopened, closed : float
        Volume of voids that films have enclosed, recession has met again, and creep has closed,
        in the model's units.
    void_lifetime : float
        How long the first enclosed void to be gone lasts at the rate of the last step [s].
    cycle_contacts : tuple of float
        Contact fraction at the end of the last phases, for `CycleJump`.
    cycle_voids : tuple of float
        Volume of all voids there, open and enclosed, in the model's units.
    cycle_numbers : dict
        Numbers of the clock at the end of the last cycle, for `CycleJump`.
    mask_slope : float
        Of the mask's force by the platen's descent in the last step [N/m].
    newton_iterations : int
        Newton steps so far, failed solves included.
    stress_failures, stress_pause : int
        Accepted steps in which Newton's method by the stress failed, since one in which it did
        not; and how many steps it is not tried for.
    balances : dict
        Largest relative errors so far, by name.
    """

    step: int = 0
    phase: int = 0
    phase_time: float = 0.0
    phase_over: bool = False
    phase_charge: float = 0.0
    current: float = 0.0
    time: float = 0.0
    removed: float = 0.0
    throughput: float = 0.0
    next_dt: float = 0.0
    contact_rate: float = 0.0
    platen: float = 0.0
    elastic_volume: float = 0.0
    outflow: float = 0.0
    rim_radius: float = 1.0
    rim_pressed: bool = False
    remeshes: int = 0
    mesh_radius: float = 1.0
    mesh_platen: float = 0.0
    remesh_errors: dict[str, float] = field(default_factory=dict)
    void_radii: tuple[float, ...] = ()
    void_heights: tuple[float, ...] = ()
    void_volume: float = 0.0
    film: float = 0.0
    enclosed: float = 0.0
    reopened: float = 0.0
    closed: float = 0.0
    void_lifetime: float = float("inf")
    cycle_contacts: tuple[float, ...] = ()
    cycle_voids: tuple[float, ...] = ()
    cycle_numbers: dict[str, float] = field(default_factory=dict)
    mask_slope: float = 0.0
    newton_iterations: int = 0
    stress_failures: int = 0
    stress_pause: int = 0
    balances: dict[str, float] = field(default_factory=dict)

    def note_stress(self, *, failed: bool) -> None:
        """Count an accepted step for Newton's method by the stress, whether it failed in it."""
        if failed:
            self.stress_failures += 1
            self.stress_pause = min(2**self.stress_failures - 1, LONGEST_PAUSE)
        elif self.stress_pause > 0:
            self.stress_pause -= 1
        else:
            self.stress_failures = 0

    def advance(self, dt: float, *, current: float, duration: float) -> None:
        """Count an accepted step of length `dt` [s].

        Parameters
        ----------
        dt : float
            Length of the step [s].
        current : float
            Current density that has passed [A/m^2].
        duration : float
            Of the phase [s]; its end is met exactly.
        """
        self.current = current
        self.phase_charge += current * dt
        self.step += 1
        self.time += dt
        self.phase_time += dt
        if abs(self.phase_time - duration) < 1e-12 * duration:
            self.phase_time = duration
        self.removed += current * dt
        self.throughput += abs(current) * dt

    def next_phase(self) -> None:
        """Begin the next phase of the protocol."""
        self.phase += 1
        self.phase_time = 0.0
        self.phase_over = False
        self.phase_charge = 0.0
        self.next_dt = 0.0

    def anew(self) -> Clock:
        """Return the clock of a run that begins with this state: time starts at zero."""
        return replace(
            self,
            step=0,
            phase=0,
            phase_time=0.0,
            phase_over=False,
            phase_charge=0.0,
            current=0.0,
            time=0.0,
            next_dt=0.0,
            contact_rate=0.0,
            cycle_contacts=(),
            cycle_voids=(),
            cycle_numbers={},
            newton_iterations=0,
            balances={},
            remeshes=0,
            remesh_errors={},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers by name."""
        return asdict(self)


@dataclass(kw_only=True)
class State:
    """Clock and fields at the end of a step; arrays are this rank's owned entries.

    Attributes
    ----------
    clock : Clock
    velocity, pressure, potential : arrays
        Unknowns of metal and electrolyte, dimensionless.
    contact : array, shape (N,)
        Complementary unknowns z.
    gap : array, shape (N,)
        Gap at the end of the step, in lengths of the model.
    scalars : array, shape (2,)
        asinh of the voltage, and the platen's velocity.
    memory : dict of arrays
        What elasticity and hardening must remember; empty without them.
    mask : dict of arrays
        Displacement, contact pressure and traction of the mask, and what it remembers; empty
        without one.
    met : array, shape (N voids,), or None
        Which void each interface vertex has met, one value after the other; None without voids.
    layers : dict of arrays
        Enclosed voids over each interface vertex (`VoidLayers`); empty without cycling.
    cycle : dict of arrays
        Gap and layers at the end of the last cycle, for `CycleJump`; empty without cycling.
    counter : State, optional
        Of the counter electrode, where there is one.
    """

    clock: Clock
    velocity: Array
    pressure: Array
    contact: Array
    gap: Array
    potential: Array
    scalars: Array
    memory: dict[str, Array] = field(default_factory=dict)
    mask: dict[str, Array] = field(default_factory=dict)
    met: Array | None = None
    layers: dict[str, Array] = field(default_factory=dict)
    cycle: dict[str, Array] = field(default_factory=dict)
    counter: State | None = None

    def anew(self) -> State:
        """Return the state of a run that begins with this one: time starts at zero."""
        other = None if self.counter is None else self.counter.anew()
        return replace(self, clock=self.clock.anew(), counter=other)

    def arrays(self) -> dict[str, Array]:
        """Return the distributed arrays by name (the scalars are the same on every rank)."""
        names = ("velocity", "pressure", "contact", "gap", "potential")
        met = {} if self.met is None else {"met": self.met}
        grouped = {
            f"{group}_{name}": values
            for group in GROUPS
            for name, values in getattr(self, group).items()
        }
        return {name: getattr(self, name) for name in names} | grouped | met

    def not_finite(self) -> list[str]:
        """Return the names of this rank's arrays that hold a number which is not finite."""
        listed = {**self.arrays(), "scalars": self.scalars}
        return [name for name, values in listed.items() if not np.isfinite(values).all()]
