"""Tables that grow row by row: their text, and what a kill left of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path


def render(lines: Iterable[Sequence[str]]) -> str:
    """Return the text of lines of cells."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(lines)
    return stream.getvalue()


def append(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Append lines of cells to a table."""
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write(render(lines))


def whole_lines(path: Path) -> list[list[str]]:
    """Return header and lines of a table; none where there is no file.

    A line without its end was cut off by a kill, and is left out.
    """
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    return list(csv.reader(io.StringIO(text[: text.rfind("\n") + 1])))


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the whole rows of a table by column name; none where there is no file."""
    header, *rows = whole_lines(path) or [[]]
    return [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]
