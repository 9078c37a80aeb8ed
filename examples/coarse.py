"""The cell that the examples share: the default one, small and coarse, for runs of seconds."""

from typing import Any

import femna

COARSE = {
    "geometry.period": "40 um",
    "geometry.metal_thickness": "30 um",
    "geometry.electrolyte_thickness": "20 um",
    "interface.map": {"kind": "stripes", "blocked_fraction": 0.3, "transition": "4 um"},
    "numerics.interface_size": "2 um",
    "protocol.pressure": "0.2 MPa",
    "protocol.charge": "0.05 mAh/cm^2",
    "limits.contact_fraction": 0.002,
}


def case(**changes: Any) -> femna.Case:
    """Return the case with changes; a dot of a path is written as two underscores."""
    named = {path.replace("__", "."): value for path, value in changes.items()}
    return femna.build_case("case", COARSE | named)
