"""An alternative of a set: taken by its name, with the set's own source and label."""

import tomllib

import pytest

from femna.case import parse_case, template
from femna.errors import InputError
from femna.materials import load_set, resolve
from femna.physics.flow_stress import characteristic_stress

FIT = 'alternative = "flow-stress fit"'
HERRING = 'law = "norton_diffusional", grain_size = "2 um", mechanisms = ["nabarro_herring"]'


def case_with(creep, **more):
    entries = {"metal.creep": f"{{ {creep} }}", **more}
    return parse_case(tomllib.loads(template("case")), entries)


def test_the_prefactor_of_the_fit_is_that_of_the_flow_stress():
    # s = 0.928 MPa rate^0.164, so rate = (s / 0.928 MPa)^6.1
    prefactor = 0.928**-6.1
    assert prefactor == pytest.approx(1.577, abs=5e-4)
    law = resolve(case_with(FIT)).metal.creep
    assert law.n == 6.1
    assert law.n == pytest.approx(1 / 0.164, abs=0.05)
    # two digits behind the point
    assert law.prefactor * 1e6**6.1 == pytest.approx(prefactor, abs=5e-3)


def test_the_flow_stress_of_the_fit_is_the_published_one():
    law = resolve(case_with(FIT)).metal.creep
    published = 0.928e6 * 1e-3**0.164
    # 0.2 % of A are 0.03 % of stress, 0.04 % of n times ln(1e-3) another 0.04 %
    assert characteristic_stress(law, 1e-3, 298.15) == pytest.approx(published, rel=1e-3)


def test_the_fit_is_the_pair_that_a_case_may_spell():
    fit = resolve(case_with(FIT)).metal.creep
    assert fit == resolve(case_with('n = 6.1, A = "1.58 1/s/MPa^6.1"')).metal.creep
    assert fit.activation_energy == 44e3


def test_its_numbers_keep_the_source_and_the_label_of_the_set():
    found = {entry.quantity: entry for entry in resolve(case_with(FIT)).sources}
    for key, label in (("n", "C"), ("A", "C"), ("activation_energy", "R")):
        assert found[f"metal.creep.{key}"].label == label
        assert "Materialia 12 (2020) 100792" in found[f"metal.creep.{key}"].source
    assert found["metal.creep.A"].unit == "1/s/Pa^6.1"
    assert "0.928^-6.1" in found["metal.creep.A"].note


def test_what_the_case_gives_replaces_what_the_set_has_beside_it():
    found = resolve(case_with(f'{FIT}, activation_energy = "40 kJ/mol"'))
    assert found.metal.creep.n == 6.1
    assert found.metal.creep.activation_energy == 40e3
    labels = {entry.quantity: entry.label for entry in found.sources}
    assert labels["metal.creep.activation_energy"] == "user"


@pytest.mark.parametrize(
    "creep",
    [
        f'law = "size_dependent", size = "10 um", {FIT}',
        f"{HERRING}, {FIT}",
    ],
)
def test_every_law_that_is_built_on_the_power_law_takes_it(creep):
    law = resolve(case_with(creep)).metal.creep
    power = law.bulk if hasattr(law, "bulk") else law.laws[0]
    assert power == resolve(case_with(FIT)).metal.creep


def test_a_case_with_it_can_be_written_and_read_again():
    case = case_with(FIT)
    text = case.to_toml()
    assert 'creep = { law = "norton", alternative = "flow-stress fit" }' in text
    again = parse_case(tomllib.loads(text))
    assert again == case
    assert resolve(again).sources == resolve(case).sources


@pytest.mark.parametrize(
    ("creep", "more", "key", "part"),
    [
        ('alternative = "flow stress"', {}, "alternative", "did you mean 'flow-stress fit'?"),
        (FIT, {"metal.material": "lithium"}, "alternative", "the set has none"),
        (f'n = 5, A = "0.5 1/s/MPa^5", {FIT}', {}, "alternative", "remove it, or n and A"),
        (f'law = "anand", {FIT}', {}, "alternative", "unknown key"),
        (
            f"{HERRING}, dislocation_creep = false, {FIT}",
            {},
            "alternative",
            "changes nothing",
        ),
    ],
    ids=["misspelt", "a set without", "with a pair", "of another law", "without dislocations"],
)
def test_an_alternative_that_cannot_be_is_one_line(creep, more, key, part):
    with pytest.raises(InputError) as caught:
        resolve(case_with(creep, **more))
    assert caught.value.key == f"metal.creep.{key}"
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_set_with_an_alternative_has_the_rest_of_its_numbers_still():
    sodium = load_set("sodium")
    chosen = sodium.with_alternative("flow-stress fit", key="metal.creep.alternative")
    assert chosen["creep_exponent"].value == 6.1
    assert sodium["creep_exponent"].value == 5.0
    assert chosen.values.keys() == sodium.values.keys()
