"""Run one case of many equal steps and read the resident memory of this process on the way.

Problem: {"case": file, "steps": number, "every": steps between two readings}.
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.outcome import answer, problem
from femna.case import load_case
from femna.output import run_case
from femna.resident import resident_memory

CHARGE = 0.1
"""Stripped in all [mAh/cm^2]."""


def main() -> None:
    """Run it and print the readings as [steps, MiB]."""
    asked = problem()
    steps, readings = asked["steps"], []

    def read(row: Mapping[str, object]) -> None:
        step = int(str(row["step"]))
        if step and step % asked["every"] == 0:
            readings.append([step, resident_memory()])

    overrides = {
        "protocol.charge": f"{CHARGE} mAh/cm^2",
        "numerics.step": f"{CHARGE / steps} mAh/cm^2",
        "numerics.max_steps": str(2 * steps),
        # early once, so that what writes them counts from the first reading on
        "output.fields_at": f'["{CHARGE / 100.0} mAh/cm^2", "end"]',
    }
    case = load_case(Path(asked["case"]), overrides)
    with tempfile.TemporaryDirectory() as place:
        summary = run_case(case, Path(place) / "run", monitor=read)
    if summary["status"] != "ok" or summary["steps"] < steps:
        sys.exit(f"ended as {summary['status']} after {summary['steps']} steps")
    answer(readings=readings)


main()
