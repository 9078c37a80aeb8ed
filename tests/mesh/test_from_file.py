"""A mesh file comes in unchanged, or is refused with its name, the group and the remedy."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from femna.errors import InputError
from femna.mesh import build_cell, conducting_map, interface_vertices, write_msh
from femna.mesh.cell import cell_arrays

KINDS = {2: 1, 3: 2, 4: 3}  # corners -> Gmsh's number of line, triangle, quadrangle


@dataclass
class Sheet:
    """Two squares of four triangles each, as they stand in a file; y is the height."""

    nodes: list = field(
        default_factory=lambda: [
            (0, 0), (2, 0), (2, 2), (0, 2), (1, 1),
            (0, 0), (2, 0), (0, -2), (2, -2), (1, -1),
        ]
    )  # fmt: skip
    groups: dict = field(
        default_factory=lambda: {
            "metal": (2, [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)]),
            "electrolyte": (2, [(5, 6, 9), (6, 8, 9), (8, 7, 9), (7, 5, 9)]),
            "interface": (1, [(0, 1), (5, 6)]),
            "platen": (1, [(2, 3)]),
            "far": (1, [(7, 8)]),
            "side": (1, [(0, 3), (1, 2), (5, 7), (6, 8)]),
        }
    )

    def write(self, path):
        """Write Gmsh's format 2.2 by hand."""
        lines = ["$MeshFormat", "2.2 0 8", "$EndMeshFormat", "$PhysicalNames"]
        lines.append(str(len(self.groups)))
        for tag, (name, (dimension, _)) in enumerate(self.groups.items(), start=1):
            lines.append(f'{dimension} {tag} "{name}"')
        lines += ["$EndPhysicalNames", "$Nodes", str(len(self.nodes))]
        for number, node in enumerate(self.nodes, start=1):
            x, y, z = (*node, 0.0)[:3]
            lines.append(f"{number} {x!r} {y!r} {z!r}")
        rows = [
            (KINDS[len(element)], tag, element)
            for tag, (_, elements) in enumerate(self.groups.values(), start=1)
            for element in elements
        ]
        lines += ["$EndNodes", "$Elements", str(len(rows))]
        for number, (kind, tag, element) in enumerate(rows, start=1):
            corners = " ".join(str(v + 1) for v in element)
            lines.append(f"{number} {kind} 2 {tag} {tag} {corners}")
        path.write_text("\n".join([*lines, "$EndElements", ""]))


@pytest.fixture
def from_sheet(tmp_path, make_case):
    """Write a sheet and return the case that reads it."""

    def build(sheet, symmetry="plane_strain"):
        path = tmp_path / "sheet.msh"
        sheet.write(path)
        geometry = {"kind": "mesh", "file": "sheet.msh", "length_unit": "5 um"}
        geometry["symmetry"] = symmetry
        return make_case(geometry=geometry, chart={"kind": "uniform"})

    return build


def test_good_file_comes_in_with_unit_and_scale(from_sheet):
    cell = build_cell(from_sheet(Sheet()))
    assert cell.half_period == pytest.approx(10e-6)
    assert cell.length_scale == pytest.approx(5e-6)
    assert cell.metal.mesh.geometry.x[:, :2].max(axis=0).tolist() == [2.0, 2.0]
    assert cell.electrolyte.mesh.geometry.x[:, 1].min() == -2.0


def test_map_of_a_mesh_file_takes_the_period_from_the_file(from_sheet, make_case):
    case = from_sheet(Sheet())
    stripes = make_case(
        geometry={
            "kind": "mesh", "file": "sheet.msh", "length_unit": "5 um", "symmetry": "plane_strain"
        }
    )  # fmt: skip
    assert case.geometry.kind == "mesh"
    assert conducting_map(stripes).edges == pytest.approx((3e-6,))


@pytest.mark.parametrize("symmetry", ["plane_strain", "square"])
@pytest.mark.parametrize(
    ("chart", "key"),
    [
        ({"correlation_length": "3 um", "transition": "3 mm"}, "transition"),
        ({"correlation_length": "30 um", "transition": "1 um"}, "correlation_length"),
    ],
)
def test_a_random_map_that_does_not_fit_a_mesh_file_is_refused(
    make_case, tmp_path, chart, key, symmetry
):
    (tmp_path / "a.msh").touch()
    field = {"kind": "random_field", "blocked_fraction": 0.3, "seed": 1}
    geometry = {"kind": "mesh", "file": "a.msh", "length_unit": "5 um", "symmetry": symmetry}
    case = make_case(geometry=geometry, chart=field | chart)
    with pytest.raises(InputError, match="below the correlation length") as caught:
        conducting_map(case, half_period=10e-6)
    assert caught.value.key == f"interface.map.{key}"


def test_a_patch_off_the_centre_is_refused_in_a_mesh_file(make_case, tmp_path):
    (tmp_path / "a.msh").touch()
    chart = {"kind": "patches", "blocked_fraction": 0.3, "transition": "1 um", "offset": "5 um"}
    geometry = {
        "kind": "mesh", "file": "a.msh", "length_unit": "5 um", "symmetry": "plane_strain"
    }  # fmt: skip
    with pytest.raises(InputError, match="symmetry 'mirror'"):
        make_case(geometry=geometry, chart=chart)


def test_bodies_that_share_their_interface_vertices_are_split(from_sheet):
    sheet = Sheet()
    swap = {5: 0, 6: 1}
    sheet.groups = {
        name: (dimension, [tuple(swap.get(v, v) for v in element) for element in elements])
        for name, (dimension, elements) in sheet.groups.items()
    }
    sheet.groups["interface"] = (1, [(0, 1)])
    cell = build_cell(from_sheet(sheet))
    places = [interface_vertices(body)[1] for body in (cell.metal, cell.electrolyte)]
    assert np.array_equal(places[0], places[1])


def move(number, place):
    def change(sheet):
        sheet.nodes[number] = place

    return change


def rename(old, new):
    def change(sheet):
        sheet.groups[new] = sheet.groups.pop(old)

    return change


def replace_group(name, dimension, elements):
    def change(sheet):
        sheet.groups[name] = (dimension, elements)

    return change


def shift(dx, dy):
    def change(sheet):
        sheet.nodes = [(x + dx, y + dy) for x, y in sheet.nodes]

    return change


def split_lower_interface(sheet):
    sheet.nodes.append((1, 0))
    cells = sheet.groups["electrolyte"][1]
    cells[0:1] = [(5, 10, 9), (10, 6, 9)]
    sheet.groups["interface"][1][1:] = [(5, 10), (10, 6)]


def turn_over(sheet):
    groups = sheet.groups
    groups["metal"], groups["electrolyte"] = groups["electrolyte"], groups["metal"]
    groups["platen"], groups["far"] = groups["far"], groups["platen"]


def lift_out_of_plane(sheet):
    sheet.nodes[4] = (1, 1, 0.5)


@pytest.mark.parametrize(
    ("change", "message", "remedy"),
    [
        (rename("platen", "lid"), "'platen' is missing", "physical curve 'platen'"),
        (rename("metal", "sodium"), "'metal' is missing", "physical surface 'metal'"),
        (replace_group("far", 2, [(7, 8, 9)]), "'far' is of dimension 2, 1 expected", "curve"),
        (replace_group("metal", 2, [(0, 1, 2, 3)]), "'metal' holds elements", "triangles"),
        (move(1, (2, 0.1)), "'interface' of 'metal' is not flat", "y = 0"),
        (move(6, (2, -0.1)), "'interface' of 'electrolyte' is not flat", "y = 0"),
        (split_lower_interface, "do not match one to one", "same interface mesh"),
        (replace_group("side", 1, [(0, 3), (5, 7), (6, 8)]), "in none of", "name them"),
        (replace_group("side", 1, [(0, 3), (1, 2)]), "no facet on the boundary of", "let 'side'"),
        (replace_group("platen", 1, [(2, 3), (0, 3)]), "share facets", "one name"),
        (shift(1, 0), "start at the horizontal origin", "move"),
        (turn_over, "other side of height 0", "metal above"),
        (shift(0, 1), "'interface' of 'metal' is not flat", "y = 0"),
        (lift_out_of_plane, "lies in the plane of x and y", "y is the height"),
        (move(4, (1, 0)), "cells without volume", "mesh it again"),
    ],
)
def test_file_that_does_not_fit_is_refused_in_one_line(from_sheet, change, message, remedy):
    sheet = Sheet()
    change(sheet)
    with pytest.raises(InputError) as caught:
        build_cell(from_sheet(sheet))
    line = str(caught.value)
    assert "sheet.msh: geometry.file" in line
    assert message in line
    assert remedy in line
    assert "\n" not in line
    assert caught.value.exit_code == 2


def contains(points, cells, at):
    """Return how many triangles hold each point, by the signs of its areas."""
    corners = points[cells]
    count = np.zeros(len(at), dtype=int)
    for a, b, c in corners:
        sides = [
            (q[0] - p[0]) * (at[:, 1] - p[1]) - (q[1] - p[1]) * (at[:, 0] - p[0])
            for p, q in ((a, b), (b, c), (c, a))
        ]
        count += np.all(np.array(sides) > 0.0, axis=0)
    return count


SPOILT = st.sampled_from(
    [float("nan"), float("inf"), -float("inf"), 1e300, -1e300, 1e-300, 1e17, 0.0, 1.0, -1.0]
)


@pytest.mark.parametrize("count", [150, pytest.param(3000, marks=pytest.mark.slow)])
def test_whatever_is_wrong_in_a_mesh_it_is_refused_or_tiles_two_bodies(from_sheet, count):
    taken = []

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data):
        sheet = Sheet()
        number = st.integers(0, len(sheet.nodes) - 1)
        for _ in range(data.draw(st.integers(1, 3))):
            kind = data.draw(st.sampled_from(["move", "spoil", "corner", "drop", "twice", "scale"]))
            name = data.draw(st.sampled_from(sorted(sheet.groups)))
            elements = sheet.groups[name][1]
            place = data.draw(st.integers(0, max(len(elements) - 1, 0)))
            node = data.draw(number)
            if kind == "move":
                x, y = sheet.nodes[node]
                move = st.floats(-2.5, 2.5)
                sheet.nodes[node] = (x + data.draw(move), y + data.draw(move))
            elif kind == "spoil":
                axis = data.draw(st.integers(0, 1))
                old = list(sheet.nodes[node])
                old[axis] = data.draw(SPOILT)
                sheet.nodes[node] = tuple(old)
            elif kind == "scale":
                factor = data.draw(st.sampled_from([-1.0, 1e-12, 1e9, 1e200, 0.0, 0.5]))
                sheet.nodes = [(factor * x, factor * y) for x, y in sheet.nodes]
            elif kind == "corner" and elements:
                element = list(elements[place])
                element[data.draw(st.integers(0, len(element) - 1))] = node
                elements[place] = tuple(element)
            elif kind == "drop" and elements:
                del elements[place]
            elif kind == "twice" and elements:
                elements.append(elements[place])
        try:
            arrays = cell_arrays(from_sheet(sheet))
        except InputError as refusal:
            line = str(refusal)
        else:
            line = ""
        assert len(line.splitlines()) <= 1
        if line:
            return
        taken.append(1)
        draw = np.random.default_rng(0)
        for body in (arrays.metal, arrays.electrolyte):
            assert np.isfinite(body.points).all()
            low, high = body.points.min(axis=0), body.points.max(axis=0)
            held = contains(body.points, body.cells, draw.uniform(low, high, (300, 2)))
            assert held.max() == 1
        assert 1e-9 < arrays.half_period < 10.0

    check()
    assert len(taken) > count // 30


def test_slanted_side_is_refused(from_sheet):
    sheet = Sheet()
    sheet.nodes[2] = (1.9, 2)
    with pytest.raises(InputError, match=r"'side' of 'metal' leaves the planes of symmetry"):
        build_cell(from_sheet(sheet))


def test_plane_file_for_a_square_cell_is_refused(from_sheet):
    with pytest.raises(InputError, match="3 expected for symmetry 'square'"):
        build_cell(from_sheet(Sheet(), symmetry="square"))


def test_square_file_for_a_hexagonal_cell_is_refused(tmp_path, make_case):
    spec = {"kind": "uniform"}
    case = make_case(geometry={**SMALL, "symmetry": "square"}, chart=spec, interface_size="3 um")
    write_msh(case, tmp_path / "cell.msh")
    geometry = {"kind": "mesh", "file": "cell.msh", "length_unit": "1 um", "symmetry": "hexagonal"}
    with pytest.raises(InputError, match=r"in y is 1\.732051 times"):
        cell_arrays(make_case(geometry=geometry, chart=spec))


@pytest.mark.parametrize("content", ["", "not a mesh\n", "$MeshFormat\n2.2 0 8\n"])
@pytest.mark.parametrize("name", ["bad.msh", "bad.vtu", "bad.unknown"])
def test_file_that_is_no_mesh_is_refused_quietly(tmp_path, make_case, capfd, content, name):
    (tmp_path / name).write_text(content)
    geometry = {"kind": "mesh", "file": name, "length_unit": "1 um", "symmetry": "plane_strain"}
    with pytest.raises(InputError, match=f"{name}: geometry.file"):
        build_cell(make_case(geometry=geometry))
    assert capfd.readouterr() == ("", "")


SMALL = {"period": "20 um", "metal_thickness": "15 um", "electrolyte_thickness": "10 um"}


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric", "square", "hexagonal"])
def test_written_mesh_reads_back_as_it_was(tmp_path, make_case, symmetry):
    spec = {"kind": "uniform"}
    case = make_case(geometry={**SMALL, "symmetry": symmetry}, chart=spec, interface_size="3 um")
    quality = write_msh(case, tmp_path / "cell.msh")
    geometry = {"kind": "mesh", "file": "cell.msh", "length_unit": "1 um", "symmetry": symmetry}
    again = cell_arrays(make_case(geometry=geometry, chart=spec))
    before = cell_arrays(case)
    assert again.half_period == pytest.approx(10e-6, rel=1e-12)
    for name in ("metal", "electrolyte"):
        old, new = getattr(before, name), getattr(again, name)
        assert new.points * again.length_scale == pytest.approx(
            old.points * before.length_scale, rel=1e-12, abs=1e-18
        )
        assert len(new.cells) == len(old.cells) == getattr(quality, name).cells
        assert np.bincount(new.tags).tolist() == np.bincount(old.tags).tolist()


def test_other_formats_come_in_through_meshio_with_named_sets(tmp_path, make_case):
    import meshio

    sheet = Sheet()
    names = list(sheet.groups)
    blocks = [
        ("triangle" if dimension == 2 else "line", np.array(elements))
        for dimension, elements in sheet.groups.values()
    ]
    sets = {
        name: [np.arange(len(b[1])) if k == i else np.empty(0, int) for i, b in enumerate(blocks)]
        for k, name in enumerate(names)
    }
    points = np.column_stack([np.array(sheet.nodes, dtype=float), np.zeros(len(sheet.nodes))])
    meshio.write(tmp_path / "sheet.inp", meshio.Mesh(points, blocks, cell_sets=sets))
    geometry = {
        "kind": "mesh", "file": "sheet.inp", "length_unit": "5 um", "symmetry": "plane_strain"
    }  # fmt: skip
    arrays = cell_arrays(make_case(geometry=geometry, chart={"kind": "uniform"}))
    assert arrays.half_period == pytest.approx(10e-6)
    assert len(arrays.metal.cells) == len(arrays.electrolyte.cells) == 4


def test_mesh_is_written_only_as_msh_and_nothing_else_is_touched(tmp_path, make_case):
    with pytest.raises(InputError, match=r"\.msh"):
        write_msh(make_case(), tmp_path / "cell.vtk")
    with pytest.raises(InputError, match="folder"):
        write_msh(make_case(), tmp_path / "absent" / "cell.msh")
    assert list(tmp_path.iterdir()) == []
