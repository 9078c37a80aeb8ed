"""The files that grow with a run: history, probes, re-meshes, voids, half cycles, fields."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mpi4py import MPI

from femna.case import Case, ImageCell
from femna.output.cycles import CycleWriter
from femna.output.fields import FieldWriter
from femna.output.history import HistoryWriter
from femna.output.probes import ProbeWriter
from femna.output.remeshes import RemeshWriter
from femna.output.voids import VoidWriter
from femna.simulation.driver import Accepted, Driver

COUNTER_FOLDER: Final = "counter"
"""Of a run: where the fields of the counter electrode go."""


class StepFiles:
    """Writes what an accepted step leaves; every method is collective.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    case : Case
        What is run.
    driver : Driver
        At the present state.
    history : HistoryWriter
        Of this run.
    comm : MPI.Comm
        Ranks of the run.
    resumed : bool
        Go on with the files that are there, up to the present state.
    """

    def __init__(
        self,
        directory: Path,
        case: Case,
        driver: Driver,
        history: HistoryWriter,
        *,
        comm: MPI.Comm,
        resumed: bool,
    ) -> None:
        self._one_file_a_part = case.output.format == "vtkhdf"
        self._driver, self._history = driver, history
        electrolyte = driver.model.properties.electrolyte
        conductivity = electrolyte.conductivity_at(case.protocol.temperature)
        step = driver.clock.step if resumed else None
        folders = [directory, directory / COUNTER_FOLDER]
        self._fields = [
            FieldWriter(
                folder,
                comm,
                conductivity=conductivity,
                keep_through=driver.clock.time if resumed else None,
            )
            for folder in (folders if driver.counter is not None else folders[:1])
        ]
        self._probes = ProbeWriter(
            directory, case, comm, conductivity=conductivity, keep_through=step
        )
        self._cycles = CycleWriter(
            directory,
            comm,
            history=history.path if resumed else None,
            ended=driver.ends_half_cycle,
        )
        self._remeshes = RemeshWriter(directory, comm, keep_through=step)
        self._voids: VoidWriter | None = None
        if isinstance(case.geometry, ImageCell):
            least = case.geometry.minimum_volume
            self._voids = VoidWriter(directory, driver, least=least, keep_through=step)

    def write(self, accepted: Accepted) -> None:
        """Write an accepted step, with its fields where it asks for them.

        Raises
        ------
        ComputationError
            On every rank, if a file cannot be written.
        """
        driver = self._driver
        row = self._history.write(accepted.row)
        self._cycles.write(row, ends=driver.ends_half_cycle or accepted.status is not None)
        self._probes.write(driver.system, accepted.row)
        if accepted.remesh is not None:
            self._remeshes.write(accepted.remesh, accepted.row)
        if self._voids is not None:
            self._voids.write(output=accepted.output)
        if accepted.output:
            systems = [driver.system]
            if driver.counter is not None:
                systems.append(driver.counter.system)
            for fields, system in zip(self._fields, systems, strict=True):
                fields.write(system, time=driver.clock.time, charge=driver.phase_charge)

    def end(self) -> None:
        """Write what is made of all output times at once: a run ends, or stops early.

        Raises
        ------
        ComputationError
            On every rank, if a file cannot be written.
        """
        if self._one_file_a_part:
            for fields in self._fields:
                fields.collect()
