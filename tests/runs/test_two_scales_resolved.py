"""Fine stripes beside a wide passivated one: on one mesh, and through a table of the fine ones."""

import csv

import numpy as np
import pytest
from PIL import Image
from runs.conftest import last

from femna.cli.app import execute

CELL = """
femna = 1
title = "two scales"
[geometry]
kind = "unit_cell"
symmetry = "plane_strain"
period = "1000 um"
metal_thickness = "100 um"
electrolyte_thickness = "100 um"
[metal]
material = "sodium"
collector_wall = { law = "sticking" }
[electrolyte]
material = "beta_alumina"
[interface]
map = { kind = "stripes", blocked_fraction = 0.2, transition = "50 um" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
wall = { law = "sticking" }
[protocol]
temperature = "25 degC"
pressure = "0.4 MPa"
current_density = "1.5 mA/cm^2"
charge = "0.05 mAh/cm^2"
[limits]
voltage = "3 V"
contact_fraction = 0.002
[numerics]
interface_size = "10 um"
strain_rate_floor = 1
"""
FINE = {
    "geometry.period": "50 um",
    "interface.map.blocked_fraction": 0.5,
    "interface.map.transition": "5 um",
    "numerics.interface_size": "1 um",
    "numerics.strain_rate_floor": 0.01,
}
PRESSURES = (0.2, 0.25, 0.29, 0.31, 0.32, 0.33, 0.34, 0.35, 0.36, 0.38, 0.41, 0.46, 0.55, 1.0, 2.0)
TABLE = f"""
femna = 1
title = "fine stripes"
case = "cell.toml"
[[sweep]]
"protocol.current_density" = {{ values = [1.5], unit = "mA/cm^2" }}
[[sweep]]
"protocol.pressure" = {{ values = {list(PRESSURES)}, unit = "MPa" }}
[critical]
slope = "-0.05 V/MPa"
contact_fraction = 0.95
"""


def fine_stripes(folder):
    """Draw the middle 100 um blocked, and stripes of 25 um in periods of 50 um beside it."""
    x = (np.arange(1000) + 0.5) * 0.5
    beyond = (x - 100.0) % 50.0
    blocked = (x < 100.0) | ((beyond > 12.5) & (beyond < 37.5))
    Image.fromarray((255 * ~blocked[None, :]).astype(np.uint8)).save(folder / "stripes.png")


def crossing(rises, level=0.03):
    """Pressure [MPa] of a voltage rise of `level` [V], from rises at 0.40 and 0.44 MPa."""
    low, high = np.log(rises)
    return 0.40 + 0.04 * (low - np.log(level)) / (low - high)


@pytest.mark.slow  # some five minutes
def test_both_scales_together_are_what_one_mesh_gives(run, tmp_path):
    (tmp_path / "cell.toml").write_text(CELL)
    fine = "\n".join(f'"{k}" = {v!r}'.replace("'", '"') for k, v in FINE.items())
    (tmp_path / "study.toml").write_text(TABLE.replace("[[sweep]]", f"[set]\n{fine}\n[[sweep]]", 1))
    sweep = tmp_path / "sweep"
    assert execute(["sweep", str(tmp_path / "study.toml"), "-o", str(sweep), "--jobs", "1"]) == 0
    table = sweep / "contact_table.csv"
    with table.open() as stream:
        resistance = next(csv.DictReader(stream))["resistance_ohm_cm2"]
    on_table = (
        f"interface.kinetics.resistance={resistance} ohm*cm^2",
        f"interface.real_contact={{ law = 'table', file = '{table}' }}",
    )
    fine_stripes(tmp_path)
    chart = f"{{ kind = 'image', file = '{tmp_path}/stripes.png', blocked_below = 0.5, "
    resolved = (
        f"interface.map={chart} transition = '5 um' }}",
        "numerics.interface_size=2 um",
    )
    found = []
    for name, settings in (("table", on_table), ("resolved", resolved)):
        ends = [
            last(run(CELL, f"{name}{p}", settings=(*settings, f"protocol.pressure={p} MPa")))
            for p in (0.40, 0.44)
        ]
        found.append(crossing([end["voltage_rise_V"] for end in ends]))
    # each stripe of the table sees the pressure of its place as even, and the applied current, not
    # the 1.25 times of it that the stripes carry: 1.25^(1/5) is 4.6 % of pressure
    assert found[0] == pytest.approx(found[1], rel=0.046)
