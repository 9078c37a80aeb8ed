"""How to do it again: the exact commands, the study's text, the resolved case."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from femna.report import html
from femna.report.reading import SweepFolder, read_summary


def sweep_again(sweep: SweepFolder) -> str:
    """Return the commands and the study as it was run."""
    record = read_summary(sweep.directory / "study.json")
    parts = [html.heading("To do it again")]
    name = str(record.get("study", "STUDY.toml"))
    given: Mapping[str, object] = record.get("set") or {}
    settings = "".join(f" --set {shlex.quote(f'{k}={v}')}" for k, v in given.items())
    first = next((row["case"] for row in sweep.rows), "CASE")
    case = shlex.quote(f"{sweep.directory.name}/{first}/case.toml")
    whole = f"femna sweep {shlex.quote(name)} -o again{settings}     # the whole study"
    parts.append(html.code(f"{whole}\nfemna run {case} -o one     # one of its cases"))
    text = record.get("text")
    if isinstance(text, str):
        based = html.paragraph(f"It starts from the case {record.get('case')}.")
        parts.append(html.details(f"The study, {name}", html.code(text) + based))
    if first != "CASE":
        parts.append(_case(sweep.directory / first))
    return "".join(parts)


def run_again(directory: Path) -> str:
    """Return the command and the case of one run."""
    command = html.code(f"femna run {shlex.quote(directory.name)}/case.toml -o again")
    return html.heading("To do it again") + command + _case(directory)


def _case(directory: Path) -> str:
    try:
        text = (directory / "case.toml").read_text(encoding="utf-8")
    except OSError:
        return ""
    return html.details(f"The resolved case {directory.name}", html.code(text))
