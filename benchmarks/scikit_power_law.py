"""Incompressible power-law creep for scikit-fem, which both of its contestants solve.

Data of the forms: `velocity` and `pressure` at the present iterate, exponent `n`, the `floor` of
the rate, and a `factor` on the viscosity.
"""

from __future__ import annotations

import skfem
from skfem.helpers import ddot, div, sym_grad


@skfem.BilinearForm
def tangent(u, p, v, q, w):  # noqa: ANN001, ANN201
    """Derivative of `balance`."""
    old, new, test = sym_grad(w["velocity"]), sym_grad(u), sym_grad(v)
    square = 2.0 / 3.0 * ddot(old, old) + w["floor"] ** 2
    m = 0.5 * (1.0 / w["n"] - 1.0)
    theta = 2.0 / 3.0 * w["factor"] * square**m
    slope = theta * m / square * 4.0 / 3.0 * ddot(old, new)
    return theta * ddot(new, test) + slope * ddot(old, test) - p * div(v) - q * div(u)


@skfem.LinearForm
def balance(v, q, w):  # noqa: ANN001, ANN201
    """Residual without the load."""
    rate = sym_grad(w["velocity"])
    square = 2.0 / 3.0 * ddot(rate, rate) + w["floor"] ** 2
    theta = 2.0 / 3.0 * w["factor"] * square ** (0.5 * (1.0 / w["n"] - 1.0))
    return theta * ddot(rate, sym_grad(v)) - w["pressure"] * div(v) - q * div(w["velocity"])
