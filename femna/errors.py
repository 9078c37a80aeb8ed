"""The exceptions of femna: one small tree, each with its exit code and a one-line message."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class FemnaError(Exception):
    """Base of every error that femna raises on purpose.

    Attributes
    ----------
    exit_code : int
        What the command line returns: 2 for wrong input, 3 for a computation or an
        environment that stopped early.
    """

    exit_code: int = 1


@dataclass(eq=False)
class InputError(FemnaError):
    """The user's input is wrong: which file, which key, what was found, the limit, the remedy."""

    file: Path | str | None
    key: str
    value: object
    limit: str
    remedy: str

    exit_code = 2

    def __str__(self) -> str:
        """Render as one line."""
        where = f"{self.file}: " if self.file is not None else ""
        line = f"{where}{self.key} = {self.value!r}: {self.limit}; {self.remedy}"
        return " ".join(line.split())


class ComputationError(FemnaError):
    """A computation stopped early; what it had is on disk."""

    exit_code = 3


class RankFault(ComputationError):
    """A fault of this rank alone, of which the others know nothing: they wait for it."""


class Ended(FemnaError):
    """Another process tells a computation to end; no failure, from which another way leads on."""

    exit_code = 3


class EnvironmentProblem(FemnaError):
    """This machine lacks something that a run needs."""

    exit_code = 3
