"""A case resolves to numbers that each name their source."""

import math
import tomllib

import pytest

from femna.case import parse_case, template
from femna.errors import InputError
from femna.materials import largest_net_charge, resolve


def case_with(**overrides):
    entries = {key.replace("__", "."): value for key, value in overrides.items()}
    return parse_case(tomllib.loads(template("case")), entries)


def test_the_sets_give_what_the_case_leaves_out():
    found = resolve(case_with())
    assert found.metal.creep.n == 5.0
    assert found.metal.creep.prefactor == pytest.approx(5.3e-31, rel=1e-15)
    assert found.metal.molar_volume == 23.78e-6
    assert found.electrolyte.conductivity == 0.2
    assert found.metal.shear_modulus is None
    assert found.metal.bulk_modulus is None


def test_an_elastic_metal_has_its_moduli():
    metal = resolve(case_with(metal__elastic="true")).metal
    assert metal.shear_modulus == pytest.approx(4.6e9 / 2.82, rel=1e-14)
    assert metal.bulk_modulus == pytest.approx(4.6e9 / 0.54, rel=1e-14)


def sources(**overrides):
    """Return what the ledger says, by quantity; none is entered twice."""
    found = resolve(case_with(**overrides)).sources
    named = {entry.quantity: entry for entry in found}
    assert len(named) == len(found)
    return named


# what the template's case gives on its cell and its interface, in SI units
OF_THE_CASE = {
    "geometry.period": (50e-6, "m"),
    "geometry.metal_thickness": (100e-6, "m"),
    "geometry.electrolyte_thickness": (100e-6, "m"),
    "interface.map.blocked_fraction": (0.3, "1"),
    "interface.map.transition": (1e-6, "m"),
    "interface.kinetics.resistance": (8e-4, "ohm*m^2"),
    "interface.roughness": (1e-7, "m"),
}


def test_every_number_used_names_its_source():
    found = sources(metal__elastic="true")
    assert set(found) == {
        "metal.creep.n",
        "metal.creep.A",
        "metal.creep.activation_energy",
        "metal.creep.reference_temperature",
        "metal.molar_volume",
        "metal.youngs_modulus",
        "metal.poisson_ratio",
        "electrolyte.conductivity",
        "electrolyte.conductivity_activation_energy",
        "electrolyte.conductivity_reference_temperature",
        *OF_THE_CASE,
    }
    assert "Materialia 12 (2020) 100792" in found["metal.creep.A"].source
    assert found["metal.creep.A"].unit == "1/s/Pa^5"
    assert "ACS Appl. Mater. Interfaces 12 (2020) 678" in found["electrolyte.conductivity"].source


def test_the_numbers_of_the_cell_and_of_the_interface_are_the_users():
    found = {name: entry for name, entry in sources().items() if entry.label == "user"}
    assert {name: (entry.value, entry.unit) for name, entry in found.items()} == OF_THE_CASE
    assert {entry.source for entry in found.values()} == {"the user's case"}


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            {
                "interface__kinetics": '{ law = "butler_volmer", transfer_coefficient = 0.4, '
                'exchange_current_density = "1 mA/cm^2", activation_energy = "44 kJ/mol", '
                'reference_temperature = "300 K" }'
            },
            {
                "interface.kinetics.exchange_current_density": (10.0, "A/m^2"),
                "interface.kinetics.transfer_coefficient": (0.4, "1"),
                "interface.kinetics.activation_energy": (44e3, "J/mol"),
                "interface.kinetics.reference_temperature": (300.0, "K"),
            },
        ),
        (
            {
                "interface__map": '{ kind = "resistances", resistances = ["8 ohm*cm^2", '
                '"80 ohm*cm^2"], fractions = [0.4, 0.6], transition = "1 um" }'
            },
            {
                "interface.map.resistances.0": (8e-4, "ohm*m^2"),
                "interface.map.resistances.1": (8e-3, "ohm*m^2"),
                "interface.map.fractions.0": (0.4, "1"),
                "interface.map.fractions.1": (0.6, "1"),
                "interface.map.transition": (1e-6, "m"),
            },
        ),
        (
            {
                "interface__map": '{ kind = "random_field", blocked_fraction = 0.3, '
                'correlation_length = "5 um", seed = 1, transition = "1 um" }'
            },
            {"interface.map.correlation_length": (5e-6, "m")},
        ),
        (
            {"geometry__initial_void": '{ radius = "2 um", contact_angle = "90 deg" }'},
            {
                "geometry.initial_void.radius": (2e-6, "m"),
                "geometry.initial_void.contact_angle": (math.pi / 2, "rad"),
            },
        ),
        (
            {"geometry__metal_voids": '[{ x = "0 um", height = "20 um", radius = "2 um" }]'},
            {"geometry.metal_voids.0.height": (20e-6, "m")},
        ),
        (
            {"interface__surface_diffusion__coefficient": "1e-20 m^3/s"}
            | {"interface__capillarity": "true", "interface__adhesion__strength": "0.5 MPa"},
            {
                "interface.surface_diffusion.coefficient": (1e-20, "m^3/s"),
                "interface.adhesion.strength": (5e5, "Pa"),
            },
        ),
    ],
    ids=["kinetics", "zones", "random map", "initial void", "voids inside", "transport"],
)
def test_whatever_the_case_gives_there_is_named(overrides, expected):
    found = sources(**overrides)
    for name, (value, unit) in expected.items():
        entry = found[name]
        assert (entry.value, entry.unit, entry.label) == (pytest.approx(value), unit, "user")
    # a seed chooses and is no quantity
    assert "interface.map.seed" not in found


def test_a_default_of_the_interface_is_not_called_the_users():
    law = '{ law = "butler_volmer", exchange_current_density = "1 mA/cm^2" }'
    entry = sources(interface__kinetics=law)["interface.kinetics.transfer_coefficient"]
    assert (entry.value, entry.label) == (0.5, "U")
    assert "default" in entry.source


def test_an_override_replaces_the_number_and_its_source():
    found = resolve(
        case_with(
            metal__creep='{ n = 6.1, A = "1.58 1/s/MPa^6.1", activation_energy = "40 kJ/mol" }',
            metal__molar_volume="23.7 cm^3/mol",
            electrolyte__conductivity="5 mS/cm",
        )
    )
    assert found.metal.creep.n == 6.1
    assert found.metal.creep.activation_energy == 40e3
    assert found.metal.creep.reference_temperature == 298.15
    assert found.electrolyte.conductivity == 0.5
    by_user = {entry.quantity for entry in found.sources if entry.label == "user"}
    assert by_user == {
        "metal.creep.n",
        "metal.creep.A",
        "metal.creep.activation_energy",
        "metal.molar_volume",
        "electrolyte.conductivity",
        *OF_THE_CASE,
    }
    assert {entry.unit for entry in found.sources if entry.quantity == "metal.creep.A"} == {
        "1/s/Pa^6.1"
    }


@pytest.mark.parametrize(
    ("overrides", "key", "part"),
    [
        ({"metal__material": "sodum"}, "metal.material", "did you mean 'sodium'"),
        ({"metal__material": "beta_alumina"}, "metal.material", "for the electrolyte"),
        ({"electrolyte__material": "sodium"}, "electrolyte.material", "for the metal"),
        ({"protocol__temperature": "100 degC"}, "protocol.temperature", "below 371 K"),
        (
            {"protocol__steps": '[{ do = "strip", temperature = "371 K" }]'},
            "protocol.steps.0.temperature",
            "below 371 K",
        ),
        # 0.9 x 100 um is 10.14 mAh/cm2 at 8.873 um per mAh/cm2
        ({"protocol__charge": "10.2 mAh/cm^2"}, "protocol.charge", "90 % of geometry"),
        ({"protocol__repeat": "102"}, "protocol.charge", "90 % of geometry"),
    ],
)
def test_what_the_material_cannot_do_is_one_line(overrides, key, part):
    with pytest.raises(InputError) as caught:
        resolve(case_with(**overrides))
    assert caught.value.key == key
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_the_metal_just_supplies_is_accepted():
    assert resolve(case_with(protocol__charge="10.1 mAh/cm^2")).metal.molar_volume == 23.78e-6


def test_plating_pays_back_what_stripping_takes():
    cycle = '[{ do = "plate" }, { do = "strip", charge = "0.3 mAh/cm^2" }, { do = "plate" }]'
    # mAh/cm2 after each step: -0.1, 0.2, 0.1; ten rounds end at 1.0, their peak is 0.2 + 0.9
    case = case_with(protocol__steps=cycle, protocol__repeat="10")
    assert largest_net_charge(case) == pytest.approx(1.1 * 36e3, rel=1e-12)
