"""Where the metal's supply ends: scaling of the critical pressure.

With one power-law creep everything depends on P/j^(1/n): five times the current at 5^(1/5) times
the pressure gives the same contact, step by step.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"contact at 0.5 mA/cm2": (0.98953, 1e-3), "contact at 2.5 over 0.5 mA/cm2": (1.0, 1e-6)}


def example() -> tuple[Figure, dict[str, float]]:
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes, contact = figure.subplots(), []
    for current in (0.5, 2.5):
        pressure = 0.18 * (current / 0.5) ** 0.2
        one = case(
            protocol__current_density=f"{current} mA/cm^2", protocol__pressure=f"{pressure} MPa"
        )
        history = femna.Simulation(one).run()
        label = f"{current:g} mA/cm2, {pressure:.3f} MPa"
        style = "o-" if current < 1 else "x--"
        history.plot("charge_mAh_cm2", "contact_fraction", ax=axes, label=label, style=style)
        contact.append(history["contact_fraction"].iloc[-1])
    return figure, {
        "contact at 0.5 mA/cm2": contact[0],
        "contact at 2.5 over 0.5 mA/cm2": contact[1] / contact[0],
    }
