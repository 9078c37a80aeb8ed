"""Which MPI rank this process is, without starting MPI."""

from __future__ import annotations

import os
import sys

_VARIABLES = ("PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK")


def rank() -> int:
    """Return the rank in the world: from MPI if it runs, else from what the launcher set."""
    mpi = sys.modules.get("mpi4py.MPI")
    if mpi is not None:
        return int(mpi.COMM_WORLD.rank)
    for name in _VARIABLES:
        value = os.environ.get(name, "")
        if value.isdigit():
            return int(value)
    return 0


def abort_others(code: int) -> None:
    """End the other ranks, which would wait for ever; does nothing on a single rank."""
    mpi = sys.modules.get("mpi4py.MPI")
    if mpi is not None and mpi.Is_initialized() and mpi.COMM_WORLD.size > 1:
        mpi.COMM_WORLD.Abort(code)
