"""The project's own files agree with each other."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from femna.system_libraries import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HAVE_DOLFINX = re.compile(
    r"^\s*(?:import|from)\s+(?:dolfinx|petsc4py|slepc4py|mpi4py)\b", re.MULTILINE
)


def sources() -> list[Path]:
    """Every Python file of the project."""
    folders = [ROOT / name for name in ("femna", "tests", "tools", "studies", "benchmarks")]
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def test_the_wheel_is_pinned_and_an_extra_of_linux_x86_64():
    (wheel,) = PROJECT["optional-dependencies"]["wheel"]
    assert wheel.startswith("dolfinx-solver-real==0.11.0.post0;")
    assert "sys_platform == 'linux' and platform_machine == 'x86_64'" in wheel
    assert not any("dolfinx" in dependency for dependency in PROJECT["dependencies"])


def test_the_constraints_fit_the_project_and_name_no_place():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", pin) for pin in pins)
    pinned = {pin.split("==")[0].lower().replace("_", "-") for pin in pins}
    extras = PROJECT["optional-dependencies"].values()
    asked = [*PROJECT["dependencies"], *(name for extra in extras for name in extra)]
    names = {re.split(r"[^A-Za-z0-9_-]", one)[0].lower().replace("_", "-") for one in asked}
    assert names <= pinned


def test_only_the_backend_names_the_wheel_in_code():
    # Spelt in two halves, so that this file does not name it either.
    name = "dolfinx" + "_solver"
    naming = {path.relative_to(ROOT).as_posix() for path in sources() if name in path.read_text()}
    assert naming == {"femna/backend.py"}


def test_every_package_that_imports_dolfinx_imports_the_backend_first():
    for path in sources():
        relative = path.relative_to(ROOT)
        if relative.parts[0] != "femna" or relative.parts[1] in ("backend.py", "doctor.py"):
            continue
        if not HAVE_DOLFINX.search(path.read_text(encoding="utf-8")):
            continue
        room = path.parent / "__init__.py"
        text = path.read_text(encoding="utf-8") + room.read_text(encoding="utf-8")
        assert re.search(r"from femna import (\(?[\w\s,]*)\bbackend\b|femna\.backend", text), (
            f"{relative}: neither it nor its package imports femna.backend"
        )


def test_versions_agree_in_every_file_that_states_one():
    version = PROJECT["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in citation
    assert (ROOT / ".python-version").read_text(encoding="utf-8") == "3.12\n"
    assert PROJECT["requires-python"] == ">=3.12"


@pytest.mark.parametrize("name", ["README.md", ".ci/run", "containers/packages.sh"])
def test_every_system_library_is_installed_wherever_a_machine_is_prepared(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [package for package in PACKAGES.values() if package not in text] == []


@pytest.mark.parametrize(("name", "images"), [("Dockerfile", 2), ("femna.def", 1)])
def test_every_container_is_made_by_the_same_two_scripts(name, images):
    text = (ROOT / "containers" / name).read_text("utf-8")
    for step in ("packages.sh ", "install.sh needs ", "install.sh femna "):
        assert len(re.findall(rf"sh \S*containers/{step}", text)) == images
    assert "femna doctor" in text
    assert "apt-get" not in text
    assert "pip " not in text


def test_the_study_of_compose_goes_on_where_it_stopped():
    text = (ROOT / "containers" / "compose.yaml").read_text("utf-8")
    assert '"--resume"]' in text
    assert "stop_signal: SIGTERM" in text


def test_the_dockerfile_passes_its_linter():
    answer = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), ROOT / "containers" / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (answer.returncode, answer.stdout) == (0, "")


def test_the_makefile_has_the_targets_that_readme_and_contributing_name():
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test", "test-all", "lint", "types", "clean", "env", "sensitivity"):
        assert re.search(rf"^{target}:", rules, re.MULTILINE)
    opening = (ROOT / "README.md").read_text(encoding="utf-8").split("\n\n")[1]
    assert re.findall(r"make \w+", opening) == ["make demo", "make test"]
