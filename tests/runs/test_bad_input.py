"""Wrong input ends `femna run` with one line and exit code 2, and nothing is overwritten."""

import shutil

import pytest
from runs.conftest import STRIPES, case_text, contents

from femna.cli.app import execute

GOOD = case_text()
WRONG = {
    "unknown key": ("pressure = ", "presure = ", "protocol.presure"),
    "missing key": ('pressure = "0.2 MPa"\n', "", "protocol.pressure"),
    "wrong unit": ('"0.2 MPa"', '"0.2 um"', "protocol.pressure"),
    "no unit": ('"0.2 MPa"', "0.2", "protocol.pressure"),
    "out of range": ("= 0.3", "= 1.3", "interface.map.blocked_fraction"),
    "negative size": ('period = "40 um"', 'period = "-40 um"', "geometry.period"),
    "size of zero": ('metal_thickness = "30 um"', 'metal_thickness = "0 um"', "metal_thickness"),
    "patch wider than the period": (
        STRIPES,
        '{ kind = "patches", blocked_fraction = 0.9, transition = "1 um" }',
        "interface.map.blocked_fraction",
    ),
    "transition wider than the patch": ('"4 um"', '"13 um"', "interface.map.transition"),
    "more charge than metal": ('"0.02 mAh/cm^2"', '"20 mAh/cm^2"', "protocol.charge"),
    "unknown material": ('"sodium"', '"sodum"', "metal.material"),
    "no TOML": ("[metal]", "[metal", "TOML"),
}


@pytest.fixture
def refused(tmp_path, capfd):
    """Run a case that must be refused; return the line that says why."""

    def call(text, out=None):
        file = tmp_path / "case.toml"
        file.write_text(text)
        before = contents(tmp_path)
        assert execute(["run", str(file), "-o", str(out or tmp_path / "out")]) == 2
        assert contents(tmp_path) == before
        captured = capfd.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("femna: ")
        assert len(captured.err.splitlines()) == 1
        return captured.err

    return call


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_case_is_refused_by_its_key(refused, tmp_path, what):
    old, new, key = WRONG[what]
    text = GOOD
    if what.startswith("patch"):
        text = case_text("square", STRIPES.replace("4 um", "1 um"))
        old = old.replace("4 um", "1 um")
    assert text.count(old) == 1
    line = refused(text.replace(old, new))
    assert key in line
    assert str(tmp_path / "case.toml") in line
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    """A mesh that was written for the good case."""
    folder = tmp_path_factory.mktemp("mesh")
    (folder / "case.toml").write_text(GOOD)
    path = folder / "cell.msh"
    assert execute(["mesh", str(folder / "case.toml"), "-o", str(path)]) == 0
    return path


def from_file(name):
    """Return the good case with its geometry from a file."""
    head, _, rest = GOOD.partition("[geometry]\n")
    lines = f'kind = "mesh"\nfile = "{name}"\nlength_unit = "1 um"\nsymmetry = "plane_strain"'
    return f"{head}[geometry]\n{lines}\n{rest[rest.index('[metal]') :]}"


@pytest.mark.parametrize("group", ["metal", "electrolyte", "interface", "platen", "far", "side"])
def test_a_mesh_without_a_group_is_refused_by_the_group(refused, tmp_path, sheet, group):
    text = sheet.read_text()
    assert f'"{group}"' in text
    (tmp_path / "cell.msh").write_text(text.replace(f'"{group}"', '"other"'))
    assert group in refused(from_file("cell.msh"))
    assert not (tmp_path / "out").exists()


def test_a_mesh_that_is_not_there_is_refused_by_its_name(refused):
    assert "cell.msh" in refused(from_file("cell.msh"))


def test_a_file_in_the_place_of_the_folder_is_refused(refused, tmp_path):
    (tmp_path / "out").write_text("precious")
    assert "is a file" in refused(GOOD)
    assert (tmp_path / "out").read_text() == "precious"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The folder of a run of the good case."""
    folder = tmp_path_factory.mktemp("done")
    (folder / "case.toml").write_text(GOOD)
    assert execute(["run", str(folder / "case.toml"), "-o", str(folder / "out")]) == 0
    return folder / "out"


@pytest.mark.parametrize("resume", [[], ["--resume"]])
def test_the_results_of_another_case_stay_as_they_are(tmp_path, capfd, done, resume):
    shutil.copytree(done, tmp_path / "out")
    (tmp_path / "case.toml").write_text(GOOD.replace('"0.2 MPa"', '"0.3 MPa"'))
    before = contents(tmp_path)
    arguments = ["run", str(tmp_path / "case.toml"), "-o", str(tmp_path / "out"), *resume]
    assert execute(arguments) == 2
    assert contents(tmp_path) == before
    line = capfd.readouterr().err
    assert "holds another case" in line
    assert len(line.splitlines()) == 1


def test_the_results_of_the_same_case_are_not_computed_again_unasked(refused, tmp_path, done):
    shutil.copytree(done, tmp_path / "out")
    assert "--resume" in refused(GOOD)


def test_a_folder_with_files_of_others_is_refused(refused, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("precious")
    assert "notes.txt" in refused(GOOD)


def test_wrong_input_on_two_ranks_is_one_line_too(launch, tmp_path):
    (tmp_path / "case.toml").write_text(GOOD.replace('"0.2 MPa"', '"0.2 um"'))
    ended = launch(["run", tmp_path / "case.toml", "-o", tmp_path / "out"], ranks=2)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    (tmp_path / "cell.msh").write_text("no mesh")
    (tmp_path / "case.toml").write_text(from_file("cell.msh"))
    ended = launch(["run", tmp_path / "case.toml", "-o", tmp_path / "other"], ranks=2)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "cell.msh" in ended.stderr
