"""A study that can be run: its cases, and what they will be compared with, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from femna.study.definition import load_study
from femna.study.master_curve import refuse_mapped_fields
from femna.study.observations import Observations, load_comparison
from femna.study.plan import Plan, make_plan
from femna.study.planned import CaseLoader


@dataclass(frozen=True)
class Prepared:
    """The cases of a study, and the observations where it names some."""

    plan: Plan
    observations: Observations | None


def prepare(
    path: Path, *, loader: CaseLoader, overrides: Mapping[str, str] | None = None
) -> Prepared:
    """Read a study and every file that it names, and validate all its cases.

    Parameters
    ----------
    path : Path
        The study file.
    loader : CaseLoader
        Reads a case with overrides.
    overrides : Mapping[str, str], optional
        Further entries of every case.

    Raises
    ------
    InputError
        Study, case or observations are not in order.
    """
    study = load_study(path)
    plan = make_plan(path, study, loader=loader, overrides=overrides)
    refuse_mapped_fields(plan)
    observations = load_comparison(path, study.compare) if study.compare is not None else None
    return Prepared(plan, observations)
