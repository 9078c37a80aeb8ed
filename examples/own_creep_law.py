"""A creep law of your own.

A Python file with a function `creep_law` is named in the case. Here it is Norton's law again, and
the result is that of the built-in one.
"""

import tempfile
from pathlib import Path

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"contact, own law over built-in": (1.0, 1e-6)}

LAW = """
class Law:
    def __init__(self, A, n):
        self.A, self.n = A, n

    def rate(self, stress, temperature):
        return self.A * stress**self.n + 0.0 * temperature

    def log_slope(self, stress, temperature):
        return self.n + 0.0 * stress


def creep_law(**parameters):
    return Law(**parameters)
"""


def example() -> tuple[Figure, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "law.py").write_text(LAW)
        parameters = {"A": "0.53 1/s/MPa^5", "n": 5}
        creep = {"law": "file", "file": f"{folder}/law.py", "parameters": parameters}
        built_in = {"law": "norton", "A": "0.53 1/s/MPa^5", "n": 5}
        figure = Figure(figsize=(6, 3.2), layout="constrained")
        axes, end = figure.subplots(), []
        for name, law in {"own law": creep, "built in": built_in}.items():
            history = femna.Simulation(case(metal__creep=law)).run()
            style = "o" if name == "own law" else "-"
            history.plot("charge_mAh_cm2", "contact_fraction", ax=axes, style=style, label=name)
            end.append(history["contact_fraction"].iloc[-1])
    return figure, {"contact, own law over built-in": end[0] / end[1]}
