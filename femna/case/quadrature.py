"""How exactly the creep terms are integrated where a case does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from femna.case.settings import Numerics
from femna.case.symmetry import SHAPES, Symmetry

if TYPE_CHECKING:
    from femna.case.model import Case

_DEGREE: Final = {2: 4, 3: 2}
"""By the dimension of the mesh. With quadratic velocities degree 2 keeps the order of convergence
(P. G. Ciarlet, The finite element method for elliptic problems, 1978, section 4.1); in 3D it takes
4 points where degree 4 takes 14, in 2D 3 where it takes 6 and the flow is a tenth of the work. A
void that closes at n = 5 is 0.003 % off by it where the mesh is 0.67 % off (docs/performance.md).
"""


def quadrature_degree(numerics: Numerics, symmetry: Symmetry) -> int:
    """Return the degree of the quadrature of the creep terms.

    Parameters
    ----------
    numerics : Numerics
        Its `quadrature_degree`, where it is given.
    symmetry : str
        Else 4 in two dimensions and 2 in three.
    """
    given = numerics.quadrature_degree
    return _DEGREE[SHAPES[symmetry].dimension] if given is None else given


def with_quadrature_degree(case: Case) -> Case:
    """Return the case with the degree filled in, where it is left out."""
    degree = quadrature_degree(case.numerics, case.geometry.symmetry)
    numerics = case.numerics.model_copy(update={"quadrature_degree": degree})
    return case.model_copy(update={"numerics": numerics})
