"""Labels to a mesh: volume and area of each void, conforming cells, none inside out."""

import numpy as np
import pytest
from mpi4py import MPI
from reference.label_stacks import dirty, spheres, write_labels
from verification.record import Case

from femna.errors import InputError
from femna.mesh.arrays import signed_volumes
from femna.mesh.cell import cell_arrays
from femna.mesh.image_voids import find_voids
from femna.mesh.label_stack import read_labels
from femna.simulation.schedule import phases
from femna.simulation.setup import build_model
from femna.simulation.stage import Stage
from femna.simulation.void_rows import VoidRows

SPHERE = Case(
    name="sphere_of_voxels",
    part="images",
    title="Radius of a sphere from its voxels",
    formula="(3 N edge^3/(4 pi))^(1/3) -> 1",
    source="Gauss's circle problem in three dimensions: the error falls at least with the voxel.",
    mesh="3, 6, 12 and 24 voxels in a radius",
    across="voxels",
    measure="relative error of the radius",
)
EDGE = 2.0
SHAPE = (12, 16, 16)


@pytest.fixture
def image_case(make_case, tmp_path):
    """Return a builder of cases on a mask of voids above the interface."""

    def build(mask, edge=EDGE, size="8 um", **geometry):
        write_labels(tmp_path / "labels.tif", mask, edge)
        table = {"kind": "image", "labels": "labels.tif", "electrolyte_thickness": "20 um"}
        return make_case(geometry=table | geometry, chart={"kind": "uniform"}, interface_size=size)

    return build


def checked(arrays):
    """Assert that both bodies conform and are right side out; return the metal's volume [um3]."""
    volumes = signed_volumes(arrays.metal.points, arrays.metal.cells)
    assert volumes.min() > 0.0
    # a face between two cells that did not match would count as a facet of the interface
    metal, electrolyte = (body.group("interface") for body in (arrays.metal, arrays.electrolyte))
    assert len(metal) == len(electrolyte)
    flat = [
        np.sort(np.round(body.points[np.unique(facets), :2], 9).view("f8,f8"), axis=0)
        for body, facets in ((arrays.metal, metal), (arrays.electrolyte, electrolyte))
    ]
    assert np.array_equal(*flat)
    return volumes.sum() * (arrays.length_scale * 1e6) ** 3


def box(mask, edge=EDGE):
    return mask.size * edge**3


def test_the_metal_lacks_exactly_the_labels_volume_and_area_of_every_void(image_case):
    # a hemisphere, a cap, and a sphere whose widest place is above its foot
    mask = spheres(SHAPE, EDGE, (8, 8, 0, 6), (24, 9, -2, 6), (16, 23, 3, 6))
    case = image_case(mask, elements_across=5, resolved_volume="100 um^3")
    arrays = cell_arrays(case)
    fits = arrays.voids.fits
    assert [fit.kind for fit in fits] == ["smooth"] * 3
    for fit in fits:
        assert fit.mesh_volume == pytest.approx(fit.volume, rel=1e-12)
        assert fit.mesh_area == pytest.approx(fit.area, rel=0.02)
        assert fit.across >= 5
    assert sum(fit.volume for fit in fits) * 1e18 == pytest.approx(mask.sum() * EDGE**3)
    assert sum(fit.area for fit in fits) * 1e12 == pytest.approx(mask[0].sum() * EDGE**2)
    # the mesh itself, not what the fits say of it
    assert checked(arrays) == pytest.approx(box(mask) - mask.sum() * EDGE**3, rel=1e-9)


def test_what_overhangs_is_dropped_where_that_is_asked_for_and_is_said(image_case):
    mask = spheres(SHAPE, EDGE, (16, 16, 6, 8))
    over = mask[:, mask[0]].sum()
    arrays = cell_arrays(image_case(mask, overhang="dropped"))
    (fit,) = arrays.voids.fits
    assert fit.overhang * 1e18 == pytest.approx((mask.sum() - over) * EDGE**3)
    assert fit.overhang > 0.1 * fit.volume
    assert fit.mesh_volume == pytest.approx(fit.volume - fit.overhang, rel=1e-12)
    assert checked(arrays) == pytest.approx(box(mask) - over * EDGE**3, rel=1e-9)


def test_small_voids_become_metal_and_are_counted(image_case):
    mask = spheres(SHAPE, EDGE, (12, 12, 0, 8))
    mask[0, 14, 14] = mask[5, 2, 13] = True
    arrays = cell_arrays(image_case(mask, minimum_volume="9 um^3"))
    assert [v * 1e18 for v in arrays.voids.dropped] == pytest.approx([8.0, 8.0])
    assert checked(arrays) == pytest.approx(box(mask) - (mask.sum() - 2) * EDGE**3, rel=1e-9)


def test_the_voxels_themselves_keep_the_volume_and_the_area_within_the_rims_elements(image_case):
    mask = spheres(SHAPE, EDGE, (16, 16, 0, 9))
    arrays = cell_arrays(image_case(mask, surface="voxels"))
    (fit,) = arrays.voids.fits
    assert fit.kind == "voxels"
    assert fit.mesh_volume == pytest.approx(fit.volume, rel=1e-12)
    assert fit.mesh_area == pytest.approx(fit.area, rel=0.1)
    checked(arrays)


def test_a_buried_void_is_the_sphere_of_its_volume_and_a_cut_one_half_of_it(image_case):
    mask = spheres(SHAPE, EDGE, (16, 17, 10, 5), (0, 8, 12, 5))
    case = image_case(mask)
    found = find_voids(read_labels(case.geometry), case.geometry)
    assert found.open == ()
    by_share = {void.share: void for void in found.buried}
    for share, at in ((1.0, (16, 17, 10)), (0.5, (0, 8, 12))):
        void = by_share[share]
        body = share * 4.0 / 3.0 * np.pi * void.radius**3
        assert body == pytest.approx(void.volume, rel=1e-12)
        z, y, x = (c * EDGE for c in void.centre)
        assert np.hypot(np.hypot(x - at[0], y - at[1]), z - at[2]) < 0.25 * EDGE
    checked(cell_arrays(case))


def test_a_buried_void_above_the_collector_is_not_in_the_metal(image_case):
    mask = spheres(SHAPE, EDGE, (8, 8, 9, 4), (24, 24, 18, 4))
    for thickness, heights in ((None, [9.0, 18.0]), ("20 um", [9.0]), ("12 um", [])):
        more = {} if thickness is None else {"metal_thickness": thickness}
        case = image_case(mask, **more)
        found = find_voids(read_labels(case.geometry), case.geometry)
        centres = sorted(void.centre[0] * EDGE for void in found.buried)
        assert centres == pytest.approx(heights, abs=0.25 * EDGE)
        assert len(found.dropped) == 2 - len(heights)


def test_a_void_that_the_top_of_the_stack_cuts_is_not_in_the_metal(image_case):
    top = SHAPE[0] * EDGE
    mask = spheres(SHAPE, EDGE, (8, 8, 9, 4))
    mask[4:, 10:14, 10:14] = True  # so tall that the sphere of its volume fits below the top
    for more in ({}, {"metal_thickness": f"{top} um"}):
        case = image_case(mask, **more)
        found = find_voids(read_labels(case.geometry), case.geometry)
        assert [void.centre[0] * EDGE for void in found.buried] == pytest.approx([9.0], abs=0.5)
        assert len(found.dropped) == 1


def test_where_all_voids_are_buried_what_opens_counts_as_the_nearest_one(image_case):
    case = image_case(spheres(SHAPE, EDGE, (8, 8, 9, 4), (24, 24, 12, 5)))
    stage = Stage(build_model(case, MPI.COMM_SELF))
    stage.set_step(phases(case)[0], 1.0)
    stage.gap[:] = 0.1
    x, y = stage.system.vertices.horizontal.T
    unit = stage.model.scales.length * 1e6
    second = np.hypot(x * unit - 8, y * unit - 8) > np.hypot(x * unit - 24, y * unit - 24)
    per_area = 0.1 * stage.system.area * unit**3
    one, two = VoidRows(stage).rows(phases(case)[0])
    assert (one["state"], two["state"]) == ("buried", "buried")
    enclosed = np.array(stage.voids.enclosed(stage.clock)) * unit**3
    assert one["volume_um3"] - enclosed[0] == pytest.approx(per_area[~second].sum(), rel=1e-9)
    assert two["volume_um3"] - enclosed[1] == pytest.approx(per_area[second].sum(), rel=1e-9)


def test_the_radius_of_a_sphere_from_voxels_converges_as_they_shrink(verified):
    # by Gauss's circle problem in three dimensions the error falls at least with the voxel
    errors = []
    for per_radius in (3, 6, 12, 24):
        edge = 1.0 / per_radius
        shape = (2 * per_radius + 4,) * 3
        middle = 0.5 * shape[0] * edge + 0.3 * edge
        mask = spheres(shape, edge, (middle, middle, middle, 1.0))
        errors.append(abs(np.cbrt(mask.sum() * edge**3 * 3 / (4 * np.pi)) - 1.0))
    assert errors[0] < 0.03
    assert all(e < 0.03 / 2**k for k, e in enumerate(errors))
    for k, error in enumerate(errors):
        verified.bound(SPHERE, {f"{3 * 2**k} voxels in the radius": error}, 0.03 / 2**k)


@pytest.mark.parametrize("seed", range(6))
def test_a_dirty_stack_gives_cells_that_are_right_side_out(image_case, seed):
    survives_a_dirty_stack(image_case, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200))
def test_200_dirty_stacks_give_cells_that_are_right_side_out(image_case, seed):
    survives_a_dirty_stack(image_case, seed)


def survives_a_dirty_stack(image_case, seed):
    mask = dirty((12, 12, 12), seed)
    # metal above all voids, those too that become spheres and may be met
    thickness = 20 * EDGE
    asked = {
        "elements_across": 2,
        "minimum_volume": "8 um^3",
        "overhang": "dropped",
        "metal_thickness": f"{thickness} um",
    }
    if not mask.any():
        assert "holds no void" in refused(image_case, mask, **asked)
        return
    arrays = cell_arrays(image_case(mask, **asked))
    shown = sum(fit.mesh_volume for fit in arrays.voids.fits if fit.kind != "buried")
    body = mask[0].size * EDGE**2 * thickness
    assert checked(arrays) == pytest.approx(body - shown * 1e18, rel=1e-9)
    fits = [fit for fit in arrays.voids.fits if fit.kind in ("smooth", "voxels")]
    for fit in fits:
        assert fit.mesh_volume == pytest.approx(fit.volume - fit.overhang, rel=1e-9)


def refused(image_case, mask=None, **geometry):
    if mask is None:
        mask = spheres(SHAPE, EDGE, (16, 16, 0, 9))
    with pytest.raises(InputError) as caught:
        cell_arrays(image_case(mask, **geometry))
    return f"{caught.value.key}: {caught.value.limit}"


def test_a_stack_that_is_no_cell_is_refused_with_its_reason(image_case, tmp_path):
    empty, full = np.zeros(SHAPE, bool), np.ones(SHAPE, bool)
    thin = dict.fromkeys(("metal_thickness",), "5 um")
    assert refused(image_case, empty) == "geometry.labels: holds no void"
    assert refused(image_case, full) == "geometry.labels: is void up to its top"
    small = spheres(SHAPE, EDGE, (16, 16, 0, 2))
    assert "drops all 1 voids" in refused(image_case, small)
    assert "at least" in refused(image_case, **thin)
    assert "at least 8 of the 16 rows" in refused(image_case, rows=[3, 9])
    assert "at least 8 of the 16 columns" in refused(image_case, columns=[3, 90])
    assert "more than 1000 to a side" in refused(image_case, size="1 nm")
    assert "the extent of the stack" in refused(image_case, smoothing="1 cm")
    layer = np.zeros(SHAPE, bool)
    layer[:2] = True
    assert "leaves no contact" in refused(image_case, layer)


def change(path, act):
    import tifffile

    phases = act(tifffile.imread(path))
    tifffile.imwrite(path, phases, metadata=None)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda a: a[2:], "no electrolyte"),
        (lambda a: np.full_like(a, 2), "there is no metal"),
        (lambda a: a + 3, "other values"),
        (lambda a: np.concatenate([a, a[:2]]), "must be a plane"),
        (lambda a: a[5], "is not a stack"),
        (lambda a: a.astype(np.float32) + 0.5, "other values"),
    ],
)
def test_labels_that_are_none_are_refused(image_case, tmp_path, act, reason):
    case = image_case(spheres(SHAPE, EDGE, (16, 16, 0, 9)), voxel_size="2 um")
    change(tmp_path / "labels.tif", act)
    with pytest.raises(InputError, match=reason):
        cell_arrays(case)


def test_the_voxel_size_comes_from_the_file_or_the_case(image_case, tmp_path):
    case = image_case(spheres(SHAPE, EDGE, (16, 16, 0, 9)))
    assert read_labels(case.geometry).extent == pytest.approx((32e-6, 32e-6))
    change(tmp_path / "labels.tif", lambda a: a)  # the file no longer says it
    with pytest.raises(InputError, match="does not state it"):
        read_labels(case.geometry)
