"""Both electrodes across one electrolyte, against both interfaces solved at once and a mirror.

docs/verification.md. Contact is closed, kinetics linear: what is tested is the current.
"""

from __future__ import annotations

from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from mpi4py import MPI
from reference.two_interfaces import Layer, disc, half_period
from scipy.interpolate import CubicSpline

from femna.case import Case, load_case, shares_electrolyte
from femna.simulation.conduction import distribute_current
from femna.simulation.setup import Model, build_counter, build_model
from femna.simulation.shared_electrolyte import SharedElectrolyte
from verification.cells import CASE as CELL
from verification.cells import set_step
from verification.stacks import stack_case, stack_model

Array = np.ndarray

REFINED = (0.5, 1.0, 2.0)
KAPPA, RESISTANCE = 0.2, 8e-4  # of both cases: 2 mS/cm, 8 ohm cm2
SPOTS = {
    "interface.map": "{ kind = 'patches', blocked_fraction = 0.3, transition = '0.4 mm', "
    "inside = 'blocked' }",
    "counter.map": "{ kind = 'patches', blocked_fraction = 0.5, transition = '0.4 mm', "
    "inside = 'conducting' }",
    "numerics.interface_size": "0.1 mm",
}
STRIPES = {
    "interface.map": "{ kind = 'stripes', blocked_fraction = 0.3, transition = '10 um' }",
    "counter.map": "{ kind = 'stripes', blocked_fraction = 0.5, transition = '10 um' }",
}


def pair(case: Case, *, refine: float) -> tuple[Model, Model, SharedElectrolyte]:
    """Return both electrodes of a case, closed, and their electrolyte."""
    working = build_model(case, MPI.COMM_SELF, refine=refine)
    counter = build_counter(case, MPI.COMM_SELF, refine=refine)
    assert counter is not None
    set_step(working, dt=1.0)
    set_step(counter, dt=1.0, current=-1.0)
    return working, counter, SharedElectrolyte(working.system, counter.system)


def closed_voltages(case: Case, *, refine: float) -> tuple[Model, Model, Array]:
    """Return both electrodes and their voltages over that of the nominal current in one."""
    working, counter, shared = pair(case, refine=refine)
    contacts = (np.ones_like(working.system.z), np.ones_like(counter.system.z))
    return working, counter, np.array(shared.distribute(contacts))


def errors(case: Case, layer: Layer, *, thickness: float) -> tuple[Array, Array]:
    """Errors of both voltages (relative) and of the local current (over the mean), by mesh."""
    voltages, local = [], []
    for refine in REFINED:
        working, counter, found = closed_voltages(case, refine=refine)
        maps = tuple(
            (lambda x, model=model: np.asarray(model.chart(x[:, None])))
            for model in (working, counter)
        )
        one, two, current = layer.currents(
            (maps[0], maps[1]), thickness=thickness, kappa=KAPPA, resistance=RESISTANCE
        )
        scale = working.scales.potential / working.scales.current
        voltages.append(found * scale / np.array([one, two]) - 1.0)
        places = working.system.vertices.horizontal[:, 0] * working.scales.length
        expected = CubicSpline(layer.places, current)(places)
        local.append(np.max(np.abs(working.system.interface().current.value - expected)))
    return np.abs(voltages), np.array(local)


def judge(voltages: Array, local: Array) -> None:
    """Second order in the mesh, on both electrodes."""
    # meshes are generated anew: the order over two refinements
    assert np.log2(local[0] / local[-1]) / 2.0 > 1.7, local
    assert local[-1] < 0.02
    assert np.all(np.log2(voltages[0] / voltages[-1]) / 2.0 > 1.2), voltages
    assert np.all(voltages[-1] < 2e-3)


@pytest.mark.parametrize("thickness", ["0.7 mm", "0.2 mm"])
def test_discs_of_two_maps_are_both_interfaces_solved_at_once(tmp_path, thickness):
    changes = {
        "geometry.electrolyte_diameter": "5 mm",
        "geometry.electrolyte_thickness": thickness,
    }
    case = stack_case(tmp_path, SPOTS | changes)
    judge(*errors(case, disc(2.5e-3), thickness=case.geometry.electrolyte_thickness))


def test_discs_in_three_dimensions_are_both_interfaces_solved_at_once(tmp_path):
    solid = {
        "geometry.symmetry": "mirror",
        "geometry.electrolyte_diameter": "5 mm",
        "geometry.metal_thickness": "1 mm",  # it is not solved; the elements may be as large
        "interface.map.transition": "0.8 mm",
        "counter.map.transition": "0.8 mm",
        "numerics.interface_size": "0.4 mm",
    }
    case = stack_case(tmp_path, SPOTS | solid)
    layer, voltages, local = disc(2.5e-3), [], []
    for refine in (0.5, 1.5):
        working, counter, found = closed_voltages(case, refine=refine)
        maps = tuple(
            (lambda r, model=model: np.asarray(model.chart(np.column_stack([r, 0.0 * r]))))
            for model in (working, counter)
        )
        one, two, current = layer.currents(
            (maps[0], maps[1]), thickness=0.7e-3, kappa=KAPPA, resistance=RESISTANCE
        )
        scale = working.scales.potential / working.scales.current
        voltages.append(np.max(np.abs(found * scale / np.array([one, two]) - 1.0)))
        places = np.linalg.norm(working.system.vertices.horizontal, axis=1) * working.scales.length
        expected = CubicSpline(layer.places, current)(places)
        local.append(np.max(np.abs(working.system.interface().current.value - expected)))
    # second order, on meshes that are generated anew
    assert np.log(local[0] / local[1]) / np.log(3.0) > 1.5, local
    assert np.log(voltages[0] / voltages[1]) / np.log(3.0) > 1.5, voltages
    assert local[1] < 0.05
    assert voltages[1] < 1e-3


def stripes_case(folder: Path, half: str, **changes: str) -> Case:
    path = folder / "case.toml"
    path.write_text(CELL)
    return load_case(path, STRIPES | {"geometry.electrolyte_thickness": half} | changes)


def test_stripes_across_a_thin_electrolyte_are_both_interfaces_solved_at_once(tmp_path):
    case = stripes_case(tmp_path, "5 um")  # half of it, a tenth of the period
    assert shares_electrolyte(case)
    judge(*errors(case, half_period(25e-6), thickness=10e-6))


def test_a_thick_electrolyte_gives_what_two_halves_of_it_give(tmp_path):
    # 2 exp(-2 pi D/period) = 1e-2 where the way of solving changes; the errors stay below
    case = stripes_case(tmp_path, "20.9 um")
    assert shares_electrolyte(case)
    assert not shares_electrolyte(stripes_case(tmp_path, "21.1 um"))
    _, _, found = closed_voltages(case, refine=1.0)
    half = build_model(case, MPI.COMM_SELF, shared=False)
    set_step(half, dt=1.0)
    alone = distribute_current(half.system, np.ones_like(half.system.z))
    assert found[0] == pytest.approx(alone, rel=2e-3)


def test_electrodes_of_one_map_have_an_equipotential_between_them(tmp_path):
    # the whole middle of the disc, the bare ring included: half the disc, grounded all over
    spot = SPOTS["interface.map"]
    case = stack_case(tmp_path, SPOTS | {"counter.map": spot})
    half = {
        "interface.map": spot,
        "numerics.interface_size": "0.1 mm",
        "geometry.electrolyte_thickness": "0.35 mm",
        "geometry.counter_diameter": "10 mm",
    }
    apart = []
    for refine in REFINED:
        _, _, (one, two) = closed_voltages(case, refine=refine)
        assert one == pytest.approx(-two, rel=1e-8)
        model = stack_model(tmp_path, half, refine=refine)
        set_step(model, dt=1.0)
        alone = distribute_current(model.system, np.ones_like(model.system.z))
        apart.append(abs(one / alone - 1.0))
    assert apart[-1] < 2e-3
    # between one and two: current crowds at the rims, and the far one has coarser elements
    assert np.log2(apart[0] / apart[-1]) / 2.0 > 1.3, apart


def test_what_both_hold_at_each_other_is_what_both_have_there(tmp_path):
    case = stack_case(tmp_path, SPOTS)
    working, counter, shared = pair(case, refine=1.0)
    shared.distribute((np.ones_like(working.system.z), np.ones_like(counter.system.z)))
    assert shared.agreed()
    block = working.system.electrolyte
    far = np.average(block.held, weights=block.far_area())
    near = np.average(block.at_interface(), weights=working.system.area)
    assert near == pytest.approx(-far, rel=1e-7)  # the reference lies between
    for model, sign in ((working, 1.0), (counter, -1.0)):
        out = model.system.electrolyte.current_out()
        assert out == pytest.approx(sign * model.system.total_area, rel=1e-10)
    # disturbed, they no longer agree
    tilt = np.linspace(0.0, 1e-5 * near, len(block.held))
    block.hold(block.held + tilt)
    assert not shared.agreed()
