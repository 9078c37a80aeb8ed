"""Small pieces of HTML, everything escaped, and the page that holds them; no outside resources."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

ASSETS: Final = files("femna.report") / "assets"
"""The style sheet and the scripts, which are written into every page."""


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
    return f"<figure>{_image(path, caption)}<figcaption>{escape(caption)}</figcaption></figure>"


def _image(path: Path, text: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return f'<img alt="{escape(text)}" src="data:image/png;base64,{data}">'


def interactive(title: str, views: str, caption: str, *, still: Path | None = None) -> str:
    """Return a figure that the page's script draws; without a script, its PNG.

    Parameters
    ----------
    title : str
        What is read out for the figure.
    views : str
        JSON text of the views, see `chart.py`.
    caption : str
        Text below the figure.
    still : Path | None
        PNG of the same for readers without scripts.
    """
    spare = ""
    if still is not None:
        data = base64.b64encode(still.read_bytes()).decode("ascii")
        spare = (
            f'<noscript><img alt="{escape(caption)}" src="data:image/png;base64,{data}"></noscript>'
        )
    # "<" inside a script could end it.
    safe = views.replace("<", "\\u003c")
    return (
        f'<figure class="plot" data-title="{escape(title)}">{spare}'
        f'<script type="application/json">{safe}</script>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def code(text: str) -> str:
    """Return commands or a file as they are typed."""
    return f"<pre>{escape(text)}</pre>"


def box(parts: Iterable[str]) -> str:
    """Return what stands out at the page's beginning."""
    return f'<section class="answer">{"".join(parts)}</section>'


def page(title: str, parts: Iterable[str]) -> str:
    """Return the whole page, with the scripts that its parts need."""
    body = "\n".join(part for part in parts if part)
    style = (ASSETS / "page.css").read_text(encoding="utf-8")
    needed = [name for name, sign in _SCRIPTS.items() if sign in body]
    script = "".join(
        f"<script>{(ASSETS / name).read_text(encoding='utf-8')}</script>\n" for name in needed
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n{script}</body></html>\n"
    )


_SCRIPTS: Final = {"chart.js": "<figure", "surface.js": 'class="surface"'}


def shown(text: str | float | None, digits: int = 3) -> str:
    """Return a number with few digits, or a dash where there is none."""
    if text is None or text == "":
        return "–"
    try:
        return f"{float(text):.{digits}g}"
    except ValueError:
        return str(text)
