"""The elastic disc below metal and mask where neither axis nor circle helps: in three dimensions.

Elements do not follow the mask's edges; on those below, half the disc's thickness at the coarsest,
compliances of one disc differ by 1e-3 at most between meshes.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import numpy.typing as npt
import pytest
from mpi4py import MPI
from scipy.special import ellipe
from verification.stacks import CASE, stack_model

from femna.case import parse_case
from femna.case.mask_window import Window
from femna.errors import ComputationError
from femna.simulation.bodies.elastic_electrolyte import ElasticElectrolyte
from femna.simulation.bodies.footprint import Footprint
from femna.simulation.bodies.foundation import (
    DiscShape,
    flexibility,
    sinking,
    transfer_compliance,
)
from femna.simulation.setup import Model, build_model

Array = npt.NDArray[np.float64]

DISC = DiscShape(electrode=0.5e-3, window=0.55e-3, outer=1e-3, edge=1.2e-3, thickness=0.3e-3)
CLEARANCE = DISC.window - DISC.electrode
CELL = {
    "geometry.symmetry": "mirror",
    "geometry.electrode_diameter": "1 mm",
    "geometry.metal_thickness": "200 um",
    "geometry.electrolyte_diameter": "2.4 mm",
    "geometry.electrolyte_thickness": "0.3 mm",
    "geometry.rim": "open",
    "geometry.clearance": "50 um",
    "mask": "{ thickness = '99 um', outer_radius = '1 mm' }",
    "electrolyte.elastic": "true",
    "numerics.interface_size": "100 um",
}
ELLIPTIC = {"geometry.electrode_shape": "elliptic", "geometry.electrode_width": "1 mm"}
ALONG_X = ELLIPTIC | {"geometry.electrode_width": "0.6 mm"}
ALONG_Y = ELLIPTIC | {"geometry.electrode_diameter": "0.6 mm"}
HALF_WIDTH = 0.3e-3
OFF = {"geometry.electrode_offset": "0.2 mm"}
WIDE = {"geometry.electrolyte_diameter": "3.6 mm"}
BOTH = {"off the axis": OFF, "elliptic and off the axis": ALONG_X | OFF}
MESHES = 2e-3
"""Twice what compliances differ by between meshes."""
KRYLOV = 1e-8
"""Of sinkings whose displacements are solved to 1e-10 of the load."""


@dataclass(frozen=True)
class Areas:
    """Below an elliptic electrode and the mask around it [m^2], and its perimeter [m]."""

    metal: float
    mask: float
    perimeter: float

    @classmethod
    def of(cls, half_width: float) -> Areas:
        half = DISC.electrode
        metal = math.pi * half * half_width
        perimeter = 4.0 * half * float(ellipe(1.0 - (half_width / half) ** 2))
        window = metal + perimeter * CLEARANCE + math.pi * CLEARANCE**2
        return cls(metal, math.pi * DISC.outer**2 - window, perimeter)

    @property
    def apart(self) -> float:
        """Of a unit force, the pressures on both columns together [1/m^2]."""
        return 1.0 / self.metal + 1.0 / self.mask

    @property
    def jumps(self) -> float:
        """Of its pressure, squared, by the length of the rim and of the mask's edge [1/m^3]."""
        return self.apart**2 * self.perimeter + 2.0 * math.pi * DISC.outer / self.mask**2


def cell(folder: Path, changes: dict[str, str] | None = None, *, refine: float = 0.5) -> Model:
    return stack_model(folder, CELL | (changes or {}), refine=refine)


def disc_of(built: Model) -> ElasticElectrolyte:
    body = built.system.elastic_electrolyte
    assert body is not None
    return body


def foundation(built: Model) -> float:
    """What the case takes: in three dimensions where it is not around one axis [m/N]."""
    assert built.system.mask is not None
    return built.system.mask.body.foundation


def flexibility_of(built: Model) -> Array:
    return flexibility(disc_of(built), length_scale=built.cell.length_scale)


def compliance(by: Array) -> float:
    """Of a force passed from metal to mask."""
    return float(by[0, 0] + by[1, 1] - by[0, 1] - by[1, 0])


def test_a_round_mask_around_the_axis_is_the_axisymmetric_one(tmp_path: Path) -> None:
    """Each sinking per force converges with the first order or so: chords of circles, edges."""
    areas = np.pi * np.array([DISC.electrode**2, DISC.outer**2 - DISC.window**2])
    errors, compliances = [], []
    for refine in (0.3, 0.8):
        built = cell(tmp_path, refine=refine)
        exact = sinking(MPI.COMM_SELF, DISC, disc_of(built).solid) / areas
        found = flexibility_of(built)
        errors.append(np.abs(found / exact - 1.0).max())
        compliances.append(abs(compliance(found) / foundation(built) - 1.0))
    assert foundation(built) == transfer_compliance(MPI.COMM_SELF, DISC, disc_of(built).solid)
    assert errors[0] < 0.02
    assert errors[1] < 0.4 * errors[0]
    assert compliances[0] < 5e-3
    assert compliances[1] < min(0.4 * compliances[0], MESHES)


def test_an_ellipse_of_equal_axes_is_round(tmp_path: Path) -> None:
    """Same mesh and circle; the distance from an ellipse is found by iteration."""
    ellipse, circle = foundation(cell(tmp_path, ELLIPTIC)), flexibility_of(cell(tmp_path))
    assert ellipse == pytest.approx(compliance(circle), rel=1e-6)


def test_an_ellipse_along_the_plane_of_symmetry_is_one_across_it(tmp_path: Path) -> None:
    """A turned disc on other elements, cut along its other axis."""
    along, across = (foundation(cell(tmp_path, changes)) for changes in (ALONG_X, ALONG_Y))
    assert along == pytest.approx(across, rel=MESHES)


def test_an_ellipse_gives_way_as_columns_that_share_load_along_its_rim(tmp_path: Path) -> None:
    """Columns apart give thickness/E (1/A + 1/A_mask); what they share counts per length of rim.

    Of a force F the pressure jumps by F (1/A + 1/A_mask) across the rim and F/A_mask across the
    mask's edge. The work saved is that jump squared by the length, by a number that the round one
    has too, on a disc that is thin against all lengths. This one is as thick as half the ellipse
    is wide, which is a few per cent off.
    """
    built = cell(tmp_path, ALONG_X)
    ellipse, circle = Areas.of(HALF_WIDTH), Areas.of(DISC.electrode)
    column = DISC.thickness / disc_of(built).solid.youngs_modulus
    around_an_axis = transfer_compliance(MPI.COMM_SELF, DISC, disc_of(built).solid)
    saved = column * circle.apart - around_an_axis
    saved *= ellipse.jumps / circle.jumps
    assert column * ellipse.apart - foundation(built) == pytest.approx(saved, rel=0.06)


def test_on_a_wide_disc_it_does_not_matter_where_the_mask_stands(tmp_path: Path) -> None:
    """What a free edge does has died away: here it is twice the thickness away, or more."""
    centred, beside = flexibility_of(cell(tmp_path, WIDE)), cell(tmp_path, WIDE | OFF)
    assert foundation(beside) == pytest.approx(compliance(centred), rel=MESHES)


def test_a_mask_at_the_edge_of_the_disc_gives_way_more(tmp_path: Path) -> None:
    """Nothing beyond the free edge bears load."""
    centred, beside = flexibility_of(cell(tmp_path)), cell(tmp_path, OFF)
    assert foundation(beside) > compliance(centred) * (1.0 + MESHES)


@pytest.mark.parametrize("changes", BOTH.values(), ids=BOTH.keys())
def test_work_is_reciprocal(tmp_path: Path, changes: dict[str, str]) -> None:
    """Maxwell and Betti: a force on the metal sinks the mask as one on the mask the metal."""
    built = cell(tmp_path, changes)
    by = flexibility_of(built)
    assert by[0, 1] == pytest.approx(by[1, 0], rel=KRYLOV)
    assert compliance(by) == pytest.approx(foundation(built), rel=KRYLOV)


@pytest.mark.parametrize("changes", [{}, ALONG_X], ids=["round", "elliptic"])
def test_one_pressure_over_the_whole_face_is_uniaxial(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    """Thickness/E below both areas, which are 1 % larger than their chords are."""
    held = {key: value for key, value in CELL.items() if key != "geometry.clearance"}
    whole = {"geometry.rim": "held", "geometry.electrolyte_diameter": "2 mm"}
    built = stack_model(tmp_path, held | whole | changes, refine=0.5)
    areas = disc_of(built).areas() * built.cell.length_scale**2
    column = DISC.thickness / disc_of(built).solid.youngs_modulus
    assert flexibility_of(built) @ areas == pytest.approx(column, rel=0.01)
    assert areas.sum() == pytest.approx(math.pi * DISC.outer**2, rel=0.01)


@pytest.mark.parametrize("changes", BOTH.values(), ids=BOTH.keys())
def test_the_stress_in_the_disc_bears_metal_and_mask(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    """Vertical stress over the volume of half the disc is half the force by the thickness.

    By the divergence theorem with the height above the support. Along x nothing presses, and the
    stress adds up to nothing; along y the plane of symmetry, at y = 0, does no more. Weighed with x
    it finds the centre of the force, the electrode's, which stress in the middle of the cells and
    quadrature of the mask's pressure miss by 0.4 % of its half length.
    """
    built = cell(tmp_path, changes)
    disc, unit = disc_of(built), built.cell.length_scale
    metal, mask = 2.0, 3.0
    disc.solve(np.full(disc.size, metal), mask_pressure=mask)
    volumes, centres = cells_of(built.cell.electrolyte.mesh)
    stress = volumes[:, None] * np.einsum("cii->ci", disc.stress_of_cells())
    areas = Areas.of(HALF_WIDTH if "geometry.electrode_shape" in changes else DISC.electrode)
    meshed = disc.areas()[0] * unit**2
    assert meshed == pytest.approx(areas.metal, rel=0.01)  # chords
    borne = 0.5 * DISC.thickness * (metal * meshed + mask * areas.mask) / unit**3
    np.testing.assert_allclose(stress.sum(axis=0), (0.0, 0.0, -borne), atol=KRYLOV * borne)
    assert abs(centres[:, 0] @ stress[:, 2]) < 0.01 * borne


@pytest.mark.parallel(nprocs=[2, 3])
def test_ranks_find_one_foundation() -> None:
    # no tmp_path: ranks that look for theirs in one folder at once may trip over each other
    case = parse_case(tomllib.loads(CASE), CELL | ALONG_X | OFF)
    together, alone = (
        foundation(build_model(case, comm, refine=0.3)) for comm in (MPI.COMM_WORLD, MPI.COMM_SELF)
    )
    assert together == pytest.approx(alone, rel=KRYLOV)


def test_a_mask_that_no_element_sees_is_a_failure(tmp_path: Path) -> None:
    built = cell(tmp_path)
    narrow = Footprint(window=Window.around(1.0, 0.1), outer=1.099)
    with pytest.raises(ComputationError, match="narrow mask"):
        ElasticElectrolyte(
            built.cell.electrolyte,
            built.system.electrolyte.space,
            "mirror",
            disc_of(built).solid,
            disc=True,
            mask=narrow,
        )


def cells_of(mesh: Any) -> tuple[Array, Array]:
    """Volumes (M,) and centres (M, 3) of the owned cells."""
    owned = mesh.topology.index_map(3).size_local
    corners = mesh.geometry.x[mesh.geometry.dofmaps[0][:owned]]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6.0
    return volumes, corners.mean(axis=1)
