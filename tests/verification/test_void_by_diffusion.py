"""A void in rigid metal that is fed by the interface around it, as Needleman and Rice's.

docs/verification.md, transport along the interface. The rigid metal over the interface closes the
void as the two grains of a boundary do theirs: all that its approach U displaces must diffuse
along the one interface into the void, so r M p' = -U (b^2 - r^2)/2 between a and b and the void
changes by -pi b^2 U, as in Needleman and Rice's grain boundary. The tension presses the void's
surface with its mean curvature too, hence P + s_s acts and not P + (1 - f) s_s: the load on the
annulus over the whole area is P + f s_s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from reference.closed_forms import recession_speed

from verification.record import Case, Verified
from verification.transport import (
    HALF_PERIOD,
    MOLAR_VOLUME,
    flat_cell,
    initial_gap,
    linear_metal,
    path,
    solve,
)

PRESSURE = 0.3e6
BASE = 7.5e-6
ANGLE = 30.0


CLOSING = Case(
    name="needleman_rice",
    part="interface",
    title="A void that closes by diffusion along the interface",
    formula="dV/dt = -4 pi M (P + s_s)/[ln(1/f) - (3 - f)(1 - f)/2]",
    source="A. Needleman, J. R. Rice, Acta Metall. 28 (1980) 1315, one body over one interface; "
    "s_s = 2 gamma sin(psi)/a.",
    mesh="axisymmetric, 0.5 um on a void of 7.5 and 12.5 um",
    across="load P + s_s [MPa]",
    measure="rate over the closed form's per P [MPa]",
)
RIM = Case(
    name="void_rim",
    part="interface",
    title="Curvature pressure at a void's rim, and stripping around it",
    formula="p(a) = -2 gamma sin(psi)/a; pi b^2 (i + U - I) = pi b^2 I f/(1 - f) + dV/dt",
    source="Balance of the surface at the triple line; half a facet counts as contact: order one.",
    mesh="axisymmetric, 2 to 0.5 um on a void of 7.5 um",
    across="element over the default",
)


@dataclass(frozen=True)
class Void:
    """One step of a void in rigid metal, in SI; what is not measured follows from the case.

    Attributes
    ----------
    f : float
        Share of the cell that the void covers, (a/b)^2.
    sintering : float
        s_s = 2 gamma sin(psi)/a.
    closing : float
        Measured rate at which the void shrinks.
    contact : float
        Measured load on the annulus over the whole area of the cell.
    rim, spacing : float
        Measured contact pressure at the vertex of the triple line; the facet's length over a.
    needleman_rice : float
        4 pi M / [ln(1/f) - (3 - f)(1 - f)/2], a rate of volume for every Pa.
    """

    f: float
    sintering: float
    closing: float
    contact: float
    rim: float
    spacing: float
    needleman_rice: float


def void(
    folder: Path,
    surface_energy: float,
    *,
    refine: float = 1.0,
    base: float = BASE,
    mobility: float = 1e-27,
    free: float = 1e3,
    current: float = 0.0,
    dt: float = 1e-5,
) -> Void:
    """Take one step with a void; `free` is the mobility of its surface over the interface's."""
    f = (base / HALF_PERIOD) ** 2
    changes = {
        "geometry.symmetry": "axisymmetric",
        "geometry.initial_void": f'{{ radius = "{base} m", contact_angle = "{ANGLE} deg" }}',
        # creep would carry 1e-4 at the scale of the void
        **linear_metal(1e4 / (2.0 * mobility * (np.pi / base) ** 3)),
        "interface.diffusion": path(mobility),
        # the void keeps its equilibrium shape, as the closed form assumes
        "interface.surface_diffusion": path(free * mobility),
        "interface.capillarity": "true",
        "metal.surface_energy": f"{surface_energy} J/m^2",
        "interface.roughness": "0.001 um",
        # the rim of a void that sinters is under the tension s_s
        "interface.adhesion": '{ strength = "1 MPa" }',
        "numerics.interface_size": "1 um",
    }
    built = flat_cell(folder, changes, refine=refine)
    system, scales = built.system, built.scales
    old = initial_gap(built)
    solve(built, np.ones_like, dt=dt, current=current, tolerance=1e-8)
    change = float(system.area @ (system.gap - old)) / dt
    view, place = system.interface(), system.vertices.horizontal[:, 0]
    inside = old > 0.0
    edge = np.flatnonzero(~inside)[np.argmin(place[~inside])]
    assert np.array_equal(view.gap > 0.0, inside)
    return Void(
        f=f,
        sintering=2.0 * surface_energy * np.sin(np.radians(ANGLE)) / base,
        closing=-change * scales.length**2 * scales.velocity,
        contact=float(system.area @ view.pressure) / system.total_area * PRESSURE,
        rim=float(view.pressure[edge]) * PRESSURE,
        spacing=1.0 - float(place[inside].max() / place[edge]),
        needleman_rice=4.0 * np.pi * mobility / (np.log(1.0 / f) - 0.5 * (3.0 - f) * (1.0 - f)),
    )


@pytest.mark.parametrize("surface_energy", [1e-4, 1.0])
@pytest.mark.parametrize("base", [BASE, 0.5 * HALF_PERIOD])
def test_a_void_closes_as_needleman_and_rice_say(
    tmp_path: Path, surface_energy: float, base: float, verified: Verified
) -> None:
    found = void(tmp_path, surface_energy, refine=2.0, base=base)
    f, sintering = found.f, found.sintering
    assert (sintering / PRESSURE > 0.2) == (surface_energy == 1.0)
    load = PRESSURE + sintering
    assert found.closing == pytest.approx(found.needleman_rice * load, rel=1e-2)
    # as they write it: s over the whole area by what crosses the boundary, tension positive
    s = -found.contact
    driven = s - (1.0 - f) * sintering
    assert -found.closing == pytest.approx(found.needleman_rice * driven, rel=1e-2)
    # the annulus bears P and what the void's surface pulls: s = -(P + f s_s). The rim's vertex has
    # half a facet of the void, at -s_s: 2 pi a (h/2) s_s over pi b^2
    error = f * found.spacing * sintering
    assert found.contact == pytest.approx(PRESSURE + f * sintering, abs=1.5 * error)
    rate = found.closing / found.needleman_rice
    label = f"f = {f:.2g}, s_s = {sintering / PRESSURE:.2g} P"
    verified.curve(CLOSING, label, [1e-6 * load], [1e-6 * rate], [1e-6 * load])


def test_the_rim_of_a_void_is_under_its_curvature_pressure_to_order_two(
    tmp_path: Path, verified: Verified
) -> None:
    free, mobility, dt = 1e5, 1e-27, 2e-4
    errors = []
    for refine in (0.5, 1.0, 2.0):
        found = void(tmp_path, 1.0, refine=refine, mobility=mobility, free=free, dt=dt)
        sinks = found.needleman_rice * (PRESSURE + found.sintering) / (np.pi * HALF_PERIOD**2)
        time = dt * HALF_PERIOD / recession_speed(5.0, MOLAR_VOLUME)
        # what the void has lost by then: V = pi a^3 (3 t + t^3)/6, t = tan(psi/2), sin = 2t/(1+t^2)
        t = np.tan(0.5 * np.radians(ANGLE))
        lost = np.pi * HALF_PERIOD**2 * sinks * time / (np.pi * BASE**3 * (3.0 * t + t**3) / 6.0)
        by_volume = lost * (3.0 + t**2) * (1.0 - t**2) / (3.0 * (1.0 + t**2) ** 2)
        # and what drives the arriving metal inwards, shallow: the cap sinks with the metal and
        # keeps its shape, so J = U [r/2 - (b/a)^2 (r - r^3/(2 a^2))]; with g = 0 at a the volume
        # weighs mu by a^2 - r^2, hence mu(a) is above its mean by U [11 b^2/48 - a^2/6]/M_free
        inwards = sinks * (11.0 * HALF_PERIOD**2 / 48.0 - BASE**2 / 6.0) / (free * mobility)
        exact = -found.sintering * (1.0 - by_volume) + inwards
        assert abs(exact / found.sintering + 1.0) < 2e-4  # -2 gamma sin(psi)/a
        errors.append(abs(found.rim / exact - 1.0))
    orders = [np.log2(a / b) for a, b in pairwise(errors)]
    # (k h)^2/12 of linear elements
    assert orders == pytest.approx([2.0, 2.0], abs=0.15)
    assert errors[-1] < 1e-4
    verified.convergence(RIM, "pressure at the rim", [2.0, 1.0, 0.5], errors, order=2.0)


def test_stripping_lets_the_metal_sink_onto_a_void(tmp_path: Path, verified: Verified) -> None:
    # contact strips i = I/(1 - f) all over; the rigid metal sinks at i and by what diffuses, U, so
    # pi b^2 (i + U - I) = pi b^2 I f/(1 - f) + Needleman and Rice's rate
    speed, mobility = recession_speed(5.0, MOLAR_VOLUME), 1e-25
    errors = []
    for refine in (1.0, 2.0):
        found = void(tmp_path, 1.0, refine=refine, mobility=mobility, current=1.0)
        diffuses = found.needleman_rice * (PRESSURE + found.sintering)
        sinks = np.pi * HALF_PERIOD**2 * speed * found.f / (1.0 - found.f)
        assert diffuses > sinks
        errors.append(1.0 - found.closing / (sinks + diffuses))
    # half a facet of the void counts as contact: order one
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1.0, abs=0.15)
    assert errors[1] < 5e-3
    assert 2.0 * errors[1] - errors[0] == pytest.approx(0.0, abs=5e-4)
    verified.convergence(RIM, "closing under stripping", [1.0, 0.5], errors, order=1.0)
