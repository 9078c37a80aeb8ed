"""A simulation in memory, step by step, without any file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from mpi4py import MPI

from femna.api.fields import Fields
from femna.case import Case
from femna.output.state import gathered
from femna.simulation.driver import Driver
from femna.simulation.saved_state import begin
from femna.simulation.setup import Model, build_counter, build_model

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step(Mapping[str, Any]):
    """One accepted step: a mapping from the columns of history.csv to their values.

    Attributes
    ----------
    row : mapping
        The columns.
    status : str or None
        How the simulation ended with this step; None if it goes on.
    """

    row: Mapping[str, Any]
    status: str | None

    def __getitem__(self, name: str) -> Any:
        return self.row[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.row)

    def __len__(self) -> int:
        return len(self.row)


class Simulation:
    """A case in motion. Iterate over it: each turn of the loop is one accepted step.

    Parameters
    ----------
    case : Case
        The validated case.
    comm : MPI.Comm, optional
        Ranks that share the simulation, by default all of the process's world. On several ranks
        every method is collective, and fields are returned on rank 0 only.
    refine : float
        Divides every element size of a cell that femna meshes itself.

    Attributes
    ----------
    case : Case
        The case.
    steps : list of Step
        What has been accepted so far; the first is the start, before any charge has passed.

    Raises
    ------
    InputError, ComputationError
        The case cannot be meshed or set up; while iterating, a step cannot be done.

    Examples
    --------
    >>> from femna import Simulation, build_case
    >>> case = build_case("case", {"numerics.interface_size": "5 um", "protocol.pressure": "1 MPa"})
    >>> simulation = Simulation(case)
    >>> start = next(simulation)
    >>> start["contact_fraction"]
    1.0
    >>> float(simulation.fields("interface")["contact_pressure_MPa"].min()) > 0
    True
    """

    def __init__(self, case: Case, *, comm: MPI.Comm | None = None, refine: float = 1.0) -> None:
        self.case = case
        model = build_model(case, comm or MPI.COMM_WORLD, refine=refine)
        self.steps: list[Step] = []
        counter = build_counter(case, comm or MPI.COMM_WORLD, refine=refine)
        self._driver = Driver(model, counter=counter)
        begin(self._driver)
        self._march = self._driver.march()

    @property
    def model(self) -> Model:
        """Meshes, spaces, scales and blocks; others once a mesh has been made anew."""
        return self._driver.model

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Step:
        if self.steps and self.steps[-1].status is not None:
            raise StopIteration
        accepted = next(self._march)
        step = Step(dict(accepted.row), accepted.status)
        self.steps.append(step)
        return step

    def run(
        self,
        *,
        progress: Callable[[Step], None] | None = None,
        stop: Callable[[Step], bool] | None = None,
    ) -> pd.DataFrame:
        """Go on to the end, or until `stop` returns true, and return the history.

        Parameters
        ----------
        progress : callable, optional
            Called after each step.
        stop : callable, optional
            Called after each step, on every rank; the simulation may be gone on with afterwards.
        """
        for step in self:
            if progress is not None:
                progress(step)
            if stop is not None and stop(step):
                break
        return self.history

    @property
    def status(self) -> str | None:
        """How it ended: ok, contact_lost, voltage_limit, shorted; None while it can go on."""
        return self.steps[-1].status if self.steps else None

    @property
    def history(self) -> pd.DataFrame:
        """All steps so far, a row each, columns as in history.csv."""
        import pandas as pd

        return pd.DataFrame([step.row for step in self.steps])

    def fields(self, body: str, *, electrode: Literal["working", "counter"] = "working") -> Fields:
        """Return the present fields of a body.

        Parameters
        ----------
        body : str
            ``metal``, ``electrolyte``, ``interface`` or, where there is one, ``mask``.
        electrode : str
            Of which electrode; the counter one only where the case has it.

        Raises
        ------
        RuntimeError
            Before the first step.
        KeyError
            The model has no such body, or the case no such electrode.
        """
        if not self.steps:
            raise RuntimeError("there are no fields before the first step: call next(simulation)")
        temperature = self.case.protocol.temperature
        conductivity = self.model.properties.electrolyte.conductivity_at(temperature)
        owner = self._driver.working if electrode == "working" else self._driver.counter
        if owner is None:
            raise KeyError(electrode)
        part = gathered(owner.system, (body,), conductivity=conductivity)[body]
        if part is None:  # another rank has it
            import numpy as np

            return Fields(body, np.zeros((0, 3)), np.zeros((0, 2), dtype=np.int64), {}, {})
        # of the mask, which is its own body, coordinates are in the same unit
        points = part.points * (1e6 * owner.model.scales.length)
        return Fields(body, points, part.cells, part.point_data, part.cell_data)

    def _repr_html_(self) -> str:
        words = f"{len(self.steps)} steps, {self.status or 'can go on'}"
        table = self.history.tail(5).T.to_html() if self.steps else ""
        return f"<b>{self.case.title}</b>: {words}{table}"
