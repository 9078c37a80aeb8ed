"""Stripes in 3D against the same stripes in plane strain (docs/verification.md, line 9)."""

from __future__ import annotations

import pytest

from verification.dynamic.runs import keeps_balances, run
from verification.record import Case

DIMENSIONS = Case(
    name="three_dimensions",
    part="runs",
    title="Stripes in 3D against plane strain",
    formula="contact, voltage and void volume per depth are those of plane strain",
    source="The same cell in two dimensions.",
    mesh="unstructured tetrahedra, 1.5 times finer than the default",
    across="quantity",
    measure="relative difference",
)
SMALL = {
    "geometry.period": "20 um",
    "geometry.metal_thickness": "12 um",
    "geometry.electrolyte_thickness": "12 um",
    "protocol.charge": "0.02 mAh/cm^2",
    "interface.map.transition": "8 um",
    "numerics.interface_size": "4 um",
    "numerics.step": "0.005 mAh/cm^2",
    "metal.creep.n": "1",
    "metal.creep.A": "2.2e-3 1/s/MPa",
}


def compare(folder, pressure: str, refine: float) -> dict[str, float]:
    asked = SMALL | {"protocol.pressure": pressure}
    flat = run(folder, asked, refine=refine)
    solid = run(folder, asked | {"geometry.symmetry": "square"}, refine=refine)
    keeps_balances(solid)
    for name in ("contact_fraction", "voltage_V"):
        assert solid.last(name) == pytest.approx(flat.last(name), rel=5e-3)
    # Void volumes: of the square cell, and of a slice of one micrometre.
    depth = 20.0
    assert solid.last("void_volume_um3") == pytest.approx(
        depth * flat.last("void_volume_um3"), rel=2e-2
    )
    assert solid.last("contact_fraction") < 0.9
    names = ("contact_fraction", "voltage_V")
    return {name: abs(solid.last(name) / flat.last(name) - 1.0) for name in names}


def test_stripes_in_3d_equal_plane_strain(tmp_path, verified):
    # plane strain alone is off by 1 % on the mesh over 1, both by less than 0.1 % over 2
    verified.bound(DIMENSIONS, compare(tmp_path, "0.08 MPa", 1.5), 5e-3)


@pytest.mark.slow
def test_stripes_in_3d_equal_plane_strain_in_the_runaway(tmp_path):
    compare(tmp_path, "0.03 MPa", 1.5)
