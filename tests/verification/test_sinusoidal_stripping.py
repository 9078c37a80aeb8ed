"""Sinusoidal stripping: traction amplitude, the flow below it, and C(n) of power-law metal.

docs/verification.md, line 3. A layer's normal traction under v0 + dv cos kx is 2 eta k dv times
(sinh kh cosh kh + kh)/sinh^2 kh with free slip on both faces; v0 alone gives nothing.
"""

from __future__ import annotations

from itertools import pairwise

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
import ufl
from dolfinx import fem
from reference.closed_forms import layer_factor, wave_traction

from verification.wave import UNIFORM, LayerField, critical_constant, solve_wave

ETA = 1.0 / 3.0  # A = 1, n = 1


def orders(errors: list[float]) -> list[float]:
    return [float(np.log2(a / b)) for a, b in pairwise(errors)]


def exact_amplitude(thickness: float) -> float:
    return wave_traction(1.0, np.pi, ETA) * layer_factor(np.pi, thickness)


@pytest.mark.parametrize("thickness", [0.5, 1.0, 2.0])
def test_amplitude_of_the_linear_layer(thickness: float) -> None:
    exact = exact_amplitude(thickness)
    errors = [
        abs(solve_wave(n, 1.0, thickness=thickness)[0][0].amplitude / exact - 1.0)
        for n in (8, 16, 32)
    ]
    # the amplitude is the work of the motion: twice the order 3/2 in which the piecewise
    # linear dual multiplier, exact for constants, approaches the traction in H^-1/2
    assert orders(errors)[-1] > 2.9
    assert errors[-1] < 1e-5  # required: 1e-3


def test_least_pressure_of_the_linear_layer_has_order_two() -> None:
    # piecewise linear multiplier: h^2 at a vertex
    exact = exact_amplitude(2.0) / np.pi
    errors = [abs(solve_wave(n, 1.0)[0][0].critical / exact - 1.0) for n in (8, 16, 32)]
    assert orders(errors)[-1] == pytest.approx(2.0, abs=0.1)
    assert errors[-1] < 1e-3


def test_uniform_stripping_moves_the_platen_and_nothing_else() -> None:
    _, flow = solve_wave(8, 1.0)
    assert flow.drift == pytest.approx(-UNIFORM, rel=1e-12)
    for n in (1.0, 5.0):
        flow.drive(UNIFORM * flow.area, n)
        assert np.max(np.abs(flow.contact)) < 1e-8  # the solver's tolerance over a vertex's area


def test_velocity_and_pressure_have_the_orders_of_p2_p1() -> None:
    exact = LayerField(k=np.pi, h=1.0, eta=ETA)
    velocity, pressure = [], []
    for columns in (4, 8, 16):
        _, flow = solve_wave(columns, 1.0, thickness=1.0)
        # in the platen's frame the drift is gone
        fields, domain = flow.metal.fields, flow.cell.metal.mesh
        dx = ufl.dx(domain=domain, metadata={"quadrature_degree": 8})
        v, p = _exact(domain, exact)
        # the normal points down: v.n = +cos kx is v_y = -cos kx
        gap_v = fields.velocity + v
        gap_p = fields.pressure + p
        velocity.append(_norm(ufl.inner(gap_v, gap_v) * dx))
        pressure.append(_norm(gap_p**2 * dx))
    assert orders(velocity)[-1] > 2.85
    assert orders(pressure)[-1] > 1.9


def _exact(domain: object, field: LayerField) -> tuple[fem.Function, fem.Function]:
    """Interpolate on P4, whose error is two orders smaller."""
    v = fem.Function(fem.functionspace(domain, ("Lagrange", 4, (2,))))
    p = fem.Function(fem.functionspace(domain, ("Lagrange", 4)))
    v.interpolate(field.velocity)
    p.interpolate(field.pressure)
    return v, p


def _norm(form: object) -> float:
    return float(np.sqrt(fem.assemble_scalar(fem.form(form))))


def test_linear_constant_is_two_thirds_for_slipping_and_sticking_metal() -> None:
    half_space = exact_amplitude(2.0) / wave_traction(1.0, np.pi, ETA)
    for drag in (0.0, 1e6):
        c = [solve_wave(n, 1.0, drag=drag)[0][0].critical for n in (16, 32)]
        # h^4 after extrapolation, (pi/32)^4 = 9e-5 with a constant below one
        assert (4.0 * c[1] - c[0]) / 3.0 == pytest.approx(2.0 / 3.0 * half_space, rel=5e-5)


REDUCED = {(3.0, 0.0): 1.2711, (5.0, 1e6): 1.3886}


@pytest.mark.parametrize(("n", "drag"), list(REDUCED))
def test_power_law_constant_reduced(n: float, drag: float) -> None:
    c = [solve_wave(m, n, floors=(1e-2, 1e-3), drag=drag)[0][-1].critical for m in (8, 16)]
    # two coarse levels, extrapolated, against the full set: h^2 term left 1e-3
    assert (4.0 * c[1] - c[0]) / 3.0 == pytest.approx(REDUCED[n, drag], rel=3e-3)


def test_amplitude_of_power_law_metal_converges() -> None:
    values = [solve_wave(m, 3.0, floors=(1e-1,))[0][0].amplitude for m in (4, 8, 16)]
    changes = [abs(b - a) for a, b in pairwise(values)]
    assert changes[1] < 0.3 * changes[0]
    assert changes[1] < 1e-3 * values[-1]


# value and error: docs/verification.md
CRITICAL = {
    1.0: (0.66667, 0.0001),
    2.0: (1.1103, 0.0002),
    3.0: (1.2711, 0.0003),
    5.0: (1.3877, 0.0010),
    6.1: (1.4148, 0.0015),
}


@pytest.mark.slow
@pytest.mark.parametrize("drag", [0.0, 1e6], ids=["slip", "stick"])
@pytest.mark.parametrize("n", list(CRITICAL))
def test_critical_constant_full(n: float, drag: float) -> None:
    value, error = CRITICAL[n]
    found = critical_constant(n, columns=16, drag=drag)
    assert found.error < error
    assert found.value == pytest.approx(value, abs=error)
