"""Preconditioned Krylov solution of the coupled Newton step, for problems too large to factorise.

The operator is the whole Jacobian. Its preconditioner goes through the blocks in the order in which
they drive each other: current (potential and voltage), then flow (velocity, pressure, contact),
then the platen.
"""

from femna import backend as _backend  # noqa: F401  (before dolfinx)
from femna.simulation.iterative.solver import IterativeSolver

__all__ = ["IterativeSolver"]
