"""Real contact limited by hardness: its scaling, its steps, and its way to zero pressure.

docs/verification.md, "Real contact and temperature". The current of a conducting stripe with
``i = c a(p) f(eta)`` dies with the contact pressure before any gap opens.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from femna.simulation import newton as newton_method
from femna.simulation.newton import Newton
from femna.simulation.start import solve_from_rest
from verification.cells import model, set_step
from verification.dynamic.runs import BALANCE, Run, run
from verification.record import Case

COARSE = {
    "interface.map.transition": "4 um",
    "interface.roughness": "{ rms_height = '0.2 um', rms_slope = 0.1 }",
    "interface.real_contact.length": "1 um",
    "limits.contact_fraction": "1e-4",
    "limits.voltage": "1000 V",
    "metal.creep.n": "3",
    "metal.creep.A": "4e-2 1/s/MPa^3",
    "protocol.current_density": "1.5 mA/cm^2",
}


STEPS = Case(
    name="time_step_real_contact",
    part="runs",
    title="Time step: voltage where the share of real contact falls",
    formula="u(dt) - u(dt/2) ~ dt",
    source="Backward Euler is of order one.",
    mesh="stripes, n = 3, real contact by the hardness of the same creep",
    across="step over the charge of 0.1 mAh/cm^2",
    measure="relative change when the step is halved",
)


def strip(folder: Path, **changes: str) -> Run:
    """March the coarse case; keys have two underscores for a dot."""
    return run(
        folder, COARSE | {key.replace("__", "."): v for key, v in changes.items()}, refine=0.5
    )


@pytest.mark.parametrize("law", ["hardness", "microconstriction"])
@pytest.mark.parametrize(("scaled", "residual"), [(0.35, 0.0), (0.6, 0.0), (0.22, 0.01)])
def test_the_hardness_of_the_same_creep_keeps_the_collapse(tmp_path, law, scaled, residual):
    """H ~ j^(1/n), so p/H and with it a and the microconstriction know only P/j^(1/n)."""
    ends = []
    for current in (0.5, 2.5):
        done = strip(
            tmp_path,
            protocol__current_density=f"{current} mA/cm^2",
            protocol__pressure=f"{scaled * (current / 1.5) ** (1.0 / 3.0)} MPa",
            interface__real_contact__law=law,
            interface__real_contact__residual=f"{residual}",
        )
        names = ("contact_fraction", "real_contact_fraction", "asr_ohm_cm2")
        ends.append([done.last(name) for name in names])
    # round-off and Newton's tolerance, 1e-11
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-10)
    assert ends[0][1] < 0.25


def test_newtons_method_follows_the_contact_pressure_to_zero(tmp_path, monkeypatch):
    monkeypatch.setattr(newton_method, "NEAR", 0.0)  # every iteration with a tangent of its own
    volts, shares = [], []
    for pressure in (0.5, 0.4, 0.35, 0.3):
        done = strip(
            tmp_path,
            protocol__pressure=f"{pressure} MPa",
            interface__real_contact__law="hardness",
        )
        assert done.status == "ok"
        assert max(done.worst_balance().values()) < BALANCE
        # once started, every step converges as Newton's method does: few iterations
        assert np.max(done["newton_iterations"][1:]) <= 5
        volts.append(done.last("voltage_V"))
        shares.append(done.last("real_contact_fraction"))
        assert done.last("contact_fraction") == pytest.approx(1.0, abs=1e-12)
    assert np.all(np.diff(volts) > 0.0)
    assert np.all(np.diff(shares) < 0.0)
    assert shares[-1] < 0.04


@pytest.mark.parametrize("pressure", ["0.3 MPa", "0.4 MPa"])
def test_the_result_does_not_depend_on_the_step(tmp_path, pressure, verified):
    runs = [
        strip(
            tmp_path,
            protocol__pressure=pressure,
            interface__real_contact__law="hardness",
            numerics__step=f"{step} mAh/cm^2",
        )
        for step in (0.02, 0.01, 0.005)
    ]
    volts = np.array([done.last("voltage_V") for done in runs])
    changes = np.abs(np.diff(volts))
    # a mesh that follows its step: order one, as without real contact
    assert 0.9 < np.log2(changes[0] / changes[1]) < 1.1
    # a step of a fifth of the charge misses no more than a fifth of what the charge changes
    assert changes[0] < 0.2 * abs(volts[-1] - runs[-1]["voltage_V"][0])
    label = f"voltage with real contact, {pressure}"
    verified.convergence(STEPS, label, [0.2, 0.1], changes / volts[-1], order=1.0)


def test_a_sudden_drop_of_the_pressure_ends_where_a_run_at_it_starts(tmp_path):
    """Newton's method needs no path: from a third in contact to a thirtieth in one step."""
    steps = (
        '[{ do = "strip", pressure = "2 MPa", charge = "1e-6 mAh/cm^2" }, '
        '{ do = "strip", charge = "1e-6 mAh/cm^2" }]'
    )
    tables = {"protocol__pressure": "0.3 MPa", "interface__real_contact__law": "hardness"}
    dropped = strip(tmp_path, protocol__steps=steps, **tables)
    at_once = strip(tmp_path, **tables)
    assert dropped["real_contact_fraction"][0] > 0.3
    # 9e-6 um of 100 um of metal are gone, and the mesh is the same
    for name in ("voltage_V", "real_contact_fraction"):
        assert dropped.last(name) == pytest.approx(at_once[name][0], rel=1e-6)


def test_a_residual_lets_the_gap_open_and_the_steps_agree(tmp_path):
    ends = np.array(
        [
            strip(
                tmp_path,
                protocol__pressure="0.22 MPa",
                protocol__charge="0.01 mAh/cm^2",
                interface__real_contact__law="hardness",
                interface__real_contact__residual="0.05",
                numerics__step=f"{step} mAh/cm^2",
            ).last("contact_fraction")
            for step in (0.002, 0.001, 0.0005)
        ]
    )
    changes = np.abs(np.diff(ends))
    assert ends[-1] < 0.99
    assert 0.8 < np.log2(changes[0] / changes[1]) < 1.2


def test_an_interface_open_everywhere_is_a_failed_solve_and_no_crash(tmp_path):
    """Nothing conducts, so the matrix has a row of zeros; the next solve finds its way."""
    changes = COARSE | {"interface.real_contact.law": "hardness", "protocol.pressure": "2 MPa"}
    cell = model(tmp_path, changes, refine=0.5)
    system = cell.system
    set_step(cell, dt=1e-4)
    newton = Newton(system)
    system.z = np.full_like(system.z, -1.0)
    assert not newton.solve().converged
    system.metal.fields.velocity.x.array[:] = 0.0
    system.metal.fields.pressure.x.array[:] = 1.0
    system.electrolyte.set(np.zeros(system.electrolyte.size))
    system.scalars[1] = -1.0
    assert solve_from_rest(system, newton).converged
