"""A system whose unknowns are set by hand, so that every written value is known.

On a cell of half period 1 (length L): velocity (0, ..., -y) and the out-going horizontal part that
makes it free of divergence, pressure (1 + x) P, potential (1 + y/t) U with t the thickness.
"""

import numpy as np

from femna.constants import FARADAY
from femna.materials import resolve
from femna.mesh import build_cell
from femna.physics.interface import InterfaceLaw
from femna.physics.kinetics import Linear
from femna.simulation.electrolyte import ElectrolyteBlock
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales
from femna.simulation.step import StepData
from femna.simulation.system import System

CLOSED_UP_TO = 0.45  # of the half period; no vertex of these meshes stands there


def known_system(case, comm):
    cell = build_cell(case, comm)
    properties = resolve(case)
    current, resistance = case.protocol.current_density, case.interface.kinetics.resistance
    scales = Scales(
        length=cell.length_scale,
        velocity=properties.metal.molar_volume * current / FARADAY,
        traction=case.protocol.pressure,
        current=current,
        potential=current * resistance,
    )
    metal = MetalBlock(
        cell,
        properties.metal.creep,
        scales,
        rate_floor=1e-6 * scales.rate,
        quadrature_degree=4,
        platen_sticks=False,
    )
    conductivity = properties.electrolyte.conductivity
    electrolyte = ElectrolyteBlock(cell, conductivity * resistance / cell.length_scale)
    system = System(
        cell,
        metal,
        electrolyte,
        scales=scales,
        gap_scale=case.interface.roughness / cell.length_scale,
        voltage_unit=0.1,
    )
    count = len(system.z)
    conducting = system.vertices.horizontal[:, 0].copy()
    system.step = StepData(
        dt=1.0,
        old_gap=np.zeros(count),
        current=1.0,
        pressure=1.0,
        temperature=298.15,
        law=InterfaceLaw(conducting=conducting, kinetics=Linear(resistance), stress_volts=0.0),
    )
    last = cell.metal.mesh.geometry.dim - 1
    stretch = {"plane_strain": 1.0, "axisymmetric": 0.5, "square": 0.5}[cell.symmetry]

    def velocity(x):
        values = stretch * x[: last + 1]
        values[last] = -x[last]
        return values

    metal.fields.velocity.interpolate(velocity)
    metal.fields.pressure.interpolate(lambda x: 1.0 + x[0])
    thickness = case.geometry.electrolyte_thickness / cell.length_scale
    electrolyte.potential.interpolate(lambda x: 1.0 + x[last] / thickness)
    # closed inside with pressure 2 P, open beyond with a gap of one roughness
    system.z = np.where(system.vertices.horizontal[:, 0] < CLOSED_UP_TO, 2.0, -100.0)
    system.voltage = 2.0
    system.scalars[1] = -1.0
    return system, conductivity
