"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

Assignments = Annotated[
    list[str],
    Parameter(name="--set", negative="", help="Override one entry, table.key=value; repeatable."),
]
Folder = Annotated[Path, Parameter(name=("--output", "-o"), help="Folder for the results.")]
File = Annotated[Path, Parameter(name=("--output", "-o"), help="File to write.")]
Resume = Annotated[
    bool, Parameter(negative="", help="Continue what the folder holds; if finished, do nothing.")
]
