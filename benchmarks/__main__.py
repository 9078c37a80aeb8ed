"""Run the benchmarks, print one table, write bench.json."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
from pathlib import Path
from typing import Any, Final

from benchmarks.record import Claim, Line, Results

BENCHMARKS: Final = (
    "void_closure",
    "stripping",
    "map_point",
    "newton_step",
    "growth",
    "ranks",
    "sweep",
    "memory",
)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, minutes in all")
    parser.add_argument("-o", "--output", type=Path, default=Path("bench.json"))
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; take {', '.join(BENCHMARKS)}")
    kept: dict[str, Any] = {}
    if asked.names and asked.output.exists():
        kept = json.loads(asked.output.read_text(encoding="utf-8"))["benchmarks"]
    for name in asked.names or BENCHMARKS:
        print(f"\n{name}", flush=True)
        results: Results = importlib.import_module(f"benchmarks.{name}").run(quick=asked.quick)
        for line in results.lines:
            print(_line(line), flush=True)
        for claim in results.claims:
            print(_claim(claim), flush=True)
        kept[name] = {**results.as_dict(), "quick": asked.quick}
        content = {"machine": _machine(), "benchmarks": kept}
        asked.output.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _line(line: Line) -> str:
    error = "" if line.error is None else f"{100.0 * line.error:.3g} %"
    seconds = "not finished" if line.seconds is None else f"{line.seconds:.3g} s"
    memory = "" if line.memory is None else f"{line.memory:.0f} MiB"
    columns = f"{line.contestant:<22} {line.size:<30} {error:>9} {seconds:>12} {memory:>10}"
    return f"  {columns}  {line.note}"


def _claim(claim: Claim) -> str:
    word = "met" if claim.met else "NOT MET"
    return f"  {word:>8}: {claim.what}: {claim.value:.3g}, to be {claim.sense} {claim.limit:g}"


def _machine() -> dict[str, object]:
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "")
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_GiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
