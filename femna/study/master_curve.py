"""One curve for all currents, where the model is exactly a function of P/j^(1/n).

Quasi-static Norton creep with linear kinetics has no other scale of stress or time than those
of the load and the recession: at fixed charge, contact and area resistance depend on pressure P and
current density j only through P/j^(1/n), whatever the heterogeneity. The smallest current is
computed, since it reaches the voltage limit last, and the others are mapped from it. A master
curve is not taken on trust: some of its points are computed at the largest current as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from femna.errors import InputError
from femna.materials import resolve
from femna.physics.hardening import HardeningLaw
from femna.study.critical import critical_pressure
from femna.study.definition import Critical, Study
from femna.study.entries import VARIANT
from femna.study.plan import Plan
from femna.study.planned import Planned
from femna.study.rows import COMPUTED, FAILED, MAPPED, SPOT_CHECK, Others, Row

SPOT_TOLERANCE: Final = 0.01
"""Largest difference in contact fraction, and relative in area resistance, that still proves it."""

_SCALES_OF_THEIR_OWN: Final = ("diffusion", "surface_diffusion", "capillarity", "adhesion")

_OF_THE_USER: Final = ("file", "entry_point")

_STRESSES: Final = np.geomspace(1e3, 1e9, 25)
"""Equivalent stresses [Pa] over which a creep law has to be one power."""


def collapse_exponent(case: Any) -> float | None:
    """Return n where a case is exactly a function of P/j^(1/n), else None.

    The creep law is one power of stress, and nothing brings a stress or a time of its own:
    elasticity, a mask, a pressure on free sides, a stress term, Butler-Volmer kinetics, contact
    from a table, transport along the interface, adhesion, viscous walls, a given shear strength;
    and one strip by charge, from the start, is all that is done. Hardness and the shear strength
    of a wall that follow from the creep law scale with it. A law of the user's own is code, which
    runs in a run and nowhere else: it is not asked.
    """
    kinetics = case.interface.kinetics
    plain = (
        case.metal.creep.law not in _OF_THE_USER
        and kinetics.law == "linear"
        and not kinetics.stress_term
        and not case.metal.elastic
        and case.mask is None
        and getattr(case.geometry, "side_pressure", None) is None
        and case.interface.real_contact.law != "table"
        and all(_scales(wall) for wall in (case.interface.wall, case.metal.collector_wall))
        and not any(getattr(case.interface, name) for name in _SCALES_OF_THEIR_OWN)
        and _strips_once(case.protocol)
    )
    if not plain:
        return None
    law = resolve(case).metal.creep
    slopes = law.log_slope(_STRESSES, case.protocol.temperature)
    one_power = np.ptp(slopes) < 1e-9 and not isinstance(law, HardeningLaw)
    return float(slopes[0]) if one_power else None


def _strips_once(protocol: Any) -> bool:
    """Whether all that is done is one strip by charge, from a healed interface."""
    step, *more = protocol.steps
    own = (step.pressure, step.current_density, step.time, step.until, protocol.start_from)
    return (
        step.do == "strip"
        and not more
        and protocol.repeat == 1
        and all(given is None for given in own)
    )


def _scales(wall: Any) -> bool:
    """Whether a wall's law scales with the metal's flow stress."""
    if wall.law == "friction":
        return wall.shear_strength is None
    return wall.law in ("free_slip", "sticking")


@dataclass(frozen=True)
class MasterCurve:
    """What is computed once for several currents.

    Attributes
    ----------
    exponent : float
        n.
    computed : float
        The current density that is computed [mA/cm^2].
    templates : Mapping[float, Planned]
        A case for each current that is mapped.
    """

    exponent: float
    computed: float
    templates: Mapping[float, Planned]

    def pressure(self, pressure: float, current: float) -> float:
        """Return the pressure [MPa] at `current` that a pressure at the computed one stands for."""
        return pressure * math.pow(current / self.computed, 1.0 / self.exponent)


def split(
    planned: Sequence[Planned], study: Study
) -> tuple[tuple[Planned, ...], dict[Others, MasterCurve]]:
    """Return the cases to compute, and the master curves that stand for the rest."""
    own = {variant.name: variant.master_curve for variant in study.variant}
    groups: dict[Others, list[Planned]] = {}
    for item in planned:
        groups.setdefault(item.others, []).append(item)
    masters: dict[Others, MasterCurve] = {}
    for others, items in groups.items():
        asked = own.get(str(dict(others).get(VARIANT, "")))
        if not (study.critical.master_curve if asked is None else asked):
            continue
        currents = sorted({item.current for item in items})
        exponents = {collapse_exponent(item.case) for item in items}
        exponent = exponents.pop() if len(exponents) == 1 else None
        if exponent is None or len(currents) < 2:
            continue
        templates = {
            current: next(item for item in items if item.current == current)
            for current in currents[1:]
        }
        masters[others] = MasterCurve(exponent, currents[0], templates)
    kept = tuple(
        item
        for item in planned
        if item.others not in masters or item.current == masters[item.others].computed
    )
    return kept, masters


def refuse_mapped_fields(plan: Plan) -> None:
    """Refuse a selector of field files whose case is mapped: it has no fields.

    Raises
    ------
    InputError
        With the case, and the current that is computed.
    """
    if isinstance(plan.study.output.fields, str):
        return
    kept, masters = split(plan.cases, plan.study)
    computed = {item.name for item in kept}
    for item in plan.cases:
        if item.name not in computed and item.case.output.fields_at:
            current = masters[item.others].computed
            raise InputError(
                plan.file,
                "output.fields",
                item.name,
                f"this current is mapped from {current:g} mA/cm2 and not computed",
                f"select {current:g} mA/cm2, or set master_curve = false",
            )


def spot_checks(
    plan: Plan, master: MasterCurve, rows: Iterable[Row], settings: Critical
) -> list[Planned]:
    """Return the cases at the largest current that prove a finished master curve.

    They stand at the images of the finished points nearest to the critical pressure by contact.
    """
    finished = [row for row in rows if row.status == "ok" and row.current == master.computed]
    found = critical_pressure(
        [row.point for row in finished],
        slope=settings.slope,
        contact_fraction=settings.contact_fraction,
    ).by_contact
    centre = found.value or found.holding or found.failing
    if centre is None:
        return []
    nearest = sorted(finished, key=lambda row: abs(math.log(row.pressure / centre)))
    current = max(master.templates)
    return [
        replace(
            plan.add_pressure(master.templates[current], master.pressure(row.pressure, current)),
            spot_check=True,
        )
        for row in nearest[: settings.spot_checks]
    ]


def mapped_rows(master: MasterCurve, rows: Iterable[Row], voltage_limit: float) -> list[Row]:
    """Return the rows of all other currents, from the computed one's.

    A voltage is the area resistance times the current; where that is above the limit [V] the row
    has ended there, and has no values.
    """
    source = [
        row
        for row in rows
        if row.current == master.computed and row.origin == COMPUTED and row.status != FAILED
    ]
    return [
        _mapped(row, current, master, voltage_limit)
        for current in master.templates
        for row in source
    ]


def _mapped(row: Row, current: float, master: MasterCurve, voltage_limit: float) -> Row:
    factor = current / master.computed
    results = dict(row.results)
    for name in ("voltage_rise_V", "voltage_V"):
        value = results.get(name)
        results[name] = None if value is None else value * factor
    results["voltage_limit_charge_mAh_cm2"] = None
    status = row.status
    voltage = results.get("voltage_V")
    if status == "ok" and voltage is not None and voltage > voltage_limit:
        status = "voltage_limit"
    if status != "ok":
        kept = ("creep_exponent",)
        results = {name: value if name in kept else None for name, value in results.items()}
    return Row(
        case=row.case,
        status=status,
        pressure=master.pressure(row.pressure, current),
        current=current,
        others=row.others,
        results=results,
        extra=row.extra,
        origin=MAPPED,
    )


@dataclass(frozen=True)
class Proof:
    """How well a master curve stands for what was computed at another current.

    Attributes
    ----------
    inputs : tuple
        The other swept inputs.
    exponent : float
        n.
    points : int
        Points computed at both currents.
    contact, resistance : float
        Largest difference in contact fraction, and relative in area resistance.
    """

    inputs: Others
    exponent: float
    points: int
    contact: float
    resistance: float

    @property
    def holds(self) -> bool:
        """Whether the master curve may stand for the other currents."""
        return self.points > 0 and max(self.contact, self.resistance) <= SPOT_TOLERANCE


def prove(others: Others, master: MasterCurve, rows: Iterable[Row]) -> Proof:
    """Hold the spot checks of one master curve against it."""
    listed = [row for row in rows if row.others == others]
    contact = resistance = 0.0
    points = 0
    for check in listed:
        if check.origin != SPOT_CHECK or check.status == FAILED:
            continue
        for row in listed:
            image = master.pressure(row.pressure, check.current)
            same = row.origin == COMPUTED and row.current == master.computed
            if not same or not math.isclose(image, check.pressure, rel_tol=1e-6):
                continue
            pairs = [
                (row.results.get(name), check.results.get(name))
                for name in ("contact_fraction", "asr_ohm_cm2")
            ]
            (a, b), (c, d) = pairs
            if a is None or b is None or c is None or d is None or check.status != "ok":
                continue
            points += 1
            contact = max(contact, abs(a - b))
            resistance = max(resistance, abs(c - d) / c)
    return Proof(others, master.exponent, points, contact, resistance)
