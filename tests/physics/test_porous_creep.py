"""The porous metal's law: closed forms under pressure, bounds in shear, its own derivatives."""

import numpy as np
import pytest
from reference.closed_forms import cylinder_closure_pressure, sphere_closure_pressure
from scipy.optimize import brentq
from verification.record import Case

from femna.physics.porous_creep import PowerLaw, pressure_factor, respond, shear_factor

PREFACTOR = 0.53e-30  # 1/s/Pa^5, bulk sodium
POROUS = Case(
    name="porous_law",
    part="voids",
    title="Metal full of voids under pressure: the law of porous creep",
    formula="rate of closing = 3 f |adot|/a of a hollow sphere under a pressure",
    source="The closed forms of closing voids, in tests/reference.",
    mesh="one point, a power law of sodium's strength",
    across="porosity f",
    measure="rate of closing under 2 MPa [1/s]",
)
POROSITIES = [1e-6, 1e-3, 0.1, 0.5, 0.9]
EXPONENTS = [1.0, 3.0, 5.0, 6.1]


def law(n):
    return PowerLaw((PREFACTOR * 1e6 ** (5.0 - n)) ** (-1.0 / n), n)


def speed(closure_pressure, radius, n, pressure):
    """|da/dt| of a void of radius a in a body of radius 1 under a pressure, from formula 6."""
    prefactor = law(n).strength ** -n
    unit = closure_pressure(radius, 1.0, 1.0, exponent=n, prefactor=prefactor)
    return (pressure / unit) ** n


@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("porosity", POROSITIES)
def test_pressure_all_round_closes_a_hollow_sphere_at_its_own_rate(n, porosity, verified):
    radius, pressure = porosity ** (1.0 / 3.0), 2e6
    found = respond(
        law(n), np.array([1e-40]), np.array([pressure]), porosity=np.array([porosity]), sphere=True
    )
    exact = 3.0 * porosity * speed(sphere_closure_pressure, radius, n, pressure) / radius
    assert found.closing[0] == pytest.approx(exact, rel=1e-9)
    verified.curve(POROUS, f"spheres, n = {n:g}", [porosity], [found.closing[0]], [exact])


@pytest.mark.parametrize("n", EXPONENTS)
@pytest.mark.parametrize("porosity", POROSITIES)
def test_pressure_in_the_plane_closes_a_hollow_cylinder_at_its_own_rate(n, porosity):
    radius, pressure = porosity**0.5, 2e6
    exact = 2.0 * porosity * speed(cylinder_closure_pressure, radius, n, pressure) / radius
    # it cannot shorten: of the rate D = exact (1, 1, 0) / 2 the deviator is exact (1, 1, -2) / 6

    def at(mean):
        return respond(
            law(n),
            np.array([exact / 3.0]),
            np.array([mean]),
            porosity=np.array([porosity]),
            sphere=False,
        )

    mean = brentq(lambda p: at(p).closing[0] - exact, 1.0, 1e9, xtol=1e-3)
    # pressure in the plane: the mean and the deviatoric part (2/3) s_e/D_e D' = s_e / 3
    assert mean + at(mean).stress[0] / 3.0 == pytest.approx(pressure, rel=1e-8)


@pytest.mark.parametrize("sphere", [True, False])
@pytest.mark.parametrize("n", EXPONENTS)
def test_a_dense_metal_is_the_dense_law_and_an_empty_one_has_no_strength(n, sphere):
    rate, pressure = np.array([1e-3]), np.array([1e6])
    dense = respond(law(n), rate, pressure, porosity=np.array([1e-40]), sphere=sphere)
    assert dense.stress[0] == pytest.approx(law(n).strength * 1e-3 ** (1.0 / n), rel=1e-6)
    assert dense.closing[0] < 1e-9 * law(n).rate(pressure)[0]
    empty = respond(law(n), rate, 1e-3 * pressure, porosity=np.array([1.0 - 1e-6]), sphere=sphere)
    assert empty.stress[0] < 1e-4 * dense.stress[0]


@pytest.mark.parametrize("porosity", [0.01, 0.3, 0.8])
def test_a_linear_metal_has_the_moduli_of_hashin_and_shtrikman(porosity):
    f = np.array([porosity])
    shear = (1.0 - porosity) / (1.0 + 2.0 / 3.0 * porosity)  # over that of the metal
    assert 1.0 / shear_factor(f, exponent=1.0, sphere=True)[0] == pytest.approx(shear, rel=1e-12)
    in_plane = (1.0 - porosity) / (1.0 + porosity)
    cylinders = shear_factor(f, exponent=1.0, sphere=False)[0]
    assert 1.0 / cylinders == pytest.approx(in_plane, rel=1e-12)
    # bulk modulus 4 G (1 - f) / (3 f) with G = 1 / (3 A): its inverse is b A
    bulk = 9.0 * porosity / (4.0 * (1.0 - porosity))
    assert pressure_factor(f, exponent=1.0, sphere=True)[0] == pytest.approx(bulk, rel=1e-12)


@pytest.mark.parametrize("sphere", [True, False])
@pytest.mark.parametrize("porosity", [1e-3, 0.3, 0.8])
def test_the_derivatives_are_those_of_the_values(porosity, sphere):
    rate, pressure, h = 3e-3, 0.4e6, 1e-4

    def at(d, p):
        return respond(
            law(5.0), np.array([d]), np.array([p]), porosity=np.array([porosity]), sphere=sphere
        )

    def by(name, axis):
        step = (rate * h, 0.0) if axis == "rate" else (0.0, pressure * h)
        up, down = at(rate + step[0], pressure + step[1]), at(rate - step[0], pressure - step[1])
        return (getattr(up, name)[0] - getattr(down, name)[0]) / (2.0 * sum(step))

    here = at(rate, pressure)
    assert by("stress", "rate") == pytest.approx(here.slope[0], rel=1e-6)
    assert by("stress", "pressure") == pytest.approx(here.by_pressure[0], rel=1e-6)
    assert by("closing", "pressure") == pytest.approx(here.closing_slope[0], rel=1e-6)
    assert by("closing", "rate") == pytest.approx(-here.by_pressure[0], rel=5e-3)
