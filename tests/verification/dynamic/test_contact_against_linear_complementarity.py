"""Contact lost by a linear metal, against a dense solution of the complementarity problem.

docs/verification.md, line 6. The reference holds the metal's shape, femna moves its mesh: with gaps
of a few tenths of a micrometre over edges of one and half periods of 25 the two differ at second
order in the slope. What is left is the mesh at the patch's edge, first order there (see
test_convergence_of_a_run.py), six elements over the transition on both sides.
"""

from __future__ import annotations

import pytest

from verification.dynamic.linear_metal import (
    charge_at_limit,
    strip_by_femna,
    strip_by_reference,
)
from verification.record import Case

COMPLEMENTARITY = Case(
    name="linear_complementarity",
    part="runs",
    title="Loss of contact against a dense complementarity solution, n = 1",
    formula="g >= 0, p >= 0, g p = 0, p_k = 2 eta k v_k",
    source="An independent dense solver of the same cell whose metal keeps its shape "
    "(tests/reference/viscous_lcp.py); P_lim in closed form.",
    mesh="stripes of 50 um, half blocked, edge of 1 um",
    across="charge [C/m^2]",
    measure="contact fraction",
)


@pytest.mark.parametrize("share", [0.75, 0.95, 1.0, 1.13, 1.5])
def test_contact_fraction_from_runaway_to_kept_contact(tmp_path, share, verified):
    done, reference = strip_by_femna(tmp_path, share), strip_by_reference(share)
    assert done.status == "ok"
    assert done.last("contact_fraction") == pytest.approx(reference.contact_fraction[-1], abs=5e-3)
    # Along the path the first percents of charge are the steepest.
    charges = (300.0, 900.0, 1800.0, 2700.0)
    found = [done.at("contact_fraction", charge) for charge in charges]
    exact = [reference.at(charge) for charge in charges]
    assert found == pytest.approx(exact, abs=1e-2)
    verified.curve(COMPLEMENTARITY, f"P = {share:g} P_lim", charges, found, exact)


def test_charge_to_the_voltage_limit(tmp_path):
    done, reference = strip_by_femna(tmp_path, 0.5), strip_by_reference(0.5)
    assert done.status == "voltage_limit"
    assert reference.charge_at_limit is not None
    assert charge_at_limit(done) == pytest.approx(reference.charge_at_limit, rel=1e-2)


@pytest.mark.slow
def test_contact_fraction_at_the_turn(tmp_path):
    """Where contact falls by 0.06 for a percent of pressure, on meshes twice as fine."""
    done = strip_by_femna(tmp_path, 0.9, refine=2.0, changes={"numerics.contact_error": "0.001"})
    reference = strip_by_reference(0.9, count=400, contact=0.0025)
    assert done.last("contact_fraction") == pytest.approx(reference.contact_fraction[-1], abs=1e-2)
