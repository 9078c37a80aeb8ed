"""A step is judged on one surface."""

from mpi4py import MPI
from reference.label_stacks import spheres, write_labels

from femna.case import parse_case
from femna.simulation.driver import Driver
from femna.simulation.judgement import Judgement
from femna.simulation.setup import build_model

RADIUS, VOXELS = 9.0, 4


def closing_void(folder):
    """An octant of a void that closes by its own flow in steps of 100 s."""
    edge = RADIUS / VOXELS
    voxels = spheres((3 * VOXELS,) * 3, edge, (0.0, 0.0, 0.0, RADIUS))
    write_labels(folder / "labels.tif", voxels, edge)
    case = {
        "femna": 1,
        "title": "a void whose walls become flat",
        "geometry": {
            "kind": "image",
            "labels": "labels.tif",
            "electrolyte_thickness": "10 um",
            "elements_across": 2.0,
        },
        "metal": {
            "material": "sodium",
            "creep": {"law": "norton", "n": 1, "A": "1e-3 1/s/MPa"},
        },
        "electrolyte": {"material": "beta_alumina"},
        "interface": {
            "map": {"kind": "uniform"},
            "kinetics": {"law": "linear", "resistance": "8 ohm*cm^2"},
            "roughness": "0.1 um",
            "wall": {"law": "free_slip"},
        },
        "protocol": {
            "temperature": "298.15 K",
            "pressure": "1 MPa",
            "current_density": "0.36 mA/cm^2",
            "charge": "0.1 mAh/cm^2",
            "steps": [{"do": "strip"}],
        },
        "numerics": {
            "interface_size": "6 um",
            "linear_solver": "direct",
            "step": "0.01 mAh/cm^2",
        },
    }
    return Driver(build_model(parse_case(case, folder=folder), MPI.COMM_SELF))


def test_walls_of_voids_that_have_become_flat_are_no_change_of_the_next_step(tmp_path):
    driver = closing_void(tmp_path)
    working, phase = driver.working, driver.phases[0]
    jumps = []
    for _, _ in zip(range(7), driver.march(), strict=False):
        as_solved = working.measures.contact_fraction()
        judgement = Judgement([working], phase)
        working.stage.set_step(phase, 1.0)
        judgement.keep(1.0)
        jumps.append(working.measures.contact_fraction() - as_solved)
        assert working.clock.contact_rate == 0.0
    # there was something to be wrong about
    assert max(jumps) > 1e-4
