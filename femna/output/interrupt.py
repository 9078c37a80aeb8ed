"""Ctrl-C while a run marches: asked for once it ends after the present step, twice at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

from mpi4py import MPI


class Interrupt:
    """Holds SIGINT back until a step is done, as a context manager.

    Between two steps every rank knows the same and a checkpoint can be written; in the middle of a
    collective solve neither is so. A second SIGINT raises `KeyboardInterrupt` where it hits.
    Outside the main thread, and where SIGINT is ignored or handled otherwise, nothing changes.

    Parameters
    ----------
    comm : MPI.Comm
        Ranks of the run; one that was interrupted ends all.
    """

    def __init__(self, comm: MPI.Comm) -> None:
        self._comm = comm
        self._asked = self._installed = False

    def __enter__(self) -> Self:
        """Begin to hold SIGINT back."""
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give SIGINT back."""
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._installed = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def asked(self) -> bool:
        """Return whether any rank was interrupted (collective)."""
        return bool(self._comm.allreduce(self._asked, op=MPI.LOR))
