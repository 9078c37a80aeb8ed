"""Entries of the matrix of a contact problem: what a pair's pressure and traction couple.

The unknowns are the bodies' displacements, the pressures of all pairs, and the tractions of those
that rub, in this order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from femna.simulation.bodies.pair import Side
from femna.simulation.bodies.sliding import Sliding
from femna.simulation.jacobian import Entries, csr_coordinates
from femna.simulation.layout import BlockLayout

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[Any]


class Places(NamedTuple):
    """Where the unknowns stand."""

    layout: BlockLayout
    bodies: int
    pairs: int
    rubbing: Sequence[int]

    def pressures(self, k: int) -> int:
        """Return the block of a pair's pressures."""
        return self.bodies + k

    def tractions(self, k: int) -> int:
        """Return the block of a pair's tractions."""
        return self.bodies + self.pairs + self.rubbing.index(k)

    def owned(self, block: int) -> Numbers:
        """Return the numbers of this rank's unknowns of a block."""
        return self.layout.monolithic(block, self.layout.owned(block))


def entries_across(
    places: Places,
    k: int,
    sides: list[Side],
    *,
    area: Array,
    active: npt.NDArray[np.bool_],
) -> list[Entries]:
    """Return the entries of a pair's pressures (collective).

    Parameters
    ----------
    places : Places
    k : int
        The pair.
    sides : list of Side
    area : array, shape (n,)
        Of the vertices; the gap is a mean over it.
    active : array of bool, shape (n,)
        Which of them touch.
    """
    block, layout, over = places.pressures(k), places.layout, _inverse(area)
    own = places.owned(block)
    entries: list[Entries] = [(own, own, np.where(active, 0.0, 1.0))]
    for number, matrix, _ in sides:
        rows, columns = csr_coordinates(matrix)
        values = matrix.getValuesCSR()[2]
        here, there = layout.monolithic(block, rows), layout.monolithic(number, columns)
        local = rows - matrix.getOwnershipRange()[0]
        entries.append((here, there, values * (active * over)[local]))
        entries.append((there, here, -values))
    return entries


def entries_along(
    places: Places, k: int, sides: list[Side], *, area: Array, rows: Sliding
) -> list[Entries]:
    """Return the entries of a pair's tractions (collective); `rows` as they are now."""
    block, layout, over = places.tractions(k), places.layout, _inverse(area)
    pressures = places.owned(places.pressures(k))
    count, directions = rows.by_pressure.shape
    own = places.owned(block).reshape(count, directions)
    entries: list[Entries] = []
    for a in range(directions):
        entries.append((own[:, a], pressures, rows.by_pressure[:, a]))
        entries += [(own[:, a], own[:, b], rows.by_traction[:, a, b]) for b in range(directions)]
    for number, _, along in sides:
        for b, matrix in enumerate(along):
            vertices, columns = csr_coordinates(matrix)
            values = matrix.getValuesCSR()[2]
            there = layout.monolithic(number, columns)
            local = vertices - matrix.getOwnershipRange()[0]
            entries.append((there, own[local, b], values))
            for a in range(directions):
                by_slip = rows.by_slip[:, a, b] * over
                entries.append((own[local, a], there, values * by_slip[local]))
    return entries


def _inverse(area: Array) -> Array:
    return np.divide(1.0, area, out=np.zeros_like(area), where=area > 0.0)
