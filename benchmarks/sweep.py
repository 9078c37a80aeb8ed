"""Sweeps: the speed-up of two workers, the map of the main job, what a case does before it solves.

Two independent copies of one list of cases, side by side, show the speed-up that the machine
allows: its cores share caches and memory. A sweep with two workers is held against that. The
seconds are those of the cases, and of a sweep with the start of its workers and its tables; the
import of femna before and the report after are told apart, but belong to the map's time. The list
is that of the map: of a third of it the start of the workers would be a tenth. All take turns, and
the best turn counts: what else the machine does must not count for one of them only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.contestant import HERE, run_contestant
from benchmarks.record import Claim, Line, Results

MAP: Final = HERE / "map65.toml"
WORKERS: Final = 2
TURNS: Final = 2

CURRENTS, PRESSURES = "[0.5, 1.0, 1.5, 2.0, 2.5]", "count = 13"
PART: Final = (CURRENTS, PRESSURES)
QUICK_PART: Final = ("[1.5]", "count = 4")
ONE_EACH: Final = ("[1.5]", "count = 2")
"""Currents and pressures of the whole map and of parts of it."""

CEILING: Final = 0.95
MAP_SECONDS: Final = 180.0
START_SECONDS: Final = 1.0
SAME: Final = 1e-9


def run(*, quick: bool) -> Results:
    """Measure; cold starts and the whole map only in full."""
    with tempfile.TemporaryDirectory() as place:
        part = _part(Path(place), "part", QUICK_PART if quick else PART)
        one_each = _part(Path(place), "one_each", ONE_EACH)
        _go(one_each, 0)  # from here on the forms are compiled
        results = [_speed_up(part, turns=1 if quick else TURNS)]
        if not quick:
            results += [_cold(one_each), _map()]
    lines = [line for result in results for line in result.lines]
    return Results(lines=lines, claims=[claim for result in results for claim in result.claims])


def _part(place: Path, name: str, part: tuple[str, str]) -> Path:
    """Write a part of the map as a study of its own."""
    text = MAP.read_text(encoding="utf-8")
    text = text.replace('"../studies/', f'"{HERE.parent}/studies/')
    text = text.replace(CURRENTS, part[0]).replace(PRESSURES, part[1])
    path = place / f"{name}.toml"
    path.write_text(text[: text.index("[output]")], encoding="utf-8")
    return path


def _go(study: Path, jobs: int) -> dict[str, Any]:
    result = run_contestant("sweep", {"study": str(study), "jobs": jobs})
    if "failed" in result:
        raise RuntimeError(result["failed"])
    return result


def _copies(study: Path) -> dict[str, Any]:
    """Run the cases as often as there are workers, all at once; return the slowest."""
    with ThreadPoolExecutor(WORKERS) as pool:
        copies = list(pool.map(lambda _: _go(study, 0), range(WORKERS)))
    return max(copies, key=_seconds)


def _seconds(result: dict[str, Any]) -> float:
    return float(result["seconds"])


def _speed_up(study: Path, *, turns: int) -> Results:
    """Hold a sweep with two workers against two copies of its cases."""
    every = [
        (_go(study, 0), _copies(study), _go(study, 1), _go(study, WORKERS)) for _ in range(turns)
    ]
    alone, copies, one, two = (min(tried, key=_seconds) for tried in zip(*every, strict=True))
    ceiling = WORKERS * _seconds(alone) / _seconds(copies)
    speed_up = _seconds(one) / _seconds(two)
    size = f"{len(alone['contacts'])} cases"
    started = max(alone["starts"][1:])
    error = max(abs(two["contacts"][k] / value - 1.0) for k, value in alone["contacts"].items())
    lines = [
        _line("femna, no sweep", size, alone, f"{started:.2f} s at most to a first iteration"),
        _line(f"{WORKERS} copies at once", size, copies, f"speed-up {ceiling:.3f}: the ceiling"),
        _line("femna sweep, 1 worker", size, one, _report(one)),
        _line("femna sweep, 2 workers", size, two, f"speed-up {speed_up:.3f}, {_report(two)}"),
    ]
    claims = [
        Claim(
            what="speed-up of two workers over that of two independent copies",
            value=speed_up / ceiling,
            limit=CEILING,
            sense="at least",
        ),
        Claim(
            what="seconds from a warm case's task to its first Newton iteration",
            value=started,
            limit=START_SECONDS,
            sense="at most",
        ),
        Claim(
            what="difference of the contact fraction between sweep and single runs",
            value=error,
            limit=SAME,
            sense="at most",
        ),
    ]
    return Results(lines=lines, claims=claims)


def _cold(study: Path) -> Results:
    """Let one and two workers begin without compiled forms."""
    lines = []
    for jobs in (1, WORKERS):
        with _empty_cache() as cache:
            result = _go(study, jobs)
            forms = len(list(cache.rglob("*.c")))
        size = f"{len(result['contacts'])} cases"
        note = f"no compiled forms at the start, {forms} at the end"
        lines.append(_line(f"femna sweep, {jobs} cold", size, result, note))
    return Results(lines=lines)


@contextmanager
def _empty_cache() -> Iterator[Path]:
    """Put the folder of compiled forms into an empty place."""
    before = os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = place
        try:
            yield Path(place)
        finally:
            if before is None:
                del os.environ["XDG_CACHE_HOME"]
            else:
                os.environ["XDG_CACHE_HOME"] = before


def _map() -> Results:
    """Run the map of 65 cases as `femna sweep` does, report included."""
    result = _go(MAP, WORKERS)
    claim = Claim(
        what="seconds of the map of 65 cases on two workers, report included",
        value=result["wall"],
        limit=MAP_SECONDS,
        sense="at most",
    )
    size = f"{len(result['contacts'])} cases"
    line = _line("femna sweep, 2 workers", size, result, _report(result))
    return Results(lines=[line], claims=[claim])


def _line(contestant: str, size: str, result: dict[str, Any], note: str) -> Line:
    return Line(
        contestant=contestant,
        size=size,
        seconds=result["seconds"],
        memory=result["memory"],
        note=f"{note}; {result['processor']:.1f} s of processors",
    )


def _report(result: dict[str, Any]) -> str:
    rest = result["wall"] - result["seconds"] - result["report"]
    return f"before it {rest:.1f} s of imports, after it {result['report']:.1f} s of report"
