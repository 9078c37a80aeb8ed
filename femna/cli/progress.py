"""Progress on a terminal: what a run does now, how far a sweep is. Off when nobody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from femna.cli.console import error_console, interactive

if TYPE_CHECKING:
    from rich.status import Status

    from femna.case import Case

type Monitor = Callable[[Mapping[str, object]], None]


class Display(Protocol):
    """Something that shows text in place of what it showed before."""

    def update(self, status: str) -> None:
        """Show `status`."""
        ...


_SHOWN = (
    ("step", "step", "{:.0f}"),
    ("charge_mAh_cm2", "charge", "{:.4g} mAh/cm2"),
    ("voltage_V", "voltage", "{:.4g} V"),
    ("contact_fraction", "contact", "{:.4f}"),
)


def state_text(event: Mapping[str, object]) -> str:
    """Return step, charge, voltage and contact of a running case, as far as they are known.

    Parameters
    ----------
    event : mapping
        By the names of the history's columns, or by the short names.
    """
    parts = []
    for column, short, form in _SHOWN:
        value = event.get(column, event.get(short))
        if isinstance(value, int | float) and not isinstance(value, bool):
            parts.append(f"{short} {form.format(value)}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time as text, e.g. ``3 min 20 s``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


class RunMonitor:
    """Shows the state of one run.

    Parameters
    ----------
    display : Display
    charge : float
        Of a half cycle [mAh/cm^2].
    """

    def __init__(self, display: Display, charge: float) -> None:
        self._display = display
        self._charge = charge

    def __call__(self, event: Mapping[str, object]) -> None:
        """Take one accepted step."""
        text = state_text(event)
        if text:
            self._display.update(f"{text} (half cycle of {self._charge:.4g} mAh/cm2)")


class SweepMonitor:
    """Shows how many cases are done, the time left and the state of the running ones.

    Parameters
    ----------
    display : Display
    clock : callable
        Seconds since some start.
    """

    def __init__(self, display: Display, clock: Callable[[], float] = time.monotonic) -> None:
        self._display = display
        self._clock = clock
        self._begin = clock()
        self._done = self._total = 0
        self._found: int | None = None  # done before this sweep began
        self._running: dict[str, str] = {}

    def __call__(self, event: Mapping[str, object]) -> None:
        """Take one event of a sweep: start, step or end of a case, or interrupted."""
        case = str(event.get("case", ""))
        done, total = event.get("cases_done"), event.get("cases_total")
        if isinstance(done, int) and isinstance(total, int):
            self._done, self._total = done, total
        kind = event.get("event")
        if kind == "start":
            self._running[case] = "starting"
        elif kind == "step":
            self._running[case] = state_text(event) or "running"
        elif kind == "end":
            self._running.pop(case, None)
        elif kind == "interrupted":
            self._running.clear()
        if self._found is None:
            self._found = self._done - (kind == "end")
        self._display.update(self.text())

    def text(self) -> str:
        """Return what is shown."""
        head = f"{self._done} of {self._total} cases done"
        ended = self._done - (self._found or 0)
        if ended > 0 and self._done < self._total:
            each = (self._clock() - self._begin) / ended
            head += f", about {duration(each * (self._total - self._done))} left"
        return "\n".join([head, *(f"  {case}: {state}" for case, state in self._running.items())])


class _Terminal:
    """A line of text with a spinner; brackets in it stay brackets."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def update(self, status: str) -> None:
        self._status.update(Text(status))


@contextmanager
def run_progress(case: Case) -> Iterator[Monitor | None]:
    """Give a monitor for one run, or None when nobody watches."""
    if not interactive():
        yield None
        return
    with error_console().status("meshing") as status:
        yield RunMonitor(_Terminal(status), case.protocol.charge / 36e3)


@contextmanager
def sweep_progress() -> Iterator[Monitor | None]:
    """Give a monitor for a sweep, or None when nobody watches."""
    if not interactive():
        yield None
        return
    with error_console().status("reading the study") as status:
        yield SweepMonitor(_Terminal(status))
