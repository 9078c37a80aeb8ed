"""The mask as a part of the fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from femna.output.parts import Part, gather_body, vectors_at_nodes
from femna.physics.solid import projections
from femna.simulation.bodies.mask import MaskBody

Array = npt.NDArray[np.float64]

MPA = 1e-6
MICROMETRES = 1e6


def mask_part(mask: MaskBody, *, length_scale: float, dimension: int = 2) -> Part | None:
    """Gather displacement and stresses of the mask (collective).

    Parameters
    ----------
    mask : MaskBody
        At the last reaction.
    length_scale : float
        That of the other parts [m]; the electrolyte's surface is at height 0, as theirs.
    dimension : int
        Of the other parts; in three dimensions the height is z.

    Returns
    -------
    Part or None
        On rank 0; None elsewhere. The section of a ring, or the half y >= 0 of a plate. Stresses
        are means over each cell; tension is positive.
    """
    body = mask.body
    displacement = vectors_at_nodes(body.displacement)
    stress = body.stress_of_cells()
    deviator = stress @ projections(stress.shape[1])[1]
    height = body.body.mesh.geometry.dim - 1
    whole = gather_body(
        body.body,
        point_data={"displacement_um": displacement * (mask.length_scale * MICROMETRES)},
        cell_data={
            "von_mises_MPa": np.sqrt(1.5) * np.linalg.norm(deviator, axis=1) * MPA,
            "vertical_stress_MPa": stress[:, height] * MPA,
            "radial_stress_MPa": _radial(body.body.mesh, stress) * MPA,
        },
    )
    if whole is None:
        return None
    if mask.share < 1.0:
        whole = _with_lower_half(whole, mask, height)
    if height == 2:
        whole = _with_mirror_image(whole, axis=0, at=0.0)
    elif dimension == 3:
        whole = _upright(whole)
    points = whole.points * (mask.length_scale / length_scale)
    return replace(whole, points=points)


def _radial(mesh: Any, stress: Array) -> Array:
    """Return the normal stress away from the axis, of owned cells; Mandel vectors (N, n)."""
    if mesh.geometry.dim == 2:
        return stress[:, 0]
    corners = mesh.geometry.dofmaps[0][: len(stress)]
    x, y = mesh.geometry.x[corners].mean(axis=1)[:, :2].T
    sheared = np.sqrt(2.0) * stress[:, 5] * x * y
    return np.asarray((stress[:, 0] * x**2 + stress[:, 1] * y**2 + sheared) / (x**2 + y**2))


def _upright(section: Part) -> Part:
    """Return a section that stands on the x axis, its height along z instead of y."""
    order = [0, 2, 1]
    moved = {name: values[:, order] for name, values in section.point_data.items()}
    return replace(section, points=section.points[:, order], point_data=moved)


def _with_lower_half(upper: Part, mask: MaskBody, height: int) -> Part:
    """Return the upper half of a mask and its mirror image, resting on the electrolyte.

    The plane of symmetry then sinks by half of what the mask is shortened, by platen and
    electrolyte.
    """
    shortening = -mask.room(mask.descent - mask.foundation * mask.last.force)
    whole = _with_mirror_image(upper, axis=height, at=0.5)
    whole.point_data["displacement_um"][:, height] -= 0.5 * max(shortening, 0.0) * MICROMETRES
    return whole


def _with_mirror_image(half: Part, *, axis: int, at: float) -> Part:
    """Return a part and its image beyond a plane normal to an axis."""
    image = half.points.copy()
    image[:, axis] = 2.0 * at - image[:, axis]
    sign = np.where(np.arange(3) == axis, -1.0, 1.0)
    # mirrored cells turn the other way round
    turned = half.cells[:, [0, 2, 1, *range(3, half.cells.shape[1])]] + len(half.points)
    return Part(
        np.concatenate([half.points, image]),
        np.concatenate([half.cells, turned]),
        {name: np.concatenate([v, v * sign]) for name, v in half.point_data.items()},
        {name: np.concatenate([v, v]) for name, v in half.cell_data.items()},
    )
