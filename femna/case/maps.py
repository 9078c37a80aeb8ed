"""``[interface.map]``: where the interface conducts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from femna.case.base import AS_TUPLE, Table
from femna.case.content import content_of
from femna.case.geometry import find_file
from femna.case.quantities import AreaResistance, Bare, Coordinate, Fraction, Length


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
    offset : float, optional
        Of its centre from that of the electrode, along x [m]; in a ``mirror`` stack.
    """

    kind: Literal["patches"]
    blocked_fraction: Fraction
    transition: Length
    inside: Literal["blocked", "conducting"] = "blocked"
    offset: Coordinate | None = None


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
    resistances: Annotated[tuple[AreaResistance, ...], Field(min_length=1), AS_TUPLE]
    fractions: Annotated[
        tuple[Annotated[float, Bare(above=0.0, at_most=1.0)], ...],
        Field(min_length=1),
        AS_TUPLE,
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


class ImageMap(Table):
    """Grey values of an image. Plane strain (one row of it), square and hexagonal cells.

    Attributes
    ----------
    file : Path
        PNG or TIFF; absolute once loaded.
    blocked_below : float, optional
        Grey value, 0 black and 1 white, below which the interface is blocked.
    grey : bool
        Take the grey value itself as the map; without `blocked_below`.
    transition : float
        Full width of the smooth edges [m].
    pixel_size : float, optional
        Side of a pixel [m]; left out, the image spans the meshed part of the cell.
    row : int, optional
        Row that plane strain takes, 0 the top one.
    sha256 : str, optional
        Hash of the file's content, filled in when the case is loaded.
    """

    kind: Literal["image"]
    file: Annotated[Path, BeforeValidator(find_file("map.png"))]
    blocked_below: Fraction | None = None
    grey: bool = False
    transition: Length
    pixel_size: Length | None = None
    row: Annotated[int, Bare(at_least=0, whole=True)] | None = None
    sha256: Annotated[str | None, BeforeValidator(content_of("file"))] = Field(
        default=None, validate_default=True
    )


ConductingMapSpec = Annotated[
    UniformMap | StripesMap | PatchesMap | ResistancesMap | RandomFieldMap | ImageMap,
    Field(discriminator="kind"),
]
