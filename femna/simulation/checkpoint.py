"""A run's state on disk, independent of how the mesh is distributed.

Every array goes to rank 0 in the order of its points on the reference mesh, so that a run may be
resumed on another number of ranks. One file, replaced atomically.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from femna.errors import ComputationError
from femna.simulation.state import Clock, State

Array = npt.NDArray[np.float64]
FILE = "state.npz"


class CanonicalOrder:
    """Order of distributed points by their coordinates, the same for any distribution.

    Parameters
    ----------
    comm : MPI.Comm
        Communicator.
    points : array, shape (N, d)
        Coordinates of the points that this rank owns; no two points coincide.
    """

    def __init__(self, comm: Any, points: Array) -> None:
        self._comm = comm
        everything = np.concatenate(comm.allgather(np.round(points, 10)))
        self._counts = comm.allgather(len(points))
        self._order = np.lexsort(everything.T) if len(everything) else np.zeros(0, dtype=int)

    def gather(self, values: Array) -> Array | None:
        """Return all values in canonical order on rank 0, shape (points, components)."""
        count = self._counts[self._comm.rank]
        parts = self._comm.gather(values.reshape(count, -1) if count else None)
        if self._comm.rank != 0:
            return None
        joined = np.concatenate([part for part in parts if part is not None])
        return np.asarray(joined[self._order])

    def scatter(self, values: Array | None) -> Array:
        """Return this rank's values from all of them on rank 0, flattened (collective)."""
        shared = np.asarray(self._comm.bcast(values))
        joined = np.empty_like(shared)
        joined[self._order] = shared
        start = sum(self._counts[: self._comm.rank])
        return joined[start : start + self._counts[self._comm.rank]].reshape(-1)


class Checkpoint:
    """Writes and reads the state of one run.

    Parameters
    ----------
    directory : Path
        Folder of the checkpoint; made when first written.
    comm : MPI.Comm
        Communicator.
    points : mapping
        Coordinates, shape (N, d), of the owned entries' points for each array of the state.
    """

    def __init__(self, directory: Path, comm: Any, points: Mapping[str, Array]) -> None:
        self._path, self._comm = directory / FILE, comm
        self._orders = {name: CanonicalOrder(comm, xs) for name, xs in points.items()}

    def exists(self) -> bool:
        """Say whether there is a checkpoint (collective)."""
        return bool(self._comm.bcast(self._path.is_file() if self._comm.rank == 0 else None))

    def write(self, state: State) -> None:
        """Write the state (collective)."""
        gathered = {
            name: self._orders[name].gather(values) for name, values in state.arrays().items()
        }
        if self._comm.rank == 0:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial = self._path.with_name("partial.npz")
            arrays = {name: values for name, values in gathered.items() if values is not None}
            with partial.open("wb") as file:
                np.savez(
                    file,
                    clock=np.array(json.dumps(state.clock.to_dict())),
                    scalars=state.scalars,
                    **arrays,  # type: ignore[arg-type]
                )
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self._path)

    def read(self) -> State:
        """Read the state on every rank (collective).

        Raises
        ------
        ComputationError
            On every rank, if the file cannot be read or belongs to another mesh.
        """
        content: dict[str, Any] | None = None
        problem = ""
        if self._comm.rank == 0:
            try:
                with np.load(self._path) as file:
                    content = {name: file[name] for name in file.files}
                missing = set(self._orders) - set(content)
                if missing:
                    problem = f"it lacks {', '.join(sorted(missing))}"
            except (OSError, ValueError, EOFError) as error:
                problem = str(error)
        problem = self._comm.bcast(problem)
        if problem:
            raise ComputationError(f"{self._path}: the checkpoint cannot be read: {problem}")
        clock = json.loads(str(content["clock"])) if content is not None else None
        scalars = content["scalars"] if content is not None else None
        local = {
            name: order.scatter(content[name] if content is not None else None)
            for name, order in self._orders.items()
        }
        memory = {
            name.removeprefix("memory_"): local.pop(name)
            for name in list(local)
            if name.startswith("memory_")
        }
        return State(
            clock=Clock(**self._comm.bcast(clock)),
            scalars=np.asarray(self._comm.bcast(scalars)),
            memory=memory,
            **local,
        )
