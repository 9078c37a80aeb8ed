"""Connected parts of a mask, found block by block and joined where the blocks meet."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.ndimage import generate_binary_structure, label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from femna.tomography.blocks import Array, Workspace

_ORDER = {6: 1, 18: 2, 26: 3}


def components(
    mask: Callable[[int, int], npt.NDArray[np.bool_]],
    shape: tuple[int, int, int],
    connectivity: int,
    work: Workspace,
) -> tuple[Array, int]:
    """Return the number of its part for every voxel, 0 outside, and how many parts there are.

    Parameters
    ----------
    mask : callable
        Layers ``start`` to ``stop`` of the mask.
    shape : tuple of int
        Of the whole.
    connectivity : int
        6, 18 or 26.
    work : Workspace
    """
    structure = generate_binary_structure(3, _ORDER[connectivity])
    across = [(i - 1, j - 1) for i, j in product(range(3), repeat=2) if structure[0, i, j]]
    ids = work.empty(shape, np.int32)
    total = 0
    pairs: list[Array] = []
    for start, stop in work.layers(shape):
        part, count = label(mask(start, stop), structure)
        part = np.where(part > 0, part + total, 0)
        ids[start:stop] = part
        total += int(count)
        if start > 0:
            pairs += [_touching(ids[start - 1], part[0], shift) for shift in across]
    if total == 0:
        return ids, 0
    joined = np.concatenate([np.zeros((2, 0), int), *pairs], axis=1) - 1
    graph = coo_array((np.ones(joined.shape[1]), tuple(joined)), shape=(total, total))
    found, group = connected_components(graph, directed=False)
    table = np.concatenate([[0], _by_first_voxel(group) + 1]).astype(np.int32)
    for start, stop in work.layers(shape):
        ids[start:stop] = table[ids[start:stop]]
    return ids, int(found)


def _by_first_voxel(group: Array) -> Array:
    """Number the groups in the order in which they are met, whatever the blocks were."""
    _, first = np.unique(group, return_index=True)
    order = np.empty(len(first), int)
    order[np.argsort(first)] = np.arange(len(first))
    return np.asarray(order[group])


def _touching(below: Array, above: Array, shift: tuple[int, int]) -> Array:
    """Return pairs of numbers of neighbours in two layers, shape (2, N)."""
    rows, columns = below.shape
    lower = below[max(-shift[0], 0) : rows - max(shift[0], 0)]
    lower = lower[:, max(-shift[1], 0) : columns - max(shift[1], 0)]
    upper = above[max(shift[0], 0) : rows + min(shift[0], 0)]
    upper = upper[:, max(shift[1], 0) : columns + min(shift[1], 0)]
    both = (lower > 0) & (upper > 0)
    return np.unique(np.stack([lower[both], upper[both]]), axis=1)
