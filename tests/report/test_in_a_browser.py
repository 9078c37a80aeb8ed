"""The pages as people use them: driven in a headless Chromium, held against the CSV files."""

import csv
import json
import math
import shutil
from itertools import pairwise

import pytest
from report.browser import CHROMIUM, Page
from report.test_reports import OBSERVATIONS, SWEEP, make_sweep, write_history, write_interface

from femna.report import html, write_report
from femna.report.chart import Axis, Series, View, as_json

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

CELLS = """
[[cycling]]
pressure = 4.0
current = 1.5
outcome = "fails"
fails_in_cycle = 12
"""
MEASURED = """current_mA_cm2,pressure_MPa,voltage_rise_V,p_crit_MPa
0.5,0.3,0.02,
0.5,0.2,0.4,
2,0.2,0.5,
2.5,,,7.5
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    (folder / "measured.csv").write_text(MEASURED)
    body = SWEEP + 'measured = "measured.csv"\n'
    out = make_sweep(folder, body, observations=OBSERVATIONS + CELLS)
    for case in sorted(out.glob("j2.5_P*")):
        write_interface(case)
    return out, write_report(out)


@pytest.fixture(scope="module")
def page(swept):
    with Page(swept[1]) as opened:
        yield opened


def rows(file):
    return list(csv.DictReader(file.read_text().splitlines()))


def figure(title, then):
    """Return an expression on the figure whose caption begins so."""
    found = f"document.querySelector('figure[data-title^=\"{title}\"]')"
    return f"(figure => {then})({found})"


def views(page, title):
    text = page.value(figure(title, "figure.querySelector('script').textContent"))
    return json.loads(text)


def test_no_errors_and_nothing_from_outside(page):
    assert page.problems == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []


def test_figures_show_the_numbers_of_the_csv_files(swept, page):
    wanted = {
        (float(row["pressure_MPa"]), float(row["voltage_rise_V"]))
        for row in rows(swept[0] / "sweep.csv")
        if float(row["voltage_rise_V"]) >= 1e-6
    }
    series = views(page, "Voltage rise")[0]["series"]
    computed = [p for s in series if "measured" not in s["name"] for p in s["points"]]
    assert {(p[0], p[1]) for p in computed} == wanted
    critical = views(page, "Critical stack pressure")[0]["series"]
    by_name = {s["name"]: {p[0]: p[1] for p in s["points"]} for s in critical}
    for row in rows(swept[0] / "critical.csv"):
        current = float(row["current_mA_cm2"])
        assert by_name["P_crit by contact"][current] == float(row["p_crit_contact_MPa"])
        assert by_name["P_crit by dV/dP"][current] == float(row["p_crit_dVdP_MPa"])
    tiles = sorted(tile[4] for tile in views(page, "Contact fraction over")[0]["tiles"])
    shares = sorted(float(row["contact_fraction"]) for row in rows(swept[0] / "sweep.csv"))
    assert tiles == shares


def test_the_line_of_the_criterion_on_the_map_is_the_critical_pressure(swept, page):
    series = views(page, "Contact fraction over")[0]["series"]
    line = next(s for s in series if s["name"] == "contact 0.95")
    wanted = {
        float(r["current_mA_cm2"]): float(r["p_crit_contact_MPa"])
        for r in rows(swept[0] / "critical.csv")
    }
    assert {p[0]: pytest.approx(p[1], rel=1e-9) for p in line["points"]} == wanted


def test_lines_of_the_map_differ_in_dashes_and_their_labels_do_not_collide(page):
    """All have one colour. Where lines lie too close for labels, the legend alone names them."""
    page.value(figure("Contact fraction over", "figure.querySelectorAll('.bar button')[1].click()"))
    levels = [s for s in views(page, "Contact fraction over")[0]["series"] if s["label"]]
    assert len(levels) >= 3
    drawn = (
        "[...figure.querySelectorAll('.{} [stroke-dasharray]')].filter("
        "l => l.getAttribute('stroke') === 'var(--ink)')"
        ".map(l => l.getAttribute('stroke-dasharray'))"
    )
    for part in ("stage", "legend"):
        dashes = page.value(figure("Contact fraction over", drawn.format(part)))
        assert len(set(dashes)) == len(dashes) == len(levels)
    boxes = page.value(
        figure(
            "Contact fraction over",
            "[...figure.querySelectorAll('.stage text.iso')].map("
            "t => t.getBoundingClientRect().toJSON())",
        )
    )
    assert boxes
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            apart = (one["right"] <= other["left"], other["right"] <= one["left"])
            below = (one["bottom"] <= other["top"], other["bottom"] <= one["top"])
            assert any(apart + below)
    page.value(figure("Contact fraction over", "figure.querySelector('.bar button').click()"))


def test_measured_curves_and_stated_cells_lie_over_the_computed_ones(page):
    names = {s["name"]: s for s in views(page, "Voltage rise")[0]["series"]}
    assert [p[:2] for p in names["measured, 0.5"]["points"]] == [[0.2, 0.4], [0.3, 0.02]]
    assert names["measured, 0.5"]["shape"] == names["0.5 mA/cm²"]["style"]
    assert names["measured, 2"]["shape"] not in {s["style"] for s in names.values()}
    critical = {s["name"]: s for s in views(page, "Critical stack pressure")[0]["series"]}
    assert critical["measured"]["points"][0][:2] == [2.5, 7.5]
    assert critical["stated by the experiment"]["bars"][0][:3] == [2.5, 9.0, None]
    cells = {s["name"]: s for s in views(page, "Contact fraction over")[0]["series"]}
    assert cells["cycled: fails"]["points"][0][:2] == [1.5, 4.0]
    assert "in cycle 12" in cells["cycled: fails"]["points"][0][3]


def test_the_first_lines_answer_for_any_current_between_the_computed_ones(swept, page):
    known = {float(r["current_mA_cm2"]): r for r in rows(swept[0] / "critical.csv")}
    least = {
        j: max(float(r["p_crit_contact_MPa"]), float(r["p_crit_dVdP_MPa"]))
        for j, r in known.items()
    }
    text = page.value("document.querySelector('.answer').innerText")
    for value in least.values():
        assert f"{value:.3g} by " in text
    ask = (
        "(v => {{ const i = document.querySelector('form.ask input'); i.value = v;"
        " i.dispatchEvent(new Event('input', {{bubbles: true}}));"
        " return document.querySelector('form.ask output').innerText; }})({})"
    )
    # half way between 0.5 and 2.5 in the logarithm: the geometric mean of the pressures
    answer = page.value(ask.format(math.sqrt(0.5 * 2.5)))
    assert float(answer.split()[0]) == pytest.approx(math.sqrt(least[0.5] * least[2.5]), rel=0.005)
    assert "between computed currents" in answer
    assert page.value(ask.format(2.5)) == f"{least[2.5]:.3g} MPa"
    assert "nothing is extrapolated" in page.value(ask.format(5))


def test_keys_walk_from_point_to_point_and_say_the_numbers(swept, page):
    page.value(figure("Voltage rise", "figure.querySelector('.stage svg').focus()"))
    tip = figure("Voltage rise", "figure.querySelector('.tip').innerText")
    told = []
    for _ in range(2):
        page.key("ArrowRight")
        told.append(page.value(tip))
    table = [r for r in rows(swept[0] / "sweep.csv") if float(r["current_mA_cm2"]) == 0.5]
    for text, row in zip(told, table, strict=False):
        assert text.startswith("0.5 mA/cm²: P ")
        assert f"{float(row['pressure_MPa']):.6g}" in text
    page.key("ArrowDown")
    assert page.value(tip).startswith("2.5 mA/cm²")
    page.key("Escape")


def test_a_series_can_be_hidden_and_a_part_enlarged(page):
    count = figure("Voltage rise", "figure.querySelectorAll('.stage path').length")
    before = page.value(count)
    button = "figure.querySelector('.legend button')"
    page.value(figure("Voltage rise", f"{button}.click()"))
    assert page.value(figure("Voltage rise", f"{button}.getAttribute('aria-pressed')")) == "false"
    assert page.value(count) < before
    page.value(figure("Voltage rise", f"{button}.click()"))
    assert page.value(count) == before
    # drag a frame, then see fewer pressures on the axis
    box = page.value(
        figure(
            "Voltage rise",
            "(figure.scrollIntoView({block: 'center'}),"
            " figure.querySelector('.stage svg').getBoundingClientRect().toJSON())",
        )
    )
    ticks = figure(
        "Voltage rise", "[...figure.querySelectorAll('.stage text')].map(t => t.textContent)"
    )
    whole = page.value(ticks)
    at = (box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])
    to = (at[0] + 0.2 * box["width"], at[1] + 0.3 * box["height"])
    page.mouse("mousePressed", *at, down=True)
    page.mouse("mouseMoved", *to, down=True)
    page.mouse("mouseReleased", *to)
    assert page.value(ticks) != whole
    page.key("Escape")
    page.value(figure("Voltage rise", "figure.querySelector('.bar').lastChild.click()"))
    assert page.value(ticks) == whole


def test_the_pointer_shows_the_nearest_value(swept, page):
    series = views(page, "Contact fraction at")[0]["series"][0]
    spot = figure(
        "Contact fraction at",
        "(figure.scrollIntoView({block: 'center'}), [...figure.querySelectorAll('.stage circle')]"
        ".map(c => c.getBoundingClientRect().toJSON()))",
    )
    first = page.value(spot)[0]
    page.mouse("mouseMoved", first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    told = page.value(figure("Contact fraction at", "figure.querySelector('.tip').innerText"))
    assert told.startswith(series["name"])
    assert f"{series['points'][0][0]:.6g}" in told


def test_every_symbol_has_an_area_so_that_open_ones_differ(tmp_path):
    axis = Axis("x", "x")
    series = [Series(f"{k}", k, points=[(k, 1, True, ""), (k, 2, False, "")]) for k in range(9)]
    views = as_json([View("all", axis, axis, series)])
    (tmp_path / "page.html").write_text(html.page("t", [html.interactive("t", views, "t")]))
    with Page(tmp_path / "page.html") as opened:
        filled = opened.value(
            "[...document.querySelectorAll('.stage g g > :is(path, circle)')]"
            ".filter(m => m.getAttribute('fill') !== 'none').map(m => { const b = m.getBBox();"
            " return m.isPointInFill(new DOMPoint(b.x + b.width / 2, b.y + b.height / 2)); })"
        )
        assert filled == 18 * [True]


def test_open_symbols_on_tiles_are_rings_that_show_what_is_below(page):
    points = views(page, "Contact fraction over")[0]["series"][0]["points"]
    found = figure(
        "Contact fraction over",
        "[...figure.querySelectorAll('.stage g g > circle')].map("
        "c => [c.getAttribute('fill'), c.getAttribute('stroke')])",
    )
    drawn = page.value(found)
    stopped = [point for point in points if point[2]]
    assert stopped
    assert drawn.count(["none", "var(--ink)"]) == len(stopped)
    assert drawn.count(["none", "var(--paper)"]) == len(stopped)
    assert drawn.count(["var(--ink)", "var(--paper)"]) == len(points) - len(stopped)


def test_the_limit_of_the_balances_is_in_their_chart(tmp_path):
    write_history(tmp_path)
    with Page(write_report(tmp_path)) as opened:
        box = figure(
            "Balance errors", "figure.querySelector('{}').getBoundingClientRect().toJSON()"
        )
        line, axis = (opened.value(box.format(kind)) for kind in (".limit", ".axis"))
        assert axis["top"] <= line["top"] <= axis["bottom"]


def test_a_logarithmic_axis_of_less_than_a_decade_has_numbers_to_read_values_by(tmp_path):
    series = [Series("s", 0, points=[(0.1, 0.12, False, ""), (0.45, 0.8, False, "")])]
    view = View("all", Axis("x", "x", log=True), Axis("y", "y", log=True), series)
    (tmp_path / "page.html").write_text(
        html.page("t", [html.interactive("t", as_json([view]), "t")])
    )
    with Page(tmp_path / "page.html") as opened:
        texts = "[...document.querySelectorAll('.stage text')]"
        ticks = opened.value(f"{texts}.map(t => t.textContent)")
        assert {"0.1", "0.2", "0.3", "0.4", "0.5", "0.6"} <= set(ticks)
        boxes = opened.value(f"{texts}.map(t => t.getBoundingClientRect().toJSON())")
        along = sorted((b for b in boxes if b["y"] == boxes[0]["y"]), key=lambda b: b["x"])
        assert all(a["right"] < b["x"] for a, b in pairwise(along))


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_every_screen_in_light_and_dark(page, dark):
    for width in (1280, 800, 390):
        page.screen(width, 900, dark=dark)
        assert page.value("document.documentElement.scrollWidth") <= width
    paper = page.value("getComputedStyle(document.body).backgroundColor")
    ink = page.value("getComputedStyle(document.body).color")
    light = [sum(map(int, text[4:-1].split(","))) for text in (paper, ink)]
    assert (light[0] < light[1]) is dark
    assert page.problems == []
    page.screen(1200, 900)


def test_it_prints(swept, page, tmp_path):
    page.printed(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    views = (
        "[...document.querySelectorAll('figure.plot script')]"
        ".map(s => JSON.parse(s.textContent).length).filter(n => n > 1).reduce((a, b) => a + b, 0)"
    )
    on_paper = "document.querySelectorAll('.chart.paper .stage > svg').length"
    page.value("dispatchEvent(new Event('beforeprint'))")
    assert page.value(on_paper) == page.value(views) >= 2
    page.value("dispatchEvent(new Event('afterprint'))")
    assert page.value(on_paper) == 0
    assert page.problems == []


def test_a_run_in_3d_shows_its_interface_as_a_surface_that_turns(tmp_path):
    write_history(tmp_path)
    header = "x_um,y_um,gap_um,contact_pressure_MPa,current_mA_cm2,conducting,contact"
    lines = [header]
    lines += [f"{x},{y},{0.01 * x * y},{10 - x},2,1,1" for x in range(6) for y in range(6)]
    (tmp_path / "interface.csv").write_text("\n".join(lines) + "\n")
    with Page(write_report(tmp_path)) as opened:
        ink = (
            "(c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size)"
            "(document.querySelector('canvas.surface'))"
        )
        drawn = "document.querySelector('canvas.surface').toDataURL()"
        assert opened.value(ink) > 20
        before = opened.value(drawn)
        opened.value("document.querySelector('canvas.surface').focus()")
        opened.key("ArrowRight")
        assert opened.value(drawn) != before
        assert opened.problems == []


def test_a_cycled_study_answers_first_and_its_map_says_each_cell(swept, tmp_path):
    """Cells that reached the limit count as failed in cycle 12, the others had 24 cycles."""
    out = tmp_path / "cycled"
    shutil.copytree(swept[0], out)
    table = rows(out / "sweep.csv")
    for row in table:
        row["cycles"] = "12" if row["status"] == "voltage_limit" else "24"
    with (out / "sweep.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    statement = 'variant,cell,statement,computed,verdict\n,"4 MPa",fails,12 cycles,met\n'
    (out / "cycling.csv").write_text(statement)
    failed = [row for row in table if row["status"] == "voltage_limit"]
    assert 0 < len(failed) < len(table)
    with Page(write_report(out)) as opened:
        told = opened.value("document.querySelector('.answer').innerText")
        assert f"{len(failed)} of {len(table)} cells fail" in told
        assert "Of 1 statements of the experiment, all variants counted, 1 are met" in told
        series = {s["name"]: s["points"] for s in views(opened, "Cycles to failure")[0]["series"]}
        wanted = {(float(r["current_mA_cm2"]), float(r["pressure_MPa"])) for r in failed}
        assert {(p[0], p[1]) for p in series["reached the voltage limit"]} == wanted
        assert len(series["did not fail"]) == len(table) - len(failed)
        assert series["cycled: fails"][0][:2] == [1.5, 4.0]
        opened.value(figure("Cycles to failure", "figure.querySelector('.stage svg').focus()"))
        opened.key("ArrowRight")
        tip = opened.value(figure("Cycles to failure", "figure.querySelector('.tip').innerText"))
        assert "in 24 cycles" in tip
        assert opened.problems == []
