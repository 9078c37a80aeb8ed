"""Every law of the metal, the interface and the protocol, through the command line."""

import math

import pytest
from runs.conftest import STRIPES, UNIFORM, case_text, differences, last, rows, summary

FARADAY, GAS = 96485.33212, 8.314462618
ELECTROLYTE = 'conductivity = "2 mS/cm"'  # 20 um of it are 1 ohm cm2
ONE_STEP = 'step = "0.02 mAh/cm^2"'
THERMAL = GAS * 298.15 / FARADAY
STRESS = 0.2e6 * 23.7e-6 / FARADAY  # P Vm / F at 0.2 MPa
BUTLER_VOLMER = '{{ law = "butler_volmer", exchange_current_density = "1 mA/cm^2"{} }}'
LINEAR = '{{ law = "linear", resistance = "8 ohm*cm^2"{} }}'
KINETICS = {
    "linear": (LINEAR.format(""), 1.5e-3 * 8.0),
    "linear with stress": (LINEAR.format(", stress_term = true"), 1.5e-3 * 8.0 - STRESS),
    # i = 2 i0 sinh(F eta / 2RT) for equal transfer coefficients
    "butler_volmer": (BUTLER_VOLMER.format(""), 2.0 * THERMAL * math.asinh(0.75)),
    "butler_volmer with stress": (
        BUTLER_VOLMER.format(", stress_term = true"),
        2.0 * THERMAL * math.asinh(0.75) - STRESS,
    ),
}


@pytest.mark.parametrize("name", KINETICS)
def test_the_voltage_of_a_uniform_interface_is_that_of_its_kinetics(run, name):
    kinetics, overpotential = KINETICS[name]
    text = case_text(
        chart=UNIFORM,
        kinetics=kinetics,
        electrolyte=ELECTROLYTE,
        numerics=ONE_STEP,
        metal='molar_volume = "23.7 cm^3/mol"',
    )
    assert last(run(text))["voltage_V"] == pytest.approx(overpotential + 1.5e-3, rel=1e-8)


def test_an_unequal_transfer_makes_stripping_and_plating_unequal(run):
    law = BUTLER_VOLMER.format(", transfer_coefficient = 0.8")
    found = {}
    for kind in ("strip", "plate"):
        text = case_text(
            chart=UNIFORM,
            kinetics=law,
            electrolyte=ELECTROLYTE,
            numerics=ONE_STEP,
            protocol=f'steps = [{{ do = "{kind}" }}]',
        )
        found[kind] = last(run(text, kind))["voltage_V"]
    for kind, sign in (("strip", 1.0), ("plate", -1.0)):
        eta = (found[kind] - sign * 1.5e-3) / THERMAL
        assert math.exp(0.8 * eta) - math.exp(-0.2 * eta) == pytest.approx(sign * 1.5, rel=1e-7)


def test_a_metal_that_sticks_to_a_wall_keeps_less_contact_than_one_that_slips(run):
    texts = {
        "slip": case_text(),
        "electrolyte": case_text(interface='wall = { law = "sticking" }'),
        "collector": case_text(metal='collector_wall = { law = "sticking" }'),
    }
    found = {name: last(run(text, name))["contact_fraction"] for name, text in texts.items()}
    assert found["electrolyte"] < found["slip"] - 1e-3
    assert found["collector"] < found["slip"] - 1e-5


@pytest.mark.parametrize(("n", "factor"), [(1.0, 2.0), (3.0, 8.0), (6.1, 2.0**6.1)])
def test_half_the_pressure_on_a_metal_that_creeps_more_is_the_same_flow(run, n, factor):
    # Norton: the rates are the same where A P^n is
    rate = 1.5e-4 / 0.2**n
    folders = [
        run(
            case_text(
                metal=f'creep = {{ law = "norton", n = {n}, A = "{a!r} 1/s/MPa^{n:g}" }}',
                numerics='step = "0.005 mAh/cm^2"',
            ),
            name,
            settings=[f"protocol.pressure={pressure} MPa"],
        )
        for name, a, pressure in (("one", rate, 0.2), ("half", rate * factor, 0.1))
    ]
    one, half = (last(folder) for folder in folders)
    assert one["contact_fraction"] < 0.999
    for name in ("contact_fraction", "voltage_V", "void_volume_um3"):
        assert half[name] == pytest.approx(one[name], rel=1e-7)
    assert half["contact_pressure_max_MPa"] == pytest.approx(
        0.5 * one["contact_pressure_max_MPa"], rel=1e-7
    )


def test_a_stiff_metal_is_a_viscous_one(run):
    found = {
        name: last(run(case_text(metal=lines), name))["contact_fraction"]
        for name, lines in {
            "viscous": "",
            "stiff": 'elastic = true\nyoungs_modulus = "1e5 GPa"',
            "sodium": "elastic = true",
        }.items()
    }
    assert found["stiff"] == pytest.approx(found["viscous"], abs=1e-5)
    assert found["sodium"] == pytest.approx(found["viscous"], abs=1e-2)
    assert found["sodium"] != found["viscous"]


def test_more_pressure_keeps_more_contact(run):
    found = [
        last(run(case_text(), f"{p}", settings=[f"protocol.pressure={p} MPa"]))["contact_fraction"]
        for p in (0.1, 0.2, 0.4)
    ]
    assert found[0] < found[1] < found[2] <= 1.0


def test_warmer_metal_keeps_more_contact(run):
    found = [
        last(run(case_text(), t, settings=[f"protocol.temperature={t} K"]))["contact_fraction"]
        for t in ("288", "308")
    ]
    assert found[0] < found[1]


def test_strip_rest_and_plate_follow_each_other(run):
    steps = (
        'repeat = 2\nsteps = [{ do = "strip" }, { do = "rest", time = "5 min", pressure = "1 MPa" }'
        ', { do = "plate", current_density = "3 mA/cm^2", temperature = "310 K" }]'
    )
    electrolyte = f'{ELECTROLYTE}\nconductivity_activation_energy = "0 kJ/mol"'
    text = case_text(
        chart=UNIFORM, electrolyte=electrolyte, protocol=steps, numerics="contact_error = 0.05"
    )
    folder = run(text)
    ends = {}
    for row in rows(folder):
        ends[(row["half_cycle"], row["phase"])] = row
    assert list(ends) == [
        *(("1", "strip"), ("1", "rest"), ("2", "plate")),
        *(("3", "strip"), ("3", "rest"), ("4", "plate")),
    ]
    # 0.02 mAh/cm2 take 48 s at 1.5 mA/cm2 and 24 s at 3 mA/cm2
    times = [float(row["time_s"]) for row in ends.values()]
    assert times == pytest.approx([48.0, 348.0, 372.0, 420.0, 720.0, 744.0], rel=1e-9)
    volts = [float(row["voltage_V"]) for row in ends.values()]
    assert volts == pytest.approx([13.5e-3, 0.0, -27e-3] * 2, rel=1e-8, abs=1e-12)
    assert [float(row["pressure_MPa"]) for row in ends.values()] == [0.2, 1.0, 0.2] * 2
    thickness = [float(row["layer_thickness_um"]) for row in ends.values()]
    assert thickness[1] == pytest.approx(thickness[0], rel=1e-12)
    assert thickness[2] == pytest.approx(30.0, rel=1e-9)
    assert thickness[3] == pytest.approx(thickness[0], rel=1e-9)
    assert rows(folder)[-1]["asr_ohm_cm2"] != ""
    assert ends[("1", "rest")]["asr_ohm_cm2"] == ""


def test_a_rest_under_pressure_heals_what_stripping_opened(run):
    steps = 'steps = [{ do = "strip" }, { do = "rest", time = "1 h", pressure = "2 MPa" }]'
    folder = run(case_text(protocol=steps), settings=["protocol.pressure=0.1 MPa"])
    opened = [r for r in rows(folder) if r["phase"] == "strip"][-1]
    assert float(opened["contact_fraction"]) < 0.97
    assert last(folder)["void_volume_um3"] < 0.1 * float(opened["void_volume_um3"])


def test_fixed_steps_have_the_charge_that_was_asked_for(run):
    found = rows(run(case_text(numerics='step = "0.008 mAh/cm^2"')))
    charges = [float(row["charge_mAh_cm2"]) for row in found]
    assert charges == pytest.approx([0.0, 0.008, 0.016, 0.02], rel=1e-12)


def test_the_first_step_has_the_charge_that_was_asked_for(run):
    found = rows(run(case_text(numerics='first_step = "1e-4 mAh/cm^2"')))
    assert float(found[1]["charge_mAh_cm2"]) == pytest.approx(1e-4, rel=1e-12)


def test_a_plating_current_above_its_limit_is_a_short(run):
    # blocked stripes focus 1.5 mA/cm2 to at least 1.5/0.7 = 2.14
    plate = 'steps = [{ do = "plate" }]'
    limit = 'plating_current = "2 mA/cm^2"'
    folder = run(case_text(protocol=plate, limits=limit), "stripes")
    assert summary(folder)["status"] == "shorted"
    assert last(folder)["max_local_current_mA_cm2"] > 1.5 / 0.7
    folder = run(case_text(chart=UNIFORM, protocol=plate, limits=limit), "uniform")
    assert summary(folder)["status"] == "ok"
    folder = run(case_text(limits=limit), "strip")
    assert summary(folder)["status"] == "ok"


def test_a_run_ends_where_contact_falls_below_its_limit(run):
    text = case_text().replace("contact_fraction = 0.002", "contact_fraction = 0.8")
    folder = run(text, settings=["protocol.pressure=0.02 MPa"])
    assert summary(folder)["status"] == "contact_lost"
    contact = [float(row["contact_fraction"]) for row in rows(folder)]
    assert contact[-1] < 0.8 <= min(contact[:-1])


def test_a_run_ends_at_the_voltage_limit(run):
    text = case_text().replace('voltage = "3 V"', 'voltage = "0.05 V"')
    folder = run(text, settings=["protocol.pressure=0.02 MPa"])
    found = summary(folder)
    assert found["status"] == "voltage_limit"
    volts = [float(row["voltage_V"]) for row in rows(folder)]
    assert volts[-1] == pytest.approx(0.05, rel=2e-3)
    assert max(volts[:-1]) < 0.05
    assert found["voltage_limit_charge_mAh_cm2"] == pytest.approx(
        last(folder)["charge_mAh_cm2"], rel=1e-9
    )


def test_fields_are_written_at_the_charges_that_were_asked_for(run):
    text = case_text().replace('["end"]', '["0 mAh/cm^2", "0.01 mAh/cm^2", "end"]')
    folder = run(text)
    import pyvista

    reader = pyvista.get_reader(folder / "fields.pvd")
    assert reader.time_values == pytest.approx([0.0, 24.0, 48.0])
    assert any(float(row["time_s"]) == pytest.approx(24.0) for row in rows(folder))


def test_a_finer_contact_error_takes_more_steps_to_the_same_end(run):
    folders = [
        run(case_text(), name, settings=[f"numerics.contact_error={name}"])
        for name in ("0.02", "0.002")
    ]
    coarse, fine = (last(folder) for folder in folders)
    assert coarse["step"] < fine["step"]
    assert coarse["contact_fraction"] == pytest.approx(fine["contact_fraction"], abs=0.02)


def test_floor_and_quadrature_change_little(run):
    settings = {
        "as it is": [],
        "floor": ["numerics.strain_rate_floor=1e-3"],
        "quadrature": ["numerics.quadrature_degree=6"],
    }
    found = [
        last(run(case_text(), name, settings=chosen))["contact_fraction"]
        for name, chosen in settings.items()
    ]
    assert found[1:] == pytest.approx([found[0]] * 2, abs=5e-3)


def test_the_same_case_twice_is_the_same_digits(run):
    folders = [run(case_text(chart=STRIPES), name) for name in ("one", "two")]
    assert differences(*folders, tolerance=0.0) == []
