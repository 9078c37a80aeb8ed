"""Numbers of a sweep's page followed back: to the tables, to the case, to its steps and sources."""

import csv
import hashlib
import json
from html.parser import HTMLParser

import pytest
from runs.conftest import case_text, rows

from femna.cli.app import execute
from femna.output.run import BALANCE_LIMIT
from femna.report.html import shown

STUDY = """
femna = 1
title = "traced"
case = "case.toml"
[[sweep]]
"protocol.pressure" = { values = ["0.1 MPa", "1 MPa"] }
[[variant]]
name = "free"
[[variant]]
name = "cut_short"
set = { "numerics.max_steps" = 1 }
[critical]
extra_points = 0
"""


class Tables(HTMLParser):
    """The tables of a page, by the heading above each."""

    def __init__(self, text):
        super().__init__()
        self.found, self.heading, self.cell = {}, "", None
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        if tag == "table":
            self.found.setdefault(self.heading, []).append([])
        elif tag == "tr":
            self.found[self.heading][-1].append([])
        elif tag in ("td", "th"):
            self.found[self.heading][-1][-1].append("")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "h2":
            self.heading = data
        elif self.inside in ("td", "th"):
            self.found[self.heading][-1][-1][-1] += data


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traced")
    (folder / "case.toml").write_text(case_text(numerics="contact_error = 0.02"))
    (folder / "study.toml").write_text(STUDY)
    assert execute(["sweep", str(folder / "study.toml"), "-o", str(folder / "out")]) == 3
    text = (folder / "out/report.html").read_text()
    return folder / "out", text, Tables(text).found


def test_every_case_of_the_page_leads_to_its_file_and_its_steps(swept):
    out, _, tables = swept
    header, *listed = tables["Cases and their balances"][0]
    assert header == ["case", "hash", "status", "charge", "volume", "force"]
    assert len(listed) == 4
    for case, digits, status, *errors in listed:
        folder = out / case
        whole = hashlib.sha256((folder / "case.toml").read_bytes()).hexdigest()
        assert digits == whole[:12]
        run = json.loads((folder / "run.json").read_text())
        summary = json.loads((folder / "summary.json").read_text())
        assert run["case_hash"] == summary["case_hash"] == whole
        assert run["versions"]["femna"]
        assert status == summary["status"]
        for name, said in zip(("charge", "volume", "force"), errors, strict=True):
            worst = max(float(row[f"{name}_balance"]) for row in rows(folder))
            assert said == shown(worst, 2)
            assert worst <= BALANCE_LIMIT


def test_every_number_of_the_page_has_its_source(swept):
    out, text, tables = swept
    folders = [path.parent for path in out.glob("*/run.json")]
    runs = [json.loads((folder / "run.json").read_text()) for folder in folders]
    used = {
        (entry["quantity"], entry["source"], entry["label"])
        for run in runs
        for entry in run["sources"]
    }
    _, *listed = tables["Sources of the numbers"][0]
    assert {(row[0], row[2], row[3]) for row in listed} == used
    assert all(source and label for _, source, label in used)
    values = {row[0]: row[1] for row in listed}
    stated = {
        entry["quantity"]: shown(entry["value"], 6) for run in runs for entry in run["sources"]
    }
    assert all(values[name].startswith(value) for name, value in stated.items())
    for run in runs:
        made = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
        assert f"Computed with {made}." in text


def test_the_failed_points_are_those_of_the_files(swept):
    out, _, tables = swept
    _, *listed = tables["Failed cases"][0]
    states = {path.parent.name: json.loads(path.read_text()) for path in out.glob("*/summary.json")}
    failed = {name: state for name, state in states.items() if state["status"] == "failed"}
    assert {name for name, _ in listed} == set(failed)
    assert len(failed) == 2
    for name, reason in listed:
        assert reason == failed[name]["reason"]
    with (out / "sweep.csv").open() as stream:
        table = {row["case"]: row for row in csv.DictReader(stream)}
    assert set(table) == set(states)
    for name, row in table.items():
        final = states[name]["final"]
        assert float(row["contact_fraction"]) == pytest.approx(final["contact_fraction"], rel=1e-9)
        last = rows(out / name)[-1]
        assert float(last["contact_fraction"]) == pytest.approx(final["contact_fraction"], rel=1e-9)


def test_results_of_another_case_are_called_so(swept):
    out, _, _ = swept
    case = next(path for path in sorted(out.glob("*/case.toml")))
    before, page = case.read_text(), (out / "report.html").read_text()
    case.write_text(before.replace("0.02", "0.03"))
    try:
        assert execute(["report", str(out)]) == 0
        assert "(not that of its results)" in (out / "report.html").read_text()
    finally:
        case.write_text(before)
        (out / "report.html").write_text(page)
