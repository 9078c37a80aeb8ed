"""From a case to the interface's local law at a temperature and a current."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from femna.case import Case, LinearKinetics
from femna.constants import FARADAY
from femna.materials import Properties, arrhenius
from femna.materials.contact_table import ShareCurve
from femna.physics.flow_stress import characteristic_stress
from femna.physics.interface import InterfaceLaw
from femna.physics.kinetics import ButlerVolmer, Kinetics, Linear
from femna.physics.real_contact import (
    Microconstriction,
    PerfectContact,
    PlasticContact,
    RealContact,
    series_conductance,
)
from femna.physics.tabulated_contact import TabulatedContact
from femna.simulation.scales import Scales

Array = npt.NDArray[np.float64]


def interface_law(
    case: Case,
    properties: Properties,
    scales: Scales,
    *,
    conducting: Array,
    adhesion: float,
    temperature: float,
    current: float,
    charge: float,
) -> InterfaceLaw:
    """Return what happens at every vertex of the interface.

    Parameters
    ----------
    case : Case
        The validated case.
    properties : Properties
        Its material properties.
    scales : Scales
        Characteristic values.
    conducting : array, shape (N,)
        The conducting map at the vertices.
    adhesion : float
        Tension that a closed contact holds, over the characteristic traction.
    temperature : float
        [K].
    current : float
        Magnitude of the current density at which the asperities are pressed flat [A/m^2].
    charge : float
        That has passed in the half cycle, to which a table of contact belongs [C/m^2].
    """
    volts = scales.traction * properties.metal.molar_volume / FARADAY
    return InterfaceLaw(
        conducting=conducting,
        kinetics=kinetic_law(case, temperature),
        stress_volts=volts if case.interface.kinetics.stress_term else 0.0,
        contact=_real_contact(
            properties,
            scales,
            temperature=temperature,
            current=current,
            charge=charge,
        ),
        adhesion=adhesion,
    )


def kinetic_law(case: Case, temperature: float) -> Kinetics:
    """Return the kinetic law that a case asks for, at a temperature [K]."""
    kinetics = case.interface.kinetics
    faster = 1.0
    if kinetics.activation_energy is not None and kinetics.reference_temperature is not None:
        faster = float(
            arrhenius(
                kinetics.activation_energy, temperature, reference=kinetics.reference_temperature
            )
        )
    if isinstance(kinetics, LinearKinetics):
        return Linear(kinetics.resistance / faster)
    return ButlerVolmer(
        kinetics.exchange_current_density * faster, kinetics.transfer_coefficient, temperature
    )


def _real_contact(
    properties: Properties,
    scales: Scales,
    *,
    temperature: float,
    current: float,
    charge: float,
) -> RealContact:
    asperities, table = properties.interface.asperities, properties.interface.table
    if table is not None:
        curve, fresh = (
            ShareCurve(table.pressures / scales.traction, table.shares(passed))
            for passed in (charge, 0.0)
        )
        return TabulatedContact(curve=curve, fresh=fresh, residual=table.residual)
    if asperities is None:
        return PerfectContact()
    metal = properties.metal
    rate = metal.molar_volume * current / FARADAY / asperities.length
    stress = characteristic_stress(metal.creep, rate, temperature)
    hardness = asperities.hardness_ratio * stress / scales.traction
    constriction = asperities.constriction
    if constriction is None:
        return PlasticContact(hardness=hardness, residual=asperities.residual)
    return Microconstriction(
        hardness=hardness,
        residual=asperities.residual,
        exponent=constriction.exponent,
        conductance=series_conductance(
            properties.electrolyte.conductivity_at(temperature),
            coefficient=constriction.coefficient,
            mean_slope=constriction.mean_slope,
            rms_height=constriction.rms_height,
        ),
    )
