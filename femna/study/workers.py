"""Worker processes for a sweep: one case at a time each, replaced before their memory grows.

A solve can leave memory behind and can end the process that runs it; in processes of their own
neither reaches the sweep. A process serves many cases, because starting one costs the import of
the solver, the loading of its forms and the first mesh.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, Final

from femna.errors import Ended, FemnaError
from femna.resident import resident_memory
from femna.signals import end_with_parent

MEMORY_GROWTH: Final = 512.0
"""Resident memory [MiB] that a worker may gain after its first case before it is replaced."""

MOST_CASES: Final = 1000
"""Cases after which a worker is replaced whatever its memory."""

TRIALS: Final = 3
"""Processes that may die of a case, killed or crashed, before it counts as failed."""

_ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# A worker is a program of its own, not a rank of the launcher that may have started the sweep.
_LAUNCHER: Final = ("PMI_", "PMIX_", "OMPI_", "HYDRA_", "HYDI_")

type Solve = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Task:
    """One case to run.

    Attributes
    ----------
    name : str
        Names the case in events.
    case : Case
        The validated case.
    directory : Path
        Its folder.
    resume : bool
        Go on from what is in the folder.
    trials : int
        How many processes have died of it, or beside it.
    """

    name: str
    case: Any
    directory: Path
    resume: bool = False
    trials: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a task: a summary, or the reason why there is none; `died` with its process."""

    task: Task
    summary: Mapping[str, Any] | None
    reason: str = ""
    died: bool = False


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    task: Task | None = None
    served: int = 0
    first_memory: float = 0.0
    memory: float = 0.0

    def remember(self, memory: float) -> None:
        """Take note of the resident memory [MiB] after a case."""
        self.served += 1
        self.memory = memory
        if self.served == 1:
            self.first_memory = memory

    @property
    def spent(self) -> bool:
        """Whether it is to be replaced before it takes another case."""
        grown = self.memory - self.first_memory > MEMORY_GROWTH
        return grown or self.served >= MOST_CASES or not self.process.is_alive()


def run_tasks(
    tasks: Iterable[Task],
    *,
    jobs: int,
    solve: Solve | None,
    on_start: Callable[[Task], None],
    on_step: Callable[[Task, Mapping[str, object]], None],
    on_outcome: Callable[[Outcome], Sequence[Task]],
) -> None:
    """Run tasks in worker processes until none is left.

    Parameters
    ----------
    tasks : iterable of Task
        In the order in which they are started.
    jobs : int
        Number of processes.
    solve : callable, optional
        Called as run_case(case, directory, resume=..., monitor=...); importable by name. None
        stands for `femna.output.run_case`.
    on_start, on_step : callable
        Told of every start and of every event of a running case.
    on_outcome : callable
        Told of every end; the tasks that it returns are started after those that wait already, so
        that chains of tasks, each of which waits for the one before, go side by side at the end.
    """
    queue = deque(tasks)
    workers: list[_Worker] = []
    try:
        while queue or any(worker.task for worker in workers):
            idle = [worker for worker in workers if worker.task is None]
            while queue and (idle or len(workers) < jobs):
                worker = idle.pop() if idle else _start(workers, solve)
                worker.task = queue.popleft()
                on_start(worker.task)
                with suppress(OSError):  # a dead worker is seen below, by its sentinel
                    worker.pipe.send(worker.task)
            for worker in _ready(workers):
                outcome = _receive(worker, on_step)
                if outcome is None:
                    continue
                worker.task = None
                if worker.spent:
                    _stop(worker)
                    workers.remove(worker)
                task = outcome.task
                if outcome.died and task.trials + 1 < TRIALS:  # whoever killed it may have gone
                    queue.appendleft(replace(task, resume=True, trials=task.trials + 1))
                    continue
                queue.extend(on_outcome(outcome))
    finally:
        for worker in workers:
            if worker.task is not None:
                worker.process.terminate()  # all at once, then one after the other
        for worker in workers:
            _stop(worker)


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    busy = [worker for worker in workers if worker.task is not None]
    objects: list[Any] = [worker.pipe for worker in busy]
    objects += [worker.process.sentinel for worker in busy]
    ready = wait(objects)
    return [w for w in busy if w.pipe in ready or w.process.sentinel in ready]


def _receive(worker: _Worker, on_step: Callable[[Task, Mapping[str, object]], None]) -> Any:
    """Take one message; return the outcome when the task has ended."""
    task = worker.task
    if task is None:
        return None
    gone: tuple[str, Any, float] = ("gone", None, 0.0)
    try:
        message = worker.pipe.recv() if worker.pipe.poll() else gone
    except (EOFError, OSError):
        message = gone
    kind, content, memory = message
    if kind == "step":
        on_step(task, content)
        return None
    worker.remember(memory)
    if kind == "done":
        return Outcome(task, content)
    if kind == "error":
        return Outcome(task, None, str(content))
    worker.process.join(timeout=5)
    code = worker.process.exitcode
    how = (
        f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"code {code}"
    )
    return Outcome(task, None, f"the process that ran it ended with {how}", died=True)


def _start(workers: list[_Worker], solve: Solve | None) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, solve), daemon=True)
    with _worker_environment():
        process.start()
    theirs.close()
    worker = _Worker(process, ours)
    workers.append(worker)
    return worker


@contextmanager
def _worker_environment() -> Iterator[None]:
    """Set what a new process inherits, and put it back."""
    removed = {name for name in os.environ if name.startswith(_LAUNCHER)}
    before = {name: os.environ.get(name) for name in removed | set(_ENVIRONMENT)}
    try:
        for name in removed:
            del os.environ[name]
        os.environ.update(_ENVIRONMENT)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _stop(worker: _Worker) -> None:
    """End an idle worker by asking, a busy one by a signal."""
    if worker.task is None:
        with suppress(OSError):
            worker.pipe.send(None)
        worker.process.join(timeout=10)
    if worker.process.is_alive():
        worker.process.terminate()
        worker.process.join(timeout=5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.pipe.close()


def _run_like_neighbours() -> Solve:
    """Return what runs a case, which starts from the first solution of one before it."""
    from femna.output import run_case
    from femna.simulation.neighbours import Neighbours

    return partial(run_case, neighbours=Neighbours())


def _serve(pipe: Connection, solve: Solve | None) -> None:
    """Run tasks as they come, in the worker process."""
    end_with_parent()
    # What a terminal sends reaches every process; the sweep decides what ends.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    ending = Event()

    def end(number: int, frame: FrameType | None) -> None:
        # An ordinary error, so that a form compiler which is at work releases its lock, but none
        # after which a solver would try another way. Told again, it is on its way already.
        if ending.is_set():
            return
        ending.set()
        raise Ended("ended with the sweep")

    signal.signal(signal.SIGTERM, end)
    run = solve
    frozen = False
    while not ending.is_set():
        try:
            task = pipe.recv()
        except (EOFError, Ended):
            return
        if task is None:
            return
        record = task.directory / "failure.txt"
        try:
            record.unlink(missing_ok=True)
            if run is None:
                run = _run_like_neighbours()

            def report(event: Mapping[str, object]) -> None:
                try:
                    pipe.send(("step", dict(event), 0.0))
                except OSError:  # the sweep is gone: end, what was computed is in the folder
                    raise SystemExit(1) from None

            summary = run(task.case, task.directory, resume=task.resume, monitor=report)
            if not frozen:
                # what the first case imported stays: no collection after a case visits it
                gc.collect()
                gc.freeze()
                frozen = True
            message: tuple[str, object] = ("done", dict(summary))
        except FemnaError as error:
            message = ("error", " ".join(str(error).split()))
        except Exception as error:  # noqa: BLE001 - a bug in one case must not end the sweep
            task.directory.mkdir(parents=True, exist_ok=True)
            record.write_text(traceback.format_exc(), encoding="utf-8")
            message = ("error", " ".join(f"{type(error).__name__}: {error}".split()))
        try:
            pipe.send((*message, resident_memory()))
        except OSError:
            return
