"""The part of the Jacobian that couples contact, potential, voltage and platen at the interface."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from femna.physics.interface import LocalCurrent
from femna.simulation.block_matrix import BlockEntries
from femna.simulation.contact_state import gap_slope
from femna.simulation.discretisation import InterfaceVertices
from femna.simulation.interface_transport import InterfaceTransport
from femna.simulation.jacobian import Entries
from femna.simulation.layout import CONTACT, POTENTIAL, SCALARS, BlockLayout
from femna.simulation.metal import MetalBlock
from femna.simulation.products import transposed_product
from femna.simulation.step import StepData

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]


class InterfaceCoupling:
    """Entries at each vertex by itself, and between vertices along the interface.

    Parameters
    ----------
    layout : BlockLayout
        Numbers of the unknowns.
    metal : MetalBlock
        Takes the load of the surface's tension.
    transport : InterfaceTransport
        Tension and diffusion along the interface.
    vertices : InterfaceVertices
        The vertices, in the order of z.
    gap_scale : float
        Roughness over length.
    """

    def __init__(
        self,
        layout: BlockLayout,
        metal: MetalBlock,
        transport: InterfaceTransport,
        *,
        vertices: InterfaceVertices,
        gap_scale: float,
    ) -> None:
        self._layout, self._metal, self._transport = layout, metal, transport
        self._gap_scale = gap_scale
        self._comm = metal.mesh.comm
        self._z = layout.monolithic(CONTACT, layout.owned(CONTACT))
        self._scalars = layout.monolithic(SCALARS, np.array([0, 1]))
        self._places = self._pattern(layout.monolithic(POTENTIAL, vertices.electrolyte))
        self._diffusion = BlockEntries(CONTACT, CONTACT)

    def _pattern(self, phi: Indices) -> tuple[Indices, Indices]:
        z, scalars = self._z, self._scalars
        voltage, platen = np.full_like(z, scalars[0]), np.full_like(z, scalars[1])
        rows = [z, z, z, z, phi, phi, phi, voltage, voltage, platen]
        cols = [z, phi, voltage, platen, z, phi, voltage, z, phi, z]
        corner = scalars if self._comm.rank == 0 else scalars[:0]
        return np.concatenate([*rows, corner]), np.concatenate([*cols, corner])

    def local(
        self,
        step: StepData,
        z: Array,
        current: LocalCurrent,
        *,
        area: Array,
        bearing: Array,
        by_voltage: Array,
        slope: Array,
        support: float,
    ) -> Entries:
        """Return the entries of every vertex with itself and with the scalars (collective).

        Parameters
        ----------
        step : StepData
            The present step.
        z : array, shape (N,)
            Contact unknowns.
        current : LocalCurrent
            Current density with its derivatives, dimensionless.
        area, bearing : arrays, shape (N,)
            Of the vertices: over which gaps are volume, and on which contact acts.
        by_voltage, slope : arrays, shape (N,)
            Derivatives of the current density by the unknown of the voltage, and of the traction
            on the metal by z.
        support : float
            Derivative of the platen's balance of forces by its velocity.
        """
        m, by_z, by_eta = bearing, current.by_z, current.by_eta
        closing = gap_slope(z, self._gap_scale) / step.dt
        blocks = [
            area * closing - m * by_z,
            m * by_eta,
            -m * by_voltage,
            -m,
            -m * by_z,
            m * by_eta,
            -m * by_voltage,
            m * by_z,
            -m * by_eta,
            -m * slope,
        ]
        total = self._comm.allreduce(float(m @ by_voltage))
        if step.voltage is not None:  # the last equation but one is the voltage's own
            blocks[7:9] = np.zeros_like(m), np.zeros_like(m)
            total = float(self._comm.allreduce(float(m.sum())))
        corner = np.array([total, support]) if self._comm.rank == 0 else np.zeros(0)
        return (*self._places, np.concatenate([*blocks, corner]))

    def along(
        self,
        step: StepData,
        z: Array,
        gap: Array,
        *,
        bearing: Array,
        slope: Array,
        neighbours: PETSc.Mat | None,
    ) -> list[Entries]:
        """Return the entries between vertices, of tension and diffusion (collective).

        Parameters
        ----------
        step : StepData
            The present step.
        z, gap : arrays, shape (N,)
            Contact unknowns and gaps.
        bearing : array, shape (N,)
            Area on which contact acts.
        slope, neighbours : array and PETSc.Mat or None
            What :meth:`InterfaceTransport.traction_slope` gave.
        """
        entries = [] if neighbours is None else self._tension(neighbours, bearing)
        if self._transport.diffuses:
            matrix = self._transport.divergence_slope(
                z, gap, step.temperature, diagonal=slope, coupling=neighbours
            )
            rows, columns, values = self._diffusion(self._layout, matrix)
            matrix.destroy()
            entries.append((rows, columns, -values))
        return entries

    def _tension(self, neighbours: PETSc.Mat, bearing: Array) -> list[Entries]:
        """Return how flow and stack force depend on neighbours' gaps through the tension."""
        platen = np.full_like(self._z, self._scalars[1])
        total = -transposed_product(neighbours, bearing)
        return [self._metal.load_slope(self._layout, neighbours), (platen, self._z, total)]
