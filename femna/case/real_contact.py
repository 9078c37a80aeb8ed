"""``interface.real_contact``: how much of the nominal contact touches below the mesh's scale."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from femna.case.base import Table
from femna.case.content import content_of
from femna.case.geometry import find_file
from femna.case.quantities import Bare, Length, Positive
from femna.case.refusal import refuse
from femna.case.roughness import Topography
from femna.case.units import render

if TYPE_CHECKING:
    from femna.case.model import Case

Share = Annotated[float, Bare(at_least=0.0, below=1.0)]


class PerfectContact(Table):
    """The whole nominal contact area touches."""

    law: Literal["perfect"]


class HardnessContact(Table):
    """Asperities flow until they carry the pressure; current passes where they touch.

    Attributes
    ----------
    length : float
        Spacing of the asperities: the recession over it is the strain rate of the hardness [m].
    ratio : float, optional
        Hardness over flow stress; from the set where it is left out.
    residual : float
        Share of the area that still touches at zero pressure. With 0 no voltage carries a
        current above the limiting one.
    """

    law: Literal["hardness"]
    length: Length
    ratio: Positive | None = None
    residual: Share = 0.0


class MicroconstrictionContact(Table):
    """As `HardnessContact`, in series with the constriction of the current to the spots.

    Attributes
    ----------
    length, ratio, residual
        As for `HardnessContact`.
    """

    law: Literal["microconstriction"]
    length: Length
    ratio: Positive | None = None
    residual: Share = 0.0


class TableContact(Table):
    """The interface below the mesh is that of a unit cell, tabulated by a sweep.

    Attributes
    ----------
    file : Path
        `contact_table.csv` of a sweep of a unit cell at the current of the case; absolute once
        loaded.
    residual : float
        As for `HardnessContact`.
    sha256 : str, optional
        Hash of the file's content, filled in when the case is loaded.
    """

    law: Literal["table"]
    file: Annotated[Path, BeforeValidator(find_file("contact_table.csv"))]
    residual: Share = 0.0
    sha256: Annotated[str | None, BeforeValidator(content_of("file"))] = Field(
        default=None, validate_default=True
    )


RealContact = Annotated[
    PerfectContact | HardnessContact | MicroconstrictionContact | TableContact,
    Field(discriminator="law"),
]


def check_real_contact(case: Case) -> None:
    """Refuse a microconstriction without its topography, and a table where it says nothing."""
    if isinstance(case.interface.real_contact, TableContact):
        _check_table(case)
    if not isinstance(case.interface.real_contact, MicroconstrictionContact):
        return
    roughness = case.interface.roughness
    remedy = "write e.g. roughness = { rms_height = '0.2 um', rms_slope = 0.1 }"
    needed = "the microconstriction needs the rms height and slope"
    if not isinstance(roughness, Topography):
        refuse("interface.roughness", "(a length)", needed, remedy)
    if roughness.rms_slope is None:
        refuse("interface.roughness.rms_slope", "(missing)", needed, remedy)


def _check_table(case: Case) -> None:
    protocol, kinetics = case.protocol, case.interface.kinetics
    once = "a contact table holds for one stripping from a healed interface, at one current"
    remedy = "strip once, or choose another real_contact"
    for index, step in enumerate(protocol.steps):
        where = f"protocol.steps.{index}"
        if step.do != "strip":
            refuse(f"{where}.do", step.do, once, remedy)
        if step.current_density is not None:
            current = render(step.current_density, ("mA/cm^2",), "A/m^2")
            refuse(f"{where}.current_density", current, once, "give protocol.current_density")
    if len(protocol.steps) > 1:
        refuse("protocol.steps", f"({len(protocol.steps)} steps)", once, remedy)
    if protocol.repeat > 1:
        refuse("protocol.repeat", protocol.repeat, once, remedy)
    if protocol.start_from is not None:
        refuse("protocol.start_from", str(protocol.start_from), once, remedy)
    if kinetics.law != "linear":
        refuse(
            "interface.kinetics.law",
            kinetics.law,
            "the conductance of a contact table is that of linear kinetics",
            "use law = 'linear'",
        )
