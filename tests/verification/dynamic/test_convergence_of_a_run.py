"""Contact fraction and charge to the voltage limit converge with mesh and step.

docs/verification.md, line 6. Backward Euler gives order one in the step. In the mesh the order is
one too: the contact pressure is singular where bearing ends, and its place is known to a vertex.
"""

from __future__ import annotations

import numpy as np
import pytest

from verification.dynamic.linear_metal import (
    charge_at_limit,
    orders,
    strip_by_femna,
    strip_by_reference,
)
from verification.record import Case

WIDE = 4e-6
FIXED = {"numerics.step": "0.0025 mAh/cm^2"}


STEPS = Case(
    name="time_step",
    part="runs",
    title="Time step: contact and charge to the voltage limit",
    formula="u(dt) - u(dt/2) ~ dt",
    source="Backward Euler is of order one.",
    mesh="stripes, n = 1, at three quarters and half of the pressure where contact turns",
    across="step over the charge of 0.1 mAh/cm^2",
    measure="relative change when the step is halved",
)
MESHES = Case(
    name="mesh_of_a_run",
    part="runs",
    title="Mesh of a whole run: contact fraction",
    formula="u(h) - u(h/2) ~ h^2",
    source="The place where contact ends is known to a vertex; the map enters by its dual mean.",
    mesh="stripes, n = 1, at three quarters of the pressure where contact turns",
    across="element over the default",
    measure="relative change when the mesh is refined twice",
)


def changes(values):
    return np.abs(np.diff(values) / values[-1])


def by_mesh(folder, share, sizes):
    return [strip_by_femna(folder, share, transition=WIDE, refine=m, changes=FIXED) for m in sizes]


def by_step(folder, share, counts):
    steps = [{"numerics.step": f"{0.1 / n} mAh/cm^2"} for n in counts]
    return [strip_by_femna(folder, share, transition=WIDE, refine=0.5, changes=s) for s in steps]


def contacts(runs):
    return np.array([done.last("contact_fraction") for done in runs])


def charges(runs):
    assert all(done.status == "voltage_limit" for done in runs)
    assert all(done.last("contact_fraction") < 0.3 for done in runs)
    return np.array([charge_at_limit(done) for done in runs])


def first_order(values, *, low=0.8, high=1.35):
    found = orders(values)
    assert np.all((found > low) & (found < high)), (found, values)


def test_contact_fraction_converges_with_the_mesh(tmp_path, verified):
    # 0.3508, 0.3664, 0.3705, and 0.3697, 0.3699 on meshes over 4 and 8: second order or better;
    # values of the map at the vertices, which widen its edges, gave first
    values = contacts(by_mesh(tmp_path, 0.75, (0.5, 1.0, 2.0)))
    found = orders(values)
    assert np.all(found > 1.5), found
    verified.convergence(MESHES, "contact", [2.0, 1.0], changes(values), order=2.0)


def test_contact_fraction_converges_with_the_step(tmp_path, verified):
    values = contacts(by_step(tmp_path, 0.75, (20, 40, 80, 160)))
    first_order(values, low=0.85, high=1.15)
    sizes = [1 / 20, 1 / 40, 1 / 80]
    verified.convergence(STEPS, "contact", sizes, changes(values), order=1.0)


def test_charge_to_the_limit_converges_with_the_step(tmp_path, verified):
    values = charges(by_step(tmp_path, 0.5, (40, 80, 160)))
    first_order(values, low=0.85, high=1.15)
    sizes = [1 / 40, 1 / 80]
    verified.convergence(STEPS, "charge to 3 V", sizes, changes(values), order=1.0)


@pytest.mark.slow
def test_the_limits_are_those_of_the_reference(tmp_path):
    """Both numbers over meshes 1, 2, 4: order, and the extrapolated value."""
    contact = contacts(by_mesh(tmp_path, 0.75, (1.0, 2.0, 4.0)))
    charge = charges(by_mesh(tmp_path, 0.5, (1.0, 2.0, 4.0)))
    first_order(contact)
    first_order(charge)
    reference = strip_by_reference(0.75, transition=WIDE, contact=0.0025)
    assert 2.0 * contact[2] - contact[1] == pytest.approx(reference.contact_fraction[-1], abs=1e-2)
    reference = strip_by_reference(0.5, transition=WIDE, contact=0.0025)
    assert 2.0 * charge[2] - charge[1] == pytest.approx(reference.charge_at_limit, rel=1e-2)
