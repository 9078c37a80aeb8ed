"""``femna validate``: whether a file is right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from femna.cli.console import output_console
from femna.cli.exits import DONE, blaming
from femna.cli.options import Assignments

if TYPE_CHECKING:
    from femna.case import Case


def validate_command(file: Path, /, *, assignments: Assignments | None = None) -> int:
    """Check a case or a study without running anything.

    Parameters
    ----------
    file
        A case or a study.
    """
    from femna.case import document_kind, load_case, read_document, split_assignments
    from femna.materials import resolve

    overrides = split_assignments(assignments or [])
    console = output_console()
    if document_kind(read_document(file)) == "case":
        with blaming(file):
            case = load_case(file, overrides)
            resolve(case)
        console.print(f"{file}: a valid case, {case.title!r}")
        return DONE

    from femna.study.prepared import prepare

    def loader(path: Path, overrides: Mapping[str, str] | None = None) -> Case:
        with blaming(path):
            case = load_case(path, overrides)
            resolve(case)
        return case

    plan = prepare(file, loader=loader, overrides=overrides).plan
    console.print(f"{file}: a valid study, {len(plan.cases)} cases")
    return DONE
