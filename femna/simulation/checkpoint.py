"""A run's state on disk, independent of how the mesh is distributed.

Every array goes to rank 0 in the order of its points on the reference mesh, so that a run may be
resumed on another number of ranks. One file, replaced atomically.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from femna.errors import ComputationError
from femna.mesh.bodies import on_root
from femna.simulation.state import Clock, State

Array = npt.NDArray[np.float64]
FILE = "state.npz"

SAME_PLACE = 1e-9
"""Coordinates that lie closer than this, in lengths of the model, count as equal."""


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
        everything = np.concatenate(comm.allgather(points))
        self._counts = comm.allgather(len(points))
        self._order = np.lexsort([_levels(values) for values in everything.T])

    @property
    def size(self) -> int:
        """Number of points over all ranks."""
        return sum(self._counts)

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
        """Write the state (collective).

        Raises
        ------
        ComputationError
            On every rank, if the file cannot be written.
        """
        gathered = {
            name: self._orders[name].gather(values) for name, values in state.arrays().items()
        }
        arrays = {name: values for name, values in gathered.items() if values is not None}
        arrays |= {"clock": np.array(json.dumps(state.clock.to_dict())), "scalars": state.scalars}
        on_root(self._comm, lambda: self._write(arrays))

    def _write(self, arrays: Mapping[str, Any]) -> None:
        partial = self._path.with_name("partial.npz")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                np.savez(file, **arrays)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self._path)
        except OSError as error:
            reason = error.strerror or error
            raise ComputationError(f"{self._path} cannot be written: {reason}") from error

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
                with self._path.open("rb") as stream, np.load(stream) as file:
                    content = {name: file[name] for name in file.files}
                problem = self._difference(content)
            except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
                problem = str(error)
        problem = self._comm.bcast(problem)
        if problem:
            raise ComputationError(
                f"{self._path}: the checkpoint cannot be read: {problem}; remove it to begin anew"
            )
        clock = json.loads(str(content["clock"])) if content is not None else None
        scalars = content["scalars"] if content is not None else None
        local = {
            name: order.scatter(content[name] if content is not None else None)
            for name, order in self._orders.items()
        }
        memory, mask = (
            {
                name.removeprefix(prefix): local.pop(name)
                for name in list(local)
                if name.startswith(prefix)
            }
            for prefix in ("memory_", "mask_")
        )
        return State(
            clock=Clock(**self._comm.bcast(clock)),
            scalars=np.asarray(self._comm.bcast(scalars)),
            memory=memory,
            mask=mask,
            **local,
        )

    def _difference(self, content: Mapping[str, Array]) -> str:
        """Say what keeps a file's content from being this run's; empty if nothing does."""
        missing = ({"clock", "scalars"} | set(self._orders)) - set(content)
        if missing:
            return f"it lacks {', '.join(sorted(missing))}"
        other = [name for name, order in self._orders.items() if len(content[name]) != order.size]
        return f"it belongs to another mesh ({', '.join(other)})" if other else ""


def _levels(values: Array) -> npt.NDArray[np.int64]:
    """Number the distinct values from the smallest on; round-off makes no difference.

    The same point gets its coordinates from different cells when the mesh is distributed
    differently, so that the last digits vary.
    """
    order = np.argsort(values, kind="stable")
    levels = np.zeros(len(values), dtype=np.int64)
    levels[order[1:]] = np.cumsum(np.diff(values[order]) > SAME_PLACE)
    return levels
