"""The mask as a part of the fields."""

from __future__ import annotations

import numpy as np

from femna.output.parts import Part, gather_body, vectors_at_nodes
from femna.physics.solid import projections
from femna.simulation.bodies.mask import MaskBody

MPA = 1e-6
MICROMETRES = 1e6


def mask_part(mask: MaskBody, *, length_scale: float) -> Part | None:
    """Gather displacement and stresses of the mask's section (collective).

    Parameters
    ----------
    mask : MaskBody
        At the last reaction.
    length_scale : float
        That of the other parts [m]; the electrolyte's surface is at height 0, as theirs.

    Returns
    -------
    Part or None
        On rank 0; None elsewhere. Stresses are means over each cell; tension is positive.
    """
    body = mask.body
    displacement = vectors_at_nodes(body.displacement)
    stress = body.stress_of_cells()
    deviator = stress @ projections(stress.shape[1])[1]
    found = gather_body(
        body.body,
        point_data={"displacement_um": displacement * (mask.length_scale * MICROMETRES)},
        cell_data={
            "von_mises_MPa": np.sqrt(1.5) * np.linalg.norm(deviator, axis=1) * MPA,
            "vertical_stress_MPa": stress[:, 1] * MPA,
            "radial_stress_MPa": stress[:, 0] * MPA,
        },
    )
    if found is None:
        return None
    whole = found if mask.share == 1.0 else _with_lower_half(found, mask)
    points = whole.points * (mask.length_scale / length_scale)
    return Part(points, whole.cells, whole.point_data, whole.cell_data)


def _with_lower_half(upper: Part, mask: MaskBody) -> Part:
    """Return the upper half of a mask and its mirror image, resting on the electrolyte.

    The plane of symmetry then sinks by half of what the platen has shortened the mask.
    """
    up, down = upper.points, upper.points.copy()
    down[:, 1] = 1.0 - down[:, 1]
    sunk = 0.5 * max(-mask.room(mask.descent), 0.0) * MICROMETRES
    above = upper.point_data["displacement_um"]
    below = above.copy()
    below[:, 1] *= -1.0
    moved = np.concatenate([above, below])
    moved[:, 1] -= sunk
    # mirrored triangles turn the other way round
    turned = upper.cells[:, [0, 2, 1, *range(3, upper.cells.shape[1])]] + len(up)
    return Part(
        np.concatenate([up, down]),
        np.concatenate([upper.cells, turned]),
        {"displacement_um": moved},
        {name: np.concatenate([v, v]) for name, v in upper.cell_data.items()},
    )
