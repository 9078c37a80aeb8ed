"""VTK reads from a part's one file what it reads from the list of its files."""

import errno
import subprocess
import sys

import numpy as np
import pytest
import pyvista
from mpi4py import MPI
from output.known_fields import known_system
from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline
from vtkmodules.vtkIOHDF import vtkHDFReader

from femna.errors import ComputationError, InputError
from femna.output import FieldWriter
from femna.output.parts import Part
from femna.output.vtk import write_vtu
from femna.output.vtkhdf import write_vtkhdf

TIMES = vtkStreamingDemandDrivenPipeline.TIME_STEPS()


def frames(file):
    """Times of a file and its grid at each."""
    reader = vtkHDFReader()
    reader.SetFileName(str(file))
    reader.UpdateInformation()
    information = reader.GetOutputInformation(0)
    for number in range(information.Length(TIMES)):
        time = information.Get(TIMES, number)
        reader.UpdateTimeStep(time)
        yield time, pyvista.wrap(reader.GetOutputDataObject(0)).copy()


def assert_same(found, expected):
    assert np.array_equal(found.points, expected.points)
    assert np.array_equal(found.cells, expected.cells)
    assert np.array_equal(found.celltypes, expected.celltypes)
    for kind in ("point_data", "cell_data", "field_data"):
        ours, theirs = getattr(found, kind), getattr(expected, kind)
        assert set(ours) - {"Time"} == set(theirs)  # VTK adds the time by itself
        for name in theirs:
            assert np.array_equal(ours[name], theirs[name])


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric", "square"])
def test_every_part_at_every_time_is_what_the_list_holds(symmetry, make_case, tmp_path):
    system, conductivity = known_system(make_case(symmetry=symmetry), MPI.COMM_SELF)
    writer = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    writer.write(system, time=0.0, charge=0.0)
    system.cell.metal.mesh.geometry.x[:, system.cell.metal.mesh.geometry.dim - 1] *= 1.1
    for time in (60.0, 7200.5):
        writer.write(system, time=time, charge=time)
    writer.collect()
    listed = pyvista.get_reader(tmp_path / "fields.pvd")
    for part, name in enumerate(["metal", "electrolyte", "interface"]):
        found = list(frames(tmp_path / "fields" / f"{name}.vtkhdf"))
        assert [time for time, _ in found] == listed.time_values == [0.0, 60.0, 7200.5]
        for time, grid in found:
            listed.set_active_time_value(time)
            assert_same(grid, listed.read()[part])


def write_parts(folder, parts):
    """Write parts as files of the times 0, 1, ... and as one of all of them."""
    written = []
    for time, part in enumerate(parts):
        written.append((float(time), folder / f"{time}.vtu"))
        write_vtu(written[-1][1], part, length_scale=1e-6)
    write_vtkhdf(folder / "all.vtkhdf", written)
    return [pyvista.read(file) for _, file in written]


def test_a_mesh_may_move_stay_or_be_made_anew(tmp_path):
    random = np.random.default_rng(3)
    two, three = np.array([[0, 1, 2, 3], [1, 2, 3, 4]]), np.array([[0, 1, 2, 3], [1, 2, 3, 4]] * 2)
    points = random.random((5, 3)), random.random((5, 3)), random.random((7, 3))
    meshes = [(points[0], two), (points[1], two), (points[1], two)]
    meshes += [(points[2], three), (points[2], three), (points[0], two)]
    parts = [
        Part(x, cells, {"u": random.random((len(x), 3))}, {"s": random.random(len(cells))})
        for x, cells in meshes
    ]
    expected = write_parts(tmp_path, parts)
    found = [grid for _, grid in frames(tmp_path / "all.vtkhdf")]
    assert len(found) == len(expected) == 6
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)
    # of a single time VTK tells no times
    assert_same(pyvista.read(alone(tmp_path, parts[0])), expected[0])


def alone(folder, part):
    (folder / "one").mkdir()
    write_parts(folder / "one", [part])
    return folder / "one" / "all.vtkhdf"


def test_what_stays_is_stored_once(tmp_path):
    # a mesh of a thousand random points, which no compression makes small
    random = np.random.default_rng(4)
    points = random.random((1000, 3))
    cells = random.permuted(np.tile(np.arange(1000), (200, 1)), axis=1)[:, :4]
    part = Part(points, cells, {}, {})
    sizes = []
    for count in (1, 9):
        (folder := tmp_path / str(count)).mkdir()
        write_parts(folder, [part] * count)
        sizes.append((folder / "all.vtkhdf").stat().st_size)
    assert sizes[1] - sizes[0] < points.nbytes  # eight more would be eight times that


def test_a_time_that_is_gone_is_named_and_the_earlier_file_stays(make_case, tmp_path):
    system, conductivity = known_system(make_case(), MPI.COMM_SELF)
    writer = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    for time in (0.0, 1.0):
        writer.write(system, time=time, charge=0.0)
    writer.collect()
    writer.write(system, time=2.0, charge=0.0)
    (tmp_path / "fields" / "metal_0001.vtu").unlink()
    with pytest.raises(ComputationError, match=r"metal_0001\.vtu': is missing"):
        writer.collect()
    assert [time for time, _ in frames(tmp_path / "fields" / "metal.vtkhdf")] == [0.0, 1.0]
    assert not list((tmp_path / "fields").glob(".*"))


def test_a_disk_that_refuses_is_a_computation_that_stopped(make_case, tmp_path):
    system, conductivity = known_system(make_case(), MPI.COMM_SELF)
    writer = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    writer.write(system, time=0.0, charge=0.0)
    (tmp_path / "fields" / ".metal.vtkhdf.part").mkdir()  # in the way
    with pytest.raises(ComputationError, match="cannot be written"):
        writer.collect()


LIMITED = """
import resource, sys
from pathlib import Path
import femna.backend
from femna.output.vtkhdf import write_vtkhdf
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
folder = Path(sys.argv[1])
try:
    write_vtkhdf(folder / "all.vtkhdf", [(0.0, folder / "0.vtu")])
except OSError as error:
    print(error.errno)
"""


def test_a_file_that_may_not_grow_is_an_error_of_the_system(tmp_path):
    random = np.random.default_rng(4)
    cells = random.permuted(np.tile(np.arange(4000), (4000, 1)), axis=1)[:, :4]
    part = Part(random.random((4000, 3)), cells, {}, {})
    write_vtu(tmp_path / "0.vtu", part, length_scale=1e-6)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(errno.EFBIG)
    assert not (tmp_path / "all.vtkhdf").exists()


def test_a_damaged_time_is_an_error_of_the_input(tmp_path):
    (tmp_path / "0.vtu").write_text("<VTKFile")
    with pytest.raises(InputError, match="is damaged"):
        write_vtkhdf(tmp_path / "all.vtkhdf", [(0.0, tmp_path / "0.vtu")])
