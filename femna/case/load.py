"""From a TOML file to a validated case."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from femna.case.element_size import with_element_size
from femna.case.messages import Missing, to_input_error
from femna.case.model import Case
from femna.case.overrides import apply_overrides
from femna.case.quadrature import with_quadrature_degree
from femna.errors import InputError

LARGEST: Final = 4 << 20
"""Bytes of a case or a study; those that ship have a few thousand."""

_LONG_KEY: Final = re.compile(r"(?:[\w-]++\.){100}")


def read_document(path: Path | str) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises
    ------
    InputError
        When the file is missing, unreadable, not text or not TOML.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                limit = "is no ordinary file"
                raise InputError(path, "file", str(path), limit, "give a TOML file")
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            limit = f"is larger than {LARGEST >> 20} MiB"
            raise InputError(path, "file", str(path), limit, "give a case or a study")
        text = content.decode("utf-8-sig")  # some editors put a mark of the encoding first
        if _LONG_KEY.search(text):  # the time that tomllib takes for it grows with its square
            limit = "has a key of more than a hundred parts"
            raise InputError(path, "file", str(path), limit, "give a case or a study")
        return tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(path, "file", str(path), "no such file", "check the path") from None
    except IsADirectoryError:
        raise InputError(path, "file", str(path), "is a folder", "give a TOML file") from None
    except OSError as error:
        limit = f"cannot be read: {error.strerror}"
        raise InputError(path, "file", str(path), limit, "check its permissions") from None
    except UnicodeDecodeError:
        raise InputError(path, "file", str(path), "is not UTF-8 text", "give a TOML file") from None
    except RecursionError:
        limit = "nests its values too deeply"
        raise InputError(path, "file", str(path), limit, "give a case or a study") from None
    except ValueError as error:  # of TOML, or a number of too many digits
        raise InputError(path, "file", str(path), f"is not TOML: {error}", "correct it") from None


def document_kind(document: Mapping[str, Any]) -> Literal["case", "study"]:
    """Return ``study`` for tables with a top-level ``case``, else ``case``."""
    return "study" if "case" in document else "case"


def parse_case(
    document: Mapping[str, Any],
    overrides: Mapping[str, Any] | None = None,
    *,
    file: Path | str | None = None,
    folder: Path | str | None = None,
) -> Case:
    """Validate tables as a case.

    Parameters
    ----------
    document : mapping
        As TOML gives it: quantities are texts with a unit.
    overrides : mapping, optional
        Dotted key to value, as ``--set`` takes them.
    file : Path or str, optional
        Named in errors.
    folder : Path or str, optional
        Where relative file names start; without it they are left alone.

    Raises
    ------
    InputError
        One line for the first problem found.
    """
    tables = apply_overrides(document, overrides, file=file)
    if document_kind(tables) == "study":
        raise InputError(
            file,
            "case",
            tables["case"],
            "this file is a study (it has a top-level `case`), not a case",
            "give it to `femna sweep`, or name the case itself",
        )
    try:
        case = Case.model_validate(tables, context={"folder": folder})
        return with_quadrature_degree(with_element_size(case))
    except ValidationError as error:
        raise to_input_error(error, Case, tables, file=file) from None


def load_case(path: Path | str, overrides: Mapping[str, Any] | None = None) -> Case:
    """Read and validate a case file.

    Parameters
    ----------
    path : Path or str
        A TOML file.
    overrides : mapping, optional
        Dotted key to value, as ``--set`` takes them.

    Raises
    ------
    InputError
        One line for the first problem found.
    """
    path = Path(path)
    return parse_case(read_document(path), overrides, file=path, folder=path.resolve().parent)


def require_study(path: Path | str) -> dict[str, Any]:
    """Return the tables of a study file.

    Raises
    ------
    InputError
        When the file is a case, or cannot be read.
    """
    document = read_document(path)
    if document_kind(document) != "study":
        raise InputError(
            path,
            "case",
            Missing(),
            "this file is a case, not a study (a study has a top-level `case`)",
            "give it to `femna run`, or write a study",
        )
    return document
