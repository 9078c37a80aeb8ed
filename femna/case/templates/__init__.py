"""Commented TOML files to start from."""

from __future__ import annotations

from functools import cache
from importlib import resources

from femna.case.messages import suggest
from femna.errors import InputError


@cache
def template_kinds() -> tuple[str, ...]:
    """Return the kinds of template, sorted."""
    names = (item.name for item in resources.files(__name__).iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml")))


def template(kind: str) -> str:
    """Return a commented TOML file to start from.

    Raises
    ------
    InputError
        For an unknown kind.
    """
    if kind not in template_kinds():
        raise InputError(None, "kind", kind, "no such template", suggest(kind, template_kinds()))
    return (resources.files(__name__) / f"{kind}.toml").read_text(encoding="utf-8")
