"""Every wrong study gives one clear line, before anything runs."""

import pytest
from study.conftest import CASE

from femna.case import load_case
from femna.errors import InputError
from femna.study.definition import load_study
from femna.study.plan import make_plan

GRID = """
[[sweep]]
"protocol.current_density" = { values = [0.5, 2.5], unit = "mA/cm^2" }
[[sweep]]
"protocol.pressure" = { from = "0.05 MPa", to = "3 MPa", count = 4, spacing = "log" }
"""


def plan_of(path, **overrides):
    return make_plan(path, load_study(path), loader=load_case, overrides=overrides)


def test_tables_multiply_and_names_are_readable(write_study):
    plan = plan_of(write_study(GRID))
    assert len(plan.cases) == 8
    assert plan.cases[0].name == "j0.5_P0.05"
    assert [c.pressure for c in plan.cases[:4]] == pytest.approx(
        [0.05, 0.195743, 0.766309, 3.0], rel=1e-5
    )
    assert {c.case.protocol.current_density for c in plan.cases} == {5.0, 25.0}


def test_keys_of_one_table_vary_together(write_study):
    body = """
[[sweep]]
"protocol.current_density" = { values = [0.5, 2.5], unit = "mA/cm^2" }
"protocol.pressure" = { values = ["0.1 MPa", "500 kPa"] }
"""
    plan = plan_of(write_study(body))
    assert [(c.current, c.pressure) for c in plan.cases] == [(0.5, 0.1), (2.5, 0.5)]


def test_variants_seeds_texts_and_other_columns(write_study):
    field = '{ kind = "random_field", blocked_fraction = 0.3, correlation_length = "5 um", '
    body = f"""
[[variant]]
name = "free_slip"
[[variant]]
name = "stuck"
set = {{ "interface.wall.law" = "sticking", "interface.roughness" = "0.2 um" }}
[set]
"interface.map" = {field} seed = 1, transition = "1 um" }}
[[sweep]]
"interface.map.seed" = {{ values = [1, 2, 3] }}
[[sweep]]
"geometry.metal_thickness" = {{ from = "50 um", to = "0.1 mm", count = 2 }}
"""
    plan = plan_of(write_study(body))
    assert len(plan.cases) == 12
    assert plan.cases[-1].others == (
        ("variant", "stuck"),
        ("interface_map_seed", 3.0),
        ("geometry_metal_thickness_um", 100.0),
    )
    assert plan.cases[-1].case.interface.wall.law == "sticking"
    assert plan.cases[-1].case.interface.map.seed == 3
    assert len({c.name for c in plan.cases}) == 12


def test_a_variants_own_table_takes_order_and_units_of_the_one_it_replaces(write_study):
    body = """
[[sweep]]
"geometry.period" = { values = [50, 60], unit = "um" }
"interface.map.transition" = { values = ["1 um", "2 um"] }
[[variant]]
name = "same"
[[variant]]
name = "own"
[variant.sweep]
"interface.map.transition" = { values = ["3 um", "0.004 mm"] }
"geometry.period" = { values = [0.07, 0.05], unit = "mm" }
"""
    plan = plan_of(write_study(body))
    assert [c.others for c in plan.cases] == [
        (("variant", name), ("geometry_period_um", period), ("interface_map_transition_um", width))
        for name, period, width in [
            ("same", 50, 1),
            ("same", 60, 2),
            ("own", 70, 3),
            ("own", 50, 4),
        ]
    ]
    assert plan.cases[2].case.geometry.period == pytest.approx(70e-6)


def test_set_and_command_line_overrides_reach_every_case(write_study):
    path = write_study('[set]\n"protocol.charge" = "0.2 mAh/cm^2"\n' + GRID)
    plan = plan_of(path, **{"interface.roughness": "0.3 um"})
    assert all(c.case.protocol.charge == pytest.approx(7200.0) for c in plan.cases)
    assert all(c.case.interface.roughness == pytest.approx(3e-7) for c in plan.cases)


def test_fields_are_kept_for_the_nearest_selected_case_only(write_study):
    body = (
        GRID
        + """
[output]
fields = [{ "protocol.current_density" = "2.4 mA/cm^2", "protocol.pressure" = "700 kPa" }]
"""
    )
    plan = plan_of(write_study(body))
    assert [c.name for c in plan.cases if c.case.output.fields_at] == ["j2.5_P0.7663"]
    none = plan_of(write_study(GRID))
    assert not any(c.case.output.fields_at for c in none.cases)


def test_charges_of_output_are_checked_where_fields_are_kept(write_study):
    case = CASE.replace('["end"]', '["0.05 mAh/cm^2"]')
    body = """
[[sweep]]
"protocol.charge" = { values = [0.01, 0.1], unit = "mAh/cm^2" }
[output]
fields = %s
"""
    assert len(plan_of(write_study(body % '"none"', case=case)).cases) == 2
    large = '[{ "protocol.charge" = "0.1 mAh/cm^2" }]'
    assert len(plan_of(write_study(body % large, case=case)).cases) == 2
    for fields in ('"all"', large.replace("0.1", "0.01")):
        with pytest.raises(InputError, match=r"output\.fields_at\.0.*never reached"):
            plan_of(write_study(body % fields, case=case))


def test_fields_are_kept_for_the_selected_variant(write_study):
    body = (
        GRID
        + """
[[variant]]
name = "slipping"
set = { "interface.wall" = { law = "free_slip" } }
[[variant]]
name = "sticking"
set = { "interface.wall" = { law = "sticking" } }
[output]
fields = [{ variant = "sticking", "protocol.pressure" = "700 kPa" }]
"""
    )
    plan = plan_of(write_study(body))
    assert [c.name for c in plan.cases if c.case.output.fields_at] == ["sticking_j0.5_P0.7663"]


WRONG = {
    "unknown key": ('colour = "red"\n' + GRID, "colour"),
    "unknown key in a table": (GRID + "[critical]\nslop = 1\n", "did you mean 'slope'"),
    "slope without unit": (GRID + "[critical]\nslope = -0.05\n", "critical.slope"),
    "slope with a wrong unit": (GRID + '[critical]\nslope = "-1 V"\n', "V/MPa"),
    "slope of the wrong sign": (GRID + '[critical]\nslope = "1 V/MPa"\n', "negative"),
    "contact out of range": (GRID + "[critical]\ncontact_fraction = 1.5\n", "less than 1"),
    "unequal lengths": (
        '[[sweep]]\n"a.b" = { values = [1] }\n"a.c" = { values = [1, 2] }\n',
        "lengths differ",
    ),
    "log through zero": (
        '[[sweep]]\n"a" = { from = 0.0, to = 1.0, count = 3, spacing = "log" }',
        "log",
    ),
    "wrong spacing": (
        '[[sweep]]\n"a" = { from = 1, to = 2, count = 3, spacing = "cubic" }',
        "spacing",
    ),
    "unknown unit": ('[[sweep]]\n"a" = { values = [1], unit = "smoots/fortnight" }', "unit"),
    "ends of two dimensions": ('[[sweep]]\n"a" = { from = "1 um", to = "1 MPa", count = 3 }', "um"),
    "empty values": ('[[sweep]]\n"a" = { values = [] }', "values"),
    "not a table": ('[[sweep]]\n"a" = 3\n', "a table is expected"),
    "swept twice": (GRID + '[[sweep]]\n"protocol.pressure" = { values = ["1 MPa"] }', "two tables"),
    "set and swept": ('[set]\n"protocol.pressure" = "1 MPa"\n' + GRID, "both in [set]"),
    "no such path": ('[[sweep]]\n"protocol.presure" = { values = ["1 MPa", "2 MPa"] }', "presure"),
    "wrong unit in a case": ('[[sweep]]\n"protocol.pressure" = { values = ["1 um"] }', "pressure"),
    "value out of range": (
        '[[sweep]]\n"interface.map.blocked_fraction" = { values = [0.5, 1.5] }',
        "blocked_fraction",
    ),
    "selector of an unswept path": (
        GRID + '[output]\nfields = [{ "geometry.period" = "1 um" }]',
        "not swept",
    ),
    "selector without its unit": (
        GRID + '[output]\nfields = [{ "protocol.pressure" = 0.7 }]',
        "a swept value is 0.05 MPa",
    ),
    "selector of no variant": (
        GRID + '[[variant]]\nname = "one"\n[output]\nfields = [{ variant = "on" }]',
        "a swept value is one",
    ),
    "values of two dimensions": (
        '[[sweep]]\n"geometry.period" = { values = ["50 um", "2 MPa"] }',
        "measures something else than the first value, in um",
    ),
    "extra points on a coupled pressure": (
        """[[sweep]]
"protocol.current_density" = { values = [0.5, 2.5], unit = "mA/cm^2" }
"protocol.pressure" = { values = ["0.1 MPa", "500 kPa"] }
[critical]
extra_points = 2
""",
        "sweep]] of its own",
    ),
}


def swept(entries):
    return f"[[sweep]]\n{entries}\n"


SAID = {
    # what: (study, key, value, limit, remedy)
    "unquoted path": (
        swept('protocol.pressure = { values = ["1 MPa"] }'),
        'sweep.0."protocol"',
        {"pressure": {"values": ["1 MPa"]}},
        "a path stands in quotes",
        'write "protocol.pressure" = { ... }',
    ),
    "spacing": (
        swept('"a.b" = { from = 1, to = 2, count = 3, spacing = "logg" }'),
        'sweep.0."a.b".spacing',
        "logg",
        "not accepted",
        "'log' or 'linear'",
    ),
    "end without a unit": (
        swept('"a.b" = { from = "0.14", to = "1 MPa", count = 3 }'),
        'sweep.0."a.b".from',
        "0.14",
        "the unit is missing",
        "0.14 MPa",
    ),
    "other end without a unit": (
        swept('"a.b" = { from = "0.14 MPa", to = 1, count = 3 }'),
        'sweep.0."a.b".to',
        1,
        "the unit is missing",
        "1 MPa",
    ),
    "no values": (
        GRID + swept('"a.b" = { values = [] }'),
        'sweep.2."a.b".values',
        [],
        "the list is empty",
        "give at least one",
    ),
    "misspelt key of a range": (
        swept('"a.b" = { form = 1, to = 2, count = 3 }'),
        'sweep.0."a.b".form',
        1,
        "unknown key",
        "did you mean 'from'?",
    ),
    "a value twice": (swept('"a.b" = { values = [1, 1] }'), "sweep.0", "1", "twice", "leave one"),
    "sweep of a variant": (
        GRID + '[[variant]]\nname = "v"\nsweep = { "a.b" = { values = 3 } }\n',
        'variant.0.sweep."a.b".values',
        3,
        "must be a list",
        "square brackets",
    ),
    "fields": (
        GRID + '[output]\nfields = "some"\n',
        "output.fields",
        "some",
        "which cases keep fields",
        '"none", "all" or a list of selectors',
    ),
    "two names": (
        GRID + '[[variant]]\nname = "v"\n[[variant]]\nname = "v"\n',
        "variant.0.name",
        "v",
        "two variants",
        "change one",
    ),
    "number out of range": (
        GRID + "[critical]\nextra_points = 99\n",
        "critical.extra_points",
        99,
        "must be less than or equal to 50",
        "correct",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_wrong_entry_is_named_with_value_limit_and_remedy(write_study, name):
    body, *said = SAID[name]
    with pytest.raises(InputError) as caught:
        load_study(write_study(body))
    error = caught.value
    assert (error.key, error.value) == tuple(said[:2])
    assert said[2] in error.limit
    assert said[3] in error.remedy


@pytest.mark.parametrize("name", WRONG)
def test_wrong_study_gives_one_line_naming_the_study(write_study, name):
    body, expected = WRONG[name]
    path = write_study(body)
    with pytest.raises(InputError) as caught:
        plan_of(path)
    line = str(caught.value)
    assert expected in line
    assert line.startswith(str(path))
    assert "\n" not in line
    assert caught.value.exit_code == 2


def test_a_swept_value_that_does_not_reach_the_case_is_refused(write_study):
    body = '[[sweep]]\n"protocol.pressure" = { values = ["1 MPa", "1000 kPa"] }'
    with pytest.raises(InputError, match="are the same"):
        plan_of(write_study(body))


def test_a_swept_value_that_every_step_overrides_is_refused(write_study):
    body = '[set]\n"protocol.steps" = [{ do = "strip", pressure = "2 MPa" }]\n' + GRID
    with pytest.raises(InputError, match="every step of the case overrides it"):
        plan_of(write_study(body))


def test_a_swept_path_cannot_be_set_on_the_command_line(write_study):
    with pytest.raises(InputError, match="this path is swept"):
        plan_of(write_study(GRID), **{"protocol.pressure": "1 MPa"})


def test_a_missing_study_or_case_is_one_line(tmp_path, write_study):
    with pytest.raises(InputError, match="no such file"):
        load_study(tmp_path / "nowhere.toml")
    for name in ("nowhere.toml", "n" * 300, "n\\u0000"):
        path = write_study(GRID, head=f'femna = 1\ntitle = "t"\ncase = "{name}"\n')
        with pytest.raises(InputError) as caught:
            plan_of(path)
        assert str(caught.value).startswith(f"{path}: case = 'n")
    path = write_study(GRID, head='femna = 1\ncase = "case.toml"\n')
    with pytest.raises(InputError, match="title"):
        plan_of(path)
