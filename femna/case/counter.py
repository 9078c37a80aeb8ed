"""``[counter]``: the other electrode of a symmetric cell, with a heterogeneity of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic_core import PydanticCustomError

from femna.case.base import Table
from femna.case.geometry import UnitCell
from femna.case.maps import ConductingMapSpec
from femna.case.refusal import micrometres, refuse
from femna.case.roughness import Roughness
from femna.case.stack import Stack

if TYPE_CHECKING:
    from femna.case.model import Case
    from femna.case.protocol import Step

COUPLING: Final = 0.01
"""Share of its own potential's variation that an interface may feel of the other one's map.

In a unit cell whose electrolyte has an equipotential for its middle."""

_OTHER: Final[dict[str, Literal["strip", "plate"]]] = {"strip": "plate", "plate": "strip"}

_FACING: Final[dict[str, Literal["working", "counter"]]] = {
    "working": "counter",
    "counter": "working",
}


class Counter(Table):
    """The counter electrode: while one electrode strips the other plates.

    Both have the metal, the kinetics, the pressure and the sizes of the case; the voids of
    ``geometry`` are the working electrode's. In a unit cell half the electrolyte belongs to each:
    ``geometry.electrolyte_thickness`` reaches from an interface to the middle. In a stack it is
    that of the whole disc between both. The reference is the mean potential of the electrolyte's
    two faces.

    Attributes
    ----------
    map : UniformMap, StripesMap, PatchesMap, ResistancesMap, RandomFieldMap or ImageMap
        Conducting map of its interface.
    roughness : float or Topography, optional
        Of its interface [m]; that of ``[interface]`` where it is left out.
    """

    map: ConductingMapSpec
    roughness: Roughness | None = None


def counter_case(case: Case) -> Case:
    """Return the counter electrode as a case of its own, its steps the other way round.

    Raises
    ------
    ValueError
        The case has no counter electrode.
    """
    counter = case.counter
    if counter is None:
        raise ValueError("the case has no counter electrode")
    interface: dict[str, object] = {"map": counter.map}
    if counter.roughness is not None:
        interface["roughness"] = counter.roughness
    changed: dict[str, object] = {
        "counter": None,
        "interface": case.interface.model_copy(update=interface),
        "protocol": case.protocol.model_copy(update={"steps": _mirrored(case.protocol.steps)}),
    }
    if isinstance(case.geometry, UnitCell):
        bare = {"initial_void": None, "metal_voids": None}
        changed["geometry"] = case.geometry.model_copy(update=bare)
    if isinstance(case.geometry, Stack) and case.geometry.reference_electrode is not None:
        third = case.geometry.reference_electrode
        seen = third.model_copy(update={"face": _FACING[third.face]})
        changed["geometry"] = case.geometry.model_copy(update={"reference_electrode": seen})
    return case.model_copy(update=changed)


def shares_electrolyte(case: Case) -> bool:
    """Return whether both electrodes are solved across one electrolyte.

    Otherwise each has its own half as far as the middle, an equipotential: a unit cell so thick
    that the interfaces do not see each other's map.
    """
    cell = case.geometry
    if case.counter is None:
        return False
    return not isinstance(cell, UnitCell) or cell.electrolyte_thickness < _thick(cell)


def _thick(cell: UnitCell) -> float:
    """Return the thickness of half an electrolyte whose middle is an equipotential [m]."""
    return math.log(2.0 / COUPLING) / (4.0 * math.pi) * cell.period


def across(case: Case) -> Case:
    """Return the case with the whole electrolyte of both electrodes as its own."""
    cell = case.geometry
    if not isinstance(cell, UnitCell):
        return case
    whole: dict[str, Any] = {"electrolyte_thickness": 2.0 * cell.electrolyte_thickness}
    return case.model_copy(update={"geometry": cell.model_copy(update=whole)})


def _mirrored(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    found = []
    for step in steps:
        turned: dict[str, object] = {"do": _OTHER.get(step.do, step.do)}
        if step.voltage is not None:  # the sign of its current is what counts
            turned["voltage"] = -step.voltage
        found.append(step.model_copy(update=turned))
    return tuple(found)


def check_counter(case: Case) -> None:
    """Refuse a counter electrode in a cell that has no room for it.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    if case.counter is None:
        return
    cell = case.geometry
    if case.electrolyte.elastic:
        refuse(
            "electrolyte.elastic",
            True,
            "it bends on a rigid support, where [counter] has metal",
            "write elastic = false, or leave [counter] out",
        )
    if isinstance(cell, Stack):
        _check_in_stack(cell)
    elif not isinstance(cell, UnitCell):
        refuse(
            "counter",
            "(given)",
            f"is available in a unit_cell and a stack only, not in a cell of kind {cell.kind}",
            "use one of them, or run each electrode as a case of its own",
        )


def _check_in_stack(stack: Stack) -> None:
    if stack.counter_diameter is not None:
        refuse(
            "geometry.counter_diameter",
            micrometres(stack.counter_diameter),
            "the counter electrode of [counter] is as wide as the metal",
            "remove it, or leave [counter] out for a grounded electrode of this width",
        )
    if stack.rim == "moving":
        refuse(
            "geometry.rim",
            stack.rim,
            "the rims of two electrodes would move apart: it is followed without [counter] only",
            "write rim = 'held' or 'open', or run each electrode as a case of its own",
        )


def check_as_own_case(case: Case) -> None:
    """Hold the counter electrode against all that holds for a case of its own.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the counter electrode's key.
    """
    if case.counter is None:
        return
    from femna.case.checks import cross_check  # which calls this

    try:
        cross_check(counter_case(case))
    except PydanticCustomError as error:
        context = dict(error.context or {})
        for part in ("map", "roughness"):
            start = f"interface.{part}"
            key = str(context.get("key", ""))
            if key.startswith(start) and getattr(case.counter, part) is not None:
                context["key"] = f"counter.{part}{key.removeprefix(start)}"
        raise PydanticCustomError(error.type, error.message_template, context) from None
