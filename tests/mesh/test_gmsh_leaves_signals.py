"""Gmsh must not change what signals do to the process."""

import os
import signal
from pathlib import Path

import pytest

from femna.mesh.gmsh_session import generate, gmsh_model


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_ending_signal_is_heard_while_gmsh_is_at_work_and_after(number):
    heard = []
    before = signal.signal(number, lambda *_: heard.append(number))
    try:
        with gmsh_model():
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert heard == [number, number]
        signal.signal(number, signal.SIG_IGN)  # as under nohup
        with gmsh_model():
            assert ignored(number)
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_gmsh_asks_for_sizes_is_not_lost(number):
    def end(*_):
        raise KeyboardInterrupt

    def size(x, y, z):
        if not asked:
            os.kill(os.getpid(), number)
        asked.append(x)
        return 0.5

    asked, before = [], signal.signal(number, end)
    try:
        with gmsh_model() as gmsh:
            gmsh.model.occ.addDisk(0, 0, 0, 1, 1)
            gmsh.model.occ.synchronize()
            with pytest.raises(KeyboardInterrupt):
                generate(gmsh, 2, size)
        assert len(asked) > 1
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)
