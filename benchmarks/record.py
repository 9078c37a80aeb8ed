"""What a benchmark hands on: the lines of its table, and claims that are met or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Line:
    """One contestant at one size.

    Attributes
    ----------
    contestant : str
        femna, plain DOLFINx, NGSolve, the floor, ...
    size : str
        What was solved, with its number of unknowns.
    error : float or None
        Relative error against the exact result, where there is one.
    seconds : float or None
        Wall time of the best repetition; None if it did not finish.
    memory : float or None
        Peak resident memory of the process [MiB].
    note : str
        What a reader must know: steps, iterations, or why it did not finish.
    """

    contestant: str
    size: str
    error: float | None = None
    seconds: float | None = None
    memory: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A measured ratio against what was to be reached.

    Attributes
    ----------
    what : str
        In words.
    value, limit : float
        Measured, and to be reached.
    sense : str
        Whether the value must be at least or at most the limit.
    """

    what: str
    value: float
    limit: float
    sense: Literal["at least", "at most"]

    @property
    def met(self) -> bool:
        """Whether it holds; a value that is not a number never does."""
        if self.sense == "at least":
            return self.value >= self.limit
        return self.value <= self.limit


@dataclass(frozen=True, kw_only=True)
class Results:
    """One benchmark's results."""

    lines: Sequence[Line]
    claims: Sequence[Claim] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Return what bench.json keeps."""
        return {
            "lines": [asdict(line) for line in self.lines],
            "claims": [{**asdict(claim), "met": claim.met} for claim in self.claims],
        }
