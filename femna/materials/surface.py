"""The metal's surface: what diffuses along it, its energy, and how strongly it adheres."""

from __future__ import annotations

from dataclasses import dataclass

from femna.case import Case, PathDiffusion
from femna.constants import GAS_CONSTANT
from femna.materials.arrhenius import arrhenius
from femna.materials.ledger import Ledger
from femna.materials.material_set import MaterialSet


@dataclass(frozen=True, kw_only=True)
class Diffusivity:
    """A path's diffusivity times its width, ``D delta exp(-(Q/R) (1/T - 1/T_ref))``.

    Attributes
    ----------
    coefficient : float
        D delta at the reference temperature [m^3/s].
    activation_energy : float
        Q [J/mol]; 0 for a coefficient that holds at any temperature.
    reference_temperature : float
        T_ref [K].
    molar_volume : float
        Vm of what diffuses [m^3/mol].
    """

    coefficient: float
    activation_energy: float
    reference_temperature: float
    molar_volume: float

    def mobility(self, temperature: float) -> float:
        """Return ``M = D delta Vm / (R T)`` [m^3/(Pa s)] at a temperature [K].

        The flux of volume along the path is M times the gradient of the traction on it: Needleman,
        Rice, Acta Metall. 28 (1980) 1315, doi:10.1016/0001-6160(80)90001-2.
        """
        reference = self.reference_temperature
        width = self.coefficient * arrhenius(
            self.activation_energy, temperature, reference=reference
        )
        return float(width * self.molar_volume / (GAS_CONSTANT * temperature))


@dataclass(frozen=True, kw_only=True)
class SurfaceProperties:
    """The metal's surface in SI units; what a case leaves out is None or 0.

    Attributes
    ----------
    closed : Diffusivity, optional
        Of the interface in contact.
    free : Diffusivity, optional
        Of the open surface.
    energy : float
        Surface energy [J/m^2]; 0 without capillarity.
    adhesion : float
        Largest tension of a contact [Pa].
    """

    closed: Diffusivity | None = None
    free: Diffusivity | None = None
    energy: float = 0.0
    adhesion: float = 0.0

    def mobilities(self, temperature: float) -> tuple[float, float]:
        """Return M of the closed interface and of the free surface [m^3/(Pa s)]."""
        paths = (self.closed, self.free)
        closed, free = (0.0 if path is None else path.mobility(temperature) for path in paths)
        return closed, free


def resolve_surface(
    case: Case, material: MaterialSet, ledger: Ledger, *, molar_volume: float
) -> SurfaceProperties:
    """Return the surface of a case's metal; what comes from its set goes into the ledger."""
    interface = case.interface
    energy = 0.0
    if interface.capillarity:
        energy = ledger.take(
            "metal.surface_energy", case.metal.surface_energy, material, "surface_energy"
        )
    return SurfaceProperties(
        closed=_diffusivity(interface.diffusion, molar_volume),
        free=_diffusivity(interface.surface_diffusion, molar_volume),
        energy=energy,
        adhesion=0.0 if interface.adhesion is None else interface.adhesion.strength,
    )


def _diffusivity(path: PathDiffusion | None, molar_volume: float) -> Diffusivity | None:
    if path is None:
        return None
    energy, reference = 0.0, 1.0
    if path.activation_energy is not None and path.reference_temperature is not None:
        energy, reference = path.activation_energy, path.reference_temperature
    return Diffusivity(
        coefficient=path.coefficient,
        activation_energy=energy,
        reference_temperature=reference,
        molar_volume=molar_volume,
    )
