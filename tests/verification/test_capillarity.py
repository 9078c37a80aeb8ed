"""Surface tension and surface diffusion of the open surface.

docs/verification.md, transport along the interface.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import limiting_speed

from femna.simulation.contact_state import closed_state
from femna.simulation.setup import Model
from verification.cells import set_step
from verification.record import Case, Verified
from verification.transport import HALF_PERIOD, flat_cell, initial_gap, linear_metal, path, solve

SURFACE = Case(
    name="surface_tension",
    part="interface",
    title="Surface tension and surface diffusion of the open surface",
    formula="decay of a shallow wave M gamma k^4; mean curvature div(g'/sqrt(1 + g'^2))",
    source="W. W. Mullins, J. Appl. Phys. 28 (1957) 333; curvature against a smooth weight.",
    mesh="half a wave, 10 to 40 elements",
    across="element over half a wave",
)
SINTERING = Case(
    name="sintering_slit",
    part="interface",
    title="Surface tension closes a slit in viscous metal",
    formula="U = ((P + s_s) b/(pi eta)) ln[1/sin(pi f/2)], f = 1 - a/b, s_s = gamma sin(psi)/a",
    source="The closed form of load-bearing stripes under P + s_s, in tests/reference; the "
    "traction is singular at the rim, of order one.",
    mesh="slit of 7.5 um, elements of 1 um and half of it",
    across="element over half the slit",
    measure="relative error of the speed",
)


def open_wave(
    folder: Path, height: float, symmetry: str = "plane_strain", *, refine: float = 1.0
) -> tuple[Model, np.ndarray, np.ndarray]:
    """Return a cell and z, g of a wavy surface that is open everywhere (g over the half period)."""
    changes = {
        "interface.capillarity": "true",
        "metal.surface_energy": "1 J/m^2",
        "interface.surface_diffusion": path(1e-26),
        "interface.roughness": "0.001 um",
        "numerics.interface_size": "2.5 um",
        "geometry.symmetry": symmetry,
    }
    built = flat_cell(folder, changes, refine=refine)
    system = built.system
    gap = 1.0 + height * np.cos(np.pi * system.vertices.horizontal[:, 0])
    return built, closed_state(gap, system.gap_scale), gap


def decay(folder: Path, refine: float) -> float:
    """Return the rate at which a shallow wave decays, over B k^4, B = M gamma (Mullins 1957)."""
    height = 1e-4
    built, z, gap = open_wave(folder, height, refine=refine)
    system, scales = built.system, built.scales
    mu = system.transport.traction(z, gap)
    rate = system.transport.divergence(mu, z, gap, 298.15)
    shape = np.cos(np.pi * system.vertices.horizontal[:, 0])
    measured = -2.0 * float(rate @ shape) / system.total_area / height
    exact = 1e-26 * 1.0 * (np.pi / HALF_PERIOD) ** 4 * scales.time
    return measured / exact


def test_a_shallow_wave_decays_as_mullins_says(tmp_path: Path, verified: Verified) -> None:
    errors = [abs(decay(tmp_path, refine) - 1.0) for refine in (1.0, 2.0, 4.0)]
    orders = [np.log2(a / b) for a, b in pairwise(errors)]
    # linear elements: (k h)^2/12 in the curvature, and again in the flux
    assert orders[-1] == pytest.approx(2.0, abs=0.1)
    assert errors[-1] < 2e-3
    verified.convergence(SURFACE, "decay of a wave", [1 / 10, 1 / 20, 1 / 40], errors, order=2.0)


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_tension_of_a_steep_surface_has_order_two(
    tmp_path: Path, symmetry: str, verified: Verified
) -> None:
    # against cos pi x: integral of div(g'/s) cos pi x = integral of pi sin(pi x) g'/s
    points, weights = np.polynomial.legendre.leggauss(60)
    x, w = 0.5 * (points + 1.0), 0.5 * weights
    around = 2.0 * np.pi * x if symmetry == "axisymmetric" else np.ones_like(x)
    slope = -0.3 * np.pi * np.sin(np.pi * x)
    bent = np.pi * np.sin(np.pi * x) * slope / np.sqrt(1.0 + slope**2)
    exact = float(w @ (around * bent))
    errors = []
    for refine in (1.0, 2.0, 4.0):
        built, z, gap = open_wave(tmp_path, 0.3, symmetry, refine=refine)
        system, scales = built.system, built.scales
        found = system.transport.traction(z, gap) * scales.traction * scales.length
        shape = np.cos(np.pi * system.vertices.horizontal[:, 0])
        errors.append(abs(float((system.area * found) @ shape) / exact - 1.0))
    orders = [np.log2(a / b) for a, b in pairwise(errors)]
    assert orders[-1] == pytest.approx(2.0, abs=0.1)
    assert errors[-1] < 2e-3
    label = f"curvature, {symmetry.replace('_', ' ')}"
    verified.convergence(SURFACE, label, [1 / 10, 1 / 20, 1 / 40], errors, order=2.0)


@pytest.mark.parametrize("refine", [1.0, 4.0])
def test_a_vertex_on_the_axis_has_three_quarters_of_its_curvature(
    tmp_path: Path, refine: float
) -> None:
    height = 1e-4
    built, z, gap = open_wave(tmp_path, height, "axisymmetric", refine=refine)
    system, scales = built.system, built.scales
    r = system.vertices.horizontal[:, 0]
    h = float(np.sort(r)[1])
    # g = H cos(pi r) falls by d in the first facet: the ring pulls 2 pi (h/2) d/h on the vertex
    # of the area pi h^2/3, 3 d/h^2; its curvature is 2 g'' = -4 d/h^2
    drop = height * (1.0 - np.cos(np.pi * h))
    axis = float(system.transport.traction(z, gap)[np.argmin(r)]) * scales.traction * scales.length
    assert axis == pytest.approx(-3.0 * drop / h**2, rel=1e-6)
    assert axis / (-2.0 * height * np.pi**2) == pytest.approx(0.75, rel=(np.pi * h) ** 2 / 10.0)


@pytest.mark.parametrize("surface_energy", [1e-6, 10.0])
def test_tension_adds_to_the_pressure_that_closes_a_void_in_viscous_metal(
    tmp_path: Path, surface_energy: float, verified: Verified
) -> None:
    # a shallow slit, n = 1, no diffusion: -s_s = -gamma sin(psi)/a on |x| < a and v = 0 beside it,
    # the problem of load-bearing stripes under P + s_s
    base, angle, viscosity, pressure = 7.5e-6, 5.0, 1e9, 0.3e6
    sintering = surface_energy * np.sin(np.radians(angle)) / base
    changes = {
        **linear_metal(viscosity),
        "interface.capillarity": "true",
        "metal.surface_energy": f"{surface_energy} J/m^2",
        "interface.roughness": "0.001 um",
        "numerics.interface_size": "1 um",
        "geometry.initial_void": f'{{ radius = "{base} m", contact_angle = "{angle} deg" }}',
    }
    errors = []
    for refine in (1.0, 2.0):
        built = flat_cell(tmp_path, changes, refine=refine)
        solve(built, np.ones_like, dt=1e-5, current=0.0, tolerance=1e-9)
        exact = limiting_speed(
            viscosity, 1.0 - base / HALF_PERIOD, HALF_PERIOD, pressure + sintering
        )
        errors.append(abs(built.system.platen_velocity * built.scales.velocity / exact + 1.0))
    # traction as r^(-1/2) at the rim: order one in its work
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1.0, abs=0.15)
    assert errors[1] < 5e-3
    label = f"s_s = {sintering / pressure:.2g} P"
    verified.convergence(SINTERING, label, [1 / 7.5, 1 / 15], errors, order=1.0)


def test_a_step_keeps_volume_and_force_with_everything_on(tmp_path: Path) -> None:
    changes = {
        "interface.capillarity": "true",
        "interface.diffusion": path(1e-26),
        "interface.surface_diffusion": path(1e-26),
        "interface.adhesion": '{ strength = "0.1 MPa" }',
        "geometry.initial_void": '{ radius = "6 um", contact_angle = "60 deg" }',
    }
    built = flat_cell(tmp_path, changes)
    system = built.system
    old = initial_gap(built)
    set_step(built, dt=1e-3)
    solve(built, np.ones_like, dt=1e-3)
    view = system.interface()
    # what the gaps gain is what is stripped less what the platen brings
    gain = float(system.area @ (view.gap - old)) / 1e-3
    assert gain == pytest.approx(
        (1.0 + system.platen_velocity) * system.total_area, abs=1e-8 * system.total_area
    )
    assert float(system.area @ view.traction) == pytest.approx(system.total_area, rel=1e-10)
