"""Every template of `femna init` is a file that the other commands take."""

import pytest
from runs.conftest import ROOT, last, summary

from femna.case import template_kinds
from femna.cli.app import execute

COARSE = {
    "case": ["numerics.interface_size=2 um", "interface.map.transition=4 um"],
    "axisymmetric": ["numerics.interface_size=2 um", "interface.map.transition=4 um"],
    "square": ["numerics.interface_size=4 um", "interface.map.transition=6 um"],
    "cycling": ["interface.map.transition=8 um", "numerics.interface_size=3 um"],
    "mask": ["numerics.interface_size=2 um", "interface.map.transition=4 um"],
    "mesh": ["interface.map.transition=4 um"],
    "tomogram": [
        "geometry.rows=[22, 38]",
        "geometry.columns=[14, 30]",
        "geometry.elements_across=2.5",
        "geometry.buried_voids=false",
        "geometry.electrolyte_thickness=20 um",
        "numerics.interface_size=12 um",
        "protocol.pressure=0.1 MPa",
        "protocol.charge=0.002 mAh/cm^2",
    ],
    "stack": ["geometry.electrode_diameter=1 mm", "interface.map.transition=100 um"],
}


@pytest.mark.parametrize("kind", template_kinds())
def test_a_template_is_valid_and_runs_as_it_is_but_for_its_resolution(kind, tmp_path, capsys):
    file = tmp_path / f"{kind}.toml"
    assert execute(["init", kind, "-o", str(file)]) == 0
    if kind in ("mesh", "study"):
        assert execute(["init", "case", "-o", str(tmp_path / "case.toml")]) == 0
    if kind == "tomogram":
        stack = str(ROOT / "meshes" / "tomogram.tif")
        assert execute(["segment", stack, "-o", str(tmp_path / "seg")]) == 0
    settings = [part for s in COARSE.get(kind, []) for part in ("--set", s)]
    if kind == "mesh":
        coarse = ["--set", "numerics.interface_size=2 um", *settings]
        mesh = ["mesh", str(tmp_path / "case.toml"), "-o", str(tmp_path / "cell.msh"), *coarse]
        assert execute(mesh) == 0
    assert execute(["validate", str(file)]) == 0
    capsys.readouterr()
    out = tmp_path / "out"
    if kind == "study":
        assert execute(["sweep", str(file), "-o", str(out), "--dry-run"]) == 0
        assert not out.exists()
        assert "21 cases" in capsys.readouterr().out
        return
    charge = "0.002" if kind == "tomogram" else "0.05"
    step = ["--set", f"numerics.step={charge} mAh/cm^2", "--set", "output.fields_at=['end']"]
    assert execute(["run", str(file), "-o", str(out), *settings, *step]) == 0
    assert summary(out)["status"] == "ok"
    # 4 MPa hold the contact, and the blocked share adds to 8 ohm cm2; a void stays one
    assert last(out)["contact_fraction"] > (0.5 if kind == "tomogram" else 0.99)
    assert last(out)["asr_ohm_cm2"] > 8.0
    assert max(summary(out)["balances"].values()) < 1e-8
