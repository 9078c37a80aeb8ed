"""``interface.roughness``: the gap over which the current dies off, or what it follows from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Tag

from femna.case.base import Table
from femna.case.quantities import Length, Positive


class Topography(Table):
    """A measured surface; the length over which the current dies off follows from it.

    Attributes
    ----------
    rms_height : float
        Root mean square of the heights [m].
    rms_slope : float, optional
        Root mean square of the slopes; the microconstriction needs it.
    decay_ratio : float, optional
        Length over which the contact pressure dies off with the separation, over the rms height;
        from the set where it is left out.
    """

    rms_height: Length
    rms_slope: Positive | None = None
    decay_ratio: Positive | None = None


def _kind(raw: object) -> str:
    return "topography" if isinstance(raw, Mapping | Topography) else "plain"


Roughness = Annotated[
    Annotated[Length, Tag("plain")] | Annotated[Topography, Tag("topography")],
    Discriminator(_kind),
]
"""A length, or a table."""
