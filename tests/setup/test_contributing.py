"""The worked changes of CONTRIBUTING.md apply to the tree as it is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIFFS = re.findall(r"```diff\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)


def test_there_is_one_for_a_law_a_geometry_an_output_and_a_verification_case():
    places = ["creep/registry.py", "femna.geometries", "measures.py", "tests/verification/"]
    assert len(DIFFS) == len(places)
    for diff, place in zip(DIFFS, places, strict=True):
        assert place in diff


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
@pytest.mark.parametrize("place", range(4))
def test_a_worked_change_applies(tmp_path, place):
    (tmp_path / "change.diff").write_text(DIFFS[place])
    # outside a repository too, as in a source archive
    command = ["git", "apply", "--check", "--recount", "-C1", str(tmp_path / "change.diff")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
