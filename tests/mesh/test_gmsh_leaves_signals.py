"""Gmsh must not change what a broken pipe does to the process."""

import signal
from pathlib import Path

from femna.mesh.gmsh_session import gmsh_model


def ignored(number: signal.Signals) -> bool:
    """Say whether this process ignores a signal, as the kernel has it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    mask = next(line.split()[1] for line in lines if line.startswith("SigIgn"))
    return bool(int(mask, 16) & 1 << (number - 1))


def test_a_broken_pipe_stays_an_error_after_meshing():
    assert ignored(signal.SIGPIPE)
    with gmsh_model() as gmsh:
        gmsh.model.occ.addDisk(0, 0, 0, 1, 1)
    assert ignored(signal.SIGPIPE)
