"""Validation errors as one line each: the key, what was found, the limit, the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo

from femna.case.quantities import PROBLEM
from femna.errors import InputError


class Missing:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        """Show without quotes."""
        return "(missing)"


def to_input_error(
    error: ValidationError,
    model: type[BaseModel],
    document: Mapping[str, Any],
    *,
    file: Path | str | None,
) -> InputError:
    """Return the most telling entry of a validation error as one line.

    A misspelt key comes first, because it also shows up as a missing one.

    Parameters
    ----------
    error : ValidationError
        What pydantic raised.
    model : type
        The model that was validated.
    document : mapping
        What was validated.
    file : Path or str, optional
        Where it came from.
    """
    details: list[Any] = list(error.errors(include_url=False))
    first = min(details, key=lambda item: (item["type"] != "extra_forbidden",))
    place, table = _locate(model, first["loc"])
    kind, context = first["type"], first.get("ctx", {})
    key = ".".join(place)
    found = _found(document, place)
    if kind == PROBLEM:
        inner = context.get("key")
        key = ".".join(part for part in (key, inner) if part)
        value = context.get("value", found)
        value = Missing() if value == "(missing)" else value
        return InputError(file, key, value, context["limit"], context["remedy"])
    if kind == "extra_forbidden":
        fields = table.model_fields.items() if table is not None else ()
        accepted = sorted(field.alias or name for name, field in fields)
        return InputError(file, key, found, "unknown key", suggest(place[-1], accepted))
    if kind == "missing":
        return InputError(file, key, Missing(), "this key is required", _describe(table, place[-1]))
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return _tag_error(first, key, found, model=model, file=file)
    limit, remedy = _standard(kind, context, str(first["msg"]))
    return InputError(file, key, found, limit, remedy)


def suggest(word: str, accepted: Iterable[str]) -> str:
    """Return a remedy that names the closest accepted word, then all of them."""
    names = sorted(accepted)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    listed = f"accepted: {', '.join(names)}"
    return f"did you mean {close[0]!r}? {listed}" if close else listed


def _standard(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str]:
    """Return limit and remedy of the checks that pydantic does itself."""
    table = {
        "literal_error": ("not accepted in this version", f"accepted: {context.get('expected')}"),
        "bool_type": ("must be true or false", "write true or false without quotes"),
        "string_type": ("must be a text", "write it in quotes"),
        "tuple_type": ("must be a list", "write it in square brackets"),
        "dict_type": ("must be a table", "write it as a table, { key = value }"),
        "too_short": ("the list is empty", "give at least one entry"),
        "model_type": ("must be a table", "write it as a table, { key = value }"),
        "model_attributes_type": ("must be a table", "write it as a table, { key = value }"),
    }
    plain = message.removeprefix("Value error, ").replace("Input should", "must", 1).rstrip(".")
    return table.get(kind, (plain[:1].lower() + plain[1:], "correct the entry"))


def _tag_error(
    detail: Mapping[str, Any],
    key: str,
    found: object,
    *,
    model: type[BaseModel],
    file: Path | str | None,
) -> InputError:
    """Name the kinds that a table may have."""
    context = detail.get("ctx", {})
    tag = str(context["discriminator"]).strip("'")
    union = _field(model, detail["loc"])
    accepted = sorted(_members(union)) if union is not None else []
    if not isinstance(found, Mapping):
        return InputError(
            file, key, found, "must be a table", f"write {{ {tag} = ... }}, one of {accepted}"
        )
    value: object = found.get(tag, Missing())
    if isinstance(value, Missing):
        limit, remedy = "this key is required", f"accepted: {', '.join(accepted)}"
    else:
        limit, remedy = "not accepted in this version", suggest(str(value), accepted)
    return InputError(file, f"{key}.{tag}", value, limit, remedy)


def _describe(table: type[BaseModel] | None, name: str) -> str:
    """Return how to write a missing key."""
    field = table.model_fields.get(name) if table is not None else None
    for mark in field.metadata if field is not None else ():
        example = getattr(mark, "example", None)
        if example is not None:
            return f"add e.g. {name} = '{example}'"
    accepted = get_args(field.annotation) if field is not None else ()
    if len(accepted) == 1 and isinstance(accepted[0], int | str):  # the only value there is
        return f"add {name} = {accepted[0]!r}"
    return f"add {name}"


def _found(document: object, place: Iterable[str]) -> object:
    """Return what the document holds at a place."""
    for part in place:
        if isinstance(document, Mapping) and part in document:
            document = document[part]
        elif isinstance(document, list | tuple) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        else:
            return Missing()
    return document


def _locate(
    model: type[BaseModel], location: Iterable[str | int]
) -> tuple[list[str], type[BaseModel] | None]:
    """Return the keys of a pydantic location, without union tags, and the table they end in."""
    place: list[str] = []
    table: type[BaseModel] | None = model
    current: Any = model
    for part in location:
        tags = _members(current)
        if part in tags:
            current = tags[str(part)]
            continue
        place.append(str(part))
        model_here = _model(current)
        if model_here is not None:
            table = model_here
            field = model_here.model_fields.get(str(part))
            current = _annotation(field)
        else:
            current = _item(current)
    return place, table


def _field(model: type[BaseModel], location: Iterable[str | int]) -> Any:
    """Return the annotation at a location."""
    current: Any = model
    for part in location:
        tags = _members(current)
        if part in tags:
            current = tags[str(part)]
            continue
        here = _model(current)
        current = _annotation(here.model_fields.get(str(part))) if here else _item(current)
    return current


def _annotation(field: FieldInfo | None) -> Any:
    return None if field is None else field.annotation


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the model in an annotation, through ``Annotated`` and ``| None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is Annotated:
        return _model(get_args(annotation)[0])
    members = [item for item in get_args(annotation) if item is not type(None)]
    return _model(members[0]) if len(members) == 1 else None


def _members(annotation: Any) -> dict[str, Any]:
    """Return the members of a discriminated union by their tag."""
    tagged: dict[str, Any] = {}
    for item in get_args(annotation):
        for mark in getattr(item, "__metadata__", ()):
            if isinstance(mark, Tag):
                tagged[mark.tag] = item
        if isinstance(item, type) and issubclass(item, BaseModel):
            for name in ("kind", "law"):
                field = item.model_fields.get(name)
                values = get_args(field.annotation) if field is not None else ()
                if field is not None and len(values) == 1:
                    tagged[str(values[0])] = item
    return tagged if len(tagged) > 1 else {}


def _item(annotation: Any) -> Any:
    """Return the annotation of a tuple's entries."""
    arguments = get_args(annotation)
    return arguments[0] if arguments else None
