"""Change one law.

The same cell with the bulk creep of sodium and with Nabarro-Herring creep of small grains beside
it: another transport in parallel only helps, so contact can only be better.
"""

from matplotlib.figure import Figure

import femna
from examples.coarse import case

EXPECTED = {"contact, bulk creep": (0.89470, 1e-3), "contact gained": (0.0995, 0.01)}


def example() -> tuple[Figure, dict[str, float]]:
    bulk = case()
    parallel = bulk.changed(
        {
            "metal.creep": {
                "law": "norton_diffusional",
                "grain_size": "5 um",
                "mechanisms": ["nabarro_herring"],
            }
        }
    )
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    axes, contact = figure.subplots(), {}
    for name, one in {"bulk creep": bulk, "with diffusion": parallel}.items():
        history = femna.Simulation(one).run()
        history.plot("charge_mAh_cm2", "contact_fraction", ax=axes, label=name)
        contact[name] = history["contact_fraction"].iloc[-1]
    gained = contact["with diffusion"] - contact["bulk creep"]
    return figure, {"contact, bulk creep": contact["bulk creep"], "contact gained": gained}
