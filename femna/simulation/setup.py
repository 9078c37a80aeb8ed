"""From a case to the discrete problem: scales, blocks, laws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from mpi4py import MPI

from femna.case import Case, LinearKinetics
from femna.constants import FARADAY
from femna.materials import Properties, resolve
from femna.mesh import Cell, build_cell, conducting_map
from femna.physics.flow_stress import flow_stress
from femna.physics.interface import InterfaceLaw
from femna.physics.kinetics import ButlerVolmer, Kinetics, Linear
from femna.simulation.electrolyte import ElectrolyteBlock
from femna.simulation.memory import ElasticModuli
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales
from femna.simulation.system import System

STICKING: Final = 1e4
"""Drag of a wall that sticks, over the metal's own (flow stress over velocity): the metal slides
at some 1e-4 of the velocity scale instead of not at all."""

VOLTAGE_UNIT: Final = 0.1
"""Voltage over the potential scale below which the unknown asinh(V) is linear in V."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A case made computable; the thicknesses [m] are those of the meshes."""

    case: Case
    properties: Properties
    cell: Cell
    scales: Scales
    system: System
    conducting: np.ndarray[Any, np.dtype[np.float64]]
    metal_thickness: float
    electrolyte_thickness: float

    def law(self, temperature: float) -> InterfaceLaw:
        """Return the interface's local law at a temperature [K]."""
        kinetics = self.case.interface.kinetics
        volts = self.scales.traction * self.properties.metal.molar_volume / FARADAY
        return InterfaceLaw(
            conducting=self.conducting,
            kinetics=kinetic_law(self.case, temperature),
            stress_volts=volts if kinetics.stress_term else 0.0,
            adhesion=self.system.transport.adhesion,
        )


def kinetic_law(case: Case, temperature: float) -> Kinetics:
    """Return the kinetic law that a case asks for, at a temperature [K]."""
    kinetics = case.interface.kinetics
    if isinstance(kinetics, LinearKinetics):
        return Linear(kinetics.resistance)
    return ButlerVolmer(
        kinetics.exchange_current_density, kinetics.transfer_coefficient, temperature
    )


def build_model(case: Case, comm: Any, *, refine: float = 1.0) -> Model:
    """Mesh a case and set up its discrete problem (collective).

    Parameters
    ----------
    case : Case
        The validated case.
    comm : MPI.Comm
        Communicator of the meshes.
    refine : float
        Divides every element size of a unit cell, for studies of convergence.

    Raises
    ------
    InputError, ComputationError
        On every rank: what the case asks for cannot be meshed or set up.
    """
    properties = resolve(case)
    cell = build_cell(case, comm, refine=refine)
    protocol, interface = case.protocol, case.interface
    current = protocol.current_density
    resistance = kinetic_law(case, protocol.temperature).resistance
    scales = Scales(
        length=cell.length_scale,
        velocity=properties.metal.molar_volume * current / FARADAY,
        traction=protocol.pressure,
        current=current,
        potential=current * resistance,
    )
    floor = case.numerics.strain_rate_floor * scales.velocity / (2.0 * cell.half_period)
    metal = properties.metal
    moduli = None
    if metal.shear_modulus is not None and metal.bulk_modulus is not None:
        moduli = ElasticModuli(shear=metal.shear_modulus, bulk=metal.bulk_modulus)
    drag = 0.0
    if interface.wall.law == "sticking":
        stress, _ = flow_stress(
            metal.creep, np.array([scales.rate]), temperature=protocol.temperature
        )
        drag = STICKING * float(stress[0]) / scales.traction
    block = MetalBlock(
        cell,
        metal.creep,
        scales,
        rate_floor=floor,
        quadrature_degree=case.numerics.quadrature_degree,
        wall_drag=drag,
        platen_sticks=case.metal.collector_wall.law == "sticking",
        elastic=moduli,
    )
    electrolyte = ElectrolyteBlock(
        cell, properties.electrolyte.conductivity * resistance / scales.length
    )
    system = System(
        cell,
        block,
        electrolyte,
        scales=scales,
        gap_scale=interface.roughness / scales.length,
        voltage_unit=VOLTAGE_UNIT,
        surface=properties.surface,
    )
    chart = conducting_map(case, half_period=cell.half_period)
    conducting = chart(system.vertices.horizontal * cell.length_scale)
    return Model(
        case=case,
        properties=properties,
        cell=cell,
        scales=scales,
        system=system,
        conducting=np.asarray(conducting),
        metal_thickness=_extent(cell.metal.mesh, 1.0) * scales.length,
        electrolyte_thickness=_extent(cell.electrolyte.mesh, -1.0) * scales.length,
    )


def _extent(mesh: Any, sign: float) -> float:
    """Return how far a mesh reaches from the interface, upwards (+1) or downwards (-1)."""
    heights = sign * mesh.geometry.x[:, mesh.geometry.dim - 1]
    return float(mesh.comm.allreduce(float(np.max(heights, initial=0.0)), op=MPI.MAX))
