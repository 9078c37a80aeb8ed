"""A linear metal over blocked stripes: the same case for femna and for the dense reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from reference.viscous_lcp import History, StepRule, ViscousCell, nodes, strip

from verification.dynamic.runs import CHARGE_UNIT, Array, Run, run

HALF_PERIOD = 25e-6
VISCOSITY = 1.492e8
"""Pa s; the limiting pressure at 1.5 mA/cm^2 and half the interface blocked is then 0.2 MPa."""
LIMIT = 0.2e6
CHARGE = 3600.0  # 0.1 mAh/cm^2
VOLTAGE_LIMIT = 3.0
LINEAR = {
    "metal.creep.n": "1",
    "metal.creep.A": f"{1.0 / (3.0 * VISCOSITY)} 1/s/Pa",
    "protocol.current_density": "1.5 mA/cm^2",
    "limits.contact_fraction": "1e-4",
}


def strip_by_femna(
    folder: Path,
    share: float,
    *,
    transition: float = 1e-6,
    refine: float = 1.0,
    changes: dict[str, str] | None = None,
) -> Run:
    """Strip at `share` of the limiting pressure."""
    asked = {
        "protocol.pressure": f"{share * LIMIT} Pa",
        "interface.map.transition": f"{transition} m",
    }
    return run(folder, LINEAR | asked | (changes or {}), refine=refine)


def strip_by_reference(
    share: float, *, transition: float = 1e-6, count: int = 200, contact: float = 0.005
) -> History:
    """The same by the dense model; its metal keeps its shape, femna's moves (see the tests)."""
    x = nodes(HALF_PERIOD, count)
    s = np.clip((x - 0.5 * HALF_PERIOD) / transition + 0.5, 0.0, 1.0)
    cell = ViscousCell(
        conducting=s**3 * (10.0 - 15.0 * s + 6.0 * s * s),
        half_period=HALF_PERIOD,
        thickness=100e-6,
        viscosity=VISCOSITY,
        roughness=0.1e-6,
        resistance=8e-4,
        molar_volume=23.7e-6,
        conductivity=0.2,
        electrolyte_thickness=100e-6,
    )
    return strip(
        cell,
        pressure=share * LIMIT,
        current=15.0,
        charge=CHARGE,
        rule=StepRule(contact=contact),
        voltage_limit=VOLTAGE_LIMIT,
    )


def charge_at_limit(done: Run) -> float:
    """Return the charge [C/m^2] at the voltage limit, interpolated in log V."""
    log_voltage, charge = np.log(done["voltage_V"]), done["charge_mAh_cm2"] * CHARGE_UNIT
    slope = (charge[-1] - charge[-2]) / (log_voltage[-1] - log_voltage[-2])
    return float(charge[-1] + slope * (np.log(VOLTAGE_LIMIT) - log_voltage[-1]))


def orders(values: Array) -> Array:
    """Return the orders that values at sizes halved in turn show, one per three of them."""
    change = np.abs(np.diff(values))
    return np.asarray(np.log2(change[:-1] / change[1:]))
