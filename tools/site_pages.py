"""Hook of the site: a page that lists every module of femna with what it says of itself.

Made anew at each build (`hooks` in mkdocs.yml), so that it cannot fall behind.
"""

from __future__ import annotations

import ast
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
ROOMS = (
    "",
    *("case", "materials", "tomography", "mesh", "physics", "simulation", "output"),
    *("study", "report", "api", "cli"),
)
"""In the order in which data flows, after what lies below all."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page to those of the site."""
    files.append(File.generated(config, "files.md", content=page()))
    return files


def page() -> str:
    """Return the page: a table for each room."""
    parts = [
        "# Every file",
        "",
        "What each module of `femna/` holds, in the order of the rooms.",
        "",
    ]
    for room in ROOMS:
        parts += [f"## {room or 'Below all'}", "", "| file | holds |", "|---|---|"]
        folder = ROOT / "femna" / room
        found = folder.rglob("*.py") if room else folder.glob("*.py")
        for file in sorted(found):
            name = file.relative_to(folder).as_posix()
            text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            parts.append(f"| `{name}` | {text.partition(chr(10))[0].replace('|', '&#124;')} |")
        parts.append("")
    return "\n".join(parts)
