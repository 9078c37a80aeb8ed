"""A run with a further column and an early stop.

`femna.run` writes a folder as the command line does. `extra` adds columns to history.csv, `stop`
ends the run with a checkpoint, from which `resume=True` goes on.
"""

import tempfile

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"steps before the stop": (4, 0.1), "steps when resumed": (12, 0.1)}


def example() -> tuple[Figure, dict[str, float]]:
    def largest_gap(system: object) -> float:
        return 1e6 * system.scales.length * system.gap.max()  # type: ignore[attr-defined]

    with tempfile.TemporaryDirectory() as folder:
        extra = {"largest_gap_um": largest_gap}
        part = femna.run(case(), folder, extra=extra, stop=lambda row: row["step"] == 4)
        before = part.history["step"].iloc[-1]
        whole = femna.run(case(), folder, extra=extra, resume=True)
        history = whole.history
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    history.plot("charge_mAh_cm2", "largest_gap_um", ax=figure.subplots(), marker="o")
    return figure, {
        "steps before the stop": before,
        "steps when resumed": history["step"].iloc[-1],
    }
