"""``[counter]``: the other electrode of a symmetric cell, with a heterogeneity of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

from pydantic_core import PydanticCustomError

from femna.case.base import Table
from femna.case.geometry import UnitCell
from femna.case.maps import ConductingMapSpec
from femna.case.refusal import micrometres, refuse
from femna.case.roughness import Roughness

if TYPE_CHECKING:
    from femna.case.model import Case
    from femna.case.protocol import Step

COUPLING: Final = 0.01
"""Share of its own potential's variation that an interface may feel of the other one's map."""

_OTHER: Final[dict[str, Literal["strip", "plate"]]] = {"strip": "plate", "plate": "strip"}


class Counter(Table):
    """The counter electrode: while one electrode strips the other plates.

    Both have the metal, the kinetics, the pressure and the sizes of the case; the voids of
    ``geometry`` are the working electrode's. Half the electrolyte belongs to each:
    ``geometry.electrolyte_thickness`` reaches from an interface to the middle, the reference.

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
    return case.model_copy(update=changed)


def _mirrored(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    found = []
    for step in steps:
        turned: dict[str, object] = {"do": _OTHER.get(step.do, step.do)}
        if step.voltage is not None:  # the sign of its current is what counts
            turned["voltage"] = -step.voltage
        found.append(step.model_copy(update=turned))
    return tuple(found)


def check_counter(case: Case) -> None:
    """Refuse a counter electrode that does not see the other one by the current alone.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the key, its value, the limit and the remedy.
    """
    if case.counter is None:
        return
    cell = case.geometry
    if not isinstance(cell, UnitCell):
        refuse(
            "counter",
            "(given)",
            f"is available in a unit cell only: across the electrolyte of a {cell.kind} the two "
            "interfaces also see each other's map",
            "use a unit_cell, or run each electrode as a case of its own",
        )
    least = math.log(2.0 / COUPLING) / (4.0 * math.pi) * cell.period
    if cell.electrolyte_thickness < least:
        refuse(
            "geometry.electrolyte_thickness",
            micrometres(cell.electrolyte_thickness),
            f"must be at least {micrometres(least)} with [counter]: in a thinner one the "
            f"interfaces see each other's map by more than {COUPLING:.0%}",
            "make it thicker or the period smaller",
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
