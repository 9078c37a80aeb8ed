"""Real contact below the mesh and roughness from topography, through the command line."""

import json
import math

import pytest
from runs.conftest import STRIPES, UNIFORM, case_text, differences, last, summary

FARADAY, GAS = 96485.33212, 8.314462618
ONE_STEP = 'step = "0.02 mAh/cm^2"'
KAPPA = 0.2  # S/m; 20 um of it are 1 ohm cm2
PRESSURE, CURRENT, RESISTANCE = 0.2e6, 15.0, 8e-4
OHMIC = CURRENT * 20e-6 / KAPPA
TOPOGRAPHY = '{ rms_height = "0.2 um", rms_slope = 0.1 }'
BUTLER_VOLMER = '{ law = "butler_volmer", exchange_current_density = "1 mA/cm^2" }'


def hardness(ratio=3.0, *, length=1e-6, current=CURRENT):
    """H [Pa] of Norton creep with n = 3 and 0.04 1/s/MPa^3 at the recession over the length."""
    rate = 23.7e-6 * current / FARADAY / length
    return ratio * 1e6 * (rate / 0.04) ** (1.0 / 3.0)


def share(pressure, resistance, residual=0.0):
    """Return p/H over one more than it."""
    load = pressure / resistance + residual / (1.0 - residual)
    return load / (1.0 + load)


@pytest.mark.parametrize("exchange", [0.1, 0.01, 1e-4])
def test_slow_kinetics_need_hundreds_of_thermal_voltages(run, exchange):
    # 1.5 mA/cm2 are up to 15000 exchange currents: eta = 2 RT/F asinh(i / 2 i0)
    law = f'{{ law = "butler_volmer", exchange_current_density = "{exchange} mA/cm^2" }}'
    folder = run(text(kinetics=law))
    eta = 2.0 * GAS * 298.15 / FARADAY * math.asinh(0.5 * 1.5 / exchange)
    assert last(folder)["voltage_V"] == pytest.approx(eta + OHMIC, rel=1e-6)
    assert summary(folder)["status"] == "ok"


def text(real_contact="", *, roughness='"0.1 um"', chart=UNIFORM, **tables):
    """Return the coarse case with a real contact and numbers that do not come from a set."""
    tables.setdefault("numerics", ONE_STEP)
    made = case_text(
        chart=chart,
        electrolyte='conductivity = "2 mS/cm"',
        metal='molar_volume = "23.7 cm^3/mol"\n'
        'creep = { law = "norton", n = 3, A = "0.04 1/s/MPa^3" }',
        interface=f"real_contact = {real_contact}" if real_contact else "",
        **tables,
    )
    return made.replace('roughness = "0.1 um"', f"roughness = {roughness}")


def sources(folder):
    """Return the sources of a run by quantity."""
    return {
        row["quantity"]: row for row in json.loads((folder / "run.json").read_text())["sources"]
    }


@pytest.mark.parametrize(
    ("keys", "found", "residual"),
    [
        ("", hardness(), 0.0),
        (", ratio = 2", hardness(2.0), 0.0),
        (', ratio = 3.0, residual = 0.1, length = "4 um"', hardness(length=4e-6), 0.1),
    ],
    ids=["from the set", "ratio", "length and residual"],
)
def test_the_voltage_of_a_uniform_interface_is_that_of_the_real_area(run, keys, found, residual):
    keys = keys if "length" in keys else f'{keys}, length = "1 um"'
    folder = run(text(f'{{ law = "hardness"{keys} }}'))
    area = share(PRESSURE, found, residual)
    row = last(folder)
    assert row["real_contact_fraction"] == pytest.approx(area, rel=1e-9)
    assert row["kinetic_voltage_V"] == pytest.approx(CURRENT * RESISTANCE / area, rel=1e-8)
    assert row["voltage_V"] == pytest.approx(CURRENT * RESISTANCE / area + OHMIC, rel=1e-8)
    # the healed interface is that at the same pressure
    assert row["contact_fraction"] == pytest.approx(1.0, abs=1e-12)
    assert row["voltage_rise_V"] == pytest.approx(0.0, abs=1e-10)


def test_butler_volmer_works_on_the_real_area(run):
    row = last(run(text('{ law = "hardness", length = "1 um" }', kinetics=BUTLER_VOLMER)))
    # i = 2 i0 a sinh(F eta / 2RT)
    area = share(PRESSURE, hardness())
    eta = 2.0 * GAS * 298.15 / FARADAY * math.asinh(0.75 / area)
    assert row["kinetic_voltage_V"] == pytest.approx(eta, rel=1e-8)


@pytest.mark.parametrize("kinetics", ["linear", "butler_volmer"])
def test_a_microconstriction_adds_its_resistance(run, kinetics):
    chosen = {"kinetics": BUTLER_VOLMER} if kinetics == "butler_volmer" else {}
    law = '{ law = "microconstriction", length = "1 um" }'
    row = last(run(text(law, roughness=TOPOGRAPHY, **chosen)))
    area, load = share(PRESSURE, hardness()), PRESSURE / hardness()
    slope = math.sqrt(2.0 / math.pi) * 0.1
    constriction = CURRENT / (1.25 * 2.0 * KAPPA * slope / 0.2e-6 * load**0.95)
    eta = CURRENT * RESISTANCE / area
    if kinetics == "butler_volmer":
        eta = 2.0 * GAS * 298.15 / FARADAY * math.asinh(0.75 / area)
    assert constriction > 1e-3 * eta
    assert row["kinetic_voltage_V"] == pytest.approx(eta + constriction, rel=1e-8)


def test_the_hardness_is_that_of_the_current_and_of_the_temperature(run):
    steps = (
        'steps = [{ do = "strip" }, { do = "plate", current_density = "3 mA/cm^2" }, '
        '{ do = "strip", temperature = "323.15 K" }]'
    )
    found = [
        last(
            run(
                text('{ law = "hardness", length = "1 um" }', protocol=steps),
                f"{count}",
                settings=cut,
            )
        )
        for count, cut in enumerate(
            [
                ["protocol.steps=[{ do = 'strip' }]"],
                ["protocol.steps=[{ do = 'plate', current_density = '3 mA/cm^2' }]"],
                [],
            ]
        )
    ]
    slow, fast, warm = (row["real_contact_fraction"] for row in found)
    assert slow == pytest.approx(share(PRESSURE, hardness()), rel=1e-9)
    assert fast == pytest.approx(share(PRESSURE, hardness(current=30.0)), rel=1e-9)
    # sodium's 44 kJ/mol: the flow stress falls as the rate's Arrhenius factor to the power 1/n
    softer = math.exp(-44e3 / GAS * (1.0 / 323.15 - 1.0 / 298.15) / 3.0)
    assert warm == pytest.approx(share(PRESSURE, hardness() / softer), rel=1e-9)


def test_more_pressure_touches_more_where_the_contact_is_uneven(run):
    law = '{ law = "hardness", length = "1 um" }'
    rows = [
        last(run(text(law, chart=STRIPES), p, settings=[f"protocol.pressure={p} MPa"]))
        for p in ("0.5", "1", "4")
    ]
    touching = [row["real_contact_fraction"] for row in rows]
    assert touching == sorted(touching)
    rises = [row["voltage_rise_V"] for row in rows]
    assert rises == sorted(rises, reverse=True)
    # away from the loss of contact the conducting stripe bears less than the mean pressure
    for p, found in zip((0.5e6, 1e6, 4e6), touching, strict=True):
        assert found < share(p, hardness())


def test_above_the_limiting_current_a_residual_ends_at_the_voltage_limit_and_none_fails(run):
    law = '{{ law = "hardness", length = "1 um"{} }}'
    slow = ["protocol.pressure=0.02 MPa"]
    folder = run(text(law.format(", residual = 1e-3"), chart=STRIPES, numerics=""), settings=slow)
    assert summary(folder)["status"] == "voltage_limit"
    folder = run(text(law.format(""), chart=STRIPES, numerics=""), "none", code=3, settings=slow)
    assert summary(folder)["status"] == "failed"
    assert "interface.real_contact.residual" in summary(folder)["reason"]


def test_a_topography_is_the_roughness_that_follows_from_it(run):
    plain = run(text(roughness='"0.09 um"', chart=STRIPES, numerics=""), "plain")
    folder = run(text(roughness='{ rms_height = "0.2 um" }', chart=STRIPES, numerics=""), "rms")
    # 0.45 times 0.2 um
    assert differences(plain, folder, tolerance=1e-9) == []
    found = sources(folder)
    assert found["interface.roughness"]["value"] == pytest.approx(0.09e-6, rel=1e-14)
    assert found["interface.roughness"]["label"] == "C"
    assert found["interface.roughness.decay_ratio"]["label"] == "U"
    assert "125502" in found["interface.roughness.decay_ratio"]["source"]
    given = sources(plain)["interface.roughness"]
    assert given["value"] == pytest.approx(0.09e-6, rel=1e-14)
    assert (given["unit"], given["label"]) == ("m", "user")
    assert last(plain)["contact_fraction"] < 0.999


def test_a_decay_ratio_of_the_users_own_replaces_the_sets(run):
    surface = '{ rms_height = "0.2 um", decay_ratio = 0.5 }'
    found = sources(run(text(roughness=surface)))
    assert found["interface.roughness"]["value"] == pytest.approx(0.1e-6, rel=1e-14)
    assert found["interface.roughness.decay_ratio"]["label"] == "user"


def test_every_number_of_a_microconstriction_names_its_source(run):
    law = '{ law = "microconstriction", length = "1 um", residual = 0.01 }'
    folder = run(text(law, roughness=TOPOGRAPHY))
    found = {key: row["label"] for key, row in sources(folder).items() if "interface" in key}
    assert found == {
        "interface.roughness.rms_height": "user",
        "interface.roughness.decay_ratio": "U",
        "interface.roughness": "C",
        "interface.roughness.rms_slope": "user",
        "interface.real_contact.ratio": "2",
        "interface.real_contact.length": "user",
        "interface.real_contact.residual": "user",
        "interface.real_contact.coefficient": "2",
        "interface.real_contact.exponent": "2",
        "interface.kinetics.resistance": "user",
    }
    resolved = (folder / "case.toml").read_text()
    assert (
        'real_contact = { law = "microconstriction", length = "1 um", residual = 0.01 }' in resolved
    )


def test_a_perfect_contact_is_the_default_and_has_no_column_of_its_own(run):
    one, other = run(text(), "one"), run(text('{ law = "perfect" }'), "other")
    assert differences(one, other, tolerance=0.0) == []
    assert "real_contact_fraction" not in last(one)
    assert 'real_contact = { law = "perfect" }' in (one / "case.toml").read_text()


def test_two_ranks_give_the_numbers_of_one(launch, tmp_path):
    file = tmp_path / "case.toml"
    law = '{ law = "microconstriction", length = "1 um" }'
    file.write_text(text(law, roughness=TOPOGRAPHY, chart=STRIPES).replace("0.2 MPa", "1 MPa"))
    folders = [tmp_path / f"{ranks}" for ranks in (1, 2)]
    for ranks, folder in zip((1, 2), folders, strict=True):
        ended = launch(["run", file, "-o", folder], ranks=ranks)
        assert ended.returncode == 0, ended.stderr
    assert differences(*folders, tolerance=1e-8) == []
