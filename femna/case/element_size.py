"""The element size along the interface that a cell asks for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from femna.case.geometry import MeshedCell
from femna.case.settings import Numerics
from femna.case.symmetry import SHAPES

if TYPE_CHECKING:
    from femna.case.model import Case

_PER_PERIOD: Final = {2: 50.0, 3: 10.0}
"""Elements in a period, by the dimension of the mesh."""

_PER_LAYER: Final = 10.0
"""Elements in the thinner layer: away from the map's edges fields vary over its thickness."""

_IN_A_FOIL: Final = 1.0
"""The same of a stack in three dimensions, whose columns of elements are finer across the foil."""


def element_size(numerics: Numerics, cell: MeshedCell) -> float:
    """Return the element size along the interface [m].

    Parameters
    ----------
    numerics : Numerics
        Its `interface_size`, where it is given.
    cell : UnitCell or Stack
        Else the smaller of period/50 (3D: period/10) and a tenth of the thinner layer (a stack in
        3D: the thinner layer).
    """
    if numerics.interface_size is not None:
        return numerics.interface_size
    period = cell.period / _PER_PERIOD[SHAPES[cell.symmetry].dimension]
    per_layer = _IN_A_FOIL if cell.symmetry == "mirror" else _PER_LAYER
    layer = min(cell.metal_thickness, cell.electrolyte_thickness) / per_layer
    # six digits, so that a resolved case is fit to read
    return float(f"{min(period, layer):.6g}")


def with_element_size(case: Case) -> Case:
    """Return the case with its element size filled in, where it is left out."""
    cell = case.geometry
    if case.numerics.interface_size is not None or not isinstance(cell, MeshedCell):
        return case
    numerics = case.numerics.model_copy(
        update={"interface_size": element_size(case.numerics, cell)}
    )
    return case.model_copy(update={"numerics": numerics})
