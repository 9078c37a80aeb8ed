"""Sinusoidal stripping with femna's own metal: as its contact pressures would carry it.

The recession is posed as in a cell, tested with the dual basis at the interface vertices; the
contact pressures and the drift of the platen, which floats, are unknowns.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import femna.backend  # noqa: F401  (the wheel's bootstrap, before dolfinx)

# isort: split
import meshio
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from benchmarks.outcome import answer, problem
from femna.mesh import Cell
from femna.mesh.arrays import BodyArrays, tag_box
from femna.mesh.bodies import distribute_body
from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.jacobian import CooMatrix, Entries
from femna.simulation.layout import BlockLayout
from femna.simulation.metal import MetalBlock
from femna.simulation.scales import Scales

Array = NDArray[np.float64]
UNIT = Scales(length=1.0, velocity=1.0, traction=1.0, current=1.0, potential=1.0)
MOST_STEPS = 60
TEMPERATURE = 298.15
"""[K]; the law below does not ask."""


@dataclass
class Norton:
    """Equivalent rate = (equivalent stress)^n; n may be changed."""

    n: float

    def rate(self, stress: Array, temperature: float) -> Array:
        """Equivalent rate."""
        return np.asarray(stress**self.n)

    def log_slope(self, stress: Array, temperature: float) -> Array:
        """Its logarithmic derivative."""
        return np.full_like(stress, self.n)


class Layer:
    """Newton's method for velocity, pressure, contact pressures and the platen's drift."""

    def __init__(self, arrays: BodyArrays, *, rate_floor: float) -> None:
        body = distribute_body(MPI.COMM_SELF, arrays)
        cell = Cell(
            metal=body,
            electrolyte=body,  # never asked for anything
            symmetry="plane_strain",
            multiplicity=1,
            length_scale=1.0,
            half_period=1.0,
        )
        self.law = Norton(1.0)
        self.metal = MetalBlock(
            cell, self.law, UNIT, rate_floor=rate_floor, quadrature_degree=4, platen_sticks=False
        )
        space = self.metal.pressure_space
        dofs = owned_facet_dofs(space, body, "interface")
        x = space.tabulate_dof_coordinates()[dofs, 0]
        dofs = dofs[np.argsort(x)]
        self.metal.connect(dofs)
        self.area, self.target = self.metal.vertex_area(), _wave(np.sort(x))
        self.ones, self.zeros = np.ones(len(dofs)), np.zeros(len(dofs))
        layout = BlockLayout.gather(MPI.COMM_SELF, [*self.metal.sizes, len(dofs), 0, 1])
        self.layout, self.matrix = layout, CooMatrix(MPI.COMM_SELF, layout.local_size)
        self.x = np.zeros(layout.local_size)
        self.solver = PETSc.KSP().create(MPI.COMM_SELF)
        self.solver.setType(PETSc.KSP.Type.PREONLY)
        self.solver.getPC().setType(PETSc.PC.Type.LU)
        self.solver.getPC().setFactorSolverType("mumps")

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return len(self.x)

    def contact(self, x: Array) -> Array:
        """Contact pressures among the unknowns."""
        return x[sum(self.metal.sizes) : -1]

    def solve(self, exponent: float, tolerance: float) -> int:
        """Solve at an exponent, from where the last solution was; return the steps."""
        self.law.n = exponent
        residual = self._evaluate(self.x)
        norm, steps = float(np.linalg.norm(residual)), 0
        enough = tolerance * norm
        while norm > enough:
            self.solver.setOperators(self.matrix.assemble(self._entries()))
            right = PETSc.Vec().createWithArray(residual, comm=MPI.COMM_SELF)
            step = right.duplicate()
            self.solver.solve(right, step)
            direction, length, before = step.getArray(), 1.0, norm
            while True:
                trial = self.x - length * direction
                residual = self._evaluate(trial)
                norm = float(np.linalg.norm(residual))
                if norm < (1.0 - 1e-4 * length) * before or length < 1e-3:
                    break
                length *= 0.5
            self.x, steps = trial, steps + 1
            if steps > MOST_STEPS:
                raise RuntimeError(f"no convergence: {norm}")
        return steps

    def _evaluate(self, x: Array) -> Array:
        velocities, pressures = self.metal.sizes
        self.metal.set(x[:velocities], x[velocities : velocities + pressures])
        contact, drift = self.contact(x), x[-1]
        self.metal.update(self.ones, TEMPERATURE, contact_pressure=contact)
        flow, continuity = self.metal.residual(contact)
        motion = self.metal.flux() - self.area * drift - self.target
        return np.concatenate([flow, continuity, motion, [-self.area @ contact]])

    def _entries(self) -> list[Entries]:
        count = len(self.ones)
        z = self.layout.monolithic(2, np.arange(count))
        u = self.layout.monolithic(4, np.array([0]))
        drift = np.repeat(u, count)
        blocks = [
            *self.metal.matrices.entries(self.layout),
            *self.metal.surface_entries(self.layout, self.ones, self.ones, self.zeros),
        ]
        platen = [(z, drift, -self.area), (drift, z, -self.area), (u, u, np.zeros(1))]
        return [*blocks, *platen]


def _wave(x: Array) -> Array:
    """Integral of psi cos(pi x), by Gauss; on a segment the dual of the hat N is 3 N - 1."""
    points, weights = np.polynomial.legendre.leggauss(8)
    share, h = 0.5 * (points + 1.0), np.diff(x)[:, None]
    density = 0.5 * h * weights * np.cos(np.pi * (x[:-1, None] + h * share))
    out = np.zeros_like(x)
    out[:-1] += density @ (2.0 - 3.0 * share)
    out[1:] += density @ (3.0 * share - 1.0)
    return out


def solve(task: dict, path: str) -> dict:
    """Solve on one mesh."""
    mesh = meshio.read(path)
    points, cells = mesh.points[:, :2], mesh.cells_dict["triangle"].astype(np.int64)
    names = ("interface", "platen", "side")
    arrays = tag_box(points, cells, height=float(points[:, 1].max()), names=names)
    begun = time.perf_counter()
    layer = Layer(arrays, rate_floor=task["rate_floor"])
    steps = sum(layer.solve(n, task["tolerance"]) for n in task["exponents"])
    return {
        "unknowns": layer.size,
        "power": -float(layer.contact(layer.x) @ layer.target),
        "seconds": time.perf_counter() - begun,
        "newton_steps": steps,
        "solver": "MUMPS LU",
    }


if __name__ == "__main__":
    asked = problem()
    solve(asked, asked["warm_up"])  # compiles or loads the forms
    answer(**solve(asked, asked["mesh"]))
