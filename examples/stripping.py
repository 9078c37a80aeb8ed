"""Stripping, step by step.

Half a period of blocked and conducting stripes is stripped at 0.2 MPa. Each turn of the loop is
one accepted step; the history is a pandas table.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"contact fraction at the end": (0.89470, 1e-3), "steps": (12, 0.1)}


def example() -> tuple[Figure, dict[str, float]]:
    simulation = femna.Simulation(case())
    for step in simulation:
        if step["contact_fraction"] < 0.1:
            break
    history = simulation.history
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    history.plot("charge_mAh_cm2", "contact_fraction", ax=figure.subplots(), marker="o")
    found = history["contact_fraction"].iloc[-1]
    return figure, {"contact fraction at the end": found, "steps": len(history) - 1}
