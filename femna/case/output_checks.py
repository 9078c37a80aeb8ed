"""Check of ``[output]`` against the protocol: charges that no step reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from femna.case.refusal import refuse
from femna.case.units import render

if TYPE_CHECKING:
    from femna.case.model import Case

_ROUND_OFF: Final = 1.0 + 1e-9


def check_fields_at(case: Case) -> None:
    """Refuse a charge that lies beyond that of every strip and plate: nothing would be written.

    A step may end before its charge, at a voltage or a limit, but never after it; a rest and a
    hold have no times of output by charge.
    """
    protocol = case.protocol
    driven = [step for step in protocol.steps if step.do in ("strip", "plate")]
    furthest = max((protocol.charge_of(step) for step in driven), default=0.0)
    for index, charge in enumerate(case.output.fields_at):
        if not isinstance(charge, str) and charge > furthest * _ROUND_OFF:
            most = render(furthest, ("mAh/cm^2",), "C/m^2")
            refuse(
                f"output.fields_at.{index}",
                render(charge, ("mAh/cm^2",), "C/m^2"),
                f"is never reached: no strip or plate goes beyond {most}",
                'lower it, or write "end"',
            )
