"""The coupled Jacobian against finite differences: kinetics, wall, transport and symmetry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import femna.backend  # noqa: F401  (before dolfinx)

# isort: split
import numpy as np
import pytest
from verification.cells import model, set_step
from verification.record import Case, Verified

from femna.simulation.discretisation import owned_facet_dofs
from femna.simulation.setup import Model

JACOBIAN = Case(
    name="jacobian",
    part="runs",
    title="The Jacobian of the coupled system",
    formula="J d = [R(x + h d) - R(x - h d)]/(2 h) + O(h^2)",
    source="Central differences of the residual, block by block.",
    mesh="small cells of every symmetry, part of the interface open",
    across="system",
    measure="relative difference at h = 5e-5",
)
COARSE = {
    "interface.map.transition": "8 um",
    "numerics.interface_size": "12 um",
    "geometry.metal_thickness": "40 um",
    "geometry.electrolyte_thickness": "40 um",
}
KINETICS = {
    "linear": {},
    "linear_stress": {"interface.kinetics.stress_term": "true"},
    "butler_volmer": {
        "interface.kinetics": '{ law = "butler_volmer", exchange_current_density = "5 mA/cm^2" }'
    },
    "butler_volmer_stress": {
        "interface.kinetics": (
            '{ law = "butler_volmer", exchange_current_density = "5 mA/cm^2",'
            " transfer_coefficient = 0.3, stress_term = true }"
        )
    },
}
ROUGH = {
    "interface.roughness": "{ rms_height = '0.2 um', rms_slope = 0.1 }",
    "interface.real_contact.length": "1 um",
}
KINETICS |= {
    "linear_hardness": ROUGH | {"interface.real_contact.law": "hardness"},
    "butler_volmer_stress_microconstriction": ROUGH
    | KINETICS["butler_volmer_stress"]
    | {"interface.real_contact.law": "microconstriction", "interface.real_contact.residual": "0.1"},
}
FRICTION = 'law = "friction", coefficient = 0.5, slip_velocity = 0.1'
LAWS = {
    "free_slip": '{ law = "free_slip" }',
    "sticking": '{ law = "sticking" }',
    "viscous": '{ law = "viscous", drag = "1e14 Pa*s/m" }',
    "friction": f"{{ {FRICTION} }}",
    # of the stack pressure of 0.3 MPa: some vertices below the cap, some above
    "capped": f'{{ {FRICTION}, shear_strength = "0.15 MPa" }}',
}
PAIRS = [
    *((name, "free_slip") for name in LAWS),
    *(("free_slip", name) for name in LAWS if name != "free_slip"),
    ("capped", "capped"),
]
"""Laws of the electrolyte and of the collector."""
SYMMETRIES = {
    "plane_strain": {},
    "axisymmetric": {"geometry.symmetry": "axisymmetric", "interface.map.kind": "patches"},
    "square": {"geometry.symmetry": "square", "interface.map.kind": "patches"},
    "hexagonal": {"geometry.symmetry": "hexagonal", "interface.map.kind": "patches"},
}


def held(cell: Model) -> np.ndarray:
    """Velocities and potentials that the boundary holds."""
    system = cell.system
    velocities = [c.dof_indices()[0] for c in system.metal.conditions]
    far = owned_facet_dofs(system.electrolyte.space, cell.cell.electrolyte, "far")
    return np.unique(np.concatenate([*velocities, system.layout.local_slice(3).start + far]))


def random_state(cell: Model, seed: int) -> np.ndarray:
    """Unknowns away from every kink: part of the interface closed, part of it open."""
    rng = np.random.default_rng(seed)
    system = cell.system
    x = system.create_vector()
    values = np.empty(system.layout.local_size)
    for block, scale in enumerate((0.3, 1.0, 0.0, 0.2, 0.0)):
        part = values[system.layout.local_slice(block)]
        part[:] = scale * rng.standard_normal(part.size)
    z = values[system.layout.local_slice(2)]
    sign = np.where(rng.random(z.size) < 0.5, -40.0, 1.0)
    z[:] = sign * rng.uniform(0.5, 1.5, z.size)
    values[system.layout.local_slice(4)] = (3.0, -0.8)
    # what is held stays held, as Newton's method keeps it
    values[held(cell)] = 0.0
    x.destroy()
    return values


# as strong as the other terms, so that an error in one shows
PATH = '{{ coefficient = "{} m^3/s" }}'
TRANSPORT = {
    "diffusion": {"interface.diffusion": PATH.format("1e-17")},
    "adhesion": {
        "interface.adhesion": '{ strength = "0.2 MPa" }',
        "interface.kinetics.stress_term": "true",
    },
    "capillarity": {"interface.capillarity": "true", "metal.surface_energy": "20 J/m^2"},
    "all": {
        "interface.diffusion": PATH.format("1e-17"),
        "interface.surface_diffusion": PATH.format("3e-17"),
        "interface.capillarity": "true",
        "metal.surface_energy": "20 J/m^2",
        "interface.adhesion": '{ strength = "0.2 MPa" }',
        "interface.roughness": "5 um",
    },
}


@pytest.mark.parametrize("wall", ["free_slip", "sticking"])
@pytest.mark.parametrize("kinetics", list(KINETICS))
@pytest.mark.parametrize("symmetry", list(SYMMETRIES))
def test_directional_derivative(
    tmp_path: Path, symmetry: str, kinetics: str, wall: str, verified: Verified
) -> None:
    changes = SYMMETRIES[symmetry] | KINETICS[kinetics] | {"interface.wall.law": wall}
    error = check(tmp_path, changes)
    verified.bound(JACOBIAN, {f"kinetics, {symmetry.replace('_', ' ')}": error}, 1e-5)


@pytest.mark.parametrize(("electrolyte", "collector"), PAIRS)
@pytest.mark.parametrize("symmetry", list(SYMMETRIES))
def test_directional_derivative_with_every_wall(
    tmp_path: Path, symmetry: str, electrolyte: str, collector: str
) -> None:
    walls = {"interface.wall": LAWS[electrolyte], "metal.collector_wall": LAWS[collector]}
    check(tmp_path, SYMMETRIES[symmetry] | walls)


@pytest.mark.parametrize("symmetry", list(SYMMETRIES))
def test_directional_derivative_with_friction_on_an_elastic_metal(
    tmp_path: Path, symmetry: str
) -> None:
    walls = {"interface.wall": LAWS["capped"], "metal.collector_wall": LAWS["capped"]}
    check(tmp_path, SYMMETRIES[symmetry] | walls | {"metal.elastic": "true"})


@pytest.mark.parametrize("elastic", ["false", "true"])
@pytest.mark.parametrize("symmetry", list(SYMMETRIES))
def test_directional_derivative_of_a_hardening_metal(
    tmp_path: Path, symmetry: str, elastic: str
) -> None:
    metal = {
        "metal": f'{{ material = "lithium", creep = {{ law = "anand" }}, elastic = {elastic} }}'
    }
    check(tmp_path, SYMMETRIES[symmetry] | metal)


@pytest.mark.parametrize("transport", list(TRANSPORT))
@pytest.mark.parametrize("symmetry", list(SYMMETRIES))
def test_directional_derivative_with_transport(
    tmp_path: Path, symmetry: str, transport: str, verified: Verified
) -> None:
    error = check(tmp_path, SYMMETRIES[symmetry] | TRANSPORT[transport])
    verified.bound(JACOBIAN, {f"transport, {symmetry.replace('_', ' ')}": error}, 1e-5)


@pytest.mark.parametrize("symmetry", ["plane_strain", "axisymmetric"])
def test_directional_derivative_of_a_metal_with_voids(tmp_path: Path, symmetry: str) -> None:
    check(tmp_path, SYMMETRIES[symmetry] | {"cycling.film_thickness": "0.2 um"})


@pytest.mark.parametrize("symmetry", ["plane_strain", "square"])
def test_directional_derivative_where_the_voltage_is_held(tmp_path: Path, symmetry: str) -> None:
    check(tmp_path, SYMMETRIES[symmetry] | KINETICS["butler_volmer_stress"], voltage=2.0)


def check(folder: Path, changes: dict[str, str], *, voltage: float | None = None) -> float:
    """Compare the Jacobian with central differences, block by block; return the worst block."""
    cell = model(folder, COARSE | changes)
    system = cell.system
    step = set_step(cell, dt=0.02)
    step.voltage = voltage
    system.metal.begin_step(step.dt)
    porous = system.metal.porous
    if porous is not None:  # dense in places; a film over some of the vertices
        rng = np.random.default_rng(3)
        porosity = np.maximum(rng.uniform(-0.2, 0.7, porous.porosity.shape), 0.0)
        # held and asked for at different ones; all ways in which a closing rate falls in a step
        inside, empty = 0.5 * porosity, rng.uniform(0.0, 1.0, porosity.shape)
        porous.set(porosity, inside, empty)
        step.law = replace(step.law, covered=rng.random(system.z.shape) < 0.3)
    step.old_gap = 0.3 * system.gap_scale * np.ones_like(system.z)
    at = random_state(cell, 1)
    direction = np.random.default_rng(2).standard_normal(at.size)
    direction[held(cell)] = 0.0
    x, d = system.create_vector(), system.create_vector()
    plus, minus, product = (system.create_vector() for _ in range(3))
    x.setArray(at)
    d.setArray(direction)
    system.jacobian(x).mult(d, product)
    exact = product.getArray().copy()
    errors = []
    for size in (1e-4, 5e-5):  # central differences: error ~ size^2
        x.setArray(at + size * direction)
        system.residual(x, plus)
        x.setArray(at - size * direction)
        system.residual(x, minus)
        difference = (plus.getArray() - minus.getArray()) / (2.0 * size)
        for block in range(5):
            cut = system.layout.local_slice(block)
            scale = np.linalg.norm(exact[cut])
            errors.append(np.linalg.norm(difference[cut] - exact[cut]) / scale)
    coarse, fine = np.array(errors[:5]), np.array(errors[5:])
    assert np.all(fine < 1e-5)
    # of order two, unless it is round-off (a linear block): 1e-16 over the size of the step
    assert np.all((fine < 0.3 * coarse) | (fine < 1e-9))
    return float(fine.max())
