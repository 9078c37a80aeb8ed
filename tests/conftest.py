"""What every test shares: DOLFINx in the right order, no windows, no luck."""

import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "Agg")
# ranks that wait let others run: where processes outnumber cores, reductions are 5 times faster
os.environ.setdefault("MPIR_CVAR_ENABLE_HEAVY_YIELD", "1")
# the mpiexec that belongs to this environment, not another one of the machine
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

import femna.backend  # noqa: F401  (before mpi4py)  # isort: split

import hypothesis
import pytest
from mpi4py import MPI

# A busy machine must not fail a test, and two calls must try the same examples.
hypothesis.settings.register_profile("femna", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("femna")


def pytest_addoption(parser):
    parser.addoption(
        "--record-verification",
        metavar="DIR",
        help="run the tests of the verification book alone and keep what they measure",
    )


def pytest_collection_modifyitems(config, items):
    """While recording, only tests that have something to record."""
    if config.getoption("--record-verification"):
        left_out = [item for item in items if "verified" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if "verified" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def verified(request):
    """Keep what a test measured for the verification book: `verification.record`."""
    from verification.record import Verified

    folder = request.config.getoption("--record-verification")
    return Verified(Path(folder) if folder else None, request.node.nodeid)


@pytest.fixture(autouse=True)
def ranks_leave_a_test_together(request):
    """After a test on several ranks, free its objects on all of them at the same point."""
    yield
    if request.node.get_closest_marker("parallel") and MPI.COMM_WORLD.size > 1:
        gc.collect()
        MPI.COMM_WORLD.Barrier()


@pytest.fixture(autouse=True, scope="module")
def modules_give_back_what_they_held():
    """Free meshes and solvers after each module: MPI's communicators are limited in number."""
    yield
    gc.collect()
