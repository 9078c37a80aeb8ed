"""``run.log``: what the run says, with times, while it runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mpi4py import MPI

from femna.output.files import on_root_disk

LOGGER: Final = "femna"


class _LogFile(logging.FileHandler):
    """A log that a full disk cuts short; the run says the reason where it matters."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave out a message that cannot be written."""


@contextmanager
def run_log(directory: Path, comm: MPI.Comm, *, level: int = logging.INFO) -> Iterator[None]:
    """Send the messages of logger ``femna`` to ``run.log``, on rank 0, until the block ends.

    Parameters
    ----------
    directory : Path
        Folder of the run; messages are added to a log that is there.
    comm : MPI.Comm
        Ranks of the run (collective).
    level : int
        Least severe level that is written.

    Raises
    ------
    ComputationError
        On every rank, if the file cannot be written.
    """
    path = directory / "run.log"
    handlers: list[_LogFile] = []
    on_root_disk(comm, path, lambda: handlers.append(_LogFile(path, mode="a", encoding="utf-8")))
    logger = logging.getLogger(LOGGER)
    before = logger.level
    logger.setLevel(level)
    for handler in handlers:
        handler.setLevel(level)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            with suppress(OSError):  # a full disk
                handler.close()
        logger.setLevel(before)
