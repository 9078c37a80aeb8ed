"""Every number of a material set says where it comes from and how far to trust it."""

import re

import pytest
from scipy import constants

from femna.errors import InputError
from femna.materials import EVIDENCE, available_sets, load_set


def every_entry(chosen):
    """The entries of a set and of its alternatives."""
    tables = [chosen.values, *(alternative.values for alternative in chosen.alternatives)]
    return [entry for values in tables for entry in values.values()]


def test_the_sets_of_this_version_are_there():
    assert available_sets() == (
        "beta_alumina",
        "lithium",
        "polypropylene",
        "rough_contact",
        "sodium",
    )


@pytest.mark.parametrize("name", available_sets())
def test_every_number_has_unit_source_label_and_note(name):
    chosen = load_set(name)
    assert chosen.name == name
    assert chosen.values
    for entry in every_entry(chosen):
        assert entry.unit
        assert len(entry.source) > 20
        assert entry.label in EVIDENCE
        assert entry.note
        assert entry.value > 0.0


@pytest.mark.parametrize("name", available_sets())
def test_every_source_can_be_looked_up_unless_its_label_says_that_there_is_none(name):
    chosen = load_set(name)
    for entry in every_entry(chosen):
        named = re.search(r"\b(19|20)\d\d\b|doi:10\.|github\.com/\S+", entry.source)
        assert named or entry.label in ("U", "C"), f"{entry.name}: {entry.source}"


def test_what_was_read_in_code_alone_is_labelled_as_quoted():
    for metal in ("lithium", "sodium"):
        entries = load_set(metal).values.values()
        from_code = [entry for entry in entries if "github.com/" in entry.source]
        assert from_code
        for entry in from_code:
            assert entry.label == "2"
            assert " seen" in entry.source
    assert {
        name for name, entry in load_set("lithium").values.items() if "github.com" in entry.source
    } == {name for name in load_set("lithium").values if name.startswith("anand_")}


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("creep_exponent", 5.0, "R"),
        ("creep_prefactor", 0.53e-30, "R"),
        ("creep_activation_energy", 44e3, "R"),
        ("youngs_modulus", 4.6e9, "R"),
        ("poisson_ratio", 0.41, "R"),
        ("density", 971.0, "R"),
        ("molar_volume", 23.78e-6, "C"),
        ("melting_temperature", 371.0, "R"),
        ("surface_energy", 0.22, "2"),
    ],
)
def test_sodium_has_the_published_numbers(name, value, label):
    entry = load_set("sodium")[name]
    assert entry.value == pytest.approx(value, rel=1e-15)
    assert entry.label == label


def test_the_electrolyte_conducts_as_published():
    electrolyte = load_set("beta_alumina")
    assert electrolyte["conductivity"].value == 0.2
    # 0.275 eV an ion
    energy = 0.275 * constants.value("electron volt") * constants.Avogadro
    assert electrolyte["conductivity_activation_energy"].value == pytest.approx(energy, rel=2e-3)
    assert electrolyte["conductivity_activation_energy"].label == "A"


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("separation_decay", 0.45, "U"),
        ("hardness_ratio", 3.0, "2"),
        ("constriction_coefficient", 1.25, "2"),
        ("constriction_exponent", 0.95, "2"),
    ],
)
def test_rough_contact_has_the_quoted_numbers_and_says_how_far_they_were_checked(
    name, value, label
):
    entry = load_set("rough_contact")[name]
    assert entry.value == value
    assert entry.label == label


def test_the_densities_bound_the_molar_volume():
    # 22.990 g/mol over 0.971 g/cm3 is the low end of the stated range
    sodium = load_set("sodium")
    assert 22.990e-3 / sodium["density"].value == pytest.approx(23.68e-6, rel=1e-3)


def test_an_unknown_set_is_refused_with_the_closest_name():
    with pytest.raises(InputError, match="did you mean 'sodium'"):
        load_set("sodum", key="metal.material")
