"""Simulation: the coupled solve, its steps, its state."""

from femna import backend as _backend  # noqa: F401  (before dolfinx)
