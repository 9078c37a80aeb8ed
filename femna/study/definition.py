"""What a study file says: the pydantic model of it, and reading it with one-line errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from femna.case import require_study, suggest
from femna.case.messages import to_input_error
from femna.case.quantities import problem
from femna.study.entries import CURRENT, PRESSURE
from femna.study.quantities import parse_quantity
from femna.study.ranges import Range, Scalar, Table, Values, swept_table
from femna.study.sample import Sample
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
            raise problem("the unit is missing", 'write e.g. "-0.05 V/MPa"')
        number = parse_quantity(value).to("V/MPa").number
        if number >= 0:
            limit = "must be negative: the voltage rises as the pressure falls"
            raise problem(limit, "change the sign")
        return number


class Compare(Table):
    """With what the results are compared; the paths are relative to the study file."""

    observations: Path | None = None
    measured: Path | None = None

    @model_validator(mode="after")
    def _something_to_compare_with(self) -> Compare:
        if self.observations is None and self.measured is None:
            raise problem("is empty", "name observations, a file of measured points, or both")
        return self


class Output(Table):
    """Which cases keep field files: "none", "all" or a list of selectors.

    A selector gives swept paths with a value, and `variant` with a name; of the base grid it picks
    the one case whose values are nearest (numbers: by ratio).
    """

    fields: Literal["none", "all"] | tuple[dict[str, Scalar], ...] = "none"

    @field_validator("fields", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        """Say what there is, in place of pydantic, which tells of each kind apart."""
        listed = isinstance(value, list | tuple) and all(isinstance(v, dict) for v in value)
        if listed or value in ("none", "all"):
            return value
        remedy = 'write "none", "all" or a list of selectors, [{ "protocol.pressure" = "1 MPa" }]'
        raise problem("says not which cases keep fields", remedy)


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
        return tuple(swept_table(entry, str(place)) for place, entry in enumerate(value))

    @model_validator(mode="after")
    def _paths_occur_once(self) -> Study:
        swept = [path for table in self.sweep for path in table]
        swept += [item.path for item in self.sample.input] if self.sample else []
        for path in swept:
            if swept.count(path) > 1:
                raise problem("is swept in two tables", "sweep it once", key="sweep", value=path)
            if path in self.set:
                raise problem("is both in [set] and swept", "keep one", key="set", value=path)
            if any(path in variant.set for variant in self.variant):
                limit = "is both in a [[variant]] and swept"
                raise problem(limit, "keep one", key="variant", value=path)
        return self

    @model_validator(mode="after")
    def _sample_is_alone(self) -> Study:
        others = {path for table in self.sweep for path in table} - {PRESSURE, CURRENT}
        found = [*sorted(others), *(variant.name for variant in self.variant)]
        if self.sample is not None and found:
            raise problem(
                "a [sample] goes with pressure and current alone",
                "put other inputs into it, and variants into studies of their own",
                key="variant" if not others else "sweep",
                value=found[0],
            )
        return self

    @model_validator(mode="after")
    def _variants_agree(self) -> Study:
        names = [variant.name for variant in self.variant]
        without = [variant.name for variant in self.variant if not variant.mechanism]
        if without and len(without) < len(names):
            limit = "names no mechanism, and others do"
            raise problem(limit, "name all or none", key="variant", value=without[0])
        tables = [set(table) for table in self.sweep]
        parameters: dict[str | None, Parameter] = {}
        for place, variant in enumerate(self.variant):
            if names.count(variant.name) > 1:
                key = f"variant.{place}.name"
                raise problem(
                    "two variants have this name", "change one", key=key, value=variant.name
                )
            if variant.sweep and set(variant.sweep) not in tables:
                limit = "no table of the study sweeps these, and nothing else"
                remedy = "add a [[sweep]] of them, which this one replaces"
                paths = ", ".join(variant.sweep)
                raise problem(limit, remedy, key=f"variant.{place}.sweep", value=paths)
            if variant.parameter is not None:
                first = parameters.setdefault(variant.mechanism, variant.parameter)
                if not first.comparable(variant.parameter):
                    limit = f"is no {first.name} as {first.value}, of the same mechanism"
                    key = f"variant.{place}.parameter.value"
                    raise problem(
                        limit,
                        "give it the name and a unit of the first, or another mechanism",
                        key=key,
                        value=variant.parameter.value,
                    )
            other = variant.relative_to
            if other is not None and other not in names:
                key = f"variant.{place}.relative_to"
                raise problem(
                    "is no variant of the study", suggest(other, names), key=key, value=other
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
        raise to_input_error(error, Study, content, file=path) from None
