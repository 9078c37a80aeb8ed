"""Ranks hold the same mesh as one, each as much of it, and an error of rank 0 reaches all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

import pytest

# isort: split
from mpi4py import MPI

from femna.case import load_case
from femna.mesh import build_cell
from femna.mesh.bodies import IMBALANCE

ROOT = Path(__file__).parents[2]

SCRIPT = """
import json, sys
from pathlib import Path
from femna.case import load_case
from femna.errors import FemnaError
from femna.mesh import build_cell
from mpi4py import MPI
from dolfinx.mesh import entities_to_geometry
import numpy as np

def measures(mesh, dim, entities):
    # sizes of the simplices that this rank owns, and their first coordinates squared
    mesh.topology.create_connectivity(dim, mesh.topology.dim)
    owned = entities[entities < mesh.topology.index_map(dim).size_local]
    corners = mesh.geometry.x[entities_to_geometry(mesh, dim, owned.astype(np.int32))]
    edges = corners[:, 1:] - corners[:, :1]
    size = np.sqrt(np.abs(np.linalg.det(edges @ edges.transpose(0, 2, 1)))) if len(owned) else 0.0
    return float(np.sum(size)), float(np.sum(size * corners[:, :, 0].mean(axis=1) ** 2))

comm = MPI.COMM_WORLD
result = {}
for name in sys.argv[2:]:
    try:
        cell = build_cell(load_case(name), comm)
    except FemnaError as error:
        result[name] = comm.allgather(str(error))
        continue
    numbers = []
    for body in (cell.metal, cell.electrolyte):
        top = body.mesh.topology
        groups = [(top.dim, np.arange(top.index_map(top.dim).size_local))]
        groups += [(top.dim - 1, body.facets.find(tag)) for tag in body.names.values()]
        for dim, entities in groups:
            numbers += [comm.allreduce(one) for one in measures(body.mesh, dim, entities)]
        numbers += [top.index_map(top.dim).size_global, top.index_map(0).size_global]
    result[name] = numbers
if comm.rank == 0:
    Path(sys.argv[1]).write_text(json.dumps(result))
"""


def run(folder: Path, ranks: int, names: list[str]) -> dict:
    script, out = folder / "ranks.py", folder / f"out{ranks}.json"
    script.write_text(SCRIPT)
    launcher = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if launcher is None:
        pytest.fail("no mpiexec beside the interpreter or on PATH")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "UCX_TLS": "self,sm,tcp"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
    command = [launcher, "-n", str(ranks), sys.executable, str(script), str(out), *names]
    done = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())


def test_two_ranks_hold_the_mesh_of_one_and_fail_alike(make_case, tmp_path):
    square = {"symmetry": "square", "period": "20 um", "metal_thickness": "10 um"}
    (tmp_path / "bad.msh").write_text("not a mesh")
    bad = {
        "kind": "mesh", "file": "bad.msh", "length_unit": "1 um", "symmetry": "plane_strain"
    }  # fmt: skip
    cases = {
        "plane.toml": make_case(interface_size="2 um"),
        "square.toml": make_case(geometry=square, chart={"kind": "uniform"}, interface_size="4 um"),
        "bad.toml": make_case(geometry=bad),
    }
    for name, case in cases.items():
        (tmp_path / name).write_text(case.to_toml())
    names = list(cases)
    one, two = run(tmp_path, 1, names), run(tmp_path, 2, names)
    for name in names[:2]:
        assert two[name] == pytest.approx(one[name], rel=1e-12)
    assert len(set(two["bad.toml"])) == 1
    assert len(two["bad.toml"]) == 2
    assert "cannot be read as a mesh" in two["bad.toml"][0]


@pytest.mark.parallel(nprocs=[2, 3])
def test_every_rank_has_as_many_cells():
    """All ranks wait for the one with the most: DOLFINx' own tolerance is five times as wide."""
    case = load_case(ROOT / "benchmarks" / "cell_3d.toml")
    cell = build_cell(case, MPI.COMM_WORLD, refine=1.3)
    for body in (cell.metal, cell.electrolyte):
        owned = body.mesh.topology.index_map(3).size_local
        mean = MPI.COMM_WORLD.allreduce(owned) / MPI.COMM_WORLD.size
        assert MPI.COMM_WORLD.allreduce(owned, op=MPI.MAX) <= (1.0 + IMBALANCE) * mean + 1.0
