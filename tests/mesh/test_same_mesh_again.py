"""A unit cell that was meshed last is not meshed again; one that differs is."""

import numpy as np
import pytest

from femna.mesh import build_cell
from femna.mesh import cell as cell_module
from femna.mesh.cell import cell_arrays


@pytest.fixture
def meshed(monkeypatch):
    """Return the list of what is meshed from now on."""
    cases = []

    def counted(case, *, refine=1.0, outline=None):
        cases.append((case, refine))
        return cell_arrays(case, refine=refine, outline=outline)

    monkeypatch.setattr(cell_module, "cell_arrays", counted)
    monkeypatch.setattr(cell_module, "_last", cell_module._Last())
    return cases


def points(case, **options):
    return build_cell(case, **options).metal.mesh.geometry.x


def at(case, **protocol):
    return case.model_copy(update={"protocol": case.protocol.model_copy(update=protocol)})


def test_another_pressure_and_current_take_the_same_mesh(make_case, meshed):
    case = make_case(interface_size="5 um")
    first = points(case)
    moved = first.copy()
    first += 1.0  # a run moves the mesh that it was given, not the one that is kept
    again = points(at(case, pressure=1e5, current_density=5.0))
    assert len(meshed) == 1
    assert np.array_equal(again, moved)


def test_what_changes_the_mesh_is_meshed(make_case, meshed):
    narrow = {"kind": "stripes", "blocked_fraction": 0.2, "transition": "1 um"}
    case = make_case(interface_size="5 um")
    points(case)
    points(make_case(interface_size="5 um", chart=narrow))
    points(make_case(interface_size="4 um", chart=narrow))
    points(make_case(interface_size="4 um", chart=narrow), refine=1.5)
    points(make_case(interface_size="4 um", chart=narrow, geometry={"period": "40 um"}))
    # the resistances of a map may depend on it
    points(at(make_case(interface_size="4 um", chart=narrow), temperature=333.0))
    assert len(meshed) == 6
