"""Cases for the tests of the meshes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from femna.case import Case, parse_case


@pytest.fixture
def make_case(tmp_path: Path) -> Callable[..., Case]:
    """Return a builder: keyword tables replace entries of a plane-strain cell with stripes."""

    def build(
        *,
        geometry: dict[str, Any] | None = None,
        chart: dict[str, Any] | None = None,
        kinetics: dict[str, Any] | None = None,
        interface_size: str = "0.5 um",
    ) -> Case:
        cell = {
            "kind": "unit_cell",
            "symmetry": "plane_strain",
            "period": "50 um",
            "metal_thickness": "100 um",
            "electrolyte_thickness": "80 um",
        }
        if geometry is not None and geometry.get("kind") in ("mesh", "image"):
            cell = {}
        stripes = {"kind": "stripes", "blocked_fraction": 0.3, "transition": "1 um"}
        document = {
            "femna": 1,
            "title": "a mesh",
            "geometry": {**cell, **(geometry or {})},
            "metal": {"material": "sodium", "creep": {"law": "norton"}},
            "electrolyte": {"material": "beta_alumina"},
            "interface": {
                "map": chart or stripes,
                "kinetics": kinetics or {"law": "linear", "resistance": "8 ohm*cm^2"},
                "roughness": "0.1 um",
                "wall": {"law": "free_slip"},
            },
            "protocol": {
                "temperature": "298.15 K",
                "pressure": "4 MPa",
                "current_density": "1.5 mA/cm^2",
                "charge": "0.1 mAh/cm^2",
                "repeat": 1,
                "steps": [{"do": "strip"}],
            },
            "limits": {"voltage": "3 V", "contact_fraction": 0.01},
            "numerics": {"interface_size": interface_size, "contact_error": 0.005},
            "output": {"fields_at": ["end"]},
        }
        return parse_case(document, folder=tmp_path)

    return build
