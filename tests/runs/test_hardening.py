"""Anand's law through the command line: its limits, its field, its numbers and their sources."""

import json

import pytest
import pyvista
from runs.conftest import STRIPES, UNIFORM, case_text, differences, last, rows, summary
from verification.record import Case

SATURATED = Case(
    name="hardening_limit",
    part="creep",
    title="Ever faster hardening tends to Norton creep",
    formula="contact(H0) -> contact of rate = A (s/S*)^n, n = 1/(m + n_sat), as 1/H0",
    source="A saturated resistance is a power of the rate.",
    mesh="a small cell of stripes, one run each",
    across="1/H0 [1/MPa]",
    measure="difference of the contact fraction",
)
ONE_STEP = 'step = "0.02 mAh/cm^2"'
FIXED = 'step = "0.005 mAh/cm^2"'


def lithium(chart=STRIPES, **tables):
    """A small cell of lithium by Anand's law."""
    text = case_text(chart=chart, metal='creep = { law = "anand" }', **tables)
    return text.replace('"sodium"', '"lithium"')


def anand(**numbers):
    """Anand's law with every number from the case, those of a Norton creep of sodium's size."""
    given = {
        "prefactor": "1e-3 1/s",
        "activation_energy": "0 kJ/mol",
        "rate_sensitivity": 0.2,
        "initial_resistance": "0.3 MPa",
        "hardening": "5 MPa",
        "hardening_exponent": 1.5,
        "saturation": "0.3 MPa",
        "saturation_exponent": 0.0,
    } | numbers
    entries = ", ".join(f"{key} = {json.dumps(value)}" for key, value in given.items())
    return f'creep = {{ law = "anand", {entries} }}'


def norton(n, prefactor):
    return (
        f'creep = {{ law = "norton", n = {n}, A = "{prefactor!r} 1/s/MPa^{n}", '
        'activation_energy = "0 kJ/mol" }'
    )


def resistance(folder):
    """Deformation resistance [MPa] of every cell of the metal at the end."""
    reader = pyvista.get_reader(folder / "fields.pvd")
    reader.set_active_time_value(reader.time_values[-1])
    return reader.read()[0].cell_data["deformation_resistance_MPa"]


def test_metal_that_only_drifts_keeps_the_initial_resistance(run):
    folder = run(lithium(UNIFORM, numerics=ONE_STEP))
    assert resistance(folder) == pytest.approx(0.95, rel=1e-12)
    assert last(folder)["contact_fraction"] == pytest.approx(1.0, abs=1e-12)
    sources = json.loads((folder / "run.json").read_text())["sources"]
    found = {s["quantity"]: s for s in sources if s["quantity"].startswith("metal.creep.")}
    assert len(found) == 8
    assert found["metal.creep.initial_resistance"]["value"] == 0.95e6
    assert found["metal.creep.initial_resistance"]["unit"] == "Pa"
    # recession by lithium's own molar volume: 13.0 cm3/mol x 0.02 mAh/cm2 / F = 0.097 um
    assert last(folder)["layer_thickness_um"] == pytest.approx(30.0 - 13.0e-6 * 720 / 96485 * 1e6)


def test_a_resistance_at_its_saturation_is_norton_creep_in_every_digit(run):
    # n = 0 and S0 = S0*: nothing hardens; rate = A (s/S0)^5
    one = run(case_text(metal=anand(), numerics=FIXED), "anand")
    other = run(case_text(metal=norton(5, 1e-3 / 0.3**5), numerics=FIXED), "norton")
    assert last(one)["contact_fraction"] < 0.999
    assert differences(one, other, tolerance=1e-7) == []
    assert resistance(one) == pytest.approx(0.3, rel=1e-12)


@pytest.mark.parametrize("elastic", ["false", "true"])
def test_ever_faster_hardening_tends_to_norton_creep_of_the_exponent_one_over_m_plus_n(
    run, elastic, verified
):
    # saturated: s = S0* (rate/A)^(m + n), that is rate = A (s/S0*)^5 with m + n = 0.15 + 0.05
    line = f"\nelastic = {elastic}"
    steady = run(case_text(metal=norton(5, 1e-3 / 0.3**5) + line, numerics=FIXED), "norton")
    gaps = []
    for modulus in ("1e3 MPa", "1e5 MPa", "1e7 MPa"):
        law = anand(
            rate_sensitivity=0.15,
            saturation_exponent=0.05,
            hardening=modulus,
            hardening_exponent=1.0,
        )
        folder = run(case_text(metal=law + line, numerics=FIXED), modulus.replace(" ", ""))
        gaps.append(abs(last(folder)["contact_fraction"] - last(steady)["contact_fraction"]))
    # |1 - S/S*| after a strain e is about S*/(H0 e): a hundredth for a hundredfold H0, and
    # 3e-5 at 1e7 MPa where a step strains by 0.001 or more
    assert gaps[1] < 0.1 * gaps[0]
    assert gaps[2] < 0.1 * gaps[1]
    assert gaps[2] < 3e-5
    label = "elastic" if elastic == "true" else "viscous"
    verified.convergence(SATURATED, label, [1e-3, 1e-5, 1e-7], gaps, order=1.0)


@pytest.mark.parametrize("lines", ["", "\nelastic = true"], ids=["viscous", "elastic"])
def test_lithium_hardens_where_it_flows_and_its_balances_close(run, lines):
    text = lithium().replace('law = "anand" }', 'law = "anand" }' + lines)
    folder = run(text, settings=["protocol.pressure=0.6 MPa"])
    found = resistance(folder)
    # S* of the fastest flow, below 1e-2 1/s, is below 2 MPa x (1e-2/0.0139)^0.05 = 1.97 MPa
    assert 0.95 * (1.0 - 1e-9) <= found.min() < 0.951
    assert 0.98 < found.max() < 1.97
    assert all(value < 1e-9 for value in summary(folder)["balances"].values())
    # steps of another length give the same contact within their error, of order one
    ends = [
        last(run(text, name, settings=["protocol.pressure=0.6 MPa", f"numerics.step={charge}"]))
        for name, charge in (("coarse", "0.002 mAh/cm^2"), ("fine", "0.001 mAh/cm^2"))
    ]
    opened = [1.0 - end["contact_fraction"] for end in ends]
    assert opened[0] == pytest.approx(opened[1], rel=0.1)


def test_a_metal_that_hardens_more_keeps_less_contact(run):
    found = [
        last(
            run(case_text(metal=anand(saturation="1 MPa", hardening=modulus)), modulus.split()[0])
        )["contact_fraction"]
        for modulus in ("1 MPa", "30 MPa", "300 MPa")
    ]
    assert found[0] > found[1] > found[2]


@pytest.mark.parametrize(
    "symmetry", ["axisymmetric", pytest.param("square", marks=pytest.mark.slow)]
)
def test_hardening_runs_in_a_disc_and_in_three_dimensions(run, symmetry):
    chart = STRIPES.replace("4 um", "5 um")
    if symmetry == "axisymmetric":
        chart = chart.replace("stripes", "patches")
    folder = run(case_text(symmetry, chart, metal=anand(saturation="1 MPa"), numerics=FIXED))
    assert len(rows(folder)) == 5
    assert resistance(folder).max() > 0.3 * (1.0 + 1e-4)
    assert all(value < 1e-8 for value in summary(folder)["balances"].values())
