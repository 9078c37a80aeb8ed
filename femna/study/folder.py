"""The folder of a sweep: whose it is, and which of its cases are finished."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from femna.case import same_case
from femna.errors import InputError
from femna.files import read_json, render_json, write_text
from femna.study.plan import Plan
from femna.study.planned import Planned
from femna.study.rows import FINISHED

RECORD: Final = "study.json"
_FOREIGN: Final = ("case.toml", "history.csv", "sweep.csv", "summary.json", "checkpoint")


def claim(directory: Path, plan: Plan, *, resume: bool) -> None:
    """Make the folder, or check that it holds this study.

    Raises
    ------
    InputError
        The folder is a file, holds another study or a run, or holds this study and `resume` is
        not asked for. Nothing is overwritten.
    """
    if directory.exists() and not directory.is_dir():
        raise InputError(
            None, "output folder", str(directory), "is a file", "name a folder with -o"
        )
    record = read_json(directory / RECORD)
    if record is not None:
        if record.get("fingerprint") != plan.fingerprint:
            raise InputError(
                None,
                "output folder",
                str(directory),
                "holds the results of another study",
                "name another folder with -o",
            )
        if not resume:
            raise InputError(
                None,
                "output folder",
                str(directory),
                "holds results of this study",
                "add --resume to go on, or name another folder",
            )
        return
    if (directory / RECORD).exists() or any((directory / name).exists() for name in _FOREIGN):
        raise InputError(
            None, "output folder", str(directory), "holds other results", "name another folder"
        )
    directory.mkdir(parents=True, exist_ok=True)
    content = {
        "title": plan.study.title,
        "study": plan.file.name,
        "case": str(plan.study.case),
        "fingerprint": plan.fingerprint,
        "cases": [item.name for item in plan.cases],
    }
    write_text(directory / RECORD, render_json(content))


def finished_summary(directory: Path, planned: Planned) -> Mapping[str, Any] | None:
    """Return the summary of a case that is done, None where it has to run.

    A case is done when its folder holds exactly this case and a summary that did not fail.
    """
    summary = read_json(directory / planned.name / "summary.json")
    if summary is None or summary.get("status") not in FINISHED:
        return None
    try:
        written = (directory / planned.name / "case.toml").read_text(encoding="utf-8")
    except OSError:
        return None
    return summary if same_case(written, planned.case) else None
