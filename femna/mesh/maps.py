"""The conducting map c of the interface: 1 where it conducts fully, 0 where it is blocked."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from femna.case.geometry import ReadCell, relative_area
from femna.case.symmetry import SHAPES
from femna.constants import FARADAY, GAS_CONSTANT
from femna.errors import InputError
from femna.mesh.grading import FINE_LINE, Refinement
from femna.mesh.step import KERNEL_VARIANCE, FloatArray
from femna.mesh.step_map import StepMap

if TYPE_CHECKING:
    from femna.case import Case


class ConductingMap(Protocol):
    """What the interface and the mesher ask of a map.

    Attributes
    ----------
    edges : tuple of float
        Positions of the edges along x, or of their radii [m]; empty for a plane random field.
    width : float
        Full width of the step at an edge [m]; 0 for a uniform map.
    """

    @property
    def edges(self) -> tuple[float, ...]:
        """Positions of the edges [m]."""

    @property
    def width(self) -> float:
        """Full width of every edge [m]."""

    @property
    def mean(self) -> float:
        """Mean of c over the cell."""

    def __call__(self, horizontal: FloatArray) -> FloatArray:
        """Evaluate c at horizontal coordinates of shape (N, 1) or (N, 2) [m]; shape (N,)."""

    def size(
        self, horizontal: FloatArray, *, coarsest: float, refinement: Refinement = FINE_LINE
    ) -> FloatArray:
        """Return the element size wanted [m] at coordinates of shape (N, 1) or (N, 2) [m]."""


def conducting_map(case: Case, *, half_period: float | None = None) -> ConductingMap:
    """Build the conducting map of a case.

    Parameters
    ----------
    case : Case
        The validated case.
    half_period : float, optional
        Horizontal extent of the meshed part [m]. Taken from the unit cell, or read from the mesh
        file, if not given; `Cell.half_period` saves the second reading.

    Returns
    -------
    ConductingMap

    Raises
    ------
    InputError
        If a patch or zone does not fit into the cell, or the kind does not fit the symmetry.
    """
    if half_period is None:
        geometry = case.geometry
        if isinstance(geometry, ReadCell):
            from femna.mesh.from_file import file_half_period

            half_period = file_half_period(geometry)
        elif geometry.kind == "image":
            half_period = 1.0  # a uniform map has no lengths
        else:
            half_period = 0.5 * geometry.period
    spec = case.interface.map
    symmetry: str = case.geometry.symmetry
    area = relative_area(case.geometry)
    values: tuple[float, ...]
    if spec.kind == "uniform":
        return StepMap((1.0,), (), 0.0, half_period, (), 1.0)
    if spec.kind == "stripes":
        if symmetry == "axisymmetric":
            raise InputError(
                None,
                "interface.map.kind",
                spec.kind,
                "stripes do not exist in a disc",
                "use patches",
            )
        return _zones_map(
            (0.0, 1.0), (spec.blocked_fraction,), spec.transition, half_period, "line", area
        )
    if spec.kind == "patches":
        if spec.inside == "blocked":
            values, inner = (0.0, 1.0), spec.blocked_fraction
        else:
            values, inner = (1.0, 0.0), 1.0 - spec.blocked_fraction
        chart = _zones_map(values, (inner,), spec.transition, half_period, symmetry, area)
        return chart if spec.offset is None else replace(chart, centres=((spec.offset, 0.0),))
    if spec.kind == "image":
        from femna.mesh.image_map import image_map

        return image_map(spec, symmetry, half_period)
    if spec.kind == "resistances":
        reference = _reference_resistance(case)
        values = tuple(reference / z for z in spec.resistances)
        if max(values) > 1.0 + 1e-12:
            raise InputError(
                None,
                "interface.map.resistances",
                min(spec.resistances),
                f"must be at least the resistance of the kinetics ({reference:.6g} ohm m^2)",
                "lower interface.kinetics.resistance to the smallest of the zones",
            )
        cumulative = tuple(float(x) for x in np.cumsum(spec.fractions)[:-1])
        return _zones_map(values, cumulative, spec.transition, half_period, symmetry, area)
    return _random_map(case, half_period)


def _zones_map(
    values: tuple[float, ...],
    cumulative: tuple[float, ...],
    width: float,
    half_period: float,
    shape: str,
    area: float,
) -> StepMap:
    """Place the edges so that the mean of c is met exactly, the width of the steps included."""
    if shape in ("line", "plane_strain"):
        edges = tuple(f * half_period for f in cumulative)
    else:
        # integral of the step times r is (b^2 - a^2)/2 - var w^2/2: the radius absorbs the excess
        unit = area / np.pi * half_period**2
        squares = [f * unit - KERNEL_VARIANCE * width**2 for f in cumulative]
        edges = tuple(float(np.sqrt(max(square, 0.0))) for square in squares)
    bounds = [0.0, *edges, half_period]
    for index, (start, stop) in enumerate(pairwise(bounds)):
        halves = 0.5 * ((index > 0) + (index < len(edges)))
        if stop - start < halves * width * (1.0 - 1e-12):
            raise InputError(
                None,
                "interface.map",
                f"zone {index + 1} of {len(values)} is {stop - start:.4g} m wide",
                f"the transition ({width:.4g} m) and the cell (half period {half_period:.4g} m) "
                "leave it no room",
                "choose a smaller transition or another fraction",
            )
    weights = np.diff([0.0, *cumulative, 1.0])
    mean = float(np.dot(weights, values))
    return StepMap(tuple(values), edges, width, half_period, _centres(shape, half_period), mean)


def _centres(shape: str, half_period: float) -> tuple[tuple[float, float], ...]:
    """Return the centres of the patches that reach into the meshed part."""
    if shape in ("line", "plane_strain"):
        return ()
    if shape == "hexagonal":
        return (0.0, 0.0), (half_period, SHAPES[shape].aspect * half_period)
    return ((0.0, 0.0),)


def _reference_resistance(case: Case) -> float:
    """Return the resistance [ohm m^2] at which c = 1: linear, or R T/(F i0) of Butler-Volmer."""
    kinetics = case.interface.kinetics
    if kinetics.law == "linear":
        return float(kinetics.resistance)
    temperature = float(kinetics.reference_temperature or case.protocol.temperature)
    return GAS_CONSTANT * temperature / (FARADAY * float(kinetics.exchange_current_density))


def _random_map(case: Case, half_period: float) -> ConductingMap:
    from femna.mesh.random_field import cosine_field_line, random_square_map

    spec = case.interface.map
    if spec.kind != "random_field":
        raise InputError(
            None,
            "interface.map.kind",
            spec.kind,
            "not a known map",
            "use one that the schema lists",
        )
    symmetry: str = case.geometry.symmetry
    if symmetry == "axisymmetric":
        raise InputError(
            None,
            "interface.map.kind",
            spec.kind,
            "a random field has no axis of revolution",
            "use plane_strain or square",
        )
    scales = (spec.transition, spec.correlation_length, 2.0 * half_period)
    if not scales[0] < scales[1] < scales[2]:
        key = "transition" if scales[0] >= scales[1] else "correlation_length"
        raise InputError(
            None,
            f"interface.map.{key}",
            f"{getattr(spec, key) * 1e6:.6g} um",
            f"the transition must be below the correlation length of {scales[1] * 1e6:.6g} um, and "
            f"that below the period of {scales[2] * 1e6:.6g} um",
            "shorten it",
        )
    if symmetry == "square":
        return random_square_map(
            half_period,
            blocked_fraction=spec.blocked_fraction,
            correlation_length=spec.correlation_length,
            width=spec.transition,
            seed=spec.seed,
        )
    starts_blocked, edges = cosine_field_line(
        half_period,
        blocked_fraction=spec.blocked_fraction,
        correlation_length=spec.correlation_length,
        seed=spec.seed,
    )
    first = 0.0 if starts_blocked else 1.0
    values = tuple(first if k % 2 == 0 else 1.0 - first for k in range(len(edges) + 1))
    mean = 1.0 - float(spec.blocked_fraction)
    return StepMap(values, edges, spec.transition, half_period, (), mean)
