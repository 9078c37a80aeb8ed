"""Which MPI rank this process is, without starting MPI."""

from __future__ import annotations

import os
import sys
import time
from typing import Final

PATIENCE: Final = 5.0
"""How long [s] a rank that has ended waits for the others to end as well."""

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


def leave(code: int) -> int:
    """Return the exit code once every rank has come here; end the others if they do not.

    A rank that ended alone, by an error that the others do not have, would be waited for by them
    for ever.
    """
    mpi = sys.modules.get("mpi4py.MPI")
    if mpi is None or not mpi.Is_initialized() or mpi.Is_finalized() or mpi.COMM_WORLD.size == 1:
        return code
    together = mpi.COMM_WORLD.Ibarrier()
    until = time.monotonic() + PATIENCE
    while not together.Test():
        if time.monotonic() > until:
            sys.stdout.flush()
            sys.stderr.flush()
            mpi.COMM_WORLD.Abort(code or 1)
        time.sleep(0.005)
    return code
