"""``interface.real_contact``: how much of the nominal contact touches below the mesh's scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from femna.case.base import Table
from femna.case.quantities import Bare, Length, Positive
from femna.case.refusal import refuse
from femna.case.roughness import Topography

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


RealContact = Annotated[
    PerfectContact | HardnessContact | MicroconstrictionContact, Field(discriminator="law")
]


def check_real_contact(case: Case) -> None:
    """Refuse a microconstriction without the topography that sets it."""
    if not isinstance(case.interface.real_contact, MicroconstrictionContact):
        return
    roughness = case.interface.roughness
    remedy = "write e.g. roughness = { rms_height = '0.2 um', rms_slope = 0.1 }"
    needed = "the microconstriction needs the rms height and slope"
    if not isinstance(roughness, Topography):
        refuse("interface.roughness", "(a length)", needed, remedy)
    if roughness.rms_slope is None:
        refuse("interface.roughness.rms_slope", "(missing)", needed, remedy)
