"""Run the examples: check their numbers, save their pictures, write the page of the gallery.

python -m tools.gallery           # all of examples/, into docs/gallery/
python -m tools.gallery walls     # some of them, the page untouched
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "gallery"
NOT_EXAMPLES = ("__init__", "coarse")


def names() -> list[str]:
    """Return the names of all examples."""
    files = sorted((ROOT / "examples").glob("*.py"))
    return [file.stem for file in files if file.stem not in NOT_EXAMPLES]


def run(name: str) -> tuple[Figure, dict[str, float]]:
    """Run one example and return its picture and numbers.

    Raises
    ------
    ValueError
        A number is not what the example expects: (value, tolerance), relative, or absolute
        where the value is zero.
    """
    module: Any = importlib.import_module(f"examples.{name}")
    figure, found = module.example()
    expected: Mapping[str, tuple[float, float]] = module.EXPECTED
    if set(found) != set(expected):
        raise ValueError(f"{name}: gives {sorted(found)}, expects {sorted(expected)}")
    for key, (value, tolerance) in expected.items():
        if not abs(found[key] - value) <= tolerance * (abs(value) or 1.0):
            raise ValueError(f"{name}: {key} = {found[key]:.8g}, expected {value:.8g}")
    return figure, found


def section(name: str, found: Mapping[str, float]) -> str:
    """Return one example's part of the page."""
    source = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
    title, _, text = (ast.get_docstring(ast.parse(source)) or name).partition("\n")
    title = title.rstrip(".")
    code = source.split('"""', 2)[2].strip()
    rows = "\n".join(f"| {key} | {value:.5g} |" for key, value in found.items())
    return (
        f"## {title}\n\n{text.strip()}\n\n![{title}]({name}.png)\n\n| | |\n|---|---|\n{rows}\n\n"
        f"```python\n{code}\n```\n"
    )


def main(chosen: list[str]) -> int:
    """Run the chosen examples, or all of them with the page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    parts = []
    for name in chosen or names():
        figure, found = run(name)
        figure.savefig(FOLDER / f"{name}.png", dpi=110, metadata={"Software": None})
        parts.append(section(name, found))
        print(name, {key: float(f"{value:.8g}") for key, value in found.items()})
    if not chosen:
        head = (
            "# Gallery\n\nEach example is executed, its numbers are asserted by the tests, and its "
            "picture is what it drew.\nThey share a small, coarse cell (`examples/coarse.py`), so "
            "that each runs in seconds; their numbers are\nthose of that mesh. `python -m "
            "tools.gallery` runs them all.\n\n"
        )
        (FOLDER / "index.md").write_text(head + "\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
