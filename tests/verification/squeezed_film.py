"""A film of metal squeezed between two walls, free at its rim: 0 < x < 1, 0 < y < thickness.

Half of it in plane strain, or all of it when axisymmetric. A = 1 (equivalent rate = s_e^n).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from femna.physics.wall import Friction, WallLaw
from verification.flow import Flow, continuation
from verification.meshes import layer, metal_cell

EASINGS = (1e4, 1e3, 1e2, 10.0, 1.0)


def squeezed(
    columns: int,
    rows: int,
    *,
    thickness: float,
    exponent: float = 1.0,
    symmetry: str = "plane_strain",
    wall: WallLaw | None = None,
    collector: WallLaw | None = None,
    platen_sticks: bool = False,
) -> Flow:
    """Return the flow of a film whose walls approach at one thickness per unit of time."""
    arrays = layer(columns, rows, thickness=thickness, ratio=1.0)
    at_rim = np.all(arrays.points[arrays.facets][:, :, 0] > 1.0 - 1e-9, axis=1)
    tags = np.where(at_rim, 4, arrays.tags)
    cell = metal_cell(
        replace(arrays, tags=tags, names={**arrays.names, "rim": 4}), symmetry=symmetry
    )
    flow = Flow(cell, floor=1e-3, wall=wall, collector=collector, platen_sticks=platen_sticks)
    for easing, n in zip(
        [*EASINGS[:1] * (len(continuation(exponent)) - 1), *EASINGS],
        [*continuation(exponent)[:-1], *[exponent] * len(EASINGS)],
        strict=True,
    ):
        flow.metal.easing.value = easing
        flow.squeeze(thickness, n)
    return flow


def force(flow: Flow) -> float:
    """Return the force on the electrolyte's side: of half the film, or of the whole disc."""
    return float(flow.area @ flow.contact)


def rough(coefficient: float, strength: float, thickness: float) -> Friction:
    """Return friction capped at a shear strength, for a film of this thickness."""
    return Friction(
        coefficient=coefficient, strength=lambda _: strength, slip_speed=1e-2 * thickness
    )
