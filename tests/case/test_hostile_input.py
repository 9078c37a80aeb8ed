"""Whatever a file holds and wherever it lies: one line, no traceback, no hang, nothing executed."""

import copy
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic_core import PydanticCustomError
from runs.conftest import case_text

from femna.case import load_case
from femna.case.image import read_grey
from femna.case.toml_text import dumps
from femna.cli.app import execute
from femna.errors import InputError
from femna.report import html
from femna.study import load_study
from femna.study.plan import make_plan

ROOT = Path(__file__).parents[2]
TEXT = case_text()
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def refused(capfd, *arguments, code=2):
    """Call a command that must refuse its input; return the line that it says."""
    capfd.readouterr()
    began = time.monotonic()
    assert execute([str(argument) for argument in arguments]) == code
    assert time.monotonic() - began < 60.0
    line = capfd.readouterr().err
    assert line.startswith("femna: ")
    assert len(line.splitlines()) == 1
    assert len(line) < 2000
    return line


CONTENTS = {
    "deep lists": b"a = " + b"[" * 100_000,
    "deep tables": b"a = " + b"{ b = " * 50_000,
    "a key of many parts": b".".join([b"a"] * 20_000) + b" = 1",
    "huge": b"# " + b"x" * (5 << 20),
    "UTF-16": TEXT.encode("utf-16"),
    "Latin-1": TEXT.replace("a small cell", "Zelle f\xfcr Natrium").encode("latin-1"),
    "zero bytes": TEXT.encode() + b"\0",
    "half a character": TEXT.encode() + "# \u00fc".encode()[:-1],
    "old line ends": TEXT.replace("\n", "\r").encode(),
    "a number of many digits": TEXT.encode() + b"\n[numerics.x]\na = " + b"9" * 5000,
    "an archive": b"PK\x03\x04" + bytes(range(256)) * 8,
}


@pytest.mark.parametrize("what", CONTENTS)
def test_a_file_that_is_no_case_is_one_line(tmp_path, capfd, what):
    (tmp_path / "case.toml").write_bytes(CONTENTS[what])
    for command in ("validate", "run", "sweep"):
        more = [] if command == "validate" else ["-o", tmp_path / "out"]
        assert "case.toml" in refused(capfd, command, tmp_path / "case.toml", *more)
    assert not (tmp_path / "out").exists()


def test_a_mark_of_the_encoding_does_no_harm(tmp_path):
    (tmp_path / "case.toml").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert load_case(tmp_path / "case.toml").title == "a small cell"


def test_what_is_no_ordinary_file_is_refused_and_not_waited_for(tmp_path, capfd):
    assert "is no ordinary file" in refused(capfd, "validate", "/dev/zero")


def test_blanks_and_letters_of_any_script_in_a_path_do_no_harm(tmp_path):
    folder = tmp_path / "Öfen & 'Zellen' 电池 $(x)"
    folder.mkdir()
    (folder / "der Fall.toml").write_text(TEXT)
    out = folder / "the results [1]"
    assert execute(["run", str(folder / "der Fall.toml"), "-o", str(out)]) == 0
    assert (out / "fields.pvd").exists()


@pytest.mark.parametrize("name", ["history.csv", "run.log", "fields", "checkpoint/state.npz"])
def test_a_link_that_leads_out_of_a_folder_is_refused_untouched(tmp_path, capfd, name):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    case = tmp_path / "case.toml"
    case.write_text(TEXT)
    out = tmp_path / "out"
    out.mkdir()
    (out / "case.toml").write_text(load_case(case).to_toml())
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).symlink_to(precious)
    assert "holds a symbolic link" in refused(capfd, "run", case, "-o", out, "--resume")
    assert precious.read_text() == "mine"


# -- studies ------------------------------------------------------------------------------------

STUDY = {
    "femna": 1,
    "title": "a study",
    "case": "case.toml",
    "set": {"interface.roughness": "0.2 um"},
    "sweep": [{"protocol.pressure": {"from": "0.1 MPa", "to": "1 MPa", "count": 3}}],
    "variant": [{"name": "a", "set": {"protocol.charge": "0.02 mAh/cm^2"}}],
    "critical": {"slope": "-0.05 V/MPa", "contact_fraction": 0.9, "over": []},
    "output": {"fields": "none"},
    "slurm": {"time": "1 h", "ranks": 2, "memory": "4GB", "partition": "short"},
}
anything = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.text(max_size=10),
        st.sampled_from(["1e999 MPa", "inf", "nan", "../x", "", "1 h", "0 MPa", "-1 um", "all"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=4,
)


def places(value, at=()):
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner if isinstance(value, dict | list) else ():
        if isinstance(item, dict | list):
            yield from places(item, (*at, key))
        else:
            yield (*at, key)


@pytest.mark.parametrize("count", [50, pytest.param(2000, marks=pytest.mark.slow)])
def test_any_value_anywhere_in_a_study_is_taken_or_one_line(tmp_path, count):
    (tmp_path / "case.toml").write_text(TEXT)

    @settings(max_examples=count, **COMMON)
    @given(st.sampled_from(sorted(places(STUDY), key=str)), anything)
    def check(place, value):
        document = copy.deepcopy(STUDY)
        table = document
        for key in place[:-1]:
            table = table[key]
        table[place[-1]] = value
        try:
            (tmp_path / "study.toml").write_text(dumps(document))
        except (TypeError, UnicodeEncodeError):  # a number that is none, half a character
            return
        try:
            study = load_study(tmp_path / "study.toml")
            plan = make_plan(tmp_path / "study.toml", study, loader=load_case)
        except InputError as error:
            line = str(error)
        else:
            line = f"{len(plan.cases)} cases"
        assert len(line.splitlines()) == 1
        assert line != "0 cases"

    check()


# -- meshes -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """The bytes of a good mesh file."""
    folder = tmp_path_factory.mktemp("mesh")
    (folder / "case.toml").write_text(TEXT)
    assert execute(["mesh", str(folder / "case.toml"), "-o", str(folder / "cell.msh")]) == 0
    return (folder / "cell.msh").read_bytes()


def case_of(folder, name):
    head, _, rest = TEXT.partition("[geometry]\n")
    lines = f'kind = "mesh"\nfile = "{name}"\nlength_unit = "1 um"\nsymmetry = "plane_strain"'
    (folder / "case.toml").write_text(f"{head}[geometry]\n{lines}\n{rest[rest.index('[metal]') :]}")
    return folder / "case.toml"


@pytest.mark.parametrize("first", ["", "// a comment\n", "$NoFormat\n", "\n"])
def test_a_mesh_file_that_is_a_script_is_not_run(tmp_path, capfd, first):
    script = f'{first}SystemCall "touch {tmp_path}/executed";\n'
    (tmp_path / "cell.msh").write_text(script)
    line = refused(capfd, "mesh", case_of(tmp_path, "cell.msh"), "-o", tmp_path / "new.msh")
    assert "does not begin with $MeshFormat" in line
    assert not (tmp_path / "executed").exists()


FUZZ = """
import sys
from pathlib import Path
import femna.backend
from femna.errors import FemnaError
from femna.mesh.named_groups import read_named_mesh
for path in sorted(Path(sys.argv[1]).glob("*.msh")):
    print(path.stem, flush=True)
    try:
        read_named_mesh(path)
    except FemnaError as error:
        assert len(str(error).splitlines()) == 1, str(error)
print("end")
"""


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_damaged_mesh_is_read_or_refused(tmp_path, mesh, count):
    draw = np.random.default_rng(8)
    for number in range(count):
        content = bytearray(mesh)
        for _ in range(draw.integers(1, 4)):
            place = int(draw.integers(len(b"$MeshFormat"), len(content)))
            kind = draw.integers(3)
            if kind == 0:
                content[place] = int(draw.integers(256))
            elif kind == 1:
                del content[place : place + int(draw.integers(1, 200))]
            else:
                content[place:place] = b"%d " % draw.integers(-(2**62), 2**62)
        (tmp_path / f"{number:04d}.msh").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60 + count,
        check=False,
    )
    assert done.stdout.endswith("end\n"), (done.returncode, done.stdout[-30:], done.stderr[-800:])


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_mesh_with_very_many_groups_is_one_short_line(tmp_path, capfd, mesh, count):
    head, _, rest = mesh.partition(b"$PhysicalNames\n")
    rest = rest[rest.index(b"$EndPhysicalNames") :]
    names = b"".join(b'1 %d "group %d"\n' % (k, k) for k in range(1, count + 1))
    content = b"%s$PhysicalNames\n%d\n%s%s" % (head, count, names, rest)
    (tmp_path / "cell.msh").write_bytes(content)
    line = refused(capfd, "mesh", case_of(tmp_path, "cell.msh"), "-o", tmp_path / "new.msh")
    assert "is missing" in line


# -- images and pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [120, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_damaged_image_is_read_or_refused(tmp_path, count):
    @settings(max_examples=count, **COMMON)
    @given(st.data())
    def check(data):
        kind = data.draw(st.sampled_from(["png", "tif", "bmp", "gif", "webp"]))
        path = tmp_path / f"map.{kind}"
        Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(path)
        content = path.read_bytes()
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=8))
        end = data.draw(st.integers(place, min(len(content), place + 12)))
        path.write_bytes(content[:place] + piece + content[end:])
        try:
            values = read_grey(path)
        except PydanticCustomError as error:
            values, line = np.zeros(1), str(error)
        else:
            line = "read"
        assert len(line.splitlines()) == 1
        assert 0.0 <= values.min() <= values.max() <= 1.0

    check()


def test_an_image_that_unfolds_is_not_unfolded(tmp_path):
    path = tmp_path / "bomb.png"
    Image.new("1", (8, 8)).save(path)
    content = bytearray(path.read_bytes())
    content[16:24] = (50_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    path.write_bytes(content)
    with pytest.raises(PydanticCustomError, match="cannot be read as an image"):
        read_grey(path)


def test_a_page_escapes_what_it_shows_and_calls_for_nothing():
    evil = '<script src="https://x.example/a.js">alert(1)</script>'
    shown = html.page(evil, [html.paragraph(evil), html.table((evil,), [(evil,)])])
    assert "<script" not in shown
    assert " src=" not in shown.replace("&quot;", "").replace('src="data:', "").replace(
        "&lt;script src=", ""
    )


def test_reading_a_case_runs_no_code(tmp_path, capfd):
    (tmp_path / "law.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'w')\n")
    (tmp_path / "case.toml").write_text(TEXT)
    assert execute(["validate", str(tmp_path / "case.toml")]) == 0
    assert not (tmp_path / "executed").exists()
