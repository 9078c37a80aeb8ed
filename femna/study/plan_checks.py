"""What a study may not ask for, once its cases are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from femna.errors import InputError
from femna.study.definition import Study
from femna.study.entries import CURRENT, PRESSURE
from femna.study.planned import Planned


def refuse_swept(file: Path, given: Mapping[str, str], swept: AbstractSet[str]) -> None:
    """Refuse an override of a swept path."""
    for path, text in given.items():
        if path in swept:
            raise InputError(file, path, text, "this path is swept", "change the sweep")


def refuse_unreached(file: Path, study: Study, planned: Sequence[Planned]) -> None:
    """Refuse a sweep whose value does not change the case."""
    first: dict[str, Planned] = {}
    for item in planned:
        other = first.setdefault(item.case.to_toml(), item)
        if other is not item:
            raise InputError(
                file,
                "sweep" if study.sweep else "variant",
                f"{other.name}, {item.name}",
                "two cases of the study are the same: a swept value does not reach the case",
                "sweep an entry that the case uses",
            )
        for name, path in (("pressure", PRESSURE), ("current_density", CURRENT)):
            steps = [s for s in getattr(item.case.protocol, "steps", ()) if s.do != "rest"]
            hidden = bool(steps) and all(getattr(s, name, None) is not None for s in steps)
            if hidden and any(path in table for table in study.sweep):
                raise InputError(
                    file, path, "...", "every step of the case overrides it", f"drop {name} there"
                )


def pressure_is_alone(file: Path, study: Study, swept: AbstractSet[str]) -> bool:
    """Say whether the pressure has a sweep of its own, so that pressures can be added.

    Raises
    ------
    InputError
        It varies together with other keys, and the study asks for more of it.
    """
    alone = any(set(table) == {PRESSURE} for table in study.sweep)
    for name in ("extra_points", "widen"):
        asked = getattr(study.critical, name)
        if asked and PRESSURE in swept and not alone:
            raise InputError(
                file,
                f"critical.{name}",
                asked,
                f"{PRESSURE} varies together with other keys, so no pressure can be added",
                f"give the pressure a [[sweep]] of its own, or set {name} = 0",
            )
    return alone
