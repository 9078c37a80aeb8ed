"""The cell of a case: from its geometry to two distributed meshes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mpi4py import MPI

from femna.case.symmetry import SHAPES
from femna.mesh.arrays import CellArrays
from femna.mesh.bodies import Cell, distribute_cell
from femna.mesh.from_file import cell_from_file
from femna.mesh.unit_cell_2d import unit_cell_2d
from femna.mesh.unit_cell_3d import unit_cell_3d

if TYPE_CHECKING:
    from femna.case import Case


def cell_arrays(case: Case, *, refine: float = 1.0) -> CellArrays:
    """Mesh the cell of a case in this process, whatever its geometry.

    Parameters
    ----------
    case : Case
        The validated case.
    refine : float
        Divides every element size of a unit cell, for studies of convergence; a mesh file is
        taken as it is.

    Raises
    ------
    InputError
        If the geometry, or a mesh file, cannot be used.
    ComputationError
        If Gmsh fails.
    """
    geometry = case.geometry
    if geometry.kind == "mesh":
        return cell_from_file(geometry)
    if SHAPES[geometry.symmetry].dimension == 3:
        return unit_cell_3d(case, geometry, refine=refine)
    return unit_cell_2d(case, geometry, refine=refine)


def build_cell(case: Case, comm: MPI.Comm = MPI.COMM_WORLD, *, refine: float = 1.0) -> Cell:
    """Mesh the cell of a case on rank 0 and distribute it over a communicator.

    Parameters
    ----------
    case : Case
        The validated case.
    comm : MPI.Comm
        Communicator of the meshes; the mesh is the same for any number of ranks.
    refine : float
        Divides every element size of a unit cell.

    Returns
    -------
    Cell

    Raises
    ------
    InputError, ComputationError
        On every rank, whatever went wrong on rank 0.
    """
    return distribute_cell(comm, lambda: cell_arrays(case, refine=refine))
