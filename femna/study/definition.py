"""What a study file says: the pydantic model of it, and reading it with one-line errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from femna.case import require_study, suggest
from femna.case.messages import Missing
from femna.errors import InputError
from femna.study.entries import CURRENT, PRESSURE
from femna.study.quantities import parse_quantity
from femna.study.ranges import Range, Scalar, Table, Values, plain, swept_table
from femna.study.sample import Sample, SampleInput
from femna.study.slurm_settings import SlurmSettings
from femna.study.variant import Parameter, Variant


class Critical(Table):
    """How the critical pressure is read from a curve.

    Attributes
    ----------
    slope : float
        dV/dP at the critical pressure [V/MPa], negative.
    contact_fraction : float
        Contact fraction at the critical pressure, between 0 and 1.
    extra_points : int
        Pressures added to each curve inside its bracket.
    widen : int
        Pressures that may be added to each curve beyond its grid, continuing it by its own ratio,
        until both criteria are bracketed.
    master_curve : bool
        Where the model is exactly a function of P/j^(1/n), compute one current and map the others.
    spot_checks : int
        Computed points that prove a master curve.
    over : tuple of str
        Swept paths, such as the seed of a random map, over which mean and spread are taken.
    """

    slope: float = -0.05
    contact_fraction: float = Field(default=0.95, gt=0, lt=1)
    extra_points: int = Field(default=0, ge=0, le=50)
    widen: int = Field(default=0, ge=0, le=60)
    master_curve: bool = False
    spot_checks: int = Field(default=2, ge=1, le=20)
    over: tuple[str, ...] = ()

    @field_validator("slope", mode="before")
    @classmethod
    def _slope_in_volt_per_megapascal(cls, value: object) -> float:
        if not isinstance(value, str):
            raise ValueError('a quantity with its unit is expected, as "-0.05 V/MPa"')
        number = parse_quantity(value).to("V/MPa").number
        if number >= 0:
            raise ValueError("must be negative: the voltage rises as the pressure falls")
        return number


class Compare(Table):
    """With what the results are compared; the paths are relative to the study file."""

    observations: Path | None = None
    measured: Path | None = None

    @model_validator(mode="after")
    def _something_to_compare_with(self) -> Compare:
        if self.observations is None and self.measured is None:
            raise ValueError("is empty; name observations, a file of measured points, or both")
        return self


class Output(Table):
    """Which cases keep field files: "none", "all" or a list of selectors.

    A selector gives swept paths with a value, and `variant` with a name; of the base grid it picks
    the one case whose values are nearest (numbers: by ratio).
    """

    fields: Literal["none", "all"] | tuple[dict[str, Scalar], ...] = "none"


class Study(Table):
    """One study file."""

    femna: Literal[1]
    title: str = Field(min_length=1)
    case: Path
    set: dict[str, Any] = Field(default_factory=dict)
    sweep: tuple[dict[str, Values | Range], ...] = ()
    variant: tuple[Variant, ...] = ()
    sample: Sample | None = None
    critical: Critical = Critical()
    compare: Compare | None = None
    output: Output = Output()
    slurm: SlurmSettings = SlurmSettings()

    @field_validator("sweep", mode="before")
    @classmethod
    def _choose_by_key(cls, value: object) -> object:
        """Parse each entry as the kind that its keys name, so that errors speak of that kind."""
        if not isinstance(value, list):
            return value
        return tuple(
            swept_table(entry, f"sweep {position}") for position, entry in enumerate(value)
        )

    @model_validator(mode="after")
    def _paths_occur_once(self) -> Study:
        swept = [path for table in self.sweep for path in table]
        swept += [item.path for item in self.sample.input] if self.sample else []
        for path in swept:
            if swept.count(path) > 1:
                raise ValueError(f"{path!r} is swept in two tables; sweep it once")
            if path in self.set:
                raise ValueError(f"{path!r} is both in [set] and swept; keep one")
            if any(path in variant.set for variant in self.variant):
                raise ValueError(f"{path!r} is both in a [[variant]] and swept; keep one")
        if any(v.mechanism for v in self.variant) and not all(v.mechanism for v in self.variant):
            raise ValueError("some variants name a mechanism and some do not; name all or none")
        tables = [set(table) for table in self.sweep]
        others = {path for table in tables for path in table} - {PRESSURE, CURRENT}
        if self.sample is not None and (self.variant or others):
            raise ValueError(
                "a [sample] goes with pressure and current alone; put other inputs into it, "
                "and variants into studies of their own"
            )
        for variant in self.variant:
            if variant.sweep and set(variant.sweep) not in tables:
                raise ValueError(
                    f"variant {variant.name!r} sweeps {', '.join(variant.sweep)}, "
                    "which no table of the study sweeps"
                )
        names = [variant.name for variant in self.variant]
        if len(set(names)) != len(names):
            raise ValueError("two variants have the same name")
        for variant in self.variant:
            if variant.relative_to is not None and variant.relative_to not in names:
                raise ValueError(
                    f"variant {variant.name!r} is relative to {variant.relative_to!r}, "
                    "which is no variant of the study"
                )
        return self


def load_study(path: Path) -> Study:
    """Read and validate a study file.

    Parameters
    ----------
    path : Path
        A TOML file with a top-level `case`.

    Returns
    -------
    Study
        The study as written; the case that it names has not been read.

    Raises
    ------
    InputError
        File missing, not TOML or not a study; unknown, missing or wrong entries.
    """
    content = require_study(path)
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        details: list[Any] = list(error.errors(include_url=False))
        # A misspelt key comes first, because it also shows up as a missing one.
        first = min(details, key=lambda item: item["type"] != "extra_forbidden")
    place = [str(part) for part in first["loc"]]
    key = ".".join(place) or "study"
    if first["type"] == "missing":
        raise InputError(path, key, Missing(), "this key is required", f"add {place[-1]}")
    value = first["input"] if len(repr(first["input"])) <= 80 else "..."
    if first["type"] == "extra_forbidden":
        accepted = _TABLES.get(place[0], Study) if len(place) > 1 else Study
        remedy = suggest(place[-1], accepted.model_fields)
        raise InputError(path, key, value, "unknown key", remedy)
    raise InputError(path, key, value, plain(first["msg"]), "correct the entry")


_TABLES: Final[Mapping[str, type[Table]]] = MappingProxyType(
    {
        "variant": Variant,
        "parameter": Parameter,
        "sample": Sample,
        "input": SampleInput,
        "critical": Critical,
        "compare": Compare,
        "output": Output,
        "slurm": SlurmSettings,
    }
)
