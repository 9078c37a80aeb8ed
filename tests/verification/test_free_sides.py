"""Free sides of a cell from an image: metal passes, and the metal around presses on them.

Without a void that is open the metal is a block between two faces that slip: pressed by P along
z and by q on its sides it flows at the rate A |P - q|^n along z, and its volume times that rate
leaves over the sides. A hemisphere in it closes faster than between planes of symmetry, under which
fewer motions are possible; and since what is added around a body can bear the hydrostatic stress
alone, no faster than in the ball within the cell and no slower than in the ball around it, where
formula 6 has the bracket [1 - (a/b)^(3/n)]^-n.
"""

import numpy as np
import pytest
from mpi4py import MPI
from reference.label_stacks import spheres, write_labels

from femna.case import parse_case
from femna.simulation.driver import Driver
from femna.simulation.setup import build_model
from verification.record import Case

PRESSED = Case(
    name="free_sides",
    part="voids",
    title="A block with free sides under stack and side pressure",
    formula="volume over the sides per time = V A |P - q|^n sign(P - q)",
    source="Norton's law in uniaxial flow; faces that slip, on the mesh of an image.",
    mesh="12 x 12 x 12 voxels with a buried void, 60 um thick",
    across="side pressure",
    measure="relative error",
)
EDGE = 2.0
RATE = 0.53
"""A [1/s/MPa^5] of Norton's law with n = 5; of n = 1 in 1/s/MPa."""


def first_step(folder, mask, edge, *, n=5.0, pressure=1.0, current=0.1, **geometry):
    """Return the row of a short step."""
    write_labels(folder / "labels.tif", mask, edge)
    case = {
        "femna": 1,
        "title": "free sides",
        "geometry": {
            "kind": "image",
            "labels": "labels.tif",
            "electrolyte_thickness": "10 um",
        }
        | geometry,
        "metal": {
            "material": "sodium",
            "creep": {"law": "norton", "n": n, "A": f"{RATE} 1/s/MPa" + "^5" * (n == 5.0)},
            # holds the metal in its place, with a millionth of the stress or less
            "collector_wall": {"law": "viscous", "drag": "1e8 Pa*s/m"},
        },
        "electrolyte": {"material": "beta_alumina"},
        "interface": {
            "map": {"kind": "uniform"},
            "kinetics": {"law": "linear", "resistance": "8 ohm*cm^2"},
            "roughness": "0.1 um",
        },
        "protocol": {
            "temperature": "298.15 K",
            "pressure": f"{pressure} MPa",
            "current_density": f"{current} mA/cm^2",
            "charge": f"{2e-5 * current} mAh/cm^2",
            "steps": [{"do": "strip"}],
        },
        "numerics": {"interface_size": "8 um"},
    }
    march = Driver(build_model(parse_case(case, folder=folder), MPI.COMM_WORLD)).march()
    next(march)
    return next(march).row


def buried():
    return spheres((12, 12, 12), EDGE, (12, 12, 14, 5))


BLOCK = {
    "pressure": 0.3,
    "current": 1.5,
    "void_closure": False,
    "elements_across": 2.0,
    "metal_thickness": "60 um",
}


@pytest.mark.parametrize("side", [0.0, 0.05, 0.6])
def test_a_block_flows_over_its_sides_as_norton_says(tmp_path, verified, side):
    row = first_step(
        tmp_path,
        buried(),
        EDGE,
        sides="free",
        side_pressure=f"{side} MPa",
        **BLOCK,
    )
    # 24 x 24 x 60 um3 at A (P - q)^5; P = 0.3 MPa
    volume, excess = (12 * EDGE) ** 2 * 60.0, 0.3 - side
    expected = volume * RATE * abs(excess) ** 5 * np.sign(excess) * row["dt_s"]
    error = row["rim_outflow_um3"] / expected - 1.0
    # the drag that keeps the block in its place takes a share of 1e-6 of the stress
    assert abs(error) < 1e-5
    assert row["volume_balance"] < 1e-8
    assert row["force_balance"] < 1e-8
    verified.bound(PRESSED, {f"P = 0.3 MPa, q = {side:g} MPa, n = 5": error}, 1e-5)


def test_under_the_stack_pressure_itself_nothing_leaves(tmp_path):
    row = first_step(tmp_path, buried(), EDGE, sides="free", **BLOCK)
    # 1.5 mA/cm2 of 23.78 cm3/mol over 24 x 24 um2 [um3]
    stripped = 23.78e12 * 1.5e-3 / 96485.0 * 1e-8 * (12 * EDGE) ** 2 * row["dt_s"]
    assert abs(row["rim_outflow_um3"]) < 1e-6 * stripped


def closing(folder, sides, *, n, voxels=4, times=3):
    """Return the rate of closure of a hemisphere over that in an unbounded body."""
    edge, half = 6.0 / voxels, times * voxels
    mask = spheres((half, 2 * half, 2 * half), edge, (6.0 * times, 6.0 * times, 0.0, 6.0))
    row = first_step(folder, mask, edge, n=n, sides=sides, elements_across=8.0)
    volume = mask.sum() * edge**3
    rate = (volume - row["void_volume_um3"]) / row["dt_s"] / volume
    return rate / (1.5 * RATE * (1.5 / n) ** n), row


@pytest.mark.parametrize("n", [1.0, pytest.param(5.0, marks=pytest.mark.slow)])
def test_a_void_closes_faster_than_between_mirrors_and_between_the_bounds_of_balls(tmp_path, n):
    held, _ = closing(tmp_path, "mirror", n=n)
    free, row = closing(tmp_path, "free", n=n)
    # a over b: 1/3 of the ball within the cell, 1/sqrt(27) of the one around it
    slow, fast = ((1.0 - share ** (3.0 / n)) ** -n for share in (27**-0.5, 1.0 / 3.0))
    assert free > held
    assert slow < free < fast
    assert row["volume_balance"] < 1e-8
