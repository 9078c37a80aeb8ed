"""The coupled discrete problem of one step: residual and Jacobian for Newton's method.

Unknowns, in this order in the monolithic vector: velocity (in the platen's frame), pressure of the
metal, complementary contact unknown z, potential of the electrolyte, and two numbers: the voltage
(as its inverse hyperbolic sine, so that a runaway is followed in its logarithm) and the platen's
velocity. Nothing is lagged except the mesh, which moves between steps.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from femna.errors import ComputationError
from femna.materials.surface import SurfaceProperties
from femna.mesh import Cell
from femna.physics.contact import contact_pressure, relative_gap, relative_pressure
from femna.physics.interface import LocalCurrent
from femna.simulation.bodies.elastic_electrolyte import ElasticElectrolyte
from femna.simulation.bodies.mask import Reaction
from femna.simulation.contact_state import gap_slope
from femna.simulation.coupling import InterfaceCoupling
from femna.simulation.discretisation import match_interface
from femna.simulation.electrolyte import ElectrolyteBlock
from femna.simulation.interface_transport import InterfaceTransport
from femna.simulation.jacobian import CooMatrix
from femna.simulation.layout import (
    BLOCKS,
    CONTACT,
    POTENTIAL,
    PRESSURE,
    SCALARS,
    VELOCITY,
    BlockLayout,
)
from femna.simulation.linearisation import Linearisation
from femna.simulation.mask_load import MaskLoad
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales
from femna.simulation.step import InterfaceView, StepData

Array = npt.NDArray[np.float64]
NOTHING = SurfaceProperties()

RUNAWAY: Final = 300.0
"""Inverse hyperbolic sine of the voltage at which an iterate is given up, far below overflow."""


class System:
    """Residual and Jacobian of a step for one cell.

    Parameters
    ----------
    cell : Cell
        The meshed cell, in units of the length scale.
    metal : MetalBlock
        Flow of the metal.
    electrolyte : ElectrolyteBlock
        Conduction of the electrolyte.
    scales : Scales
        Characteristic values.
    gap_scale : float
        Roughness over length.
    voltage_unit : float
        Voltage over the potential scale below which asinh is linear.
    surface : SurfaceProperties
        What moves metal along its surface, its tension and adhesion (SI).
    total_area : float, optional
        To which applied current and pressure refer; else that of the interface as meshed.

    Attributes
    ----------
    area : array, shape (N,)
        Projected area of the vertices, over which gaps are volume.
    contact_area : array, shape (N,)
        On which each vertex bears and passes current in the present step, `area` but at the walls
        of voids: see `MetalSurface.bearing_area`.
    mask : MaskLoad or None
        What else carries the stack force.
    elastic_electrolyte : ElasticElectrolyte or None
        What bends under the interface's pressure, for those who look at it.
    """

    def __init__(
        self,
        cell: Cell,
        metal: MetalBlock,
        electrolyte: ElectrolyteBlock,
        *,
        scales: Scales,
        gap_scale: float,
        voltage_unit: float,
        surface: SurfaceProperties = NOTHING,
        total_area: float | None = None,
    ) -> None:
        self.comm = cell.metal.mesh.comm
        self.cell, self.metal, self.electrolyte = cell, metal, electrolyte
        self.scales, self.gap_scale, self.voltage_unit = scales, gap_scale, voltage_unit
        self.vertices = match_interface(cell, metal.pressure_space, electrolyte.space)
        metal.connect(self.vertices.metal)
        electrolyte.connect(self.vertices.electrolyte)
        self.area = metal.vertex_area()
        self.contact_area = metal.bearing_area()
        meshed = float(self.comm.allreduce(float(self.area.sum())))
        self.total_area = meshed if total_area is None else total_area
        self.transport = InterfaceTransport(
            cell,
            metal.pressure_space,
            self.vertices.metal,
            self.contact_area,
            surface=surface,
            scales=scales,
            gap_scale=gap_scale,
        )
        count = len(self.vertices.metal)
        self.layout = BlockLayout.gather(
            self.comm,
            [*metal.sizes, count, electrolyte.size, 2 if self.comm.rank == 0 else 0],
        )
        self.mask: MaskLoad | None = None
        self.elastic_electrolyte: ElasticElectrolyte | None = None
        self.z = np.ones(count)
        self.scalars = np.zeros(2)
        self._step: StepData | None = None
        self._taken: Array | None = None
        self._view: InterfaceView | None = None
        self._matrix = CooMatrix(self.comm, self.layout.local_size)
        self._coupling = InterfaceCoupling(
            self.layout,
            metal,
            self.transport,
            vertices=self.vertices,
            gap_scale=gap_scale,
        )

    # -- unknowns ------------------------------------------------------------------------------

    def pack(self, x: PETSc.Vec) -> None:
        """Write the present unknowns into a monolithic vector, to evaluate anew from there."""
        self.forget()
        if self._step is not None and self._step.voltage is not None:
            self.voltage = self._step.voltage
        parts = [*self.metal.get(), self.z, *self.electrolyte.get()]
        parts.append(self.scalars if self.comm.rank == 0 else np.zeros(0))
        x.setArray(np.concatenate(parts))

    def unpack(self, x: PETSc.Vec) -> None:
        """Take the unknowns from a monolithic vector (collective)."""
        values = x.getArray(readonly=True)
        cut = [values[self.layout.local_slice(block)] for block in BLOCKS]
        self.metal.set(cut[VELOCITY], cut[PRESSURE])
        self.z = cut[CONTACT].copy()
        self.electrolyte.set(cut[POTENTIAL])
        self.scalars = cut[SCALARS].copy() if self.comm.rank == 0 else np.empty(2)
        self.comm.Bcast(self.scalars)

    def create_vector(self) -> PETSc.Vec:
        """Return a new monolithic vector."""
        return PETSc.Vec().createMPI((self.layout.local_size, None), comm=self.comm)

    def moved_sideways(self) -> None:
        """Take note that vertices of both bodies have moved along the interface (collective).

        `total_area`, to which applied current and pressure refer, stays what it was at first.
        """
        d = self.cell.metal.mesh.geometry.dim
        places = self.metal.pressure_space.tabulate_dof_coordinates()
        self.vertices.horizontal[:] = places[self.vertices.metal, : d - 1]
        self.metal.moved_sideways()
        self.electrolyte.geometry_changed()
        self.area[:] = self.metal.vertex_area()
        self.contact_area = self.transport.area = self.metal.bearing_area()
        self.transport.geometry_changed()
        self.forget()

    # -- the interface -------------------------------------------------------------------------

    @property
    def voltage(self) -> float:
        """Cell voltage over the potential scale."""
        return float(self.voltage_unit * np.sinh(self.scalars[0]))

    @voltage.setter
    def voltage(self, value: float) -> None:
        self.scalars[0] = np.arcsinh(value / self.voltage_unit)

    @property
    def platen_velocity(self) -> float:
        """Upward velocity of the platen over the velocity scale."""
        return float(self.scalars[1])

    @property
    def gap(self) -> Array:
        """Gap at the owned interface vertices over the length scale."""
        return self.gap_scale * relative_gap(self.z)

    def closed_under(self, pressure: float) -> Array:
        """Return the unknowns z of a closed interface under a uniform contact pressure."""
        return np.full_like(self.z, pressure + self.transport.adhesion)

    def interface(self) -> InterfaceView:
        """Evaluate the interface at the present unknowns."""
        step = self.required_step()
        eta = self.voltage - self.electrolyte.at_interface()
        local = step.law.current(self.z, eta * self.scales.potential)
        i0, u0 = self.scales.current, self.scales.potential
        scaled = LocalCurrent(local.value / i0, local.by_z / i0, local.by_eta * u0 / i0)
        return InterfaceView(
            traction=self.transport.traction(self.z, self.gap),
            pressure=contact_pressure(self.z, self.transport.adhesion)[0],
            reaction=relative_pressure(self.z),
            gap=self.gap,
            openness=step.law.openness(self.z)[0],
            current=scaled,
            overpotential=eta,
        )

    @property
    def step(self) -> StepData | None:
        """What the present step is asked to do."""
        return self._step

    @step.setter
    def step(self, step: StepData) -> None:
        self._step, self._taken = step, None
        self.take_surface()
        self.electrolyte.relative_conductivity = step.conductivity

    def take_surface(self) -> None:
        """Take the area that bears on the metal's surface as it stands (collective).

        It jumps where the foot of a void's wall has become flat: whoever compares what was before
        a step with what it brought takes the surface first.
        """
        if self.cell.columns is not None:
            self.contact_area = self.transport.area = self.metal.bearing_area()

    def required_step(self) -> StepData:
        """Return the present step's data."""
        if self._step is None:
            raise RuntimeError("no step is set")
        return self._step

    # -- what residual and Jacobian share ------------------------------------------------------

    def take(self, x: PETSc.Vec) -> None:
        """Take the unknowns from ``x``, unless they are there already (collective).

        Newton's method wants the Jacobian where it had the residual. From :meth:`pack` on nothing
        changes but the unknowns, so what was evaluated there is still good; else see `forget`.
        """
        values = x.getArray(readonly=True)
        here = self._taken is not None and np.array_equal(values, self._taken)
        if self.comm.allreduce(int(here)) < self.comm.size:
            self._taken, self._view = values.copy(), None
            self.unpack(x)

    def let_touch(self, x: PETSc.Vec, step: PETSc.Vec) -> None:
        """Let vertices that Newton's step from ``x`` to ``x - step`` would close only touch.

        The way beyond says nothing about the pressure, but would be read as one: a way as long as
        the roughness as `SHARPNESS` times the load.
        """
        part = self.layout.local_slice(CONTACT)
        z, change = x.getArray(readonly=True)[part], step.getArray()[part]
        closing = (z < 0.0) & (z > change)
        change[closing] = z[closing]

    def forget(self) -> None:
        """Evaluate anew the next time, since something else than the unknowns has changed."""
        self._taken = None

    def _evaluated(self) -> InterfaceView:
        """Evaluate interface and metal at the unknowns that were taken, once (collective)."""
        if self._view is None:
            view, temperature = self.interface(), self.required_step().temperature
            self.metal.update(view.openness, temperature, contact_pressure=view.pressure)
            self._view = view
        return self._view

    # -- residual ------------------------------------------------------------------------------

    def residual(self, x: PETSc.Vec, out: PETSc.Vec) -> None:
        """Evaluate the residual at ``x`` (collective).

        Raises
        ------
        ComputationError
            On every rank, if the voltage has run away.
        """
        self.take(x)
        if not abs(self.scalars[0]) < RUNAWAY:
            raise ComputationError("the voltage grows without bound")
        step, view = self.required_step(), self._evaluated()
        flow, continuity = self.metal.residual(view.traction)
        bearing = self.contact_area
        kinematic = self.area * (view.gap - step.old_gap) / step.dt
        kinematic -= bearing * (view.current.value + self.platen_velocity)
        kinematic += self.metal.flux()
        kinematic -= self.transport.divergence(view.traction, self.z, view.gap, step.temperature)
        supply = bearing * view.current.value
        conduction = self.electrolyte.residual(supply)
        sums = np.array([supply.sum(), bearing @ view.traction])
        self.comm.Allreduce(MPI.IN_PLACE, sums)
        beside = self.mask_reaction().force
        parts = [flow, continuity, kinematic, conduction]
        if self.comm.rank == 0:
            parts.append(
                np.array(
                    [
                        self._driving(sums[0]),
                        step.pressure * self.total_area - sums[1] - beside,
                    ]
                )
            )
        out.setArray(np.concatenate(parts))

    def _driving(self, current: float) -> float:
        """Return what is left of the equation that drives the cell, for the whole current.

        The mean current is the applied one, or the voltage, by its asinh, the held one.
        """
        step = self.required_step()
        if step.voltage is None:
            return current - step.current * self.total_area
        there = np.arcsinh(step.voltage / self.voltage_unit)
        return float(self.scalars[0] - there) * self.total_area

    def mean_current(self) -> float:
        """Return the mean current at the present unknowns over the nominal one (collective)."""
        local = float(self.contact_area @ self.interface().current.value)
        return float(self.comm.allreduce(local)) / self.total_area

    def take_current(self) -> None:
        """Where the voltage is held, let the solved step know its current (collective)."""
        if self.required_step().voltage is not None:
            self.required_step().current = self.mean_current()

    def mask_reaction(self) -> Reaction:
        """Return what the mask takes of the stack force at the present velocity (collective)."""
        if self.mask is None:
            return Reaction(0.0, 0.0)
        return self.mask.at(self.platen_velocity, self.required_step().dt)

    # -- Jacobian ------------------------------------------------------------------------------

    def linearise(self, x: PETSc.Vec) -> Linearisation:
        """Return the derivatives at ``x`` (collective); the unknowns are taken from it."""
        self.take(x)
        step, current = self.required_step(), self._evaluated().current
        _, dh = step.law.openness(self.z)
        _, pressure_slope = contact_pressure(self.z, self.transport.adhesion)
        slope, neighbours = self.transport.traction_slope(self.z, self.gap)
        support = -self.mask_reaction().slope
        by_voltage = current.by_eta * self.voltage_unit * np.cosh(self.scalars[0])
        entries = [
            *self.metal.surface_entries(self.layout, slope, pressure_slope, dh),
            *self.electrolyte.jacobian(self.layout),
            self._coupling.local(
                step,
                self.z,
                current,
                area=self.area,
                bearing=self.contact_area,
                by_voltage=by_voltage,
                slope=slope,
                support=support,
            ),
            *self._coupling.along(
                step,
                self.z,
                self.gap,
                bearing=self.contact_area,
                slope=slope,
                neighbours=neighbours,
            ),
        ]
        return Linearisation(
            current=current,
            by_voltage=by_voltage,
            closing=gap_slope(self.z, self.gap_scale) / step.dt,
            load=slope,
            support=support,
            held_by=None if step.voltage is None else self.total_area,
            entries=entries,
        )

    def jacobian(self, x: PETSc.Vec) -> PETSc.Mat:
        """Assemble the Jacobian at ``x`` as one matrix (collective), see `linearise`."""
        at = self.linearise(x)
        return self._matrix.assemble([*self.metal.matrices.entries(self.layout), *at.entries])
