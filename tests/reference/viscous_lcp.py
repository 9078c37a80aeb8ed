"""Stripping of a linear viscous layer over a rigid flat electrolyte: a dense reference solution.

Plane strain, period 2 b, symmetric about x = 0 and x = b, metal thickness H, free slip on the
interface and on the rigid platen that carries the mean pressure P. Mesh deformation is neglected
(the gap is small against b). On the N midpoints x_i = (i + 1/2) b/N the modes cos(k x),
k = m pi/b, are orthogonal, so every operator below is an exact cosine transform:

    metal        p_k = -2 eta k F(kH) q_k,  F(s) = (sinh s cosh s + s)/sinh^2 s,  q = v.n, q_0 free
    electrolyte  phi_k = i_k tanh(k t)/(kappa k),  phi_0 = i_0 t/kappa   (far side grounded)
    gap          dg/dt = (Vm/F) i - q,   g >= 0, p >= 0, g p = 0,   mean p = P
    current      Z i = c(x) exp(-g/g_c) (V - phi),   mean i = j

p is positive in compression, q positive towards the electrolyte. Each backward Euler step is one
semismooth Newton solve for z (p = P z+, g = g_c z-), i, the drift q_0 and log V. SI throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.constants import physical_constants
from scipy.interpolate import PchipInterpolator
from scipy.linalg import lu_factor, lu_solve

from reference.closed_forms import limiting_pressure

__all__ = [
    "History",
    "StepRule",
    "ViscousCell",
    "limiting_pressure",
    "nodes",
    "smooth_stripe",
    "strip",
]

Array = NDArray[np.float64]
FARADAY = physical_constants["Faraday constant"][0]
MAX_ITERATIONS = 60
TOLERANCE = 1e-9  # of the root mean square residual, in units of j, v and P


@dataclass(frozen=True)
class ViscousCell:
    """The periodic cell: lengths m, viscosity Pa s, resistance ohm m^2, conductivity S/m."""

    conducting: Array  # (N,) conducting map c at `nodes(half_period, N)`, 0 to 1
    half_period: float
    thickness: float
    viscosity: float
    roughness: float  # g_c, m
    resistance: float  # Z, ohm m^2
    molar_volume: float  # m^3/mol
    conductivity: float | None = None  # None: no drop in the electrolyte
    electrolyte_thickness: float = 0.0


@dataclass(frozen=True)
class StepRule:
    """Largest change accepted in one step; `fixed` (C/m^2) replaces the three limits.

    The default keeps the contact fraction within 1e-3 along the path.
    """

    gap: float = 0.5  # of g/g_c, anywhere
    log_voltage: float = 0.25
    contact: float = 0.0025
    first: float = 0.01  # fraction of the charge
    fixed: float | None = None


@dataclass(frozen=True)
class History:
    """Values after each accepted step, K of them, the first at charge 0 (healed)."""

    x: Array  # (N,) m
    charge: Array  # (K,) C/m^2
    voltage: Array  # (K,) V, metal against the far side of the electrolyte
    contact_fraction: Array  # (K,) integral of h c over integral of c
    gap: Array  # (K, N) m
    pressure: Array  # (K, N) Pa; NaN in row 0, where it is not yet known
    current: Array  # (K, N) A/m^2
    drift: Array  # (K,) m/s, rigid velocity towards the electrolyte; NaN in row 0
    newton_iterations: NDArray[np.int64]  # (K,)
    rejected: int  # steps tried and cut: too large a change, or Newton failed
    newton_failures: int
    charge_at_limit: float | None  # C/m^2 at the voltage limit, None if not reached

    def at(self, charge: float) -> float:
        """Contact fraction at `charge` (C/m^2), monotone cubic between the steps."""
        return float(PchipInterpolator(self.charge, self.contact_fraction)(charge))


def nodes(half_period: float, count: int) -> Array:
    """Return the midpoints (count,) of equal intervals of [0, half_period], m."""
    return (np.arange(count) + 0.5) * half_period / count


def smooth_stripe(x: Array, edge: float, width: float) -> Array:
    """Conducting map: 0 for x below `edge`, 1 above, 3 s^2 - 2 s^3 over the full `width`, m."""
    if width == 0.0:
        return (x > edge).astype(float)
    s = np.clip((x - edge) / width + 0.5, 0.0, 1.0)
    return np.asarray(s * s * (3.0 - 2.0 * s))


def layer_factor(s: Array) -> Array:
    """Stiffness of a layer against that of the half-space, free slip on both faces, s = k H."""
    e = np.exp(-2.0 * s)
    return (1.0 - e * e + 4.0 * s * e) / (1.0 - e) ** 2


def cosine_operator(symbol: Array) -> Array:
    """Dense (N, N) matrix that multiplies cosine mode m by symbol[m]; symbol is (N,)."""
    count = symbol.size
    m = np.arange(count)
    basis = np.cos(np.outer(m + 0.5, m) * np.pi / count)
    weight = np.full(count, 2.0 / count)
    weight[0] = 1.0 / count
    return np.asarray((basis * (symbol * weight)) @ basis.T)


def wave_numbers(half_period: float, count: int) -> Array:
    """Return k = m pi/b for m = 0 .. count - 1, 1/m."""
    return np.asarray(np.arange(count) * (np.pi / half_period), dtype=np.float64)


def metal_compliance(cell: ViscousCell) -> Array:
    """Velocity away from the electrolyte per pressure (N, N), m/(s Pa); constants give none."""
    k = wave_numbers(cell.half_period, cell.conducting.size)
    symbol = np.zeros_like(k)
    symbol[1:] = 1.0 / (2.0 * cell.viscosity * k[1:] * layer_factor(k[1:] * cell.thickness))
    return cosine_operator(symbol)


def electrolyte_resistance(cell: ViscousCell) -> Array:
    """Potential of the electrolyte's surface per current density (N, N), ohm m^2."""
    count = cell.conducting.size
    if cell.conductivity is None:
        return np.zeros((count, count))
    k = wave_numbers(cell.half_period, count)
    symbol = np.full_like(k, cell.electrolyte_thickness / cell.conductivity)
    symbol[1:] = np.tanh(k[1:] * cell.electrolyte_thickness) / (cell.conductivity * k[1:])
    return cosine_operator(symbol)


class _Step:
    """One backward Euler step in units of P, g_c, j, v = Vm j/F and Z j."""

    def __init__(self, cell: ViscousCell, pressure: float, current: float) -> None:
        speed = cell.molar_volume * current / FARADAY
        self.c = cell.conducting
        self.count = cell.conducting.size
        self.compliance = metal_compliance(cell) * (pressure / speed)
        self.ohmic = electrolyte_resistance(cell) / cell.resistance

    def healed(self) -> Array:
        """Unknowns (2 N + 2,) with contact everywhere and uniform pressure."""
        matrix = np.eye(self.count) + self.c[:, None] * self.ohmic
        shape = np.linalg.solve(matrix, self.c)
        voltage = 1.0 / shape.mean()
        return np.concatenate([np.ones(self.count), shape * voltage, [1.0, np.log(voltage)]])

    def residual(self, y: Array, gap: Array, recession: float) -> tuple[Array, Array]:
        """Residual (2 N + 2,) and its slope; `gap` in g_c before the step, recession in g_c."""
        n = self.count
        z, i, drift, log_v = y[:n], y[n : 2 * n], y[2 * n], y[2 * n + 1]
        p, g = np.maximum(z, 0.0), np.maximum(-z, 0.0)
        ohmic = self.ohmic @ i
        drive = self.c * np.exp(log_v - g)
        leak = self.c * np.exp(-g)
        r = np.empty(2 * n + 2)
        r[:n] = (g - gap) / recession - i + drift - self.compliance @ p
        r[n : 2 * n] = i - drive + leak * ohmic
        r[2 * n] = p.mean() - 1.0
        r[2 * n + 1] = i.mean() - 1.0

        closed = (z > 0.0).astype(float)
        a = np.zeros((2 * n + 2, 2 * n + 2))
        d = np.arange(n)
        a[:n, :n] = -self.compliance * closed
        a[d, d] -= (1.0 - closed) / recession
        a[d, n + d] = -1.0
        a[:n, 2 * n] = 1.0
        a[n : 2 * n, n : 2 * n] = leak[:, None] * self.ohmic
        a[n + d, n + d] += 1.0
        a[n + d, d] = -(1.0 - closed) * (drive - leak * ohmic)  # dg/dz = -1 where open
        a[n : 2 * n, 2 * n + 1] = -drive
        a[2 * n, :n] = closed / n
        a[2 * n + 1, n : 2 * n] = 1.0 / n
        return r, a

    def solve(self, start: Array, gap: Array, recession: float) -> tuple[Array, int] | None:
        """Semismooth Newton from `start`; None when it does not converge.

        A node whose z changes sign stops at zero of its new sign. Without that a pressure of
        -5 P becomes a gap of 5 g_c, where exp(-g/g_c) has no slope left to bring it back, and the
        iteration cycles. With it no line search is needed; the active sets are unaffected.
        """
        n, y = self.count, start.copy()
        r, a = self.residual(y, gap, recession)
        for iteration in range(1, MAX_ITERATIONS + 1):
            new = y - lu_solve(lu_factor(a, check_finite=False), r, check_finite=False)
            if not np.all(np.isfinite(new)):
                return None
            crossing = np.flatnonzero(y[:n] * new[:n] < 0.0)
            new[crossing] = -1e-9 * np.sign(y[crossing])
            y = new
            r, a = self.residual(y, gap, recession)
            size = float(np.linalg.norm(r))
            if not np.isfinite(size):
                return None
            if size <= TOLERANCE * np.sqrt(r.size):
                return y, iteration
        return None


def strip(
    cell: ViscousCell,
    *,
    pressure: float,
    current: float,
    charge: float,
    rule: StepRule | None = None,
    voltage_limit: float = np.inf,
    max_steps: int = 5000,
) -> History:
    """Strip `charge` (C/m^2) at `current` (A/m^2) under `pressure` (Pa) from the healed state.

    Stops at the first step at or above `voltage_limit` (V); the charge there is interpolated in
    log V. Raises RuntimeError when a step cannot be made small enough.
    """
    rule = rule or StepRule()
    step, n = _Step(cell, pressure, current), cell.conducting.size
    unit = cell.roughness * FARADAY / cell.molar_volume  # charge that recedes the metal by g_c
    y = step.healed()
    rows = [y]
    charges, iterations = [0.0], [0]
    rejected = failures = 0
    increment = rule.fixed if rule.fixed is not None else rule.first * charge
    log_limit = np.log(voltage_limit / (cell.resistance * current))
    limit_charge: float | None = None
    while charges[-1] < charge * (1.0 - 1e-12) and limit_charge is None:
        if len(charges) > max_steps or increment < 1e-9 * charge:
            raise RuntimeError(f"stopped at charge {charges[-1]:g} C/m^2, step {increment:g}")
        dq = min(increment, charge - charges[-1])
        gap = np.maximum(-y[:n], 0.0)
        solved = step.solve(y, gap, dq / unit)
        if solved is None:
            failures += 1
            rejected += 1
            increment = 0.3 * dq
            continue
        new, count = solved
        if rule.fixed is None:
            size = _change(step, y, new, rule)
            if size > 1.5:
                rejected += 1
                increment = dq * max(0.3, 0.9 / size)
                continue
            increment = dq * min(2.0, max(0.3, 0.9 / max(size, 1e-12)))
        else:
            increment = rule.fixed
        if new[-1] >= log_limit:
            part = (log_limit - y[-1]) / (new[-1] - y[-1])
            limit_charge = charges[-1] + part * dq
        y = new
        rows.append(y)
        charges.append(charges[-1] + dq)
        iterations.append(count)
    return _history(cell, pressure, current, np.array(rows), np.array(charges),
                    np.array(iterations), rejected, failures, limit_charge)  # fmt: skip


def _contact(conducting: Array, gap: Array) -> Array:
    return np.asarray(np.exp(-gap) @ conducting / conducting.sum())


def _change(step: _Step, old: Array, new: Array, rule: StepRule) -> float:
    """Largest change of a step in units of its limit."""
    n = step.count
    before, after = np.maximum(-old[:n], 0.0), np.maximum(-new[:n], 0.0)
    contact = _contact(step.c, np.stack([before, after]))
    return max(
        float(np.abs(after - before).max()) / rule.gap,
        abs(float(new[-1] - old[-1])) / rule.log_voltage,
        abs(float(contact[1] - contact[0])) / rule.contact,
    )


def _history(
    cell: ViscousCell,
    pressure: float,
    current: float,
    rows: Array,
    charge: Array,
    iterations: NDArray[np.int64],
    rejected: int,
    failures: int,
    limit_charge: float | None,
) -> History:
    """Turn the unknowns (K, 2 N + 2) into SI."""
    n = cell.conducting.size
    z, gap = rows[:, :n], np.maximum(-rows[:, :n], 0.0)
    p = pressure * np.maximum(z, 0.0)
    p[0] = np.nan
    drift = rows[:, 2 * n] * cell.molar_volume * current / FARADAY
    drift[0] = np.nan
    return History(
        x=nodes(cell.half_period, n),
        charge=charge,
        voltage=cell.resistance * current * np.exp(rows[:, 2 * n + 1]),
        contact_fraction=_contact(cell.conducting, gap),
        gap=gap * cell.roughness,
        pressure=p,
        current=current * rows[:, n : 2 * n],
        drift=drift,
        newton_iterations=iterations,
        rejected=rejected,
        newton_failures=failures,
        charge_at_limit=limit_charge,
    )
