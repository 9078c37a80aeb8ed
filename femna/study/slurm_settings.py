"""Where and how the cases of a study run on a cluster: the table [slurm], or a profile file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError, field_validator

from femna.case import read_document
from femna.case.messages import to_input_error
from femna.case.quantities import problem
from femna.study.quantities import parse_quantity
from femna.study.ranges import Table


class SlurmSettings(Table):
    """What each case asks of Slurm.

    Attributes
    ----------
    partition, account : str, optional
        Slurm's default where left out.
    time : float
        Wall time of one case [min].
    ranks : int
        MPI ranks of one case, on one node.
    memory : str, optional
        Of one case, as sbatch takes it, e.g. "4GB".
    at_once : int
        Most jobs in the queue, running ones included.
    mpi : str
        What starts the ranks inside the job.
    """

    partition: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.,-]+$")
    account: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]+$")
    time: float = 60.0
    ranks: int = Field(default=1, ge=1, le=4096)
    memory: str | None = Field(default=None, pattern=r"^[1-9][0-9]*(MB|GB|TB)$")
    at_once: int = Field(default=100, ge=1, le=10000)
    mpi: str = Field(default="mpiexec", pattern=r"^[A-Za-z0-9_./-]+$")

    @field_validator("time", mode="before")
    @classmethod
    def _time_in_minutes(cls, value: object) -> object:
        if not isinstance(value, str):
            raise problem("a time with its unit is expected", 'write e.g. "2 h"')
        minutes = parse_quantity(value).to("min").number
        if not 1.0 <= minutes <= 60.0 * 24 * 365:
            raise problem("must be from one minute to one year", "change it")
        return minutes


def load_profile(path: Path) -> SlurmSettings:
    """Read a profile: a TOML file with the keys of the table [slurm].

    Raises
    ------
    InputError
        File missing, not TOML, or a key that is unknown or wrong.
    """
    content = read_document(path)
    try:
        return SlurmSettings.model_validate(content)
    except ValidationError as error:
        raise to_input_error(error, SlurmSettings, content, file=path) from None
