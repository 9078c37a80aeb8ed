"""A small cell with known fields in it, and the case it belongs to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from femna.case import Case, parse_case


@pytest.fixture
def make_case(tmp_path: Path) -> Callable[..., Case]:
    """Return a builder of a coarse case of one symmetry."""

    def build(*, symmetry: str = "plane_strain", pressure: str = "4 MPa") -> Case:
        small = symmetry == "square"
        document: dict[str, Any] = {
            "femna": 1,
            "title": "a small cell",
            "geometry": {
                "kind": "unit_cell",
                "symmetry": symmetry,
                "period": "20 um" if small else "40 um",
                "metal_thickness": "10 um" if small else "30 um",
                "electrolyte_thickness": "10 um" if small else "20 um",
            },
            "metal": {"material": "sodium", "creep": {"law": "norton"}},
            "electrolyte": {"material": "beta_alumina"},
            "interface": {
                "map": {"kind": "uniform"},
                "kinetics": {"law": "linear", "resistance": "8 ohm*cm^2"},
                "roughness": "0.1 um",
                "wall": {"law": "free_slip"},
            },
            "protocol": {
                "temperature": "298.15 K",
                "pressure": pressure,
                "current_density": "1.5 mA/cm^2",
                "charge": "0.1 mAh/cm^2",
                "repeat": 1,
                "steps": [{"do": "strip"}],
            },
            "limits": {"voltage": "3 V", "contact_fraction": 0.01},
            "numerics": {"interface_size": "4 um", "contact_error": 0.005},
            "output": {"fields_at": ["end"]},
        }
        return parse_case(document, folder=tmp_path)

    return build
