"""The order of a sweep: the base grid, then one more pressure wherever a curve asks for it.

A curve that stands for other currents is proved at the end by spot checks.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from femna.files import read_json
from femna.study.adapt import Spent, grid_ratio, next_pressure
from femna.study.folder import finished_summary
from femna.study.master_curve import (
    MasterCurve,
    Proof,
    mapped_rows,
    prove,
    split,
    spot_checks,
)
from femna.study.plan import Plan
from femna.study.planned import Planned
from femna.study.results import write_sweep
from femna.study.retry import set_aside
from femna.study.rows import (
    COMPUTED,
    FAILED,
    FINISHED,
    SPOT_CHECK,
    Others,
    Row,
    balances_of,
    number,
    results_of,
)
from femna.study.slurm import jobs_at_work, run_tasks_on_slurm
from femna.study.slurm_settings import SlurmSettings
from femna.study.workers import Outcome, Solve, Task, run_tasks

type Monitor = Callable[[Mapping[str, object]], None]


@dataclass
class Progress:
    """What a running sweep knows.

    `retried` holds the failed cases that begin anew, with their old reasons, each until it has
    ended; with `only_retried` a case of the grid that has not ended yet is left alone. `at_work`
    are cases whose jobs a sweep before this one left with Slurm.
    """

    plan: Plan
    directory: Path
    resume: bool
    monitor: Monitor | None
    retried: dict[str, str] = field(default_factory=dict)
    only_retried: bool = False
    rows: dict[str, Row] = field(default_factory=dict)
    planned: dict[str, Planned] = field(default_factory=dict)
    waiting: dict[tuple[object, ...], int] = field(default_factory=dict)
    spent: dict[tuple[object, ...], Spent] = field(default_factory=dict)
    cases: tuple[Planned, ...] = ()
    masters: dict[Others, MasterCurve] = field(default_factory=dict)
    curves: int = 0
    at_work: Container[str] = frozenset()

    def __post_init__(self) -> None:
        self.cases, self.masters = split(self.plan.cases, self.plan.study)
        self.curves = len({_curve(item) for item in self.cases})

    def tell(self, event: str, **content: object) -> None:
        """Send one event, with the count of cases."""
        if self.monitor is not None:
            done = len(self.rows.keys() - self.retried.keys())
            counts = {"cases_done": done, "cases_total": self._total()}
            self.monitor({"event": event, **counts, **content})

    @property
    def incomplete(self) -> bool:
        """Whether a case of the grid was left alone."""
        return any(item.name not in self.rows for item in self.cases)

    def proofs(self) -> list[Proof]:
        """Hold every master curve against its spot checks."""
        rows = list(self.rows.values())
        return [prove(others, master, rows) for others, master in self.masters.items()]

    def ordered_rows(self) -> list[Row]:
        """Sort rows by the other inputs (as they first occur), current, pressure.

        Rows mapped from a master curve are among them once it is proved.
        """
        inputs = dict.fromkeys(item.others for item in self.plan.cases)
        rank = {others: place for place, others in enumerate(inputs)}
        rows = list(self.rows.values())
        for proof in self.proofs():
            if proof.holds:
                master = self.masters[proof.inputs]
                own = [row for row in rows if row.others == proof.inputs]
                limit = next(iter(master.templates.values())).case.limits.voltage
                rows += mapped_rows(master, own, limit)
        return sorted(rows, key=lambda row: (rank[row.others], row.current, row.pressure))

    def _total(self) -> int:
        extra = self.plan.study.critical.extra_points if self.plan.adaptive else 0
        # Extra points that are still to come are counted, so that the time left is not a lie.
        spent = sum(item.halved for item in self.spent.values())
        return len(self.planned) + max(0, extra * self.curves - spent)


def _curve(item: Planned | Row) -> tuple[object, ...]:
    return (item.others, item.current)


def run_cases(
    progress: Progress, jobs: int, solve: Solve | None, *, slurm: SlurmSettings | None = None
) -> None:
    """Run the base grid; a curve whose cases have all ended may ask for one more.

    With `slurm` each case is a job of the cluster, and `jobs` and `solve` have no meaning.
    """
    tasks: list[Task] = []
    if slurm is not None:
        progress.at_work = jobs_at_work(progress.directory)
    for item in progress.cases:
        progress.planned[item.name] = item
        key = _curve(item)
        progress.waiting[key] = progress.waiting.get(key, 0) + 1
    # the lower the pressure the longer a case; the short ones last fill the workers evenly
    for item in sorted(progress.cases, key=lambda item: item.pressure):
        if _is_asked_for(progress, item):
            tasks += _task_or_row(progress, item)

    def on_outcome(outcome: Outcome) -> list[Task]:
        item = progress.planned[outcome.task.name]
        progress.retried.pop(item.name, None)
        progress.rows[item.name] = _row(item, outcome.summary, outcome.reason)
        progress.waiting[_curve(item)] -= 1
        more = _extend(progress, item)
        row = progress.rows[item.name]
        write_sweep(progress.directory, progress.ordered_rows())
        progress.tell("end", case=item.name, status=row.status, reason=row.reason)
        return more

    first = {_curve(item): item for item in reversed(progress.cases)}
    for item in first.values():
        tasks += _extend(progress, item)

    def on_start(task: Task) -> None:
        progress.tell("start", case=task.name)

    if slurm is not None:
        run_tasks_on_slurm(
            tasks,
            settings=slurm,
            directory=progress.directory,
            on_start=on_start,
            on_outcome=on_outcome,
        )
        return
    run_tasks(
        tasks,
        jobs=max(1, min(jobs, len(tasks))),
        solve=solve,
        on_start=on_start,
        on_step=lambda task, event: progress.tell(
            "step", **{**{k: v for k, v in event.items() if k != "event"}, "case": task.name}
        ),
        on_outcome=on_outcome,
    )


def _is_asked_for(progress: Progress, item: Planned) -> bool:
    """Return whether a case of the grid is to run, or has ended."""
    if not progress.only_retried or item.name in progress.retried:
        return True
    return finished_summary(progress.directory, item) is not None


def _task_or_row(progress: Progress, item: Planned) -> list[Task]:
    """Return the task of a case, or take its result where it is finished.

    The folder of a case whose job is at work stays where that writes.
    """
    folder = progress.directory / item.name
    if progress.resume:
        summary = finished_summary(progress.directory, item)
        if summary is not None:
            progress.rows[item.name] = _row(item, summary, "")
            progress.waiting[_curve(item)] -= 1
            return []
    if item.name in progress.retried:
        # its row stays until it has ended again: an interrupt must not make it forgotten
        left = read_json(folder / "summary.json")
        progress.rows[item.name] = _row(item, left, progress.retried[item.name])
        if item.name not in progress.at_work:
            set_aside(folder)
    return [Task(item.name, item.case, folder, resume=progress.resume and folder.exists())]


def _extend(progress: Progress, like: Planned) -> list[Task]:
    """Add pressures to a curve that has nothing running; finished ones are taken at once."""
    key = _curve(like)
    plan = progress.plan
    if like.spot_check:
        return []
    grid = [item.pressure for item in progress.cases if _curve(item) == key]
    spent = progress.spent.setdefault(key, Spent())
    while plan.adaptive and progress.waiting[key] == 0:
        points = [
            row.point
            for row in progress.rows.values()
            if _curve(row) == key and row.status != FAILED and row.origin == COMPUTED
        ]
        pressure = next_pressure(points, plan.study.critical, spent=spent, ratio=grid_ratio(grid))
        if pressure is None:
            break
        added = plan.add_pressure(like, pressure)
        if added.name in progress.planned:
            break
        progress.planned[added.name] = added
        progress.waiting[key] += 1
        tasks = _task_or_row(progress, added)
        if tasks:
            return tasks
    return _prove(progress, like) if progress.waiting[key] == 0 else []


def _prove(progress: Progress, like: Planned) -> list[Task]:
    """Ask for the spot checks of a master curve, once."""
    master = progress.masters.get(like.others)
    if master is None:
        return []
    rows = [row for row in progress.rows.values() if row.others == like.others]
    tasks: list[Task] = []
    for check in spot_checks(progress.plan, master, rows, progress.plan.study.critical):
        if check.name in progress.planned:
            continue
        progress.planned[check.name] = check
        progress.waiting[_curve(check)] = progress.waiting.get(_curve(check), 0) + 1
        tasks += _task_or_row(progress, check)
    return tasks


def _row(item: Planned, summary: Mapping[str, Any] | None, reason: str) -> Row:
    known: Mapping[str, Any] = summary or {}
    status = str(known.get("status", FAILED))
    why = reason or str(known.get("reason") or "")
    if status not in FINISHED:
        why = why or f"ended as {status}"
        status = FAILED
    return Row(
        case=item.name,
        status=status,
        pressure=item.pressure,
        current=item.current,
        others=item.others,
        results=results_of(known),
        balances=balances_of(known),
        wall=number(known.get("wall_s")),
        extra=item.extra,
        reason=why,
        origin=SPOT_CHECK if item.spot_check else COMPUTED,
    )
