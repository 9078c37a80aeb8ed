"""Fit an interface parameter to a measured critical pressure, with its uncertainty.

P_crit is computed at three blocked fractions; a measured value with its error is put through the
inverse of that curve (logarithms, straight between computed points). The error of the parameter
is that of the measurement over the slope: it says nothing of what else may be wrong in the model.
"""

import numpy as np
from matplotlib.figure import Figure

import femna
from examples.coarse import case
from femna.study.critical import critical_pressure
from femna.study.curve import Point

EXPECTED = {"blocked fraction": (0.31469, 2e-3), "its standard error": (0.01179, 0.02)}

MEASURED, ERROR = 0.21, 0.01  # MPa; made up, to be replaced by your own


def critical(blocked: float) -> float:
    chart = {"kind": "stripes", "blocked_fraction": blocked, "transition": "4 um"}
    points = []
    for pressure in (0.13, 0.17, 0.21, 0.25, 0.3):
        one = case(interface__map=chart, protocol__pressure=f"{pressure} MPa")
        end = femna.Simulation(one).run().iloc[-1]
        points.append(Point(pressure, end["contact_fraction"], end["voltage_rise_V"]))
    found = critical_pressure(points, slope=-0.05, contact_fraction=0.95).by_contact.value
    if found is None:
        raise ValueError(f"the pressures do not bracket P_crit at a blocked fraction of {blocked}")
    return found


def example() -> tuple[Figure, dict[str, float]]:
    fractions = np.array([0.2, 0.3, 0.4])
    pressures = np.array([critical(f) for f in fractions])
    order = np.argsort(pressures)
    low, best, high = np.exp(
        np.interp(
            np.log([MEASURED - ERROR, MEASURED, MEASURED + ERROR]),
            np.log(pressures[order]),
            np.log(fractions[order]),
        )
    )
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot(fractions, pressures, "o-")
    axes.axhspan(MEASURED - ERROR, MEASURED + ERROR, alpha=0.2)
    axes.axvspan(min(low, high), max(low, high), alpha=0.2, color="C1")
    axes.set(xlabel="blocked fraction", ylabel="P_crit by contact (MPa)")
    return figure, {"blocked fraction": best, "its standard error": 0.5 * abs(high - low)}
