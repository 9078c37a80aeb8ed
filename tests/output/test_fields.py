"""What is written can be opened, and says what the system holds."""

import csv

import numpy as np
import pytest
import pyvista
from mpi4py import MPI
from output.known_fields import CLOSED_UP_TO, known_system

from femna.errors import ComputationError
from femna.output import FieldWriter
from femna.output.vtk import read_pvd

SYMMETRIES = ("plane_strain", "axisymmetric", "square")


def opened(directory, time):
    """Open fields.pvd at a time; the three parts in their order."""
    reader = pyvista.get_reader(directory / "fields.pvd")
    reader.set_active_time_value(time)
    return reader.read()


@pytest.fixture(params=SYMMETRIES)
def written(request, make_case, tmp_path):
    case = make_case(symmetry=request.param)
    system, conductivity = known_system(case, MPI.COMM_SELF)
    writer = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    writer.write(system, time=0.0, charge=0.0)
    system.cell.metal.mesh.geometry.x[:, -1 if request.param == "square" else 1] *= 1.1
    writer.write(system, time=7200.0, charge=1800.0)
    return tmp_path, system, case


def test_one_list_holds_three_named_parts_at_every_time(written):
    directory, system, _ = written
    reader = pyvista.get_reader(directory / "fields.pvd")
    assert reader.time_values == [0.0, 7200.0]
    entries = read_pvd(directory / "fields.pvd")
    names = ["metal", "electrolyte", "interface"]
    assert [(e.part, e.name) for e in entries] == list(enumerate(names)) * 2
    blocks = opened(directory, 0.0)
    dimension = system.cell.metal.mesh.topology.dim
    cells = [body.mesh.topology.index_map(dimension) for body in (system.cell.metal,)]
    assert blocks[0].n_cells == cells[0].size_global
    assert blocks[2].n_points == len(system.z)


def test_coordinates_are_micrometres_and_each_time_has_its_own_mesh(written):
    directory, _, case = written
    geometry = case.geometry
    for time, stretch in ((0.0, 1.0), (7200.0, 1.1)):
        metal, electrolyte, surface = opened(directory, time)
        vertical = 4 if geometry.symmetry == "square" else 2
        assert metal.bounds[:2] == pytest.approx((0.0, 0.5e6 * geometry.period))
        top = stretch * 1e6 * geometry.metal_thickness
        assert metal.bounds[vertical : vertical + 2] == pytest.approx((0.0, top))
        bottom = -1e6 * geometry.electrolyte_thickness
        assert electrolyte.bounds[vertical : vertical + 2] == pytest.approx((bottom, 0.0))
        assert surface.bounds[vertical : vertical + 2] == pytest.approx((0.0, 0.0), abs=1e-9)


def test_metal_fields_have_the_values_and_units_of_their_names(written):
    directory, system, case = written
    metal = opened(directory, 0.0)[0]
    length = 1e6 * case.geometry.period / 2
    across = metal.points[:, 0] / length
    pressure = case.protocol.pressure / 1e6
    assert metal["pressure_MPa"] == pytest.approx(pressure * (1 + across), rel=1e-12)
    speed = 1e9 * system.scales.velocity
    last = 2 if case.geometry.symmetry == "square" else 1
    height = metal.points[:, last] / length
    # the metal as the electrolyte sees it moves down with the platen too
    assert metal["velocity_nm_s"][:, last] == pytest.approx(speed * (-1.0 - height), rel=1e-12)
    # D = diag(1, -1, 0) in plane strain, diag(1/2, -1, 1/2) else
    equivalent = 2 / np.sqrt(3) if case.geometry.symmetry == "plane_strain" else 1.0
    rate = equivalent * system.scales.rate
    assert metal["strain_rate_1_s"] == pytest.approx(np.full(metal.n_cells, rate), rel=1e-9)
    law = system.metal.creep
    creep = law.rate(1e6 * metal["von_mises_MPa"], 298.15)
    assert creep == pytest.approx(np.full(metal.n_cells, rate), rel=1e-6)


def test_current_in_the_electrolyte_is_ohms_law(written):
    directory, system, case = written
    electrolyte = opened(directory, 0.0)[1]
    thickness = case.geometry.electrolyte_thickness
    last = 2 if case.geometry.symmetry == "square" else 1
    volts = system.scales.potential
    depth = electrolyte.points[:, last] / (1e6 * thickness)
    assert electrolyte["potential_V"] == pytest.approx(volts * (1 + depth), rel=1e-12)
    vectors = electrolyte["current_density_mA_cm2"]
    conductivity = system_conductivity(case)
    expected = -conductivity * volts / thickness / 10.0
    assert vectors[:, last] == pytest.approx(np.full(len(vectors), expected), rel=1e-9)
    assert np.abs(np.delete(vectors, last, axis=1)).max() < 1e-9 * abs(expected)


def system_conductivity(case):
    from femna.materials import resolve

    return resolve(case).electrolyte.conductivity


def test_the_interface_is_a_surface_with_its_contact(written):
    directory, _, case = written
    surface = opened(directory, 7200.0)[2]
    closed = surface.points[:, 0] < CLOSED_UP_TO * 0.5e6 * case.geometry.period
    assert closed.any()
    assert not closed.all()
    pressure = case.protocol.pressure / 1e6
    assert surface["contact_pressure_MPa"] == pytest.approx(np.where(closed, 2 * pressure, 0.0))
    assert surface["gap_um"] == pytest.approx(np.where(closed, 0.0, 0.1))
    openness = np.where(closed, 1.0, np.exp(-1.0))
    assert surface["openness"] == pytest.approx(openness)
    assert surface["contact"] == pytest.approx(closed.astype(float))
    across = surface.points[:, 0] / (0.5e6 * case.geometry.period)
    assert surface["conducting"] == pytest.approx(across, abs=1e-12)
    # the overpotential is one unit: voltage 2, potential 1 at the interface
    current = 0.1 * case.protocol.current_density * across * openness
    assert surface["current_mA_cm2"] == pytest.approx(current, abs=1e-12)


def test_interface_table_is_sorted_and_says_at_which_charge(written):
    directory, system, case = written
    with (directory / "interface.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    axes = ["x_um", "y_um"] if case.geometry.symmetry == "square" else ["x_um"]
    names = ["gap_um", "contact_pressure_MPa", "current_mA_cm2", "conducting", "openness"]
    assert list(rows[0]) == [*axes, *names, "contact", "charge_mAh_cm2"]
    assert len(rows) == len(system.z)
    places = [tuple(float(row[axis]) for axis in axes) for row in rows]
    assert places == sorted(places)
    assert {row["charge_mAh_cm2"] for row in rows} == {"0.05"}


def test_going_on_keeps_earlier_times_and_drops_those_after_the_checkpoint(make_case, tmp_path):
    system, conductivity = known_system(make_case(), MPI.COMM_SELF)
    first = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    for time in (1.0, 2.0, 3.0):
        first.write(system, time=time, charge=0.0)
    again = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity, keep_through=2.0)
    assert pyvista.get_reader(tmp_path / "fields.pvd").time_values == [1.0, 2.0]
    again.write(system, time=2.5, charge=0.0)
    again.write(system, time=2.5, charge=0.0)
    entries = read_pvd(tmp_path / "fields.pvd")
    assert [e.time for e in entries[::3]] == [1.0, 2.0, 2.5]
    files = {e.file for e in entries}
    assert len(files) == 9
    assert {f"fields/{p.name}" for p in (tmp_path / "fields").iterdir()} == files


def test_a_new_run_removes_what_an_earlier_one_listed(make_case, tmp_path):
    system, conductivity = known_system(make_case(), MPI.COMM_SELF)
    first = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    for time in (5.0, 6.0):
        first.write(system, time=time, charge=0.0)
    second = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    assert not (tmp_path / "fields.pvd").exists()
    second.write(system, time=1.0, charge=0.0)
    assert pyvista.get_reader(tmp_path / "fields.pvd").time_values == [1.0]
    assert len(list((tmp_path / "fields").iterdir())) == 3


def test_a_disk_that_refuses_is_a_computation_that_stopped(make_case, tmp_path):
    system, conductivity = known_system(make_case(), MPI.COMM_SELF)
    writer = FieldWriter(tmp_path, MPI.COMM_SELF, conductivity=conductivity)
    (tmp_path / "fields").write_text("in the way")
    with pytest.raises(ComputationError, match=r"fields\.pvd cannot be written"):
        writer.write(system, time=1.0, charge=0.0)
