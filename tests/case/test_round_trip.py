"""A resolved case, written as TOML, loads back as an equal case."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from femna.case import dumps, json_schema, parse_case, template

DOCUMENT = tomllib.loads(template("case"))


def sizes(low, high, unit):
    return st.floats(low, high).map(lambda number: f"{number!r} {unit}")


maps = st.one_of(
    st.just({"kind": "uniform"}),
    st.fixed_dictionaries(
        {
            "kind": st.just("stripes"),
            "blocked_fraction": st.floats(0.1, 0.9),
            "transition": sizes(0.01, 0.9, "um"),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("random_field"),
            "blocked_fraction": st.floats(0.1, 0.9),
            "correlation_length": sizes(2.0, 9.0, "um"),
            "seed": st.integers(0, 2**40),
            "transition": sizes(0.01, 0.9, "um"),
        }
    ),
)
kinetics = st.one_of(
    st.fixed_dictionaries({"law": st.just("linear"), "resistance": sizes(1e-3, 1e3, "ohm*cm^2")}),
    st.fixed_dictionaries(
        {
            "law": st.just("butler_volmer"),
            "exchange_current_density": sizes(1e-3, 1e3, "mA/cm^2"),
            "transfer_coefficient": st.floats(0.1, 0.9),
            "stress_term": st.booleans(),
        }
    ),
)
activation = st.fixed_dictionaries(
    {
        "activation_energy": sizes(0.0, 200.0, "kJ/mol"),
        "reference_temperature": sizes(-20.0, 90.0, "degC"),
    }
)
roughness = st.one_of(
    sizes(1e-3, 1.0, "um"),
    st.fixed_dictionaries(
        {"rms_height": sizes(1e-3, 5.0, "um"), "rms_slope": st.floats(1e-3, 1.0)},
        optional={"decay_ratio": st.floats(0.1, 1.0)},
    ),
)
real_contact = st.one_of(
    st.just({"law": "perfect"}),
    st.fixed_dictionaries(
        {"law": st.just("hardness"), "length": sizes(0.1, 10.0, "um")},
        optional={"ratio": st.floats(1.0, 5.0), "residual": st.floats(0.0, 0.5)},
    ),
)
power_law = st.one_of(
    st.just({}),
    st.tuples(st.floats(1.0, 8.0), st.floats(1e-6, 1e6)).map(
        lambda pair: {"n": pair[0], "A": f"{pair[1]!r} 1/s/MPa^{pair[0]!r}"}
    ),
)
viscoplastic = st.one_of(
    power_law,
    st.fixed_dictionaries(
        {"law": st.just("anand")},
        optional={
            "prefactor": sizes(1e-6, 1e9, "1/s"),
            "activation_energy": sizes(0.0, 100.0, "kJ/mol"),
            "rate_sensitivity": st.floats(0.01, 1.0),
            "initial_resistance": sizes(1e-3, 1e3, "MPa"),
            "hardening": sizes(1e-3, 1e8, "MPa"),
            "hardening_exponent": st.floats(1.0, 10.0),
            "saturation": sizes(1e-3, 1e3, "MPa"),
            "saturation_exponent": st.floats(0.0, 0.99),
        },
    ),
)
coble = st.fixed_dictionaries(
    {
        "law": st.just("norton_diffusional"),
        "grain_size": sizes(1e-3, 2.0, "um"),
        "mechanisms": st.sampled_from([["coble"], ["nabarro_herring", "coble"]]),
        "dislocation_creep": st.booleans(),
        "boundary_diffusivity": sizes(1e-25, 1e-18, "m^3/s"),
        "boundary_activation_energy": sizes(1.0, 100.0, "kJ/mol"),
        "boundary_reference_temperature": sizes(200.0, 370.0, "K"),
        "force": st.just(True),
    }
)
size_dependent = st.fixed_dictionaries(
    {"law": st.just("size_dependent"), "size": sizes(0.1, 1e3, "um")},
    optional={"size_exponent": st.floats(0.1, 2.0), "size_reference_length": sizes(1.0, 9.0, "mm")},
)
parameters = st.dictionaries(
    st.sampled_from(["a", "b_1"]), st.one_of(st.floats(-1e9, 1e9), sizes(0.1, 9.0, "1/s/MPa^5.5"))
)
user_law = st.fixed_dictionaries(
    {"law": st.just("entry_point"), "name": st.text("ab-.", min_size=1), "parameters": parameters}
)
creep = st.one_of(
    viscoplastic,
    coble,
    st.tuples(size_dependent, power_law).map(lambda pair: {**pair[0], **pair[1]}),
    user_law,
)
walls = st.one_of(
    st.sampled_from([{"law": "free_slip"}, {"law": "sticking"}]),
    st.fixed_dictionaries({"law": st.just("viscous"), "drag": sizes(1e-3, 1e20, "Pa*s/m")}),
    st.fixed_dictionaries(
        {"law": st.just("friction"), "coefficient": st.floats(1e-3, 10.0)},
        optional={
            "shear_strength": sizes(1e-3, 1e3, "MPa"),
            "slip_velocity": st.floats(1e-6, 1.0),
        },
    ),
)
overrides = st.fixed_dictionaries(
    {
        "title": st.text(st.characters(exclude_categories=("Cs",)), max_size=20).map(
            lambda text: f"case {text}"
        ),
        "geometry.period": sizes(10.0, 1e4, "um"),
        "interface.map": maps,
        "interface.kinetics": st.builds(lambda law, more: law | more, kinetics, activation)
        | kinetics,
        "interface.roughness": roughness,
        "interface.real_contact": real_contact,
        "electrolyte.conductivity_activation_energy": sizes(0.0, 60.0, "kJ/mol"),
        "metal.creep": creep,
        "metal.collector_wall": walls,
        "interface.wall": walls,
        "protocol.pressure": sizes(1e-3, 1e3, "MPa"),
        "protocol.temperature": sizes(-50.0, 90.0, "degC"),
        "protocol.charge": sizes(1e-3, 1.0, "mAh/cm^2"),
        "output.fields_at": st.lists(st.one_of(sizes(0.0, 1e-3, "mAh/cm^2"), st.just("end"))),
    },
    optional={
        "geometry.initial_void": st.fixed_dictionaries(
            {"radius": sizes(0.1, 4.0, "um"), "contact_angle": sizes(1.0, 90.0, "deg")}
        ),
        "protocol.steps": st.lists(
            st.sampled_from([{"do": "strip"}, {"do": "plate"}, {"do": "rest", "time": "1.5 h"}]),
            min_size=1,
            max_size=4,
        ).filter(lambda steps: any(step["do"] != "rest" for step in steps)),  # of fields_at
    },
)


@settings(max_examples=100, deadline=None)
@given(overrides)
def test_a_written_case_loads_back_equal(entries):
    document = tomllib.loads(template("case"))
    for key, value in entries.items():
        table, _, name = key.rpartition(".")
        (document[table] if table else document)[name] = value
    case = parse_case(document)
    again = parse_case(tomllib.loads(case.to_toml()))
    assert again == case
    assert again.to_toml() == case.to_toml()


def test_quantities_are_written_with_the_units_that_people_use():
    text = parse_case(DOCUMENT).to_toml()
    for line in (
        'period = "50 um"',
        'pressure = "4 MPa"',
        'charge = "0.1 mAh/cm^2"',
        'current_density = "1.5 mA/cm^2"',
        'temperature = "298.15 K"',
        'voltage = "3 V"',
        'resistance = "8 ohm*cm^2"',
    ):
        assert line in text


def test_toml_text_survives_quotes_controls_and_odd_keys():
    document = {"a b": 'say "x"\n\t\x7f\\', "t": {"k.k": [True, 1, 1e-8, "µm"], "e": {}}}
    assert tomllib.loads(dumps(document)) == document


def test_the_schema_asks_for_texts_where_a_file_has_units():
    schema = json_schema()
    tables = schema["$defs"]
    assert tables["UnitCell"]["properties"]["period"]["type"] == "string"
    assert tables["StripesMap"]["properties"]["blocked_fraction"]["type"] == "number"
    assert tables["NortonCreep"]["properties"]["A"]["type"] == "string"
    assert tables["NortonCreep"]["properties"]["n"] == {
        "minimum": 1.0,
        "maximum": 8.0,
        "title": "N",
        "type": "number",
    }
    assert "law" not in tables["NortonCreep"].get("required", [])
    assert set(tables["FileCreep"]["required"]) == {"law", "file"}
    assert tables["Limits"]["properties"]["voltage"]["default"] == "3 V"
    assert tables["Protocol"]["properties"]["steps"]["default"] == [{"do": "strip"}]
    assert tables["Protocol"]["properties"]["steps"]["minItems"] == 1
    assert tables["UnitCell"]["additionalProperties"] is False
    assert "null" not in repr(schema)
    assert set(schema["required"]) == {
        "femna",
        "title",
        "geometry",
        "interface",
        "protocol",
    }
