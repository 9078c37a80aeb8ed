"""The cell of a case: from its geometry to two distributed meshes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mpi4py import MPI

from femna.case.geometry import ReadCell
from femna.case.symmetry import SHAPES
from femna.materials import largest_net_charge
from femna.mesh.arrays import CellArrays
from femna.mesh.bodies import Cell, distribute_cell
from femna.mesh.image_mesh import image_cell
from femna.mesh.outline import Outline
from femna.mesh.stack_2d import stack_2d
from femna.mesh.stack_3d import stack_3d
from femna.mesh.unit_cell_2d import unit_cell_2d
from femna.mesh.unit_cell_3d import unit_cell_3d

if TYPE_CHECKING:
    from femna.case import Case


@dataclass
class _Last:
    """What this process meshed last: the next case of a sweep mostly asks for the same.

    Attributes
    ----------
    asked : tuple or None
        All that the mesh depends on.
    arrays : CellArrays or None
        The mesh; to be read only.
    """

    asked: tuple[object, ...] | None = None
    arrays: CellArrays | None = None

    def take(self, case: Case, *, refine: float, outline: Outline | None = None) -> CellArrays:
        """Return the mesh of a case, made anew where it is another one; see `cell_arrays`."""
        if isinstance(case.geometry, ReadCell):
            return cell_arrays(case)
        # the map of the interface may follow from resistances at the protocol's temperature
        temperature = case.protocol.temperature
        # the columns of an image leave room for what the protocol strips
        removed = case.geometry.kind == "image" and (largest_net_charge(case), case.metal)
        given = (case.geometry, case.interface, case.numerics, temperature, refine, removed)
        asked = (*given, outline)
        if self.arrays is None or self.asked != asked:
            self.asked, self.arrays = asked, cell_arrays(case, refine=refine, outline=outline)
        return self.arrays


_last = _Last()


def cell_arrays(case: Case, *, refine: float = 1.0, outline: Outline | None = None) -> CellArrays:
    """Mesh the cell of a case in this process, whatever its geometry.

    Parameters
    ----------
    case : Case
        The validated case.
    refine : float
        Divides every element size of a unit cell, for studies of convergence; a mesh file is
        taken as it is.
    outline : Outline, optional
        Of an axisymmetric stack's metal that has changed its shape.

    Raises
    ------
    InputError
        If the geometry, or a mesh file, cannot be used.
    ComputationError
        If Gmsh fails.
    """
    geometry = case.geometry
    if isinstance(geometry, ReadCell):
        from femna.mesh.from_file import cell_from_file

        return cell_from_file(geometry)
    if geometry.kind == "image":
        return image_cell(case, geometry, refine=refine)
    if geometry.kind == "stack":
        if geometry.symmetry == "axisymmetric":
            return stack_2d(case, geometry, refine=refine, outline=outline)
        return stack_3d(case, geometry, refine=refine)
    if SHAPES[geometry.symmetry].dimension == 3:
        return unit_cell_3d(case, geometry, refine=refine)
    return unit_cell_2d(case, geometry, refine=refine)


def build_cell(
    case: Case,
    comm: MPI.Comm = MPI.COMM_WORLD,
    *,
    refine: float = 1.0,
    outline: Outline | None = None,
) -> Cell:
    """Mesh the cell of a case on rank 0 and distribute it over a communicator.

    A unit cell that is the one built last is not meshed again.

    Parameters
    ----------
    case : Case
        The validated case.
    comm : MPI.Comm
        Communicator of the meshes; the mesh is the same for any number of ranks.
    refine : float
        Divides every element size of a unit cell.
    outline : Outline, optional
        As for `cell_arrays`.

    Returns
    -------
    Cell

    Raises
    ------
    InputError, ComputationError
        On every rank, whatever went wrong on rank 0.
    """
    return distribute_cell(comm, lambda: _last.take(case, refine=refine, outline=outline))
