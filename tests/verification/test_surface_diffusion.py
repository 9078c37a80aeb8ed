"""An open void feeds what is dissolved at its rim by diffusion along its surface.

docs/verification.md, transport along the interface; the problem is in `rim_fed_void.py`. Without
diffusion in contact nothing else carries metal to the triple line, whose potential is the void's
curvature pressure there: the facet beside it is half as mobile, an error of order one in mu.
"""

from __future__ import annotations

from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from runs.conftest import case_text, last, rows

from femna.cli.app import execute
from verification.record import Case, Verified
from verification.rim_fed_void import BASE, SPEED, dissolved_at_the_rim, shallow, steep

STEEP = Case(
    name="rim_fed_void",
    part="interface",
    title="Surface diffusion feeds the triple line of a steep void",
    formula="J = M grad mu, div J = v; mu = -gamma kappa of the graph, 60 degrees at the rim",
    source="The graph's own equation by shooting (tests/verification/rim_fed_void.py); the facet "
    "at the triple line is half as mobile, of order one.",
    mesh="void of a few um, refined twice",
    across="facet at the rim [m]",
)
BOTH = pytest.mark.parametrize(("symmetry", "n"), [("plane_strain", 1), ("axisymmetric", 2)])


@BOTH
def test_curvature_pressure_of_a_shallow_void_falls_with_the_square_to_its_rim(
    tmp_path: Path, symmetry: str, n: int
) -> None:
    found = dissolved_at_the_rim(tmp_path, symmetry, 5.0)
    # the metal sinks as fast as contact is stripped, and all of it that meets the void is
    # dissolved at the rim: supply v x pi a^2, or v a; creep takes 2e-5 of it
    assert found.sinks == pytest.approx(SPEED, rel=1e-5)
    assert found.supply == pytest.approx(1.0, rel=1e-5)
    mu, rim = shallow(found, n)
    # what s = 1 leaves out is psi^2/2 = 0.4 % of the curvature, of which D is half; the vertex on
    # the axis keeps 3/4 of what only it sees
    assert np.abs(found.mu - mu)[1:].max() < 1e-2 * found.drop
    # mu falls by J h/M = 2 D h/a over the last facet and by as much again as it is half as mobile
    # that is 1.7 % of mu
    step = 2.0 * found.drop * found.spacing / BASE
    assert step > 1e-2 * abs(rim)
    assert found.rim == pytest.approx(rim - step, rel=2e-3)


@BOTH
def test_a_steep_void_fed_to_its_rim_has_order_two_and_its_triple_line_one(
    tmp_path: Path, symmetry: str, n: int, verified: Verified
) -> None:
    voids = [dissolved_at_the_rim(tmp_path, symmetry, 60.0, refine=r) for r in (0.5, 1.0, 2.0)]
    exact = [steep(void, n) for void in voids]
    inner, height, edge = [], [], []
    for void, (mu, gap, rim) in zip(voids, exact, strict=True):
        weight = void.area[1:]  # without the vertex on the axis
        square = float(weight @ (void.mu - mu)[1:] ** 2 / weight.sum())
        inner.append(np.sqrt(square) / abs(rim))
        height.append(np.abs(void.gap - gap).max() / gap.max())
        edge.append(void.rim / rim - 1.0)
    for errors in (inner, height):
        assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.2)
        assert errors[-1] < 1e-3
    h = [void.spacing for void in voids]
    orders = [np.log(edge[i] / edge[i + 1]) / np.log(h[i] / h[i + 1]) for i in range(2)]
    assert orders == pytest.approx([1.0, 1.0], abs=0.1)
    # the limit, by a straight line through the last two
    assert (h[1] * edge[2] - h[2] * edge[1]) / (h[1] - h[2]) == pytest.approx(0.0, abs=2e-3)
    shape = symmetry.replace("_", " ")
    verified.convergence(STEEP, f"potential, {shape}", h, inner, order=2.0)
    verified.convergence(STEEP, f"height, {shape}", h, height, order=2.0)
    verified.convergence(STEEP, f"triple line, {shape}", h, edge, order=1.0)


def test_surface_diffusion_draws_metal_from_the_loaded_rim_into_a_void(tmp_path: Path) -> None:
    # the void's surface is at -2 gamma sin(psi)/a, contact beside it at a pressure of several P:
    # the metal runs into the void
    found = []
    for coefficient in (None, "1e-19 m^3/s"):
        lines = "capillarity = true"
        if coefficient is not None:
            lines += f'\nsurface_diffusion = {{ coefficient = "{coefficient}" }}'
        file = tmp_path / ("without.toml" if coefficient is None else "with.toml")
        file.write_text(
            case_text(
                "axisymmetric",
                '{ kind = "patches", blocked_fraction = 0.3, transition = "4 um" }',
                geometry='initial_void = { radius = "5 um", contact_angle = "60 deg" }',
                interface=lines,
                numerics='step = "0.005 mAh/cm^2"',
            )
        )
        folder = tmp_path / file.stem
        assert execute(["run", str(file), "-o", str(folder)]) == 0
        for row in rows(folder):
            assert float(row["volume_balance"]) < 1e-9
        found.append(last(folder)["void_volume_um3"])
    assert found[1] < 0.99 * found[0]
