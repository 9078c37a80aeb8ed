"""A run's state on disk, independent of how the mesh is distributed.

Every array goes to rank 0 in the order of its points on the reference mesh, so that a run may be
resumed on another number of ranks. One file, replaced as a whole; what it must be to be taken up
again stands in `state_file`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from femna import __version__
from femna.errors import ComputationError
from femna.mesh.bodies import on_root
from femna.simulation.state import GROUPS, Clock, State
from femna.simulation.state_file import read_state_file, refused, write_state_file

Array = npt.NDArray[np.float64]
_MESHES = ("pressure", "potential")  # their points are the vertices of metal and electrolyte
_POINTS = "points_"
_COUNTER = "counter_"
_LEFT_BEHIND = ("cycle_", "mask_", _POINTS)  # what another case may begin without
_NAMED = 3  # arrays in a message

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
        self._everything = everything
        self._counts = comm.allgather(len(points))
        self._order = np.lexsort([_levels(values) for values in everything.T])

    @property
    def size(self) -> int:
        """Number of points over all ranks."""
        return sum(self._counts)

    @property
    def points(self) -> Array:
        """All points in canonical order, shape (points, d)."""
        return np.asarray(self._everything[self._order])

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
    path : Path
        The file; its folder is made when first written.
    comm : MPI.Comm
        Communicator.
    points : mapping
        Coordinates, shape (N, d), of the owned entries' points for each array of the state.
    case_hash : str, optional
        Of the case; a checkpoint of another one is refused. None takes that of any case.
    counter : mapping, optional
        As `points`, of the counter electrode, whose state goes into the same file.
    """

    def __init__(
        self,
        path: Path,
        comm: Any,
        points: Mapping[str, Array],
        *,
        case_hash: str | None,
        counter: Mapping[str, Array] | None = None,
    ) -> None:
        self._path, self._comm = path, comm
        self._electrodes = ("",) if counter is None else ("", _COUNTER)
        self._points = dict(zip(self._electrodes, (points, counter or {}), strict=False))
        self._owner = {"version of femna": __version__}
        if case_hash is not None:
            self._owner["case"] = case_hash

    @cached_property
    def _orders(self) -> dict[str, CanonicalOrder]:
        """The order of every array (collective), found when a state is first written or read."""
        return {
            f"{electrode}{name}": CanonicalOrder(self._comm, xs)
            for electrode, given in self._points.items()
            for name, xs in given.items()
        }

    def exists(self) -> bool:
        """Say whether there is a checkpoint (collective)."""
        return bool(self._comm.bcast(self._path.is_file() if self._comm.rank == 0 else None))

    def write(self, state: State) -> None:
        """Write the state (collective); the last one stays until the new one is whole.

        Raises
        ------
        ComputationError
            On every rank, if the file cannot be written or the state holds a number that is not
            finite; the last checkpoint is as it was.
        """
        orders, arrays = self._orders, dict[str, Any]()
        for electrode, own in zip(self._electrodes, (state, state.counter), strict=False):
            if own is None:
                raise RuntimeError("the counter electrode's state is missing")
            gathered = {
                f"{electrode}{name}": orders[f"{electrode}{name}"].gather(values)
                for name, values in own.arrays().items()
            }
            arrays |= {name: values for name, values in gathered.items() if values is not None}
            arrays[f"{electrode}clock"] = np.array(json.dumps(own.clock.to_dict()))
            arrays[f"{electrode}scalars"] = own.scalars
        arrays |= {f"{_POINTS}{name}": orders[name].points for name in self._meshes}
        on_root(self._comm, lambda: self._write(arrays, state.clock.step))

    def _write(self, arrays: Mapping[str, Any], step: int) -> None:
        wrong = _not_finite(arrays)
        if wrong:
            raise ComputationError(
                f"the state of step {step} holds numbers that are not finite ({wrong}); "
                "the checkpoint before it is kept"
            )
        write_state_file(self._path, arrays, header={**self._owner, "step": step})

    def clock(self) -> Clock:
        """Read the clock alone, whatever the mesh (collective): it says how to make that again.

        Raises
        ------
        InputError
            On every rank, if the file is damaged or belongs to another case or version.
        """

        def read() -> str:
            content = self._content()
            if "clock" not in content:
                raise refused(self._path, "lacks clock")
            return str(content["clock"])

        return Clock(**json.loads(self._comm.bcast(on_root(self._comm, read))))

    def read(self) -> State:
        """Read the state on every rank (collective); the file stays as it is.

        Raises
        ------
        InputError
            On every rank, if the file is damaged or belongs to another case, version or mesh.
        """
        orders = self._orders  # found together, before rank 0 compares them with the file's
        content = on_root(self._comm, lambda: self._read(orders))
        parts = [self._state(content, electrode) for electrode in self._electrodes]
        return replace(parts[0], counter=parts[1]) if parts[1:] else parts[0]

    def _state(self, content: Mapping[str, Any] | None, electrode: str) -> State:
        """Return one electrode's state from the file's content on rank 0 (collective)."""
        clock = json.loads(str(content[f"{electrode}clock"])) if content is not None else None
        scalars = content[f"{electrode}scalars"] if content is not None else None
        local: dict[str, Any] = {
            name.removeprefix(electrode): order.scatter(
                content[name] if content is not None else None
            )
            for name, order in self._orders.items()
            if self._owner_of(name) == electrode
        }
        local |= {
            group: {
                name.removeprefix(f"{group}_"): local.pop(name)
                for name in list(local)
                if name.startswith(f"{group}_")
            }
            for group in GROUPS
        }
        return State(
            clock=Clock(**self._comm.bcast(clock)),
            scalars=np.asarray(self._comm.bcast(scalars)),
            **local,
        )

    @property
    def _meshes(self) -> list[str]:
        return [f"{electrode}{name}" for electrode in self._electrodes for name in _MESHES]

    def _owner_of(self, name: str) -> str:
        return _COUNTER if name.startswith(_COUNTER) else ""

    def _content(self) -> Mapping[str, Any]:
        return read_state_file(self._path, belongs_to=self._owner)

    def _read(self, orders: Mapping[str, CanonicalOrder]) -> Mapping[str, Any]:
        content = self._content()
        problem = self._difference(content, orders) or _not_finite(
            content, "holds no finite numbers in "
        )
        if problem:
            raise refused(self._path, problem)
        return content

    def _difference(
        self, content: Mapping[str, Array], orders: Mapping[str, CanonicalOrder]
    ) -> str:
        """Say what keeps a file's content from being this run's; empty if nothing does."""
        numbers = {f"{e}{name}" for e in self._electrodes for name in ("clock", "scalars")}
        needed = numbers | set(orders) | {f"{_POINTS}{name}" for name in self._meshes}
        missing = needed - set(content)
        if missing:
            return f"lacks {', '.join(sorted(missing))}"
        more = sorted({name for name in content if not name.startswith(_LEFT_BEHIND)} - needed)
        if more:
            listed = ", ".join(more[:_NAMED]) + (", ..." if len(more) > _NAMED else "")
            return f"holds {listed} of parts that this case does not have"
        other = [name for name, order in orders.items() if len(content[name]) != order.size]
        other += [
            name
            for name in self._meshes
            if not _same_points(content[f"{_POINTS}{name}"], orders[name].points)
        ]
        return f"belongs to another mesh ({', '.join(dict.fromkeys(other))})" if other else ""


def _same_points(one: Array, other: Array) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=0.0, atol=SAME_PLACE))


def _not_finite(arrays: Mapping[str, Any], say: str = "") -> str:
    """Name the arrays of numbers that hold one that is not finite; empty if none does."""
    names = [
        name
        for name, values in arrays.items()
        if np.asarray(values).dtype.kind == "f" and not np.isfinite(values).all()
    ]
    return say + ", ".join(names) if names else ""


def _levels(values: Array) -> npt.NDArray[np.int64]:
    """Number the distinct values from the smallest on; round-off makes no difference.

    The same point gets its coordinates from different cells when the mesh is distributed
    differently, so that the last digits vary.
    """
    order = np.argsort(values, kind="stable")
    levels = np.zeros(len(values), dtype=np.int64)
    levels[order[1:]] = np.cumsum(np.diff(values[order]) > SAME_PLACE)
    return levels
