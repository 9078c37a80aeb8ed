"""The creep law that a case uses, and how temperature changes it.

No mesh and no solver: the law of the case's set as a function of stress and temperature.
"""

import numpy as np
from matplotlib.figure import Figure

from examples.coarse import case
from femna.materials import resolve

EXPECTED = {
    "rate at 0.3 MPa, 298 K (1/s)": (0.53 * 0.3**5, 1e-6),
    "factor to 333 K": (6.45408, 1e-4),
}


def example() -> tuple[Figure, dict[str, float]]:
    law = resolve(case()).metal.creep
    stress = np.geomspace(0.05e6, 1e6, 50)
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    for temperature in (273.15, 298.15, 333.15):
        axes.loglog(stress / 1e6, law.rate(stress, temperature), label=f"{temperature:g} K")
    axes.set(xlabel="equivalent stress (MPa)", ylabel="rate (1/s)")
    axes.legend()
    at = np.array([0.3e6])
    cold, warm = law.rate(at, 298.15)[0], law.rate(at, 333.15)[0]
    return figure, {"rate at 0.3 MPa, 298 K (1/s)": cold, "factor to 333 K": warm / cold}
