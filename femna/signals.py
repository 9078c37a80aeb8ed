"""Signals: SIGTERM as an exception, and a process that ends when its parent does."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from types import FrameType
from typing import Final

ENDING: Final = (signal.SIGTERM, signal.SIGUSR2)
"""Signals that ask for an end; batch systems announce that of a job's time by the second."""

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def terminated(number: int, frame: FrameType | None) -> None:
    """Raise for a signal what Ctrl-C raises, with the signal's name."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def tell_of_termination() -> None:
    """Let `ENDING` raise in this program's main thread, unless it is ignored."""
    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, terminated)


def end_with_parent() -> None:
    """Let the kernel kill this process when the one that started it dies; on Linux only.

    A sweep that was killed can then be taken up at once: none of its workers still computes.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it died in between
        os._exit(1)
