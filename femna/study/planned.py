"""One case of a study: how it is read and named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from femna.errors import InputError
from femna.study.entries import CURRENT, PRESSURE


class CaseLoader(Protocol):
    """What reads a case: `femna.case.load_case` or a stand-in."""

    def __call__(self, path: Path, overrides: Mapping[str, str] | None = None) -> Any:
        """Return the validated case; raise InputError."""


@dataclass(frozen=True)
class Planned:
    """A case of the study, ready to run.

    Attributes
    ----------
    name : str
        Its folder.
    case : Case
        The validated case.
    overrides : Mapping[str, str]
        What distinguishes it from the case file, path -> text.
    pressure, current : float
        Stack pressure [MPa] and current density [mA/cm^2].
    others : tuple[tuple[str, float | str], ...]
        The other swept inputs, column and value.
    extra : bool
        Placed after the base grid.
    spot_check : bool
        Computed to prove a mapping.
    """

    name: str
    case: Any = field(repr=False, compare=False)
    overrides: Mapping[str, str]
    pressure: float
    current: float
    others: tuple[tuple[str, float | str], ...] = ()
    extra: bool = False
    spot_check: bool = False


def load(loader: CaseLoader, path: Path, overrides: Mapping[str, str], *, study: Path) -> Any:
    """Load a case, naming the study where the wrong entry is one of its overrides."""
    try:
        return loader(path, dict(overrides))
    except InputError as error:
        inside = any(key == error.key or error.key.startswith(f"{key}.") for key in overrides)
        if inside:
            raise InputError(study, error.key, error.value, error.limit, error.remedy) from None
        raise


def case_name(
    case: Any,
    others: Sequence[float | str],
    *,
    digits: int,
    swept: AbstractSet[str],
) -> str:
    """Return a readable folder name from what distinguishes a case.

    Parameters
    ----------
    case : Case
        The validated case.
    others : sequence of float or str
        Values of the other swept inputs.
    digits : int
        Significant digits of the numbers.
    swept : set of str
        The swept paths.
    """
    parts = [str(value) if isinstance(value, str) else f"{value:.{digits}g}" for value in others]
    if CURRENT in swept:
        parts.append(f"j{case.protocol.current_density / 10.0:.{digits}g}")
    if PRESSURE in swept:
        parts.append(f"P{case.protocol.pressure / 1e6:.{digits}g}")
    name = "_".join(re.sub(r"[^A-Za-z0-9_.+-]+", "-", part) for part in parts) or "case"
    if len(name) <= 80:
        return name
    return f"{name[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def unique_names(planned: Sequence[Planned]) -> list[Planned]:
    """Add a number to cases whose readable names coincide."""
    seen: dict[str, int] = {}
    result: list[Planned] = []
    for item in planned:
        seen[item.name] = seen.get(item.name, 0) + 1
        count = seen[item.name]
        result.append(item if count == 1 else replace(item, name=f"{item.name}-{count}"))
    return result
