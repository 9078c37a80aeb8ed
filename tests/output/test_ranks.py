"""Several ranks leave the files of one, and what rank 0 refuses reaches every rank."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import pyvista

SCRIPT = """
import sys
from pathlib import Path
import femna.backend
from mpi4py import MPI
from output.known_fields import known_system
from femna.case import load_case
from femna.errors import ComputationError, InputError
from femna.output import FieldWriter, HistoryWriter, claim, mesh_sizes, read_history, run_log

comm = MPI.COMM_WORLD
out = Path(sys.argv[1])
for file in sys.argv[2:]:
    case, directory = load_case(file), out / Path(file).stem
    assert claim(directory, case, resume=False, comm=comm).previous == "none"
    try:
        claim(directory, case, resume=False, comm=comm)
    except InputError as error:
        refusals = comm.allgather(str(error))
    assert len(set(refusals)) == 1 and "--resume" in refusals[0]
    assert claim(directory, case, resume=True, comm=comm).previous == "unfinished"
    system, conductivity = known_system(case, comm)
    print(mesh_sizes(system.cell))
    with run_log(directory, comm):
        history = HistoryWriter(directory / "history.csv", comm)
        history.write({"step": 0})
        FieldWriter(directory, comm, conductivity=conductivity).write(system, time=1.0, charge=0.0)
    comm.Barrier()
    assert len(read_history(directory / "history.csv")) == 1
    comm.Barrier()
    if comm.rank == 0:
        (directory / "history.csv").unlink()
        (directory / "history.csv").mkdir()
    try:
        history.write({"step": 1})
    except ComputationError as error:
        stopped = str(error)
    assert all("cannot be written" in text for text in comm.allgather(stopped))
"""


def run(folder: Path, ranks: int, files: list[str]) -> Path:
    script, out = folder / "ranks.py", folder / f"out{ranks}"
    script.write_text(SCRIPT)
    launcher = shutil.which("mpiexec", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if launcher is None:
        pytest.fail("no mpiexec beside the interpreter or on PATH")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "UCX_TLS": "self,sm,tcp"}
    tests = Path(__file__).parents[1]
    places = [str(tests.parent), str(tests), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(places)
    done = subprocess.run(
        [launcher, "-n", str(ranks), sys.executable, str(script), str(out), *files],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


def test_three_ranks_leave_the_files_of_one(make_case, tmp_path):
    names = ("plane_strain", "square")
    files = [tmp_path / f"{name}.toml" for name in names]
    for name, file in zip(names, files, strict=True):
        file.write_text(make_case(symmetry=name).to_toml())
    one, three = (run(tmp_path, ranks, [str(f) for f in files]) for ranks in (1, 3))
    for name in names:
        left, right = (pyvista.get_reader(out / name / "fields.pvd").read() for out in (one, three))
        for a, b in zip(left, right, strict=True):
            assert np.array_equal(a.points, b.points)
            assert a.n_cells == b.n_cells
            assert set(a.array_names) == set(b.array_names)
            for array in a.array_names:
                assert b[array] == pytest.approx(a[array], rel=1e-9, abs=1e-12)
        tables = []
        for out in (one, three):
            with (out / name / "interface.csv").open(newline="") as stream:
                tables.append([list(map(float, row)) for row in list(csv.reader(stream))[1:]])
        assert np.array(tables[1]) == pytest.approx(np.array(tables[0]), abs=1e-12)
        names_left = {p.name for p in (three / name).rglob("*")}
        assert names_left == {p.name for p in (one / name).rglob("*")}
