"""Several seeds give a critical pressure each, and their mean and spread."""

import csv
import statistics

import pytest
from study.conftest import CASE, HEAD
from study.fake_solver import solve as closed_form

from femna.errors import InputError
from femna.report.reading import read_folder
from femna.report.sweep_page import write_sweep_report
from femna.study.critical import CriticalPoint
from femna.study.curve import Crossing
from femna.study.evaluation import Group
from femna.study.runner import run_sweep
from femna.study.scaling import scaling
from femna.study.spread import spread_table, spreads

RANDOM = CASE.replace(
    'kind = "stripes", blocked_fraction = 0.3,',
    'kind = "random_field", blocked_fraction = 0.3, correlation_length = "8 um", seed = 1,',
)
BODY = """
[[sweep]]
"interface.map.seed" = { values = [1, 2, 3] }
[[sweep]]
"protocol.current_density" = { values = [0.5, 2.5], unit = "mA/cm^2" }
[[sweep]]
"protocol.pressure" = { from = "0.04 MPa", to = "0.6 MPa", count = 9, spacing = "log" }
"""
OVER = '[critical]\nslope = "-0.05 V/MPa"\nover = ["interface.map.seed"]\n'


class _Scaled:
    """A case at a pressure divided by a factor: its critical pressure is so much higher."""

    def __init__(self, case, factor):
        self._case, self.protocol = (
            case,
            case.protocol.model_copy(update={"pressure": case.protocol.pressure / factor}),
        )

    def __getattr__(self, name):
        return getattr(self._case, name)


def solve(case, directory, *, resume=False, monitor=None):
    """Closed form whose critical pressure grows with the seed by 10 % each."""
    factor = 1.0 + 0.1 * (case.interface.map.seed - 1)
    return closed_form(_Scaled(case, factor), directory, resume=resume, monitor=monitor)


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "case.toml").write_text(RANDOM)
    (folder / "study.toml").write_text(HEAD + BODY + OVER)
    result = run_sweep(folder / "study.toml", folder / "out", jobs=1, solve=solve)
    assert result.exit_code == 0
    return folder / "out", result


def test_every_seed_has_rows_and_their_mean_and_spread_stand_beside(swept):
    folder, result = swept
    rows = table(folder / "critical.csv")
    assert [r["interface_map_seed"] for r in rows] == ["1", "1", "2", "2", "3", "3"]
    spread = table(folder / "critical_spread.csv")
    assert [r["current_mA_cm2"] for r in spread] == ["0.5", "2.5"]
    for row in spread:
        assert row["realisations"] == "3"
        for name in ("dVdP", "contact"):
            values = [
                float(r[f"p_crit_{name}_MPa"])
                for r in rows
                if r["current_mA_cm2"] == row["current_mA_cm2"]
            ]
            assert row[f"p_crit_{name}_count"] == "3"
            mean, deviation = statistics.fmean(values), statistics.stdev(values)
            assert float(row[f"p_crit_{name}_mean_MPa"]) == pytest.approx(mean, rel=1e-8)
            assert float(row[f"p_crit_{name}_std_MPa"]) == pytest.approx(deviation, rel=1e-6)
            assert float(row[f"p_crit_{name}_min_MPa"]) == pytest.approx(min(values), rel=1e-8)
            assert float(row[f"p_crit_{name}_max_MPa"]) == pytest.approx(max(values), rel=1e-8)
        # 1, 1.1 and 1.2 times one pressure: the mean is 1.1 of it, the deviation 0.1
        mean = float(row["p_crit_contact_mean_MPa"])
        assert mean / float(row["p_crit_contact_min_MPa"]) == pytest.approx(1.1, rel=0.015)
        # nine pressures fix each value to about 1.5 %, and so the deviation of 0.1/1.1
        found = float(row["p_crit_contact_std_MPa"]) / mean
        assert found == pytest.approx(0.1 / 1.1, abs=0.015)
    assert any("(3 of 3)" in line for line in result.lines)


def test_the_page_has_a_section_on_the_spread(swept):
    folder, _ = swept
    page = write_sweep_report(read_folder(folder)).read_text()
    assert "Spread over realisations" in page
    assert "interface.map.seed" in page


def test_without_over_there_is_neither_file_nor_section(write_study, tmp_path):
    path = write_study(BODY.replace("[1, 2, 3]", "[1]"), case=RANDOM)
    run_sweep(path, tmp_path / "out", jobs=1, solve=solve)
    assert not (tmp_path / "out/critical_spread.csv").exists()
    assert "realisations" not in write_sweep_report(read_folder(tmp_path / "out")).read_text()


def test_an_evaluation_without_it_takes_the_earlier_one_away(tmp_path):
    (tmp_path / "case.toml").write_text(RANDOM)
    study, out = tmp_path / "study.toml", tmp_path / "out"
    for body in (BODY + OVER, BODY):
        study.write_text(HEAD + body)
        result = run_sweep(study, out, jobs=1, solve=closed_form, resume=out.exists())
        assert result.exit_code == 0
        assert (out / "critical_spread.csv").exists() == ("over" in body)
        page = write_sweep_report(read_folder(out)).read_text()
        assert ("Spread over realisations" in page) == ("over" in body)
        assert ("interface.map.seed&quot;]" in page) == ("over" in body)  # to do it again


def _group(seed, contact):
    nothing = Crossing(None, None, None)
    found = CriticalPoint(nothing, Crossing(contact, None, None))
    empty = scaling({})
    others = (("variant", "a"), ("interface_map_seed", float(seed)))
    return Group(others, {}, {0.5: found}, {}, empty, empty, None, None, None)


def test_a_realisation_without_a_value_is_counted_and_left_out():
    (found,) = spreads(
        [_group(1, 2.0), _group(2, None), _group(3, 4.0)], over=("interface_map_seed",)
    )
    header, (cells,) = spread_table([found])
    row = dict(zip(header, cells, strict=True))
    assert row["realisations"] == 3
    assert row["p_crit_contact_count"] == 2
    assert row["p_crit_contact_mean_MPa"] == 3.0
    assert row["p_crit_contact_std_MPa"] == pytest.approx(2.0**0.5)
    assert (row["p_crit_dVdP_count"], row["p_crit_dVdP_mean_MPa"]) == (0, None)
    assert row["variant"] == "a"


@pytest.mark.parametrize(
    ("path", "part"),
    [("interface.roughness", "not swept"), ("protocol.pressure", "function of it")],
)
def test_what_cannot_be_averaged_over_is_refused(write_study, tmp_path, path, part):
    body = BODY + OVER.replace("interface.map.seed", path)
    with pytest.raises(InputError, match=part) as caught:
        run_sweep(write_study(body, case=RANDOM), tmp_path / "out", solve=solve)
    assert caught.value.key == "critical.over"
