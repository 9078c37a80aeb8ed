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
creep = st.one_of(
    st.just({}),
    st.tuples(st.floats(1.0, 8.0), st.floats(1e-6, 1e6)).map(
        lambda pair: {"n": pair[0], "A": f"{pair[1]!r} 1/s/MPa^{pair[0]!r}"}
    ),
)
overrides = st.fixed_dictionaries(
    {
        "title": st.text(st.characters(exclude_categories=("Cs",)), max_size=20).map(
            lambda text: f"case {text}"
        ),
        "geometry.period": sizes(10.0, 1e4, "um"),
        "interface.map": maps,
        "interface.kinetics": kinetics,
        "metal.creep": creep,
        "protocol.pressure": sizes(1e-3, 1e3, "MPa"),
        "protocol.temperature": sizes(-50.0, 90.0, "degC"),
        "protocol.charge": sizes(1e-3, 1.0, "mAh/cm^2"),
        "output.fields_at": st.lists(st.one_of(sizes(0.0, 1.0, "mAh/cm^2"), st.just("end"))),
    },
    optional={
        "geometry.initial_void": st.fixed_dictionaries(
            {"radius": sizes(0.1, 4.0, "um"), "contact_angle": sizes(1.0, 90.0, "deg")}
        ),
        "protocol.steps": st.lists(
            st.sampled_from([{"do": "strip"}, {"do": "plate"}, {"do": "rest", "time": "1.5 h"}]),
            min_size=1,
            max_size=4,
        ),
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
    assert tables["Creep"]["properties"]["A"]["type"] == "string"
    assert tables["Creep"]["properties"]["n"] == {
        "minimum": 1.0,
        "maximum": 8.0,
        "title": "N",
        "type": "number",
    }
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
