import pytest

CASE = """
femna = 1
title = "case of the study tests"
[geometry]
kind = "unit_cell"
symmetry = "plane_strain"
period = "50 um"
metal_thickness = "100 um"
electrolyte_thickness = "100 um"
[metal]
material = "sodium"
creep = { law = "norton" }
[electrolyte]
material = "beta_alumina"
[interface]
map = { kind = "stripes", blocked_fraction = 0.3, transition = "1 um" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
wall = { law = "free_slip" }
[protocol]
temperature = "298.15 K"
pressure = "4 MPa"
current_density = "1.5 mA/cm^2"
charge = "0.1 mAh/cm^2"
steps = [{ do = "strip" }]
[limits]
voltage = "3 V"
contact_fraction = 0.001
[numerics]
interface_size = "0.5 um"
[output]
fields_at = ["end"]
"""

HEAD = """
femna = 1
title = "a study"
case = "case.toml"
"""


@pytest.fixture
def write_study(tmp_path):
    """Write a case and a study beside it; return the study's path."""

    def write(body, *, head=HEAD, case=CASE, name="study.toml"):
        (tmp_path / "case.toml").write_text(case)
        path = tmp_path / name
        path.write_text(head + body)
        return path

    return write
