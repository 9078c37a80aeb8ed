"""What the current does where a film below an enclosed void has gone."""

from __future__ import annotations

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
from verification.cells import model

from femna.simulation.electrode import Electrode
from femna.simulation.occlusion import SHORTEST
from femna.simulation.schedule import phases


def test_current_is_balanced_where_a_gap_opens_below_a_void_that_closes(tmp_path):
    # within one step the void over a film closes and the film lifts off: it carries no current now
    changes = {
        "geometry.metal_thickness": "30 um",
        "interface.map.transition": "8 um",
        "protocol.steps": '[{ do = "plate" }]',
        "cycling.film_thickness": "0.2 um",
        "cycling.porous_creep": "none",
    }
    cell = model(tmp_path, changes)
    electrode, phase = Electrode(cell), phases(cell.case)[0]
    layers = electrode.stage.occlusion.layers
    films = cell.conducting < 0.9
    layers.lengths[films, 0] = 0.5 * SHORTEST * cell.system.gap_scale
    layers.heights[films, 0] = 0.2
    layers.covered[films] = 1.0
    assert electrode.solve(phase, 10.0, electrode.stage.save()).converged
    solved = cell.system.interface().current.value.copy()
    forces = electrode.accept(phase, 10.0, 0.0)
    assert not layers.covered.any()
    lifted = films & (electrode.stage.gap > 0.0)
    lost = np.abs(solved - cell.system.interface().current.value)[lifted]
    assert np.max(lost) > 1e-4  # of the mean current: what the film carried there
    assert electrode.measures.balances(electrode.clock, forces=forces).charge < 1e-8


def test_a_void_rises_by_what_diffuses_to_the_film_below_it(tmp_path):
    # at rest no current passes and no gap opens: only diffusion thickens or thins the film
    changes = {
        "geometry.metal_thickness": "30 um",
        "interface.map.transition": "8 um",
        "interface.diffusion.coefficient": "1e-18 m^3/s",
        "protocol.pressure": "4 MPa",
        "protocol.steps": '[{ do = "rest", time = "1 h" }]',
        "cycling.film_thickness": "0.2 um",
        "cycling.porous_creep": "none",
        "geometry.initial_void": '{ radius = "5 um", contact_angle = "60 deg" }',
    }
    cell = model(tmp_path, changes)
    system = cell.system
    electrode, phase = Electrode(cell), phases(cell.case)[0]
    electrode.solve_first(phase, 1e-3)
    layers = electrode.stage.occlusion.layers
    films = electrode.stage.gap == 0.0  # beside the void, where metal is pressed on and leaves
    layers.lengths[films, 0] = 0.1
    layers.heights[films, 0] = 0.2
    layers.covered[films] = 1.0
    assert electrode.solve(phase, 1.0, electrode.stage.save()).converged
    rise = system.required_step().dt * (system.platen_velocity - system.metal.flux() / system.area)
    electrode.accept(phase, 1.0, 0.0)
    assert np.max(np.abs(rise[films])) > 1e-6
    there = films & (layers.lengths[:, 0] > 0.0)
    np.testing.assert_allclose(layers.heights[there, 0] - 0.2, rise[there], atol=1e-12)
