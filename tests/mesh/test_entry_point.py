"""A geometry of an installed package: meshed as a file is, and refused in one line."""

import sys
from importlib.metadata import EntryPoint

import meshio
import numpy as np
import pytest

from femna.case import packages, parse_case, template
from femna.errors import InputError
from femna.mesh import entry_point
from femna.mesh.cell import cell_arrays


def ridges(*, period, height, columns):
    """Two rectangles of half a period, split into triangles; metal above, electrolyte below."""
    n = int(columns)
    x, y = np.linspace(0.0, 0.5 * period, n + 1), np.linspace(-height, height, 2 * n + 1)
    points = np.array([(a, b) for b in y for a in x])
    quads = [(j * (n + 1) + i, j) for j in range(2 * n) for i in range(n)]
    cells = [t for k, _ in quads for t in ((k, k + 1, k + n + 2), (k, k + n + 2, k + n + 1))]
    body = np.repeat([j >= n for _, j in quads], 2)
    row = {name: j * (n + 1) for name, j in (("far", 0), ("interface", n), ("platen", 2 * n))}
    lines, sets = [], {}
    for name, start in row.items():
        sets[name] = [[], list(range(len(lines), len(lines) + n))]
        lines += [(start + i, start + i + 1) for i in range(n)]
    sides = [(j * (n + 1) + e, (j + 1) * (n + 1) + e) for j in range(2 * n) for e in (0, n)]
    sets["side"] = [[], list(range(len(lines), len(lines) + len(sides)))]
    sets |= {"metal": [np.flatnonzero(body), []], "electrolyte": [np.flatnonzero(~body), []]}
    return meshio.Mesh(points, [("triangle", cells), ("line", lines + sides)], cell_sets=sets)


def counted_from_one(**parameters):
    """The same with its points numbered from 1, as other languages do."""
    mesh = ridges(**parameters)
    blocks = [(block.type, block.data + 1) for block in mesh.cells]
    return meshio.Mesh(mesh.points, blocks, cell_sets=mesh.cell_sets)


@pytest.fixture
def offered(monkeypatch):
    module = sys.modules[__name__]
    monkeypatch.setitem(sys.modules, "ridges_package", module)
    points = [
        EntryPoint(name, f"ridges_package:{name}", entry_point.GROUP)
        for name in ("ridges", "counted_from_one")
    ]
    monkeypatch.setattr(packages, "entry_points", lambda group: points)


def case(**entries):
    import tomllib

    document = tomllib.loads(template("mesh"))
    geometry = {
        "kind": "entry_point",
        "name": "ridges",
        "symmetry": "plane_strain",
        "parameters": {"period": "50 um", "height": "30 um", "columns": 8},
    }
    return parse_case({**document, "geometry": geometry | entries})


def test_its_mesh_is_that_of_the_function_in_metres(offered):
    arrays = cell_arrays(case())
    assert arrays.half_period == pytest.approx(25e-6)
    assert len(arrays.metal.cells) == len(arrays.electrolyte.cells) == 2 * 8 * 8
    assert arrays.metal.points[:, 1].max() * arrays.length_scale == pytest.approx(30e-6)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"name": "hills"}, "no installed package offers it"),
        ({"name": "counted_from_one"}, "of 153 points"),
        ({"parameters": {"period": "50 um"}}, "its function fails"),
        ({"symmetry": "square"}, "is of dimension 2, 3 expected"),
    ],
)
def test_what_does_not_fit_is_one_line(offered, entries, said):
    with pytest.raises(InputError, match=said):
        cell_arrays(case(**entries))


def test_reading_a_case_runs_no_foreign_code():
    assert case(name="not installed").geometry.name == "not installed"
