"""A Latin hypercube: each part of each range once, and a power of an input is found again."""

import csv
import json
import math

import numpy as np
import pytest
from study.test_mechanisms import strong
from study.test_sensitivity import BODY, study

from femna.report import write_report
from femna.study import run_sweep
from femna.study.definition import load_study

HYPERCUBE = BODY.replace("trajectories = 2", 'method = "latin_hypercube"\npoints = 6\nseed = 3')


def test_every_part_of_every_range_is_met_once(tmp_path):
    sample = load_study(study(tmp_path, HYPERCUBE)).sample
    shares = sample.shares()
    assert shares.shape == (6, 2)
    for column in shares.T:
        assert sorted(np.floor(6 * column)) == [0, 1, 2, 3, 4, 5]
    assert np.array_equal(shares, sample.shares())


def test_the_effect_of_a_power_is_its_logarithm(tmp_path):
    result = run_sweep(study(tmp_path, HYPERCUBE), tmp_path / "out", jobs=1, solve=strong)
    assert result.exit_code == 0
    with (tmp_path / "out/correlations.csv").open() as stream:
        rows = {(r["input"], r["criterion"]): r for r in csv.DictReader(stream)}
    strength = rows["interface.roughness", "contact"]
    # P_crit is proportional to the stand-in's strength, which goes over a factor of four
    assert float(strength["effect"]) == pytest.approx(math.log(4.0), rel=0.05)
    assert float(strength["rank_correlation"]) == 1.0
    nothing = rows["geometry.metal_thickness", "contact"]
    assert abs(float(nothing["effect"])) < 0.05
    assert int(strength["points"]) == 6


@pytest.mark.parametrize(
    ("body", "table", "said"),
    [
        (
            HYPERCUBE,
            "correlations.csv",
            (
                "No correlations at 1.5 mA/cm2 by contact: 0 of 6 points have a P_crit, "
                "at least 5 are needed."
            ),
        ),
        (
            BODY,
            "sensitivity.csv",
            (
                "No effects at 1.5 mA/cm2 by contact: 0 of 2 trajectories have a P_crit at each of "
                "their points, at least 2 are needed."
            ),
        ),
    ],
)
def test_too_few_critical_pressures_are_said(tmp_path, body, table, said):
    body = body.replace("0.08 MPa", "1 kPa").replace("0.16 MPa", "2 kPa")
    body = body.replace("extra_points = 4\nwiden = 10", "")
    result = run_sweep(study(tmp_path, body), tmp_path / "out", jobs=1, solve=strong)
    assert said in result.lines
    assert said in json.loads((tmp_path / "out/summary.json").read_text())["too_few_points"]
    assert said in write_report(tmp_path / "out").read_text()
    assert not (tmp_path / "out" / table).exists()


def test_a_dry_run_counts_and_says_how_long(tmp_path):
    lines = run_sweep(study(tmp_path, HYPERCUBE), tmp_path / "out", dry_run=True).lines
    # six points, two pressures, at most 4 + 10 more on each of six curves
    assert lines[-1].startswith(f"At most {12 + 6 * 14} cases to compute, about ")
    assert "unknowns" in lines[-1]
    run_sweep(study(tmp_path, HYPERCUBE), tmp_path / "out", jobs=1, solve=strong)
    again = run_sweep(study(tmp_path, HYPERCUBE), tmp_path / "out", dry_run=True).lines
    assert "as the 12 finished cases took" in again[-1]
