"""A stand-in for the solver: a closed-form curve that obeys the scaling P/j^(1/n)."""

import hashlib
import json
import math
import mmap
import os
import signal
import time
from contextlib import suppress

from femna.errors import ComputationError
from femna.files import write_text

N = 5.0
P_TURN = 0.13  # MPa at 0.5 mA/cm2
RESISTANCE = 8e-3  # V per mA/cm2
HEALED = 13e-3  # V per mA/cm2
VOLTAGE_LIMIT = 3.0


def contact_fraction(pressure, current, n=N):
    """Contact fraction at the end; pressure in MPa, current in mA/cm2."""
    x = pressure / (P_TURN * (current / 0.5) ** (1.0 / n))
    gap = 8.87 * math.log1p(math.exp(12.0 * (1.0 - x))) / 12.0 + 0.02 * x**-3
    return math.exp(-gap)


def voltage_rise(pressure, current, n=N):
    return current * RESISTANCE * (1.0 / contact_fraction(pressure, current, n) - 1.0)


def solve(case, directory, *, resume=False, monitor=None):
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "calls").open("a") as calls:
        calls.write("resumed\n" if resume else "started\n")
    pressure = case.protocol.pressure / 1e6
    current = case.protocol.current_density / 10.0
    contact, rise = contact_fraction(pressure, current), voltage_rise(pressure, current)
    stopped = rise > VOLTAGE_LIMIT
    if stopped:
        rise, contact = VOLTAGE_LIMIT, current * RESISTANCE / VOLTAGE_LIMIT
    charge = case.protocol.charge / 36e3  # C/m^2 -> mAh/cm^2
    if monitor is not None:
        monitor({"step": 1, "contact_fraction": contact})
    summary = {
        "case_hash": hashlib.sha256(case.to_toml().encode()).hexdigest(),
        "status": "voltage_limit" if stopped else "ok",
        "reason": "",
        "final": {
            "contact_fraction": contact,
            "voltage_V": rise + HEALED * current,
            "voltage_rise_V": rise,
            "asr_ohm_cm2": 1e3 * (rise / current + HEALED),
            "void_volume_um3": -100.0 * math.log(contact),
            "charge_mAh_cm2": 0.6 * charge if stopped else charge,
        },
        "balances": {"charge": 1e-13, "volume": 2e-12, "force": 3e-12},
        "voltage_limit_charge_mAh_cm2": 0.6 * charge if stopped else None,
        "wall_s": 0.01,
        "steps": 1,
        "newton_iterations": 4,
        "creep_exponent": N,
    }
    (directory / "case.toml").write_text(case.to_toml())
    write_text(directory / "summary.json", json.dumps(summary))
    return summary


def solve_badly(case, directory, *, resume=False, monitor=None):
    """Fail in three ways at three pressures."""
    pressure = round(case.protocol.pressure / 1e6, 6)
    if pressure == 0.1:
        raise ComputationError("the step went below its floor")
    if pressure == 0.2:
        os.kill(os.getpid(), signal.SIGKILL)
    if pressure == 0.3:
        raise ZeroDivisionError("a bug")
    return solve(case, directory, resume=resume, monitor=monitor)


def solve_slowly(case, directory, *, resume=False, monitor=None):
    """Take some time, so that a kill may hit; a finished case is taken as it is, or noted."""
    summary = directory / "summary.json"
    if summary.exists():
        if resume:
            return json.loads(summary.read_text())
        (directory / "computed again").touch()
    time.sleep(0.01)
    return solve(case, directory, resume=resume, monitor=monitor)


def solve_for_ever(case, directory, *, resume=False, monitor=None):
    """Report once and wait; note when it is ended."""
    directory.mkdir(parents=True)
    try:
        if monitor is not None:
            monitor({"step": 1})  # from here on it may be ended
        (directory / "alive").write_text(str(os.getpid()))
        time.sleep(300)
    finally:
        (directory / "ended").touch()


def solve_stubbornly(case, directory, *, resume=False, monitor=None):
    """Take what fails for a step that another way leads past, as Newton's method does."""
    directory.mkdir(parents=True)
    until = time.monotonic() + 300.0
    try:
        monitor({"step": 1})
        while time.monotonic() < until:
            with suppress(ComputationError):
                time.sleep(0.05)
    finally:
        (directory / "ended").touch()


def tell_process(case, directory, *, resume=False, monitor=None):
    """Say which process ran the case, and keep as much memory [MiB] as the case says."""
    if case:
        HOARD.append(fresh_memory(case))
    return {"process": os.getpid()}


def fresh_memory(size):
    """Return memory [MiB] new to this process: `bytes` may lie where freed memory lay resident."""
    memory = mmap.mmap(-1, size * 2**20)
    memory[:: mmap.PAGESIZE] = b"x" * (len(memory) // mmap.PAGESIZE)  # each page touched
    return memory


HOARD = []
