"""Cases made in Python."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from femna.case import Case, parse_case, template


def build_case(
    start: str | Mapping[str, Any] = "case",
    changes: Mapping[str, Any] | None = None,
    *,
    folder: Path | str = ".",
) -> Case:
    """Build a case without a file.

    Parameters
    ----------
    start : str or mapping
        A kind of template, as ``femna init KIND`` prints it, or a whole document: tables of
        texts with their units, numbers, lists.
    changes : mapping, optional
        Dotted path -> value, as for ``--set``: ``{"protocol.pressure": "2 MPa"}``. A value may
        be a text, a number, a list or a table.
    folder : Path or str
        Where relative file names start.

    Returns
    -------
    Case
        Validated; every float in SI units.

    Raises
    ------
    InputError
        One line for the first entry that is wrong.

    Examples
    --------
    >>> case = build_case("case", {"protocol.pressure": "2 MPa"})
    >>> case.protocol.pressure
    2000000.0
    >>> law = {"law": "norton", "alternative": "flow-stress fit"}
    >>> case.changed({"metal.creep": law}).metal.creep.alternative
    'flow-stress fit'
    """
    document = tomllib.loads(template(start)) if isinstance(start, str) else start
    return parse_case(document, changes or {}, folder=Path(folder))
