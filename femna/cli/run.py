"""``femna run``: one case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from femna.cli.console import output_console
from femna.cli.exits import DONE, ENDED_BY_PHYSICS, STOPPED_EARLY, blaming
from femna.cli.options import Assignments, Folder, Resume

_SHOWN: Final = (
    "charge_mAh_cm2",
    "contact_fraction",
    "voltage_V",
    "voltage_rise_V",
    "asr_ohm_cm2",
    "void_volume_um3",
)


def run_command(
    case: Path, /, *, output: Folder, resume: Resume = False, assignments: Assignments | None = None
) -> int:
    """Run one case.

    Parameters
    ----------
    case
        The case file.
    """
    from femna.case import load_case, split_assignments
    from femna.cli.progress import run_progress
    from femna.materials import resolve

    with blaming(case):
        loaded = load_case(case, split_assignments(assignments or []))
        resolve(loaded)

        from femna.api import run

        with run_progress(loaded) as monitor:
            summary = run(loaded, output, resume=resume, progress=monitor).summary
    status = str(summary["status"])
    console = output_console()
    console.print(status_line(summary))
    console.print(f"results in {output}")
    return DONE if status in ENDED_BY_PHYSICS else STOPPED_EARLY


def status_line(summary: Mapping[str, Any]) -> str:
    """Return status, reason and the last numbers of a run in one line."""
    text = str(summary["status"])
    if summary.get("reason"):
        text += f" ({summary['reason']})"
    numbers = flat(summary)
    shown = [f"{name} {numbers[name]:.5g}" for name in _SHOWN if name in numbers]
    return ": ".join(part for part in (text, ", ".join(shown)) if part)


def flat(summary: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a summary by name; outer ones win over those of inner tables."""
    numbers: dict[str, float] = {}
    for value in summary.values():
        if isinstance(value, Mapping):
            numbers |= flat(value)
    for name, value in summary.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            numbers[name] = float(value)
    return numbers
