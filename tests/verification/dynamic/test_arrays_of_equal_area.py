"""Square, hexagonal and axisymmetric cells of one area and one blocked fraction are close.

How the arrays differ beyond that is shown where no mesh blurs it, in
`reference/test_spectral_conduction.py`.
"""

from __future__ import annotations

from math import pi, sqrt

import pytest

from verification.dynamic.runs import keeps_balances, run

AREA = 400.0  # um^2
PERIODS = {
    "square": sqrt(AREA),
    "hexagonal": sqrt(2.0 * AREA / sqrt(3.0)),
    "axisymmetric": 2.0 * sqrt(AREA / pi),
}
CELL = {
    "geometry.metal_thickness": "12 um",
    "geometry.electrolyte_thickness": "12 um",
    "interface.map": "{ kind = 'patches', blocked_fraction = 0.3, transition = '5 um' }",
    "numerics.interface_size": "3 um",
    "numerics.step": "0.005 mAh/cm^2",
    "protocol.charge": "0.02 mAh/cm^2",
    "metal.creep.n": "1",
    "metal.creep.A": "2.2e-3 1/s/MPa",
}


@pytest.mark.slow
def test_arrays_of_equal_area_and_fraction_are_close_to_the_disc(tmp_path):
    found = {}
    for symmetry, period in PERIODS.items():
        changes = {
            "geometry.symmetry": symmetry,
            "geometry.period": f"{period} um",
            "protocol.pressure": "0.1 MPa",
        }
        if symmetry == "axisymmetric":  # the meridian plane is cheap: its mesh stands for the limit
            changes["numerics.interface_size"] = "0.5 um"
        found[symmetry] = run(tmp_path, CELL | changes)
        keeps_balances(found[symmetry])
    disc = found.pop("axisymmetric")
    for array in found.values():
        assert array.last("contact_fraction") == pytest.approx(
            disc.last("contact_fraction"), abs=5e-4
        )
        assert array.last("voltage_V") == pytest.approx(disc.last("voltage_V"), rel=2e-3)
