"""Uniform stripping opens nothing, and closes what is open (docs/verification.md, line 5).

Shishvan, Fleck, McMeeking and Deshpande (2023): the metal follows a uniform
recession by drifting rigidly, so contact is kept at any pressure above zero. A program that holds
the collector in space opens the interface by the whole recession instead.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from femna.case import load_case
from femna.simulation.driver import Driver
from femna.simulation.setup import build_model
from verification.cells import CASE, set_step
from verification.dynamic.runs import keeps_balances, run
from verification.record import Case

UNIFORM = {"interface.map": '{ kind = "uniform" }'}
CREEP = {
    "n = 1": {"metal.creep.n": "1", "metal.creep.A": "2.2e-3 1/s/MPa"},
    "n = 5": {"metal.creep.n": "5", "metal.creep.A": "0.53 1/s/MPa^5"},
}
PARADOX = Case(
    name="uniform_stripping",
    part="runs",
    title="Uniform stripping opens nothing, at any pressure",
    formula="contact = 1 for P = 1 Pa to 4 MPa",
    source="S. S. Shishvan, N. A. Fleck, R. M. McMeeking, V. S. Deshpande (2023): the metal drifts "
    "rigidly.",
    mesh="the unit cell",
    across="law",
    measure="largest loss of contact",
)
RECESSION = 0.8843
"""Micrometres by which 0.1 mAh/cm^2 recedes the metal, Vm Q/F."""
VOID = {"geometry.initial_void.radius": "8 um", "geometry.initial_void.contact_angle": "60 deg"}


@pytest.mark.parametrize("law", CREEP)
@pytest.mark.parametrize("pressure", ["1 Pa", "1 kPa", "0.1 MPa", "4 MPa"])
def test_uniform_stripping_loses_no_contact(tmp_path, law, pressure, verified):
    done = run(tmp_path, UNIFORM | CREEP[law] | {"protocol.pressure": pressure})
    keeps_balances(done)
    assert done.status == "ok"
    np.testing.assert_allclose(done["contact_fraction"], 1.0, atol=1e-12)
    np.testing.assert_allclose(done["void_volume_um3"], 0.0, atol=1e-12)
    np.testing.assert_allclose(done["voltage_rise_V"], 0.0, atol=1e-12)
    # Not held in space: the platen follows the recession, all of it.
    assert 100.0 - done.last("layer_thickness_um") == pytest.approx(RECESSION, rel=1e-3)
    loss = float(np.max(np.abs(1.0 - done["contact_fraction"])))
    verified.bound(PARADOX, {f"{law}, {pressure}": loss}, 1e-12)


def perturbed_driver(folder: Path, law: str, pressure: str) -> Driver:
    """A driver whose unknowns are no rigid drift, with part of the interface open."""
    path = folder / "case.toml"
    path.write_text(CASE)
    changes = UNIFORM | CREEP[law] | {"protocol.pressure": pressure}
    driver = Driver(build_model(load_case(path, changes), MPI.COMM_SELF))
    system = driver.system
    set_step(driver.model, dt=1e-3)
    velocity, metal_pressure = system.metal.get()
    system.metal.set(np.zeros_like(velocity), np.zeros_like(metal_pressure))
    x = system.vertices.horizontal[:, 0]
    system.z = 1.0 + 1.5 * np.cos(np.pi * x)  # p = 0 beyond x = 0.73 of the half period
    system.voltage = 1.5
    system.scalars[1] = -0.5
    return driver


@pytest.mark.parametrize("law", CREEP)
def test_contact_comes_back_from_a_disturbed_guess(tmp_path, law):
    """Whole contact is what the solver finds, not only where it starts."""
    driver = perturbed_driver(tmp_path, law, "0.3 MPa")
    system = driver.system
    assert system.gap.max() > 0.0
    result = driver.newton.solve()
    assert result.converged
    assert result.iterations > 1
    assert system.gap.max() == 0.0
    np.testing.assert_allclose(system.z, 1.0, atol=1e-8)
    assert system.platen_velocity == pytest.approx(-1.0, abs=1e-8)


@pytest.mark.parametrize(("law", "pressure"), [("n = 1", 0.1), ("n = 5", 0.1), ("n = 5", 0.3)])
@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_an_interface_void_shrinks_under_uniform_stripping(tmp_path, law, pressure, symmetry):
    changes = {
        "geometry.symmetry": symmetry,
        "protocol.pressure": f"{pressure} MPa",
        "protocol.charge": "0.02 mAh/cm^2",
    }
    done = run(tmp_path, UNIFORM | CREEP[law] | VOID | changes)
    keeps_balances(done)
    volume, contact = done["void_volume_um3"], done["contact_fraction"]
    assert np.all(np.diff(volume) < 0.0)
    assert contact[-1] > contact[0]
    # It shrinks at least as a void in rigid metal would, whose contact alone is stripped: the
    # drift, at least the mean recession, lowers its roof.
    recession = RECESSION * done["charge_mAh_cm2"] / 0.1
    loss = np.diff(-volume) / (50.0 if symmetry == "plane_strain" else np.pi * 25.0**2)
    open_share = np.minimum(1.0 - contact[1:], 1.0 - contact[:-1])
    assert np.all(loss > 0.9 * open_share * np.diff(recession))


def test_a_void_in_three_dimensions_shrinks_too(tmp_path):
    changes = {
        "geometry.symmetry": "square",
        "geometry.metal_thickness": "30 um",
        "geometry.electrolyte_thickness": "30 um",
        "geometry.initial_void.radius": "8 um",
        "geometry.initial_void.contact_angle": "40 deg",
        "numerics.interface_size": "8 um",
        "numerics.contact_error": "0.02",
        "protocol.pressure": "0.3 MPa",
        "protocol.charge": "0.02 mAh/cm^2",
    }
    done = run(tmp_path, UNIFORM | CREEP["n = 5"] | changes)
    keeps_balances(done)
    # pi h (3 R^2 + h^2)/6, less what chords of a circle leave out: 2 %
    assert done["void_volume_um3"][0] == pytest.approx(305.6, rel=0.02)
    assert np.all(np.diff(done["void_volume_um3"]) < 0.0)
    assert done["contact_fraction"][-1] > done["contact_fraction"][0]
