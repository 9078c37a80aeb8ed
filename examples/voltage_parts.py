"""What the voltage is made of.

Kinetic, constriction and ohmic parts of the voltage are separate columns; their sum is the voltage.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"kinetic share at the end": (0.92067, 1e-3), "sum of the parts over V": (1.0, 1e-9)}


def example() -> tuple[Figure, dict[str, float]]:
    history = femna.Simulation(case()).run()
    names = ["kinetic_voltage_V", "constriction_voltage_V", "ohmic_voltage_V"]
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    history.plot.area(x="charge_mAh_cm2", y=names, ax=figure.subplots(), lw=0)
    end = history.iloc[-1]
    return figure, {
        "kinetic share at the end": end[names[0]] / end["voltage_V"],
        "sum of the parts over V": sum(end[name] for name in names) / end["voltage_V"],
    }
