"""Ctrl-C and what else asks for an end while a run marches: it ends after the present step."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

from mpi4py import MPI

from femna.signals import ENDING, leave_terminal, terminated


class Interrupt:
    """Holds SIGINT and what asks for an end back until a step is done, as a context manager.

    Between two steps every rank knows the same and a checkpoint can be written; in the middle of a
    collective solve neither is so. A second signal raises `KeyboardInterrupt` where it hits.
    Outside the main thread, and where a signal is ignored or handled otherwise, nothing changes.

    Parameters
    ----------
    comm : MPI.Comm
        Ranks of the run; one that was interrupted ends all.
    """

    def __init__(self, comm: MPI.Comm) -> None:
        self._comm = comm
        self._asked = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        """Begin to hold the signals back."""
        if threading.current_thread() is threading.main_thread():
            ordinary = (signal.default_int_handler, signal.SIG_DFL, terminated)
            for number in (signal.SIGINT, *ENDING):
                handler = signal.getsignal(number)
                if handler in ordinary:
                    self._before[number] = handler
                    signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            terminated(number, frame)
        self._asked = number
        leave_terminal(number)

    def asked(self) -> str:
        """Return the name of the signal by which any rank was interrupted, or "" (collective)."""
        number = int(self._comm.allreduce(self._asked, op=MPI.MAX))
        return signal.Signals(number).name if number else ""
