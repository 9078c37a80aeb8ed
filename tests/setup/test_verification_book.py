"""The verification book is what its tool makes of the recorded numbers, of tests that exist."""

import ast
import json

import pytest
from verification.record import PARTS, Case, Verified

from tools import verification_book as book

CASE = Case(
    name="a_line",
    part="flow",
    title="A line",
    formula="y = x",
    source="Nothing.",
    mesh="none",
)


def recording_tests():
    """Return every test that asks for the fixture, as the beginning of its node id."""
    found = set()
    for file in sorted((book.ROOT / "tests").rglob("test_*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            if "verified" in [argument.arg for argument in node.args.args]:
                found.add(f"{file.relative_to(book.ROOT).as_posix()}::{node.name}")
    return found


def test_the_pages_and_pictures_are_those_of_the_data():
    cases = book.load()
    pages = book.pages(cases)
    pictures = {f"{name}.png" for name in cases}
    assert {path.name for path in book.FOLDER.iterdir()} == {*pages, *pictures}
    for name, text in pages.items():
        assert (book.FOLDER / name).read_text("utf-8") == text, "python -m tools.verification_book"
    for name, case in cases.items():
        path = book.FOLDER / f"{name}.png"
        assert book.stamp_of(path) == book.fingerprint(case), "python -m tools.verification_book"


def test_every_recorded_series_has_its_test_and_every_recording_test_is_in_the_book():
    recorded = {
        series["test"].partition("[")[0]
        for case in book.load().values()
        for series in case["series"]
    }
    assert recorded == recording_tests()
    assert all(book.test_exists(test) for test in recorded)


def test_every_part_has_its_page_and_no_case_of_two_kinds():
    assert list(book.TITLES) == list(PARTS)
    cases = book.load()
    assert {case["part"] for case in cases.values()} == set(PARTS)
    for name, case in cases.items():
        assert len({series["kind"] for series in case["series"]}) == 1, name


def test_what_is_recorded_again_takes_the_place_of_the_old(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "DATA", tmp_path / "data.json")
    here = f"{__name__}::x"
    monkeypatch.setattr(book, "test_exists", lambda test: test == here)
    for shift in (0.1, 0.2):
        Verified(tmp_path / "records", here).curve(CASE, "one", [1, 2], [1, 2 + shift], [1, 2])
        Verified(tmp_path / "records", "gone::y").curve(CASE, "two", [1], [1], [1])
        cases = book.take_in(tmp_path / "records")
    (series,) = cases["a_line"]["series"]
    assert series["computed"] == [1.0, 2.2]
    assert book.largest_difference(series) == pytest.approx(0.1)
    assert json.loads((tmp_path / "data.json").read_text()) == cases


def test_an_order_is_read_off_the_finest_two_sizes(tmp_path):
    Verified(tmp_path, "x").convergence(CASE, "one", [4, 2, 1], [70, 4, 1], order=2.0)
    (file,) = tmp_path.glob("*.json")
    series = json.loads(file.read_text())["series"]
    assert book.order(series) == pytest.approx(2.0)
    assert book.measured(series) == "1 at the finest; order 2.00, expected 2"


def test_without_the_option_nothing_is_written_and_a_mistake_is_still_seen():
    verified = Verified(None, "x")
    verified.bound(CASE, {"none": 0.0}, 1.0)
    with pytest.raises(ValueError, match="as many values as places"):
        verified.curve(CASE, "one", [1, 2], [1], [1])
