"""Unit cells have exact sizes, tagged boundaries, matching interfaces and graded nodes."""

import dolfinx
import numpy as np
import pytest
import ufl
from mpi4py import MPI

from femna.mesh import build_cell, conducting_map, interface_vertices
from femna.mesh.arrays import external_facets, signed_volumes
from femna.mesh.cell import cell_arrays
from femna.mesh.grading import Zone, interface_nodes
from femna.mesh.quality import cell_quality

VOID = {"initial_void": {"radius": "5 um", "contact_angle": "90 deg"}}
PATCH = {"kind": "patches", "blocked_fraction": 0.3, "transition": "1 um"}
SQUARE = {
    "symmetry": "square",
    "period": "20 um",
    "metal_thickness": "15 um",
    "electrolyte_thickness": "10 um",
}


def measures(body):
    """Volume and the measure of every facet group, by DOLFINx."""
    one = dolfinx.fem.Constant(body.mesh, 1.0)
    ds = ufl.Measure("ds", domain=body.mesh, subdomain_data=body.facets)
    forms = {"volume": one * ufl.dx, **{name: one * ds(tag) for name, tag in body.names.items()}}
    total = {k: dolfinx.fem.assemble_scalar(dolfinx.fem.form(f)) for k, f in forms.items()}
    return {k: body.mesh.comm.allreduce(v) for k, v in total.items()}


def test_plane_strain_cell_has_exact_sizes_in_units_of_half_the_period(make_case):
    cell = build_cell(make_case(), MPI.COMM_SELF)
    expected = {"volume": 4.0, "interface": 1.0, "platen": 1.0, "side": 8.0}
    assert measures(cell.metal) == pytest.approx(expected, rel=1e-12)
    expected = {"volume": 3.2, "interface": 1.0, "far": 1.0, "side": 6.4}
    assert measures(cell.electrolyte) == pytest.approx(expected, rel=1e-12)
    assert cell.length_scale == cell.half_period == pytest.approx(25e-6)
    assert cell.multiplicity == 2


def test_square_cell_has_exact_sizes_and_shares_its_interface_triangles(make_case):
    spec = {"kind": "patches", "blocked_fraction": 0.3, "transition": "3 um"}
    case = make_case(geometry=SQUARE, chart=spec, interface_size="2 um")
    cell = build_cell(case, MPI.COMM_SELF)
    expected = {"volume": 1.5, "interface": 1.0, "platen": 1.0, "side": 6.0}
    assert measures(cell.metal) == pytest.approx(expected, rel=1e-12)
    expected = {"volume": 1.0, "interface": 1.0, "far": 1.0, "side": 4.0}
    assert measures(cell.electrolyte) == pytest.approx(expected, rel=1e-12)
    assert cell.multiplicity == 4
    arrays = cell_arrays(case)
    triangles = []
    for body in (arrays.metal, arrays.electrolyte):
        corners = np.round(body.points[body.group("interface")][:, :, :2], 12)
        triangles.append({tuple(sorted(map(tuple, t))) for t in corners.tolist()})
    assert triangles[0] == triangles[1]


def test_hexagonal_cell_is_half_of_the_hexagon_around_a_patch(make_case):
    geometry = {**SQUARE, "symmetry": "hexagonal"}
    spec = {"kind": "patches", "blocked_fraction": 0.3, "transition": "3 um"}
    case = make_case(geometry=geometry, chart=spec, interface_size="2 um")
    cell = build_cell(case, MPI.COMM_SELF)
    root = np.sqrt(3.0)
    expected = {"interface": root, "platen": root, "volume": 1.5 * root, "side": 3.0 + 3.0 * root}
    assert measures(cell.metal) == pytest.approx(expected, rel=1e-12)
    expected = {"interface": root, "far": root, "volume": root, "side": 2.0 + 2.0 * root}
    assert measures(cell.electrolyte) == pytest.approx(expected, rel=1e-12)
    # a hexagon with the distance of opposite sides 2 has the area 2 sqrt(3)
    assert cell.multiplicity * root == pytest.approx(2.0 * root)
    quality = cell_quality(cell_arrays(case))
    assert quality.metal.worst_angle > 8.0
    assert quality.metal.worst_aspect_ratio < 6.0


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric", "square", "hexagonal"])
def test_interface_vertices_match_bit_for_bit_and_bound_the_cell(make_case, symmetry):
    geometry = {**SQUARE, "symmetry": symmetry}
    spec = {"kind": "uniform"}
    cell = build_cell(make_case(geometry=geometry, chart=spec, interface_size="2 um"))
    places = [interface_vertices(body)[1] for body in (cell.metal, cell.electrolyte)]
    assert np.array_equal(places[0], places[1])
    assert places[0].min() == 0.0
    assert places[0].max(axis=0).tolist() == {
        "square": [1.0, 1.0], "hexagonal": [1.0, np.sqrt(3.0)]
    }.get(symmetry, [1.0])  # fmt: skip


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_every_external_facet_is_tagged_once_and_cells_are_positive(make_case, symmetry):
    spec = {"kind": "uniform"}
    arrays = cell_arrays(make_case(geometry={"symmetry": symmetry, **VOID}, chart=spec))
    for body in (arrays.metal, arrays.electrolyte):
        assert len(body.facets) == len(external_facets(body.cells))
        assert set(body.tags) == {1, 2, 3}
        assert signed_volumes(body.points, body.cells).min() > 0.0
        corners = body.points[body.group("side")][:, :, 0]
        assert np.all((corners == 0.0).all(axis=1) | (corners == 1.0).all(axis=1))


def test_default_cell_is_small_well_shaped_and_fine_across_the_edge(make_case):
    case = make_case(geometry={"electrolyte_thickness": "100 um"})
    arrays = cell_arrays(case)
    quality = cell_quality(arrays)
    assert 1000 <= quality.metal.cells <= 2000
    assert quality.electrolyte.cells < quality.metal.cells
    assert quality.metal.worst_angle > 25.0
    assert quality.metal.worst_aspect_ratio < 2.0
    (edge,) = conducting_map(case).edges
    x = np.unique(arrays.metal.points[arrays.metal.group("interface")][:, :, 0]) * 25e-6
    assert np.sum((x > edge - 0.5e-6 + 1e-12) & (x < edge + 0.5e-6 - 1e-12)) == 7
    assert np.diff(x).max() <= 0.5e-6 * (1 + 1e-9)


def test_refine_divides_the_sizes(make_case):
    cells = [cell_quality(cell_arrays(make_case(), refine=r)).metal for r in (1, 2)]
    assert cells[1].cells == pytest.approx(4 * cells[0].cells, rel=0.15)
    assert cells[1].largest_edge == pytest.approx(0.5 * cells[0].largest_edge, rel=0.1)


def test_default_mesh_survives_the_loss_of_half_the_layer(make_case):
    body = cell_arrays(make_case()).metal
    points = body.points * np.array([1.0, 0.5])
    assert signed_volumes(points, body.cells).min() > 0.0


@pytest.mark.parametrize(
    ("zones", "fixed"),
    [
        ([], ()),
        ([Zone(0.28, 0.32, 0.005)], ()),
        ([Zone(0.0, 0.2, 0.2 / 24), Zone(0.2, 0.2, 0.2 / 48), Zone(0.28, 0.32, 0.005)], (0.2,)),
        ([Zone(0.1, 0.102, 2.5e-4), Zone(0.103, 0.105, 2.5e-4), Zone(0.99, 1.0, 1e-3)], ()),
    ],
)
def test_neighbouring_interface_elements_differ_by_less_than_1_3(zones, fixed):
    nodes = interface_nodes(1.0, zones, coarsest=0.02, fixed=fixed)
    sizes = np.diff(nodes)
    ratio = sizes[1:] / sizes[:-1]
    assert np.maximum(ratio, 1 / ratio).max() < 1.3
    assert sizes.max() <= 0.02 * (1 + 1e-9)
    assert nodes[0] == 0.0
    assert nodes[-1] == 1.0
    assert set(fixed) <= set(nodes.tolist())


def test_ratio_of_neighbours_holds_for_any_zones():
    random = np.random.default_rng(0)
    for _ in range(300):
        width = 10 ** random.uniform(-3.0, -0.7)
        centres = random.uniform(0.0, 1.0, random.integers(0, 8))
        zones = [Zone(x - width / 2, x + width / 2, width / 8) for x in centres]
        nodes = interface_nodes(1.0, zones, coarsest=10 ** random.uniform(-2.3, -0.7))
        sizes = np.diff(nodes)
        ratio = sizes[1:] / sizes[:-1]
        assert np.maximum(ratio, 1.0 / ratio).max(initial=1.0) < 1.3


def test_same_case_gives_the_same_mesh_twice(make_case):
    first, second = (cell_arrays(make_case()) for _ in range(2))
    assert np.array_equal(first.metal.points, second.metal.points)
    assert np.array_equal(first.electrolyte.cells, second.electrolyte.cells)


@pytest.mark.parametrize(
    ("geometry", "spec"),
    [
        ({}, {"kind": "random_field", "blocked_fraction": 0.3, "correlation_length": "6 um",
              "seed": 4, "transition": "1 um"}),
        ({"symmetry": "axisymmetric"}, PATCH),
        (SQUARE, {"kind": "stripes", "blocked_fraction": 0.3, "transition": "3 um"}),
        ({**SQUARE, "symmetry": "hexagonal"}, {**PATCH, "transition": "3 um"}),
        (SQUARE, {"kind": "random_field", "blocked_fraction": 0.3, "correlation_length": "6 um",
                  "seed": 4, "transition": "3 um"}),
    ],
)  # fmt: skip
def test_map_integrated_on_the_mesh_meets_its_mean(make_case, geometry, spec):
    case = make_case(geometry=geometry, chart=spec, interface_size="1 um")
    arrays = cell_arrays(case)
    chart = conducting_map(case)
    body = arrays.metal
    corners = body.points[body.group("interface")][:, :, :-1] * arrays.length_scale
    count = corners.shape[1]
    # nodes of a rule by subdivision: 8 parts per direction, midpoints in barycentric coordinates
    if count == 2:
        t = (np.arange(8) + 0.5) / 8
        weights = np.column_stack([1 - t, t])
        area = np.abs(corners[:, 1, 0] - corners[:, 0, 0])
    else:
        n = 8
        up = [(i + 1 / 3, j + 1 / 3) for i in range(n) for j in range(n - i)]
        down = [(i + 2 / 3, j + 2 / 3) for i in range(n) for j in range(n - i - 1)]
        st = np.array(up + down) / n
        weights = np.column_stack([1 - st.sum(axis=1), st])
        one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        area = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    points = np.einsum("qk,fkd->fqd", weights, corners)
    c = chart(points.reshape(-1, points.shape[2])).reshape(points.shape[:2])
    measure = np.broadcast_to(area[:, None] / weights.shape[0], c.shape)
    if case.geometry.symmetry == "axisymmetric":
        measure = measure * points[:, :, 0]
    assert np.sum(c * measure) / np.sum(measure) == pytest.approx(chart.mean, abs=5e-4)
