"""The folder of a sweep: whose it is, and which of its cases are finished."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from femna.case import same_case
from femna.errors import InputError
from femna.files import held_names, read_json, render_json, write_text
from femna.study.plan import Plan
from femna.study.planned import Planned
from femna.study.rows import FINISHED

RECORD: Final = "study.json"


def claim(
    directory: Path, plan: Plan, *, resume: bool, hold: Callable[[], None] | None = None
) -> None:
    """Make the folder, or check that it holds this study.

    Parameters
    ----------
    directory : Path
        Folder of the sweep.
    plan : Plan
        The cases.
    resume : bool
        Whether results of the same study may be there.
    hold : callable, optional
        Keeps other processes out of the folder, once that is there.

    Raises
    ------
    InputError
        The folder is a file, cannot be written, is in use, holds another study or anything else,
        or holds this study and `resume` is not asked for. Nothing is overwritten.
    """
    if directory.exists() and not directory.is_dir():
        raise _refused(directory, "is a file", "name a folder with -o")
    _check(directory, plan, resume=resume)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
        if hold is not None:
            hold()
            _check(directory, plan, resume=resume)  # as another process has left it
        write_text(directory / RECORD, render_json(_record(plan)))  # the study as it is now
    except OSError as error:
        reason = f"cannot be used: {error.strerror or error}"
        raise _refused(directory, reason, "name a folder that can be written with -o") from None


def _check(directory: Path, plan: Plan, *, resume: bool) -> None:
    """Refuse a folder that holds anything else, or this study where no resume is asked for."""
    record = read_json(directory / RECORD)
    if record is None:
        if held := held_names(directory):
            raise _refused(
                directory, f"holds other files ({held[0]})", "name another folder with -o"
            )
        return
    if record.get("fingerprint") != plan.fingerprint:
        raise _refused(
            directory, "holds the results of another study", "name another folder with -o"
        )
    if not resume:
        raise _refused(
            directory,
            "holds results of this study",
            "add --resume to go on, or name another folder",
        )


def _record(plan: Plan) -> dict[str, object]:
    return {
        "title": plan.study.title,
        "study": plan.file.name,
        "case": str(plan.study.case),
        "set": dict(plan.given),
        "text": plan.file.read_text(encoding="utf-8"),
        "fingerprint": plan.fingerprint,
        "cases": [item.name for item in plan.cases],
    }


def _refused(directory: Path, limit: str, remedy: str) -> InputError:
    return InputError(None, "output folder", str(directory), limit, remedy)


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
