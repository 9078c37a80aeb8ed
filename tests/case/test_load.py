"""A case file becomes a frozen model in SI units."""

import math
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from femna.case import (
    ButlerVolmerKinetics,
    PatchesMap,
    ResistancesMap,
    StripesMap,
    load_case,
    parse_case,
    require_study,
    template,
    template_kinds,
)
from femna.errors import InputError


@pytest.fixture
def document():
    return tomllib.loads(template("case"))


def test_every_quantity_is_a_float_in_si_units(document):
    case = parse_case(document)
    assert case.geometry.period == 5e-5
    assert case.geometry.metal_thickness == 1e-4
    assert case.interface.map == StripesMap(kind="stripes", blocked_fraction=0.3, transition="1 um")
    assert case.interface.kinetics.resistance == 8e-4
    assert case.interface.roughness == 1e-7
    assert case.protocol.pressure == 4e6
    assert case.protocol.current_density == 15.0
    assert case.protocol.charge == 3600.0
    assert case.protocol.temperature == 298.15
    assert [step.do for step in case.protocol.steps] == ["strip"]
    assert case.limits.voltage == 3.0
    assert case.numerics.interface_size == 5e-7
    assert case.output.fields_at == ("end",)


def test_what_is_left_out_has_the_stated_defaults(document):
    for table in ("limits", "output", "metal", "electrolyte"):
        document.pop(table)
    case = parse_case(document)
    assert (case.limits.voltage, case.limits.contact_fraction) == (3.0, 0.01)
    assert case.limits.plating_current is None
    assert case.metal.material == "sodium"
    assert case.metal.creep.n is None
    assert case.metal.elastic is False
    assert case.metal.collector_wall.law == "free_slip"
    assert case.electrolyte.material == "beta_alumina"
    assert case.numerics.strain_rate_floor == 1e-2
    assert case.numerics.quadrature_degree == 4  # filled in, as the element size
    assert case.numerics.max_steps == 2000
    assert case.numerics.step is None
    assert case.numerics.min_step_ratio == 1e-8


def test_every_kind_and_law_loads(document):
    def loaded(**overrides):
        return parse_case(document, {key.replace("__", "."): v for key, v in overrides.items()})

    assert loaded(interface__map={"kind": "uniform"}).interface.map.kind == "uniform"
    disc = loaded(
        geometry__symmetry="axisymmetric",
        interface__map={
            "kind": "patches",
            "blocked_fraction": 0.3,
            "transition": "1 um",
            "inside": "conducting",
        },
    )
    assert isinstance(disc.interface.map, PatchesMap)
    zones = loaded(
        interface__map={
            "kind": "resistances",
            "resistances": ["8 ohm*cm^2", "80 ohm*cm^2"],
            "fractions": [0.25, 0.75],
            "transition": "1 um",
        }
    )
    assert isinstance(zones.interface.map, ResistancesMap)
    assert zones.interface.map.resistances == (8e-4, 8e-3)
    field = loaded(
        interface__map={
            "kind": "random_field",
            "blocked_fraction": 0.3,
            "correlation_length": "10 um",
            "seed": 7,
            "transition": "1 um",
        }
    )
    assert field.interface.map.seed == 7
    charged = loaded(
        interface__kinetics={"law": "butler_volmer", "exchange_current_density": "5 mA/cm^2"}
    )
    assert isinstance(charged.interface.kinetics, ButlerVolmerKinetics)
    assert charged.interface.kinetics.exchange_current_density == 50.0
    assert charged.interface.kinetics.transfer_coefficient == 0.5
    for law in ("free_slip", "sticking"):
        assert loaded(interface__wall={"law": law}).interface.wall.law == law
        assert loaded(metal__collector_wall={"law": law}).metal.collector_wall.law == law


def test_a_creep_prefactor_takes_its_unit_from_the_exponent(document):
    case = parse_case(document, {"metal.creep": '{ n = 6.1, A = "1.58 1/s/MPa^6.1" }'})
    assert case.metal.creep.n == 6.1
    prefactor = case.metal.creep.A
    assert prefactor == pytest.approx(1.58 * 10**-36.6, rel=1e-14)


def test_an_initial_void_is_read_in_radians(document):
    void = parse_case(
        document, {"geometry.initial_void": "{ radius = '2 um', contact_angle = '45 deg' }"}
    ).geometry.initial_void
    assert (void.radius, void.contact_angle) == (2e-6, math.pi / 4)


def test_a_cycle_keeps_the_overrides_of_each_step(document):
    steps = (
        '[{ do = "plate" }, { do = "strip", charge = "0.2 mAh/cm^2" }, '
        '{ do = "rest", time = "1 h", pressure = "15 MPa", temperature = "60 degC" }]'
    )
    plate, strip, rest = parse_case(document, {"protocol.steps": steps}).protocol.steps
    assert plate.charge is None
    assert strip.charge == 7200.0
    assert (rest.time, rest.pressure, rest.temperature) == (3600.0, 15e6, 333.15)


def test_a_mesh_file_is_found_beside_the_case(tmp_path):
    (tmp_path / "cell.msh").write_text("")
    path = tmp_path / "case.toml"
    path.write_text(template("mesh"))
    geometry = load_case(path).geometry
    assert geometry.file == tmp_path / "cell.msh"
    assert geometry.length_unit == 1e-6


def test_a_case_cannot_be_changed(document):
    case = parse_case(document)
    with pytest.raises(ValidationError):
        case.title = "other"


@pytest.mark.parametrize("kind", template_kinds())
def test_every_template_is_what_it_says(kind, tmp_path):
    path = tmp_path / f"{kind}.toml"
    path.write_text(template(kind))
    (tmp_path / "cell.msh").write_text("")
    (tmp_path / "seg").mkdir()
    (tmp_path / "seg" / "labels.tif").write_text("")
    if kind == "study":
        assert require_study(path)["case"] == "case.toml"
    else:
        assert load_case(path).title


def test_creep_is_integrated_to_degree_2_in_three_dimensions_unless_it_is_given():
    document = tomllib.loads(template("square"))
    assert parse_case(document).numerics.quadrature_degree == 2
    given = parse_case(document, {"numerics.quadrature_degree": 4})
    assert given.numerics.quadrature_degree == 4


def test_an_unknown_template_is_refused_with_the_list():
    with pytest.raises(
        InputError, match="axisymmetric, case, cycling, mask, mesh, square, stack, study, tomogram"
    ):
        template("pouch")


def test_a_case_given_as_a_study_is_named_as_one(tmp_path):
    path = Path(tmp_path / "case.toml")
    path.write_text(template("case"))
    with pytest.raises(InputError, match="this file is a case, not a study"):
        require_study(path)


def test_a_case_without_its_version_is_told_what_to_add():
    document = tomllib.loads(template("case"))
    del document["femna"]
    with pytest.raises(InputError) as caught:
        parse_case(document)
    assert caught.value.remedy == "add femna = 1"
