"""From a study to its cases: the product of sweeps and variants, each validated and named."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from femna.errors import InputError
from femna.study.definition import Study
from femna.study.entries import CURRENT, PRESSURE, Entry, nearest_case, table_entries
from femna.study.quantities import Quantity, override_text, tidy
from femna.study.sensitivity import sample_entries
from femna.study.spread import averaged_columns
from femna.study.variant import Variant


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


@dataclass(frozen=True)
class Plan:
    """All cases of the base grid, and what is needed to add a pressure to a curve.

    `averaged` are the columns over which mean and spread are taken.
    """

    study: Study
    file: Path
    case_file: Path
    cases: tuple[Planned, ...]
    loader: CaseLoader = field(repr=False)
    adaptive: bool
    swept: frozenset[str] = frozenset()
    averaged: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A hash of the base grid's cases; the evaluation's settings are not in it."""
        text = "\n".join(f"{item.name}\n{item.case.to_toml()}" for item in self.cases)
        return hashlib.sha256(text.encode()).hexdigest()

    def add_pressure(self, like: Planned, pressure: float) -> Planned:
        """Return a new case on the curve of `like` at another pressure [MPa]."""
        overrides = {**like.overrides, PRESSURE: Quantity(tidy(pressure), "MPa").text}
        overrides.update(self._quiet(overrides))
        case = load(self.loader, self.case_file, overrides, study=self.file)
        fixed = tuple(value for column, value in like.others)
        name = _name(case, fixed, digits=6, swept=self.swept)
        return replace(
            like, name=name, case=case, overrides=overrides, pressure=tidy(pressure), extra=True
        )

    def _quiet(self, overrides: Mapping[str, str]) -> dict[str, str]:
        return {} if self.study.output.fields == "all" else {"output.fields_at": "[]"}


def make_plan(
    file: Path, study: Study, *, loader: CaseLoader, overrides: Mapping[str, str] | None = None
) -> Plan:
    """Multiply sweeps and variants and validate every case.

    Parameters
    ----------
    file : Path
        The study file; relative paths in it start from its folder.
    study : Study
        Its content.
    loader : CaseLoader
        Reads a case with overrides.
    overrides : Mapping[str, str], optional
        Further entries, after [set]; a swept path is refused.

    Raises
    ------
    InputError
        A case is not valid, a swept path does not reach it, or two cases are the same.
    """
    case_file = file.parent / study.case
    given = dict(overrides or {})
    tables = [table_entries(table) for table in study.sweep]
    if study.sample is not None:
        tables.insert(0, sample_entries(study.sample))
    swept = {entry.path for table in tables for entry in table[0]}
    for path, text in given.items():
        if path in swept:
            raise InputError(file, path, text, "this path is swept", "change the sweep")
    base = {path: override_text(value) for path, value in study.set.items()}
    variants = study.variant or (None,)
    planned: list[Planned] = []
    picked: list[tuple[Entry, ...]] = []
    for variant in variants:
        changed = {} if variant is None else variant.set
        start = {**base, **{path: override_text(value) for path, value in changed.items()}, **given}
        for chosen in itertools.product(*_own_tables(variant, tables)):
            entries = tuple(itertools.chain.from_iterable(chosen))
            full = {**start, **{entry.path: entry.text for entry in entries}}
            case = load(loader, case_file, full, study=file)
            others: list[tuple[str, float | str]] = []
            if variant is not None:
                others.append(("variant", variant.name))
            others += [(entry.column, entry.value) for entry in entries if entry.column]
            fixed = tuple(value for _, value in others)
            planned.append(
                Planned(
                    name=_name(case, fixed, digits=4, swept=swept),
                    case=case,
                    overrides=full,
                    pressure=tidy(case.protocol.pressure / 1e6),
                    current=tidy(case.protocol.current_density / 10.0),
                    others=tuple(others),
                )
            )
            picked.append(entries)
    averaged = averaged_columns(file, study, picked)
    _refuse_unreached(file, study, planned)
    named = _unique(_with_fields(file, study, planned, picked, loader=loader, case_file=case_file))
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
    return Plan(study, file, case_file, tuple(named), loader, alone, frozenset(swept), averaged)


def _own_tables(
    variant: Variant | None, tables: Sequence[list[tuple[Entry, ...]]]
) -> list[list[tuple[Entry, ...]]]:
    """Return the study's tables, with the variant's own in place of that of the same entries."""
    if variant is None or not variant.sweep:
        return list(tables)
    own = table_entries(variant.sweep)
    paths = {entry.path for entry in own[0]}
    return [own if {entry.path for entry in table[0]} == paths else table for table in tables]


def load(loader: CaseLoader, path: Path, overrides: Mapping[str, str], *, study: Path) -> Any:
    """Load a case, naming the study where the wrong entry is one of its overrides."""
    try:
        return loader(path, dict(overrides))
    except InputError as error:
        inside = any(key == error.key or error.key.startswith(f"{key}.") for key in overrides)
        if inside:
            raise InputError(study, error.key, error.value, error.limit, error.remedy) from None
        raise


def _name(
    case: Any,
    others: Sequence[float | str],
    *,
    digits: int,
    swept: AbstractSet[str],
) -> str:
    parts = [str(value) if isinstance(value, str) else f"{value:.{digits}g}" for value in others]
    if CURRENT in swept:
        parts.append(f"j{case.protocol.current_density / 10.0:.{digits}g}")
    if PRESSURE in swept:
        parts.append(f"P{case.protocol.pressure / 1e6:.{digits}g}")
    name = "_".join(re.sub(r"[^A-Za-z0-9_.+-]+", "-", part) for part in parts) or "case"
    if len(name) <= 80:
        return name
    return f"{name[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _unique(planned: Sequence[Planned]) -> list[Planned]:
    """Add a number to cases whose readable names coincide."""
    seen: dict[str, int] = {}
    result: list[Planned] = []
    for item in planned:
        seen[item.name] = seen.get(item.name, 0) + 1
        count = seen[item.name]
        result.append(item if count == 1 else replace(item, name=f"{item.name}-{count}"))
    return result


def _refuse_unreached(file: Path, study: Study, planned: Sequence[Planned]) -> None:
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


def _with_fields(
    file: Path,
    study: Study,
    planned: Sequence[Planned],
    picked: Sequence[tuple[Entry, ...]],
    *,
    loader: CaseLoader,
    case_file: Path,
) -> list[Planned]:
    """Keep field output for the selected cases only."""
    if study.output.fields == "all":
        return list(planned)
    keep: set[int] = set()
    for selector in () if study.output.fields == "none" else study.output.fields:
        keep.add(nearest_case(file, selector, picked))
    result: list[Planned] = []
    for index, item in enumerate(planned):
        if index in keep:
            result.append(item)
            continue
        quiet = {**item.overrides, "output.fields_at": "[]"}
        case = load(loader, case_file, quiet, study=file)
        result.append(replace(item, case=case, overrides=quiet))
    return result
