"""Checks across tables: entries that are fine alone and impossible together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from femna.case.counter import check_as_own_case, check_counter
from femna.case.creep_checks import check_creep
from femna.case.cycling import check_cycling
from femna.case.element_size import element_size
from femna.case.geometry import MeshedCell, UnitCell
from femna.case.image_cell import ImageCell, check_image_cell
from femna.case.map_checks import (
    check_image,
    check_resistances,
    check_symmetry,
    check_transition,
)
from femna.case.mask import check_mask
from femna.case.metal_voids import check_metal_voids
from femna.case.output_checks import check_fields_at
from femna.case.probe import check_probes
from femna.case.real_contact import check_real_contact
from femna.case.refusal import micrometres, refuse
from femna.case.roughness import Topography
from femna.case.stack import Stack
from femna.case.stack_checks import check_stack
from femna.case.symmetry import SHAPES
from femna.case.units import render

if TYPE_CHECKING:
    from femna.case.model import Case
    from femna.case.protocol import Step

STEEPEST_3D: Final = math.radians(40.0)
"""Largest contact angle of a void in three dimensions: steeper, and cells at its edge turn flat."""

MOST_ELEMENTS: Final = {2: 20_000, 3: 1_000}
"""Along a period, by the dimension: beyond, no machine holds the mesh."""

_CHARGES = ("mAh/cm^2",)


def cross_check(case: Case) -> None:
    """Refuse a case whose tables contradict each other.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    check_counter(case)
    if isinstance(case.geometry, ImageCell):
        check_image_cell(case, case.geometry)
    check_symmetry(case)
    check_resistances(case)
    check_creep(case)
    check_real_contact(case)
    check_image(case)
    check_mask(case)
    _check_steps(case)
    check_fields_at(case)
    check_cycling(case)
    _check_increments(case)
    _check_surface_diffusion(case)
    check_probes(case)
    if isinstance(case.geometry, UnitCell):
        _check_void(case.geometry)
        check_metal_voids(case, case.geometry)
    if isinstance(case.geometry, Stack):
        check_stack(case, case.geometry)
    if isinstance(case.geometry, MeshedCell):
        check_transition(case, case.geometry)
        _check_sizes(case, case.geometry)
        _check_roughness(case, case.geometry)
    check_as_own_case(case)
    _check_remesh(case)


def _check_remesh(case: Case) -> None:
    angle, geometry = case.numerics.remesh_angle, case.geometry
    if angle is not None and not (isinstance(geometry, Stack) and geometry.rim == "moving"):
        refuse(
            "numerics.remesh_angle",
            render(angle, ("deg",), "rad"),
            "only a stack whose rim moves gets a new mesh on the way",
            "remove it, or write geometry.rim = 'moving'",
        )


LONGEST: Final = 1e11
SHORTEST: Final = 1e-9
"""Of a step of the protocol [s]: three thousand years, and less than a double layer takes."""


MOST_PHASES: Final = 1_000_000
"""Steps of a protocol, its repetitions counted: more half cycles than any battery lives."""


def _check_steps(case: Case) -> None:
    count = len(case.protocol.steps) * case.protocol.repeat
    if count > MOST_PHASES:
        limit = f"makes {count} steps, more than {MOST_PHASES}"
        refuse("protocol.repeat", case.protocol.repeat, limit, "repeat less often")
    for index, step in enumerate(case.protocol.steps):
        where = f"protocol.steps.{index}"
        if step.do == "hold":
            _check_hold(case, step, where)
            continue
        for name in ("voltage", "until_current"):
            if getattr(step, name) is not None:
                refuse(f"{where}.{name}", "(given)", f"a {step.do} holds no voltage", "remove it")
        if step.do == "rest":
            if step.time is None:
                refuse(f"{where}.time", "(missing)", "a rest needs a time", "add time = '1 h'")
            for name in ("current_density", "charge", "until"):
                if getattr(step, name) is not None:
                    refuse(f"{where}.{name}", "(given)", "a rest carries no current", "remove it")
        elif step.time is not None and step.charge is not None:
            refuse(
                f"{where}.time",
                render(step.time, ("h", "s"), "s"),
                f"a {step.do} ends by its charge or by a time, not by both",
                "remove one of them",
            )
        elif step.time is None:
            _check_duration(case, index)
    _check_start(case)


HIGHEST_HELD: Final = 0.99
"""Share of the voltage limit above which the limit would end a hold."""


def _check_hold(case: Case, step: Step, where: str) -> None:
    for name in ("voltage", "time"):
        if getattr(step, name) is None:
            remedy = f"add {name} = '{'0.05 V' if name == 'voltage' else '1 h'}'"
            refuse(f"{where}.{name}", "(missing)", f"a hold needs a {name}", remedy)
    for name in ("current_density", "until"):
        if getattr(step, name) is not None:
            remedy = "remove it; a hold ends by time, charge and until_current"
            refuse(f"{where}.{name}", "(given)", "the current of a hold follows", remedy)
    highest = HIGHEST_HELD * case.limits.voltage
    if not 1e-9 <= abs(step.voltage or 0.0) <= highest:
        refuse(
            f"{where}.voltage",
            render(step.voltage or 0.0, ("V",), "V"),
            f"must be 1 nV to {highest:g} V in magnitude, below limits.voltage",
            "hold another voltage, or raise the limit",
        )


def _check_start(case: Case) -> None:
    if case.protocol.start_from is None:
        return
    for given, what in ((case.metal.elastic, "metal.elastic"), (case.mask is not None, "mask")):
        if given:
            refuse(
                "protocol.start_from",
                str(case.protocol.start_from),
                f"does not carry the stresses that {what} remembers",
                f"leave {what} or the start out",
            )


def _check_duration(case: Case, index: int) -> None:
    step, protocol = case.protocol.steps[index], case.protocol
    charge = protocol.charge if step.charge is None else step.charge
    current = protocol.current_density if step.current_density is None else step.current_density
    if not SHORTEST <= charge / current <= LONGEST:
        own = step.current_density is not None
        refuse(
            f"protocol.steps.{index}.current_density" if own else "protocol.current_density",
            render(current, ("mA/cm^2",), "A/m^2"),
            f"makes a step of {charge / current:.3g} s, outside {SHORTEST:g} to {LONGEST:g} s",
            "check the prefixes of current and charge",
        )


def _check_increments(case: Case) -> None:
    driven = [step for step in case.protocol.steps if step.do in ("strip", "plate")]
    charges = [case.protocol.charge_of(step) for step in driven]
    for name in ("step", "first_step"):
        increment = getattr(case.numerics, name)
        if increment is not None and charges and increment > min(charges):
            refuse(
                f"numerics.{name}",
                render(increment, _CHARGES, "C/m^2"),
                f"must be at most {render(min(charges), _CHARGES, 'C/m^2')}, the charge of a step",
                "lower it",
            )


def _check_surface_diffusion(case: Case) -> None:
    if case.interface.surface_diffusion is not None and not case.interface.capillarity:
        refuse(
            "interface.surface_diffusion",
            "(given)",
            "is driven by the surface energy, which is left out",
            "add capillarity = true, or remove it",
        )


def _check_void(cell: UnitCell) -> None:
    void = cell.initial_void
    if void is None:
        return
    if void.radius >= 0.5 * cell.period:
        refuse(
            "geometry.initial_void.radius",
            micrometres(void.radius),
            f"must be below {micrometres(0.5 * cell.period)}, half the period",
            "make the void smaller or the period larger",
        )
    if SHAPES[cell.symmetry].dimension == 3 and void.contact_angle > STEEPEST_3D:
        refuse(
            "geometry.initial_void.contact_angle",
            render(void.contact_angle, ("deg",), "rad"),
            f"must be at most {math.degrees(STEEPEST_3D):g} deg in a {cell.symmetry} cell, whose "
            "mesh is raised over the void",
            "flatten the void, or use axisymmetric",
        )
    height = void.radius * math.tan(0.5 * void.contact_angle)
    if height >= 0.9 * cell.metal_thickness:
        refuse(
            "geometry.initial_void.radius",
            micrometres(void.radius),
            f"the void's height {micrometres(height)} must be below 90 % of the metal's thickness",
            "make the void smaller or flatter, or the metal thicker",
        )


def _check_sizes(case: Case, cell: MeshedCell) -> None:
    limits = {
        "a quarter of the period": 0.25 * cell.period,
        "the metal's thickness": cell.metal_thickness,
        "the electrolyte's thickness": cell.electrolyte_thickness,
    }
    name, limit = min(limits.items(), key=lambda item: item[1])
    given = case.numerics.interface_size
    if given is not None and given > limit * (1.0 + 1e-12):
        refuse(
            "numerics.interface_size",
            micrometres(given),
            f"must be at most {micrometres(limit)}, {name}",
            "make it smaller",
        )
    size = element_size(case.numerics, cell)
    most = MOST_ELEMENTS[SHAPES[cell.symmetry].dimension]
    if cell.period > most * size:
        refuse(
            "numerics.interface_size" if given is not None else "geometry.period",
            micrometres(size if given is not None else cell.period),
            f"makes {cell.period / size:.3g} elements along the period, more than {most}",
            "make the elements larger" if given is not None else "the layers are too thin for it",
        )


def _check_roughness(case: Case, cell: MeshedCell) -> None:
    given = case.interface.roughness
    height = given.rms_height if isinstance(given, Topography) else given
    if height >= cell.metal_thickness:
        refuse(
            "interface.roughness.rms_height"
            if isinstance(given, Topography)
            else "interface.roughness",
            micrometres(height),
            f"must be below {micrometres(cell.metal_thickness)}, the metal's thickness",
            "make the interface smoother or the metal thicker",
        )
