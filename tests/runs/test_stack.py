"""Whole cells run: rims that are held, open, and open until the clearance is full."""

from __future__ import annotations

from math import pi

import pytest
from reference.closed_forms import squeeze_film_force
from runs.conftest import last, rows, summary
from verification.stacks import CASE

RECESSION = 2.465e-9
"""Vm/F times 1 mA/cm^2 [m/s]."""

COARSE = ("numerics.interface_size=25 um",)
SMALL = (
    "geometry.electrode_diameter=1 mm",
    "geometry.electrolyte_diameter=2 mm",
    "geometry.metal_thickness=50 um",
    *COARSE,
)


def test_uniform_stripping_under_a_held_rim_keeps_contact_and_opens_nothing(run):
    folder = run(CASE, settings=(*SMALL, "numerics.step=0.05 mAh/cm^2"))
    end = last(folder)
    assert end["contact_fraction"] == 1.0
    assert max(summary(folder)["balances"].values()) < 1e-8
    assert "rim_outflow_um3" not in end


def test_an_open_rim_lets_out_what_the_squeeze_film_says(run):
    # R/h = 25, n = 5: the full solution stands at 1.019 of the thin film (physics of line 7)
    settings = ("geometry.rim=open", "protocol.pressure=8 MPa", "numerics.max_steps=1")
    folder = run(CASE, settings=settings, code=3)
    start = rows(folder)[0]
    closing = -1e-9 * float(start["platen_velocity_nm_s"]) - 1.5 * RECESSION
    prefactor = 0.53e-30  # 0.53 1/s/MPa^5
    film = squeeze_film_force(2.5e-3, 1e-4, closing, exponent=5.0, prefactor=prefactor)
    assert 8e6 * pi * 2.5e-3**2 / film == pytest.approx(1.019, abs=3e-3)


def test_what_leaves_through_an_open_rim_is_missing_from_the_metal(run):
    settings = (
        *SMALL,
        "geometry.rim=open",
        "protocol.pressure=3 MPa",
        "protocol.charge=1 mAh/cm^2",
    )
    folder = run(CASE, settings=settings)
    end = last(folder)
    assert end["layer_thickness_um"] < 25.0 + 5.0  # much of the foil has gone
    assert max(summary(folder)["balances"].values()) < 1e-8


def test_a_full_clearance_holds_the_rim(run):
    width, radius = 0.05, 0.5
    settings = (
        *SMALL,
        "geometry.rim=open",
        f"geometry.clearance={width} mm",
        "protocol.pressure=3 MPa",
        "protocol.charge=1 mAh/cm^2",
    )
    folder = run(CASE, settings=settings)
    end = last(folder)
    ring = pi * ((radius + width) ** 2 - radius**2) * 1e6
    # the ring is as high as the foil, which goes on sinking with the recession
    assert end["rim_outflow_um3"] >= ring * end["layer_thickness_um"] * (1.0 - 1e-6)
    platen = [float(row["platen_velocity_nm_s"]) for row in rows(folder)]
    recession = 1.5e9 * RECESSION
    assert platen[0] < -10.0 * recession
    assert platen[-1] == pytest.approx(-recession, rel=0.01)
    assert max(summary(folder)["balances"].values()) < 1e-8
