"""From a case to the discrete problem: scales, blocks, laws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from mpi4py import MPI

from femna.case import (
    Case,
    Stack,
    across,
    counter_case,
    platen_clearance,
    shares_electrolyte,
    window,
)
from femna.case.quadrature import quadrature_degree
from femna.constants import FARADAY
from femna.materials import Properties, UserLaw, resolve
from femna.mesh import Cell, build_cell, conducting_map
from femna.mesh.bodies import on_root
from femna.mesh.maps import ConductingMap
from femna.mesh.outline import Outline
from femna.physics.interface import InterfaceLaw
from femna.simulation.bodies.figures import figure_of
from femna.simulation.bodies.mask import MaskBody
from femna.simulation.dual_basis import dual_average
from femna.simulation.elastic_cell import elastic_electrolyte, foundation
from femna.simulation.elastic_memory import ElasticModuli
from femna.simulation.electrolyte import ElectrolyteBlock
from femna.simulation.interface_law import interface_law, kinetic_law
from femna.simulation.mask_load import MaskLoad
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales
from femna.simulation.system import System
from femna.simulation.wall_laws import wall_law, wall_sources

VOLTAGE_UNIT: Final = 0.1
"""Voltage over the potential scale below which the unknown asinh(V) is linear in V."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A case made computable; the thicknesses [m] are those of the meshes.

    `conducting` holds the map `chart` at the interface's vertices, where they are now. What belongs
    to this electrode of the electrolyte's thickness is `own_electrolyte`: all of it, or half of
    what it shares with the counter electrode. A mesh that was made anew has its `outline`; lengths
    are still in units of the first radius, and `metal_thickness` is the first one.
    """

    case: Case
    properties: Properties
    cell: Cell
    scales: Scales
    system: System
    chart: ConductingMap
    conducting: np.ndarray[Any, np.dtype[np.float64]]
    conducting_fraction: float
    metal_thickness: float
    electrolyte_thickness: float
    own_electrolyte: float
    refine: float = 1.0
    outline: Outline | None = None

    def law(self, temperature: float, current: float = 0.0, *, charge: float = 0.0) -> InterfaceLaw:
        """Return the interface's local law at a temperature [K] and applied current [A/m^2].

        Without a current, at rest, the asperities have the hardness of the nominal one. `charge`
        is what has passed in the half cycle [C/m^2].
        """
        return interface_law(
            self.case,
            self.properties,
            self.scales,
            conducting=self.conducting,
            adhesion=self.system.transport.adhesion,
            temperature=temperature,
            current=abs(current) or self.scales.current,
            charge=charge,
        )

    def renew_conducting(self) -> None:
        """Read the conducting map where the interface's vertices are now (collective)."""
        self.conducting[:] = _conducting(self.cell, self.system, self.chart)

    def relative_conductivity(self, temperature: float) -> float:
        """Return the electrolyte's conductivity at a temperature [K] over the nominal one."""
        conductivity = self.properties.electrolyte.conductivity_at
        return conductivity(temperature) / conductivity(self.case.protocol.temperature)


def build_model(
    case: Case,
    comm: Any,
    *,
    refine: float = 1.0,
    shared: bool | None = None,
    outline: Outline | None = None,
    total_area: float | None = None,
) -> Model:
    """Mesh a case and set up its discrete problem (collective).

    Parameters
    ----------
    case : Case
        The validated case.
    comm : MPI.Comm
        Communicator of the meshes.
    refine : float
        Divides every element size of a unit cell, for studies of convergence.
    shared : bool, optional
        Whether the electrolyte lies between two electrodes; else what the case says.
    outline : Outline, optional
        Of a stack's metal that has changed its shape (`renewed`).
    total_area : float, optional
        As for `System`.

    Raises
    ------
    InputError, ComputationError
        On every rank: what the case asks for cannot be meshed or set up.
    """
    properties = resolve(case)
    if isinstance(properties.metal.creep, UserLaw):
        on_root(comm, properties.metal.creep.load)
    shared = shares_electrolyte(case) if shared is None else shared
    cell = build_cell(across(case) if shared else case, comm, refine=refine, outline=outline)
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
    receding = scales.velocity / cell.half_period
    floor = 0.5 * case.numerics.strain_rate_floor * receding
    metal = properties.metal
    moduli = None
    if metal.shear_modulus is not None and metal.bulk_modulus is not None:
        moduli = ElasticModuli(shear=metal.shear_modulus, bulk=metal.bulk_modulus)
    thickness = _extent(cell.metal.mesh, 1.0) * cell.length_scale
    if isinstance(case.geometry, Stack):  # under a tilted platen that is the thick end
        thickness = case.geometry.metal_thickness
    # in a layer thinner than the half period metal flows along the walls, by length over thickness
    # faster than it recedes, and shears across the thickness
    shearing = receding / min(1.0, thickness / cell.half_period) ** 2
    sources = wall_sources(case, metal.creep, rate=shearing)
    properties = replace(properties, sources=(*properties.sources, *sources))
    wall, collector = (
        wall_law(chosen, metal.creep, scales, rate=shearing, temperature=protocol.temperature)
        for chosen in (interface.wall, case.metal.collector_wall)
    )
    block = MetalBlock(
        cell,
        metal.creep,
        scales,
        rate_floor=floor,
        quadrature_degree=quadrature_degree(case.numerics, cell.symmetry),
        platen_sticks=case.metal.collector_wall.law == "sticking",
        wall=wall,
        collector=collector,
        elastic=moduli,
        porous=case.cycling is not None and case.cycling.porous_creep != "none",
    )
    conductivity = properties.electrolyte.conductivity_at(protocol.temperature)
    electrolyte = ElectrolyteBlock(cell, conductivity * resistance / scales.length)
    system = System(
        cell,
        block,
        electrolyte,
        scales=scales,
        gap_scale=properties.interface.roughness / scales.length,
        voltage_unit=VOLTAGE_UNIT,
        surface=properties.surface,
        total_area=total_area,
    )
    elastic = elastic_electrolyte(case, system, properties.electrolyte)
    system.elastic_electrolyte = elastic
    if case.mask is not None and properties.mask is not None:
        opening = window(case, case.mask)
        body = MaskBody(
            comm,
            case.mask,
            properties.mask,
            figure=figure_of(opening, case.mask.outer_radius),
            clearance=platen_clearance(case, case.mask),
            foundation=foundation(case, elastic, comm=comm, length_scale=scales.length),
        )
        system.mask = MaskLoad(
            body,
            scales,
            electrode_area=opening.electrode.area,
            total_area=system.total_area,
        )
    chart = conducting_map(case, half_period=cell.half_period)
    deep = _extent(cell.electrolyte.mesh, -1.0) * scales.length
    return Model(
        case=case,
        properties=properties,
        cell=cell,
        scales=scales,
        system=system,
        chart=chart,
        conducting=_conducting(cell, system, chart),
        conducting_fraction=chart.mean,
        metal_thickness=thickness,
        electrolyte_thickness=deep,
        own_electrolyte=0.5 * deep if shared else deep,
        refine=refine,
        outline=outline,
    )


def renewed(model: Model, outline: Outline | None) -> Model:
    """Mesh and set up a model anew for metal of another outline, None for the first (collective).

    Raises
    ------
    ComputationError
        On every rank, if Gmsh fails.
    """
    system = model.system
    return build_model(
        model.case,
        system.comm,
        refine=model.refine,
        outline=outline,
        total_area=system.total_area,
    )


def build_counter(case: Case, comm: Any, *, refine: float = 1.0) -> Model | None:
    """Mesh and set up a case's counter electrode (collective); None without one."""
    if case.counter is None:
        return None
    shared = shares_electrolyte(case)
    return build_model(counter_case(case), comm, refine=refine, shared=shared)


def _conducting(
    cell: Cell, system: System, chart: ConductingMap
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the conducting map's means over the vertices' dual functions, in [0, 1]."""
    mean = dual_average(
        cell,
        system.metal.pressure_space,
        system.vertices.metal,
        lambda horizontal: np.asarray(chart(horizontal * cell.length_scale)),
    )
    return np.clip(mean, 0.0, 1.0)  # fourth order, as the average


def _extent(mesh: Any, sign: float) -> float:
    """Return how far a mesh reaches from the interface, upwards (+1) or downwards (-1)."""
    heights = sign * mesh.geometry.x[:, mesh.geometry.dim - 1]
    return float(mesh.comm.allreduce(float(np.max(heights, initial=0.0)), op=MPI.MAX))
