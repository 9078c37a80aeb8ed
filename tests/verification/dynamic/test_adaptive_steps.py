"""The adaptive step keeps the error in the contact fraction that the case asks for.

docs/verification.md, line 6. Against the same run with an eighth of that error, at every accepted
step of the coarser one; a half, nine tenths of and at the pressure where contact turns.
"""

from __future__ import annotations

import numpy as np
import pytest

from verification.dynamic.linear_metal import strip_by_femna
from verification.dynamic.runs import CHARGE_UNIT
from verification.record import Case

POWER = {"metal.creep.n": "5", "metal.creep.A": "0.53 1/s/MPa^5"}
POWER_TURN = 1.65  # contact turns at 0.33 MPa, by computation; 0.2 MPa is the linear metal's
ERROR = 0.005
ADAPTIVE = Case(
    name="adaptive_steps",
    part="runs",
    title="The adaptive step keeps the error in contact that is asked for",
    formula="|contact - contact at an eighth of the error| <= contact_error = 0.005",
    source="The same run with an eighth of the error.",
    mesh="stripes, below and at the pressure where contact turns; 60 steps at most",
    across="run",
    measure="largest error of the contact fraction",
)


def path_error(folder, share, changes) -> tuple[float, int]:
    """Return the largest error in contact along the path, and the number of steps."""
    coarse, fine = (
        strip_by_femna(
            folder, share, refine=0.5, changes=changes | {"numerics.contact_error": str(error)}
        )
        for error in (ERROR, ERROR / 8.0)
    )
    charge = coarse["charge_mAh_cm2"] * CHARGE_UNIT
    covered = charge <= fine["charge_mAh_cm2"][-1] * CHARGE_UNIT
    assert coarse.status == fine.status
    expected = [fine.at("contact_fraction", q) for q in charge[covered]]
    error = np.max(np.abs(coarse["contact_fraction"][covered] - expected))
    assert len(fine["step"]) > 2 * len(charge)
    return float(error), len(charge)


@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
@pytest.mark.parametrize(("turn", "law"), [(1.0, {}), (POWER_TURN, POWER)], ids=["n = 1", "n = 5"])
def test_contact_stays_within_the_error_asked_for(tmp_path, share, turn, law, verified):
    error, steps = path_error(tmp_path, share * turn, law)
    assert 0.0 < error <= ERROR
    assert steps <= 60
    label = f"n = {5 if law else 1}, P = {share:g} of the turn, {steps} steps"
    verified.bound(ADAPTIVE, {label: error}, ERROR)
