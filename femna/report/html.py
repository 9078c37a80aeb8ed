"""Small pieces of HTML, everything escaped, and the page that holds them; no outside resources."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Final

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 "Source Serif 4", Georgia, "DejaVu Serif", serif; color: #222;
  background: #fff; max-width: 52rem; margin: 2.5rem auto 5rem; padding: 0 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .6rem; }
p, li { max-width: 42rem; }
figure { margin: 1.4rem 0 1.8rem; }
figure img { max-width: 100%; height: auto; display: block; }
figcaption { font-size: .9rem; color: #444; max-width: 42rem; margin-top: .4rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font: .84rem/1.4 "DejaVu Sans", Arial, sans-serif;
  margin: .6rem 0 1rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; border-bottom: 1.5px solid #222; vertical-align: bottom; }
td { border-bottom: 1px solid #ddd; vertical-align: top; }
th, td { padding: .28rem .9rem .28rem 0; }
td.n, th.n { text-align: right; }
.lead { font-size: 1.05rem; }
.not { color: #a03510; font-weight: 600; }
.yes { color: #1f5f99; font-weight: 600; }
details summary { cursor: pointer; margin: .6rem 0; }
code { font-size: .9em; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; }
  figure, tr { break-inside: avoid; } details { display: block; } }
"""


def paragraph(text: str, *, kind: str = "") -> str:
    """Return an escaped paragraph."""
    attribute = f' class="{kind}"' if kind else ""
    return f"<p{attribute}>{escape(text)}</p>"


def heading(text: str) -> str:
    """Return a section's heading."""
    return f"<h2>{escape(text)}</h2>"


def listing(items: Iterable[str]) -> str:
    """Return a list of escaped items."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()
) -> str:
    """Return a table; columns in `numbers` are aligned to the right."""
    right = set(numbers)

    def row(tag: str, cells: Sequence[str]) -> str:
        parts = []
        for place, cell in enumerate(cells):
            kind = "n" if place in right else _VERDICT_KIND.get(cell, "")
            attribute = f' class="{kind}"' if kind else ""
            parts.append(f"<{tag}{attribute}>{escape(cell)}</{tag}>")
        return "<tr>" + "".join(parts) + "</tr>"

    body = "".join(row("td", cells) for cells in rows)
    head = row("th", header)
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'


_VERDICT_KIND: Final = {"met": "yes", "not met": "not"}


def details(title: str, content: str) -> str:
    """Return content that opens on demand."""
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def picture(path: Path, caption: str) -> str:
    """Return a figure with its PNG inside the page."""
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return (
        f'<figure><img alt="{escape(caption)}" src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def page(title: str, parts: Iterable[str]) -> str:
    """Return the whole page."""
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def shown(text: str | float | None, digits: int = 3) -> str:
    """Return a number with few digits, or a dash where there is none."""
    if text is None or text == "":
        return "–"
    try:
        return f"{float(text):.{digits}g}"
    except ValueError:
        return str(text)
