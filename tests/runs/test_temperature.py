"""Temperature of the interface and of the electrolyte, step by step, through the command line."""

import itertools
import json
import math

import pytest
from runs.conftest import STRIPES, UNIFORM, case_text, differences, last, rows, summary

FARADAY, GAS = 96485.33212, 8.314462618
CURRENT = 15.0
REFERENCE = "298.15 K"
ACTIVATED = f'activation_energy = "40 kJ/mol", reference_temperature = "{REFERENCE}"'
LINEAR = f'{{ law = "linear", resistance = "8 ohm*cm^2", {ACTIVATED} }}'
BUTLER_VOLMER = f'{{ law = "butler_volmer", exchange_current_density = "1 mA/cm^2", {ACTIVATED} }}'
ELECTROLYTE = 'conductivity = "2 mS/cm"\nconductivity_activation_energy = "{} kJ/mol"'
STEPS = (
    'steps = [{ do = "strip" }, { do = "plate", temperature = "323.15 K" }, '
    '{ do = "strip", temperature = "60 degC" }]'
)
TEMPERATURES = (298.15, 323.15, 333.15)
ONE_STEP = 'step = "0.02 mAh/cm^2"'


def faster(energy, temperature, reference=298.15):
    """Return exp(-(E/R) (1/T - 1/T0))."""
    return math.exp(-energy / GAS * (1.0 / temperature - 1.0 / reference))


def phases(folder):
    """Return the last row of every phase."""
    found = rows(folder)
    kept = [r for r, after in itertools.pairwise(found) if r["phase"] != after["phase"]]
    return [*kept, found[-1]]


@pytest.mark.parametrize("law", ["linear", "butler_volmer"])
def test_every_step_has_the_kinetics_and_the_conductivity_of_its_temperature(run, law):
    text = case_text(
        chart=UNIFORM,
        kinetics=LINEAR if law == "linear" else BUTLER_VOLMER,
        electrolyte=ELECTROLYTE.format("20"),
        protocol=STEPS,
        numerics=ONE_STEP,
    )
    folder = run(text)
    found = phases(folder)
    assert len(found) == 3
    for row, temperature, sign in zip(found, TEMPERATURES, (1.0, -1.0, 1.0), strict=True):
        rate = faster(40e3, temperature)
        kinetic = CURRENT * 8e-4 / rate
        if law == "butler_volmer":  # i = 2 i0 sinh(F eta / 2RT)
            kinetic = 2.0 * GAS * temperature / FARADAY * math.asinh(0.75 / rate)
        ohmic = CURRENT * 20e-6 / (0.2 * faster(20e3, temperature))
        assert float(row["kinetic_voltage_V"]) == pytest.approx(sign * kinetic, rel=1e-8)
        assert float(row["ohmic_voltage_V"]) == pytest.approx(sign * ohmic, rel=1e-12)
        assert float(row["voltage_V"]) == pytest.approx(sign * (kinetic + ohmic), rel=1e-8)
        # from the reactions at the far side: the current that the matrix of this step carries
        assert float(row["charge_balance"]) < 1e-10


def test_constriction_falls_with_the_conductivity_where_the_kinetics_do_alike(run):
    """One activation energy for both is one factor on the whole field."""
    kinetics = LINEAR.replace("40 kJ/mol", "20 kJ/mol")
    text = case_text(
        chart=STRIPES,
        kinetics=kinetics,
        electrolyte=ELECTROLYTE.format("20"),
        protocol=STEPS,
        numerics=ONE_STEP,
    )
    folder = run(text, settings=["protocol.pressure=20 MPa"])
    cold, warm, warmer = (
        [float(row[f"{part}_voltage_V"]) for part in ("kinetic", "constriction", "ohmic")]
        for row in phases(folder)
    )
    assert min(cold) > 1e-4
    # contact is the whole at 20 MPa to 1e-6
    assert warm == pytest.approx([-v / faster(20e3, 323.15) for v in cold], rel=1e-4)
    assert warmer == pytest.approx([v / faster(20e3, 333.15) for v in cold], rel=1e-4)


def test_a_step_at_another_temperature_is_a_run_at_it(run):
    """The characteristic values, from the protocol's temperature, leave no trace."""
    tables = {
        "chart": STRIPES,
        "kinetics": LINEAR,
        "electrolyte": ELECTROLYTE.format("20"),
        "numerics": 'step = "0.01 mAh/cm^2"',
    }
    own = case_text(protocol='steps = [{ do = "strip", temperature = "323.15 K" }]', **tables)
    folders = [
        run(own, "own"),
        run(case_text(**tables), "all", settings=["protocol.temperature=323.15 K"]),
    ]
    assert differences(*folders, tolerance=1e-7) == []


def test_the_sets_conductivity_rises_with_temperature_and_says_from_where(run):
    settings = ["protocol.temperature=323.15 K"]
    folder = run(case_text(chart=UNIFORM, numerics=ONE_STEP), settings=settings)
    ohmic = CURRENT * 20e-6 / (0.2 * faster(26.5e3, 323.15))
    assert last(folder)["ohmic_voltage_V"] == pytest.approx(ohmic, rel=1e-12)
    found = {
        row["quantity"]: row for row in json.loads((folder / "run.json").read_text())["sources"]
    }
    entry = found["electrolyte.conductivity_activation_energy"]
    assert entry["label"] == "A"
    assert "Solid State Ionics 2 (1981)" in entry["source"]


def test_a_reference_temperature_is_where_the_given_number_holds(run):
    electrolyte = f'{ELECTROLYTE.format("20")}\nconductivity_reference_temperature = "323.15 K"'
    kinetics = LINEAR.replace(REFERENCE, "323.15 K")
    folder = run(
        case_text(chart=UNIFORM, kinetics=kinetics, electrolyte=electrolyte, numerics=ONE_STEP)
    )
    kinetic = CURRENT * 8e-4 * faster(40e3, 323.15)
    assert last(folder)["kinetic_voltage_V"] == pytest.approx(kinetic, rel=1e-8)
    ohmic = CURRENT * 20e-6 / 0.2 * faster(20e3, 323.15)
    assert last(folder)["ohmic_voltage_V"] == pytest.approx(ohmic, rel=1e-12)
    sources = json.loads((folder / "run.json").read_text())["sources"]
    stated = {row["quantity"]: row["value"] for row in sources if row["label"] == "user"}
    assert stated["interface.kinetics.activation_energy"] == 40e3
    assert stated["interface.kinetics.reference_temperature"] == 323.15


def test_at_the_reference_temperature_no_activation_changes_a_digit(run):
    plain = run(case_text(), "plain")
    electrolyte = 'conductivity_activation_energy = "50 kJ/mol"'
    other = run(case_text(kinetics=LINEAR, electrolyte=electrolyte), "activated")
    assert differences(plain, other, tolerance=0.0) == []


def test_zones_of_resistance_keep_their_ratio_at_every_temperature(run):
    zones = (
        '{ kind = "resistances", resistances = ["80 ohm*cm^2", "8 ohm*cm^2"], '
        'fractions = [0.3, 0.7], transition = "4 um" }'
    )
    text = case_text(
        chart=zones,
        kinetics=LINEAR,
        electrolyte='conductivity = "1e5 S/m"',
        numerics=ONE_STEP,
    )
    settings = ["protocol.pressure=20 MPa", "protocol.temperature=323.15 K"]
    found = last(run(text, settings=settings))["asr_ohm_cm2"]
    assert found == pytest.approx(1.0 / (0.3 / 80.0 + 0.7 / 8.0) / faster(40e3, 323.15), rel=0.01)


def test_the_field_of_a_warm_step_carries_the_applied_current(run):
    import pyvista

    steps = 'steps = [{ do = "strip", temperature = "323.15 K" }]'
    folder = run(
        case_text(
            chart=UNIFORM,
            electrolyte=ELECTROLYTE.format("20"),
            protocol=steps,
            numerics=ONE_STEP,
        )
    )
    assert summary(folder)["status"] == "ok"
    field = pyvista.read(max((folder / "fields").glob("electrolyte_*.vtu")))
    density = {**field.cell_data, **field.point_data}["current_density_mA_cm2"]
    assert density[:, 1] == pytest.approx(-1.5, rel=1e-8)
