"""The interface as a script uses it: step by step, as arrays and tables, with callbacks."""

import shutil

import pandas as pd
import pytest
from runs.conftest import case_text, rows

import femna


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    file = tmp_path_factory.mktemp("api") / "case.toml"
    file.write_text(case_text())
    return femna.load_case(file)


@pytest.fixture(scope="module")
def simulation(case):
    found = femna.Simulation(case)
    found.run()
    return found


@pytest.fixture(scope="module")
def done(case, tmp_path_factory):
    seen = []
    folder = tmp_path_factory.mktemp("api") / "run"
    run = femna.run(
        case,
        folder,
        progress=lambda row: seen.append(row["step"]),
        extra={"largest_gap_um": lambda system: 1e6 * system.scales.length * system.gap.max()},
    )
    return run, seen


def test_a_simulation_in_memory_is_the_run_of_the_command_line(simulation, done):
    run, seen = done
    assert run.status == simulation.status == "ok"
    assert seen == list(range(len(simulation.steps)))
    ours, theirs = simulation.history, run.history
    assert isinstance(ours, pd.DataFrame)
    for name in ("contact_fraction", "voltage_V", "void_volume_um3", "charge_mAh_cm2"):
        # the file has 12 digits
        assert ours[name].to_numpy() == pytest.approx(theirs[name].to_numpy(), rel=1e-11)


def test_fields_are_those_of_the_files(simulation, done):
    run, _ = done
    for body in ("metal", "electrolyte", "interface"):
        ours, theirs = simulation.fields(body), run.fields(body)
        assert list(ours) == list(theirs)
        assert ours.points == pytest.approx(theirs.points)
        for name in ours:
            assert ours[name] == pytest.approx(theirs[name], rel=1e-11)
    table = simulation.fields("interface").frame()
    assert table["x_um"].max() == pytest.approx(20.0)
    with pytest.raises(femna.InputError, match="has no fields of mask"):
        run.fields("mask")


def test_an_extra_column_is_written_and_means_what_it_says(done):
    run, _ = done
    largest = run.history["largest_gap_um"].iloc[-1]
    assert largest == pytest.approx(run.interface["gap_um"].max(), rel=1e-11)


def test_steps_can_be_taken_one_by_one_and_gone_on_with(case, simulation):
    again = femna.Simulation(case)
    first = next(again)
    assert (first["step"], first.status, len(again.steps)) == (0, None, 1)
    history = again.run(stop=lambda step: step["step"] == 2)
    assert len(history) == 3
    assert again.status is None
    assert again.run()["voltage_V"].iloc[-1] == simulation.history["voltage_V"].iloc[-1]
    with pytest.raises(StopIteration):
        next(again)


def test_a_run_that_the_caller_stops_can_be_resumed(case, done, tmp_path):
    stopped = femna.run(case, tmp_path / "run", stop=lambda row: row["step"] == 2)
    assert stopped.status == "interrupted"
    assert "the caller" in stopped.summary["reason"]
    resumed = femna.run(case, tmp_path / "run", resume=True)
    assert resumed.status == "ok"
    assert rows(tmp_path / "run")[-1]["voltage_V"] == rows(done[0].directory)[-1]["voltage_V"]


def test_one_law_is_changed_and_the_rest_stays(case):
    law = {"law": "norton_diffusional", "grain_size": "5 um", "mechanisms": ["nabarro_herring"]}
    other = case.changed({"metal.creep": law})
    assert other.metal.creep.law == "norton_diffusional"
    assert other.interface == case.interface
    assert case.metal.creep.law == "norton"
    with pytest.raises(femna.InputError, match=r"metal\.creep\.grain"):
        case.changed({"metal.creep": {"law": "norton_diffusional", "grain": "10 um"}})


def test_a_mesh_says_how_good_it_is(case, tmp_path):
    mesh = femna.make_mesh(case)
    metal = mesh.body("metal")
    assert metal.points[:, 1].max() == pytest.approx(30.0)
    assert len(metal.cells) == mesh.quality.metal.cells
    assert mesh.write(tmp_path / "cell.msh") == mesh.quality
    finer = femna.make_mesh(case, refine=2.0)
    assert finer.write(tmp_path / "finer.msh") == finer.quality != mesh.quality
    sizes = [(tmp_path / f"{name}.msh").stat().st_size for name in ("cell", "finer")]
    assert sizes[1] > 2 * sizes[0]


def test_notebooks_show_tables(case, simulation, done):
    shown = {
        "case": (case, "protocol.pressure"),
        "mesh": (femna.make_mesh(case), "worst angle"),
        "simulation": (simulation, "contact_fraction"),
        "fields": (simulation.fields("metal"), "von_mises_MPa"),
        "run": (done[0], "void_volume_um3"),
    }
    for name, (thing, word) in shown.items():
        text = thing._repr_html_()
        assert word in text, name
        assert text.count("<table") == text.count("</table>") >= 1


def test_results_are_opened_by_their_folder(done, tmp_path):
    found = femna.open_results(done[0].directory)
    assert isinstance(found, femna.Run)
    assert found.case == done[0].case
    with pytest.raises(femna.InputError, match="holds neither a run"):
        femna.open_results(tmp_path)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2,3\n1,2,3,4\n", b"\xff\xfe"])
def test_a_damaged_table_is_named(done, tmp_path, content):
    shutil.copytree(done[0].directory, tmp_path / "run")
    (tmp_path / "run/interface.csv").write_bytes(content)
    with pytest.raises(femna.InputError, match=r"run/interface\.csv.* cannot be read"):
        _ = femna.open_results(tmp_path / "run").interface


def test_damaged_fields_are_named(done, tmp_path):
    shutil.copytree(done[0].directory, tmp_path / "run")
    for file in (tmp_path / "run/fields").iterdir():
        file.write_text("")
    with pytest.raises(femna.InputError, match=r"metal_\d+\.vtu.* is damaged"):
        femna.open_results(tmp_path / "run").fields("metal")


def test_every_public_name_is_there_and_importing_loads_no_solver():
    import subprocess
    import sys

    code = "import femna, sys; assert 'dolfinx' not in sys.modules; print(*femna.__all__)"
    names = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert [name for name in names if not hasattr(femna, name)] == []
    with pytest.raises(AttributeError, match="nothing"):
        femna.nothing  # noqa: B018
