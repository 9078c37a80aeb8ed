"""The fields of a solved step in physical units, as parts that can be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from femna.output.mask import mask_part
from femna.output.parts import (
    Part,
    gather_body,
    gather_surface,
    node_dofs,
    spread_to_nodes,
    vectors_at_nodes,
)
from femna.physics.contact import in_contact
from femna.physics.kinematics import strain_rate
from femna.simulation.electrolyte import ElectrolyteBlock
from femna.simulation.metal import MetalBlock
from femna.simulation.system import System

Array = npt.NDArray[np.float64]

MPA = 1e-6
MILLIAMPERE_PER_CM2 = 0.1  # of one A/m^2
MICROMETRES = 1e6
NANOMETRES = 1e9


def metal_part(system: System) -> Part | None:
    """Gather velocity, pressure, von Mises stress and strain rate of the metal (collective).

    The velocity is that of the material as seen from the electrolyte. Stress and strain rate are
    means over each cell, as is the deformation resistance of a metal that has one.
    """
    metal, scales = system.metal, system.scales
    velocity = vectors_at_nodes(metal.fields.velocity)
    velocity[:, metal.mesh.geometry.dim - 1] += system.platen_velocity
    pressure = metal.fields.pressure.x.array[node_dofs(metal.pressure_space)]
    rate, stress = _deviatoric(metal, system.cell.symmetry)
    cell_data = {
        "von_mises_MPa": stress * (scales.traction * MPA),
        "strain_rate_1_s": rate * scales.rate,
    }
    if metal.resistance is not None:
        cell_data["deformation_resistance_MPa"] = _cell_means(metal, metal.resistance) * MPA
    return gather_body(
        system.cell.metal,
        point_data={
            "velocity_nm_s": velocity * (scales.velocity * NANOMETRES),
            "pressure_MPa": pressure * (scales.traction * MPA),
        },
        cell_data=cell_data,
    )


def _cell_means(metal: MetalBlock, values: Array) -> Array:
    """Return means over the owned cells of values at the quadrature points, shape (cells,)."""
    mesh, scalar = metal.mesh, metal.quadrature.scalar_space
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    _, weights = scalar.ufl_element().custom_quadrature()
    return np.asarray(values[scalar.dofmap.list[:owned]] @ (weights / weights.sum()))


def _deviatoric(metal: MetalBlock, symmetry: Any) -> tuple[Array, Array]:
    """Return equivalent strain rate and equivalent stress, means over the owned cells."""
    mesh, fields, quadrature = metal.mesh, metal.fields, metal.quadrature
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    cells = np.arange(owned, dtype=np.int32)
    _, weights = quadrature.scalar_space.ufl_element().custom_quadrature()
    x = ufl.SpatialCoordinate(mesh)
    rate = ufl.dev(strain_rate(fields.velocity, x, symmetry))
    effective = rate if fields.memory is None else rate + fields.memory

    def equivalent(tensor: Any) -> Array:
        expression = fem.Expression(tensor, quadrature.points)
        components = int(np.prod(tensor.ufl_shape, dtype=int))
        values = np.asarray(expression.eval(mesh, cells)).reshape(owned, len(weights), components)
        return np.asarray(np.sqrt((2.0 / 3.0) * np.einsum("cqi,cqi->cq", values, values)))

    strained = equivalent(rate)
    effort = strained if fields.memory is None else equivalent(effective)
    theta = fields.theta.x.array[quadrature.scalar_space.dofmap.list[:owned]]
    share = weights / weights.sum()
    return strained @ share, (theta * effort) @ share


def electrolyte_part(system: System, *, conductivity: float) -> Part | None:
    """Gather potential and current density of the electrolyte (collective).

    Of an elastic one displacement and stress, too; stresses are those in the middle of each cell.

    Parameters
    ----------
    system : System
        The solved step.
    conductivity : float
        Of the electrolyte [S/m].
    """
    electrolyte, scales = system.electrolyte, system.scales
    gradient = _gradient(electrolyte)
    field = scales.potential / scales.length
    potential = electrolyte.potential.x.array[node_dofs(electrolyte.space)]
    bent, strained = _bent(system)
    return gather_body(
        system.cell.electrolyte,
        point_data={"potential_V": potential * scales.potential, **bent},
        cell_data={
            "current_density_mA_cm2": gradient * (-conductivity * field * MILLIAMPERE_PER_CM2),
            **strained,
        },
    )


def _bent(system: System) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return an elastic electrolyte's data at the nodes and in the owned cells (collective)."""
    body = system.elastic_electrolyte
    if body is None:
        return {}, {}
    scales, mask = system.scales, system.mask
    traction = system.interface().traction * (system.contact_area / system.area)
    even = 0.0 if mask is None else mask.mean_pressure
    body.solve(system.electrolyte.spread(traction), mask_pressure=even / scales.traction)
    stress = body.stress_of_cells() * (scales.traction * MPA)
    deviator = stress - np.trace(stress, axis1=1, axis2=2)[:, None, None] / 3.0 * np.eye(3)
    moved = vectors_at_nodes(body.displacement) * (scales.traction / body.solid.youngs_modulus)
    return {"displacement_nm": moved * (scales.length * NANOMETRES)}, {
        "von_mises_MPa": np.sqrt(1.5 * np.einsum("cij,cij->c", deviator, deviator)),
        "principal_stress_MPa": np.linalg.eigvalsh(stress)[:, ::-1],
    }


def _gradient(electrolyte: ElectrolyteBlock) -> Array:
    """Return the gradient of the potential, constant in each owned cell, shape (M, 3)."""
    mesh = electrolyte.space.mesh
    dimension = mesh.geometry.dim
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    centre = np.full((1, dimension), 1.0 / (dimension + 1))
    expression = fem.Expression(ufl.grad(electrolyte.potential), centre)
    gradient = np.zeros((owned, 3))
    values = expression.eval(mesh, np.arange(owned, dtype=np.int32))
    gradient[:, :dimension] = np.asarray(values).reshape(owned, dimension)
    return gradient


def gathered(
    system: System, bodies: Iterable[str], *, conductivity: float
) -> dict[str, Part | None]:
    """Gather bodies by their names with their present fields (collective).

    Parameters
    ----------
    system : System
        The solved step, whose scales, cell and step data belong to its unknowns.
    bodies : iterable of str
        Of metal, electrolyte, interface and, where there is one, mask.
    conductivity : float
        Of the electrolyte at the protocol's temperature [S/m].

    Returns
    -------
    dict
        Parts on rank 0, None elsewhere.

    Raises
    ------
    KeyError
        For a body that the system has not.
    """
    step, view = system.required_step(), system.interface()
    # the stress belongs to the last evaluation, which may have been of other unknowns
    system.metal.update(view.openness, step.temperature, contact_pressure=view.pressure)
    scaled = conductivity * step.conductivity
    makers: dict[str, Callable[[], Part | None]] = {
        "metal": lambda: metal_part(system),
        "electrolyte": lambda: electrolyte_part(system, conductivity=scaled),
        "interface": lambda: interface_part(system),
    }
    mask = system.mask
    if mask is not None:
        dimension = system.cell.metal.mesh.geometry.dim
        makers["mask"] = lambda: mask_part(
            mask.body, length_scale=system.scales.length, dimension=dimension
        )
    return {name: makers[name]() for name in bodies}


def interface_values(system: System) -> Mapping[str, Array]:
    """Return what is written of the interface, at its owned vertices, by name with unit."""
    step = system.required_step()
    view, scales = system.interface(), system.scales
    return {
        "gap_um": view.gap * (scales.length * MICROMETRES),
        "contact_pressure_MPa": view.pressure * (scales.traction * MPA),
        "current_mA_cm2": view.current.value * (scales.current * MILLIAMPERE_PER_CM2),
        "conducting": np.asarray(step.law.conducting, dtype=np.float64),
        "openness": view.openness,
        "contact": in_contact(system.z).astype(np.float64),
    }


def interface_part(system: System) -> Part | None:
    """Gather the interface as a surface of its own (collective)."""
    space, dofs = system.metal.pressure_space, system.vertices.metal
    values = interface_values(system)
    return gather_surface(
        system.cell.metal,
        "interface",
        point_data={name: spread_to_nodes(space, dofs, v) for name, v in values.items()},
    )
