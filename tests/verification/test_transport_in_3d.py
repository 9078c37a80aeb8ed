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
from femna.simulation.discretisation import owned_facets
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
    """Return the root of the mean area of the interface's triangles, over half of the period."""
    count = sum(1 for _ in owned_facets(built.cell.metal, "interface"))
    return float(np.sqrt(SIDES[built.cell.symmetry] / count))


def open_cell(folder: Path, symmetry: str, mobility: float, *, refine: float) -> Model:
    """Return an array's cell whose open surface has tension and diffuses."""
    changes = {
        "geometry.symmetry": symmetry,
        "geometry.metal_thickness": "25 um",
        "interface.capillarity": "true",
        "metal.surface_energy": "1 J/m^2",
        "interface.surface_diffusion": path(mobility),
        "interface.roughness": "0.001 um",
        "numerics.interface_size": "5 um",
    }
    return flat_cell(folder, changes, refine=refine)


def decay(
    folder: Path, symmetry: str, waves: tuple[int, int], *, refine: float
) -> tuple[float, float]:
    """Return by what rate a shallow wave decays over M gamma k^4, and k times the mesh size.

    One implicit step of 1/rate, hence 1/amplitude = 1 + measured rate/exact rate.
    """
    height, mobility = 1e-4, 1e-26
    built = open_cell(folder, symmetry, mobility, refine=refine)
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
    return 1.0 / left - 1.0, k * mesh_size(built)


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


def orders(found: list[tuple[float, float]]) -> list[float]:
    """Return the observed orders of values that should be 1, given with their mesh sizes."""
    errors = [(abs(value - 1.0), h) for value, h in found]
    return [float(np.log(a / b) / np.log(h / i)) for (a, h), (b, i) in pairwise(errors)]


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
    assert orders(found) == pytest.approx([2.0] * (len(levels) - 1), abs=0.2)
    # equilateral triangles of side e see k^2 (1 - (k e)^2/16), in the curvature and again in the
    # flux: (k e)^2/8, and the area h^2 is 3^(1/2) e^2/4
    expected = found[-1][1] ** 2 / (2.0 * np.sqrt(3.0))
    assert 1.0 - found[-1][0] == pytest.approx(expected, rel=0.15)


def test_tension_of_a_steep_surface_in_3d_has_order_two(tmp_path: Path) -> None:
    # against its own shape: integral of w div(grad g/s) = -integral of grad w . grad g/s
    height = 0.3
    points, weights = np.polynomial.legendre.leggauss(60)
    x, y = np.meshgrid(*[0.5 * np.pi * (points + 1.0)] * 2)
    square = np.pi**2 * ((np.sin(x) * np.cos(y)) ** 2 + (np.cos(x) * np.sin(y)) ** 2)
    bent = height * square / np.sqrt(1.0 + height**2 * square)
    exact = -0.25 * float(weights @ bent @ weights)
    found = []
    for refine in (1.0, 2.0):
        built = open_cell(tmp_path, "square", 1e-26, refine=refine)
        system, scales = built.system, built.scales
        shape, _ = wave(built, BOTH)
        gap = 1.0 + height * shape
        mu = system.transport.traction(closed_state(gap, system.gap_scale), gap)
        value = float((system.area * shape) @ mu) * scales.traction * scales.length
        found.append((value / exact, mesh_size(built)))
    assert orders(found) == pytest.approx([2.0], abs=0.2)
    assert found[-1][0] == pytest.approx(1.0, abs=0.01)


def test_flux_on_an_incline_is_longer_along_it_and_wider_across_it(tmp_path: Path) -> None:
    # g = m y, s^2 = 1 + m^2: down the slope mu falls over s times the way, M k^2/s; across it
    # the surface is s times as wide, M k^2 s
    mobility, slope = 1e-26, 1.5
    stretch = np.sqrt(1.0 + slope**2)
    built = open_cell(tmp_path, "square", mobility, refine=2.0)
    system, scales = built.system, built.scales
    gap = 1.0 + slope * system.vertices.horizontal[:, 1]
    z = closed_state(gap, system.gap_scale)
    unit = scales.traction / (HALF_PERIOD**2 * scales.velocity)
    for waves, factor in ((ALONG_X, stretch), (ALONG_Y, 1.0 / stretch)):
        shape, k = wave(built, waves)
        change = system.transport.divergence(shape, z, gap, TEMPERATURE)
        exact = mobility * unit * k**2 * factor * 0.5  # the mean of cos^2
        # (k h)^2/12 and as much again where triangles are not alike
        assert float(shape @ change) / exact == pytest.approx(1.0, abs=5e-3)


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
    # (k h)^2/12 of linear elements; meshes of gmsh are alike only on the whole, to some 5 % in h^2
    assert orders(found) == pytest.approx([2.0], abs=0.25 if levels[-1] == 2.0 else 0.4)
    assert found[-1][0] == pytest.approx(1.0, abs=0.02)
