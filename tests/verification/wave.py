"""Sinusoidal stripping of a layer: half a wave on 0 < x < 1 (k = pi), amplitude 1, A = 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from femna.physics.wall import Viscous
from verification.flow import Flow, Norton, continuation, interface_integral
from verification.meshes import layer, metal_cell

Array = NDArray[np.float64]
UNIFORM = 3.0
"""Uniform recession under the wave; it must change nothing."""


@dataclass(frozen=True)
class WaveResult:
    """One solution.

    Attributes
    ----------
    amplitude : float
        Amplitude of the normal traction at the wave number k, from its work: 2 lambda.b.
    critical : float
        C(n): minus the least contact pressure over (k dv/A)^(1/n).
    drift : float
        Upward velocity of the platen.
    """

    amplitude: float
    critical: float
    drift: float


def wave(flow: Flow) -> Array:
    """Integral of q cos pi x at the interface vertices."""
    return interface_integral(flow, lambda x: np.cos(np.pi * x))


def solve_wave(
    columns: int,
    exponent: float,
    *,
    thickness: float = 2.0,
    floors: tuple[float, ...] = (1e-2,),
    drag: float = 0.0,
    law: Norton | None = None,
) -> tuple[list[WaveResult], Flow]:
    """Solve at every floor (times k dv) in turn; rows are graded by 30 towards the interface."""
    rows = max(4, round(columns * 0.75 * thickness))
    mesh = layer(columns, rows, thickness=thickness, ratio=30.0)
    wall = Viscous(drag=drag) if drag else None
    flow = Flow(metal_cell(mesh), floor=np.pi * floors[0], wall=wall, law=law)
    load = wave(flow)
    target = load + UNIFORM * flow.area
    for n in continuation(exponent):
        flow.drive(target, n)
    results = []
    for floor in floors:
        if floor != floors[0]:
            flow = flow.refloored(np.pi * floor)
            flow.drive(target, exponent)
        results.append(
            WaveResult(
                amplitude=-2.0 * float(flow.contact @ load),
                critical=-float(flow.contact.min()) / np.pi ** (1.0 / exponent),
                drift=flow.drift,
            )
        )
    return results, flow


@dataclass(frozen=True)
class Estimate:
    """A value with the sizes of what is left of its errors."""

    value: float
    mesh: float
    depth: float
    floor: float

    @property
    def error(self) -> float:
        """Sum of the three."""
        return self.mesh + self.depth + self.floor


def critical_constant(exponent: float, *, columns: int, drag: float = 0.0) -> Estimate:
    """Return C(n) of the half-space, extrapolated.

    Mesh: three levels of order 2 (the multiplier is piecewise linear), the error being the
    difference of the two extrapolations. Depth: 2 half wave lengths against 3 on the coarsest
    mesh, their difference added to the value and counted as the error. Floor: the value is that
    of 1e-4 k dv, the error its difference from that of 1e-3 k dv.
    """
    floors = (1e-2, 1e-3, 1e-4)
    levels = [solve_wave(columns * 2**k, exponent, floors=floors, drag=drag)[0] for k in range(3)]
    c = [level[-1].critical for level in levels]
    coarse, fine = (4.0 * c[1] - c[0]) / 3.0, (4.0 * c[2] - c[1]) / 3.0
    deep = solve_wave(columns, exponent, thickness=3.0, floors=floors, drag=drag)[0]
    return Estimate(
        value=fine + deep[-1].critical - c[0],
        mesh=abs(fine - coarse),
        depth=abs(deep[-1].critical - c[0]),
        floor=abs(levels[-1][-1].critical - levels[-1][-2].critical),
    )


@dataclass(frozen=True)
class LayerField:
    """Stokes flow of a layer, free slip on both faces: v_y = f(y) cos kx, viscosity eta.

    Stream function with f = (a + b y) cosh ky + (c + d y) sinh ky; f(0) = 1, no shear
    (f'' = -k^2 f) at y = 0 and, with f = 0, at y = h.
    """

    k: float
    h: float
    eta: float

    def coefficients(self) -> Array:
        """a, b, c, d."""
        rows = [self._f(0.0, 0), self._f(0.0, 2) + self.k**2 * self._f(0.0, 0)]
        rows += [self._f(self.h, 0), self._f(self.h, 2)]
        return np.linalg.solve(np.array(rows), np.array([1.0, 0.0, 0.0, 0.0]))

    def _f(self, y: float | Array, order: int) -> Array:
        """Derivative of the four basis functions, shape (4, ...)."""
        k = self.k
        even, odd = np.cosh(k * y), np.sinh(k * y)
        if order % 2:
            even, odd = odd, even
        plain = k**order
        lower = order * k ** (order - 1) if order else 0.0
        # d^m (y cosh ky) = y d^m cosh + m d^(m-1) cosh
        return np.array(
            [
                plain * even,
                plain * y * even + lower * odd,
                plain * odd,
                plain * y * odd + lower * even,
            ]
        )

    def profile(self, y: Array, order: int) -> Array:
        """Return f and its derivatives."""
        return np.asarray(np.tensordot(self.coefficients(), self._f(y, order), axes=1))

    def velocity(self, x: Array) -> Array:
        """Velocity (2, N) at points (3, N)."""
        sine, cosine = np.sin(self.k * x[0]), np.cos(self.k * x[0])
        return np.stack([-self.profile(x[1], 1) / self.k * sine, self.profile(x[1], 0) * cosine])

    def pressure(self, x: Array) -> Array:
        """Pressure (N,) at points (3, N), mean zero: eta (f''' - k^2 f') / k^2 cos kx."""
        f = self.profile(x[1], 3) - self.k**2 * self.profile(x[1], 1)
        return np.asarray(self.eta * f / self.k**2 * np.cos(self.k * x[0]))
