"""Power-law creep as a term of SfePy, whose own viscous terms are linear in the velocity.

In NumPy with its exact tangent, as SfePy's multi-linear terms are.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sfepy.terms import Term, register_term


class PowerLaw(Term):
    """Power of the creep stress in two (plane strain) or three dimensions.

    `law` has exponent n, factor and floor of the rate; "power" is what the stress took at the last
    evaluation.
    """

    name = "dw_power_law"
    arg_types = ("virtual", "state")
    arg_shapes: ClassVar = {"virtual": ("D", "state"), "state": "D"}
    law: ClassVar[dict[str, float]] = {}

    @staticmethod
    def function(out: np.ndarray, gradient: np.ndarray, mapping: object, tangent: bool) -> int:
        """Integrate residual or tangent over the elements."""
        law = PowerLaw.law
        rate = 0.5 * (gradient + gradient.swapaxes(2, 3))
        square = 2.0 / 3.0 * np.einsum("eqij,eqij->eq", rate, rate) + law["floor"] ** 2
        m = 0.5 * (1.0 / law["n"] - 1.0)
        weight = mapping.det[:, :, 0, 0] * 2.0 / 3.0 * law["factor"] * square**m
        law["power"] = float(np.einsum("eq,eqij,eqij->", weight, rate, rate))
        hats = mapping.bfg  # element, point, direction, node
        shape = (len(out), -1, out.shape[3])
        if not tangent:
            force = np.einsum("eq,eqij,eqja->eia", weight, rate, hats, optimize=True)
            out[:, 0] = force.reshape(shape)
            return 0
        pull = np.einsum("eqij,eqja->eqia", rate, hats)
        slope = weight * m / square * 4.0 / 3.0
        out_6 = np.einsum("eq,eqia,eqjb->eiajb", slope, pull, pull, optimize=True)
        out_6 += 0.5 * np.einsum("eq,eqja,eqib->eiajb", weight, hats, hats, optimize=True)
        same = 0.5 * np.einsum("eq,eqka,eqkb->eab", weight, hats, hats, optimize=True)
        for i in range(hats.shape[2]):
            out_6[:, i, :, i, :] += same
        out[:, 0] = out_6.reshape(shape)
        return 0

    def get_fargs(
        self,
        virtual: object,
        state: object,
        mode: str | None = None,
        term_mode: str | None = None,
        diff_var: str | None = None,
        **kwargs: object,
    ) -> tuple:
        mapping, _ = self.get_mapping(state)
        # sfepy: direction by component
        return self.get(state, "grad"), mapping, diff_var is not None


register_term(PowerLaw)
