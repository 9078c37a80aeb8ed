"""How the metal moves along a wall: the electrolyte, or the current collector."""

from __future__ import annotations

from typing import Literal

from femna.case.base import Table

WallLaw = Literal["free_slip", "sticking"]


class Wall(Table):
    """How the metal moves along a wall.

    Attributes
    ----------
    law : str
        ``free_slip`` (no shear) or ``sticking`` (no tangential motion).
    """

    law: WallLaw = "free_slip"
