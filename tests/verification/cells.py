"""Unit cells of femna's own making for verification: from a case to its system, and one step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from mpi4py import MPI

from femna.case import load_case
from femna.simulation.setup import Model, build_model
from femna.simulation.step import StepData

CASE = """
femna = 1
title = "verification"
[geometry]
kind = "unit_cell"
symmetry = "plane_strain"
period = "50 um"
metal_thickness = "100 um"
electrolyte_thickness = "100 um"
[metal]
material = "sodium"
creep = { law = "norton", n = 5, A = "0.53 1/s/MPa^5" }
molar_volume = "23.7 cm^3/mol"
[electrolyte]
material = "beta_alumina"
conductivity = "2 mS/cm"
[interface]
map = { kind = "stripes", blocked_fraction = 0.5, transition = "1 um" }
kinetics = { law = "linear", resistance = "8 ohm*cm^2" }
roughness = "0.1 um"
wall = { law = "free_slip" }
[protocol]
temperature = "298.15 K"
pressure = "0.3 MPa"
current_density = "0.5 mA/cm^2"
charge = "0.1 mAh/cm^2"
repeat = 1
steps = [{ do = "strip" }]
[limits]
voltage = "3 V"
contact_fraction = 0.01
[numerics]
interface_size = "2 um"
"""
BLOCKED_STRIPES = "interface.map.blocked_fraction"
LINEAR_CREEP = {"metal.creep.n": "1", "metal.creep.A": "1e-9 1/s/Pa"}


def model(folder: Path, changes: dict[str, str] | None = None, *, refine: float = 1.0) -> Model:
    """Mesh and set up the case above with some entries changed."""
    path = folder / "case.toml"
    path.write_text(CASE)
    return build_model(load_case(path, changes or {}), MPI.COMM_SELF, refine=refine)


def set_step(model: Model, *, dt: float, current: float = 1.0, pressure: float = 1.0) -> StepData:
    """Ask for a step of dimensionless length `dt` from a closed interface."""
    temperature = model.case.protocol.temperature
    step = StepData(
        dt=dt,
        old_gap=np.zeros_like(model.system.z),
        current=current,
        pressure=pressure,
        temperature=temperature,
        law=model.law(temperature),
    )
    model.system.step = step
    return step
