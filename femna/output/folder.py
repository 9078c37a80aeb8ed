"""The folder of a run: whose it is, and how far the run in it has come."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from mpi4py import MPI

from femna.case import Case, same_case
from femna.errors import InputError
from femna.files import held_names, read_json, write_text
from femna.mesh.bodies import on_root

FINISHED: Final = frozenset({"ok", "contact_lost", "voltage_limit", "shorted"})
"""How a run can end without an error."""

CASE_FILE: Final = "case.toml"
_STUDY: Final = ("study.json", "sweep.csv")
_IGNORED: Final = ("failure.txt",)  # what a sweep notes about a case that never began

type Previous = Literal["none", "unfinished", "finished"]


@dataclass(frozen=True)
class Claim:
    """A folder that belongs to the case.

    Attributes
    ----------
    directory : Path
    previous : {"none", "unfinished", "finished"}
        What the folder held of this case before.
    made : bool
        Whether the folder is new.
    """

    directory: Path
    previous: Previous
    made: bool = False


def claim(
    directory: Path,
    case: Case,
    *,
    resume: bool,
    comm: MPI.Comm,
    hold: Callable[[], None] | None = None,
) -> Claim:
    """Make the folder and write ``case.toml``, or check that it holds this case (collective).

    Parameters
    ----------
    directory : Path
        Folder of the run; made with its parents where it is missing.
    case : Case
        The validated case.
    resume : bool
        Whether results of the same case may be there.
    comm : MPI.Comm
        Rank 0 decides for all.
    hold : callable, optional
        Keeps other processes out of the folder; called on rank 0 once the folder is there and
        before anything is written into it.

    Returns
    -------
    Claim

    Raises
    ------
    InputError
        On every rank: the folder cannot be used, holds something else, or holds this case and
        `resume` is not asked for. Nothing is overwritten.
    """
    found = on_root(comm, lambda: _claim(directory, case, resume, hold))
    previous, made = comm.bcast(found, root=0)
    return Claim(directory, previous, made)


def release(directory: Path, found: Claim, *, comm: MPI.Comm) -> None:
    """Give a folder back in which nothing was computed, because the input was wrong (collective).

    Parameters
    ----------
    directory : Path
        Folder of the run.
    found : Claim
        What `claim` said of it; a folder that held a run before stays as it is.
    comm : MPI.Comm
        Rank 0 does it.
    """
    if comm.rank != 0 or found.previous != "none":
        return
    for name in (CASE_FILE, "run.log"):
        (directory / name).unlink(missing_ok=True)
    if found.made:
        with suppress(OSError):
            directory.rmdir()


def _claim(
    directory: Path, case: Case, resume: bool, hold: Callable[[], None] | None
) -> tuple[Previous, bool]:
    try:
        made = not directory.exists()
        if directory.exists() and not directory.is_dir():
            raise _refused(directory, "is a file", "name a folder with -o")
        refuse_links(directory)
        previous = _allowed(directory, case, resume)
        if previous != "finished":
            directory.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=directory):
                pass
            if hold is not None:
                hold()
                previous = _allowed(directory, case, resume)  # as another process has left it
        if previous == "none":
            write_text(directory / CASE_FILE, case.to_toml())
    except OSError as error:
        reason = f"cannot be used: {error.strerror or error}"
        raise _refused(directory, reason, "name a folder that can be written with -o") from None
    return previous, made


def refuse_links(directory: Path) -> None:
    """Refuse a folder in which a name leads out of it: what is written there would land elsewhere.

    Raises
    ------
    InputError
        The folder holds a symbolic link. It may itself be one.
    """
    if not directory.is_dir():
        return
    for path in sorted([*directory.iterdir(), *directory.glob("*/*")]):
        if path.is_symlink():
            name = path.relative_to(directory)
            limit = f"holds a symbolic link ({name})"
            raise _refused(directory, limit, "remove it, or name another folder with -o")


def _allowed(directory: Path, case: Case, resume: bool) -> Previous:
    """Return what the folder holds of this case; InputError where `resume` is not asked for."""
    previous = _previous(directory, case, resume=resume)
    if previous != "none" and not resume:
        state = "the finished results" if previous == "finished" else "an unfinished run"
        raise _refused(
            directory,
            f"holds {state} of this case",
            "add --resume to go on, or name another folder with -o",
        )
    return previous


def _previous(directory: Path, case: Case, *, resume: bool) -> Previous:
    """Return what the folder holds of this case; InputError where it holds anything else."""
    other = "name another folder with -o"
    if any((directory / name).exists() for name in _STUDY):
        raise _refused(directory, "holds the results of a study", other)
    if not (directory / CASE_FILE).exists():
        foreign = [name for name in held_names(directory) if name not in _IGNORED]
        if foreign:
            raise _refused(directory, f"holds other files ({foreign[0]})", other)
        return "none"
    written = (directory / CASE_FILE).read_bytes().decode("utf-8", errors="replace")
    if not same_case(written, case):
        same = f"repeat its --set entries (its {CASE_FILE} has them all), or " if resume else ""
        raise _refused(directory, "holds another case", same + other)
    summary = read_json(directory / "summary.json")
    finished = summary is not None and summary.get("status") in FINISHED
    return "finished" if finished else "unfinished"


def _refused(directory: Path, limit: str, remedy: str) -> InputError:
    return InputError(None, "output folder", str(directory), limit, remedy)
