"""Cases that run in a second or two, and the command line, in this process or in its own."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from femna.cli.app import execute
from femna.output import run_case

ROOT = Path(__file__).parents[2]

CELLS = {
    "plane_strain": ("40 um", "30 um", "20 um", "2 um"),
    "axisymmetric": ("40 um", "30 um", "20 um", "2 um"),
    "square": ("20 um", "10 um", "10 um", "4 um"),
    "hexagonal": ("20 um", "10 um", "10 um", "4 um"),
}
"""Period, thickness of metal and of electrolyte, element size, by symmetry."""

UNIFORM = '{ kind = "uniform" }'
STRIPES = '{ kind = "stripes", blocked_fraction = 0.3, transition = "4 um" }'


def case_text(symmetry="plane_strain", chart=STRIPES, **tables):
    """Return a coarse case; `tables` are lines to add, by the table's name."""
    period, metal, electrolyte, size = CELLS[symmetry]
    parts = {
        "geometry": f'kind = "unit_cell"\nsymmetry = "{symmetry}"\nperiod = "{period}"\n'
        f'metal_thickness = "{metal}"\nelectrolyte_thickness = "{electrolyte}"',
        "metal": 'material = "sodium"',
        "electrolyte": 'material = "beta_alumina"',
        "interface": f'map = {chart}\nroughness = "0.1 um"',
        "protocol": 'temperature = "298.15 K"\npressure = "0.2 MPa"\n'
        'current_density = "1.5 mA/cm^2"\ncharge = "0.02 mAh/cm^2"',
        "limits": 'voltage = "3 V"\ncontact_fraction = 0.002',
        "numerics": f'interface_size = "{size}"',
        "output": 'fields_at = ["end"]',
    }
    if "kinetics" not in tables:
        tables["kinetics"] = '{ law = "linear", resistance = "8 ohm*cm^2" }'
    parts["interface"] += f"\nkinetics = {tables.pop('kinetics')}"
    for name, lines in tables.items():
        parts[name] += f"\n{lines}"
    body = "\n".join(f"[{name}]\n{lines}" for name, lines in parts.items())
    return f'femna = 1\ntitle = "a small cell"\n{body}\n'


def rows(folder):
    """Return the history of a run as text, one mapping a step."""
    with (folder / "history.csv").open() as stream:
        return list(csv.DictReader(stream))


def last(folder):
    """Return the last row of a history as numbers; what is no number is left out."""
    found = {}
    for name, text in rows(folder)[-1].items():
        try:
            found[name] = float(text)
        except ValueError:
            continue
    return found


def summary(folder):
    """Return the summary of a run."""
    return json.loads((folder / "summary.json").read_text())


def contents(folder):
    """Return every file below a folder, by name."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def differences(one, other, *, tolerance):
    """Return where two histories differ by more than `tolerance`, relatively.

    Balances are round-off and are left out, as are Newton's iterations; what is below a billionth
    of the voltage is compared with it.
    """
    ours, theirs = rows(one), rows(other)
    assert len(ours) == len(theirs)
    round_off = ("_balance", "complementarity", "newton_iterations")
    found = []
    for a, b in zip(ours, theirs, strict=True):
        assert a.keys() == b.keys()
        for name in a:
            if a[name] == b[name] or name.endswith(round_off):
                continue
            x, y = float(a[name]), float(b[name])
            scale = max(abs(x), abs(y))
            start, own = name.partition("counter_")[1:] if "counter_" in name else ("", name)
            if own in ("voltage_rise_V", "constriction_voltage_V"):
                scale = abs(float(a[f"{start}voltage_V"]))
            if abs(x - y) > tolerance * scale:
                found.append((a["step"], name, x, y))
    return found


def stop_and_resume(case, folder, when):
    """Run a case until a row for which `when` holds, and go on from there; return its summary."""

    class Stop(Exception):
        """Ends a run from its monitor."""

    def monitor(row):
        if when(row):
            raise Stop

    with pytest.raises(Stop):
        run_case(case, folder, checkpoint_seconds=0.0, monitor=monitor)
    return run_case(case, folder, resume=True)


@pytest.fixture(scope="session")
def environment():
    """The environment of a process of its own."""
    found = {**os.environ, "OMP_NUM_THREADS": "1", "UCX_TLS": "self,sm,tcp"}
    found["PYTHONPATH"] = os.pathsep.join([str(ROOT), found.get("PYTHONPATH", "")])
    return found


@pytest.fixture(scope="session")
def launch(environment):
    """Run the command line on some ranks, in processes of their own; return what came of it."""

    def call(arguments, *, ranks=1):
        command = [sys.executable, "-m", "femna", *map(str, arguments)]
        if ranks > 1:
            places = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
            launcher = shutil.which("mpiexec", path=places)
            if launcher is None:
                pytest.fail("no mpiexec beside the interpreter or on PATH")
            command = [launcher, "-n", str(ranks), *command]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    return call


@pytest.fixture
def run(tmp_path):
    """Run a case through the command line, in this process; return its folder."""

    def call(text, name="run", *, code=0, settings=()):
        file = tmp_path / f"{name}.toml"
        file.write_text(text)
        arguments = [part for setting in settings for part in ("--set", setting)]
        assert execute(["run", str(file), "-o", str(tmp_path / name), *arguments]) == code
        return tmp_path / name

    return call
