"""The mask as a part of the fields."""

from __future__ import annotations

import numpy as np

from femna.output.parts import Part, gather_body, node_dofs
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
    nodes = node_dofs(body.space)
    displacement = np.zeros((len(nodes), 3))
    displacement[:, :2] = body.displacement.x.array.reshape(-1, 2)[nodes]
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
    points = found.points * (mask.length_scale / length_scale)
    return Part(points, found.cells, found.point_data, found.cell_data)
