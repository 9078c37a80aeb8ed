"""Charge, volume and force balance close at every accepted step (docs/verification.md, line 1).

The discrete equations conserve all three exactly, so only round-off and Newton's tolerance are
left: the bound of 1e-8 has three decades of room.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.constants import physical_constants

from verification.dynamic.runs import BALANCE, keeps_balances, run
from verification.record import Case

FARADAY = physical_constants["Faraday constant"][0]
MOLAR_VOLUME = 23.7e-6
HALF_THE_LAYER = {
    "geometry.metal_thickness": "20 um",
    "protocol.charge": f"{10e-6 * FARADAY / MOLAR_VOLUME} C/m^2",
    "interface.map": '{ kind = "stripes", blocked_fraction = 0.5, transition = "4 um" }',
}
PATCHES = {
    "geometry.symmetry": "axisymmetric",
    "interface.map": '{ kind = "patches", blocked_fraction = 0.5, transition = "4 um" }',
}
BALANCES = Case(
    name="balances",
    part="runs",
    title="Charge, volume, force and complementarity of every step",
    formula="current in = out = applied; mesh volume + Vm Q/F; contact force = P A0; g p = 0",
    source="The discrete equations conserve all of them.",
    mesh="half of a layer of 20 um stripped, the interface healed and losing contact",
    across="balance",
    measure="worst step",
)
VOID = {
    "geometry.initial_void.radius": "8 um",
    "geometry.initial_void.contact_angle": "60 deg",
    "protocol.charge": "0.02 mAh/cm^2",
    "protocol.pressure": "0.3 MPa",
}


@pytest.mark.parametrize(
    ("symmetry", "pressure", "contact"),
    [
        ({}, 2.0, (0.999, 1.0)),
        ({}, 0.24, (0.5, 0.97)),
        (PATCHES, 2.0, (0.999, 1.0)),
        (PATCHES, 0.27, (0.5, 0.99)),
    ],
    ids=["stripes, healed", "stripes, losing", "patches, healed", "patches, losing"],
)
def test_stripping_half_the_layer_keeps_the_balances(
    tmp_path, symmetry, pressure, contact, verified
):
    done = run(tmp_path, HALF_THE_LAYER | symmetry | {"protocol.pressure": f"{pressure} MPa"})
    keeps_balances(done)
    assert done.status == "ok"
    low, high = contact
    assert low <= done.last("contact_fraction") <= high
    # Faraday's law, read from where the platen stands and the mean gap below the metal.
    area = 50.0 if not symmetry else np.pi * 25.0**2
    mean_gap = done.last("void_volume_um3") / area
    assert done.last("layer_thickness_um") - mean_gap == pytest.approx(10.0, abs=1e-6)
    worst = {name.removesuffix("_balance"): e for name, e in done.worst_balance().items()}
    verified.bound(BALANCES, worst, BALANCE)


def test_an_elastic_layer_keeps_the_balances(tmp_path):
    changes = {"metal.elastic": "true", "protocol.pressure": "0.24 MPa"}
    keeps_balances(run(tmp_path, HALF_THE_LAYER | changes))


@pytest.mark.parametrize("symmetry", [{}, PATCHES], ids=["plane strain", "axisymmetric"])
def test_a_void_over_blocked_patches_keeps_the_balances(tmp_path, symmetry):
    done = run(tmp_path, VOID | symmetry)
    keeps_balances(done)
    assert done["void_volume_um3"][0] > 10.0


def test_a_run_to_the_voltage_limit_keeps_the_balances(tmp_path):
    """A rough interface opens by several times the width of the patch's edge."""
    changes = {
        "interface.roughness": "0.5 um",
        "protocol.pressure": "0.05 MPa",
        "protocol.current_density": "1.5 mA/cm^2",
        "protocol.charge": "1 mAh/cm^2",
        "limits.contact_fraction": "1e-4",
    }
    done = run(tmp_path, changes)
    keeps_balances(done)
    assert done.status == "voltage_limit"
    mean_gap = done.last("void_volume_um3") / 25.0  # over the conducting half
    assert mean_gap > 1.5


def test_a_tiny_first_step_is_not_judged_by_the_round_off_of_the_mesh(tmp_path):
    """Nine femtometres recede, below what the sum of a volume can tell."""
    changes = {
        "numerics.first_step": "1e-9 mAh/cm^2",
        "numerics.contact_error": "0.02",
        "protocol.pressure": "0.3 MPa",
        "protocol.charge": "0.01 mAh/cm^2",
    }
    done = run(tmp_path, changes)
    assert done["charge_mAh_cm2"][1] < 2e-9
    keeps_balances(done)
    assert done.status == "ok"
