"""The functions on the metal's mesh: unknowns, what the creep law gives, what is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dolfinx import fem
from petsc4py import PETSc

from femna.mesh import Cell
from femna.physics.flow_stress import CreepLaw
from femna.physics.hardening import HardeningLaw
from femna.physics.metal import MetalFields
from femna.simulation.discretisation import Quadrature
from femna.simulation.elastic_memory import ElasticModuli
from femna.simulation.memory import MetalMemory
from femna.simulation.porous_metal import porous_fields
from femna.simulation.scales import Scales


@dataclass(frozen=True, kw_only=True)
class MetalFunctions:
    """Spaces and functions of the metal.

    Attributes
    ----------
    velocity_space, pressure_space : dolfinx.fem.FunctionSpace
        P2 vectors and P1.
    quadrature : Quadrature
        Points of the creep law.
    fields : MetalFields
        What the forms are made of.
    memory : MetalMemory or None
        None for a metal that remembers nothing.
    """

    velocity_space: Any
    pressure_space: Any
    quadrature: Quadrature
    fields: MetalFields
    memory: MetalMemory | None

    @classmethod
    def build(
        cls,
        cell: Cell,
        creep: CreepLaw,
        *,
        scales: Scales,
        quadrature_degree: int,
        elastic: ElasticModuli | None,
        porous: bool = False,
    ) -> MetalFunctions:
        """Make the functions, all zero (collective).

        Parameters
        ----------
        cell : Cell
            The meshed cell.
        creep : CreepLaw
            Creep law (SI); a `HardeningLaw` keeps a deformation resistance.
        scales : Scales
            Characteristic values.
        quadrature_degree : int
            Degree of the volume quadrature.
        elastic : ElasticModuli or None
            Moduli of an elastic metal.
        porous : bool
            Whether it may have closed voids.
        """
        mesh = cell.metal.mesh
        velocity_space = fem.functionspace(mesh, ("Lagrange", 2, (mesh.geometry.dim,)))
        pressure_space = fem.functionspace(mesh, ("Lagrange", 1))
        quadrature = Quadrature.build(mesh, quadrature_degree)
        velocity = fem.Function(velocity_space, name="velocity")
        pressure = fem.Function(pressure_space, name="pressure")
        hardening = creep if isinstance(creep, HardeningLaw) else None
        memory: MetalMemory | None = None
        if elastic is not None or hardening is not None:
            memory = MetalMemory(
                velocity,
                pressure,
                quadrature,
                quadrature_degree=quadrature_degree,
                scales=scales,
                symmetry=cell.symmetry,
                moduli=elastic,
                initial_resistance=None if hardening is None else hardening.initial_resistance,
            )
        old = None if memory is None else memory.elastic
        fields = MetalFields(
            velocity=velocity,
            pressure=pressure,
            theta=fem.Function(quadrature.scalar_space),
            zeta=fem.Function(quadrature.scalar_space),
            anchor=fem.Function(quadrature.tensor_space),
            memory=None if old is None else old.strain_rate,
            old_pressure=None if old is None else old.old_pressure,
            compliance=None if old is None else old.compliance,
            rim_resistance=fem.Constant(mesh, PETSc.ScalarType(0.0)),
            rim_pressure=fem.Constant(mesh, PETSc.ScalarType(0.0)),
            porous=porous_fields(quadrature) if porous else None,
        )
        return cls(
            velocity_space=velocity_space,
            pressure_space=pressure_space,
            quadrature=quadrature,
            fields=fields,
            memory=memory,
        )
