"""What is installed is whole: the wheel holds each file that is read, the recipe each need."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.slow
def test_the_wheel_holds_templates_sets_scripts_and_the_sign_of_types(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("femna-*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    read = [p for p in (ROOT / "femna").rglob("*") if p.suffix in (".py", ".js", ".css", ".toml")]
    missing = [p for p in read if p.relative_to(ROOT).as_posix() not in inside]
    assert missing == []
    assert "femna/py.typed" in inside


def test_the_draft_for_conda_asks_for_what_the_project_asks_for():
    recipe = (ROOT / "tools" / "conda" / "recipe.yaml").read_text()
    assert f'version: "{PROJECT["version"]}"' in recipe
    assert f'python_min: "{PROJECT["requires-python"].removeprefix(">=")}"' in recipe
    asked = dict(re.findall(r"^    - ([\w-]+)(?: ([^#\n]*?))?(?: #.*)?$", recipe, re.MULTILINE))
    other = {"gmsh": "python-gmsh", "matplotlib": "matplotlib-base"}
    for need in PROJECT["dependencies"]:
        name, least = re.match(r"([\w-]+)(>=[\d.]+)", need).groups()
        assert asked[other.get(name, name)].startswith(least), name
