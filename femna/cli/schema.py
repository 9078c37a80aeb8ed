"""``femna schema``: the JSON schema of a case, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from femna.cli.console import output_console, write_text
from femna.cli.exits import DONE
from femna.cli.writing import write_new


def schema_command(
    *,
    output: Annotated[
        Path | None, Parameter(name=("--output", "-o"), help="File to write; must not exist.")
    ] = None,
) -> int:
    """Print the JSON schema of a case file, or write it to a file."""
    from femna.case import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        write_text(text)
        return DONE
    write_new(output, text)
    output_console().print(f"schema in {output}")
    return DONE
