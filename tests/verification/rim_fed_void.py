"""A void whose open surface feeds what is dissolved at its rim: one solve, and its closed forms.

Rigid metal, no diffusion in contact. Contact strips at v and the metal sinks at v onto the void,
whose rim strips all that arrives on the void's surface too. Then the gap is steady, the flux along
the surface is J = v r/n (n = 1 plane strain, 2 axisymmetric) seen from above, and with
s^2 = 1 + g'^2 the surface has mu' = -s J/M and r^(1-n) (r^(n-1) gamma g'/s)' = mu, with
g'(0) = g(a) = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from reference.closed_forms import recession_speed
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from verification.transport import (
    HALF_PERIOD,
    MOLAR_VOLUME,
    flat_cell,
    initial_gap,
    linear_metal,
    path,
    solve,
)

Array = NDArray[np.float64]
PRESSURE = 0.3e6
BASE = 7.5e-6
ENERGY = 1.0
SPEED = recession_speed(5.0, MOLAR_VOLUME)


@dataclass(frozen=True)
class FedVoid:
    """What a solve found, in SI; arrays are along the open surface from its middle to the rim.

    Attributes
    ----------
    r, mu, gap, area : array, shape (N,)
        Places, tractions (pressing), heights and projected areas (over b or b^2) of open vertices.
    rim : float
        Contact pressure at the vertex of the triple line.
    spacing : float
        Length of the facet beside it, seen from above.
    supply : float
        Dissolved at that vertex less what the platen brings, over the area of the void and v.
    sinks : float
        Speed of the metal.
    drop : float
        D = v a^2/(2 n M), what mu falls by from the middle to the rim if the void is shallow.
    volume : float
        Integral of g r^(n-1).
    """

    r: Array
    mu: Array
    gap: Array
    area: Array
    rim: float
    spacing: float
    supply: float
    sinks: float
    drop: float
    volume: float


def dissolved_at_the_rim(
    folder: Path, symmetry: str, angle: float, *, share: float = 0.5, refine: float = 1.0
) -> FedVoid:
    """Find the steady void of a base angle [degrees]; `share` is D over the cap's n gamma sin/a."""
    n = 2 if symmetry == "axisymmetric" else 1
    pull = n * ENERGY * float(np.sin(np.radians(angle))) / BASE
    mobility = SPEED * BASE**2 / (2.0 * n * share * pull)
    changes = {
        "geometry.symmetry": symmetry,
        "geometry.initial_void": f'{{ radius = "{BASE} m", contact_angle = "{angle} deg" }}',
        # metal creeps into the void at P a/eta, 2e-5 of v
        **linear_metal(1e14),
        "interface.surface_diffusion": path(mobility),
        "interface.capillarity": "true",
        "metal.surface_energy": f"{ENERGY} J/m^2",
        "interface.roughness": "0.001 um",
        "interface.adhesion": '{ strength = "2 MPa" }',
        "numerics.interface_size": "1 um",
    }
    built = flat_cell(folder, changes, refine=refine)
    system, old = built.system, initial_gap(built)
    order = np.argsort(system.vertices.horizontal[:, 0])
    inside = order[old[order] > 0.0]
    edge = order[len(inside)]
    conducting = np.ones_like(old)
    conducting[edge] += system.area[inside].sum() / system.area[edge]
    # the cap's own shape decays at about 200 of this unit: to 2.5e-4 of it
    solve(built, lambda x: conducting, dt=20.0, tolerance=1e-9)
    view, r = system.interface(), system.vertices.horizontal[:, 0] * HALF_PERIOD
    assert np.array_equal(view.gap > 0.0, old > 0.0)
    extra = system.area[edge] * (view.current.value[edge] + system.platen_velocity)
    return FedVoid(
        r=r[inside],
        mu=view.traction[inside] * PRESSURE,
        gap=view.gap[inside] * HALF_PERIOD,
        area=system.area[inside],
        rim=float(view.pressure[edge]) * PRESSURE,
        spacing=float(r[edge] - r[inside].max()),
        supply=float(extra / system.area[inside].sum()),
        sinks=-system.platen_velocity * SPEED,
        drop=SPEED * BASE**2 / (2.0 * n * mobility),
        volume=float(system.area @ view.gap) * HALF_PERIOD**n * HALF_PERIOD / _around(n),
    )


def _around(n: int) -> float:
    """Area is a length in plane strain and of a full revolution if axisymmetric."""
    return 2.0 * np.pi if n == 2 else 1.0


def shallow(void: FedVoid, n: int) -> tuple[Array, float]:
    """Return mu on the void and at its rim where s = 1: mu(a) + D (1 - r^2/a^2).

    The volume weighs mu by a^2 - r^2 (g = 0 at a): with the mean 4/5 or 2/3 of 1 - r^2/a^2,
    3 gamma V/a^3 = -(mu(a) + 4 D/5), or 16 gamma V/a^4 = -(mu(a) + 2 D/3).
    """
    scale, mean = ((3.0, 0.8), (16.0, 2.0 / 3.0))[n - 1]
    rim = -scale * ENERGY * void.volume / BASE ** (n + 2) - mean * void.drop
    return rim + void.drop * (1.0 - (void.r / BASE) ** 2), rim


def steep(void: FedVoid, n: int) -> tuple[Array, Array, float]:
    """Return mu and g on the void and mu at its rim, by shooting from the middle.

    Lengths over a and mu over gamma/a; w = r^(n-1) g'/s.
    """
    fed = 2.0 * void.drop * BASE / ENERGY
    start = 1e-9

    def shoot(middle: float) -> object:
        def slope(r: float, y: Array) -> list[float]:
            sine = y[1] / r ** (n - 1)
            cosine = np.sqrt(1.0 - sine**2)
            return [-fed * r / cosine, r ** (n - 1) * y[0], sine / cosine, y[2] * r ** (n - 1)]

        initial = [middle, middle * start**n / n, 0.0, 0.0]
        return solve_ivp(slope, (start, 1.0), initial, rtol=1e-11, atol=1e-13, dense_output=True)

    def excess(middle: float) -> float:
        end = shoot(middle).y[:, -1]
        return float(end[3] - end[2] / n - void.volume / BASE ** (n + 1))

    guess = float(void.mu[1]) * BASE / ENERGY
    found = shoot(brentq(excess, 0.97 * guess, 1.03 * guess, xtol=1e-13))
    mu, _, height, _ = found.sol(np.maximum(void.r / BASE, start))
    end = found.y[:, -1]
    return mu * ENERGY / BASE, (height - end[2]) * BASE, float(end[0]) * ENERGY / BASE
