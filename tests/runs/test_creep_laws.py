"""Every creep law through the command line, against a law that must give the same."""

import json
import math
from importlib import resources

import pytest
from runs.conftest import UNIFORM, case_text, contents, differences, last, rows, summary

from femna.cli.app import execute

GAS, FARADAY, MOLAR_VOLUME = 8.31446261815324, 96485.33212, 23.78e-6
FIXED = 'step = "0.005 mAh/cm^2"'
LAW = """
class Law:
    def __init__(self, A, n, Q):
        self.A, self.n, self.Q = A, n, Q

    def rate(self, stress, temperature):
        factor = math.exp(-self.Q / 8.31446261815324 * (1 / temperature - 1 / 298.15))
        return self.A * factor * stress**self.n

    def log_slope(self, stress, temperature):
        return self.n

def creep_law(A, n, Q):
    return Law(A, n, Q)
"""
PARAMETERS = 'parameters = { A = "0.53 1/s/MPa^5", n = 5, Q = "44 kJ/mol" }'
FROM_FILE = f'creep = {{ law = "file", file = "my_law.py", {PARAMETERS} }}'


def lattice_diffusivity(kelvin):
    """Three terms, m^2/s and cal/mol."""
    terms = ((8.0e-4, 14000.0), (0.144e-4, 10840.0), (0.009e-4, 8720.0))
    return sum(d * math.exp(-q * 4.184 / (GAS * kelvin)) for d, q in terms)


def linear_prefactor(grain, kelvin, diffusivity=None):
    """Return 1/(3 eta) in 1/s/MPa, with eta = kT d^2/(42 D Omega)."""
    found = lattice_diffusivity(kelvin) if diffusivity is None else diffusivity
    eta = GAS * kelvin * grain**2 / (42.0 * found * MOLAR_VOLUME)
    return 1e6 / (3.0 * eta)


def creep_case(creep="", **tables):
    lines = f"creep = {{ {creep} }}" if creep else ""
    return case_text(metal=lines, numerics=FIXED, **tables)


def norton(n, prefactor, more=""):
    return f'law = "norton", n = {n:g}, A = "{prefactor!r} 1/s/MPa^{n:g}"{more}'


HERRING = (
    'law = "norton_diffusional", grain_size = "6 um", mechanisms = ["nabarro_herring"], '
    "dislocation_creep = {}"
)


def same(one, other, tolerance=1e-8):
    assert last(one)["contact_fraction"] < 0.999
    assert differences(one, other, tolerance=tolerance) == []


def test_nabarro_herring_creep_is_norton_creep_with_its_viscosity(run):
    settings = ["protocol.pressure=0.1 MPa"]
    diffusional = run(creep_case(HERRING.format("false")), "one", settings=settings)
    no_energy = ', activation_energy = "0 kJ/mol"'
    linear = norton(1.0, linear_prefactor(6e-6, 298.15), no_energy)
    same(diffusional, run(creep_case(linear), "other", settings=settings))
    assert summary(diffusional)["creep_exponent"] == 1.0


def test_coble_creep_is_nabarro_herring_creep_with_the_boundaries_share(run):
    settings = ["protocol.pressure=0.1 MPa"]
    boundary = lattice_diffusivity(298.15) * 6e-6 / math.pi
    coble = HERRING.format("false").replace("nabarro_herring", "coble")
    coble += (
        f', boundary_diffusivity = "{boundary!r} m^3/s", boundary_activation_energy = "40 kJ/mol"'
        ', boundary_reference_temperature = "298.15 K"'
    )
    one = run(creep_case(coble), "one", settings=settings)
    same(one, run(creep_case(HERRING.format("false")), "other", settings=settings))


def test_diffusional_creep_beside_norton_creep_keeps_more_contact_than_either(run):
    settings = ["protocol.pressure=0.1 MPa"]
    found = {
        name: last(run(creep_case(creep), name, settings=settings))["contact_fraction"]
        for name, creep in {
            "norton": "",
            "linear": HERRING.format("false"),
            "both": HERRING.format("true"),
        }.items()
    }
    assert found["norton"] + 1e-3 < found["both"] < 1.0
    assert found["linear"] + 1e-3 < found["both"]


def test_grains_as_large_as_the_stripes_run_by_force_alone(run, tmp_path, capfd):
    large = creep_case(HERRING.format("true").replace("6 um", "17 um"))
    (tmp_path / "case.toml").write_text(large)
    assert execute(["run", str(tmp_path / "case.toml"), "-o", str(tmp_path / "out")]) == 2
    assert "metal.creep.grain_size" in capfd.readouterr().err
    forced = run(creep_case(HERRING.format("true, force = true").replace("6 um", "17 um")))
    assert summary(forced)["status"] == "ok"


@pytest.mark.parametrize("mechanism", ["diffusion", "dislocations"])
def test_a_step_creeps_at_its_own_temperature(run, mechanism):
    # linear kinetics have no temperature: all that a warmer step changes is the metal
    creep = HERRING.format("false") if mechanism == "diffusion" else ""
    pressure = "0.05 MPa" if mechanism == "diffusion" else "0.1 MPa"
    step = 'steps = [{ do = "strip", temperature = "323 K" }]'
    settings = [f"protocol.pressure={pressure}"]
    warm = run(creep_case(creep), "warm", settings=[*settings, "protocol.temperature=323 K"])
    cold = run(creep_case(creep), "cold", settings=settings)
    stepped = run(creep_case(creep, protocol=step), "stepped", settings=settings)
    assert last(cold)["contact_fraction"] < last(warm)["contact_fraction"] - 1e-3
    same(warm, stepped)


def test_a_small_volume_is_norton_metal_with_less_prefactor(run):
    settings = ["protocol.pressure=3 MPa"]
    small = run(creep_case('law = "size_dependent", size = "20 um"'), "small", settings=settings)
    factor = (1.3e-3 / 20e-6) ** 0.68
    same(small, run(creep_case(norton(5.0, 0.53 / factor**5)), "bulk", settings=settings), 1e-7)
    sources = {e["quantity"]: e for e in json.loads((small / "run.json").read_text())["sources"]}
    for name in ("size_exponent", "size_reference_length"):
        assert "urrogate" in sources[f"metal.creep.{name}"]["note"]
    assert sources["metal.creep.size"]["value"] == pytest.approx(20e-6)


def test_lithium_recedes_by_its_own_molar_volume_and_creeps_by_its_own_law(run):
    text = creep_case(chart=UNIFORM).replace('"sodium"', '"lithium"')
    # Vm Q / F = 13.0e-6 m3/mol * 720 C/m2 / 96485 C/mol
    recession = 13.0e-6 * 720.0 / FARADAY * 1e6
    assert last(run(text, "uniform"))["layer_thickness_um"] == pytest.approx(
        30.0 - recession, rel=1e-9
    )
    settings = ["protocol.pressure=0.3 MPa", 'metal.material="lithium"']
    own = run(creep_case(), "own", settings=settings)
    spelt = norton(6.56, 7.7e-3, ', activation_energy = "37 kJ/mol"')
    same(own, run(creep_case(spelt), "spelt", settings=settings))
    assert summary(own)["creep_exponent"] == 6.56


def test_the_alternative_of_the_set_is_the_pair_that_it_stands_for(run):
    settings = ["protocol.pressure=0.1 MPa"]
    named = run(creep_case('alternative = "flow-stress fit"'), "named", settings=settings)
    spelt = run(creep_case(norton(6.1, 1.58)), "spelt", settings=settings)
    same(named, spelt, 0.0)
    assert summary(named)["creep_exponent"] == 6.1
    again = run((named / "case.toml").read_text(), "again")
    same(named, again, 0.0)
    listed = [json.loads((folder / "run.json").read_text())["sources"] for folder in (named, again)]
    assert listed[0] == listed[1]
    assert {
        e["label"] for e in listed[0] if e["quantity"] in ("metal.creep.n", "metal.creep.A")
    } == {"C"}


def test_a_copy_of_the_set_in_a_file_of_ones_own_is_the_set(run, tmp_path, capfd):
    text = (resources.files("femna.materials") / "sets" / "sodium.toml").read_text()
    (tmp_path / "my_metal.toml").write_text(text.replace('name = "sodium"', 'name = "natrium"'))
    settings = ["protocol.pressure=0.1 MPa"]
    shipped = run(creep_case(), "shipped", settings=settings)
    settings.append("metal.material=./my_metal.toml")
    own = run(creep_case(), "own", settings=settings)
    same(own, shipped, 0.0)
    listed = [json.loads((folder / "run.json").read_text())["sources"] for folder in (own, shipped)]
    (material,) = (entry for entry in listed[0] if entry["quantity"] == "metal.material")
    assert material["value"] == str(tmp_path / "my_metal.toml")
    listed[0].remove(material)
    assert listed[0] == listed[1]
    same(own, run((own / "case.toml").read_text(), "again"), 0.0)
    (tmp_path / "my_metal.toml").write_text(text.replace('"0.53 1/s', '"0.6 1/s'))
    arguments = [part for setting in settings for part in ("--set", setting)]
    command = ["run", str(tmp_path / "own.toml"), "-o", str(own), "--resume", *arguments]
    assert execute(command) == 2
    assert "holds another case" in capfd.readouterr().err


def test_lithium_runs_up_to_its_own_melting_temperature(run):
    text = creep_case(chart=UNIFORM).replace('"sodium"', '"lithium"')
    assert summary(run(text, settings=["protocol.temperature=400 K"]))["status"] == "ok"


def test_norton_creep_from_a_file_is_norton_creep(run, tmp_path):
    (tmp_path / "my_law.py").write_text(f"import math\n{LAW}")
    settings = ["protocol.pressure=0.1 MPa", "protocol.temperature=310 K"]
    own = run(case_text(metal=FROM_FILE, numerics=FIXED), "own", settings=settings)
    built_in = run(creep_case(), "built_in", settings=settings)
    same(own, built_in, 1e-10)
    one, other = (last(folder)["contact_fraction"] for folder in (own, built_in))
    assert one == pytest.approx(other, rel=0, abs=1e-12)
    quantities = {e["quantity"] for e in json.loads((own / "run.json").read_text())["sources"]}
    assert {f"metal.creep.{k}" for k in ("file", "parameters.A", "parameters.Q")} <= quantities
    (tmp_path / "my_law.py").write_text(f"import math\n{LAW}".replace("log_slope", "without_slope"))
    differenced = run(case_text(metal=FROM_FILE, numerics=FIXED), "slope", settings=settings)
    # the slope only steers Newton's method, whose tolerance is left
    same(differenced, built_in, 1e-8)


def test_a_law_of_an_installed_package_is_norton_creep(run, tmp_path, monkeypatch):
    info = tmp_path / "site" / "sodium_laws-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sodium_laws\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[femna.creep_laws]\nmine = sodium_laws:creep_law\n")
    (tmp_path / "site" / "sodium_laws.py").write_text(f"import math\n{LAW}")
    monkeypatch.syspath_prepend(tmp_path / "site")
    settings = ["protocol.pressure=0.1 MPa"]
    packaged = run(
        creep_case(f'law = "entry_point", name = "mine", {PARAMETERS}'), "own", settings=settings
    )
    built_in = run(creep_case(), "built_in", settings=settings)
    same(packaged, built_in, 1e-10)


def test_the_law_from_a_file_runs_in_a_run_and_in_nothing_else(tmp_path, capsys):
    mark, file = tmp_path / "mark", tmp_path / "case.toml"
    (tmp_path / "my_law.py").write_text(f"import math\nopen({str(mark)!r}, 'w').close()\n{LAW}")
    file.write_text(case_text(metal=FROM_FILE, numerics='step = "0.02 mAh/cm^2"'))
    assert execute(["validate", str(file)]) == 0
    assert execute(["mesh", str(file), "-o", str(tmp_path / "cell.msh")]) == 0
    assert not mark.exists()
    assert execute(["run", str(file), "-o", str(tmp_path / "out")]) == 0
    assert mark.exists()


def test_a_law_file_that_has_changed_is_noticed_on_resume(run, tmp_path, capfd):
    (tmp_path / "my_law.py").write_text(f"import math\n{LAW}")
    folder = run(case_text(metal=FROM_FILE, numerics='step = "0.02 mAh/cm^2"'), "own")
    command = ["run", str(tmp_path / "own.toml"), "-o", str(folder), "--resume"]
    assert execute(command) == 0
    before = contents(folder)
    (tmp_path / "my_law.py").write_text(f"import math\n{LAW}".replace("self.A *", "0.5 * self.A *"))
    capfd.readouterr()
    assert execute(command) == 2
    assert "holds another case" in capfd.readouterr().err
    assert contents(folder) == before


def test_a_wrong_law_file_is_one_line_and_leaves_no_results(launch, tmp_path, capfd):
    (tmp_path / "my_law.py").write_text(f"import math\n{LAW}".replace("self.A *", "-self.A *"))
    (tmp_path / "case.toml").write_text(case_text(metal=FROM_FILE))
    before = contents(tmp_path)
    command = ["run", str(tmp_path / "case.toml"), "-o", str(tmp_path / "out")]
    assert execute(command) == 2
    ended = launch(command, ranks=2)
    assert ended.returncode == 2
    for errors in (capfd.readouterr().err, ended.stderr):
        (line,) = errors.splitlines()
        assert "case.toml: metal.creep.file" in line
        assert "my_law.py': its rate must be above 0" in line
    assert contents(tmp_path) == before


def test_a_law_from_a_file_is_the_same_on_two_ranks(launch, run, tmp_path):
    (tmp_path / "my_law.py").write_text(f"import math\n{LAW}")
    text = case_text(metal=FROM_FILE, numerics=FIXED)
    one = run(text, "one", settings=["protocol.pressure=0.1 MPa"])
    (tmp_path / "case.toml").write_text(text.replace('"0.2 MPa"', '"0.1 MPa"'))
    ended = launch(["run", tmp_path / "case.toml", "-o", tmp_path / "two"], ranks=2)
    assert ended.returncode == 0, ended.stderr
    assert len(rows(one)) == 5
    same(tmp_path / "two", one)
