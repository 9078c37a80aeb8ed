"""Diffusional creep, parallel mechanisms and the strength of small volumes, by hand."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest
from scipy import constants

from femna.case import parse_case, template
from femna.errors import InputError
from femna.materials import ArrheniusSum, Diffusional, Norton, Parallel, SizeDependent, resolve

NORTON = Norton(n=5.0, prefactor=0.53e-30, activation_energy=44e3, reference_temperature=298.15)
HERRING = 'law = "norton_diffusional", grain_size = "10 um", mechanisms = ["nabarro_herring"]'
ALONE = f"{HERRING}, dislocation_creep = false"


def resolved(creep, **more):
    overrides = {"metal.creep": f"{{ {creep} }}", "geometry.period": "500 um", **more}
    return resolve(parse_case(tomllib.loads(template("case")), overrides))


def law(creep, **more):
    return resolved(creep, **more).metal.creep


@pytest.mark.parametrize(
    ("kelvin", "published"),
    [(273, "1.3e-13"), (298, "5.7e-13"), (323, "2.1e-12"), (353, "8.1e-12")],
)
def test_lattice_diffusion_of_sodium_is_the_published_one_in_both_its_digits(kelvin, published):
    assert f"{law(ALONE).lattice.at(kelvin):.1e}" == published


def test_lattice_diffusion_is_the_sum_of_three_arrhenius_terms():
    # m^2/s and cal/mol
    terms = [(8.0e-4, 14000.0), (0.144e-4, 10840.0), (0.009e-4, 8720.0)]
    gas = constants.R / 4.184
    for kelvin in (280.0, 350.0):
        by_hand = sum(d * np.exp(-q / (gas * kelvin)) for d, q in terms)
        assert law(ALONE).lattice.at(kelvin) == pytest.approx(by_hand, rel=1e-13)


@pytest.mark.parametrize(
    ("microns", "published"), [(10, "4.4e+08"), (20, "1.7e+09"), (100, "4.4e+10")]
)
def test_the_viscosity_of_nabarro_herring_creep_is_the_published_one(microns, published):
    eta = law(ALONE.replace("10 um", f"{microns} um")).viscosity(298.0)
    assert f"{eta:.1e}" == published


def test_nabarro_herring_creep_is_the_formula_of_frost_and_ashby():
    found = law(ALONE)
    atom = 23.78e-6 / constants.Avogadro
    for kelvin in (280.0, 298.15, 340.0):
        shear_stress, diffusivity = 1e5, float(found.lattice.at(kelvin))
        shear_rate = 42.0 * shear_stress * atom * diffusivity / (constants.k * kelvin * 1e-10)
        # equivalent stress sqrt(3) tau, equivalent rate shear rate / sqrt(3)
        rate = found.rate(np.sqrt(3.0) * shear_stress, kelvin)
        assert rate == pytest.approx(shear_rate / np.sqrt(3.0), rel=1e-13)


def coble(grain, boundary, more=""):
    return law(
        f'law = "norton_diffusional", grain_size = "{grain} um", mechanisms = ["coble"], '
        f'dislocation_creep = false, boundary_diffusivity = "{boundary!r} m^3/s"{more}'
    )


def test_coble_creep_is_lattice_creep_with_the_boundaries_share_of_the_diffusivity():
    # D_v = pi D_b delta_b / d
    lattice = float(law(ALONE).lattice.at(298.15))
    same = coble(10, lattice * 10e-6 / np.pi)
    assert same.viscosity(298.15) == pytest.approx(law(ALONE).viscosity(298.15), rel=1e-13)


def test_coble_viscosity_goes_with_the_cube_of_the_grain_size():
    ratio = coble(20, 1e-19).viscosity(300.0) / coble(10, 1e-19).viscosity(300.0)
    assert ratio == pytest.approx(8.0, rel=1e-13)


def test_both_mechanisms_add_their_diffusivities():
    both = law(
        HERRING.replace('herring"', 'herring", "coble"')
        + ', dislocation_creep = false, boundary_diffusivity = "1e-18 m^3/s"'
    )
    rates = [one.rate(1e5, 298.15) for one in (law(ALONE), coble(10, 1e-18))]
    assert both.rate(1e5, 298.15) == pytest.approx(sum(rates), rel=1e-13)


def test_boundary_diffusion_answers_to_temperature_by_arrhenius():
    energy = ', boundary_activation_energy = "30 kJ/mol", boundary_reference_temperature = "300 K"'
    cold, warm = (coble(10, 1e-19, energy).rate(1e5, kelvin) for kelvin in (280.0, 340.0))
    # rate ~ D_b/T
    by_hand = np.exp(-30e3 / constants.R * (1 / 340 - 1 / 280)) * 280 / 340
    assert warm / cold == pytest.approx(by_hand, rel=1e-13)
    assert coble(10, 1e-19, energy).rate(1e5, 300.0) == pytest.approx(
        coble(10, 1e-19).rate(1e5, 300.0), rel=1e-13
    )


def numeric_slope(law, stress, kelvin):
    h = 1e-5
    return np.log(law.rate(stress * np.exp(h), kelvin) / law.rate(stress * np.exp(-h), kelvin)) / (
        2.0 * h
    )


def test_parallel_rates_add_and_the_slope_is_that_of_their_sum():
    both, linear = law(HERRING), law(ALONE)
    stress, kelvin = np.geomspace(1e3, 1e7, 9)[:, None], np.array([280.0, 340.0])
    rates = both.rate(stress, kelvin)
    norton = replace(both.laws[0])
    np.testing.assert_allclose(
        rates, norton.rate(stress, kelvin) + linear.rate(stress, kelvin), rtol=1e-14
    )
    assert norton == NORTON
    slope = both.log_slope(stress, kelvin)
    assert slope.shape == rates.shape == (9, 2)
    # the error of the difference: step^2 times the third derivative, below 10
    np.testing.assert_allclose(slope, numeric_slope(both, stress, kelvin), atol=2e-9)
    assert slope[0] == pytest.approx([1.0, 1.0], abs=1e-3)
    assert slope[-1] == pytest.approx([5.0, 5.0], abs=1e-3)


def test_parallel_laws_with_equal_slopes_are_one_law_with_the_sum_of_prefactors():
    twice = Parallel((NORTON, NORTON))
    assert twice.rate(1e5, 300.0) == pytest.approx(2.0 * NORTON.rate(1e5, 300.0), rel=1e-15)
    assert twice.log_slope(1e5, 300.0) == pytest.approx(5.0, rel=1e-15)


def test_a_small_volume_flows_at_the_bulk_rate_under_its_factor_times_the_stress():
    small = law('law = "size_dependent", size = "10 um"')
    factor = (1.3e-3 / 10e-6) ** 0.68
    assert small.factor == pytest.approx(factor, rel=1e-14)
    assert small.rate(factor * 2e5, 310.0) == pytest.approx(NORTON.rate(2e5, 310.0), rel=1e-13)
    assert small.log_slope(np.array([1e5, 1e6]), 310.0) == pytest.approx([5.0, 5.0])
    assert small.n == 5.0


def test_a_large_volume_is_as_weak_as_bulk_metal():
    for size in ("1.3 mm", "1 cm"):
        large = law(f'law = "size_dependent", size = "{size}"')
        assert large.factor == 1.0
        assert large.rate(1e5, 300.0) == NORTON.rate(1e5, 300.0)


def test_the_size_law_of_lithium_has_the_published_pillar_strength():
    # 105 MPa at 1 um against 0.8 MPa in bulk; the reference length is rounded to two digits
    small = law('law = "size_dependent", size = "1 um"', **{"metal.material": "lithium"})
    assert small.factor * 0.8 == pytest.approx(105.0, rel=0.04)


def test_size_numbers_of_the_case_replace_those_of_the_set():
    small = law(
        'law = "size_dependent", size = "1 um", size_exponent = 0.5, '
        'size_reference_length = "100 um"'
    )
    assert small.factor == pytest.approx(10.0, rel=1e-14)
    assert isinstance(small, SizeDependent)


def sources(creep, **more):
    return {entry.quantity: entry for entry in resolved(creep, **more).sources}


def test_the_size_law_of_sodium_says_that_its_numbers_are_a_surrogate():
    found = sources('law = "size_dependent", size = "10 um"')
    for name, label in (("size_exponent", "A"), ("size_reference_length", "C")):
        entry = found[f"metal.creep.{name}"]
        assert "urrogate" in entry.note
        assert "surrogate" in entry.source
        assert entry.label == label
    assert found["metal.creep.size"].label == "user"
    lithium = sources('law = "size_dependent", size = "10 um"', **{"metal.material": "lithium"})
    assert "urrogate" not in lithium["metal.creep.size_exponent"].note


def test_diffusional_creep_names_the_source_of_every_number():
    found = sources(
        HERRING.replace('herring"', 'herring", "coble"')
        + ', boundary_diffusivity = "1e-19 m^3/s", boundary_activation_energy = "30 kJ/mol"'
        ', boundary_reference_temperature = "300 K"'
    )
    terms = {f"metal.lattice_diffusion_{k}_{i}" for k in ("prefactor", "energy") for i in (1, 2, 3)}
    power = {f"metal.creep.{k}" for k in ("n", "A", "activation_energy", "reference_temperature")}
    own = {"boundary_diffusivity", "boundary_activation_energy", "boundary_reference_temperature"}
    own = {f"metal.creep.{k}" for k in (*own, "grain_size")}
    metal = {name for name in found if name.startswith("metal.")}
    assert metal == terms | power | own | {"metal.molar_volume"}
    assert {found[k].label for k in terms} == {"2"}
    assert found["metal.lattice_diffusion_energy_1"].value == pytest.approx(14e3 * 4.184)
    assert {found[k].label for k in own} == {"user"}
    assert found["metal.creep.boundary_diffusivity"].unit == "m^3/s"


def test_without_dislocations_no_number_of_the_power_law_is_used():
    assert "metal.creep.A" not in sources(ALONE)
    assert isinstance(law(ALONE), Diffusional)
    assert law(ALONE).n == 1.0


def test_lithium_has_no_lattice_diffusivity_and_says_so():
    with pytest.raises(InputError, match="lithium has no lattice diffusivity") as caught:
        law(HERRING, **{"metal.material": "lithium"})
    assert caught.value.key == "metal.creep.mechanisms"


def test_grains_that_are_not_small_are_taken_by_force():
    forced = law(f"{ALONE}, force = true", **{"geometry.period": "10 um"})
    assert forced == law(ALONE)


def test_a_sum_of_paths_is_each_of_them_where_the_others_are_slow():
    paths = ArrheniusSum((1e-4, 1e-8), (60e3, 20e3))
    assert paths.at(100.0) == pytest.approx(1e-8 * np.exp(-200.0 / constants.R), rel=1e-9)
    assert paths.at(np.array([[200.0], [300.0]])).shape == (2, 1)
