"""One case from its folder to its last file: the march with its history, fields and checkpoint."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from mpi4py import MPI

from femna.case import FINAL_STATE, Case
from femna.errors import ComputationError, Ended, InputError, RankFault
from femna.files import read_json
from femna.lock import PATIENCE, sole_writer
from femna.output.cost import Cost
from femna.output.faults import named_faults
from femna.output.files import on_root_disk
from femna.output.folder import FINISHED, Claim, claim, release
from femna.output.history import HistoryWriter
from femna.output.interrupt import Interrupt
from femna.output.log import LOGGER, run_log
from femna.output.record import (
    case_hash,
    mesh_sizes,
    unknowns,
    write_run,
    write_summary,
)
from femna.output.remeshes import remesh_message, remesh_summary
from femna.output.step_files import StepFiles
from femna.simulation.checkpoint import Checkpoint
from femna.simulation.driver import Accepted, Driver
from femna.simulation.neighbours import Neighbours
from femna.simulation.remesh import Remesh
from femna.simulation.saved_state import begin, checkpoint_of, take_up
from femna.simulation.setup import Model, build_counter, build_model
from femna.simulation.state import State
from femna.simulation.symmetric_cell import PREFIX
from femna.simulation.system import System

Monitor = Callable[[Mapping[str, object]], None]
Extra = Callable[[System], float]
Stop = Callable[[Mapping[str, object]], bool]

BALANCE_LIMIT: Final = 1e-8
"""Largest relative error of a balance in a run that counts as a success."""

CHECKPOINT: Final = Path("checkpoint") / "state.npz"

CHECKPOINT_SECONDS: Final = 1.0
"""Least wall time between two checkpoints; the last step of a run that stops early is kept."""

_BALANCES: Final = {
    "charge": "charge_balance",
    "volume": "volume_balance",
    "force": "force_balance",
}
_BALANCE_OF_VOIDS: Final = "void_balance"


def _write(unsaved: tuple[Checkpoint, State]) -> None:
    """Write a state to the checkpoint of its own mesh (collective)."""
    checkpoint, state = unsaved
    checkpoint.write(state)


@dataclass
class _Progress:
    """What a run has come to, for its summary."""

    row: dict[str, Any] = field(default_factory=dict)
    balances: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_BALANCES, 0.0))
    limit_charge: float | None = None
    status: str = "failed"
    electrode: str = "working"
    reason: str = ""
    remeshed: list[str] = field(default_factory=list)

    def take(self, accepted: Accepted) -> None:
        """Take over an accepted step."""
        self.row = accepted.row
        for name, column in (_BALANCES | {"voids": _BALANCE_OF_VOIDS}).items():
            for one in (column, f"{PREFIX}{column}"):  # of either electrode
                if one in accepted.row:
                    # NumPy's maximum does not lose a value that is no number
                    worst = np.maximum(self.balances.get(name, 0.0), accepted.row[one])
                    self.balances[name] = float(worst)
        if accepted.status is not None:
            self.status = accepted.status
            self.electrode = accepted.electrode
        if accepted.status == "voltage_limit":
            self.limit_charge = accepted.row["charge_mAh_cm2"]

    @property
    def open_balances(self) -> list[str]:
        """Names of the balances that do not close."""
        return [name for name, value in self.balances.items() if not value <= BALANCE_LIMIT]


def ended_by(progress: _Progress) -> str | None:
    """Return which electrode ended a run before its protocol; None if neither did."""
    early = progress.status in ("contact_lost", "voltage_limit", "shorted")
    return progress.electrode if early else None


def run_case(
    case: Case,
    directory: Path,
    *,
    resume: bool = False,
    comm: MPI.Comm = MPI.COMM_WORLD,
    monitor: Monitor | None = None,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
    neighbours: Neighbours | None = None,
    extra: Mapping[str, Extra] | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Run one case and write its folder (collective).

    Parameters
    ----------
    case : Case
        The validated case.
    directory : Path
        Folder of the run.
    resume : bool
        Go on from the checkpoint that is there; a finished run is returned as it is.
    comm : MPI.Comm
        Ranks of the run.
    monitor : callable, optional
        Gets the row of every accepted step, on rank 0.
    checkpoint_seconds : float
        Least wall time [s] between two checkpoints.
    neighbours : Neighbours, optional
        First solutions of the cases that this process ran before.
    extra : mapping, optional
        Further columns of the history: name -> function of the solved system, called on every
        rank; the number of rank 0 is written.
    stop : callable, optional
        Gets the row of every accepted step, on rank 0; true ends the run as interrupted.

    Returns
    -------
    dict
        What ``summary.json`` holds. Status is ok, contact_lost, voltage_limit or shorted where
        the physics ended the run; failed or interrupted where it stopped early, with the reason.

    Raises
    ------
    InputError
        The folder or the case cannot be used; nothing is overwritten.
    """
    with _held(directory, case, resume=resume, comm=comm) as found:
        if found.previous == "finished":
            summary = read_json(directory / "summary.json") if comm.rank == 0 else None
            return dict(comm.bcast(summary))
        try:
            with run_log(directory, comm), named_faults():
                run = _Run(case, directory, comm, monitor, checkpoint_seconds, extra, stop)
                return run.go(neighbours)
        except InputError:
            release(directory, found, comm=comm)
            raise


@contextmanager
def _held(directory: Path, case: Case, *, resume: bool, comm: MPI.Comm) -> Iterator[Claim]:
    """Claim the folder and keep other processes out of it until the block ends (collective)."""
    with ExitStack() as held:

        def hold() -> None:
            # what holds the folder in a moment may end in the next one
            patience = PATIENCE if resume else 0.0
            held.enter_context(sole_writer(directory, patience=patience))

        found = claim(directory, case, resume=resume, comm=comm, hold=hold)
        yield found


class _Run:
    def __init__(
        self,
        case: Case,
        directory: Path,
        comm: MPI.Comm,
        monitor: Monitor | None,
        checkpoint_seconds: float,
        extra: Mapping[str, Extra] | None = None,
        stop: Stop | None = None,
    ) -> None:
        self.extra, self.stop = dict(extra or {}), stop
        self.case, self.directory, self.comm = case, directory, comm
        self.monitor = monitor if comm.rank == 0 else None
        self.seconds = checkpoint_seconds
        self.cost, self.started = Cost(comm), datetime.now(UTC)
        self.log = logging.getLogger(LOGGER)
        self.progress = _Progress()
        self.checkpoint: Checkpoint
        self.last: Checkpoint

    def go(self, neighbours: Neighbours | None) -> dict[str, Any]:
        """Build the model, march, and write what came of it."""
        model = build_model(self.case, self.comm)
        driver = Driver(model, neighbours, counter=build_counter(self.case, self.comm))
        self.cost.end("set_up")
        del model  # a mesh that is made anew takes its place
        resumed = take_up(driver, self.directory / CHECKPOINT, case_hash=case_hash(self.case))
        if resumed:
            self.progress.balances.update(driver.clock.balances)
        else:
            begin(driver)
        self._keep(driver)
        history = HistoryWriter(
            self.directory / "history.csv",
            self.comm,
            keep_through=driver.clock.step if resumed else None,
        )
        self.progress.row = history.last
        self._forget_ending()
        if resumed:
            self.log.info("resumed after step %d", driver.clock.step)
        self._record(driver.model, ended=False)
        files = StepFiles(
            self.directory, self.case, driver, history, comm=self.comm, resumed=resumed
        )
        self._attempt(self._march, driver, files)
        self._attempt(files.end)
        self.cost.end("steps")
        self._judge_balances()
        if self.case.output.final_state and self.progress.status in FINISHED:
            self.last.write(driver.save())
        self._record(driver.model, ended=True)
        summary = self._summary(driver.model, driver)
        del driver, history, files, self.checkpoint, self.last
        gc.collect()  # on all ranks at one point, since MPI's objects are freed together
        return summary

    def _forget_ending(self) -> None:
        """Remove how an attempt before this one ended: the run goes on (collective)."""
        summary = self.directory / "summary.json"
        on_root_disk(self.comm, summary, lambda: summary.unlink(missing_ok=True))

    def _keep(self, driver: Driver) -> None:
        """Keep checkpoints and the final state by the points of the driver's mesh."""
        self.checkpoint, self.last = (
            checkpoint_of(driver, self.directory / path, case_hash=case_hash(self.case))
            for path in (CHECKPOINT, FINAL_STATE)
        )

    def _attempt(self, act: Callable[..., None], *arguments: object) -> None:
        """Do what may stop the computation, which then ends as failed, with the reason."""
        try:
            with named_faults():
                act(*arguments)
        except (ComputationError, Ended) as error:
            if self._is_alone(error):
                raise  # the other ranks wait inside the step
            self.progress.status = "failed"
            self.progress.reason = "; ".join(filter(None, [self.progress.reason, str(error)]))

    def _is_alone(self, error: Exception) -> bool:
        """Say whether other ranks know nothing of an error: nothing collective may follow it."""
        return isinstance(error, RankFault) and self.comm.size > 1

    def _march(self, driver: Driver, files: StepFiles) -> None:
        last_saved = time.monotonic()
        unsaved: tuple[Checkpoint, State] | None = None  # of the mesh that the state is on
        try:
            with Interrupt(self.comm) as interrupt:
                for accepted in driver.march():
                    if driver.clock.step == 0:
                        self.cost.end("first_solution")
                    if accepted.remesh is not None:
                        self._keep(driver)
                        self._tell(accepted.remesh)
                    for name, value in self.extra.items():
                        accepted.row[name] = value(driver.system)
                    self.progress.take(accepted)
                    driver.clock.balances = dict(self.progress.balances)
                    files.write(accepted)
                    if self.monitor is not None:
                        self.monitor(accepted.row)
                    # the initial state is not kept: to begin anew is as quick
                    unsaved = (self.checkpoint, driver.save()) if driver.clock.step else None
                    due = self.comm.bcast(time.monotonic() - last_saved >= self.seconds)
                    if due and unsaved is not None and accepted.status is None:
                        _write(unsaved)
                        unsaved, last_saved = None, time.monotonic()
                    by = interrupt.asked() if accepted.status is None else ""
                    if accepted.status is None and not by and self._stopped(accepted.row):
                        by = "the caller"
                    if by:
                        self.progress.status = "interrupted"
                        self.progress.reason = f"interrupted by {by}; --resume goes on"
                        break
        except (ComputationError, Ended) as error:
            # the last whole step, not what stopped halfway
            if unsaved is not None and not self._is_alone(error):
                _write(unsaved)
            raise
        if self.progress.status == "interrupted" and unsaved is not None:
            _write(unsaved)

    def _tell(self, remesh: Remesh) -> None:
        """Say what a new mesh changed, and where that is more than a balance may be off."""
        self.log.info("%s", remesh_message(remesh))
        if not remesh.errors.balance <= BALANCE_LIMIT:
            said = (
                f"making mesh {remesh.number} anew changed the metal's volume by "
                f"{remesh.errors.balance:.1e} of what has passed, more than {BALANCE_LIMIT:.0e}"
            )
            self.log.warning("%s", said)
            self.progress.remeshed.append(said)

    def _stopped(self, row: Mapping[str, object]) -> bool:
        """Ask the caller on rank 0 for all (collective)."""
        if self.stop is None:
            return False
        return bool(self.comm.bcast(self.comm.rank == 0 and bool(self.stop(row))))

    def _judge_balances(self) -> None:
        progress = self.progress
        if progress.open_balances and progress.status not in ("failed", "interrupted"):
            worst = float(np.max(list(progress.balances.values())))
            progress.status = "failed"
            progress.reason = (
                f"the balance of {' and '.join(progress.open_balances)} does not close: "
                f"{worst:.2e} > {BALANCE_LIMIT:.0e}"
            )
            progress.reason = "; ".join([progress.reason, *progress.remeshed])

    def _record(self, model: Model, *, ended: bool) -> None:
        voids = model.cell.voids
        wall = self.cost.wall_s
        write_run(
            self.directory,
            case=self.case,
            sources=model.properties.sources,
            comm=self.comm,
            started=self.started,
            # by the clock that does not jump
            ended=self.started + timedelta(seconds=wall) if ended else None,
            wall_s=wall if ended else None,
            mesh=mesh_sizes(model.cell),
            unknowns=unknowns(model.system),
            cost=self.cost.stages,
            conducting_fraction=model.conducting_fraction,
            **({} if voids is None else {"voids": voids.summary()}),
        )

    def _summary(self, model: Model, driver: Driver) -> dict[str, Any]:
        progress = self.progress
        self.log.info("%s %s", progress.status, progress.reason)
        return write_summary(
            self.directory,
            case=self.case,
            status=progress.status,
            reason=progress.reason,
            final=progress.row,
            balances=progress.balances,
            voltage_limit_charge_mAh_cm2=progress.limit_charge,
            wall_s=self.cost.wall_s,
            steps=driver.clock.step,
            newton_iterations=driver.clock.newton_iterations,
            creep_exponent=getattr(model.properties.metal.creep, "n", None),
            comm=self.comm,
            **({} if self.case.counter is None else {"ended_by": ended_by(progress)}),
            **({"remeshes": remesh_summary(driver.clock)} if driver.stage.rim.moves else {}),
        )
