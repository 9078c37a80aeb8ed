"""What installed packages offer by entry points, found by name."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from femna.case.messages import suggest
from femna.errors import InputError


def find_entry_point(name: str, *, group: str, key: str) -> EntryPoint:
    """Return an entry point without importing its package.

    Parameters
    ----------
    name : str
        As the case gives it.
    group : str
        Of the entry points.
    key : str
        Of the case, for the message.

    Raises
    ------
    InputError
        When no installed package, or more than one, offers it.
    """
    points = entry_points(group=group)
    found = {point.value: point for point in points if point.name == name}
    if len(found) == 1:
        return next(iter(found.values()))
    limit = f"no installed package offers it in the group {group}"
    remedy = f"install the package; {suggest(name, {point.name for point in points})}"
    if found:
        limit, remedy = f"several packages offer it: {', '.join(sorted(found))}", "keep one of them"
    raise InputError(None, key, name, limit, remedy)
