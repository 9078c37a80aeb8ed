"""From a study to its cases: the product of sweeps and variants."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from femna.study.definition import Study
from femna.study.entries import PRESSURE, VARIANT, Entry, nearest_case, table_entries
from femna.study.named_files import named_file
from femna.study.plan_checks import pressure_is_alone, refuse_swept, refuse_unreached
from femna.study.planned import CaseLoader, Planned, case_name, load, unique_names
from femna.study.quantities import Quantity, override_text, tidy
from femna.study.sensitivity import sample_entries
from femna.study.spread import averaged_columns
from femna.study.variant import Variant


@dataclass(frozen=True)
class Plan:
    """All cases of the base grid, and what is needed to add a pressure to a curve.

    `averaged` are the columns over which mean and spread are taken, `given` what `--set` gave.
    """

    study: Study
    file: Path
    case_file: Path
    cases: tuple[Planned, ...]
    loader: CaseLoader = field(repr=False)
    adaptive: bool
    swept: frozenset[str] = frozenset()
    averaged: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """A hash of the base grid's cases; the evaluation's settings are not in it."""
        text = "\n".join(f"{item.name}\n{item.case.to_toml()}" for item in self.cases)
        return hashlib.sha256(text.encode()).hexdigest()

    def add_pressure(self, like: Planned, pressure: float) -> Planned:
        """Return a new case on the curve of `like` at another pressure [MPa]."""
        overrides = {**like.overrides, PRESSURE: Quantity(tidy(pressure), "MPa").text}
        overrides.update(_quiet(self.study))
        case = load(self.loader, self.case_file, overrides, study=self.file)
        fixed = tuple(value for column, value in like.others)
        name = case_name(case, fixed, digits=6, swept=self.swept)
        return replace(
            like, name=name, case=case, overrides=overrides, pressure=tidy(pressure), extra=True
        )


def _quiet(study: Study) -> dict[str, str]:
    """Return the entries of a case that keeps no fields, as most do."""
    return {} if study.output.fields == "all" else {"output.fields_at": "[]"}


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
    case_file = named_file(file, "case", study.case)
    given = dict(overrides or {})
    tables = [table_entries(table) for table in study.sweep]
    if study.sample is not None:
        tables.insert(0, sample_entries(study.sample))
    swept = {entry.path for table in tables for entry in table[0]}
    refuse_swept(file, given, swept)
    base = {path: override_text(value) for path, value in study.set.items()}
    variants = study.variant or (None,)
    planned: list[Planned] = []
    picked: list[tuple[Entry, ...]] = []
    for variant in variants:
        changed = {} if variant is None else variant.set
        own = () if variant is None else (Entry(VARIANT, variant.name, VARIANT, variant.name),)
        start = {**base, **{path: override_text(value) for path, value in changed.items()}, **given}
        for chosen in itertools.product(*_own_tables(variant, study, tables)):
            entries = tuple(itertools.chain.from_iterable(chosen))
            full = {**start, **{entry.path: entry.text for entry in entries}}
            case = load(loader, case_file, {**full, **_quiet(study)}, study=file)
            others = [(e.column, e.value) for e in (*own, *entries) if e.column]
            fixed = tuple(value for _, value in others)
            planned.append(
                Planned(
                    name=case_name(case, fixed, digits=4, swept=swept),
                    case=case,
                    overrides=full,
                    pressure=tidy(case.protocol.pressure / 1e6),
                    current=tidy(case.protocol.current_density / 10.0),
                    others=tuple(others),
                )
            )
            picked.append((*own, *entries))
    averaged = averaged_columns(file, study, picked)
    refuse_unreached(file, study, planned)
    named = unique_names(
        _with_fields(file, study, planned, picked, loader=loader, case_file=case_file)
    )
    adaptive = pressure_is_alone(file, study, swept)
    return Plan(
        study, file, case_file, tuple(named), loader, adaptive, frozenset(swept), averaged, given
    )


def _own_tables(
    variant: Variant | None, study: Study, tables: Sequence[list[tuple[Entry, ...]]]
) -> list[list[tuple[Entry, ...]]]:
    """Return the study's tables, with the variant's own in place of that of the same entries.

    It takes the order and the units of the one it replaces, so that a column means one thing.
    """
    if variant is None or not variant.sweep:
        return list(tables)
    paths = set(variant.sweep)
    like = next(table for table in study.sweep if set(table) == paths)
    own = table_entries(variant.sweep, like=like)
    return [own if {entry.path for entry in table[0]} == paths else table for table in tables]


def _with_fields(
    file: Path,
    study: Study,
    planned: Sequence[Planned],
    picked: Sequence[tuple[Entry, ...]],
    *,
    loader: CaseLoader,
    case_file: Path,
) -> list[Planned]:
    """Keep field output for the selected cases only; `planned` are cases without."""
    if study.output.fields == "all":
        return list(planned)
    keep: set[int] = set()
    for selector in () if study.output.fields == "none" else study.output.fields:
        keep.add(nearest_case(file, selector, picked))
    result: list[Planned] = []
    for index, item in enumerate(planned):
        if index in keep:
            case = load(loader, case_file, item.overrides, study=file)
            result.append(replace(item, case=case))
        else:
            result.append(replace(item, overrides={**item.overrides, **_quiet(study)}))
    return result
