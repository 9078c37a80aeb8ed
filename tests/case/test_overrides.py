"""``--set`` reaches every entry and nothing else."""

import tomllib

import pytest

from femna.case import apply_overrides, parse_case, split_assignments, template
from femna.errors import InputError


@pytest.fixture
def document():
    return tomllib.loads(template("case"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.3", 0.3),
        ("3", 3),
        ("true", True),
        ("4 MPa", "4 MPa"),
        ('"4 MPa"', "4 MPa"),
        ("sticking", "sticking"),
        ("[1, 2]", [1, 2]),
        ('{ law = "norton" }', {"law": "norton"}),
        ("1\nother = 2", "1\nother = 2"),
    ],
)
def test_a_value_is_toml_if_it_can_be_and_text_otherwise(text, value):
    assert apply_overrides({}, {"a.b": text}) == {"a": {"b": value}}


def test_an_index_reaches_into_a_list(document):
    case = parse_case(document, {"protocol.steps.0.do": "plate"})
    assert case.protocol.steps[0].do == "plate"


def test_overrides_leave_the_document_alone(document):
    before = tomllib.loads(template("case"))
    apply_overrides(document, {"protocol.pressure": "9 MPa", "protocol.steps.0.do": "plate"})
    assert document == before


def test_another_file_comes_without_the_hash_of_the_one_before(tmp_path):
    law = "def creep_law(temperature, **given):\n    return None\n"
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(f"# {name}\n{law}")
    entries = {"metal.creep": '{ law = "file", file = "a.py", function = "creep_law" }'}
    case = parse_case(tomllib.loads(template("case")), entries, folder=tmp_path)
    other = case.changed({"metal.creep.file": str(tmp_path / "b.py")})
    assert other.metal.creep.sha256 not in (None, case.metal.creep.sha256)
    kept = {"metal.creep.file": str(tmp_path / "b.py"), "metal.creep.sha256": "0" * 64}
    with pytest.raises(InputError, match="has changed since"):
        case.changed(kept)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"geometry.labels": "b/labels.tif"}, {"labels": "b/labels.tif"}),
        (
            {"geometry.labels": "b/labels.tif", "geometry.void_ids": "own.tif"},
            {"labels": "b/labels.tif", "void_ids": "own.tif"},
        ),
    ],
)
def test_other_labels_come_without_the_numbers_of_the_ones_before(given, left):
    geometry = {"labels": "a/labels.tif", "labels_sha256": "1"}
    geometry |= {"void_ids": "a/void_ids.tif", "void_ids_sha256": "1"}
    found = apply_overrides({"geometry": geometry}, given)["geometry"]
    assert found == left


def test_numbers_of_ones_own_stay_with_other_labels():
    geometry = {"labels": "a/labels.tif", "void_ids": "own/numbers.tif", "void_ids_sha256": "1"}
    found = apply_overrides({"geometry": geometry}, {"geometry.labels": "b/labels.tif"})
    assert found["geometry"] == geometry | {"labels": "b/labels.tif"}


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("protocol.steps.3.do", "not an index of a list of 1"),
        ("protocol.steps.first.do", "not an index"),
        ("title.length", "title is not a table"),
        ("protocol..pressure", "not a table"),
        ("", "not a table"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(document, key, part):
    with pytest.raises(InputError, match=part):
        apply_overrides(document, {key: "1"})


def test_assignments_split_at_the_first_equals_sign():
    assert split_assignments(["a.b=c = d", "e = 1"]) == {"a.b": "c = d", "e": "1"}


@pytest.mark.parametrize("text", ["a.b", "=3"])
def test_an_assignment_without_key_or_sign_is_refused(text):
    with pytest.raises(InputError, match="not an assignment"):
        split_assignments([text])
