"""Morris' effects of a stand-in whose critical pressure is a known power of its inputs."""

import csv
import math

import pytest
from study.conftest import CASE, HEAD
from study.test_mechanisms import strong

from femna.errors import InputError
from femna.study import run_sweep

BODY = """
[[sweep]]
"protocol.pressure" = { from = "0.08 MPa", to = "0.16 MPa", count = 2, spacing = "log" }
[critical]
extra_points = 4
widen = 10
[sample]
trajectories = 2
[[sample.input]]
path = "interface.roughness"
low = "1 um"
high = "4 um"
reason = "the stand-in's strength"
[[sample.input]]
path = "geometry.metal_thickness"
low = "50 um"
high = "200 um"
"""


def study(folder, body=BODY):
    (folder / "case.toml").write_text(CASE)
    (folder / "study.toml").write_text(HEAD + body)
    return folder / "study.toml"


def test_the_effect_of_a_power_is_its_logarithm_and_of_nothing_zero(tmp_path):
    result = run_sweep(study(tmp_path), tmp_path / "out", jobs=2, solve=strong)
    assert result.exit_code == 0
    with (tmp_path / "out/sensitivity.csv").open() as stream:
        rows = {(r["input"], r["criterion"]): r for r in csv.DictReader(stream)}
    strength = rows["interface.roughness", "contact"]
    assert float(strength["mu_star"]) == pytest.approx(math.log(4.0), rel=0.05)
    assert float(strength["mu"]) > 0.0
    nothing = rows["geometry.metal_thickness", "contact"]
    assert float(nothing["mu_star"]) < 1e-9
    assert float(strength["share"]) == pytest.approx(1.0)
    assert any("interface.roughness" in line for line in result.lines)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('low = "1 um"', 'low = "5 um"', "low below high"),
        ('low = "1 um"', "low = 1.0", "both quantities"),
        ("trajectories = 2", "levels = 3", "even"),
        ('path = "geometry.metal_thickness"', 'path = "interface.roughness"', "twice"),
        ('path = "geometry.metal_thickness"', 'path = "protocol.pressure"', "swept in two"),
        ("[critical]", '[[variant]]\nname = "a"\n[critical]', "pressure and current alone"),
    ],
)
def test_a_bad_design_is_refused(tmp_path, old, new, words):
    with pytest.raises(InputError, match=words):
        run_sweep(study(tmp_path, BODY.replace(old, new)), tmp_path / "out", dry_run=True)
