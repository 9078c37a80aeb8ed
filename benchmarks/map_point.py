"""One point of the pressure-current map: femna against plain DOLFINx at equal error."""

from __future__ import annotations
