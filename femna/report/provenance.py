"""What a result rests on: assumptions, sources of numbers, balances, failed cases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from femna.materials.evidence import EVIDENCE
from femna.report import html
from femna.report.reading import read_case, read_summary

_ASSUMED: Final = (
    ("geometry.", "geometry"),
    ("interface.map", "heterogeneity of the interface (assumed, not measured)"),
    ("interface.kinetics", "kinetics of the interface"),
    ("interface.roughness", "roughness: gap over which the current dies off (assumed)"),
    ("interface.real_contact", "real contact below the mesh (assumed)"),
    ("interface.wall", "sliding of the metal on the electrolyte"),
    ("metal.", "metal"),
    ("electrolyte.", "electrolyte"),
    ("mask.", "mask"),
    ("protocol.", "protocol"),
    ("limits.", "limits that end a case"),
    ("numerics.", "numerics"),
)

_STATEMENT: Final = (
    "Under a stack pressure, uniform stripping loses no contact: the metal follows rigidly. "
    "Contact is lost only where stripping is uneven. The conducting map below is therefore an "
    "input that decides the result, and so is the roughness; neither has been measured for this "
    "interface. Gas in the gap and everything outside the cell described here are left out."
)


def assumptions(folders: Sequence[Path]) -> str:
    """Return the inputs of the cases; where they differ, all values."""
    cases = [entries for folder in folders if (entries := read_case(folder / "case.toml"))]
    parts = [html.heading("Assumptions"), html.paragraph(_STATEMENT)]
    if not cases:
        return "".join([*parts, html.paragraph("No case.toml was found.")])
    keys = list(dict.fromkeys(key for case in cases for key in case))
    rows: list[tuple[str, str, str]] = []
    for prefix, meaning in _ASSUMED:
        first = True
        for key in (key for key in keys if key.startswith(prefix)):
            values = list(dict.fromkeys(case[key] for case in cases if key in case))
            rows.append((meaning if first else "", key, _values(values)))
            first = False
    return "".join([*parts, html.table(("", "entry", "value"), rows)])


def _values(values: Sequence[str]) -> str:
    if len(values) == 1:
        return values[0]
    if len(values) <= 6:
        return "varied: " + "; ".join(values)
    return f"varied: {len(values)} values"


def sources(folders: Iterable[Path]) -> str:
    """Return the numbers that the cases used, each once, and where they are from."""
    parts = [html.heading("Sources of the numbers")]
    rows: dict[tuple[str, ...], None] = {}
    made: dict[str, None] = {}
    for folder in folders:
        run = read_summary(folder / "run.json")
        for entry in run.get("sources", []):
            if isinstance(entry, Mapping):
                rows[_source_row(entry)] = None
        versions = run.get("versions")
        if isinstance(versions, Mapping):
            made[", ".join(f"{name} {version}" for name, version in versions.items())] = None
    if not rows:
        return "".join([*parts, html.paragraph("No run.json with sources was found.")])
    parts.append(html.table(("quantity", "value", "source", "evidence"), rows))
    parts += [html.paragraph(f"Computed with {text}.") for text in made]
    used = dict.fromkeys(row[-1] for row in rows)
    meanings = [f"{label}: {EVIDENCE[label]}" for label in used if label in EVIDENCE]
    note = "Evidence: " + "; ".join(meanings) + "." if meanings else ""
    return "".join([*parts, html.paragraph(note)])


def _source_row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(entry.get("quantity", "")),
        f"{html.shown(entry.get('value'), 6)} {_unit(entry)}".strip(),
        str(entry.get("source", "")),
        str(entry.get("label", "")),
    )


def _unit(entry: Mapping[str, Any]) -> str:
    unit = str(entry.get("unit") or "")
    return "" if unit == "1" else unit


def balances(folders: Sequence[Path]) -> str:
    """Return what every case is known by and how well it closes: hash, status, balance errors."""
    rows: list[tuple[str, ...]] = []
    worst: dict[str, float] = {}
    for folder in folders:
        summary = read_summary(folder / "summary.json")
        known = summary.get("balances")
        values: Mapping[str, Any] = known if isinstance(known, Mapping) else {}
        cells = []
        for name in ("charge", "volume", "force"):
            value = values.get(name)
            if isinstance(value, int | float):
                worst[name] = max(worst.get(name, 0.0), float(value))
            cells.append(html.shown(value, 2))
        state = str(summary.get("status", "failed"))
        rows.append((folder.name, _hash(folder, summary), state, *cells))
    parts = [html.heading("Cases and their balances")]
    if worst:
        text = ", ".join(f"{n} {f'{v:.1e}' if v else '0'}" for n, v in worst.items())
        largest = f"Largest relative error of any accepted step: {text}. {VOLUME_NOTE}"
        parts.append(html.paragraph(largest))
    parts.append(html.paragraph(_TRACE))
    header = ("case", "hash", "status", "charge", "volume", "force")
    listed = html.table(header, rows, numbers=(3, 4, 5))
    parts.append(html.details(f"Every case ({len(rows)})", listed) if len(rows) > 8 else listed)
    return "".join(parts)


VOLUME_NOTE: Final = (
    "From the error of the volume 16 machine epsilons of the metal's volume at the start are taken "
    "first, the round-off of the mesh's volume: 0 says that the error is no more than that."
)
_TRACE: Final = (
    "The hash is the beginning of the SHA-256 of the folder's case.toml, as sha256sum gives it and "
    "as run.json and summary.json hold it; run.json has the versions, the ranks and the source of "
    "every number of that case, history.csv the balances of each step."
)
_DIGITS: Final = 12


def _hash(folder: Path, summary: Mapping[str, Any]) -> str:
    """Return the hash of a case's file, and say where its results are those of another."""
    try:
        found = hashlib.sha256((folder / "case.toml").read_bytes()).hexdigest()
    except OSError:
        return "no case.toml"
    known = {summary.get("case_hash"), read_summary(folder / "run.json").get("case_hash")}
    others = known - {None, found}
    return found[:_DIGITS] + (" (not that of its results)" if others else "")


def failed(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the failed cases with their reasons."""
    if not entries:
        return html.heading("Failed cases") + html.paragraph("None.")
    rows = [(str(entry.get("case", "")), str(entry.get("reason", ""))) for entry in entries]
    return html.heading("Failed cases") + html.table(("case", "reason"), rows)
