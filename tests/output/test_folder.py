"""A folder belongs to one case; what it holds is never overwritten unasked."""

import json

import pytest
from mpi4py import MPI

from femna.case import load_case
from femna.errors import InputError
from femna.output import claim


def take(directory, case, *, resume=False):
    return claim(directory, case, resume=resume, comm=MPI.COMM_SELF).previous


def contents(directory):
    return {p.name: p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def finish(directory, status):
    (directory / "summary.json").write_text(json.dumps({"status": status}))


@pytest.mark.parametrize("resume", [False, True])
def test_a_missing_or_empty_folder_is_taken(make_case, tmp_path, resume):
    case = make_case()
    (tmp_path / "empty").mkdir()
    for directory in (tmp_path / "deep" / "new", tmp_path / "empty"):
        assert take(directory, case, resume=resume) == "none"
        assert load_case(directory / "case.toml") == case


def test_an_unfinished_run_goes_on_only_when_asked(make_case, tmp_path):
    case = make_case()
    take(tmp_path / "run", case)
    with pytest.raises(InputError, match="unfinished run of this case; add --resume") as caught:
        take(tmp_path / "run", case)
    assert caught.value.exit_code == 2
    assert take(tmp_path / "run", case, resume=True) == "unfinished"
    for status in ("failed", "interrupted"):
        finish(tmp_path / "run", status)
        assert take(tmp_path / "run", case, resume=True) == "unfinished"


@pytest.mark.parametrize("status", ["ok", "contact_lost", "voltage_limit", "shorted"])
def test_a_finished_run_is_recognised(make_case, tmp_path, status):
    case = make_case()
    take(tmp_path / "run", case)
    finish(tmp_path / "run", status)
    before = contents(tmp_path)
    with pytest.raises(InputError, match="finished results of this case"):
        take(tmp_path / "run", case)
    assert take(tmp_path / "run", case, resume=True) == "finished"
    assert contents(tmp_path) == before


def test_comments_in_the_case_do_not_make_it_another(make_case, tmp_path):
    case = make_case()
    take(tmp_path / "run", case)
    file = tmp_path / "run" / "case.toml"
    file.write_text("# mine\n\n" + file.read_text())
    assert take(tmp_path / "run", case, resume=True) == "unfinished"


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("name", ["study.json", "sweep.csv", "notes.txt", "history.csv"])
def test_foreign_files_are_left_alone(make_case, tmp_path, name, resume):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text("precious")
    with pytest.raises(InputError, match="name another folder"):
        take(tmp_path / "run", make_case(), resume=resume)
    assert contents(tmp_path) == {name: b"precious"}


@pytest.mark.parametrize("resume", [False, True])
def test_another_case_is_left_alone(make_case, tmp_path, resume):
    take(tmp_path / "run", make_case())
    before = contents(tmp_path)
    with pytest.raises(InputError, match="holds another case") as caught:
        take(tmp_path / "run", make_case(pressure="5 MPa"), resume=resume)
    # who goes on has most likely left out a --set entry
    assert ("repeat its --set entries" in caught.value.remedy) is resume
    assert contents(tmp_path) == before


def test_a_case_file_that_is_no_text_is_another_case(make_case, tmp_path):
    (tmp_path / "case.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="holds another case"):
        take(tmp_path, make_case(), resume=True)


def test_a_file_in_place_of_the_folder_or_above_it_is_refused(make_case, tmp_path):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(InputError, match="is a file"):
        take(tmp_path / "file", make_case())
    with pytest.raises(InputError, match="cannot be used"):
        take(tmp_path / "file" / "below", make_case())
    assert contents(tmp_path) == {"file": b"precious"}


def test_a_folder_that_cannot_be_written_is_refused(make_case):
    from pathlib import Path

    with pytest.raises(InputError, match="cannot be used"):
        take(Path("/proc/femna"), make_case())


def test_what_a_sweep_noted_of_a_case_that_never_began_is_no_hindrance(make_case, tmp_path):
    (tmp_path / "failure.txt").write_text("Traceback")
    (tmp_path / ".case.toml.part").write_text("half")
    assert take(tmp_path, make_case()) == "none"
