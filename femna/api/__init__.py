"""What a script does: cases, meshes, simulations step by step, runs and sweeps, their results.

The command line is a thin layer over the same functions.
"""

from femna import backend as _backend  # noqa: F401  (before dolfinx)

# isort: split
from femna.api.cases import build_case
from femna.api.fields import Fields
from femna.api.mesh import Mesh, make_mesh
from femna.api.results import Run, Sweep, open_results
from femna.api.running import run, sweep
from femna.api.simulation import Simulation, Step

__all__ = [
    "Fields",
    "Mesh",
    "Run",
    "Simulation",
    "Step",
    "Sweep",
    "build_case",
    "make_mesh",
    "open_results",
    "run",
    "sweep",
]
