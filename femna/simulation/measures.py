"""What a step reports: the row of the history, and its balances from the discrete fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from mpi4py import MPI

from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.reference_electrode import reference_reading
from femna.simulation.schedule import Phase
from femna.simulation.stage import Stage
from femna.simulation.state import Clock

PA_PER_MPA = 1e6
CM2_PER_M2 = 1e4
CHARGE_UNIT = 3.6e4
"""C/m^2 in 1 mAh/cm^2."""
CURRENT_UNIT = 10.0
"""A/m^2 in 1 mA/cm^2."""
UM_PER_M = 1e6
ROUND_OFF: Final = 16.0 * float(np.finfo(np.float64).eps)
"""How well the mesh's volume, a sum over its cells, is known relative to itself: what passes in a
tiny step is no more than that, and would not be told from it."""


@dataclass(frozen=True)
class Balances:
    """Relative errors of the conserved quantities; all should be round-off."""

    charge: float
    volume: float
    force: float
    complementarity: float


@dataclass(frozen=True)
class Forces:
    """Dimensionless: of interface and platen on the metal, and of the mask on the platen."""

    interface: float
    platen: float
    mask: float = 0.0


class Measures:
    """Evaluates the reported numbers of the system's present state.

    Parameters
    ----------
    stage : Stage
        The model in motion, at its beginning: its volume is the one to which later ones compare.
    volume_at_start : float, optional
        That volume, where the mesh has been made anew since.

    Attributes
    ----------
    volume_at_start : float
        Of the metal, in the model's units.
    """

    def __init__(self, stage: Stage, *, volume_at_start: float | None = None) -> None:
        model = stage.model
        self._model, self._motion, self._voids = model, stage.motion, stage.voids
        self._occlusion = stage.occlusion
        self._rim, self._reference = stage.rim, reference_reading(model)
        given = volume_at_start
        self.volume_at_start = stage.motion.volume() if given is None else given
        system = model.system
        space = system.metal.velocity_space
        vertical = space.sub(model.cell.metal.mesh.geometry.dim - 1)
        self._platen = owned_facet_dofs(vertical, model.cell.metal, "platen")

    def _sum(self, value: Any) -> float:
        return float(self._model.system.comm.allreduce(float(value)))

    def _max(self, values: Any) -> float:
        local = float(np.max(values, initial=-np.inf))
        return float(self._model.system.comm.allreduce(local, op=MPI.MAX))

    def contact_fraction(self) -> float:
        """Return the integral of h c over that of c; 1 when healed."""
        system, model = self._model.system, self._model
        openness = system.interface().openness
        return (
            self._sum((system.contact_area * model.conducting) @ openness) / self._conducting_area()
        )

    def real_contact_fraction(self) -> float:
        """Return the integral of h a c over that of c, a being the share that really touches."""
        system, model = self._model.system, self._model
        view, contact = system.interface(), system.required_step().law.contact
        touching = view.openness * contact.share(np.maximum(view.pressure, 0.0))
        return (
            self._sum((system.contact_area * model.conducting) @ touching) / self._conducting_area()
        )

    def _conducting_area(self) -> float:
        return self._sum(self._model.system.area @ self._model.conducting)

    def balances(self, clock: Clock, *, forces: Forces) -> Balances:
        """Return the balances at the end of a step, the mesh already in its new place.

        `forces` are those that :meth:`forces` gave.

        Charge: current into the electrolyte at the interface and out at its far side, both against
        the applied one. Volume: the mesh's change since the start, plus ``Vm Q / F``, the voids
        that closed or were met and what left through a rim that stands, less what elasticity gave
        and the voids that plating has enclosed, over the volume that has passed or left. Force:
        contact pressure and the platen's reaction, each with the mask's, against the stack force.
        """
        system = self._model.system
        step = system.required_step()
        view = system.interface()
        applied = step.current * system.total_area
        inflow = self._sum(system.contact_area @ view.current.value)
        outflow = system.electrolyte.current_out()
        unit = abs(applied) if applied else system.total_area
        charge = max(abs(inflow - applied), abs(outflow - applied)) / unit
        removed, passed = self._by_charge(clock.removed), self.passed(clock)
        change = self._motion.volume() - self.volume_at_start
        lost = self._voids.missing_volume(clock, system.gap) - self._occlusion.volume()
        left = 0.0 if self._rim.moves else clock.outflow
        defect = change + removed + lost + left - clock.elastic_volume
        known = max(abs(defect) - ROUND_OFF * self.volume_at_start, 0.0)
        volume = known / passed if passed > 0.0 else 0.0
        load = step.pressure * system.total_area
        carried = (forces.interface + forces.mask, forces.platen + forces.mask)
        force = max(abs(total - load) for total in carried) / load
        product = np.abs(view.reaction * view.gap / system.gap_scale)
        negative = np.maximum(-view.reaction, 0.0) + np.maximum(-view.gap / system.gap_scale, 0.0)
        return Balances(charge, volume, force, self._max(np.maximum(product, negative)))

    def passed(self, clock: Clock) -> float:
        """Return the volume that the current has moved or that has crossed the rim, unsigned."""
        return self._by_charge(clock.throughput) + abs(clock.outflow)

    def _by_charge(self, charge: float) -> float:
        """Return the volume of a charge [C/m^2] over the nominal area: Vm Q A / (F L)."""
        scales = self._model.scales
        per_charge = scales.velocity / (scales.current * scales.length)
        return charge * per_charge * self._model.system.total_area

    def forces(self) -> Forces:
        """Return what the interface carries, and the momentum residual at the platen's held dofs.

        To be asked for while unknowns and mesh are those of the solved step, since there the
        stress is in equilibrium.
        """
        system = self._model.system
        traction = system.interface().traction
        momentum = system.metal.momentum(traction)
        return Forces(
            self._sum(system.contact_area @ traction),
            -self._sum(momentum[self._platen].sum()),
            system.mask_reaction().force,
        )

    def _shares(self, forces: Forces | None) -> dict[str, float | int | str | None]:
        """Return who carries the stack force; None before anything has moved."""
        system = self._model.system
        if system.mask is None or forces is None:
            share, metal = 0.0, 1.0
        else:
            load = system.required_step().pressure * system.total_area
            share, metal = forces.mask / load, forces.interface / load
        force = 0.0
        if system.mask is not None and forces is not None:
            force = system.mask.newtons(forces.mask)
        return {"metal_force_share": metal, "mask_force_share": share, "mask_force_N": force}

    def row(
        self,
        clock: Clock,
        phase: Phase,
        *,
        healed: float,
        forces: Forces,
        dt: float,
        iterations: int,
    ) -> dict[str, float | int | str | None]:
        """Return one row of the history, by the names of the output contract.

        Parameters
        ----------
        clock : Clock
            State's numbers at the end of the step.
        phase : Phase
            Present phase of the protocol.
        healed : float
            Voltage [V] of the healed interface at the same current.
        forces : Forces
            What :meth:`forces` gave before the mesh moved.
        dt : float
            Length of the step [s].
        iterations : int
            Newton steps it took.
        """
        model, system, scales = self._model, self._model.system, self._model.scales
        view = system.interface()
        voltage = system.voltage * scales.potential
        applied = system.required_step().current
        current = phase.current if phase.held is None else applied * scales.current
        balances = self.balances(clock, forces=forces)
        local = view.current.value
        kinetic = ohmic = None
        if applied:
            kinetic_share = self._sum((system.contact_area * local) @ view.overpotential)
            kinetic = kinetic_share / (applied * system.total_area) * scales.potential
            thickness = model.own_electrolyte
            conductivity = model.properties.electrolyte.conductivity_at(phase.temperature)
            ohmic = current * thickness / conductivity
        volume = self._sum(system.area @ view.gap)
        if model.cell.symmetry == "plane_strain":
            unit = scales.length**2 / UM_PER_M  # a slice of one micrometre
        else:
            unit = scales.length**3
        unit *= model.cell.multiplicity * UM_PER_M**3
        pressures = view.pressure * scales.traction / PA_PER_MPA
        thickness_now = model.metal_thickness + clock.platen * scales.length
        row: dict[str, float | int | str | None] = {
            "step": clock.step,
            "time_s": clock.time,
            "half_cycle": phase.half_cycle,
            "charge_mAh_cm2": phase.charge_at(clock) / CHARGE_UNIT,
            "pressure_MPa": phase.pressure / PA_PER_MPA,
            "current_mA_cm2": current / CURRENT_UNIT,
            "contact_fraction": self.contact_fraction(),
            "voltage_V": voltage,
            "voltage_rise_V": voltage - healed,
            "asr_ohm_cm2": voltage / current * CM2_PER_M2 if current else None,
            "void_volume_um3": volume * unit,
            "max_local_current_mA_cm2": self._max(np.abs(local)) * scales.current / CURRENT_UNIT,
            "contact_pressure_min_MPa": -self._max(-pressures),
            "contact_pressure_max_MPa": self._max(pressures),
            "charge_balance": balances.charge,
            "volume_balance": balances.volume,
            "force_balance": balances.force,
            "complementarity": balances.complementarity,
            "newton_iterations": iterations,
            "dt_s": dt,
            "kinetic_voltage_V": kinetic,
            "constriction_voltage_V": (
                voltage - kinetic - ohmic if kinetic is not None and ohmic is not None else None
            ),
            "ohmic_voltage_V": ohmic,
            "phase": phase.kind,
            "platen_velocity_nm_s": system.platen_velocity * scales.velocity * 1e9,
            "layer_thickness_um": thickness_now * UM_PER_M,
            "cycle": phase.cycle,
        }
        if model.properties.interface.is_partial:
            row["real_contact_fraction"] = self.real_contact_fraction()
        row |= self._rim.columns(clock, volume_unit=unit)
        if self._reference is not None:
            against = (system.voltage - self._reference()) * scales.potential
            row["working_vs_reference_V"] = against
        if system.mask is not None:
            row |= self._shares(forces if dt else None)
        row |= self._voids.columns(clock, volume_unit=unit)
        plating = current < 0.0
        return row | self._occlusion.columns(clock, view.gap, plating=plating, volume_unit=unit)
