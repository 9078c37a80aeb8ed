"""Stress and tangent of a solid at small strain: elastic, viscoelastic, yielding.

All tensors are Mandel vectors: the three normal components, then sqrt(2) times the shear
components (one in a plane or axisymmetric body, three in 3D), so that the scalar product of two
vectors is that of the tensors.

Viscoelastic: a generalised Maxwell solid whose Poisson's ratio stays; the modulus of a relaxation
test is ``E (1 - sum g_k + sum g_k exp(-t/tau_k))``. Integrated exactly for a strain that grows
linearly over the step (J. C. Simo, T. J. R. Hughes, Computational Inelasticity, Springer 1998,
section 10.3). One term is the standard linear solid.

Yielding: perfectly plastic, von Mises, by radial return with its consistent tangent (the same,
sections 3.3 and 3.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

COMPONENTS: Final = {2: 4, 3: 6}
"""Length of the Mandel vector of a body of two or three coordinates."""


@dataclass(frozen=True)
class RelaxationTerm:
    """One Maxwell element.

    Attributes
    ----------
    share : float
        What it carries of the instantaneous modulus.
    time : float
        Relaxation time [s].
    """

    share: float
    time: float


@dataclass(frozen=True, kw_only=True)
class Solid:
    """An isotropic solid.

    Attributes
    ----------
    youngs_modulus : float
        Instantaneous [Pa].
    poisson_ratio : float
    relaxation : tuple of RelaxationTerm
        Empty for a solid that does not relax.
    yield_stress : float, optional
        [Pa]; None does not yield.
    """

    youngs_modulus: float
    poisson_ratio: float
    relaxation: tuple[RelaxationTerm, ...] = ()
    yield_stress: float | None = None

    @property
    def shear_modulus(self) -> float:
        """Instantaneous shear modulus [Pa]."""
        return self.youngs_modulus / (2.0 * (1.0 + self.poisson_ratio))

    @property
    def bulk_modulus(self) -> float:
        """Instantaneous bulk modulus [Pa]."""
        return self.youngs_modulus / (3.0 * (1.0 - 2.0 * self.poisson_ratio))

    @property
    def is_linear(self) -> bool:
        """Whether stress is proportional to strain."""
        return not self.relaxation and self.yield_stress is None

    def stiffness(self, components: int) -> Array:
        """Return the instantaneous stiffness [Pa], shape (n, n)."""
        volumetric, deviatoric = projections(components)
        return 3.0 * self.bulk_modulus * volumetric + 2.0 * self.shear_modulus * deviatoric


def projections(components: int) -> tuple[Array, Array]:
    """Return the volumetric and the deviatoric projection, shape (n, n) each."""
    unit = np.zeros(components)
    unit[:3] = 1.0
    volumetric = np.outer(unit, unit) / 3.0
    return volumetric, np.eye(components) - volumetric


@dataclass(frozen=True)
class SolidMemory:
    """What every quadrature point remembers of the last step.

    Attributes
    ----------
    strain, plastic : arrays, shape (N, n)
        Whole and plastic strain.
    carried : array, shape (N, K, n)
        Stress of every Maxwell element [Pa].
    """

    strain: Array
    plastic: Array
    carried: Array

    @classmethod
    def at_rest(cls, points: int, components: int, terms: int) -> SolidMemory:
        """Return the memory of a body that was never strained."""
        shape = (points, components)
        return cls(np.zeros(shape), np.zeros(shape), np.zeros((points, terms, components)))

    def arrays(self) -> dict[str, Array]:
        """Return the arrays by name."""
        return {"strain": self.strain, "plastic": self.plastic, "carried": self.carried}

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> SolidMemory:
        """Return the memory of copies of arrays by name."""
        return cls(**{name: np.array(values) for name, values in arrays.items()})


@dataclass(frozen=True)
class Response:
    """What a strain leads to.

    Attributes
    ----------
    stress : array, shape (N, n)
        [Pa].
    tangent : array, shape (N, n, n)
        Its derivative by the strain [Pa].
    memory : SolidMemory
        To remember if the step is kept.
    """

    stress: Array
    tangent: Array
    memory: SolidMemory


def respond(solid: Solid, strain: Array, memory: SolidMemory, dt: float) -> Response:
    """Return stress, tangent and new memory of a strain at the end of a step.

    Parameters
    ----------
    solid : Solid
        Moduli [Pa].
    strain : array, shape (N, n)
        At the end of the step.
    memory : SolidMemory
        Of its beginning.
    dt : float
        Length of the step [s]; 0 is instantaneous.
    """
    components = strain.shape[1]
    stiffness = solid.stiffness(components)
    decay, ramp = _relaxation(solid.relaxation, dt)
    shares = np.array([term.share for term in solid.relaxation])
    lasting = 1.0 - float(shares.sum())
    # the stress is (lasting + sum of share * ramp) of the instantaneous one, and what is left
    algorithmic = lasting + float(shares @ ramp)
    held = np.einsum("k,pki->pi", decay, memory.carried)
    grown = strain - memory.plastic
    before = memory.strain - memory.plastic
    trial = (lasting * grown + float(shares @ ramp) * (grown - before)) @ stiffness + held
    tangent = np.broadcast_to(algorithmic * stiffness, (len(strain), components, components))
    plastic = memory.plastic
    stress = trial
    if solid.yield_stress is not None:
        shear = algorithmic * solid.shear_modulus
        stress, tangent, flow = _radial_return(
            trial, tangent, shear=shear, yield_stress=solid.yield_stress
        )
        plastic = memory.plastic + flow
    change = (strain - plastic - before) @ stiffness
    carried = decay[None, :, None] * memory.carried
    carried = carried + (shares * ramp)[None, :, None] * change[:, None, :]
    return Response(stress, np.asarray(tangent), SolidMemory(strain.copy(), plastic, carried))


def _relaxation(terms: tuple[RelaxationTerm, ...], dt: float) -> tuple[Array, Array]:
    """Return ``exp(-x)`` and ``(1 - exp(-x)) / x`` with x = dt / time, of every term."""
    x = np.array([dt / term.time for term in terms])
    small = x < 1e-12
    safe = np.where(small, 1.0, x)
    return np.exp(-x), np.where(small, 1.0, -np.expm1(-safe) / safe)


def _radial_return(
    trial: Array, tangent: Any, *, shear: float, yield_stress: float
) -> tuple[Array, Array, Array]:
    """Return stress, tangent and plastic strain of the step behind an elastic trial stress."""
    _, deviatoric = projections(trial.shape[1])
    deviator = trial @ deviatoric
    size = np.linalg.norm(deviator, axis=1)
    limit = np.sqrt(2.0 / 3.0) * yield_stress
    flows = size > limit
    left = np.where(flows, limit / np.where(flows, size, 1.0), 1.0)
    stress = trial - (1.0 - left)[:, None] * deviator
    direction = np.where(flows[:, None], deviator, 0.0) / np.where(flows, size, 1.0)[:, None]
    softer = 2.0 * shear * (1.0 - left)[:, None, None] * deviatoric
    along = 2.0 * shear * left[:, None, None] * direction[:, :, None] * direction[:, None, :]
    flow = (1.0 - left)[:, None] * deviator / (2.0 * shear)
    return stress, tangent - softer - along, flow
