"""Square, hexagonal and axisymmetric cells of one area and one blocked fraction are close.

The hexagon is nearer to the circle than the square is: what a patch feels of its neighbours first
depends on their number, four or six.
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


def compare(folder, pressure, refine, *, limit):
    found = {}
    for symmetry, period in PERIODS.items():
        asked = {"geometry.symmetry": symmetry, "geometry.period": f"{period} um"}
        # the meridian plane is cheap: fine enough to stand for the limit
        size = {"numerics.interface_size": "0.5 um"} if symmetry == "axisymmetric" else {}
        asked |= {"protocol.pressure": pressure}
        found[symmetry] = run(folder, CELL | asked | size, refine=refine)
        keeps_balances(found[symmetry])
    disc = found.pop("axisymmetric")
    for array in found.values():
        for name in ("contact_fraction", "voltage_V"):
            assert array.last(name) == pytest.approx(disc.last(name), rel=limit)
        # volumes are those of the whole cell around one patch: equal areas, equal volumes
        assert array.last("void_volume_um3") == pytest.approx(
            disc.last("void_volume_um3"), rel=10.0 * limit
        )
    return disc, found
