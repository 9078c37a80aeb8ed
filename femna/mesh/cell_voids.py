"""What a cell from an image keeps of its voids besides the mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from femna.mesh.step import FloatArray


@dataclass(frozen=True)
class Sphere:
    """A buried void as a sphere, in units of the cell's length scale.

    Attributes
    ----------
    id : int
        Its number in the labels.
    x, y, height, radius : float
        Of its centre, the height above the interface, and its radius.
    share : float
        Part of it in the cell.
    outer : float
        Radius of the body that closes around it: the distance to the nearest of interface,
        collector, plane of symmetry and halfway to the next void, and at least 1.25 of `radius`.
    """

    id: int
    x: float
    y: float
    height: float
    radius: float
    share: float
    outer: float


@dataclass(frozen=True)
class VoidFit:
    """What the mesh makes of one void of the labels.

    Attributes
    ----------
    id : int
        Its number in the labels.
    kind : str
        ``smooth``, ``voxels``, ``buried`` or ``dropped``.
    volume, mesh_volume : float
        Of the labels and of the mesh [m^3].
    area, mesh_area : float
        Without contact [m^2].
    overhang : float
        Volume beside the foot [m^3]: above the foot in `mesh_volume`, or not in it.
    vertices : int
        Of the interface on its foot.
    across : float
        Elements across the foot, as in a round one of as many vertices.
    """

    id: int
    kind: str
    volume: float
    mesh_volume: float
    area: float
    mesh_area: float
    overhang: float
    vertices: int
    across: float


@dataclass(frozen=True)
class CellVoids:
    """The voids of a cell from an image.

    Attributes
    ----------
    places : ndarray, shape (N, 2)
        Of all interface vertices, in units of the cell's length scale.
    owner : ndarray of int, shape (N,)
        Number of the void on whose foot each stands, 0 in contact.
    spheres : tuple of Sphere
        The buried voids.
    fits : tuple of VoidFit
        What the mesh makes of each void.
    dropped : tuple of float
        Volumes of the voids that became metal [m^3].
    voxel : float
        Edge of a voxel of the labels [m].
    shape : tuple of int
        Layers above the interface, rows and columns of the labels.
    """

    places: FloatArray
    owner: npt.NDArray[np.int64]
    spheres: tuple[Sphere, ...]
    fits: tuple[VoidFit, ...]
    dropped: tuple[float, ...]
    voxel: float
    shape: tuple[int, int, int]

    def summary(self) -> dict[str, float]:
        """Return how many voids became what, and what was dropped or overhangs [um^3]."""
        kinds = [fit.kind for fit in self.fits]
        lost = [fit.volume for fit in self.fits if fit.kind == "dropped"]
        return {
            **{kind: kinds.count(kind) for kind in ("smooth", "voxels", "buried")},
            "dropped": len(self.dropped) + len(lost),
            "dropped_volume_um3": (sum(self.dropped) + sum(lost)) * 1e18,
            "overhang_volume_um3": sum(fit.overhang for fit in self.fits) * 1e18,
        }
