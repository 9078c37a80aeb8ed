"""How many voids there are, open and enclosed, and how large they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from femna.mesh import Cell

Array = npt.NDArray[np.float64]

UM3: Final = 1e-18


class Column(NamedTuple):
    """One vertex of the interface: place, area, gap, and the layers over it."""

    place: float
    area: float
    gap: float
    lengths: Array
    heights: Array


class _Part(NamedTuple):
    column: int
    low: float
    high: float
    volume: float
    occluded: bool


def count_voids(
    columns: Sequence[Column],
    *,
    cell: Cell,
    length: float,
    roughness: float,
    bins: Sequence[float],
) -> dict[str, int]:
    """Count the voids of a 2D cell by kind and by size.

    Neighbouring columns belong to one void where their voids meet at a height. A gap below the
    roughness is none. The cell's cut is taken for the void's own: a ring (axisymmetric), or in
    plane strain a void as deep as it is wide; a line of symmetry halves it.

    Parameters
    ----------
    columns : sequence of Column
        Of all ranks, in lengths of the model.
    cell : Cell
        Its symmetry and its lines of symmetry.
    length : float
        Of the model [m].
    roughness : float
        In lengths of the model.
    bins : sequence of float
        Limits of the ranges of size [m^3].

    Returns
    -------
    dict
        ``voids_open``, ``voids_occluded`` and one count a range, both kinds together.
    """
    ordered = sorted(columns, key=lambda column: column.place)
    parts = [part for k, column in enumerate(ordered) for part in _parts(k, column, roughness)]
    label = _connected(parts)
    places = np.array([column.place for column in ordered])
    plane = cell.symmetry == "plane_strain"
    sizes, open_ones = [], 0
    for one in range(int(label.max(initial=-1)) + 1):
        members = [part for part, own in zip(parts, label, strict=True) if own == one]
        volume = sum(part.volume for part in members)
        if plane:
            first, last = members[0].column, members[-1].column
            width = sum(ordered[k].area for k in {part.column for part in members})
            cut = (first == 0) + (last == len(places) - 1)
            volume, width = volume * (1 + cut), width * (1 + cut)
            size = volume * width * length**3
        else:
            size = volume * cell.multiplicity * length**3
        sizes.append(size)
        open_ones += not members[0].occluded
    found = {"voids_open": open_ones, "voids_occluded": len(sizes) - open_ones}
    for low, high in zip(bins, [*bins[1:], np.inf], strict=True):
        found[bin_name(low, high)] = sum(low <= size < high for size in sizes)
    return found


def bin_name(low: float, high: float) -> str:
    """Return the column of a range of sizes [m^3]."""
    end = f"{high / UM3:.6g}" if np.isfinite(high) else "up"
    return f"voids_um3_{low / UM3:.6g}_{end}"


def _parts(k: int, column: Column, roughness: float) -> list[_Part]:
    found = []
    if column.gap > roughness:
        found.append(_Part(k, 0.0, column.gap, column.gap * column.area, False))
    for size, height in zip(column.lengths, column.heights, strict=True):
        if size > roughness:
            found.append(_Part(k, height, height + size, size * column.area, True))
    return found


def _connected(parts: Sequence[_Part]) -> npt.NDArray[np.intp]:
    """Return which void each part belongs to; open and enclosed ones are never one."""
    pairs = [
        (i, j)
        for i, one in enumerate(parts)
        for j, other in enumerate(parts[:i])
        if abs(one.column - other.column) == 1
        and one.occluded == other.occluded
        and one.low <= other.high
        and other.low <= one.high
    ]
    if not parts:
        return np.zeros(0, dtype=np.intp)
    rows, cols = (np.array(pairs, dtype=np.intp).reshape(-1, 2)).T
    graph = coo_array((np.ones(len(rows)), (rows, cols)), shape=(len(parts), len(parts)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)
