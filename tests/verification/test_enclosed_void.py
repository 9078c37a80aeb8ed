"""Enclosed voids that are not meshed (`hollow_body`) against exact and resolved bodies.

A round void in a body under pressure all round, n = 1, 3, 5, against the closed form (formula of
`test_void_closure.py`, the bracket of the outer radius included); voids on the electrolyte of a
cell against the same cell with the void in its mesh.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import cylinder_closure_pressure, sphere_closure_pressure

from femna.simulation.newton import Newton
from femna.simulation.stage import Stage
from femna.simulation.start import solve_from_rest
from femna.simulation.void_kernel import round_kernel
from verification.cells import model, set_step
from verification.flow import Flow, continuation
from verification.meshes import metal_cell
from verification.record import Case
from verification.void_meshes import cell_with_void, disc

SHAPES = ["plane_strain", "axisymmetric"]
RATIO, SPREAD = 20.0, 4.0  # of the body's and the region's radius to the void's
INSTANT = 1e-7  # a step in which a void of this rate hardly shrinks


def rings(count: int) -> np.ndarray:
    """Radii of rings, `count` elements over the region's radius and coarser beyond it.

    The edge of the region is on none of them.
    """
    h = SPREAD / (count + 0.37)
    radii = list(h * np.arange(count + 3))
    while radii[-1] < RATIO:
        radii.append(radii[-1] + max(h, radii[-1] * 0.5 * np.pi / (len(radii) + 1)))
    radii[-1] = RATIO
    return np.array(radii)


def closure_speed(symmetry: str, exponent: float, count: int) -> float:
    """Speed of the wall of a void of radius 1 at the pressure of speed 1, from the outer inflow."""
    sphere = symmetry == "axisymmetric"
    flow = Flow(metal_cell(disc(rings(count)), symmetry=symmetry), floor=1e-8, porous=True)
    porous = flow.metal.porous
    porous.begin_step(INSTANT)
    weight = round_kernel(porous.places(), (0.0, 0.0), SPREAD, SPREAD / (count + 0.37))
    volumes = porous.volumes()
    void = volumes.sum() / RATIO ** (3 if sphere else 2)
    porous.set(weight * void / (weight[: len(volumes)] @ volumes))
    law = sphere_closure_pressure if sphere else cylinder_closure_pressure
    for n in continuation(exponent):
        flow.load(law(1.0, RATIO, 1.0, exponent=n, prefactor=1.0), n, tolerance=1e-9)
    return -float(flow.metal.flux().sum()) / (2.0 * np.pi if sphere else 0.5 * np.pi)


def book(symmetry: str) -> Case:
    shape = "sphere" if symmetry == "axisymmetric" else "cylinder"
    return Case(
        name=f"spread_{shape}",
        part="voids",
        title=f"A {shape} that is not meshed in power-law metal, spread over a round region",
        formula="the closure rate of the hollow body, outer radius over void radius 20",
        source="Closed form of a thick-walled body under outer pressure.",
        mesh="a quarter disc, 4, 8 and 16 elements over the region's radius of 4 void radii",
        across="element over the region's radius",
        measure="relative error of the closure rate",
    )


@pytest.mark.parametrize("exponent", [1.0, 3.0, 5.0])
@pytest.mark.parametrize("symmetry", SHAPES)
def test_a_void_that_is_not_meshed_closes_as_the_hollow_body(symmetry, exponent, verified):
    counts = [4, 8, 16]
    errors = [abs(closure_speed(symmetry, exponent, count) - 1.0) for count in counts]
    assert errors[-1] < (0.02 if exponent > 1.0 else 1e-3)
    if exponent > 1.0:  # the pressure jumps at the region's edge: order 1; with n = 1 it does not
        for order in (np.log2(one / two) for one, two in pairwise(errors)):
            assert order == pytest.approx(1.0, abs=0.25)
        label = f"n = {exponent:g}"
        verified.convergence(book(symmetry), label, [1.0 / c for c in counts], errors, order=1.0)


WIDTH, HEIGHT = 25.0, 50.0  # of half the cell [um]
PRESSURE = 0.3  # of the case [MPa]
PREFACTOR = {1: 1e-4, 3: 1e-2, 5: 0.53}  # [1/(s MPa^n)], so that a step is a hundredth of a life


@cache
def resolved(symmetry: str, exponent: int, half_axes: tuple[float, float]) -> float:
    """Rate of closure over volume, over that of the equivalent rate at the pressure."""
    cell = cell_with_void(half_axes, width=WIDTH, height=HEIGHT, around=32, through=48)
    flow = Flow(metal_cell(cell, symmetry=symmetry), floor=1e-6)
    pressure = 3.0
    for n in continuation(float(exponent)):
        flow.load(pressure, n, tolerance=3e-7)
    share = half_axes[0] * half_axes[1] / WIDTH
    if symmetry == "axisymmetric":
        void = 2.0 / 3.0 * half_axes[0] * share / WIDTH * abs(flow.area.sum())
    else:
        void = 0.25 * np.pi * share * abs(flow.area.sum())
    return abs(float(flow.metal.flux().sum())) / void / pressure**exponent


def spread(folder, symmetry: str, exponent: int, half_axes, *, size: float, law: str) -> float:
    """Return the same of a void in the layers of a model that rests under its pressure."""
    changes = {
        "geometry.symmetry": symmetry,
        "geometry.metal_thickness": f"{HEIGHT} um",
        "metal.creep.n": str(exponent),
        "metal.creep.A": f"{PREFACTOR[exponent]} 1/s/MPa^{exponent}",
        "interface.map": '{ kind = "uniform" }',
        "numerics.interface_size": f"{size} um",
        "numerics.strain_rate_floor": "1e-6",
        "cycling.film_thickness": "0.2 um",
        "cycling.porous_creep": law,
    }
    cell = model(folder, changes)
    system, stage = cell.system, Stage(cell)
    layers, x = stage.occlusion.layers, system.vertices.horizontal[:, 0]
    a, b = (axis / WIDTH for axis in half_axes)
    layers.lengths[:, 0] = b * np.sqrt(np.maximum(1.0 - (x / a) ** 2, 0.0))
    layers.covered[:] = layers.lengths[:, 0] > 0.0
    stage.occlusion.prepare()
    step = set_step(cell, dt=1e-5, current=1e-12)
    system.metal.begin_step(step.dt)
    assert solve_from_rest(system, Newton(system)).converged
    sinking = -system.platen_velocity * system.total_area
    # what the collector sinks by is what the layers lose
    lost = system.area @ stage.occlusion.closings(step.dt).sum(axis=1) / step.dt
    assert lost == pytest.approx(sinking, rel=1e-6)
    rate = PREFACTOR[exponent] * PRESSURE**exponent * cell.scales.time
    return float(sinking / stage.occlusion.volume() / rate)


@pytest.mark.parametrize("exponent", [1, 3, 5])
@pytest.mark.parametrize("symmetry", SHAPES)
def test_a_round_void_in_a_cell_closes_as_the_resolved_one(tmp_path, symmetry, exponent):
    exact = resolved(symmetry, exponent, (3.0, 3.0))
    coarse, fine = (
        spread(tmp_path, symmetry, exponent, (3.0, 3.0), size=size, law="hollow_body") / exact - 1.0
        for size in (1.0, 0.25)
    )
    assert abs(fine) < 0.02
    assert abs(fine) < abs(coarse)


@pytest.mark.parametrize("half_axes", [(8.0, 0.5), (8.0, 2.0)])
@pytest.mark.parametrize("symmetry", SHAPES)
def test_a_slot_closes_as_the_resolved_one_within_its_shape(tmp_path, symmetry, half_axes):
    # n = 5: a round void of the volume of the linear law stands for the slot
    exact = resolved(symmetry, 5, half_axes)
    body, porous = (
        spread(tmp_path, symmetry, 5, half_axes, size=1.0, law=law) / exact
        for law in ("hollow_body", "duva_crow")
    )
    assert 1.0 / 1.5 < body < 1.5
    assert abs(np.log(body)) < abs(np.log(porous))
