"""Refuses numbers that are fine alone and, at the protocol's temperatures, belong to no matter."""

from __future__ import annotations

from typing import Final

import numpy as np

from femna.case import Case, render
from femna.errors import InputError
from femna.materials.arrhenius import arrhenius
from femna.materials.creep import CreepLaw
from femna.materials.creep.user_law import UserLaw

WEAKEST: Final = 1e-3
STRONGEST: Final = 1e12
"""Equivalent stresses [Pa]: no solid flows freely below one or resists beyond the other."""

FASTEST: Final = 1e3
SLOWEST: Final = 1e-12
"""Equivalent creep rates [1/s]: the second is a strain of 1 in thirty thousand years."""

CONDUCTIVITIES: Final = (1e-20, 1e10)
"""Of an electrolyte at work [S/m]."""

MOST_ACTIVATED: Final = 1e30
"""Factor by which temperature may change kinetics and diffusion of the interface."""


def temperatures(case: Case) -> dict[str, float]:
    """Return the temperatures [K] of a protocol by their keys."""
    return {"protocol.temperature": case.protocol.temperature} | {
        f"protocol.steps.{index}.temperature": step.temperature
        for index, step in enumerate(case.protocol.steps)
        if step.temperature is not None
    }


def check_creep(case: Case, law: CreepLaw) -> None:
    """Refuse a creep law without a flow stress that a solid has.

    Raises
    ------
    InputError
        At a temperature of the protocol the metal creeps faster than `FASTEST` under `WEAKEST`,
        or slower than `SLOWEST` under `STRONGEST`.
    """
    if isinstance(law, UserLaw):  # its code is not run here; a run checks it as it loads it
        return
    for temperature in temperatures(case).values():
        with np.errstate(all="ignore"):
            slow, fast = law.rate(np.array([WEAKEST, STRONGEST]), temperature)
        said = ""
        if not slow < FASTEST:
            said = f"creeps faster than {FASTEST:g} 1/s under {WEAKEST:g} Pa"
        elif not fast > SLOWEST:
            said = f"creeps slower than {SLOWEST:g} 1/s under {STRONGEST:g} Pa"
        if said:
            raise InputError(
                None,
                "metal.creep",
                case.metal.creep.law,
                f"the metal {said} at {render(temperature, ('K',), 'K')}, as no solid does",
                "check the prefactor, its unit, the activation energy and the temperatures",
            )


def check_conductivity(
    case: Case, *, conductivity: float, activation_energy: float, reference: float
) -> None:
    """Refuse an electrolyte that at a temperature of the protocol conducts nothing, or too well.

    Parameters
    ----------
    case : Case
        The validated case.
    conductivity : float
        At the reference temperature [S/m].
    activation_energy : float
        [J/mol].
    reference : float
        [K].
    """
    for key, temperature in temperatures(case).items():
        with np.errstate(all="ignore"):
            factor = float(arrhenius(activation_energy, temperature, reference=reference))
        value = conductivity * factor
        low, high = CONDUCTIVITIES
        if not low <= value <= high:
            raise InputError(
                None,
                "electrolyte.conductivity",
                render(conductivity, ("mS/cm",), "S/m"),
                f"becomes {value:.3g} S/m at {key} = {render(temperature, ('K',), 'K')}, outside "
                f"{low:g} to {high:g}",
                "check it, its activation energy and the temperatures",
            )


def check_activation(case: Case) -> None:
    """Refuse kinetics and diffusion that temperature changes by more than `MOST_ACTIVATED`.

    Raises
    ------
    InputError
        With the activation energy.
    """
    for name in ("kinetics", "diffusion", "surface_diffusion"):
        activated = getattr(case.interface, name)
        if activated is None:
            continue
        energy, reference = activated.activation_energy, activated.reference_temperature
        if energy is None or reference is None:
            continue
        for key, temperature in temperatures(case).items():
            with np.errstate(all="ignore"):
                factor = float(arrhenius(energy, temperature, reference=reference))
            if not 1.0 / MOST_ACTIVATED <= factor <= MOST_ACTIVATED:
                raise InputError(
                    None,
                    f"interface.{name}.activation_energy",
                    render(energy, ("kJ/mol",), "J/mol"),
                    f"changes it by {factor:.3g} from reference_temperature to {key}",
                    "lower it, or give a reference_temperature near the protocol's",
                )
