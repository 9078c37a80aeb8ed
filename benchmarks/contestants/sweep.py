"""Run a study with femna's worker processes, or its cases one after another in this process.

Problem: {"study": file, "jobs": number} or {"study": file, "jobs": 0} for the latter.
"""

import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from femna.case import load_case


def swept(study: Path, place: Path, jobs: int) -> dict[str, Any]:
    """Run the study; return its seconds, those of the report and the contact of each case."""
    from femna.report import write_report
    from femna.study import run_sweep

    begun = time.perf_counter()
    result = run_sweep(study, place, jobs=jobs)
    seconds = time.perf_counter() - begun
    if result.exit_code:
        sys.exit(result.lines[-1])
    write_report(place)
    report = time.perf_counter() - begun - seconds
    with (place / "sweep.csv").open(encoding="utf-8") as stream:
        contacts = {row["case"]: float(row["contact_fraction"]) for row in csv.DictReader(stream)}
    return {"seconds": seconds, "report": report, "contacts": contacts}


def in_a_row(study: Path, place: Path) -> dict[str, Any]:
    """Run the cases of the study in this process.

    Returns also the seconds of each case until its first Newton iteration.
    """
    from femna.output import run_case
    from femna.simulation.newton import Newton
    from femna.study.definition import load_study
    from femna.study.plan import make_plan

    plan = make_plan(study, load_study(study), loader=load_case)
    original = Newton._begin
    first_iterations: list[float] = []

    def noted(self: Newton) -> None:
        first_iterations.append(time.perf_counter())
        original(self)

    Newton._begin = noted  # type: ignore[method-assign]
    contacts, starts, begun = {}, [], time.perf_counter()
    for item in plan.cases:
        first_iterations.clear()
        case_begun = time.perf_counter()
        summary: Mapping[str, Any] = run_case(item.case, place / item.name)
        starts.append(first_iterations[0] - case_begun)
        contacts[item.name] = summary["final"]["contact_fraction"]
    return {"seconds": time.perf_counter() - begun, "starts": starts, "contacts": contacts}


def main() -> None:
    """Run what is asked for."""
    problem = json.loads(sys.argv[1])
    study, jobs = Path(problem["study"]), problem["jobs"]
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        result = swept(study, out, jobs) if jobs else in_a_row(study, out)
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    memory = max(usage.ru_maxrss for usage in usages) / 1024.0
    processor = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    print(json.dumps({**result, "memory": memory, "processor": processor}))


if __name__ == "__main__":  # the workers import this file
    main()
