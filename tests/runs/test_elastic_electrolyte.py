"""What a run writes of an elastic electrolyte."""

import numpy as np
import pytest
import pyvista
from runs.conftest import STRIPES, UNIFORM, case_text

CERAMIC = 'elastic = true\nyoungs_modulus = "200 GPa"\npoisson_ratio = 0.25'
STEPS = 'step = "0.01 mAh/cm^2"'


def electrolyte(folder):
    """Return the electrolyte at the end of a run."""
    reader = pyvista.get_reader(folder / "fields.pvd")
    reader.set_active_time_value(reader.time_values[-1])
    return reader.read()[1]


def test_an_even_pressure_gives_the_stress_and_sinking_of_a_column(run):
    written = electrolyte(run(case_text(chart=UNIFORM, numerics=STEPS, electrolyte=CERAMIC)))
    # 0.2 MPa, 200 GPa and 20 um: nu / (1 - nu) = 1/3, (1 + nu)(1 - 2 nu)/(1 - nu) = 5/6
    exact = np.tile([-0.2 / 3.0, -0.2 / 3.0, -0.2], (written.n_cells, 1))
    np.testing.assert_allclose(written["principal_stress_MPa"], exact, rtol=1e-8)
    np.testing.assert_allclose(written["von_mises_MPa"], 0.4 / 3.0, rtol=1e-8)
    sunk = 0.2e6 * 20e-6 / 200e9 * 5.0 / 6.0 * 1e9
    exact = -sunk * (1.0 + written.points[:, 1] / 20.0)
    np.testing.assert_allclose(written["displacement_nm"][:, 1], exact, atol=1e-8 * sunk)


def test_a_rigid_electrolyte_has_no_stress(run):
    written = electrolyte(run(case_text(chart=UNIFORM, numerics=STEPS)))
    assert "potential_V" in written.point_data
    assert "displacement_nm" not in written.point_data
    assert "principal_stress_MPa" not in written.cell_data


def test_blocked_places_press_the_electrolyte_down_and_pull_it_along_the_surface(run):
    written = electrolyte(run(case_text(numerics=STEPS, electrolyte=CERAMIC)))
    top = written.points[:, 1] > -1e-6
    places, sunk = written.points[top, 0], -written["displacement_nm"][top, 1]
    # the passivated middle, where the current does not recede the metal, bears most
    assert places[np.argmax(sunk)] == pytest.approx(0.0, abs=2.1)
    assert places[np.argmin(sunk)] == pytest.approx(20.0, abs=2.1)


def test_the_elastic_electrolyte_does_not_change_the_run(run):
    folders = [
        run(case_text(numerics=STEPS, electrolyte=said), name)
        for name, said in (("elastic", CERAMIC), ("rigid", ""))
    ]
    one, other = ((folder / "history.csv").read_bytes() for folder in folders)
    assert one == other


@pytest.mark.parametrize(
    "symmetry", ["plane_strain", pytest.param("square", marks=pytest.mark.slow)]
)
def test_ranks_write_one_stress(launch, tmp_path, symmetry):
    (tmp_path / "case.toml").write_text(
        case_text(symmetry, STRIPES.replace("4 um", "5 um"), numerics=STEPS, electrolyte=CERAMIC)
    )
    found = []
    for ranks in (1, 2, 3):
        done = launch(["run", tmp_path / "case.toml", "-o", tmp_path / str(ranks)], ranks=ranks)
        assert done.returncode == 0, done.stderr
        found.append(electrolyte(tmp_path / str(ranks)))
    for other in found[1:]:
        for data in ("displacement_nm", "principal_stress_MPa", "von_mises_MPa"):
            values = found[0][data]
            np.testing.assert_allclose(other[data], values, atol=1e-7 * np.abs(values).max())
