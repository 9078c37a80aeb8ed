"""A layer of height 1 between walls: fed through a free end, squeezed, or under stripes (A = 1)."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
from reference.lubrication import pressure_gradient

from femna.physics.wall import Viscous
from verification.flow import Flow, continuation, interface_integral
from verification.meshes import channel, metal_cell

STICKS = Viscous(drag=1e4)
"""Drag of a sticking wall, stress over velocity: 3e-5 of the layer's own mobility slips."""

FLOOR = 1e-3
"""Strain-rate floor over length/height^2 times the walls' speed, the rate of the flow along it."""


def drawn_film(
    length: float,
    exponent: float,
    *,
    speed: float = 1.0,
    symmetry: str = "plane_strain",
    sticks: tuple[bool, bool] = (True, True),
    across: int = 8,
) -> Flow:
    """Strip evenly at `speed` a layer that is free at x = length; negative squeezes it.

    Parameters
    ----------
    length, exponent : float
        Length (radius) over the height; creep exponent.
    sticks : (bool, bool)
        Whether interface and platen hold the metal.
    across : int
        Elements across the height; half as many along it.
    """
    mesh = channel(
        round(0.5 * across * length), across, length=length, free=lambda x: x[:, 0] == length
    )
    flow = Flow(
        metal_cell(mesh, symmetry=symmetry),
        floor=FLOOR * length,
        wall=STICKS if sticks[0] else None,
        platen_sticks=sticks[1],
    )
    for n in continuation(exponent):
        flow.draw(speed * flow.area, n, tolerance=_tolerance(flow, length, n))
    return flow


def onset_pressure(half_period: float, blocked: float, exponent: float) -> float:
    """Mean pressure at which even stripping of x > f b first loses contact; mean recession 1."""
    mesh = channel(round(4 * half_period), 8, length=half_period)
    flow = Flow(metal_cell(mesh), floor=FLOOR * half_period, wall=STICKS, platen_sticks=True)
    edge = blocked * half_period
    target = interface_integral(flow, lambda x: (x > edge) / (1.0 - blocked))
    for n in continuation(exponent):
        flow.drive(target, n, tolerance=_tolerance(flow, half_period, n))
    return -float(flow.contact.min())


def limiting_pressure(
    half_period: float, blocked: float, exponent: float, *, across: int = 8
) -> float:
    """Mean pressure that squeezes metal at speed 1 out from over x < f b, the rest unloaded."""
    edge = blocked * half_period
    mesh = channel(
        round(0.5 * across * half_period),
        across,
        length=half_period,
        free=lambda x: (x[:, 1] == 0.0) & (x[:, 0] > edge),
    )
    flow = Flow(metal_cell(mesh), floor=FLOOR * half_period, wall=STICKS, platen_sticks=True)
    for n in continuation(exponent):
        flow.draw(-flow.area, n, tolerance=_tolerance(flow, half_period, n))
    return float(flow.contact @ flow.area) / half_period


def _tolerance(flow: Flow, length: float, exponent: float) -> float:
    """Residual norm: small against the loads, which grow with the length."""
    load = length * pressure_gradient(length, 1.0, exponent=exponent, prefactor=1.0)
    return 1e-11 * load * float(np.sqrt(flow.area.sum()))
