"""Both electrodes of a stack, across one electrolyte: runs, ends, restarts."""

import pytest
import pyvista
from runs.conftest import differences, last, rows, stop_and_resume, summary
from verification.stacks import CASE

from femna.case import load_case
from femna.constants import FARADAY
from femna.materials import load_set
from femna.output import run_case

SPOT = '{ kind = "patches", blocked_fraction = 0.1, transition = "60 um", inside = "blocked" }'
RING = '{ kind = "patches", blocked_fraction = 0.5, transition = "60 um", inside = "conducting" }'
STRIP, PLATE = 'steps = [{ do = "strip" }]', 'steps = [{ do = "plate" }, { do = "strip" }]'
THIRD = 'reference_electrode = {{ face = "{face}", distance = "0.75 mm", diameter = "0.2 mm" }}'
FILM = '[cycling]\nfilm_thickness = "0.1 um"\n'
SIZES = {
    'electrode_diameter = "5 mm"': 'electrode_diameter = "1 mm"',
    'electrolyte_diameter = "10 mm"': 'electrolyte_diameter = "2 mm"',
    'electrolyte_thickness = "0.7 mm"': 'electrolyte_thickness = "0.2 mm"',
    'pressure = "4 MPa"': 'pressure = "0.12 MPa"',
    'charge = "0.1 mAh': 'charge = "0.003 mAh',
}


def text(working, counter, *, steps=PLATE, face="working", more=FILM):
    """Return a disc of 1 mm whose maps are as wide as its electrolyte is thick, or wider."""
    case = CASE.replace('{ kind = "uniform" }', working).replace(STRIP, steps)
    for old, new in SIZES.items():
        assert old in case
        case = case.replace(old, new)
    case = case.replace('rim = "held"\n', "")
    case = case.replace("[metal]\n", f"{THIRD.format(face=face)}\n[metal]\n")
    numerics = '[numerics]\ninterface_size = "40 um"\ncontact_error = 0.1\n'
    numerics += "strain_rate_floor = 10\n"
    return f"{case}{numerics}{more}[counter]\nmap = {counter}\n"


@pytest.fixture(scope="module")
def cell(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stack")
    (folder / "case.toml").write_text(text(SPOT, RING))
    run_case(load_case(folder / "case.toml"), folder / "out")
    return folder / "out"


def test_balances_close_on_both_and_both_lose_contact(cell):
    assert summary(cell)["status"] == "ok"
    assert all(value < 1e-8 for value in summary(cell)["balances"].values())
    history = rows(cell)
    for name in ("charge_balance", "volume_balance", "force_balance"):
        assert all(float(row[f"counter_{name}"]) < 1e-8 for row in history)
    # the ring strips first and loses most, then the passivated middle
    assert min(float(row["counter_contact_fraction"]) for row in history) < 0.9
    assert min(float(row["contact_fraction"]) for row in history) < 0.9999
    # healed, the rise is that of nothing
    for name in ("voltage", "counter_voltage"):
        rise, whole = (float(history[0][f"{name}{end}_V"]) for end in ("_rise", ""))
        assert abs(rise) < 1e-7 * abs(whole)


def test_a_third_electrode_is_read_by_both(cell):
    for row in rows(cell):
        against = float(row["working_vs_reference_V"]) - float(row["counter_vs_reference_V"])
        # one place on one disc, whose potential both electrodes have on their own meshes
        assert against == pytest.approx(float(row["cell_voltage_V"]), rel=5e-3)


def test_a_run_stopped_amid_its_second_half_cycle_goes_on_to_the_same_digits(tmp_path, cell):
    case = load_case(cell / "case.toml")

    def when(row):
        return row["half_cycle"] == 2 and row["charge_mAh_cm2"] > 0.0005

    stop_and_resume(case, tmp_path / "stopped", when)
    assert differences(cell, tmp_path / "stopped", tolerance=0.0) == []
    assert (cell / "cycles.csv").read_text() == (tmp_path / "stopped" / "cycles.csv").read_text()


THERE = 'steps = [{ do = "strip", charge = "0.0015 mAh/cm^2" }, { do = "plate" }]'
BACK = 'steps = [{ do = "plate", charge = "0.0015 mAh/cm^2" }, { do = "strip" }]'
RING_OF_MASK = '[mask]\nouter_radius = "1 mm"\nthickness = "100 um"\n'


def masked(steps, *, lines=""):
    """Return a disc with one map and one mask on both faces; it strips past its start and back."""
    cell = text(SPOT, SPOT, steps=steps, more=f"{RING_OF_MASK}{lines}")
    return cell.replace("0.12 MPa", "1 MPa").replace('interface_size = "40', 'interface_size = "60')


def test_each_electrode_has_a_mask_that_bears_what_is_stripped_from_it(run):
    there, back = rows(run(masked(THERE), "there")), rows(run(masked(BACK), "back"))
    modulus = load_set("polypropylene")["youngs_modulus"].value
    volume = load_set("sodium")["molar_volume"].value
    loaded = {"": [], "counter_": []}
    for row in there:
        for name, found in loaded.items():
            for balance in ("charge_balance", "volume_balance", "force_balance"):
                assert float(row[f"{name}{balance}"]) < 1e-8
            thinner = 100e-6 - 1e-6 * float(row[f"{name}layer_thickness_um"])
            # E (A_mask/A) shortening/thickness, A_mask/A = (1 - 0.25)/0.25; nothing is lifted
            expected = 3.0 * modulus * max(thinner, 0.0) / 100e-6 / 1e6
            share = float(row[f"{name}mask_force_share"])
            assert share == pytest.approx(expected, rel=1e-6, abs=1e-6)
            assert share + float(row[f"{name}metal_force_share"]) == pytest.approx(1.0, abs=1e-8)
            found.append(share)
    # 0.0015 mAh/cm2 = 54 C/m2: over half of 1 MPa at the one, then at the other
    most = 3.0 * modulus * volume * 54.0 / FARADAY / 100e-6 / 1e6
    assert 0.5 < most < 0.6
    assert [max(found) for found in loaded.values()] == pytest.approx([most, most], rel=1e-6)
    # stripped the other way round, one electrode is the other
    assert len(there) == len(back)
    for one, two in zip(there, back, strict=True):
        for name in ("voltage_V", "contact_fraction", "mask_force_N", "layer_thickness_um"):
            for a, b in ((one, two), (two, one)):
                expected, found = float(a[name]), float(b[f"counter_{name}"])
                assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_masks_that_creep_on_both_sides_go_on_to_the_same_digits(tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(masked(THERE, lines="viscoelastic = true\n"))
    case = load_case(file)
    run_case(case, tmp_path / "whole")

    def when(row):
        return row["half_cycle"] == 2 and row["counter_mask_force_share"] > 0.1

    stop_and_resume(case, tmp_path / "stopped", when)
    assert differences(tmp_path / "whole", tmp_path / "stopped", tolerance=0.0) == []
    assert all(value < 1e-8 for value in summary(tmp_path / "whole")["balances"].values())
    for folder in ("fields", "counter/fields"):
        parts = [pyvista.read(file) for file in (tmp_path / "whole" / folder).glob("mask*.vtu")]
        assert parts
        assert all("von_mises_MPa" in part.cell_data for part in parts)


@pytest.mark.slow
def test_electrodes_exchanged_give_the_same_numbers_exchanged(run, cell):
    steps = 'steps = [{ do = "strip" }, { do = "plate" }]'
    turned = run(text(RING, SPOT, steps=steps, face="counter"), "turned")
    ours, theirs = rows(cell), rows(turned)
    assert len(ours) == len(theirs)
    for one, two in zip(ours, theirs, strict=True):
        for name in ("contact_fraction", "voltage_V", "occluded_void_volume_um3"):
            for a, b in ((one, two), (two, one)):
                expected, found = float(a[name]), float(b[f"counter_{name}"])
                assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.slow  # one to three minutes
def test_a_centred_cell_in_three_dimensions_is_the_axisymmetric_one(run):
    wide = [chart.replace("60 um", "200 um") for chart in (SPOT.replace("0.1", "0.2"), RING)]
    steps = ("numerics.step=0.000375 mAh/cm^2", "protocol.charge=0.00075 mAh/cm^2")
    case = text(*wide, steps=STRIP, more="")
    third = THIRD.format(face="working") + "\n"
    flat, solid = (
        run(
            case.replace(third, ""),
            kind,
            settings=(*steps, f"geometry.symmetry={kind}", f"numerics.interface_size={size} um"),
        )
        for kind, size in (("axisymmetric", 50), ("mirror", 100))
    )
    assert max(summary(solid)["balances"].values()) < 1e-8
    first, end, expected = rows(solid)[0], last(solid), last(flat)
    # enough is lost on both for the comparison to mean something
    assert expected["contact_fraction"] < 0.997
    assert expected["counter_contact_fraction"] < 0.998
    for name in ("", "counter_"):
        assert end[f"{name}force_balance"] < 1e-8
        closed, then = (float(row[f"{name}voltage_V"]) for row in (first, rows(flat)[0]))
        assert closed == pytest.approx(then, rel=5e-3)
        assert end[f"{name}voltage_V"] == pytest.approx(expected[f"{name}voltage_V"], rel=5e-3)
        lost, theirs = (1.0 - row[f"{name}contact_fraction"] for row in (end, expected))
        assert lost == pytest.approx(theirs, rel=0.03)


@pytest.mark.slow
def test_a_held_voltage_is_that_of_the_working_electrode(run):
    steps = 'steps = [{ do = "hold", voltage = "0.03 V", time = "10 s" }, { do = "plate" }]'
    folder = run(text(SPOT, RING, steps=steps, more=""))
    held = [row for row in rows(folder) if row["phase"] == "hold"]
    assert len(held) > 2
    assert all(float(row["voltage_V"]) == pytest.approx(0.03, rel=1e-9) for row in held)
    assert all(value < 1e-8 for value in summary(folder)["balances"].values())
    assert last(folder)["counter_voltage_V"] > 0.0


@pytest.mark.slow
def test_two_ranks_agree_with_one(launch, tmp_path, cell):
    done = launch(["run", cell / "case.toml", "-o", tmp_path / "two"], ranks=2)
    assert done.returncode == 0, done.stderr
    assert differences(cell, tmp_path / "two", tolerance=1e-6) == []
