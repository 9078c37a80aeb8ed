"""What the pages and templates say is what the code takes and writes."""

import csv
import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import get_args

import meshio
import pytest
from runs.conftest import UNIFORM, case_text

from femna.case import load_case, parse_case, template
from femna.case.base import Table
from femna.case.bodies import Metal
from femna.case.model import Case
from femna.cli.app import build_app, execute
from femna.errors import InputError
from femna.materials import resolve
from femna.output import run_case
from femna.output.history import COLUMNS
from femna.study import run_sweep
from femna.study.correlation import correlation_table
from femna.study.cycled_verdicts import judged_table
from femna.study.definition import Critical, Output, Study
from femna.study.evaluation import (
    Group,
    critical_current_table,
    critical_table,
    group_summary,
)
from femna.study.mechanism_tables import inversion_table, mechanism_table
from femna.study.relative import relative_table
from femna.study.results import write_results
from femna.study.rows import sweep_table
from femna.study.sample import Sample, SampleInput
from femna.study.scaling import scaling
from femna.study.sensitivity import effect_table
from femna.study.slurm_settings import SlurmSettings
from femna.study.spread import spread_table
from femna.study.variant import Parameter, Variant

ROOT = Path(__file__).resolve().parents[2]
STUDIES = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
OUTPUTS = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", STUDIES, re.DOTALL)
HEAD = 'femna = 1\ntitle = "a part of a page"\ncase = "unit_cell.toml"\n'


def dry_run(folder, text):
    """Return what a dry run says of a study beside the repository's case."""
    shutil.copy(ROOT / "studies" / "unit_cell.toml", folder)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    result = run_sweep(folder / "study.toml", folder / "out", dry_run=True)
    assert result.exit_code == 0
    assert not (folder / "out").exists()
    return result.lines


def test_the_worked_example_lists_the_cases_that_the_page_counts(tmp_path):
    (example,) = (block for block in BLOCKS if block.startswith("femna = 1"))
    lines = dry_run(tmp_path, example)
    # two variants, two currents, three pressures; one of the two currents is mapped
    assert "12 cases, and up to 4 more pressures" in lines[0]
    assert "6 of them are mapped from 2 master curve(s)" in lines[1]
    assert len(lines) == 2 + 12 + 1
    # 6, then 8 + 4 pressures on each of two curves, then two spot checks on each
    assert lines[-1].startswith(f"At most {6 + 2 * 12 + 2 * 2} cases to compute")
    assert "34 at most" in STUDIES


@pytest.mark.parametrize("place", range(len(BLOCKS)))
def test_every_block_of_the_page_on_studies_is_a_study_or_a_part_of_one(tmp_path, place):
    block = BLOCKS[place]
    if "[sample]" in block:
        pytest.importorskip("SALib")
    assert len(dry_run(tmp_path, block if block.startswith("femna") else HEAD + block)) > 1


def test_the_page_on_studies_names_every_key_and_every_study_that_ships():
    tables = (Study, Critical, Output, Variant, Parameter, Sample, SampleInput, SlurmSettings)
    keys = {name for table in tables for name in table.model_fields}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", STUDIES)] == []
    files = (ROOT / "studies").glob("*.toml")
    assert [file.name for file in files if f"`{file.name}`" not in STUDIES] == []


def test_the_page_on_architecture_names_files_that_exist():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    files = [file.as_posix() for room in ("femna", "tests") for file in (ROOT / room).rglob("*.*")]
    named = set(re.findall(r"(?<![*\w/])[\w/]+\.(?:py|js)\b", text))
    assert len(named) > 80
    assert [n for n in named if not any(file.endswith(f"/{n}") for file in files)] == []
    rooms = {folder.parent.name for folder in (ROOT / "femna").glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) >= rooms


OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
OTHERS = {"--help", "--force-offscreen-rendering"}
"""Of every command; of ParaView."""


def test_the_pages_name_options_that_there_are(capsys):
    for command in build_app():
        if not command.startswith("-"):
            assert execute([command, "--help"]) == 0
    known = {*OPTION.findall(capsys.readouterr().out), *OTHERS}
    for room in ("meshes", "studies", "benchmarks"):
        for script in (ROOT / room).rglob("*.py"):
            known |= set(OPTION.findall(script.read_text(encoding="utf-8")))
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        named = set(OPTION.findall(page.read_text(encoding="utf-8")))
        assert named - known == set(), page


def section(title):
    """Return the text under a heading of the page on outputs, up to the next one."""
    found = re.search(
        rf"^###? {re.escape(title)}\n(.*?)(?=^##|\Z)", OUTPUTS, re.MULTILINE | re.DOTALL
    )
    assert found is not None, title
    return found.group(1)


def unnamed(title, names):
    """Return the names that a section does not have in backticks."""
    text = section(title)
    return [name for name in names if f"`{name}`" not in text]


TABLES = {
    "sweep.csv": sweep_table([]),
    "critical.csv": critical_table([]),
    "critical_current.csv": critical_current_table([]),
    "critical_spread.csv": spread_table([]),
    "mechanisms.csv": mechanism_table([]),
    "inversions.csv": inversion_table([]),
    "relative.csv": relative_table([]),
    "sensitivity.csv": effect_table([]),
    "correlations.csv": correlation_table([]),
    "cycling.csv": judged_table([]),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_a_sweeps_table_is_named(name):
    header, _ = TABLES[name]
    assert unnamed(f"`{name}`", header) == []


def test_every_table_of_a_sweep_is_listed():
    assert unnamed("A sweep", TABLES) == []


def test_every_key_of_a_sweeps_summary_is_named(tmp_path):
    inputs = [{"path": path, "low": 1.0, "high": 2.0} for path in ("a", "b")]
    sample = {"method": "latin_hypercube", "input": inputs}
    study = Study(femna=1, title="nothing", case=Path("case.toml"), sample=sample)
    write_results(tmp_path, study, [], proofs=(), observations=None, interrupted=False)
    summary = json.loads((tmp_path / "summary.json").read_text())
    keys = [*summary, "ranking_rule"]
    assert unnamed("`summary.json` of a sweep", keys) == []
    for name in ("sweep.csv", "critical.csv", "critical_current.csv"):
        assert (tmp_path / name).is_file()
    empty = scaling({})
    group = Group((), {}, {}, {}, empty, empty, None, None, None)
    assert unnamed("`summary.json` of a sweep", group_summary(group)) == []


# a run with every column and field that not all runs have
EVERYTHING = case_text(
    chart=UNIFORM,
    metal='creep = { law = "anand" }',
    geometry='metal_voids = [{ x = "0 um", height = "3 um", radius = "2 um" }]\n'
    "void_closure = false",
    interface='real_contact = { law = "hardness", length = "1 um", residual = 0.01 }',
    numerics='step = "0.02 mAh/cm^2"',
).replace('"sodium"', '"lithium"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("everything")
    (where / "case.toml").write_text(EVERYTHING)
    case = load_case(where / "case.toml")
    assert run_case(case, where / "out", checkpoint_seconds=0.0)["status"] == "ok"
    return where / "out"


def header(path):
    with path.open() as stream:
        return next(csv.reader(stream))


def test_every_file_of_a_run_is_named(folder):
    written = {path.name for path in folder.iterdir()} - {"fields", "checkpoint"}
    assert "run.log" in written
    assert unnamed("A run", written) == []
    assert unnamed("A run", ["fields/*.vtu"]) == []
    assert (folder / "fields").is_dir()


def test_every_column_of_a_run_is_named(folder):
    columns = header(folder / "history.csv")
    assert {*COLUMNS, "real_contact_fraction", "voids_met"} <= set(columns)
    assert unnamed("`history.csv`", columns) == []
    assert unnamed("`cycles.csv`", header(folder / "cycles.csv")) == []
    assert unnamed("`interface.csv`", header(folder / "interface.csv")) == []
    assert unnamed("`interface.csv`", ["y_um"]) == []


@pytest.mark.parametrize("name", ["run.json", "summary.json"])
def test_every_key_of_a_runs_records_is_named(folder, name):
    assert unnamed(f"`{name}`", json.loads((folder / name).read_text())) == []


def test_every_field_is_named(folder):
    for part in ("metal", "electrolyte"):
        mesh = meshio.read(folder / "fields" / f"{part}_0000.vtu")
        names = [*mesh.point_data, *mesh.cell_data]
        assert len(names) > 1
        assert unnamed("Fields", names) == []
    surface = meshio.read(folder / "fields" / "interface_0000.vtu")
    assert list(surface.point_data) == header(folder / "interface.csv")[1:-1]


def keys_of(table):
    """Return every key below a table of the case."""
    found = set()
    for name, field in table.model_fields.items():
        found.add(name)
        for inner in tables_in(field.annotation):
            found |= keys_of(inner)
    return found


def tables_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for part in get_args(annotation):
        yield from tables_in(part)


def test_the_template_of_a_case_names_every_kind_of_cell():
    with pytest.raises(InputError) as caught:
        parse_case(tomllib.loads(template("case")), {"geometry.kind": "pouch"})
    kinds = caught.value.remedy.rpartition("accepted: ")[2].split(", ")
    assert "unit_cell" in kinds
    (line,) = (line for line in template("case").splitlines() if line.startswith("kind = "))
    assert sorted(line.partition("# ")[2].split(" | ")) == kinds


def test_the_templates_show_every_key_of_a_case():
    kinds = ("case", "mesh", "stack", "mask", "tomogram", "cycling")
    text = "".join(template(kind) for kind in kinds)
    # filled in when a file is read
    keys = keys_of(Case) - {"sha256", "labels_sha256", "void_ids_sha256", "start_from_sha256"}
    assert len(keys) > 100
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


# an entry on one line that is commented out; what comes after it explains it
ENTRY = re.compile(r"# (\w+ = (?:\[.*\]|\{.*\}|\"[^\"]*\"|[-\w.]+))(?: +#.*)?$", re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRY.findall(template("case")))
def test_an_entry_that_the_template_has_commented_out_can_be_switched_on(entry):
    text = template("case").replace(f"# {entry}", entry)
    if entry.startswith("surface_diffusion"):
        text = text.replace("capillarity = false", "capillarity = true")
    assert text != template("case")
    resolve(parse_case(tomllib.loads(text)))


LAWS = dict(
    re.findall(
        r"^#\s*(?:creep:|\|) (\w+) +\(((?:.|\n#  )*?)\)(?:,.*)?$",
        template("case").partition("[metal]")[2].partition("[electrolyte]")[0],
        re.MULTILINE,
    )
)


@pytest.mark.parametrize(
    "law",
    [
        get_args(m.model_fields["law"].annotation)[0]
        for m in tables_in(Metal.model_fields["creep"].annotation)
    ],
)
def test_every_creep_law_of_the_template_is_one_that_a_case_takes(law):
    values = re.findall(r"(\w+ = (?:\"[^\"]*\"|\[[^]]*\]|\{[^}]*\}|[\w.]+))", LAWS[law])
    creep = f'{{ law = "{law}", {", ".join(values)} }}'
    material = "lithium" if law == "anand" else "sodium"
    case = parse_case(
        tomllib.loads(template("case")), {"metal.creep": creep, "metal.material": material}
    )
    assert case.metal.creep.law == law
    if law not in ("file", "entry_point"):  # there is neither here
        resolve(case)
