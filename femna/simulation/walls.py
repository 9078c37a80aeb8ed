"""The two walls between which the metal flows: the electrolyte and the collector."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from femna.mesh import Cell
from femna.physics.metal import MetalForms
from femna.physics.wall import WallLaw
from femna.simulation.block_matrix import FormMatrix
from femna.simulation.collector_wall import CollectorWall
from femna.simulation.electrolyte_wall import ElectrolyteWall
from femna.simulation.jacobian import Entries
from femna.simulation.layout import BlockLayout
from femna.simulation.sliding_wall import SlidingWall

Array = npt.NDArray[np.float64]


class Walls:
    """What resists the sliding metal at its lower and upper surface.

    Parameters
    ----------
    electrolyte, collector : WallLaw or None
        How each wall resists (dimensionless); None slips freely.
    cell : Cell
        The meshed cell.
    forms : MetalForms
        The metal's forms.
    velocity : dolfinx.fem.Function
        Velocity of the metal in the platen's frame.
    pressure_space : dolfinx.fem.FunctionSpace
        P1 on the metal.
    conditions : list of dolfinx.fem.DirichletBC
        What holds the velocity.
    easing : dolfinx.fem.Constant
        Factor on the slip speeds.

    Attributes
    ----------
    electrolyte : ElectrolyteWall or None
    collector : CollectorWall or None
    """

    def __init__(
        self,
        electrolyte: WallLaw | None,
        collector: WallLaw | None,
        *,
        cell: Cell,
        forms: MetalForms,
        velocity: fem.Function,
        pressure_space: Any,
        conditions: list[Any],
        easing: fem.Constant,
    ) -> None:
        def sliding(law: WallLaw, surface: str) -> SlidingWall:
            return SlidingWall(
                law,
                cell,
                surface=surface,
                velocity=velocity,
                pressure_space=pressure_space,
                conditions=conditions,
                easing=easing,
            )

        self.electrolyte: ElectrolyteWall | None = None
        self.collector: CollectorWall | None = None
        if electrolyte is not None:
            self.electrolyte = ElectrolyteWall(sliding(electrolyte, "interface"))
        if collector is not None:
            self.collector = CollectorWall(
                sliding(collector, "platen"), forms, cell, conditions=conditions
            )

    def connect(self, interface_dofs: npt.NDArray[np.int32]) -> None:
        """Name the owned P1 dofs that face the electrolyte, in the order of z."""
        if self.electrolyte is not None:
            self.electrolyte.connect(interface_dofs)

    def update(self, openness: Array, contact_pressure: Array, *, temperature: float) -> None:
        """Evaluate the weights of both walls (collective).

        The metal's stresses must be those of its present velocity: the collector is pressed by
        them.

        Parameters
        ----------
        openness, contact_pressure : arrays, shape (N,)
            Contact at the interface vertices, dimensionless.
        temperature : float
            [K].
        """
        if self.electrolyte is not None:
            self.electrolyte.update(openness, contact_pressure, temperature=temperature)
        if self.collector is not None:
            self.collector.update(temperature=temperature)

    def residual(self) -> list[Array]:
        """Return the owned velocity residual of each wall that resists (collective)."""
        return [wall.residual() for wall in (self.electrolyte, self.collector) if wall is not None]

    def velocity_matrices(self) -> list[FormMatrix]:
        """Return the matrix of velocity by velocity of each wall that resists."""
        return [
            wall.velocity_matrix for wall in (self.electrolyte, self.collector) if wall is not None
        ]

    def jacobian(self, layout: BlockLayout, pressure_slope: Array, h_slope: Array) -> list[Entries]:
        """Return the entries of both walls (collective).

        Parameters
        ----------
        layout : BlockLayout
            Numbers of the unknowns.
        pressure_slope, h_slope : arrays, shape (N,)
            Derivatives of contact pressure and openness by z.
        """
        entries: list[Entries] = []
        if self.electrolyte is not None:
            entries += self.electrolyte.jacobian(layout, pressure_slope, h_slope)
        if self.collector is not None:
            entries += self.collector.jacobian(layout)
        return entries
