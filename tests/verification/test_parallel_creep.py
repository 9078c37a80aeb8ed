"""Diffusional creep beside dislocation creep lowers the pressure that sinusoidal stripping needs.

Sodium at 298.15 K, grains of 17 um, recession v (1 + cos kx) with a wave length of 10 um. For a
linear metal P_crit = 2 eta k v exactly, that is (2/3) s with s the flow stress at the rate k v.
For any other law (2/3) s(k v) is an estimate; the solution for n = 5 is 1.388 s.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from scipy.constants import value
from scipy.optimize import brentq

from femna.case import parse_case, template
from femna.materials import CreepLaw, resolve
from verification.flow import Norton, PowerAndLinear
from verification.record import Case
from verification.wave import solve_wave

WAVELENGTH, TEMPERATURE = 10e-6, 298.15
CASE = {
    "metal.creep": '{ law = "norton_diffusional", grain_size = "17 um", force = true, '
    'mechanisms = ["nabarro_herring"] }',
    "geometry.period": "10 um",
    "numerics.interface_size": "0.5 um",
}
TABLE = {
    # mA/cm2: Nabarro-Herring, Norton, both: (2/3) s(k v) in MPa
    0.5: ("1.9", "0.181", "0.177"),
    1.0: ("3.9", "0.208", "0.205"),
    2.5: ("9.7", "0.249", "0.248"),
}
PARALLEL = Case(
    name="parallel_creep",
    part="creep",
    title="Dislocation and diffusional creep in parallel under a wave of recession",
    formula="linear: P_crit = 2 eta k v; Norton: P_crit = C(5) (k v/A)^(1/5)",
    source="Both alone in closed form (C(5) by this code, see flow); sodium, 10 um wave.",
    mesh="half a wave, 8 and 16 elements, extrapolated",
    across="exponent n",
    measure="critical pressure [MPa]",
)
FULL = [pytest.param(j, marks=pytest.mark.slow if j != 1.0 else ()) for j in TABLE]


@dataclass(frozen=True)
class Metal:
    """Sodium's laws: dislocations, diffusion, and both."""

    norton: CreepLaw
    linear: CreepLaw
    both: CreepLaw
    molar_volume: float

    def velocity(self, current: float) -> float:
        """Recession [m/s] at a current density [mA/cm2]."""
        return self.molar_volume * 10.0 * current / value("Faraday constant")


@pytest.fixture(scope="module")
def sodium() -> Metal:
    metal = resolve(parse_case(tomllib.loads(template("case")), CASE)).metal
    return Metal(*metal.creep.laws, metal.creep, metal.molar_volume)


@pytest.mark.parametrize("current", TABLE)
def test_the_estimate_at_the_rate_of_the_wave_gives_the_tabulated_pressures(sodium, current):
    rate = 2.0 * np.pi / WAVELENGTH * sodium.velocity(current)
    for law, text in zip((sodium.linear, sodium.norton, sodium.both), TABLE[current], strict=True):
        stress = brentq(lambda s, law=law: float(law.rate(s, TEMPERATURE)) / rate - 1.0, 1e3, 1e9)
        digits = len(text.partition(".")[2])
        assert f"{2.0 / 3.0 * stress / 1e6:.{digits}f}" == text


@dataclass(frozen=True)
class Wave:
    """The wave in units of half a wave length, its velocity, and the flow stress at their rate."""

    stress: float
    power: Norton
    linear: Norton
    both: Norton

    def pressure(self, law: Norton, n: float) -> float:
        """Return the least pressure [Pa] that keeps contact, of two meshes extrapolated."""
        floors = (1e-2,) if n == 1.0 else (1e-2, 1e-3)
        c = [solve_wave(m, n, floors=floors, law=law)[0][-1].critical for m in (8, 16)]
        return (4.0 * c[1] - c[0]) / 3.0 * np.pi ** (1.0 / n) * self.stress


def wave_of(sodium: Metal, current: float) -> Wave:
    rate = sodium.velocity(current) / (0.5 * WAVELENGTH)
    stress = (rate / float(sodium.norton.rate(1.0, TEMPERATURE))) ** 0.2
    linear = float(sodium.linear.rate(stress, TEMPERATURE)) / rate
    wave = Wave(stress, Norton(5.0), Norton(1.0, linear), PowerAndLinear(5.0, 1.0, linear))
    # what is solved for is the metal's own law
    tried = np.geomspace(0.1, 10.0, 7)
    np.testing.assert_allclose(
        wave.both.rate(tried, TEMPERATURE) * rate,
        sodium.both.rate(tried * stress, TEMPERATURE),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        wave.both.log_slope(tried, TEMPERATURE),
        sodium.both.log_slope(tried * stress, TEMPERATURE),
        rtol=1e-12,
    )
    return wave


@pytest.mark.parametrize("current", FULL)
def test_solved_pressures_are_the_exact_ones_alone_and_lower_together(sodium, current, verified):
    wave = wave_of(sodium, current)
    k, velocity = 2.0 * np.pi / WAVELENGTH, sodium.velocity(current)
    linear = wave.pressure(wave.linear, 1.0)
    # 2 eta k v with eta = s/(3 rate); h^4 is left, (pi/16)^4 = 1.5e-3 with a constant below 1/10
    eta = 1.0 / (3.0 * float(sodium.linear.rate(1.0, TEMPERATURE)))
    assert linear == pytest.approx(2.0 * eta * k * velocity, rel=1.5e-4)
    norton = wave.pressure(wave.power, 5.0)
    stress = (k * velocity / float(sodium.norton.rate(1.0, TEMPERATURE))) ** 0.2
    # C(5) of docs/verification.md; two coarse levels, extrapolated
    assert norton == pytest.approx(1.3877 * stress, rel=3e-3)
    both = wave.pressure(wave.both, 5.0)
    # at every rate the flow stress of both lies below each alone and above their harmonic sum
    assert both < norton * (1.0 - 3e-3)
    assert both < linear
    assert 1.0 / both < 1.0 / norton + 1.0 / linear
    for law, n, found, exact in (
        ("diffusion", 1.0, linear, 2.0 * eta * k * velocity),
        ("dislocations", 5.0, norton, 1.3877 * stress),
    ):
        label = f"{law}, {current:g} mA/cm^2"
        verified.curve(PARALLEL, label, [n], [1e-6 * found], [1e-6 * exact])


@pytest.mark.parametrize("linear", [0.5, 3.0])
def test_two_linear_mechanisms_are_one_with_the_sum_of_their_rates(linear):
    # P = (2/3) k dv/(1 + B) in the half-space
    found = [
        solve_wave(16, 1.0, law=law)[0][0].critical
        for law in (PowerAndLinear(1.0, 1.0, linear), Norton(1.0, 1.0 + linear))
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-10)
