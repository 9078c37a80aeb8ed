"""Rigid-body motions of a vector space: what multigrid has to know of a body that deforms."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from petsc4py import PETSc


def rigid_body_motions(space: Any) -> PETSc.NullSpace:
    """Return translations and rotations in a vector space, orthonormal (collective)."""
    block = space.dofmap.index_map_bs
    owned = space.dofmap.index_map.size_local
    points = space.tabulate_dof_coordinates()[:owned]
    motions = []
    for axis in range(block):
        motion = np.zeros((owned, block))
        motion[:, axis] = 1.0
        motions.append(motion)
    for one, other in combinations(range(block), 2):
        motion = np.zeros((owned, block))
        motion[:, one], motion[:, other] = -points[:, other], points[:, one]
        motions.append(motion)
    vectors: list[PETSc.Vec] = []
    for motion in motions:
        vector = PETSc.Vec().createMPI((owned * block, None), bsize=block, comm=space.mesh.comm)
        vector.setArray(motion.reshape(-1))
        for earlier in vectors:
            vector.axpy(-vector.dot(earlier), earlier)
        vector.normalize()
        vectors.append(vector)
    return PETSc.NullSpace().create(vectors=vectors, comm=space.mesh.comm)
