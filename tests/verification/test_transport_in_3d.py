"""Diffusion along triangles, in cells of an array: the closed forms of waves along two axes.

docs/verification.md, transport along the interface. k^2 is the sum of both directions' squares.
On triangles that are not alike the curvature at a single vertex does not converge (the weights of
its neighbours are exact for linear surfaces only), and neither does the instantaneous rate of
change; the rate at which the shape decays, a step later, does.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from numpy.typing import NDArray
from reference.closed_forms import layer_factor, recession_speed

from femna.simulation.contact_state import closed_state, gap_slope
from femna.simulation.discretisation import interface_facets
from femna.simulation.setup import Model
from verification.transport import (
    HALF_PERIOD,
    MOLAR_VOLUME,
    TEMPERATURE,
    flat_cell,
    linear_metal,
    path,
    solve,
)

Array = NDArray[np.float64]
PRESSURE = 0.3e6
SPEED = recession_speed(5.0, MOLAR_VOLUME)
WAVE = 0.5  # of the recession
# half waves over the cell along its two sides
ALONG_X, ALONG_Y, BOTH = (1, 0), (0, 1), (1, 1)
SIDES = {"square": 1.0, "hexagonal": float(np.sqrt(3.0))}


def wave(built: Model, waves: tuple[int, int]) -> tuple[Array, float]:
    """Return cos cos at the vertices, and its wave number times half of the period."""
    x = built.system.vertices.horizontal
    k = np.pi * np.array(waves) / (1.0, SIDES[built.cell.symmetry])
    return np.prod(np.cos(k * x), axis=1), float(np.linalg.norm(k))


def component(built: Model, values: Array, shape: Array) -> float:
    """Return the amplitude of a shape in values at the vertices."""
    weighted = built.system.area * shape
    return float(weighted @ values) / float(weighted @ shape)


def mesh_size(built: Model) -> float:
    """Return the mean size of the interface's triangles, over half of the period."""
    count = sum(1 for _ in interface_facets(built.cell.metal))
    return float(np.sqrt(SIDES[built.cell.symmetry] / count))


def decay(
    folder: Path, symmetry: str, waves: tuple[int, int], *, refine: float
) -> tuple[float, float]:
    """Return by what rate a shallow wave decays over M gamma k^4, and the mesh size.

    One implicit step of 1/rate, hence 1/amplitude = 1 + measured rate/exact rate.
    """
    height, mobility = 1e-4, 1e-26
    changes = {
        "geometry.symmetry": symmetry,
        "geometry.metal_thickness": "25 um",
        "interface.capillarity": "true",
        "metal.surface_energy": "1 J/m^2",
        "interface.surface_diffusion": path(mobility),
        "interface.roughness": "0.001 um",
        "numerics.interface_size": "5 um",
    }
    built = flat_cell(folder, changes, refine=refine)
    system, transport = built.system, built.system.transport
    shape, k = wave(built, waves)
    rate = mobility * (k / HALF_PERIOD) ** 4 * built.scales.time
    old = 1.0 + height * shape
    z = closed_state(old, system.gap_scale)
    slope, coupling = transport.traction_slope(z, old)
    matrix = transport.divergence_slope(z, old, TEMPERATURE, diagonal=slope, coupling=coupling)
    by_gap = matrix[:, :] / gap_slope(z, system.gap_scale)
    matrix.destroy()
    # (g - g_old) rate = div J(g); it is linear, the surface being shallow
    change = transport.divergence(transport.traction(z, old), z, old, TEMPERATURE)
    moved = np.linalg.solve(np.diag(system.area) * rate - by_gap, change)
    left = 1.0 + component(built, moved, shape) / height
    return 1.0 / left - 1.0, mesh_size(built)


def pressure_wave(
    folder: Path, waves: tuple[int, int], ratio: float, *, refine: float
) -> tuple[float, float]:
    """Return p_k over its closed form where diffusion moves `ratio` times what creep does.

    As in plane strain, dv = p_k [1/(2 eta k F) + M k^2]; p_k is half the stack pressure.
    """
    k = float(np.pi * np.linalg.norm(waves))
    total = WAVE * SPEED / (0.5 * PRESSURE)
    creep, diffusion = total / (1.0 + ratio), total * ratio / (1.0 + ratio)
    changes = {
        "geometry.symmetry": "square",
        "geometry.metal_thickness": "25 um",
        "geometry.electrolyte_thickness": "10 um",
        **linear_metal(HALF_PERIOD / (2.0 * k * layer_factor(k, 1.0) * creep)),
        "interface.diffusion": path(diffusion * (HALF_PERIOD / k) ** 2),
        "numerics.interface_size": "10 um",
    }
    built = flat_cell(folder, changes, refine=refine)
    shape, _ = wave(built, waves)
    solve(built, lambda x: 1.0 + WAVE * shape, tolerance=1e-11 * max(1.0, ratio))
    view = built.system.interface()
    assert np.all(view.gap == 0.0)
    return -component(built, view.pressure, shape) / 0.5, mesh_size(built)


def orders_and_errors(found: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Return observed orders and errors of values that should be 1."""
    errors = [abs(value - 1.0) for value, _ in found]
    pairs = pairwise(zip(errors, [h for _, h in found], strict=True))
    return [float(np.log(a / b) / np.log(h / i)) for (a, h), (b, i) in pairs], errors


@pytest.mark.parametrize(
    ("symmetry", "waves", "levels"),
    [
        ("square", BOTH, (1.0, 2.0)),
        pytest.param("square", ALONG_X, (1.0, 2.0, 4.0), marks=pytest.mark.slow),
        pytest.param("square", ALONG_Y, (1.0, 2.0, 4.0), marks=pytest.mark.slow),
        pytest.param("square", BOTH, (1.0, 2.0, 4.0), marks=pytest.mark.slow),
        pytest.param("hexagonal", ALONG_X, (1.0, 2.0, 4.0), marks=pytest.mark.slow),
        pytest.param("hexagonal", BOTH, (1.0, 2.0, 4.0), marks=pytest.mark.slow),
    ],
)
def test_a_shallow_wave_decays_as_mullins_says_in_3d(
    tmp_path: Path, symmetry: str, waves: tuple[int, int], levels: tuple[float, ...]
) -> None:
    found = [decay(tmp_path, symmetry, waves, refine=r) for r in levels]
    orders, errors = orders_and_errors(found)
    # linear elements: (k h)^2/12 in the curvature, and again in the flux
    assert orders == pytest.approx([2.0] * len(orders), abs=0.25)
    assert errors[-1] < (np.pi * np.linalg.norm(waves) * found[-1][1]) ** 2 / 6.0


@pytest.mark.parametrize(
    ("waves", "ratio", "levels"),
    [
        (ALONG_X, 1e4, (1.0, 1.4)),
        (BOTH, 1e4, (1.0, 1.4)),
        pytest.param(ALONG_X, 1e4, (1.0, 2.0), marks=pytest.mark.slow),
        pytest.param(ALONG_Y, 1e4, (1.0, 2.0), marks=pytest.mark.slow),
        pytest.param(BOTH, 1e4, (1.0, 2.0), marks=pytest.mark.slow),
        pytest.param(ALONG_X, 1.0, (1.0, 2.0), marks=pytest.mark.slow),
        pytest.param(BOTH, 1.0, (1.0, 2.0), marks=pytest.mark.slow),
    ],
)
def test_pressure_wave_of_diffusion_along_the_interface_in_3d(
    tmp_path: Path, waves: tuple[int, int], ratio: float, levels: tuple[float, ...]
) -> None:
    found = [pressure_wave(tmp_path, waves, ratio, refine=r) for r in levels]
    orders, errors = orders_and_errors(found)
    # (k h)^2/12 of linear elements; two meshes of gmsh are alike only on the whole
    assert orders == pytest.approx([2.0], abs=0.4)
    assert errors[-1] < 0.02
