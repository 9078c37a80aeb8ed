"""Whole cells for verification: from a few lengths to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mpi4py import MPI

from femna.case import Case, load_case
from femna.simulation.setup import Model, build_model

CASE = """
femna = 1
title = "verification"
[geometry]
kind = "stack"
electrode_diameter = "5 mm"
metal_thickness = "100 um"
electrolyte_diameter = "10 mm"
electrolyte_thickness = "0.7 mm"
[metal]
material = "sodium"
creep = { law = "norton", n = 5, A = "0.53 1/s/MPa^5" }
collector_wall = { law = "sticking" }
[electrolyte]
material = "beta_alumina"
conductivity = "2 mS/cm"
[interface]
map = { kind = "uniform" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
wall = { law = "sticking" }
[protocol]
temperature = "298.15 K"
pressure = "4 MPa"
current_density = "1.5 mA/cm^2"
charge = "0.1 mAh/cm^2"
steps = [{ do = "strip" }]
[limits]
voltage = "3 V"
"""


def stack_case(folder: Path, changes: dict[str, str] | None = None) -> Case:
    """Read the case above with some entries changed."""
    path = folder / "stack.toml"
    path.write_text(CASE)
    return load_case(path, changes or {})


def stack_model(folder: Path, changes: dict[str, str] | None = None, **options: Any) -> Model:
    """Mesh and set up the case above with some entries changed."""
    return build_model(stack_case(folder, changes), MPI.COMM_SELF, **options)
