"""The least pressure for a current.

Four pressures at one current, and where the contact fraction crosses 0.95: the critical pressure
by the contact criterion, read as a study reads it.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case
from femna.study.critical import critical_pressure
from femna.study.curve import Point

EXPECTED = {"P_crit (MPa)": (0.20831, 1e-3)}


def example() -> tuple[Figure, dict[str, float]]:
    pressures = (0.17, 0.2, 0.23, 0.27)
    points = []
    for pressure in pressures:
        end = femna.Simulation(case(protocol__pressure=f"{pressure} MPa")).run().iloc[-1]
        points.append(Point(pressure, end["contact_fraction"], end["voltage_rise_V"]))
    found = critical_pressure(points, slope=-0.05, contact_fraction=0.95).by_contact
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(pressures, [p.contact for p in points], "o-")
    axes.axhline(0.95, ls="--", color="0.5")
    axes.axvline(found.value, color="C3")
    axes.set(xlabel="stack pressure (MPa)", ylabel="contact fraction")
    return figure, {"P_crit (MPa)": found.value}
