"""``[interface]``: where current may pass, by which law, and what the metal feels there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from femna.case.base import Table
from femna.case.bodies import Wall
from femna.case.quantities import AreaResistance, Bare, CurrentDensity, Fraction, Length


def _as_tuple(raw: Any) -> Any:
    """TOML has lists; a frozen model holds tuples."""
    return tuple(raw) if isinstance(raw, list) else raw


class UniformMap(Table):
    """The whole interface conducts alike."""

    kind: Literal["uniform"]


class StripesMap(Table):
    """Parallel stripes; a blocked one is centred on x = 0. Plane strain and square cells.

    Attributes
    ----------
    blocked_fraction : float
        Of the period, load-bearing but without current.
    transition : float
        Full width of the smooth edge [m].
    """

    kind: Literal["stripes"]
    blocked_fraction: Fraction
    transition: Length


class PatchesMap(Table):
    """One patch a cell, centred: round, or a strip in plane strain.

    Attributes
    ----------
    blocked_fraction : float
        Of the area, load-bearing but without current.
    transition : float
        Full width of the smooth edge [m].
    inside : str
        Whether the patch itself is ``blocked`` or ``conducting``.
    """

    kind: Literal["patches"]
    blocked_fraction: Fraction
    transition: Length
    inside: Literal["blocked", "conducting"] = "blocked"


class ResistancesMap(Table):
    """Zones of different area resistance, from the centre outward.

    Attributes
    ----------
    resistances : tuple of float
        One per zone [ohm m^2], none below the kinetics' own.
    fractions : tuple of float
        Area fraction of each zone; they sum to one.
    transition : float
        Full width of the smooth edges [m].
    """

    kind: Literal["resistances"]
    resistances: Annotated[
        tuple[AreaResistance, ...], Field(min_length=1), BeforeValidator(_as_tuple)
    ]
    fractions: Annotated[
        tuple[Annotated[float, Bare(above=0.0, at_most=1.0)], ...],
        Field(min_length=1),
        BeforeValidator(_as_tuple),
    ]
    transition: Length


class RandomFieldMap(Table):
    """A thresholded random field, periodic over the cell. Plane strain and square cells.

    Attributes
    ----------
    blocked_fraction : float
        Of the area.
    correlation_length : float
        [m].
    seed : int
        Two equal seeds give two equal maps.
    transition : float
        Full width of the smooth edges [m].
    """

    kind: Literal["random_field"]
    blocked_fraction: Fraction
    correlation_length: Length
    seed: Annotated[int, Bare(at_least=0, whole=True)]
    transition: Length


ConductingMapSpec = Annotated[
    UniformMap | StripesMap | PatchesMap | ResistancesMap | RandomFieldMap,
    Field(discriminator="kind"),
]


class LinearKinetics(Table):
    """Current density = overpotential / resistance.

    Attributes
    ----------
    resistance : float
        [ohm m^2].
    stress_term : bool
        Whether the contact pressure adds p Vm/F to the overpotential.
    """

    law: Literal["linear"]
    resistance: AreaResistance
    stress_term: bool = False


class ButlerVolmerKinetics(Table):
    """Current density by Butler and Volmer.

    Attributes
    ----------
    exchange_current_density : float
        [A/m^2].
    transfer_coefficient : float
        Anodic; the cathodic one is its complement to one.
    stress_term : bool
        Whether the contact pressure adds p Vm/F to the overpotential.
    """

    law: Literal["butler_volmer"]
    exchange_current_density: CurrentDensity
    transfer_coefficient: Fraction = 0.5
    stress_term: bool = False


Kinetics = Annotated[LinearKinetics | ButlerVolmerKinetics, Field(discriminator="law")]


class Interface(Table):
    """The interface between metal and electrolyte.

    Attributes
    ----------
    map : UniformMap, StripesMap, PatchesMap, ResistancesMap or RandomFieldMap
    kinetics : LinearKinetics or ButlerVolmerKinetics
    roughness : float
        g_c, the gap over which the current dies off [m].
    wall : Wall
        Along the electrolyte.
    """

    map: ConductingMapSpec
    kinetics: Kinetics
    roughness: Length
    wall: Wall = Field(default_factory=Wall)
