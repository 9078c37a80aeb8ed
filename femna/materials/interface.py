"""From a case to the numbers of the interface below the scale of the mesh."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from femna.case import (
    Case,
    LinearKinetics,
    MicroconstrictionContact,
    PerfectContact,
    TableContact,
    Topography,
)
from femna.case.units import render
from femna.errors import InputError
from femna.materials.contact_table import SAME, ContactTable, read_contact_table
from femna.materials.ledger import Ledger
from femna.materials.library import load_set

_SET: Final = "rough_contact"


@dataclass(frozen=True)
class Asperities:
    """The asperities of one interface.

    Attributes
    ----------
    hardness_ratio : float
        Hardness over flow stress.
    length : float
        Their spacing [m].
    residual : float
        Share of the area that touches at zero pressure.
    constriction : Constriction, optional
        None where only the area counts.
    """

    hardness_ratio: float
    length: float
    residual: float
    constriction: Constriction | None


@dataclass(frozen=True)
class Constriction:
    """What sets the constriction of the current to the asperities.

    Attributes
    ----------
    coefficient, exponent : float
        1.25 and 0.95 of Yovanovich's correlation.
    rms_height : float
        [m].
    mean_slope : float
        Mean of the absolute slopes.
    """

    coefficient: float
    exponent: float
    rms_height: float
    mean_slope: float


@dataclass(frozen=True)
class InterfaceProperties:
    """The interface in SI units.

    Attributes
    ----------
    roughness : float
        g_c, the gap over which the current dies off [m].
    asperities : Asperities, optional
        None where the whole nominal contact touches, or a table says how much.
    table : ContactTable, optional
        What unit cells say of the contact below the mesh.
    """

    roughness: float
    asperities: Asperities | None
    table: ContactTable | None = None

    @property
    def is_partial(self) -> bool:
        """Whether less than the nominal contact may touch."""
        return self.asperities is not None or self.table is not None


def resolve_interface(case: Case, ledger: Ledger) -> InterfaceProperties:
    """Return the interface's numbers; those that the case does not give go into the ledger."""
    return InterfaceProperties(
        roughness=_roughness(case, ledger),
        asperities=_asperities(case, ledger),
        table=_table(case, ledger),
    )


TABLE_RESISTANCE: Final = 0.01
"""Relative difference allowed between the case's resistance and that of a table's closed cells."""


def _table(case: Case, ledger: Ledger) -> ContactTable | None:
    """Return the table that the case names, its resistance being that of the kinetics."""
    contact, kinetics = case.interface.real_contact, case.interface.kinetics
    if not isinstance(contact, TableContact) or not isinstance(kinetics, LinearKinetics):
        return None
    table = read_contact_table(
        contact.file, current=case.protocol.current_density, residual=contact.residual
    )
    if abs(kinetics.resistance / table.resistance - 1.0) > TABLE_RESISTANCE:
        raise InputError(
            None,
            "interface.kinetics.resistance",
            render(kinetics.resistance, ("ohm*cm^2",), "ohm*m^2"),
            "the closed unit cells of the contact table have "
            f"{render(float(f'{table.resistance:.5g}'), ('ohm*cm^2',), 'ohm*m^2')}, "
            "their constriction included",
            "write that resistance",
        )
    charge = case.protocol.charge_of(case.protocol.steps[0])
    if charge > table.charge * (1.0 + SAME):
        raise InputError(
            None,
            "protocol.charge",
            render(charge, ("mAh/cm^2",), "C/m^2"),
            "the unit cells of the contact table went to "
            f"{render(float(f'{table.charge:.6g}'), ('mAh/cm^2',), 'C/m^2')}",
            "strip less, or sweep the unit cell further",
        )
    error = table.interpolation_error(charge)
    ledger.state(
        "interface.real_contact.table",
        contact.file.name,
        "",
        source=f"unit cells at {len(table.pressures)} pressures",
        label="C",
        note=f"share interpolated with an error of at most {error:.2g}",
    )
    return table


def _roughness(case: Case, ledger: Ledger) -> float:
    """Return g_c: as given, or u0 of p ~ exp(-u/u0), a share of the rms height.

    B. N. J. Persson, Phys. Rev. Lett. 99 (2007) 125502.
    """
    given = case.interface.roughness
    if not isinstance(given, Topography):
        return given
    key = "interface.roughness"
    ratio = ledger.take(f"{key}.decay_ratio", given.decay_ratio, load_set(_SET), "separation_decay")
    roughness = ratio * given.rms_height
    ledger.state(key, roughness, "m", source="decay_ratio times rms_height", label="C")
    return roughness


def _asperities(case: Case, ledger: Ledger) -> Asperities | None:
    contact, surface = case.interface.real_contact, case.interface.roughness
    if isinstance(contact, PerfectContact | TableContact):
        return None
    key, numbers = "interface.real_contact", load_set(_SET)
    ratio = ledger.take(f"{key}.ratio", contact.ratio, numbers, "hardness_ratio")
    constriction = None
    if (
        isinstance(contact, MicroconstrictionContact)
        and isinstance(surface, Topography)
        and surface.rms_slope is not None
    ):
        constriction = Constriction(
            coefficient=ledger.take(
                f"{key}.coefficient", None, numbers, "constriction_coefficient"
            ),
            exponent=ledger.take(f"{key}.exponent", None, numbers, "constriction_exponent"),
            rms_height=surface.rms_height,
            mean_slope=mean_absolute_slope(surface.rms_slope),
        )
    return Asperities(
        hardness_ratio=ratio,
        length=contact.length,
        residual=contact.residual,
        constriction=constriction,
    )


def mean_absolute_slope(rms_slope: float) -> float:
    """Return the mean absolute slope of a surface whose slopes are Gaussian."""
    return math.sqrt(2.0 / math.pi) * rms_slope
