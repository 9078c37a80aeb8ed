"""Run cases one after another in this process and read its resident memory between them.

Problem: {"case": file, "cases": number, "every": cases between two readings}.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.outcome import answer, problem
from femna.case import load_case
from femna.output import run_case
from femna.resident import resident_memory

PRESSURES = 40
"""So many different cases before they repeat."""


def main() -> None:
    """Run them and print the readings as [cases, MiB]."""
    asked = problem()
    readings = []
    with tempfile.TemporaryDirectory() as place:
        for number in range(1, asked["cases"] + 1):
            pressure = 0.3 + 0.005 * (number % PRESSURES)
            overrides = {"protocol.pressure": f"{pressure} MPa"}
            case = load_case(Path(asked["case"]), overrides)
            summary = run_case(case, Path(place) / str(number))
            if summary["status"] != "ok":
                sys.exit(f"case {number} ended as {summary['status']}")
            if number % asked["every"] == 0:
                readings.append([number, resident_memory()])
    answer(readings=readings)


main()
