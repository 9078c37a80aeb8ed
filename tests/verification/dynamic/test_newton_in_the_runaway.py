"""Newton's method converges quadratically while contact is lost (docs/verification.md, line 6)."""

from __future__ import annotations

import numpy as np

from femna.simulation import newton
from verification.dynamic.linear_metal import strip_by_femna

CONSTANT = 0.2
"""Largest r_(k+1)/r_k^2, r over the first residual; measured 0.03 to 0.06."""
ROUND_OFF = 1e-11


def test_newton_is_quadratic_below_a_contact_of_a_third(tmp_path, monkeypatch):
    """In steps of 4 % of the charge, longer than the adaptive ones, from 0.28 to the limit.

    Each with a tangent of its own: the last ones of a run keep the factors of an earlier tangent.
    """
    monkeypatch.setattr(newton, "NEAR", 0.0)
    done = strip_by_femna(tmp_path, 0.5, refine=0.5, changes={"numerics.step": "0.004 mAh/cm^2"})
    assert done.status == "voltage_limit"
    deep = [
        np.array(norms) / norms[0]
        for norms, contact in zip(done.newton_norms, done["contact_fraction"], strict=True)
        if contact < 0.3
    ]
    assert len(deep) >= 8
    for norms in deep:
        bound = np.maximum(CONSTANT * norms[:-1] ** 2, ROUND_OFF)
        assert np.all(norms[1:] <= bound), norms
    assert max(len(norms) for norms in deep) >= 4  # more than one step was judged
