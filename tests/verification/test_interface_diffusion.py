"""Metal that diffuses along the interface in contact, beside creep and alone.

docs/verification.md, transport along the interface. Under a recession v0 + dv cos kx the contact
pressure's wave is dv = p_k [1/(2 eta k F) + M k^2], F the layer's factor, M = D delta Vm/(R T).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import layer_factor, recession_speed
from scipy.integrate import cumulative_trapezoid

from femna.constants import GAS_CONSTANT
from verification.cells import model
from verification.record import Case, Verified
from verification.test_limiting_pressure import step as stripes_step
from verification.transport import HALF_PERIOD, MOLAR_VOLUME, flat_cell, linear_metal, path, solve

PRESSURE = 0.3e6
SPEED = recession_speed(5.0, MOLAR_VOLUME)
K = np.pi / HALF_PERIOD
WAVE = 0.5  # of the recession
STIFF = 1e4
"""Diffusion over creep in a metal that counts as rigid: creep carries 1e-4."""


WAVES = Case(
    name="diffusing_wave",
    part="interface",
    title="Diffusion along the interface beside creep: six decades of wavelength",
    formula="dv = p_k [1/(2 eta k F) + M k^2], M = D delta Vm/(R T)",
    source="Linear metal: what creeps and what diffuses add, F the layer's factor.",
    mesh="half a wave, 20 elements",
    across="wavelength over the crossover (2 eta M)^(1/3)",
    measure="pressure wave over its closed form",
)
ORDER = Case(
    name="interface_diffusion",
    part="interface",
    title="Diffusion along the interface: order in the mesh",
    formula="dv = p_k [1/(2 eta k F) + M k^2]; disc: r M p' = int (i - U) r dr",
    source="The wave in closed form, the disc by quadrature.",
    mesh="linear elements on the interface, refined twice",
    across="element over half a period",
)


def amplitude(folder: Path, ratio: float, *, refine: float = 1.0) -> float:
    """Return p_k over its closed form where diffusion moves `ratio` times what creep does."""
    # the pressure's wave is half the stack pressure, so that contact stays
    total = WAVE * SPEED / (0.5 * PRESSURE)
    factor = layer_factor(np.pi, 2.0)
    creep, diffusion = total / (1.0 + ratio), total * ratio / (1.0 + ratio)
    changes = {
        **linear_metal(1.0 / (2.0 * K * factor * creep)),
        "interface.diffusion": path(diffusion / K**2),
        "numerics.interface_size": "2.5 um",
    }
    built = flat_cell(folder, changes, refine=refine)
    solve(
        built,
        lambda x: 1.0 + WAVE * np.cos(np.pi * x),
        tolerance=1e-11 * max(1.0, ratio),
    )
    system = built.system
    view, x = system.interface(), system.vertices.horizontal[:, 0]
    assert np.all(view.gap == 0.0)
    wave = 2.0 * float(system.area @ (view.pressure * np.cos(np.pi * x))) / system.total_area
    return -wave / 0.5


# wave lengths over the crossover (2 eta M)^(1/3) fall by ten from one to the next
DECADES = [10.0**power for power in (-9, -6, -3, 0, 3, 6, 9)]


@pytest.mark.parametrize("ratio", DECADES)
def test_wave_over_six_decades_of_its_length(
    tmp_path: Path, ratio: float, verified: Verified
) -> None:
    found = amplitude(tmp_path, ratio, refine=2.0)
    assert found == pytest.approx(1.0, rel=5e-3)
    # diffusion over creep is 2 eta M k^3 F: the cube of the wave number over the crossover's
    length = 2.0 * np.pi * (layer_factor(np.pi, 2.0) / ratio) ** (1.0 / 3.0)
    verified.curve(WAVES, "plane strain", [length], [found], [1.0])


@pytest.mark.parametrize("ratio", [1.0, pytest.param(STIFF, marks=pytest.mark.slow)])
def test_wave_converges_with_order_two(tmp_path: Path, ratio: float, verified: Verified) -> None:
    errors = [abs(amplitude(tmp_path, ratio, refine=r) - 1.0) for r in (1.0, 2.0, 4.0)]
    orders = [np.log2(a / b) for a, b in pairwise(errors)]
    # (k h)^2/12 of linear elements
    assert orders[-1] == pytest.approx(2.0, abs=0.15)
    assert errors[-1] < 1e-3
    label = f"wave, diffusion {ratio:g} of creep"
    verified.convergence(ORDER, label, [1 / 10, 1 / 20, 1 / 40], errors, order=2.0)


def disc(folder: Path, *, radius: float, refine: float) -> tuple[float, float]:
    """Return the limits of a disc fed from its rim by diffusion alone, over their closed forms.

    The disc (over b) strips at v, the annulus around it is blocked, and the rigid metal sinks at
    the mean recession U = v a^2/b^2. With p' = (v - U) r/(2 M) in the disc and no flux through b,
    the disc carries p(0) + (v - U) a^2/(8 M) on average.
    """
    e2 = radius**2
    rise = 0.25 * PRESSURE  # p(a) - p(0)
    # the mean current is the applied one: in the disc it is 1/e^2 of it
    mobility = (SPEED / e2 - SPEED) * (radius * HALF_PERIOD) ** 2 / (4.0 * rise)
    drift = SPEED * HALF_PERIOD**2 / (4.0 * mobility)  # U b^2/(4 M)
    # mean over the cell of p - p(0)
    outside = rise * (1.0 - e2) + _annulus(drift, e2)
    mean = 0.5 * rise * e2 + outside
    viscosity = STIFF / (2.0 * mobility * (np.pi / (radius * HALF_PERIOD)) ** 3)
    changes = {
        "geometry.symmetry": "axisymmetric",
        **linear_metal(viscosity),
        "interface.diffusion": path(mobility),
        "numerics.interface_size": "1.25 um",
    }
    built = flat_cell(folder, changes, refine=refine)
    # a rim of finite width, far narrower than the disc
    solve(built, lambda r: np.clip((radius - r) / 0.02 + 0.5, 0.0, 1.0), tolerance=1e-9)
    system = built.system
    view, r = system.interface(), system.vertices.horizontal[:, 0]
    assert np.all(view.gap == 0.0)
    inside = system.area * np.clip((radius - r) / 0.02 + 0.5, 0.0, 1.0)
    centre = float(view.pressure[np.argmin(r)]) * PRESSURE
    average = float(inside @ view.pressure / inside.sum()) * PRESSURE
    return (PRESSURE - centre) / mean, (average - centre) / (0.5 * rise)


def profile(folder: Path, *, radius: float, refine: float) -> tuple[float, float]:
    """Return how far p is from that of a rim of finite width, and the limit over its closed form.

    The first is the root mean square over the mean of p - p(0). With the current i(r)
    falling linearly over the rim, r M p' = the integral of (i - U) r, here by quadrature.
    """
    width, stiff = 0.2, 1e6
    mobility = (SPEED / radius**2 - SPEED) * (radius * HALF_PERIOD) ** 2 / PRESSURE
    changes = {
        "geometry.symmetry": "axisymmetric",
        **linear_metal(stiff / (2.0 * mobility * (np.pi / (radius * HALF_PERIOD)) ** 3)),
        "interface.diffusion": path(mobility),
        "numerics.interface_size": "1.25 um",
    }
    built = flat_cell(folder, changes, refine=refine)

    def conducting(r: np.ndarray) -> np.ndarray:
        return np.clip((radius - r) / width + 0.5, 0.0, 1.0)

    solve(built, conducting, tolerance=1e-7)
    s, step = np.linspace(0.0, 1.0, 100001, retstep=True)
    current = conducting(s) / (2.0 * np.trapezoid(conducting(s) * s, s))
    slope = cumulative_trapezoid((current - 1.0) * s, dx=step, initial=0.0)
    slope[1:] /= s[1:]
    exact = cumulative_trapezoid(slope, dx=step, initial=0.0) * SPEED * HALF_PERIOD**2 / mobility
    rise = 2.0 * float(np.trapezoid(exact * s, s))  # mean over the cell, p(0) = 0
    system, r = built.system, built.system.vertices.horizontal[:, 0]
    found = system.interface().pressure * PRESSURE
    error = found - np.interp(r, s, exact) - (PRESSURE - rise)
    square = float(system.area @ error**2) / system.total_area
    return float(np.sqrt(square)) / rise, (PRESSURE - float(found[np.argmin(r)])) / rise


def _annulus(drift: float, e2: float) -> float:
    """Mean over the cell of p(r) - p(a), r > a: p' = U (b^2 - r^2)/(2 M r).

    `drift` is U b^2/(4 M), `e2` (a/b)^2.
    """
    s = np.linspace(e2, 1.0, 20001)  # (r/b)^2
    rise = drift * (np.log(s / e2) - (s - e2))
    return float(np.trapezoid(rise, s))


def test_a_disc_lives_on_what_diffuses_from_its_rim(tmp_path: Path) -> None:
    limit, supply = disc(tmp_path, radius=0.5, refine=2.0)
    assert limit == pytest.approx(1.0, rel=1e-2)
    assert supply == pytest.approx(1.0, rel=1e-2)


def test_pressure_of_a_disc_with_a_rim_of_finite_width_has_order_two(
    tmp_path: Path, verified: Verified
) -> None:
    found = [profile(tmp_path, radius=0.5, refine=r) for r in (1.0, 2.0, 4.0)]
    errors = [error for error, _ in found]
    orders = [np.log2(a / b) for a, b in pairwise(errors)]
    # linear elements; w is 0.2, h 0.05 to 0.0125; creep carries 1e-6
    assert orders == pytest.approx([2.0, 2.0], abs=0.15)
    assert errors[-1] < 3e-4
    assert found[-1][1] == pytest.approx(1.0, abs=1e-3)
    verified.convergence(ORDER, "disc, profile", [1 / 20, 1 / 40, 1 / 80], errors, order=2.0)


def test_without_diffusion_the_limiting_pressure_of_stripes_returns(tmp_path: Path) -> None:
    # the map is smooth over its transition w, so that the first decline is linear in M, and about
    # what diffusion moves at w over what creep does there: 2 eta M/w^3 = 4e-7 for 1e-35
    limits = [
        stripes_step(tmp_path, extra={} if m == 0.0 else {"interface.diffusion": path(m)})
        for m in (0.0, 1e-35, 1e-34)
    ]
    found = [limit.from_platen for limit in limits]
    small, large = (1.0 - limit / found[0] for limit in found[1:])
    assert large / small == pytest.approx(10.0, rel=2e-2)
    assert 0.0 < small < 1e-6


def test_diffusion_beside_creep_lowers_the_limiting_pressure_of_stripes(tmp_path: Path) -> None:
    limits = [
        stripes_step(tmp_path, extra={} if m == 0.0 else {"interface.diffusion": path(m)})
        for m in (0.0, 1e-31, 1e-30, 1e-29)
    ]
    found = [limit.from_platen for limit in limits]
    assert all(b < a for a, b in pairwise(found))
    assert found[-1] < 0.99 * found[0]


def test_mobility_follows_arrhenius_and_is_named_among_the_sources(tmp_path: Path) -> None:
    entry = (
        '{ coefficient = "1e-20 m^3/s", activation_energy = "30 kJ/mol",'
        ' reference_temperature = "298.15 K" }'
    )
    built = model(tmp_path, {"interface.diffusion": entry})
    surface = built.properties.surface
    warm, cold = surface.mobilities(323.15)[0], surface.mobilities(298.15)[0]
    assert cold == pytest.approx(1e-20 * MOLAR_VOLUME / (GAS_CONSTANT * 298.15), rel=1e-12)
    growth = np.exp(30e3 / GAS_CONSTANT * (1.0 / 298.15 - 1.0 / 323.15)) * 298.15 / 323.15
    assert warm / cold == pytest.approx(growth, rel=1e-12)
    listed = {entry.quantity: entry.value for entry in built.properties.sources}
    assert listed["interface.diffusion.coefficient"] == 1e-20
    assert listed["interface.diffusion.activation_energy"] == 30e3
    assert listed["interface.diffusion.reference_temperature"] == 298.15
