"""The cell of a labelled stack: columns over the interface up to above the voids, then tetrahedra.

Gmsh meshes the electrolyte and the metal above the voids as two boxes that share a plane, fine at
the voids. The plane is then the interface, and the columns between it and the upper box carry the
voids, so that no shape of a void reaches what Gmsh has made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.spatial import cKDTree

from femna.case.checks import MOST_ELEMENTS
from femna.constants import FARADAY
from femna.errors import InputError
from femna.materials import largest_net_charge, resolve
from femna.mesh.arrays import (
    ELECTROLYTE_FACETS,
    METAL_FACETS,
    BodyArrays,
    CellArrays,
    IntArray,
    compact,
    external_facets,
    snap,
    tag_box,
    with_free_sides,
)
from femna.mesh.blurred_void import BlurredVoid
from femna.mesh.cell_voids import CellVoids, Sphere, VoidFit
from femna.mesh.gmsh_session import generate, gmsh_model
from femna.mesh.image_size import SizeField, size_field
from femna.mesh.image_voids import BuriedVoid, ImageVoids, find_voids
from femna.mesh.label_stack import KEY, LabelStack, read_labels
from femna.mesh.step import FloatArray
from femna.mesh.unit_cell_3d import ELECTROLYTE_GROWTH, METAL_GROWTH
from femna.mesh.void_columns import build_columns, vertex_areas, vertex_sizes
from femna.mesh.void_rims import RimFit
from femna.mesh.void_surface import Ground, VoidSurface, room, void_surface

if TYPE_CHECKING:
    from femna.case import Case, ImageCell

_FILLED: Final = 0.85
"""Share of the metal's thickness from which on the columns reach the collector."""


def image_cell(case: Case, geometry: ImageCell, *, refine: float = 1.0) -> CellArrays:
    """Mesh the cell of a labelled stack.

    Parameters
    ----------
    case : Case
        The validated case.
    geometry : ImageCell
        Its geometry.
    refine : float
        Divides every element size, for studies of convergence.

    Returns
    -------
    CellArrays
        In units of half of the extent along x, the columns of the stack; y along its rows.

    Raises
    ------
    InputError
        If the stack cannot be used, or its metal is too thin for its voids.
    """
    stack = read_labels(geometry)
    voids = find_voids(stack, geometry)
    if not voids.open and not voids.buried:
        limit = f"drops all {len(voids.dropped)} voids of {stack.path}"
        value = f"{geometry.minimum_volume * 1e18:.6g} um^3"
        raise InputError(None, "geometry.minimum_volume", value, limit, "lower it")
    removed = largest_net_charge(case) * resolve(case).metal.molar_volume / FARADAY
    thickness = geometry.metal_thickness or stack.height
    layers = _Layers.of(
        stack,
        geometry,
        thickness,
        _top(voids, geometry, removed / stack.voxel) * stack.voxel,
        removed,
    )
    coarsest = case.numerics.interface_size or _usual_size(stack, geometry, thickness)
    _check_sizes(stack, geometry, coarsest)
    sizes = size_field(stack, voids, geometry, coarsest=coarsest, recession=removed)
    return _mesh(stack, voids, geometry, layers, sizes, refine)


def _check_sizes(stack: LabelStack, geometry: ImageCell, coarsest: float) -> None:
    """Refuse elements, and a blur of the voids, of a size that no machine holds."""
    largest, smoothing = max(stack.extent), geometry.smoothing
    if largest > MOST_ELEMENTS[3] * coarsest:
        size = f"elements of {coarsest * 1e6:.3g} um along {largest * 1e6:.4g} um"
        limit = f"makes {size}, more than {MOST_ELEMENTS[3]} to a side"
        key = "geometry.electrolyte_thickness or numerics.interface_size"
        raise InputError(None, key, "(too small)", limit, "make it larger")
    if smoothing is not None and smoothing > largest:
        limit = f"must be at most {largest * 1e6:.4g} um, the extent of the stack"
        value = f"{smoothing * 1e6:.4g} um"
        raise InputError(None, "geometry.smoothing", value, limit, "make it smaller")


def _usual_size(stack: LabelStack, geometry: ImageCell, thickness: float) -> float:
    """Return the element size far from the voids [m], as a unit cell has it."""
    return min(*stack.extent, thickness, geometry.electrolyte_thickness) / 10.0


def _top(voids: ImageVoids, geometry: ImageCell, recession: float) -> float:
    """Return the height that the mesh of the voids needs [voxels]."""
    raised = geometry.overhang == "raised"
    return max([voids.top(recession), *(room(void, raised=raised)[1] for void in voids.open)])


@dataclass(frozen=True)
class _Layers:
    """Heights in units of `unit` [m]: of metal, electrolyte, columns, and what is stripped."""

    unit: float
    base: tuple[float, float]
    thickness: float
    depth: float
    columns: float
    removed: float

    @classmethod
    def of(
        cls, stack: LabelStack, geometry: ImageCell, thickness: float, top: float, removed: float
    ) -> _Layers:
        unit = 0.5 * stack.extent[0]
        needed = 1.1 * (top + removed)
        if needed > thickness:
            raise InputError(
                None,
                "geometry.metal_thickness",
                f"{thickness * 1e6:.5g} um",
                f"the voids of {stack.path} reach up to {top * 1e6:.5g} um, and {removed * 1e6:.4g}"
                f" um are stripped: it must be at least {needed * 1e6:.5g} um",
                "make the metal thicker, take less charge, or drop what overhangs",
            )
        columns = min(1.4 * (top + removed) + 2.0 * stack.voxel, thickness)
        if columns > _FILLED * thickness:
            columns = thickness
        return cls(
            unit,
            (2.0, 2.0 * stack.extent[1] / stack.extent[0]),
            thickness / unit,
            geometry.electrolyte_thickness / unit,
            columns / unit,
            removed / unit,
        )

    @property
    def ceiling(self) -> float:
        """Height that no void may exceed, with room below the columns' ends for the recession."""
        return self.columns / 1.05 - self.removed


def _mesh(
    stack: LabelStack,
    voids: ImageVoids,
    geometry: ImageCell,
    layers: _Layers,
    sizes: SizeField,
    refine: float,
) -> CellArrays:
    unit = layers.unit
    points, cells = _boxes(layers, sizes, refine)
    below = points[cells][:, :, 2].mean(axis=1) < 0.0
    nodes, triangles = _interface(points, cells[below])
    smoothing = stack.voxel if geometry.smoothing is None else geometry.smoothing
    blurred = [BlurredVoid.of(void, width=smoothing / stack.voxel) for void in voids.open]
    ground = _ground(points, cells, nodes, triangles, blurred, unit / stack.voxel)
    surface = void_surface(
        blurred,
        ground,
        voxel=stack.voxel,
        ceiling=layers.ceiling * unit / stack.voxel,
        smooth=geometry.surface == "smooth",
        raised=geometry.overhang == "raised",
    )
    points[nodes, :2] = ground.rims.places[:, ::-1] * (stack.voxel / unit)
    places = points[nodes, :2]
    electrolyte = tag_box(
        *compact(points, cells[below])[:2], height=-layers.depth, names=ELECTROLYTE_FACETS
    )
    if not (surface.owner > 0).any() and not voids.buried:
        limit = "holds no void that the mesh can show"
        raise InputError(stack.path, KEY, "(all dropped)", limit, "raise geometry.elements_across")
    if (surface.owner > 0).all():
        limit = "leaves no contact between metal and electrolyte"
        raise InputError(stack.path, KEY, "(open everywhere)", limit, "take another part of it")
    columns = build_columns(
        places,
        triangles,
        gap=surface.gap / unit,
        sizes=vertex_sizes(places, triangles),
        height=layers.columns,
    )
    metal = _metal(columns, points, cells[~below], nodes, layers)
    if geometry.sides == "free":
        metal = with_free_sides(metal)
    return CellArrays(
        metal=metal,
        electrolyte=electrolyte,
        symmetry="rectangle",
        length_scale=unit,
        half_period=stack.extent[0],
        columns=layers.columns,
        voids=_kept(stack, voids, layers, places, surface),
    )


def _boxes(layers: _Layers, sizes: SizeField, refine: float) -> tuple[FloatArray, IntArray]:
    """Mesh the electrolyte, and the metal above the columns as if it stood on the interface."""
    upper = layers.thickness - layers.columns
    size = _size(layers, sizes, refine, upper)
    with gmsh_model() as module:
        occ = module.model.occ
        parts = [(3, occ.addBox(0.0, 0.0, -layers.depth, *layers.base, layers.depth))]
        if upper > 0.0:
            parts.append((3, occ.addBox(0.0, 0.0, 0.0, *layers.base, upper)))
            occ.fragment(parts[:1], parts[1:])
        occ.synchronize()
        points, cells = generate(module, 3, size)
    planes = ((0, (0.0, layers.base[0])), (1, (0.0, layers.base[1])), (2, (-layers.depth, 0.0)))
    for axis, values in planes:
        snap(points, axis, values, within=1e-10)
    return points, cells


def _size(
    layers: _Layers, sizes: SizeField, refine: float, upper: float
) -> Callable[[float, float, float], float]:
    unit = layers.unit
    far_metal = min(0.25, max(upper, layers.columns) / 4.0)
    far_electrolyte = min(0.25, layers.depth / 6.0)

    def size(x: float, y: float, z: float) -> float:
        near = sizes(x * unit, y * unit) / unit
        if z >= 0.0:
            return min(near + METAL_GROWTH * z, far_metal) / refine
        return min(near - ELECTROLYTE_GROWTH * z, far_electrolyte) / refine

    return size


def _interface(points: FloatArray, electrolyte: IntArray) -> tuple[IntArray, IntArray]:
    """Return the nodes at height 0, and the triangles between them as rows of these nodes."""
    facets = external_facets(electrolyte)
    on = facets[np.all(points[facets][:, :, 2] == 0.0, axis=1)]
    nodes = np.unique(on)
    return nodes, np.searchsorted(nodes, on)


def _ground(
    points: FloatArray,
    cells: IntArray,
    nodes: IntArray,
    triangles: IntArray,
    voids: list[BlurredVoid],
    voxels: float,
) -> Ground:
    """Return the interface with the outlines of voids; `voxels` is how many make a unit."""
    fit = RimFit(points * voxels, cells, nodes=nodes, triangles=triangles)
    rims = fit(voids)
    return Ground(rims, triangles, vertex_areas(rims.places, triangles))


def _metal(
    columns: Any, points: FloatArray, upper: IntArray, nodes: IntArray, layers: _Layers
) -> BodyArrays:
    """Join the columns and what stands on them."""
    count = len(columns.points)
    number = np.arange(len(points)) + count
    number[nodes] = columns.top
    lifted = points + np.array([0.0, 0.0, layers.columns])
    every = np.concatenate([columns.points, lifted])
    cells = np.concatenate([columns.cells, number[upper]])
    kept, renumbered, _ = compact(every, cells)
    top = np.abs(kept[:, 2] - layers.thickness) < 1e-9
    kept[top, 2] = layers.thickness
    return tag_box(kept, renumbered, height=layers.thickness, names=METAL_FACETS)


def _kept(
    stack: LabelStack,
    voids: ImageVoids,
    layers: _Layers,
    places: FloatArray,
    surface: VoidSurface,
) -> CellVoids:
    voxel = stack.voxel
    return CellVoids(
        places=places,
        owner=surface.owner,
        spheres=_spheres(voids, layers, voxel / layers.unit),
        fits=(*surface.fits, *(_buried_fit(void, voxel) for void in voids.buried)),
        dropped=tuple(volume * voxel**3 for volume in voids.dropped),
        voxel=voxel,
        shape=(stack.ids.shape[0], stack.ids.shape[1], stack.ids.shape[2]),
    )


def _buried_fit(void: BuriedVoid, voxel: float) -> VoidFit:
    volume = void.volume * voxel**3
    return VoidFit(void.id, "buried", volume, volume, 0.0, 0.0, 0.0, 0, 0.0)


def _spheres(voids: ImageVoids, layers: _Layers, voxel: float) -> tuple[Sphere, ...]:
    """Return the buried voids in units of the cell."""
    middles = [
        (0.0, void.corner[0] + 0.5 * void.foot.shape[0], void.corner[1] + 0.5 * void.foot.shape[1])
        for void in voids.open
    ]
    every = np.array([*middles, *(void.centre for void in voids.buried)]).reshape(-1, 3) * voxel
    tree = cKDTree(every)
    found = []
    for void in voids.buried:
        height, y, x = (float(at) for at in np.array(void.centre) * voxel)
        radius = void.radius * voxel
        room = [height, layers.thickness - height]
        for at, end in ((x, layers.base[0]), (y, layers.base[1])):
            room += [gap for gap in (at, end - at) if gap > 0.0]
        if len(every) > 1:
            room.append(0.5 * float(tree.query([height, y, x], k=2)[0][1]))
        outer = max(min(room), 1.25 * radius)
        found.append(Sphere(void.id, x, y, height, radius, void.share, outer))
    return tuple(found)
