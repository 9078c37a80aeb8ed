"""One point of the pressure-current map with femna: the march of `femna run`, without its files."""

from __future__ import annotations

import time
from pathlib import Path

import femna.backend  # noqa: F401  (before mpi4py)

# isort: split
from mpi4py import MPI

from benchmarks.outcome import answer, problem
from femna.case import load_case
from femna.simulation.driver import Driver
from femna.simulation.setup import build_model


def main() -> None:
    """March the case that is asked for; building includes mesh and compiled forms.

    The problem: `case` (file), `changes` (its overrides), `refine` (divides the element sizes).
    """
    asked = problem()
    begun = time.process_time()
    case = load_case(Path(asked["case"]), asked["changes"])
    driver = Driver(build_model(case, MPI.COMM_SELF, refine=asked["refine"]))
    built = time.process_time()
    rows = [accepted.row for accepted in driver.march()]
    done = time.process_time()
    answer(
        charge=[row["charge_mAh_cm2"] for row in rows],
        contact=[row["contact_fraction"] for row in rows],
        iterations=driver.clock.newton_iterations,
        unknowns=int(driver.system.layout.sizes.sum()),
        build=built - begun,
        seconds=done - built,
    )


if __name__ == "__main__":
    main()
