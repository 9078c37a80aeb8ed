"""Figures and pages from folders as a sweep and a run leave them."""

import csv
import json
import re
import shutil
import struct
import sys
from pathlib import Path

import pytest
from study.conftest import CASE, HEAD
from study.fake_solver import solve, solve_badly

from femna.errors import InputError
from femna.report import write_report
from femna.report.answer import answer, least_pressure, upper_bound
from femna.report.captions import of_voltage
from femna.report.cycling_charts import end_views, voltage_views
from femna.report.cycling_part import cycling_answer, cycling_section
from femna.report.history_charts import history_views
from femna.report.reading import RunFolder, SweepFolder
from femna.report.sweep_figures import candidates_figure
from femna.simulation.measures import ROUND_OFF
from femna.study import run_sweep

SWEEP = """
[[sweep]]
"protocol.current_density" = { values = [0.5, 2.5], unit = "mA/cm^2" }
[[sweep]]
"protocol.pressure" = { from = "0.06 MPa", to = "0.6 MPa", count = 6, spacing = "log" }
[compare]
observations = "observations.toml"
"""
OBSERVATIONS = """
source = "A. <Nobody> & J. Nowhere, 1 (2000) 1"
[[critical_pressure]]
current = 2.5
above = 9.0
[critical_pressure_protocol]
relation = "linear in current"
"""


def make_sweep(folder, body=SWEEP, solver=solve, observations=OBSERVATIONS):
    (folder / "case.toml").write_text(CASE)
    (folder / "observations.toml").write_text(observations)
    (folder / "study.toml").write_text(HEAD + body)
    run_sweep(folder / "study.toml", folder / "out", jobs=1, solve=solver)
    return folder / "out"


def write_interface(folder):
    with (folder / "interface.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(
            ["x_um", "gap_um", "contact_pressure_MPa", "current_mA_cm2", "conducting", "contact"]
        )
        for step in range(11):
            open_part = step > 3
            out.writerow([2.5 * step, 0.1 * open_part, 0.3 * (not open_part), 2.0, open_part, 1])


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = make_sweep(tmp_path_factory.mktemp("report"))
    for case in sorted(out.glob("j2.5_P*")):
        write_interface(case)
    entry = {"quantity": "n", "value": 5.0, "unit": "", "source": "Materialia 12", "label": "R"}
    (out / "j0.5_P0.06/run.json").write_text(json.dumps({"sources": [entry]}))
    return out, write_report(out)


def png_size(path):
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def test_a_sweep_gives_four_figures_and_one_page(swept):
    out, page = swept
    assert page == out / "report.html"
    names = ("voltage_rise", "contact_fraction", "critical_pressure", "interface")
    for name in names:
        width, height = png_size(out / f"{name}.png")
        assert width > 1000
        assert height > 500
    assert page.read_text().count("data:image/png;base64,") == 4


def test_the_page_needs_nothing_from_outside(swept):
    text = swept[1].read_text()
    assert not re.search(r'(src|href)\s*=\s*"(?!data:)', text)
    assert not re.search(r"(fetch|import|XMLHttpRequest)\s*\(", text)
    assert not re.search(r"url\((?!#)", text)
    assert "nan" not in re.sub(r"base64,[^\"]*", "", text).lower().split()


def test_the_page_says_what_it_rests_on_and_how_it_compares(swept):
    text = swept[1].read_text()
    assert "interface.map.blocked_fraction" in text
    assert "assumed, not measured" in text
    assert "Materialia 12" in text
    assert "not met" in text
    assert "times below the stated 9 MPa" in text
    assert "A. &lt;Nobody&gt; &amp; J. Nowhere" in text
    assert "3.0e-12" in text
    for row in csv.DictReader((swept[0] / "critical.csv").read_text().splitlines()):
        assert f"{float(row['p_crit_contact_MPa']):.4g}" in text


@pytest.mark.parametrize(
    ("stated", "used", "named", "said"),
    [
        (-0.05, -0.05, True, True),
        (-0.05, -0.2, True, False),
        (None, -0.05, True, False),
        (-0.05, -0.05, False, False),
    ],
)
def test_the_slope_is_the_experiments_only_where_its_observations_state_it(
    swept, tmp_path, stated, used, named, said
):
    out = tmp_path / "out"
    shutil.copytree(swept[0], out)
    summary = json.loads((out / "summary.json").read_text())
    summary["critical"]["slope"], summary["stated_slope"] = used, stated
    summary["observations"] = summary["observations"] if named else None
    (out / "summary.json").write_text(json.dumps(summary))
    text = write_report(out).read_text()
    assert f"voltage rise is −{-used:g} V/MPa" in text
    assert ("as in the experiment" in text) is said


def test_the_slope_of_the_observations_file_reaches_the_page(tmp_path):
    criterion = "criterion_dV_dP_V_per_MPa = -0.05\n"
    out = make_sweep(tmp_path, observations=OBSERVATIONS + criterion)
    assert "−0.05 V/MPa, as in the experiment," in write_report(out).read_text()


@pytest.mark.parametrize("compared", [True, False])
def test_captions_name_an_experiment_only_where_it_is_in_the_figure(swept, tmp_path, compared):
    out = tmp_path / "out"
    shutil.copytree(swept[0], out)
    summary = json.loads((out / "summary.json").read_text())
    summary["stated_cycling"] = [{"current": 1.5, "pressure": 4.0, "outcome": "fails"}]
    if not compared:
        summary |= {"observations": None, "comparison": []}
        summary |= {"stated_brackets": [], "stated_cycling": []}
    (out / "summary.json").write_text(json.dumps(summary))
    text = write_report(out).read_text()
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert len(captions) == 5
    assert sum("the experiment" in caption for caption in captions) == (2 if compared else 0)
    assert ("the experiment" in re.sub(r"(?s)<details>.*?</details>", "", text)) is compared


@pytest.mark.parametrize("stated", [True, False])
def test_so_do_the_captions_of_candidates_and_of_cycles(tmp_path, stated):
    bracket = {"current": 1.0, "low": 4.0, "high": None, "text": "P_crit > 4 MPa"}
    cell = {"current": 1.5, "pressure": 4.0, "outcome": "fails"}
    summary = {"stated_brackets": [bracket], "stated_cycling": [cell]} if stated else {}
    row = {"current_mA_cm2": "1", "pressure_MPa": "2", "cycles": "3", "status": "ok"}
    (tmp_path / "mechanisms.csv").write_text(
        "rank,variant,mechanism,label,p_crit_dVdP_1_MPa,p_crit_contact_1_MPa\n1,a,a,a,0.2,0.3\n"
    )
    sweep = SweepFolder(tmp_path, (row,), (), summary)
    for text in (candidates_figure(sweep), cycling_section(sweep)):
        caption = re.findall(r"<figcaption>(.*?)</figcaption>", text)[0]
        assert ("the experiment" in caption) is stated
        assert caption.endswith(".")


def test_captions_explain_open_symbols_rises_left_out_and_name_pressures(swept):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", swept[1].read_text())
    rows = list(csv.DictReader((swept[0] / "sweep.csv").read_text().splitlines()))
    assert {row["status"] for row in rows} != {"ok"}
    for caption in captions[:2]:
        assert "Open symbols ended before the full charge." in caption
    left_out = any(float(row["voltage_rise_V"]) < 1e-6 for row in rows)
    assert ("Rises below 1e-06 V are left out." in captions[0]) is left_out
    assert "Broad bars: tested pressures" in captions[2]
    shown = [f"{float(row['pressure_MPa']):.3g}" for row in rows if row["current_mA_cm2"] == "2.5"]
    named = re.search(r"2\.5 mA/cm², (.*) MPa\.", captions[4])[1].split(", ")
    assert len(named) == 3
    assert set(named) <= set(shown)
    titles = re.findall(r'data-title="(.*?)"', swept[1].read_text())
    assert [title for title in titles if title.endswith(", 2")] == []
    assert of_voltage([rows[-1] | {"status": "ok", "voltage_rise_V": "0.1"}]).endswith("pressure.")


def critical_row(current, low, high, value=""):
    return {
        "current_mA_cm2": str(current),
        "p_crit_dVdP_MPa": "",
        "p_crit_contact_MPa": str(value),
        "method": "",
        "bracket_low_MPa": str(low),
        "bracket_high_MPa": str(high),
        "bracket_dVdP_low_MPa": str(low),
        "bracket_dVdP_high_MPa": "",
    }


@pytest.mark.parametrize(
    ("brackets", "said"),
    [
        (((0.13, 0.18), (0.18, 0.25)), "do not tell it from the power 1/n = 0.2"),
        (((0.165, 0.166), (0.222, 0.223)), "more than its flow decides"),
    ],
)
def test_an_exponent_is_another_than_the_creep_laws_only_where_brackets_tell(
    tmp_path, brackets, said
):
    critical = tuple(
        critical_row(current, *bracket, value=0.5 * sum(bracket))
        for current, bracket in zip((0.5, 1.5), brackets, strict=True)
    )
    rows = tuple({"case": "a", "status": "ok"} | row for row in critical)
    group = {"inputs": {}, "exponent_contact": 0.25, "creep_exponent": 5.0}
    sweep = SweepFolder(tmp_path, rows, critical, {"groups": [group]})
    assert said in answer(sweep, ((),))


def test_a_bracket_names_its_criterion(tmp_path):
    critical = (critical_row(2.5, 0.183, 0.247),)
    rows = tuple({"case": "a", "status": "ok"} | row for row in critical)
    text = answer(SweepFolder(tmp_path, rows, critical, {}), ((),))
    assert "between 0.183 and 0.247 MPa by contact (dV/dP is not bracketed)" in text


def test_a_pressure_at_which_the_other_criterion_fails_is_not_the_answer(tmp_path):
    row = critical_row(2.5, 0.4, 0.6, value=0.5) | {"bracket_dVdP_low_MPa": "0.8"}
    assert least_pressure(row) == (None, "above 0.8 MPa by dV/dP")
    assert upper_bound(row) is None
    sweep = SweepFolder(tmp_path, ({"case": "a", "status": "ok"} | row,), (row,), {})
    text = answer(sweep, ((),))
    assert "above 0.8 MPa by dV/dP" in text
    assert "<form" not in text
    # a slope that is above its bound at every pressure tested does decide nothing
    holds = row | {"bracket_dVdP_low_MPa": "", "bracket_dVdP_high_MPa": "0.1"}
    assert least_pressure(holds) == (0.5, "contact (dV/dP is not bracketed)")
    assert upper_bound(holds) == 0.5


def test_a_cell_that_was_not_computed_to_its_end_is_no_survivor(tmp_path):
    row = {"current_mA_cm2": "1", "pressure_MPa": "2", "cycles": "10", "status": "ok"}
    failed = row | {"cycles": "3", "status": "failed", "pressure_MPa": "1"}
    summary = {"failed": [{"case": "P1", "reason": "a bug"}]}
    text = cycling_answer(SweepFolder(tmp_path, (row, failed), (), summary))
    assert "0 of 1 cells failed" in text
    assert "1 cases were not computed to their end" in text


def test_the_same_results_give_the_same_page(swept):
    before = swept[1].read_bytes()
    assert write_report(swept[0]).read_bytes() == before


def test_failed_cases_are_listed_and_empty_cells_are_dashes(tmp_path):
    body = """
[[sweep]]
"protocol.pressure" = { values = [0.1, 0.3], unit = "MPa" }
"""
    out = make_sweep(tmp_path, body, solve_badly)
    text = write_report(out).read_text()
    assert "the step went below its floor" in text
    assert "ZeroDivisionError" in text
    assert "–" in text
    assert "not_bracketed" in text


def test_several_combinations_get_figures_of_their_own(tmp_path):
    body = (
        SWEEP
        + """
[[variant]]
name = "a"
[[variant]]
name = "b"
set = { "interface.roughness" = "0.2 um" }
"""
    )
    out = make_sweep(tmp_path, body)
    text = write_report(out).read_text()
    assert (out / "critical_pressure_a.png").is_file()
    assert (out / "critical_pressure_b.png").is_file()
    assert "varied: 0.1 um; 0.2 um" in text


def write_history(folder, cycles=(1,)):
    header = (
        "step,time_s,half_cycle,charge_mAh_cm2,contact_fraction,voltage_rise_V,"
        "void_volume_um3,charge_balance,volume_balance,force_balance,pressure_MPa"
    )
    lines = [header]
    step = 0
    for cycle in cycles:
        for place in range(6):
            rise = 1e-5 * 10**place
            values = [step, 40.0 * step, cycle, 0.02 * place, 1 - 0.15 * place, rise, place]
            lines.append(",".join(f"{v:g}" for v in [*values, 1e-13, 0.0, 2e-12, 0.3]))
            step += 1
    (folder / "history.csv").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("cycles", [(1,), (1, 2)])
def test_a_run_gives_its_curves(tmp_path, cycles):
    write_history(tmp_path, cycles)
    (tmp_path / "case.toml").write_text(CASE)
    (tmp_path / "summary.json").write_text(json.dumps({"status": "voltage_limit"}))
    text = write_report(tmp_path).read_text()
    assert "voltage reached its limit" in text
    assert text.count("data:image/png;base64,") == 2
    assert "case of the study tests" in text


def test_what_an_error_of_zero_in_volume_says_is_told(tmp_path, swept):
    write_history(tmp_path)
    (tmp_path / "summary.json").write_text(json.dumps({"status": "ok", "balances": {"volume": 0}}))
    epsilons = round(ROUND_OFF / sys.float_info.epsilon)
    caption = f"{epsilons} machine epsilons of the metal&#x27;s volume at the start"
    text = write_report(tmp_path).read_text()
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text)
    assert [caption in one for one in captions] == [False, True]
    assert "drawn at 1e-17" in captions[1]
    assert "accepted step: volume 0. From" in text
    for page in (text, swept[1].read_text()):
        assert caption in re.search(r"<p>Largest relative error[^<]*", page)[0]


def test_a_run_that_left_its_interface_shows_it_in_section(tmp_path):
    write_history(tmp_path)
    write_interface(tmp_path)
    (tmp_path / "summary.json").write_text(json.dumps({"status": "ok"}))
    text = write_report(tmp_path).read_text()
    assert text.count("data:image/png;base64,") == 3
    assert "contact pressure, gap and local current. Shaded: the part" in text
    width, height = struct.unpack(">II", (tmp_path / "interface.png").read_bytes()[16:24])
    assert width > height > 500


def test_a_run_that_stopped_early_says_why(tmp_path):
    write_history(tmp_path)
    summary = {"status": "failed", "reason": "the step went below its floor"}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    assert "the step went below its floor" in write_report(tmp_path).read_text()


@pytest.mark.parametrize(
    ("kept", "said", "end"),
    [
        (range(6), None, "At the end: contact"),
        (range(3), "3 of the 6 rows up to step 5", "At step 2, the last in history.csv: contact"),
        ((0, 1, 4, 5), "2 of the 6 rows up to step 5", "At the end: contact"),
        ((), "6 of the 6 rows up to step 5", None),
    ],
)
def test_a_history_that_lacks_steps_of_the_summary_is_not_shown_as_whole(tmp_path, kept, said, end):
    write_history(tmp_path)
    header, *lines = (tmp_path / "history.csv").read_text().splitlines()
    (tmp_path / "history.csv").write_text("\n".join([header, *(lines[k] for k in kept)]) + "\n")
    summary = {"status": "ok", "final": {"step": 5}}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    text = write_report(tmp_path).read_text()
    assert "No step was accepted" not in text
    assert ("history.csv is incomplete" in text) is (said is not None)
    assert (said or "") in text
    places = re.findall(r"<p>(At [^<]*: contact)", text)
    assert places == ([] if end is None else [end])


def test_a_run_without_a_summary_is_not_said_to_have_ended(tmp_path):
    write_history(tmp_path)
    text = write_report(tmp_path).read_text()
    assert "goes on or was killed" in text
    assert "unfinished" not in text


def test_the_chart_of_the_voltage_has_the_voltage_itself():
    row = {"step": "0", "charge_mAh_cm2": "0.1", "voltage_V": "0.3", "voltage_rise_V": "0.1"}
    views = history_views(RunFolder(Path(), (row,), {}))
    for view in views[:2]:
        assert [series.name for series in view.series] == ["voltage", "voltage rise"]
        assert view.series[0].points[0][:2] == (0.1, 0.3)


def test_a_run_without_a_step_still_has_a_page(tmp_path):
    (tmp_path / "history.csv").write_text("step,time_s\n")
    assert "No step was accepted" in write_report(tmp_path).read_text()


def test_a_folder_that_is_neither_is_refused(tmp_path):
    with pytest.raises(InputError, match="neither a sweep"):
        write_report(tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        write_report(tmp_path / "nowhere")


def cycled(count):
    """Rows of a history of three steps a half cycle, and of cycles.csv, that begins by plating."""
    history, ends = [], []
    for half in range(1, 2 * count + 1):
        current = -1.5 if half % 2 else 1.5
        for step in range(3):
            row = {"half_cycle": half, "cycle": (half + 1) // 2, "phase": "strip"}
            row |= {
                "charge_mAh_cm2": 0.1 * step,
                "voltage_V": 1e-3 * half,
                "current_mA_cm2": current,
            }
            history.append({name: str(value) for name, value in row.items()})
        row = {"half_cycle": half, "current_mA_cm2": current, "voltage_end_V": -0.01 * half}
        row |= {"void_volume_um3": half, "voids_um3_1000_2500": half, "voids_um3_2500_up": 0}
        ends.append({name: str(value) for name, value in row.items()})
    return history, ends


def test_a_cycled_runs_figures_show_the_ends_of_its_half_cycles():
    _, rows = cycled(2)
    views = {view.name: view for view in end_views(rows)}
    assert list(views) == ["voltage", "voids", "voids by size"]  # what the table lacks is left out
    stripping, plating = views["voltage"].series
    assert [point[:3] for point in stripping.points] == [(2.0, 0.02, False), (4.0, 0.04, False)]
    assert [point[:3] for point in plating.points] == [(1.0, 0.01, True), (3.0, 0.03, True)]
    sizes = {series.name: series.points for series in views["voids by size"].series}
    assert list(sizes) == ["1000 to 2500 µm³", "above 2500 µm³"]
    assert [point[1] for point in sizes["1000 to 2500 µm³"]] == [2.0, 4.0]


def test_of_many_cycles_the_first_the_last_and_two_between_are_drawn(tmp_path):
    history, _ = cycled(10)
    (view,) = voltage_views(RunFolder(tmp_path, tuple(history), {}))
    names = [series.name for series in view.series]
    assert names == [f"cycle {k}, {way}" for k in (1, 4, 7, 10) for way in ("plates", "strips")]
    assert [point[0] for point in view.series[0].points] == [0.0, 0.1, 0.2]
