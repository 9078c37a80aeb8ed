"""Uniform stripping loses no contact.

Under a stack pressure the metal follows rigidly (Shishvan, Fleck, McMeeking, Deshpande 2023).
Without heterogeneity contact stays whole at any pressure and current, and so it does here.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"contact fraction": (1.0, 1e-9), "void volume (um3)": (0.0, 1e-9)}


def example() -> tuple[Figure, dict[str, float]]:
    uniform = case(interface__map={"kind": "uniform"}, protocol__pressure="0.01 MPa")
    history = femna.Simulation(uniform).run()
    figure = Figure(figsize=(6, 2.6), layout="constrained")
    axes = figure.subplots()
    history.plot("charge_mAh_cm2", "contact_fraction", ax=axes, marker="o")
    axes.set_ylim(0, 1.1)
    end = history.iloc[-1]
    return figure, {
        "contact fraction": end["contact_fraction"],
        "void volume (um3)": end["void_volume_um3"],
    }
