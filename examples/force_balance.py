"""Fields as arrays: the contact pressure carries the stack.

The contact pressure of the first step, integrated along the interface, is the stack force: the
trapezoidal rule on the vertices is exact for it.
"""

import numpy as np
from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"mean contact pressure (MPa)": (0.2, 1e-9)}


def example() -> tuple[Figure, dict[str, float]]:
    simulation = femna.Simulation(case())
    next(simulation)
    table = simulation.fields("interface").frame().sort_values("x_um")
    x, pressure = table["x_um"].to_numpy(), table["contact_pressure_MPa"].to_numpy()
    figure = Figure(figsize=(6, 3.0), layout="constrained")
    axes = figure.subplots()
    axes.plot(x, pressure)
    axes.set(xlabel="x (um)", ylabel="contact pressure (MPa)")
    return figure, {"mean contact pressure (MPa)": np.trapezoid(pressure, x) / (x[-1] - x[0])}
