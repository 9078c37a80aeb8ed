"""Voids inside a metal that drifts rigidly: their volume on the mesh, and the gap they leave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from femna.physics.buried_void import missing_length, void_volume
from femna.simulation.driver import Driver
from verification.cells import model
from verification.record import Case, Verified

HEIGHT, RADIUS = 6e-6, 4e-6
VOID = "[{ x = '0 um', height = '6 um', radius = '4 um' }]"
RIGID = {
    "geometry.metal_voids": VOID,
    "geometry.void_closure": "false",
    "geometry.period": "40 um",
    "geometry.metal_thickness": "30 um",
    "geometry.electrolyte_thickness": "20 um",
    "interface.map": "{ kind = 'uniform' }",
    # hardly flows, and the current is even: closed metal recedes alike everywhere
    "metal.creep": "{ law = 'norton', n = 1, A = '3e-12 1/s/Pa' }",
    "electrolyte.conductivity": "1e6 mS/cm",
    "protocol.charge": "0.62 mAh/cm^2",
}


COLUMNS = Case(
    name="void_columns",
    part="voids",
    title="Volume of a buried void in the columns over the vertices",
    formula="sum of area x missing length = 4/3 pi a^3 (pi a^2 in plane strain)",
    source="Geometry; the trapezoidal rule on a square root that ends at a node has order 3/2.",
    mesh="the unit cell's own, refined twice",
    across="element over the default",
    measure="relative error of the volume",
)
GAP = Case(
    name="void_met",
    part="voids",
    title="The gap that a void leaves when recession meets it",
    formula="g(x) = height of the void's centre + sqrt(a^2 - x^2)",
    source="A rigid metal brings the void's own shape to the interface.",
    mesh="the unit cell's own; void of radius 4 um, met at 0.62 mAh/cm^2",
    across="distance from the middle [um]",
    measure="gap [um]",
)


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_columns_over_the_vertices_hold_the_void(
    tmp_path: Path, symmetry: str, verified: Verified
) -> None:
    errors = []
    for refine in (1.0, 2.0, 4.0):
        made = model(tmp_path, RIGID | {"geometry.symmetry": symmetry}, refine=refine)
        unit = made.scales.length
        system = made.system
        length = missing_length(RADIUS / unit, system.vertices.horizontal[:, 0])
        half = 0.5 if symmetry == "plane_strain" else 1.0
        exact = half * void_volume(RADIUS / unit, sphere=symmetry == "axisymmetric")
        errors.append(abs(float(system.area @ length) / exact - 1.0))
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    # the trapezoidal rule on a square root that ends at a node: order 3/2
    assert orders == pytest.approx([1.5, 1.5], abs=0.2)
    assert errors[0] < 1e-2
    verified.convergence(COLUMNS, symmetry.replace("_", " "), [1, 1 / 2, 1 / 4], errors, order=1.5)


def test_the_gap_is_the_upper_half_of_the_void(tmp_path: Path, verified: Verified) -> None:
    driver = Driver(model(tmp_path, RIGID))
    unit = driver.model.scales.length
    x = driver.system.vertices.horizontal[:, 0] * unit
    first = None
    for accepted in driver.march():
        height = driver.clock.void_heights[0] * unit
        if first is None and accepted.row["voids_met"]:
            first = height
        assert accepted.row["volume_balance"] < 1e-9
    # met where the lowest point of the void is at the electrolyte, on the metal's own path
    assert first == pytest.approx(RADIUS, rel=1e-9)
    assert abs(height) < 0.1 * RADIUS
    inside = x < 0.95 * np.sqrt(RADIUS**2 - height**2)
    upper = height + np.sqrt(RADIUS**2 - x[inside] ** 2)
    # a vertex is met up to 0.002 of a radius late, and the metal flows by 0.1 % of its drift
    assert driver.stage.gap[inside] * unit == pytest.approx(upper, abs=0.01 * RADIUS)
    outside = x > 1.05 * RADIUS
    assert np.max(driver.stage.gap[outside]) * unit < 0.01 * RADIUS
    assert driver.clock.platen * unit == pytest.approx(height - HEIGHT, rel=1e-12)
    found = driver.stage.gap[inside] * unit
    verified.curve(GAP, "plane strain", 1e6 * x[inside], 1e6 * found, 1e6 * upper)
