"""``femna materials``: the cited sets and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from femna.cli.console import output_console
from femna.cli.exits import DONE
from femna.errors import InputError

if TYPE_CHECKING:
    from femna.materials import Entry, MaterialSet


def materials_command(action: str | None = None, name: str | None = None, /) -> int:
    """List the material sets; `materials show NAME` prints every number with its source.

    Parameters
    ----------
    action
        Nothing, or show.
    name
        Of a set, or the file of one of your own, which ends in .toml.
    """
    from femna.materials import EVIDENCE, available_sets, load_set

    console = output_console()
    if action is None:
        for known in available_sets():
            chosen = load_set(known)
            console.print(f"{known:<14} {chosen.role:<12} {chosen.title}")
        console.print("`femna materials show NAME` prints the numbers and their sources")
        return DONE
    if action != "show":
        raise InputError(None, "materials", action, "not an action", "accepted: show NAME")
    if name is None:
        listed = ", ".join(available_sets())
        raise InputError(None, "materials show", name, "a name is missing", f"accepted: {listed}")
    chosen = load_set(Path(name) if name.endswith(".toml") else name, key="materials show")
    for line in set_lines(chosen):
        console.print(line)
    tables = [chosen.values, *(alternative.values for alternative in chosen.alternatives)]
    labels = {entry.label for values in tables for entry in values.values()}
    console.print()
    for label in EVIDENCE:
        if label in labels:
            console.print(f"[{label}] {EVIDENCE[label]}")
    return DONE


def set_lines(chosen: MaterialSet) -> list[str]:
    """Return a set as text: each number with its label, note and source."""
    lines = [f"{chosen.name}: {chosen.title}", *_entry_lines(chosen.values.values())]
    for alternative in chosen.alternatives:
        written = f'metal.creep = {{ alternative = "{alternative.name}" }}'
        lines += ["", f"by {written}, in place of the above:"]
        lines += _entry_lines(alternative.values.values())
    return lines


def _entry_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield ""
        yield f"{entry.name} = {entry.text}  [{entry.label}]"
        yield f"    {entry.note}"
        yield f"    {entry.source}"
