"""A set of the user's own: a file in the format of the shipped ones, read and checked like them."""

import hashlib
import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from femna.case import load_case, parse_case, template
from femna.cli.app import execute
from femna.errors import InputError
from femna.materials import load_set, resolve
from femna.materials.quantities import known_names

SODIUM = (resources.files("femna.materials") / "sets" / "sodium.toml").read_text()
PAGE = (Path(__file__).parents[2] / "docs" / "materials.md").read_text()
SMALL = """
name = "potassium"
title = "Potassium, a made-up one"
role = "metal"

[sources]
mine = "my own tests, 2024"

[values]
melting_temperature = { value = "336 K", unit = "K", source = "mine", label = "user" }
molar_volume = { value = "45.9 cm^3/mol", unit = "m^3/mol", source = "mine", label = "user" }
creep_exponent = { value = "4", unit = "1", source = "mine", label = "user" }
creep_prefactor = { value = "2 1/s/MPa^4", unit = "1/s/Pa^4", source = "mine", label = "user" }
creep_activation_energy = { value = "40 kJ/mol", unit = "J/mol", source = "mine", label = "user" }
creep_reference_temperature = { value = "300 K", unit = "K", source = "mine", label = "user" }
"""
N4 = '{ value = "4", unit = "1", source = "mine", label = "user" }'


@pytest.fixture
def own(tmp_path):
    """Write a set beside a case, and read the case with it."""

    def call(text, name="my_metal.toml", **overrides):
        (tmp_path / name).write_text(text)
        (tmp_path / "case.toml").write_text(template("case"))
        return load_case(
            tmp_path / "case.toml",
            {"metal.material": f"./{name}", "protocol.temperature": "298.15 K", **overrides},
        )

    return call


def test_a_copy_of_sodium_gives_the_numbers_of_sodium(own):
    copy = resolve(own(SODIUM.replace('name = "sodium"', 'name = "natrium"')))
    shipped = resolve(own(SODIUM, **{"metal.material": "sodium"}))
    assert copy.metal == shipped.metal
    assert copy.surface == shipped.surface
    assert [e for e in copy.sources if e.quantity != "metal.material"] == list(shipped.sources)


def test_the_sources_of_a_set_and_the_hash_of_its_file_are_among_the_sources(own, tmp_path):
    case = own(SMALL)
    found = {entry.quantity: entry for entry in resolve(case).sources}
    digest = hashlib.sha256(SMALL.encode()).hexdigest()
    assert found["metal.material"].value == str(tmp_path / "my_metal.toml")
    assert digest in found["metal.material"].note
    assert case.metal.sha256 == digest
    assert found["metal.creep.A"].value == pytest.approx(2e-24, rel=1e-15)
    assert found["metal.creep.A"].unit == "1/s/Pa^4"
    assert found["metal.creep.A"].source == "my own tests, 2024"
    assert found["metal.creep.A"].label == "user"


def test_a_resolved_case_can_be_read_again_and_notices_that_the_set_has_changed(own, tmp_path):
    case = own(SMALL)
    text = case.to_toml()
    assert parse_case(tomllib.loads(text)) == case
    (tmp_path / "my_metal.toml").write_text(SMALL.replace('"2 1/s', '"3 1/s'))
    with pytest.raises(InputError, match=r"my_metal\.toml has changed since") as caught:
        parse_case(tomllib.loads(text))
    assert caught.value.key == "metal.sha256"
    with pytest.raises(InputError, match="has changed since the case was read"):
        resolve(case)
    assert own(SMALL.replace('"2 1/s', '"4 1/s')).to_toml() != text


def test_a_set_that_femna_brings_along_has_no_hash():
    case = parse_case(tomllib.loads(template("case")))
    assert case.metal.sha256 is None
    assert "sha256" not in case.to_toml()
    with pytest.raises(InputError, match="'sodium' is no file") as caught:
        parse_case(tomllib.loads(template("case")), {"metal.sha256": "00"})
    assert caught.value.key == "metal.sha256"


def test_a_file_that_is_not_there_is_one_line(own):
    with pytest.raises(InputError, match="no such file") as caught:
        own(SMALL, **{"metal.material": "my_metall.toml"})
    assert caught.value.key == "metal.material"


def test_an_unknown_name_says_that_it_may_be_a_file():
    with pytest.raises(InputError, match=r"or a file of your own, './NAME\.toml'"):
        load_set("potassium", key="metal.material")


def without(name, entry):
    """Return the small set with one entry of one number left out."""
    line = next(line for line in SMALL.splitlines() if line.startswith(f"{name} ="))
    cut = re.sub(rf"{entry} = \"[^\"]*\",? ?", "", line).replace(", }", " }")
    assert cut != line
    return SMALL.replace(line, cut)


def with_alternative(values):
    return f'{SMALL}\n[[alternatives]]\nname = "other"\nvalues = {{ {values} }}\n'


WRONG = {
    # what: (text, key, part of the line)
    "not TOML": ("name = ", "file", "is not TOML"),
    "no unit": (without("molar_volume", "unit"), "values.molar_volume.unit", "key is required"),
    "no source": (without("molar_volume", "source"), "values.molar_volume.source", "required"),
    "no label": (without("molar_volume", "label"), "values.molar_volume.label", "required"),
    "no value": (without("molar_volume", "value"), "values.molar_volume.value", "required"),
    "no role": (SMALL.replace('role = "metal"', ""), "role", "key is required"),
    "unknown role": (SMALL.replace('"metal"', '"metall"'), "role", "'electrolyte'"),
    "unknown key": (SMALL.replace("title", "titel"), "titel", "did you mean 'title'?"),
    "unknown entry": (
        SMALL.replace('label = "user" }\nmolar', 'label = "user", notes = "" }\nmolar'),
        "values.melting_temperature.notes",
        "did you mean 'note'?",
    ),
    "unknown number": (
        SMALL.replace("creep_exponent", "creep_exponnent"),
        "values.creep_exponnent",
        "did you mean 'creep_exponent'?",
    ),
    "number of an electrolyte": (
        f"{SMALL}conductivity = {N4.replace('1', 'S/m')}",
        "values.conductivity",
        "is not a number that a set for the metal has",
    ),
    "unknown source": (
        SMALL.replace('"mine", label = "user" }\nmolar', '"mein", label = "user" }\nmolar'),
        "values.melting_temperature.source",
        "did you mean 'mine'?",
    ),
    "empty source": (
        SMALL.replace("my own tests, 2024", " "),
        "values.creep_exponent.source",
        "has no text for it",
    ),
    "unknown label": (
        SMALL.replace('label = "user" }\nmolar', 'label = "B" }\nmolar'),
        "values.melting_temperature.label",
        "not an evidence label",
    ),
    "unit of another size": (
        SMALL.replace('unit = "m^3/mol"', 'unit = "cm^3/mol"'),
        "values.molar_volume.unit",
        "write unit = 'm^3/mol'",
    ),
    "value of another dimension": (
        SMALL.replace("45.9 cm^3/mol", "45.9 cm^2/mol"),
        "values.molar_volume.value",
        "wrong dimension",
    ),
    "value without its unit": (
        SMALL.replace("45.9 cm^3/mol", "45.9"),
        "values.molar_volume.value",
        "the unit is missing",
    ),
    "value that is a number": (
        SMALL.replace('"45.9 cm^3/mol"', "45.9"),
        "values.molar_volume.value",
        "must be a text",
    ),
    "negative value": (
        SMALL.replace("45.9", "-45.9"),
        "values.molar_volume.value",
        "must be above 0",
    ),
    "bare number that is none": (
        SMALL.replace('"4", unit', '"four", unit'),
        "values.creep_exponent.value",
        "must be a bare number",
    ),
    "exponent out of bounds": (
        SMALL.replace('"4", unit', '"9", unit'),
        "values.creep_exponent.value",
        "at least 1 and at most 8",
    ),
    "prefactor of another exponent": (
        SMALL.replace('"4", unit', '"5", unit'),
        "values.creep_prefactor.unit",
        "write unit = '1/s/Pa^5'",
    ),
    "prefactor without an exponent": (
        re.sub(r"creep_exponent.*\n", "", SMALL),
        "values.creep_prefactor",
        "add creep_exponent",
    ),
    "no melting temperature": (
        re.sub(r"melting_temperature.*\n", "", SMALL),
        "values.melting_temperature",
        "key is required",
    ),
    "an exponent alone in an alternative": (
        with_alternative(f"creep_exponent = {N4.replace('4', '3')}"),
        "alternatives.0.values.creep_prefactor",
        "must come along with creep_exponent",
    ),
    "a number that no alternative replaces": (
        with_alternative(f"youngs_modulus = {N4}"),
        "alternatives.0.values.youngs_modulus",
        "accepted: creep_activation_energy",
    ),
    "an alternative without a name": (
        with_alternative(f"creep_exponent = {N4}").replace('name = "other"\n', ""),
        "alternatives.0.name",
        "key is required",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_set_is_one_line_with_its_file_and_key(own, tmp_path, what):
    text, key, part = WRONG[what]
    case = own(text)
    with pytest.raises(InputError) as caught:
        resolve(case)
    line = str(caught.value)
    assert caught.value.key == key
    assert part in line
    assert line.startswith(f"{tmp_path / 'my_metal.toml'}: {key} = ")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("overrides", "key", "part"),
    [
        ({"metal.elastic": "true"}, "metal.material", "the set has no youngs_modulus"),
        ({"interface.capillarity": "true"}, "metal.material", "the set has no surface_energy"),
        ({"metal.creep": '{ law = "anand" }'}, "metal.material", "the set has no anand_prefactor"),
        ({"protocol.temperature": "340 K"}, "protocol.temperature", "below 336 K"),
        ({"electrolyte.material": "./my_metal.toml"}, "electrolyte.material", "for the metal"),
    ],
)
def test_what_a_set_lacks_is_asked_for_where_it_is_needed(own, overrides, key, part):
    with pytest.raises(InputError, match=part) as caught:
        resolve(own(SMALL, **overrides))
    assert caught.value.key == key
    assert "potassium" in str(caught.value) or "my_metal.toml" in str(caught.value)


def test_a_number_of_the_case_for_one_that_the_set_lacks_has_its_unit(own):
    text = re.sub(r"molar_volume.*\n", "", SMALL)
    found = resolve(own(text, **{"metal.molar_volume": "40 cm^3/mol"})).sources
    (entry,) = (entry for entry in found if entry.quantity == "metal.molar_volume")
    assert (entry.value, entry.unit, entry.label) == (40e-6, "m^3/mol", "user")


def test_a_lattice_diffusivity_may_have_one_term(own):
    term = 'source = "mine", label = "user" }\n'
    text = (
        f'{SMALL}lattice_diffusion_prefactor_1 = {{ value = "1e-5 m^2/s", unit = "m^2/s", {term}'
        f'lattice_diffusion_energy_1 = {{ value = "40 kJ/mol", unit = "J/mol", {term}'
    )
    creep = '{ law = "norton_diffusional", grain_size = "5 um", mechanisms = ["nabarro_herring"] }'
    law = resolve(own(text, **{"metal.creep": creep})).metal.creep
    assert law.laws[1].lattice.prefactors == (1e-5,)
    assert law.laws[1].lattice.activation_energies == (40e3,)
    half = text.replace("energy_1", "energy_2")
    with pytest.raises(InputError, match="the set has no lattice_diffusion_prefactor_2"):
        resolve(own(half, **{"metal.creep": creep}))


def test_an_electrolyte_may_be_of_ones_own_too(own, tmp_path):
    shipped = (resources.files("femna.materials") / "sets" / "beta_alumina.toml").read_text()
    (tmp_path / "ceramic.toml").write_text(shipped.replace('"2 mS/cm"', '"3 mS/cm"'))
    found = resolve(own(SMALL, **{"electrolyte.material": "ceramic.toml"}))
    assert found.electrolyte.conductivity == pytest.approx(0.3, rel=1e-15)
    listed = {entry.quantity for entry in found.sources}
    assert {"metal.material", "electrolyte.material"} <= listed


def test_the_command_line_shows_a_set_of_ones_own(tmp_path, capsys, monkeypatch):
    (tmp_path / "my_metal.toml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    assert execute(["materials", "show", "./my_metal.toml"]) == 0
    out = capsys.readouterr().out
    assert "potassium: Potassium, a made-up one" in out
    assert "creep_prefactor = 2 1/s/MPa^4  [user]" in out
    assert "[user] given by the user" in out
    assert execute(["materials", "show", "./nothing.toml"]) == 2
    assert "no such file" in capsys.readouterr().err
    (tmp_path / "my_metal.toml").write_text(without("molar_volume", "label"))
    assert execute(["materials", "show", "./my_metal.toml"]) == 2
    assert "my_metal.toml: values.molar_volume.label = (missing)" in capsys.readouterr().err


def test_the_set_of_the_page_and_its_alternative_can_be_used(own):
    (text,) = re.findall(r"```toml\n(name = .*?)```", PAGE, re.DOTALL)
    assert resolve(own(text)).metal.creep.n == 4.0
    slow = own(text, **{"metal.creep": '{ alternative = "slow tests" }'})
    assert resolve(slow).metal.creep.n == 3.5


@pytest.mark.parametrize("role", ["metal", "electrolyte"])
def test_the_page_names_every_number_that_a_set_may_have(role):
    assert [name for name in known_names(role) if not re.search(rf"\b{name}\b", PAGE)] == []
