"""The iterative solver finds what the direct one finds, at the same cost on finer meshes."""

import os
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

import numpy as np
import pytest

# isort: split
from mpi4py import MPI

from femna.case import parse_case
from femna.mesh.quality import aspect_ratios
from femna.simulation import linear_solver as choosing
from femna.simulation.contact_state import closed_state
from femna.simulation.direct import DirectSolver
from femna.simulation.iterative import IterativeSolver, smoother
from femna.simulation.newton import Newton
from femna.simulation.schedule import phases
from femna.simulation.setup import build_model
from femna.simulation.stage import Stage
from femna.simulation.start import rest_state, solve_from_rest
from femna.simulation.timing import first_length

WALLS = {"law": "sticking"}
METALS = {
    "free slip": ({}, {"law": "free_slip"}),
    "sticking walls": ({"collector_wall": WALLS}, WALLS),
    "elastic": ({"elastic": True, "youngs_modulus": "3 GPa"}, {"law": "free_slip"}),
}


def cell(*, size, pressure="4 MPa", metal=None, wall=None, thickness="20 um", comm=MPI.COMM_SELF):
    """A small square cell with a blocked patch, stripped for a first short step."""
    case = parse_case(
        {
            "femna": 1,
            "title": "a square array",
            "geometry": {
                "kind": "unit_cell", "symmetry": "square", "period": "20 um",
                "metal_thickness": thickness, "electrolyte_thickness": "20 um",
            },
            "metal": {"material": "sodium", **(metal or {})},
            "electrolyte": {"material": "beta_alumina"},
            "interface": {
                "map": {"kind": "patches", "blocked_fraction": 0.3, "transition": "6 um"},
                "kinetics": {"law": "linear", "resistance": "8 ohm*cm^2"},
                "roughness": "0.2 um",
                "wall": wall or {"law": "free_slip"},
            },
            "protocol": {
                "temperature": "298.15 K", "pressure": pressure, "current_density": "1.5 mA/cm^2",
                "charge": "0.05 mAh/cm^2", "steps": [{"do": "strip"}],
            },
            "numerics": {"interface_size": size},
        }
    )  # fmt: skip
    model = build_model(case, comm)
    stage = Stage(model)
    phase = phases(case)[0]
    length = first_length(phase, model)
    stage.set_step(phase, length)
    model.system.metal.begin_step(length / model.scales.time)
    model.system.z = closed_state(stage.gap, model.system.gap_scale)
    return model.system


def solution(system, solver):
    """Velocity, pressure, contact, potential and the two scalars, solved from rest."""
    z = system.z.copy()
    assert solve_from_rest(system, Newton(system, solver=solver)).converged
    found = [*system.metal.get(), system.z, *system.electrolyte.get(), system.scalars]
    found = [values.copy() for values in found]
    system.z = z
    return found


def assert_same(ones, others):
    # both residuals are below 1e-11 of the loads; what the matrix makes of that, with its condition
    # of 1e4 to 1e5 on these meshes, stays below 1e-6 of the largest value of each block
    for one, other in zip(ones, others, strict=True):
        assert np.max(np.abs(one - other)) <= 1e-6 * max(np.max(np.abs(one)), 1e-12)


@pytest.mark.parametrize("kind", METALS)
def test_iterative_and_direct_solution_are_one(kind):
    metal, wall = METALS[kind]
    system = cell(size="4 um", metal=metal, wall=wall)
    assert_same(solution(system, "direct"), solution(system, "iterative"))


def test_also_where_contact_is_lost():
    system = cell(size="4 um", pressure="0.1 MPa")
    direct = solution(system, "direct")
    assert 0.1 < np.mean(direct[2] < 0.0) < 1.0
    assert_same(direct, solution(system, "iterative"))


def iterations(system):
    """Krylov iterations of a power-law step to 1e-6, from rest's linear solution."""
    newton = Newton(system, solver="iterative")
    rest_state(system)
    system.metal.exponent_blend = 0.0
    assert newton.solve("full").converged
    system.metal.exponent_blend = 1.0
    ksp, linear = newton.linear_solver()
    x = system.create_vector()
    system.pack(x)
    residual, step = x.duplicate(), x.duplicate()
    system.residual(x, residual)
    ksp.setOperators(linear.update(x))
    ksp.setTolerances(rtol=1e-6)
    ksp.solve(residual, step)
    assert ksp.getConvergedReason() > 0
    return ksp.getIterationNumber()


def test_finer_meshes_take_hardly_more_iterations():
    coarse, fine = (iterations(cell(size=size)) for size in ("4 um", "2 um"))
    assert fine <= 1.3 * coarse


def test_lost_contact_takes_no_more_iterations():
    closed, lost = (iterations(cell(size="4 um", pressure=p)) for p in ("4 MPa", "0.05 MPa"))
    assert lost <= 1.3 * closed


def test_a_step_that_takes_too_many_iterations_leaves_the_solver_as_good_as_before():
    system = cell(size="4 um")
    newton = Newton(system, solver="iterative")
    ksp, linear = newton.linear_solver()
    rest_state(system)
    most = ksp.getTolerances()[3]
    ksp.setTolerances(max_it=2)
    assert not newton.solve_by_stress().converged
    assert not newton.solve().converged
    assert newton.linear_solver()[1] is linear  # a second one would take its memory twice
    ksp.setTolerances(max_it=most)
    assert solve_from_rest(system, newton).converged


def flatten_cells(mesh, share):
    """Move some inner vertices close to a face of a cell of theirs if no cell turns over."""
    points, cells = mesh.geometry.x, mesh.geometry.dofmaps[0]
    low, high = points.min(axis=0), points.max(axis=0)
    inner = np.all((points > low + 1e-9) & (points < high - 1e-9), axis=1)
    random = np.random.default_rng(1)
    for vertex in random.permutation(np.flatnonzero(inner))[: int(share * len(points))]:
        star = np.flatnonzero(np.any(cells == vertex, axis=1))
        opposite = cells[star[0]][cells[star[0]] != vertex]
        before, signs = points[vertex].copy(), np.sign(volumes(points[cells[star]]))
        points[vertex] += 0.98 * (points[opposite].mean(axis=0) - before)
        if np.any(np.sign(volumes(points[cells[star]])) != signs):
            points[vertex] = before


def volumes(corners):
    return np.linalg.det(corners[:, 1:] - corners[:, :1])


def test_a_few_poorly_shaped_cells_take_hardly_more_iterations(monkeypatch):
    good = iterations(cell(size="3 um"))
    assert iterations(with_flat_cells()) <= 1.2 * good
    monkeypatch.setattr(smoother, "POOR", np.inf)
    assert iterations(with_flat_cells()) > 1.5 * good


def with_flat_cells():
    system = cell(size="3 um")
    mesh = system.metal.mesh
    flatten_cells(mesh, 0.03)
    assert aspect_ratios(mesh.geometry.x, mesh.geometry.dofmaps[0]).max() > 20
    return system


@pytest.mark.parallel(nprocs=[2, 3])
def test_several_ranks_some_of_them_without_an_interface():
    alone = cell(size="5 um", thickness="80 um")
    reference = solution(alone, "direct")
    system = cell(size="5 um", thickness="80 um", comm=MPI.COMM_WORLD)
    found = solution(system, "iterative")
    counts = MPI.COMM_WORLD.allgather(len(system.z))
    assert sum(counts) == len(alone.z)
    assert MPI.COMM_WORLD.size == 2 or min(counts) == 0
    speed = [np.sqrt(c.allreduce(float(np.sum(v[0] ** 2)))) for c, v in (
        (MPI.COMM_SELF, reference), (MPI.COMM_WORLD, found),
    )]  # fmt: skip
    assert speed[1] == pytest.approx(speed[0], rel=1e-7)
    assert found[4] == pytest.approx(reference[4], rel=1e-7)


@pytest.mark.parallel(nprocs=2)
def test_iterations_on_ranks_leave_no_memory_behind():
    """PETSc keeps on several ranks what Python forgets: whoever makes a vector must free it."""
    system = cell(size="4 um", comm=MPI.COMM_WORLD)
    rest_state(system)
    ksp, linear = Newton(system, solver="iterative").linear_solver()
    x = system.create_vector()
    system.pack(x)
    ksp.setOperators(linear.update(x))
    right, out = x.duplicate(), x.duplicate()
    right.set(1.0)

    def iterate(count):
        for _ in range(count):
            ksp.getPC().apply(right, out)
            linear.matrix.mult(out, right)
            right.scale(1.0 / right.norm())
        return resident()

    before = iterate(20)
    of_a_vector = 8.0 * MPI.COMM_WORLD.allreduce(system.layout.local_size) / 2
    count = int(16e6 / of_a_vector)
    assert iterate(count) - before < 0.3 * count * of_a_vector


def resident():
    """Memory that this rank holds [bytes]."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_the_code_picks_by_size(monkeypatch):
    system = cell(size="5 um")
    unknowns = int(system.layout.sizes.sum())
    monkeypatch.setattr(choosing, "LARGE", unknowns + 1)
    assert isinstance(choosing.linear_solver(system), DirectSolver)
    monkeypatch.setattr(choosing, "LARGE", unknowns)
    assert isinstance(choosing.linear_solver(system), IterativeSolver)
    assert isinstance(choosing.linear_solver(system, "direct"), DirectSolver)
