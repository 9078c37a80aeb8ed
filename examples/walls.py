"""Walls that slip and walls that stick.

Metal that sticks to electrolyte and collector has to shear to reach what is stripped: it loses
contact sooner.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"contact, free slip": (0.89470, 1e-3), "contact, sticking": (0.82679, 1e-3)}


def example() -> tuple[Figure, dict[str, float]]:
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes, contact = figure.subplots(), {}
    for law in ("free_slip", "sticking"):
        walls = {"interface__wall": {"law": law}, "metal__collector_wall": {"law": law}}
        history = femna.Simulation(case(**walls)).run()
        history.plot("charge_mAh_cm2", "contact_fraction", ax=axes, label=law.replace("_", " "))
        contact[law] = history["contact_fraction"].iloc[-1]
    return figure, {f"contact, {k.replace('_', ' ')}": v for k, v in contact.items()}
