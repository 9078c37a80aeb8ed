"""The site is built by one command, has no dead link, and asks nothing of other machines."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr  # strict: a dead link or anchor is an error
    return folder


def test_every_page_is_there_and_none_loads_anything_from_elsewhere(site):
    pages = {file.relative_to(site).as_posix() for file in site.rglob("*.html")}
    assert {"index.html", "first_hour.html", "api.html", "gallery/index.html"} <= pages
    assert {"howto/fit.html", "validation.html", "verification.html", "model.html"} <= pages
    assert {"files.html", "verification/index.html", "verification/flow.html"} <= pages
    loads = re.compile(r'<(?:script|img|link rel="?stylesheet"?)[^>]*(?:src|href)="?(https?:)?//')
    for page in pages:
        assert not loads.search((site / page).read_text(encoding="utf-8")), page


def test_the_reference_shows_every_public_name_with_its_words(site):
    import femna

    text = (site / "api.html").read_text(encoding="utf-8")
    hidden = {"__version__", "FemnaError"}
    missing = [name for name in femna.__all__ if name not in hidden and f'.{name}"' not in text]
    assert missing == []


def test_every_module_is_on_the_page_of_files(site):
    text = (site / "files.html").read_text(encoding="utf-8")
    modules = (ROOT / "femna").rglob("*.py")
    assert [file.name for file in modules if f"{file.name}</code>" not in text] == []
