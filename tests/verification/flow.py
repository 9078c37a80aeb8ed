"""Creeping flow on a metal block alone: interface velocity prescribed, or pressure prescribed.

Everything is dimensionless with A = 1 (equivalent rate = s_e^n), so stresses are in A^(-1/n).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from femna.case.quadrature import quadrature_degree
from femna.case.settings import Numerics
from femna.mesh import Cell
from femna.physics.wall import WallLaw
from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.jacobian import CooMatrix, Entries
from femna.simulation.layout import BlockLayout
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales

Array = NDArray[np.float64]
UNIT = Scales(length=1.0, velocity=1.0, traction=1.0, current=1.0, potential=1.0)
TEMPERATURE = 298.15


@dataclass
class Norton:
    """Equivalent rate = prefactor x (equivalent stress)^n, at any temperature; n may be changed."""

    n: float
    prefactor: float = 1.0

    def rate(self, stress: Array, temperature: float) -> Array:
        return np.asarray(self.prefactor * stress**self.n)

    def log_slope(self, stress: Array, temperature: float) -> Array:
        return np.full_like(stress, self.n)


@dataclass
class PowerAndLinear(Norton):
    """Norton creep beside linear creep: the rates add, rate = prefactor s^n + linear s."""

    linear: float = 0.0

    def rate(self, stress: Array, temperature: float) -> Array:
        return super().rate(stress, temperature) + self.linear * stress

    def log_slope(self, stress: Array, temperature: float) -> Array:
        power = super().rate(stress, temperature)
        return np.asarray((self.n * power + self.linear * stress) / (power + self.linear * stress))


class Flow:
    """Newton's method for velocity and pressure, and for the contact pressure if it is unknown.

    Parameters
    ----------
    cell : Cell
        Its metal.
    floor : float
        Strain-rate floor.
    wall, collector : WallLaw, optional
        How the interface and the platen resist sliding; without one they slip freely.
    platen_sticks : bool
        Whether the platen holds the metal tangentially.
    start : Flow, optional
        A solution on the same mesh to start from.
    law : Norton, optional
        The creep law; its exponent is set by each solve.
    porous : bool
        Whether the metal may hold closed voids: `metal.porous`.
    """

    def __init__(
        self,
        cell: Cell,
        *,
        floor: float,
        wall: WallLaw | None = None,
        collector: WallLaw | None = None,
        platen_sticks: bool = False,
        start: Flow | None = None,
        law: Norton | None = None,
        porous: bool = False,
    ) -> None:
        self.law = Norton(1.0) if law is None else law
        self.cell, self.wall, self.collector = cell, wall, collector
        self.platen_sticks = platen_sticks
        self.metal = MetalBlock(
            cell,
            self.law,
            UNIT,
            rate_floor=floor,
            quadrature_degree=quadrature_degree(Numerics(), cell.symmetry),
            platen_sticks=platen_sticks,
            wall=wall,
            collector=collector,
            porous=porous,
        )
        self.comm = cell.metal.mesh.comm
        dofs = owned_facet_dofs(self.metal.pressure_space, cell.metal, "interface")
        places = self.metal.pressure_space.tabulate_dof_coordinates()[dofs]
        dofs = dofs[np.lexsort((places[:, 1], places[:, 0]))]
        self.places = self.metal.pressure_space.tabulate_dof_coordinates()[dofs]
        self.metal.connect(dofs)
        self.area = self.metal.vertex_area()
        self.contact = np.zeros(len(dofs))
        self.drift = 0.0
        self.norms: list[float] = []
        if start is not None:
            self.metal.set(*start.metal.get())
            self.contact, self.drift = start.contact.copy(), start.drift

    def refloored(self, floor: float) -> Flow:
        """Return the same flow with another strain-rate floor, at the present solution."""
        return Flow(
            self.cell,
            floor=floor,
            wall=self.wall,
            collector=self.collector,
            platen_sticks=self.platen_sticks,
            start=self,
            law=self.law,
        )

    def load(self, pressure: float, exponent: float, *, tolerance: float = 1e-10) -> None:
        """Solve for a given uniform pressure on the interface."""
        self.contact[:] = pressure
        self._newton(exponent, None, tolerance)

    def drive(self, target: Array, exponent: float, *, tolerance: float = 1e-10) -> None:
        """Solve for a given motion of the interface.

        Parameters
        ----------
        target : array, shape (N,)
            Integral of q v.n at the interface vertices, rigid drift included; the platen's
            velocity is unknown, and the mean contact pressure is zero.
        exponent : float
            Creep exponent.
        tolerance : float
            Residual norm.
        """
        self._newton(exponent, target, tolerance)

    def squeeze(self, speed: float, exponent: float, *, tolerance: float = 1e-10) -> None:
        """Solve for an interface that approaches the platen, which rests, at `speed`."""
        self.drift = -speed
        self._newton(exponent, np.zeros_like(self.contact), tolerance, floating=False)

    def draw(self, target: Array, exponent: float, *, tolerance: float = 1e-10) -> None:
        """Solve for a given motion of the interface under a platen at rest.

        What the motion takes flows in through a free end, where the pressure is zero; target,
        exponent and tolerance are those of `drive`.
        """
        self.drift = 0.0
        self._newton(exponent, target, tolerance, floating=False)

    def _newton(
        self, exponent: float, target: Array | None, tolerance: float, *, floating: bool = True
    ) -> None:
        metal = self.metal
        self.law.n = exponent
        count = 0 if target is None else len(self.contact)
        # without unknown contact pressures its block is a place holder: identity
        sizes = [*metal.sizes, len(self.contact), 0, 1]
        layout = BlockLayout.gather(self.comm, sizes)
        matrix = CooMatrix(self.comm, layout.local_size)
        solver = _direct(self.comm)
        x = np.concatenate([*metal.get(), self.contact, [self.drift]])
        norm, residual = self._evaluate(x, target, floating=floating)
        self.norms = [norm]
        for _ in range(60):
            if norm < tolerance:
                return
            entries = self._entries(layout, count, floating=floating)
            solver.setOperators(matrix.assemble(entries))
            right = PETSc.Vec().createWithArray(residual.copy(), comm=self.comm)
            step = right.duplicate()
            solver.solve(right, step)
            direction, length = step.getArray().copy(), 1.0
            while True:
                trial, out = self._evaluate(x - length * direction, target, floating=floating)
                if trial < (1.0 - 1e-4 * length) * norm or length < 1e-3:
                    break
                length *= 0.5
            x = x - length * direction
            norm, residual = trial, out
            self.norms.append(norm)
        raise RuntimeError(f"no convergence: {self.norms}")

    def _evaluate(self, x: Array, target: Array | None, *, floating: bool) -> tuple[float, Array]:
        nv, np_ = self.metal.sizes
        self.metal.set(x[:nv], x[nv : nv + np_])
        lam, self.drift = x[nv + np_ : -1], float(x[-1])
        self.metal.update(np.ones(len(lam)), TEMPERATURE, contact_pressure=lam)
        flow, continuity = self.metal.residual(lam)
        if target is None:
            rest = np.zeros(len(lam) + 1)
        else:
            rest = np.append(
                self.metal.flux() - self.area * self.drift - target,
                -self.area @ lam if floating else 0.0,
            )
        self.contact = lam.copy()
        out = np.concatenate([flow, continuity, rest])
        return float(np.linalg.norm(out)), out

    def _entries(self, layout: BlockLayout, count: int, *, floating: bool) -> list[Entries]:
        n = len(self.contact)
        blocks = [
            *self.metal.matrices.entries(layout),
            *self.metal.surface_entries(layout, np.ones(n), np.ones(n), np.zeros(n)),
        ]
        z, u = layout.monolithic(2, np.arange(n)), layout.monolithic(4, np.array([0]))
        if count:
            drift = np.repeat(u, n)
            if not floating:
                return [*blocks, (z, drift, -self.area), (u, u, np.ones(1))]
            return [*blocks, (z, drift, -self.area), (drift, z, -self.area), (u, u, np.zeros(1))]
        # drop what couples to the contact pressure; keep a unit diagonal there
        first, last = int(z[0]), int(z[-1])
        kept = [
            (r, c, np.where((r >= first) & (r <= last) | (c >= first) & (c <= last), 0.0, v))
            for r, c, v in blocks
        ]
        ends = np.concatenate([z, u])
        return [*kept, (ends, ends, np.ones(n + 1))]


def _direct(comm: object) -> PETSc.KSP:
    """Sparse LU."""
    solver = PETSc.KSP().create(comm)
    solver.setType(PETSc.KSP.Type.PREONLY)
    pc = solver.getPC()
    pc.setType(PETSc.PC.Type.LU)
    pc.setFactorSolverType("mumps")
    return solver


def continuation(n: float) -> list[float]:
    """Exponents on the way from a linear law to n."""
    count = min(6, 1 + int(np.ceil(2.0 * (n - 1.0))))
    return [float(m) for m in np.geomspace(1.0, n, count)]


def interface_integral(flow: Flow, value: Callable[[Array], Array]) -> Array:
    """Integral of psi value(x) at the vertices of a flat interface in plane strain, by Gauss.

    On a segment the dual of the hat N is psi = 3 N - 1.
    """
    x = flow.places[:, 0]
    points, weights = np.polynomial.legendre.leggauss(8)
    share, h = 0.5 * (points + 1.0), np.diff(x)[:, None]
    density = 0.5 * h * weights * value(x[:-1, None] + h * share)
    out = np.zeros_like(x)
    out[:-1] += density @ (2.0 - 3.0 * share)
    out[1:] += density @ (3.0 * share - 1.0)
    return out
