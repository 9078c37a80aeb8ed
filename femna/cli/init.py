"""``femna init``: a commented file to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from femna.cli.console import output_console, write_text
from femna.cli.exits import DONE
from femna.cli.writing import write_new


def init_command(
    kind: str = "case",
    /,
    *,
    output: Annotated[
        Path | None, Parameter(name=("--output", "-o"), help="File to write; must not exist.")
    ] = None,
) -> int:
    """Print a commented template, or write it to a file.

    Parameters
    ----------
    kind
        case, axisymmetric, square, mesh, tomogram, stack, mask, cycling or study.
    """
    from femna.case import template

    text = template(kind)
    if output is None:
        write_text(text)
        return DONE
    write_new(output, text)
    output_console().print(f"template in {output}")
    return DONE
