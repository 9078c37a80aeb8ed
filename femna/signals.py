"""Signals: SIGTERM as an exception, a limit of time, a process that ends when its parent does."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

ENDING: Final = (signal.SIGTERM, signal.SIGUSR2, signal.SIGHUP)
"""Signals that ask for an end: of batch systems (the second announces it), of a closed terminal."""

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


def terminated(number: int, frame: FrameType | None) -> None:
    """Raise for a signal what Ctrl-C raises, with the signal's name."""
    leave_terminal(number)
    raise KeyboardInterrupt(signal.Signals(number).name)


def leave_terminal(number: int) -> None:
    """Where the terminal hung up, send to nowhere what would go to it; files and pipes stay."""
    if number != signal.SIGHUP:
        return
    signal.signal(number, signal.SIG_IGN)  # it may come twice
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        if stat.S_ISCHR(os.fstat(stream).st_mode):
            os.dup2(nowhere, stream)
    os.close(nowhere)


def tell_of_termination() -> None:
    """Let `ENDING` raise in this program's main thread, unless it is ignored."""
    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, terminated)


@contextmanager
def held_back() -> Iterator[None]:
    """Let interrupts and `ENDING` wait until the block ends, and reach their handlers then.

    For a library that calls back into Python: an exception of a handler, raised in a callback, is
    lost there, and the library goes on with a wrong answer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = {n: h for n in (signal.SIGINT, *ENDING) if callable(h := signal.getsignal(n))}
    for number in before:
        signal.signal(number, lambda found, frame: heard.append(found))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for found in dict.fromkeys(heard):
            signal.raise_signal(found)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` in what runs inside, once it has taken too long.

    Python code is stopped wherever it is, again every second if it goes on; a call into a library
    only when it comes back. Outside the program's main thread, where Python hears no signals,
    nothing is limited.

    Parameters
    ----------
    seconds : float
        Limit of wall time [s].
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"no end within {seconds:g} s")

    handler = signal.signal(signal.SIGALRM, late)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *outer)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)


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
