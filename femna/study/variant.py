"""``[[variant]]``: a named alternative of the case, and the mechanism that it stands for."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator, model_validator

from femna.case.messages import Missing
from femna.case.quantities import problem
from femna.study.quantities import parse_quantity
from femna.study.ranges import Range, Table, Values, swept_table


class Parameter(Table):
    """The input in which the variants of one mechanism differ, and what is known of it elsewhere.

    Attributes
    ----------
    name : str
        What it is, in words.
    value : str
        Its value in this variant, with its unit.
    estimate : (str, str), optional
        Lowest and highest value by evidence that has nothing to do with the observations.
    source : str
        Where the estimate comes from.
    """

    name: str = Field(min_length=1)
    value: str
    estimate: tuple[str, str] | None = None
    source: str = ""

    @model_validator(mode="after")
    def _one_unit(self) -> Parameter:
        value = parse_quantity(self.value)
        ends = [parse_quantity(end).to(value.unit).number for end in self.estimate or ()]
        if value.number <= 0.0 or (ends and not 0.0 < ends[0] <= ends[1]):
            limit = "values above zero, the estimate from its low to its high end"
            raise problem(limit, "correct value or estimate", key="value", value=self.value)
        return self

    def comparable(self, other: Parameter) -> bool:
        """Whether another value of it is one of the same quantity."""
        return parse_quantity(other.value).fits(parse_quantity(self.value).unit)


class Variant(Table):
    """A named alternative: entries of the case that change together.

    Attributes
    ----------
    name : str
        Names its cases.
    set : dict
        Entries of the case.
    mechanism : str, optional
        The candidate that it stands for; variants of one mechanism differ in its parameter.
    label : str
        The mechanism in words.
    measured, unmeasured : tuple of str
        The inputs that it rests on: those that somebody has measured, and those that nobody has.
    parameter : Parameter, optional
    sweep : dict
        What it sweeps in place of the study's own table of the same entries.
    master_curve : bool, optional
        In place of the study's own.
    relative_to : str, optional
        Another variant; the critical pressures are also given as factors over its.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}$")
    set: dict[str, Any] = Field(default_factory=dict)
    mechanism: str | None = None
    label: str = ""
    measured: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    parameter: Parameter | None = None
    sweep: dict[str, Values | Range] = Field(default_factory=dict)
    master_curve: bool | None = None
    relative_to: str | None = None

    @field_validator("sweep", mode="before")
    @classmethod
    def _choose_by_key(cls, value: object) -> object:
        return swept_table(value) if value else value

    @model_validator(mode="after")
    def _described(self) -> Variant:
        described = self.label or self.measured or self.unmeasured or self.parameter
        if self.mechanism is None and described:
            limit = "label, measured, unmeasured and parameter describe a mechanism"
            raise problem(limit, "name it", key="mechanism", value=Missing())
        return self
