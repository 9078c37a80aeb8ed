"""Who writes into a folder: one process at a time, for as long as it lives; below all rooms."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from femna.errors import InputError

PATIENCE: Final = 10.0
"""How long [s] a run that goes on waits for one that is about to end."""

GLANCE: Final = 0.2
"""How long [s] any run waits: somebody may just have looked whether the folder is held."""


@contextmanager
def sole_writer(directory: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Keep other processes from writing into a folder until the block ends.

    The lock is the kernel's, on the folder itself: it leaves no file behind and ends with the
    process, whatever ended that. A file system without locks gives none, and no protection.

    Parameters
    ----------
    directory : Path
        An existing folder.
    patience : float
        How long [s] to wait for another process.

    Raises
    ------
    InputError
        Another process holds the folder.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InputError(
            None,
            "output folder",
            str(directory),
            f"cannot be used: {error.strerror or error}",
            "name a folder that can be written with -o",
        ) from None
    try:
        _take(descriptor, directory, time.monotonic() + max(patience, GLANCE))
        yield
    finally:
        os.close(descriptor)  # gives the lock back


def is_held(directory: Path) -> bool:
    """Say whether another process writes into a folder at this moment."""
    try:
        with sole_writer(directory):
            return False
    except InputError:
        return True


def _take(descriptor: int, directory: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise InputError(
                    None,
                    "output folder",
                    str(directory),
                    "another femna is writing into it",
                    "wait for it to end, or name another folder with -o",
                ) from None
            time.sleep(0.05)
        except OSError:  # no locks here
            return
        else:
            return
