"""``[[output.probe]]``: points and lines at which fields are written at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from femna.case.base import AS_TUPLE, Table
from femna.case.quantities import Bare, Coordinate, problem
from femna.case.refusal import refuse
from femna.case.symmetry import SHAPES

if TYPE_CHECKING:
    from femna.case.model import Case

type Place = tuple[Coordinate, ...]


class Probe(Table):
    """A point (`at`) or a line (`start`, `end`, `points`), fixed in space.

    Attributes
    ----------
    name : str
        In the column ``probe``.
    body : str
        ``metal``, ``electrolyte`` or ``interface``.
    at : tuple of float, optional
        Coordinates [m]: from the centre of the cell, and last the height above the electrolyte,
        which an interface has not.
    start, end : tuple of float, optional
        Ends of a line [m].
    points : int
        On the line, both ends included.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)]
    body: Literal["metal", "electrolyte", "interface"]
    at: Annotated[Place | None, AS_TUPLE] = None
    start: Annotated[Place | None, AS_TUPLE] = None
    end: Annotated[Place | None, AS_TUPLE] = None
    points: Annotated[int, Bare(at_least=2, at_most=1000, whole=True)] = 11

    @model_validator(mode="after")
    def _point_or_line(self) -> Self:
        line = self.start is not None and self.end is not None
        if (self.at is not None) is line or (self.start is None) is not (self.end is None):
            raise problem("is a point or a line", "give either at, or start and end", key="at")
        return self

    def places(self) -> tuple[Place, ...]:
        """Return the coordinates [m] of all points, from start to end."""
        if self.at is not None:
            return (self.at,)
        start, end = self.start or (), self.end or ()
        shares = [k / (self.points - 1) for k in range(self.points)]
        return tuple(
            tuple(a + share * (b - a) for a, b in zip(start, end, strict=True)) for share in shares
        )


def check_probes(case: Case) -> None:
    """Refuse probes of one name, and coordinates that are too few or too many."""
    dimension = SHAPES[case.geometry.symmetry].dimension
    names: list[str] = []
    for index, probe in enumerate(case.output.probe or ()):
        if probe.name in names:
            refuse(f"output.probe.{index}.name", probe.name, "is taken", "name it otherwise")
        names.append(probe.name)
        wanted = dimension - 1 if probe.body == "interface" else dimension
        for key in ("at", "start", "end"):
            place = getattr(probe, key)
            if place is not None and len(place) != wanted:
                refuse(
                    f"output.probe.{index}.{key}",
                    len(place),
                    f"{probe.body} of this cell has {wanted} coordinates",
                    f"give {wanted}",
                )
