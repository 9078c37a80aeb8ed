"""Present outline of a stack's metal, from which a mesh is made anew."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outline:
    """An upright disc, its face towards the electrolyte flat.

    Attributes
    ----------
    radius, height : float
        In units of the first radius of the metal.
    """

    radius: float
    height: float
