"""The shear strength of a wall that is not given counts at a rate of the cell, not of its file."""

import tomllib

import pytest
from mpi4py import MPI

from femna.case import parse_case
from femna.case.templates import template
from femna.mesh import write_msh
from femna.simulation.setup import build_model

CELL = {"geometry.period": "40 um", "geometry.electrolyte_thickness": "20 um"}
FRICTION = {"interface.wall": '{ law = "friction", coefficient = 0.3 }'}
KEY = "interface.wall.shear_strength"


def strength(case):
    (found,) = (
        e.value for e in build_model(case, MPI.COMM_SELF).properties.sources if e.quantity == KEY
    )
    return found


@pytest.mark.parametrize("thickness", ["30 um", "8 um"])
def test_it_is_the_same_in_a_cell_that_was_written_and_read_back(tmp_path, thickness):
    entries = CELL | FRICTION | {"geometry.metal_thickness": thickness}
    entries["numerics.interface_size"] = "4 um"
    case = parse_case(tomllib.loads(template("case")), entries, folder=tmp_path)
    write_msh(case, tmp_path / "cell.msh")
    document = tomllib.loads(template("case"))
    document["geometry"] = {"kind": "mesh", "file": "cell.msh", "symmetry": "plane_strain"}
    document["geometry"]["length_unit"] = "1 um"
    again = parse_case(document, FRICTION, folder=tmp_path)
    assert strength(again) == pytest.approx(strength(case), rel=1e-12)
