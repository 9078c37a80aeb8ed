"""Exit codes: 0 done, 2 wrong input, 3 stopped early, 1 a bug."""

from __future__ import annotations

import csv
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cyclopts import CycloptsError

from femna.cli.ranks import abort_others, rank
from femna.errors import FemnaError, InputError, RankFault
from femna.files import disk_refusal

DONE: Final = 0
BUG: Final = 1
WRONG_INPUT: Final = 2
STOPPED_EARLY: Final = 3

ENDED_BY_PHYSICS: Final = frozenset({"ok", "contact_lost", "voltage_limit", "shorted"})
"""Statuses of a run that is done."""


def guarded(call: Callable[[], int]) -> int:
    """Return the exit code of `call`; errors become one line on stderr, from rank 0 only."""
    try:
        return call()
    except CycloptsError as error:
        reason = str(error).partition(" Available commands")[0].rstrip(".")
        _say(f"{reason}; see femna --help")
        return WRONG_INPUT
    except FemnaError as error:
        _say(str(error), alone=isinstance(error, RankFault))
        return error.exit_code
    except TimeoutError as error:  # FFCx waits for a form whose compilation was killed once
        _say(str(error))
        abort_others(STOPPED_EARLY)
        return STOPPED_EARLY
    except MemoryError as error:
        _say(f"memory ran out: {error}" if str(error) else "memory ran out")
        abort_others(STOPPED_EARLY)
        return STOPPED_EARLY
    except OSError as error:
        refusal = disk_refusal(error)
        if refusal is None:
            return _bug()
        _say(refusal)
        abort_others(STOPPED_EARLY)
        return STOPPED_EARLY
    except KeyboardInterrupt as error:
        _say(f"interrupted by {error}" if str(error) else "interrupted")
        abort_others(STOPPED_EARLY)
        return STOPPED_EARLY
    except Exception:  # noqa: BLE001 - the last stop: a bug, shown in full
        return _bug()


def _bug() -> int:
    """Show the error at hand in full and end the other ranks."""
    traceback.print_exc()
    sys.stderr.flush()
    abort_others(BUG)
    return BUG


@contextmanager
def blaming(file: Path) -> Iterator[None]:
    """Name `file` in errors about a case's entry that do not say which file they mean."""
    try:
        yield
    except InputError as error:
        from femna.case import Case

        if error.file is None and error.key.partition(".")[0] in Case.model_fields:
            error.file = file
        raise


@contextmanager
def reading_results(directory: Path) -> Iterator[None]:
    """Say in one line that a folder's results cannot be read: they may have been edited or copied.

    Only for commands that show what others wrote; where femna has just written it, it is a bug.

    Raises
    ------
    InputError
        In place of whatever the reading of a damaged table raises, with the place.
    """
    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        csv.Error,
        OSError,
    ) as error:
        if isinstance(error, OSError) and disk_refusal(error) is not None:
            raise  # it is the disk that refuses, not the name of a file
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        raise InputError(
            None,
            "folder",
            str(directory),
            f"holds results that cannot be read ({reason}, at {place})",
            "call the run or the sweep again with --resume; if nobody has touched the files, "
            "report it as a bug",
        ) from error


def _say(message: str, *, alone: bool = False) -> None:
    """Write one line to stderr, on rank 0; also on another that is alone in saying it."""
    if rank() == 0 or alone:
        sys.stderr.write(f"femna: {' '.join(message.split())}\n")
        sys.stderr.flush()
