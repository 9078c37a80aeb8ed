"""A metal full of voids in a cell that only lets it be compacted: the law's own solution."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from scipy.optimize import brentq
from verification.cells import model, set_step
from verification.record import Case

from femna.physics.porous_creep import PowerLaw, respond
from femna.simulation.newton import Newton
from femna.simulation.start import solve_from_rest

PRESSURE, POROSITY = 0.3e6, 0.2
LAW = PowerLaw((0.53e-30) ** -0.2, 5.0)
COMPACTION = Case(
    name="porous_layer",
    part="voids",
    title="A porous layer under a pressure that can only be compacted",
    formula="P = p_m + (2/3) s_e, f decays at the law's rate over the step",
    source="The law's own algebra for the strain (0, 0, -e), by bisection; porosity 0.2, 0.3 MPa.",
    mesh="the unit cell, elements of 10 um, one step of 2 s",
    across="body",
    measure="relative error of the collector's speed",
)
COARSE = {
    "interface.map": '{ kind = "uniform" }',
    "numerics.interface_size": "10 um",
    "cycling.film_thickness": "0.2 um",
}


def compaction(seconds, *, floor, sphere, empty):
    """Rate [1/s] at which a layer under a pressure is compacted, its sides held.

    Of the rate (0, 0, -e) the deviator has the equivalent (2/3) e, and its stress along the axis is
    -(2/3) s_e: the mean pressure is P - (2/3) s_e.
    """

    def at(rate, mean):
        regular = np.array([np.hypot(2.0 / 3.0 * rate, floor)])
        found = respond(
            LAW, regular, np.array([mean]), porosity=np.array([POROSITY]), sphere=sphere
        )
        # the floor is in the viscosity, not in the rate
        return found.stress[0] * (2.0 / 3.0 * rate) / regular[0], found.closing[0]

    def rate_at(mean):
        return brentq(
            lambda rate: mean + 2.0 / 3.0 * at(rate, mean)[0] - PRESSURE, 0.0, 1e3, xtol=1e-20
        )

    def excess(mean):
        rate = rate_at(mean)
        drawn = at(rate, mean)[1] * seconds / POROSITY
        bend = 1.0 - empty  # the loss falls along a line with what is left
        lost = -np.expm1(-bend * drawn) / bend if bend else drawn
        return POROSITY * lost / seconds - rate

    return rate_at(brentq(excess, 1e-6 * PRESSURE, PRESSURE, xtol=1e-9))


def error_of_compaction(tmp_path, symmetry, *, empty):
    """Relative error of the collector's speed, once the volumes have been held together."""
    shape = {"geometry.symmetry": symmetry}
    cell = model(tmp_path, COARSE | shape)
    system, porous = cell.system, cell.system.metal.porous
    everywhere = np.full_like(porous.porosity, POROSITY)
    porous.set(everywhere, everywhere, np.full_like(everywhere, empty))
    seconds = 2.0
    step = set_step(cell, dt=seconds / cell.scales.time)
    system.metal.begin_step(step.dt)
    result = solve_from_rest(system, Newton(system))
    assert result.converged
    sphere = symmetry == "axisymmetric"
    exact = compaction(seconds, floor=system.metal.rate_floor, sphere=sphere, empty=empty)
    # it recedes by what is stripped, and sinks by what is compacted
    sinking = (-system.platen_velocity - 1.0) * cell.scales.velocity
    # and the volume that the points lose is what the collector sinks
    lost = porous.closing().sum() / system.total_area
    assert lost == pytest.approx(-system.platen_velocity - 1.0, rel=1e-9)
    assert porous.volumes().sum() == pytest.approx(cell.system.total_area * 4.0, rel=1e-9)
    return sinking / (exact * cell.metal_thickness) - 1.0


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_a_layer_is_compacted_at_the_rate_of_the_law(tmp_path, symmetry, verified):
    error = error_of_compaction(tmp_path, symmetry, empty=0.0)
    assert abs(error) < 1e-7
    verified.bound(COMPACTION, {symmetry.replace("_", " "): error}, 1e-7)


@pytest.mark.parametrize("empty", [0.5, 1.0])
@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_so_is_one_whose_voids_close_by_their_width(tmp_path, symmetry, empty):
    assert abs(error_of_compaction(tmp_path, symmetry, empty=empty)) < 1e-7
