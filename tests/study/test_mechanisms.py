"""A mechanism study with a stand-in for the solver: curves are found, mapped, ranked, inverted."""

import csv
import json
import math
import time

import pytest
from study.conftest import CASE, HEAD
from study.fake_solver import P_TURN, solve
from study.test_critical_pressure_of_known_curves import exact

from femna.errors import InputError
from femna.study import run_sweep

OBSERVATIONS = """
source = "A. Nobody, J. Nowhere 1 (2000) 1"
[[critical_pressure]]
current = 2.5
above = 1.0
at_most = 4.0
"""
SWEEPS = """
[[sweep]]
"protocol.current_density" = { values = [0.5, 2.5], unit = "mA/cm^2" }
[[sweep]]
"protocol.pressure" = { from = "0.05 MPa", to = "0.1 MPa", count = 2, spacing = "log" }
[critical]
extra_points = 6
widen = 12
"""
COMPARE = '[compare]\nobservations = "observations.toml"\n'
STRENGTHS = {"1 um": 1.0, "3 um": 3.0, "9 um": 9.0}


NAMED = '[[variant]]\nname = "a"\nmechanism = "m"\n'


def variant(name, strength, parameter):
    """Stand-in: the roughness carries the strength, in um, to the solver."""
    return f"""
[[variant]]
name = "{name}"
mechanism = "strength"
label = "a stronger metal"
measured = ["creep"]
unmeasured = ["size"]
set = {{ "interface.roughness" = "{strength} um" }}
[variant.parameter]
name = "size"
value = "{parameter}"
estimate = ["2 um", "2.5 um"]
source = "B. Nobody 1 (2000) 1"
"""


PLAIN = """
[[variant]]
name = "plain"
mechanism = "bulk creep"
label = "bulk creep"
set = { "interface.roughness" = "1.0 um", "limits.contact_fraction" = 0.002 }
"""


def strong(case, directory, *, resume=False, monitor=None):
    """The stand-in's curve with all pressures multiplied by the strength."""
    factor = case.interface.roughness * 1e6
    protocol = case.protocol.model_copy(update={"pressure": case.protocol.pressure / factor})
    summary = solve(
        case.model_copy(update={"protocol": protocol}), directory, resume=resume, monitor=monitor
    )
    (directory / "case.toml").write_text(case.to_toml())
    return summary


def unscaled(case, directory, *, resume=False, monitor=None):
    """A curve that does not depend on P/j^(1/n) alone."""
    summary = solve(case, directory, resume=resume, monitor=monitor)
    if case.protocol.current_density > 20.0 and "contact_fraction" in summary["final"]:
        summary["final"]["contact_fraction"] *= 0.9
    return summary


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def run(folder, body, *, by=strong, **more):
    (folder / "case.toml").write_text(CASE)
    (folder / "observations.toml").write_text(OBSERVATIONS)
    (folder / "study.toml").write_text(HEAD + body)
    return run_sweep(folder / "study.toml", folder / "out", jobs=2, solve=by, **more)


@pytest.fixture(scope="module")
def ranked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranked")
    body = "".join(variant(f"s{v:g}", v, p) for p, v in STRENGTHS.items()) + PLAIN
    return folder, run(folder, SWEEPS + COMPARE + body)


def test_a_grid_far_below_is_continued_until_both_criteria_are_bracketed(ranked):
    folder, result = ranked
    assert result.exit_code == 0
    for row in table(folder / "out/critical.csv"):
        factor = {"s1": 1.0, "s3": 3.0, "s9": 9.0, "plain": 1.0}[row["variant"]]
        slope, contact = exact(float(row["current_mA_cm2"]))
        assert float(row["p_crit_contact_MPa"]) == pytest.approx(contact * factor, rel=0.03)
        if factor == 1.0:  # dV/dP does not scale with the strength
            assert float(row["p_crit_dVdP_MPa"]) == pytest.approx(slope, rel=0.05)


def test_widening_goes_no_further_than_needed(ranked):
    folder, _ = ranked
    rows = [r for r in table(folder / "out/sweep.csv") if r["case"].startswith("s1_")]
    top = max(float(r["pressure_MPa"]) for r in rows)
    assert top < 4.0 * P_TURN * 5.0**0.2 * 2.0


def test_a_grid_that_is_all_above_is_continued_downwards(tmp_path):
    low = '{ from = "0.05 MPa", to = "0.1 MPa", count = 2, spacing = "log" }'
    run(tmp_path, SWEEPS.replace(low, '{ values = [0.8], unit = "MPa" }') + PLAIN)
    pressures = [float(r["pressure_MPa"]) for r in table(tmp_path / "out/sweep.csv")]
    assert max(pressures) <= 1.6  # where four finished points of the slope's fit need one more
    for row in table(tmp_path / "out/critical.csv"):
        _, contact = exact(float(row["current_mA_cm2"]))
        assert float(row["p_crit_contact_MPa"]) == pytest.approx(contact, rel=0.03)


def test_candidates_are_ranked_by_the_rule(ranked):
    folder, result = ranked
    rows = table(folder / "out/mechanisms.csv")
    assert [int(r["rank"]) for r in rows] == [1, 2, 3, 4]
    assert rows[0]["variant"] == "s9"  # 9 times 0.2 MPa is inside 1 to 4 MPa
    assert rows[0]["not_met"] == "0"
    # all contradicted: first the one without an unmeasured input, then by misfit
    assert [r["variant"] for r in rows[1:]] == ["plain", "s3", "s1"]
    assert any("ranked by" in line for line in result.lines)
    assert json.loads((folder / "out/summary.json").read_text())["ranking_rule"]


def test_fields_of_a_mapped_current_are_refused(tmp_path):
    body = SWEEPS + "master_curve = true\n" + PLAIN + "[output]\n"
    fields = 'fields = [{ "protocol.current_density" = "2.5 mA/cm^2" }]\n'
    with pytest.raises(InputError, match=r"mapped from 0\.5 mA/cm2"):
        run(tmp_path, body + fields, dry_run=True)
    assert run(tmp_path, body + fields.replace("2.5 mA", "0.5 mA"), dry_run=True).exit_code == 0


def test_a_law_of_the_users_own_does_not_run_on_a_dry_run(tmp_path):
    (tmp_path / "law.py").write_text(
        "from pathlib import Path\n"
        "Path(__file__).with_name('it_ran').touch()\n"
        "def creep_law(**given):\n    raise RuntimeError('not here')\n"
    )
    (tmp_path / "case.toml").write_text(
        CASE.replace('{ law = "norton" }', '{ law = "file", file = "law.py" }')
    )
    (tmp_path / "study.toml").write_text(HEAD + SWEEPS + "master_curve = true\n")
    result = run_sweep(tmp_path / "study.toml", tmp_path / "out", dry_run=True)
    assert result.exit_code == 0
    assert not (tmp_path / "it_ran").exists()
    assert not any("mapped" in line for line in result.lines)


def test_a_variant_relative_to_another_is_given_as_a_factor(tmp_path):
    body = "".join(
        f"""
[[variant]]
name = "{name}"
set = {{ "interface.roughness" = "{strength} um" }}
{relative}
"""
        for name, strength, relative in (
            ("base", 1.0, ""),
            ("three", 3.0, 'relative_to = "base"'),
        )
    )
    result = run(tmp_path, SWEEPS + "master_curve = true\n" + body)
    rows = table(tmp_path / "out/relative.csv")
    assert [(r["variant"], r["relative_to"], r["current_mA_cm2"]) for r in rows] == [
        ("three", "base", "0.5"),
        ("three", "base", "2.5"),
    ]
    assert [r["origin"] for r in rows] == ["computed", "mapped"]
    for row in rows:  # two interpolated critical pressures, each within 3 %
        assert float(row["factor_contact"]) == pytest.approx(3.0, rel=0.06)
    assert any("three" in line and "/ base" in line for line in result.lines)


def test_a_variant_relative_to_nothing_known_is_refused(tmp_path):
    body = SWEEPS + '[[variant]]\nname = "a"\nrelative_to = "b"\n'
    with pytest.raises(InputError, match="no variant of the study"):
        run(tmp_path, body)


def test_a_parameter_is_inverted_between_computed_values_only(ranked):
    folder, _ = ranked
    rows = {r["criterion"]: r for r in table(folder / "out/inversions.csv")}
    row = rows["contact"]
    _, contact = exact(2.5)
    assert row["mechanism"] == "strength"
    assert float(row["needed_low"]) == pytest.approx(1.0 / contact, rel=0.03)
    assert float(row["needed_high"]) == pytest.approx(9.0)  # the last value is still inside
    assert row["open_high"] == "1"
    assert row["open_low"] == "0"
    assert row["overlaps_estimate"] == "0"  # 2 to 2.5 um is below what is needed


def test_each_value_of_another_input_has_an_inversion_of_its_own(tmp_path):
    more = '[[sweep]]\n"geometry.metal_thickness" = { values = [100, 120], unit = "um" }\n'
    body = "".join(variant(f"s{v:g}", v, p) for p, v in STRENGTHS.items())
    run(tmp_path, more + SWEEPS + COMPARE + body)
    rows = [r for r in table(tmp_path / "out/inversions.csv") if r["criterion"] == "contact"]
    assert [float(r["geometry_metal_thickness_um"]) for r in rows] == [100.0, 120.0]
    ranked = table(tmp_path / "out/mechanisms.csv")
    assert {r["geometry_metal_thickness_um"] for r in ranked} == {"100", "120"}
    two = "".join(variant(f"s{v:g}", v, p) for p, v in list(STRENGTHS.items())[:2])
    (tmp_path / "two").mkdir()
    run(tmp_path / "two", more + SWEEPS + COMPARE + two)
    assert table(tmp_path / "two/out/inversions.csv") == []  # four values, but two parameters


def test_a_master_curve_stands_for_the_other_currents_where_it_is_proved(tmp_path):
    body = SWEEPS + "master_curve = true\n" + PLAIN
    result = run(tmp_path, body, by=solve)
    rows = table(tmp_path / "out/sweep.csv")
    origins = {(r["origin"], float(r["current_mA_cm2"])) for r in rows}
    assert origins == {("computed", 0.5), ("spot check", 2.5), ("mapped", 2.5)}
    proof = json.loads((tmp_path / "out/summary.json").read_text())["master_curves"][0]
    assert proof["holds"]
    assert proof["points"] == 2
    assert proof["contact"] < 1e-9
    for row in table(tmp_path / "out/critical.csv"):
        slope, contact = exact(float(row["current_mA_cm2"]))
        assert row["origin"] == ("mapped" if row["current_mA_cm2"] == "2.5" else "computed")
        assert float(row["p_crit_contact_MPa"]) == pytest.approx(contact, rel=0.02)
        assert float(row["p_crit_dVdP_MPa"]) == pytest.approx(slope, rel=0.05)
    assert any("Master curve on P/j^(1/5)" in line for line in result.lines)


def test_mapped_rows_end_at_the_voltage_limit_as_computed_ones_do(tmp_path):
    run(tmp_path, SWEEPS + "master_curve = true\n" + PLAIN, by=solve)
    mapped = [r for r in table(tmp_path / "out/sweep.csv") if r["origin"] == "mapped"]
    for row in mapped:
        if row["status"] == "ok":
            assert float(row["voltage_V"]) <= 3.0
        else:
            assert row["contact_fraction"] == row["voltage_rise_V"] == ""
    assert {row["status"] for row in mapped} == {"ok", "voltage_limit"}


def test_a_master_curve_that_fails_its_proof_maps_nothing_and_says_so(tmp_path):
    result = run(tmp_path, SWEEPS + "master_curve = true\n" + PLAIN, by=unscaled)
    rows = table(tmp_path / "out/sweep.csv")
    assert not any(r["origin"] == "mapped" for r in rows)
    assert any("no current was mapped" in line for line in result.lines)


MASK = '[mask]\ninner_radius = "2.5 mm"\nouter_radius = "5 mm"\nthickness = "99 um"\n'
LINEAR = 'kinetics = { law = "linear", resistance = "8 ohm*cm^2" }'


@pytest.mark.parametrize(
    ("plain", "change"),
    [
        (LINEAR, LINEAR.replace(" }", ", stress_term = true }")),
        (LINEAR, 'kinetics = { law = "butler_volmer", exchange_current_density = "3 mA/cm^2" }'),
        ("[limits]", MASK + "[limits]"),
        ('do = "strip"', 'do = "strip", time = "60 s"'),
        ('do = "strip"', 'do = "strip", until = "0.1 V"'),
    ],
)
def test_a_case_with_a_scale_of_its_own_is_computed_at_every_current(tmp_path, plain, change):
    assert plain in CASE
    (tmp_path / "case.toml").write_text(CASE.replace(plain, change))
    (tmp_path / "study.toml").write_text(HEAD + SWEEPS + "master_curve = true\n")
    run_sweep(tmp_path / "study.toml", tmp_path / "out", jobs=2, solve=solve)
    assert {r["origin"] for r in table(tmp_path / "out/sweep.csv")} == {"computed"}


def test_a_resumed_mechanism_study_computes_nothing_twice(ranked):
    folder, first = ranked
    before = {p: p.stat().st_mtime for p in (folder / "out").glob("*/calls")}
    time.sleep(0.02)
    again = run_sweep(folder / "study.toml", folder / "out", jobs=2, solve=strong, resume=True)
    assert {p: p.stat().st_mtime for p in (folder / "out").glob("*/calls")} == before
    assert again.lines == first.lines


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('[[variant]]\nname = "a"\nlabel = "x"\n', "name it"),
        (f'{NAMED}[[variant]]\nname = "b"\n', "all or none"),
        (
            f'{NAMED}parameter = {{ name = "p", value = "1 um", estimate = ["1 s", "2 s"] }}\n',
            "not a quantity",
        ),
        (
            f'{NAMED}parameter = {{ name = "p", value = "1 um", estimate = ["3 um", "2 um"] }}\n',
            "low to its high",
        ),
        (
            f'{NAMED}parameter = {{ name = "width", value = "1 um" }}\n'
            + NAMED.replace('"a"', '"b"')
            + 'parameter = { name = "width", value = "0.3" }\n',
            "is no width as 1 um",
        ),
    ],
)
def test_a_badly_described_mechanism_is_refused(tmp_path, body, words):
    with pytest.raises(InputError, match=words):
        run(tmp_path, SWEEPS + body, dry_run=True)


def test_misfit_is_measured_in_decades(ranked):
    folder, _ = ranked
    row = next(r for r in table(folder / "out/mechanisms.csv") if r["variant"] == "s1")
    slope, contact = exact(2.5)
    expected = math.log10(1.0 / min(slope, contact))
    assert float(row["misfit_decades"]) == pytest.approx(expected, abs=0.03)


OWN_GRID = """
[[variant]]
name = "strong"
mechanism = "strength"
master_curve = true
[variant.set]
"interface.roughness" = "2 um"
[variant.sweep]
"protocol.pressure" = { from = "1 MPa", to = "2 MPa", count = 3 }
"""


def test_a_variant_may_sweep_its_own_pressures_and_map_its_own_currents(tmp_path):
    result = run(tmp_path, SWEEPS + PLAIN + OWN_GRID, dry_run=True)
    cases = [line.split() for line in result.lines if line.startswith(("plain_", "strong_"))]
    pressures = {
        name: [float(c[1]) for c in cases if c[0].startswith(f"{name}_j0.5")]
        for name in ("plain", "strong")
    }
    assert pressures == {"plain": [0.05, 0.1], "strong": [1.0, 1.5, 2.0]}
    assert any("3 of them are mapped from 1 master curve(s)" in line for line in result.lines)


def test_a_variant_cannot_sweep_what_the_study_does_not(tmp_path):
    body = OWN_GRID.replace("protocol.pressure", "protocol.charge").replace("MPa", "mAh/cm^2")
    with pytest.raises(InputError, match="no table of the study sweeps"):
        run(tmp_path, SWEEPS + PLAIN + body, dry_run=True)
