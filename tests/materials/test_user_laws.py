"""Laws from a file or an installed package: found when a case is read, run by a run alone."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from femna.case import parse_case, template
from femna.errors import ComputationError, InputError
from femna.materials import Norton, UserLaw, resolve

NORTON = Norton(n=5.0, prefactor=0.53e-30, activation_energy=44e3, reference_temperature=298.15)
LAW = """
import numpy as np

class Law:
    def __init__(self, A, n):
        self.A, self.n = A, n

    def rate(self, stress, temperature):
        return self.A * stress**self.n

    def log_slope(self, stress, temperature):
        return self.n

def creep_law(A, n):
    return Law(A, n)
"""
PARAMETERS = 'parameters = { A = "0.53 1/s/MPa^5", n = 5 }'


@pytest.fixture
def user_law(tmp_path):
    def call(text, parameters=PARAMETERS, **overrides):
        (tmp_path / "my_law.py").write_text(text)
        creep = f'{{ law = "file", file = "my_law.py", {parameters} }}'
        entries = {"metal.creep": creep, **overrides}
        case = parse_case(tomllib.loads(template("case")), entries, folder=tmp_path)
        return resolve(case)

    return call


def test_a_law_from_a_file_gives_its_own_rates(user_law):
    law = user_law(LAW).metal.creep
    assert isinstance(law, UserLaw)
    law.load()
    stress = np.geomspace(1e4, 1e6, 5)
    # 0.53 MPa^-5 is 0.53e-30 Pa^-5 but for round-off
    np.testing.assert_allclose(law.rate(stress, 298.15), NORTON.rate(stress, 298.15), rtol=1e-14)
    assert law.log_slope(stress, 298.15).tolist() == [5.0] * 5


def test_a_law_without_a_slope_gets_it_by_differences(user_law):
    law = user_law(LAW.replace("log_slope", "_unused")).metal.creep
    law.load()
    stress = np.geomspace(1e4, 1e6, 5)
    # round-off of the rates over twice the step: 1e-16 n / 1e-5
    np.testing.assert_allclose(law.log_slope(stress, 298.15), 5.0, rtol=2e-10)


def test_the_code_runs_when_the_law_is_loaded_and_not_before(user_law, tmp_path):
    mark = tmp_path / "mark"
    found = user_law(f"open({str(mark)!r}, 'w').close()\n{LAW}")
    assert not mark.exists()
    found.metal.creep.load()
    assert mark.exists()


def test_the_sources_name_the_file_by_its_contents_and_every_parameter(user_law):
    import hashlib

    found = {entry.quantity: entry for entry in user_law(LAW).sources}
    assert found["metal.creep.file"].value.endswith("my_law.py")
    assert hashlib.sha256(LAW.encode()).hexdigest() in found["metal.creep.file"].note
    assert found["metal.creep.parameters.A"].value == pytest.approx(0.53e-30, rel=1e-15)
    assert found["metal.creep.parameters.A"].unit == "m**5*s**9/kg**5"
    assert found["metal.creep.parameters.n"].value == 5.0
    assert found["metal.creep.parameters.n"].label == "user"


def test_the_law_of_the_documentation_can_be_loaded(user_law):
    page = (Path(__file__).parents[2] / "docs" / "creep_laws.md").read_text()
    text = page.partition("```python\n")[2].partition("```")[0]
    parameters = page.partition('my_law.py", ')[2].partition(" }\n")[0]
    law = user_law(text, parameters).metal.creep
    law.load()
    # far above the threshold the factor is 2
    assert law.rate(1e7, 298.15) == pytest.approx(2 * 0.5 * 10.0**5, rel=1e-12)


WRONG = {
    "syntax": ("def creep_law(:\n", "line 1: SyntaxError"),
    "no function": ("x = 1\n", "no function creep_law"),
    "no rate": ("def creep_law(**p):\n    return 3\n", "int has no method rate"),
    "missing import": ("import no_such_module_at_all\n", "line 1: ModuleNotFoundError"),
    "wrong parameters": (LAW.replace("def creep_law(A, n)", "def creep_law(B)"), "TypeError"),
    "raises": (
        LAW.replace("return self.A * stress**self.n", "return 1 / 0"),
        "line 9: ZeroDivisionError",
    ),
    "leaves": ("import sys\nsys.exit(3)\n", "line 2: SystemExit"),
    "nan": (LAW.replace("self.A * stress", "np.nan * stress"), "rate must be finite"),
    "overflows": (LAW.replace("stress**self.n", "np.exp(stress)"), "rate must be finite"),
    "negative": (LAW.replace("self.A * stress", "-self.A * stress"), "rate must be above 0"),
    "threshold": (LAW.replace("stress**", "np.maximum(stress - 1e5, 0)**"), "rate must be above 0"),
    "falls": (LAW.replace("stress**self.n", "stress**-self.n"), "must grow with stress"),
    "constant": (LAW.replace("stress**self.n", "1.0"), "must grow with stress"),
    "wrong shape": (LAW.replace("stress**self.n", "stress[1:]"), "ValueError"),
    "no number": (LAW.replace("self.A * stress**self.n", "'fast'"), "ValueError"),
    "bad slope": (LAW.replace("return self.n", "return -1"), "log_slope must be above 0"),
    "cold": (
        LAW.replace("self.A * stress", "(temperature - 300) * stress"),
        "rate must be above 0, which it is not at 0.004 MPa and 298.15 K",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_law_is_one_line_that_names_the_file(user_law, tmp_path, what):
    text, part = WRONG[what]
    law = user_law(text).metal.creep
    with pytest.raises(InputError) as caught:
        law.load()
    line = str(caught.value)
    assert part in line
    assert caught.value.key == "metal.creep.file"
    assert str(tmp_path / "my_law.py") in line
    assert "\n" not in line


def test_a_law_is_checked_at_every_temperature_of_the_protocol(user_law):
    text = LAW.replace("self.A * stress", "(310 - temperature) * stress")
    user_law(text).metal.creep.load()
    steps = '[{ do = "strip" }, { do = "plate", temperature = "320 K" }]'
    with pytest.raises(InputError, match="320 K"):
        user_law(text, **{"protocol.steps": steps}).metal.creep.load()


def test_a_law_that_fails_on_the_way_stops_the_computation(user_law):
    text = LAW.replace("return self.A", "assert np.max(stress) < 1e9\n        return self.A")
    law = user_law(text).metal.creep
    law.load()
    with pytest.raises(ComputationError, match="line 9: AssertionError"):
        law.rate(np.array([1e10]), 298.15)


ENDLESS = {
    "when it is read": ("while True: pass\n", "line 1"),
    "in its rate": (LAW.replace("return", "while True: pass\n        return", 1), "line 9"),
}


@pytest.mark.parametrize("when", ENDLESS)
def test_a_law_that_never_ends_is_refused(user_law, monkeypatch, when):
    monkeypatch.setattr("femna.materials.creep.user_law.CALL_LIMIT", 0.1)
    text, where = ENDLESS[when]
    with pytest.raises(InputError, match=f"{where}: TimeoutError: no end within 0.1 s"):
        user_law(text).metal.creep.load()


def test_a_law_that_never_ends_later_stops_the_computation(user_law, monkeypatch):
    monkeypatch.setattr("femna.materials.creep.user_law.CALL_LIMIT", 0.1)
    endless = "while np.max(stress) > 1e9: pass\n        return self.A"
    law = user_law(LAW.replace("return self.A", endless)).metal.creep
    law.load()
    with pytest.raises(ComputationError, match="TimeoutError: no end within"):
        law.rate(np.array([1e10]), 298.15)
    assert law.rate(np.array([1e6]), 298.15) == pytest.approx(0.53, rel=1e-12)


def test_a_file_that_is_no_text_is_one_line(tmp_path):
    (tmp_path / "my_law.py").write_bytes(b"\xff\xfe")
    entries = {"metal.creep": '{ law = "file", file = "my_law.py" }'}
    case = parse_case(tomllib.loads(template("case")), entries, folder=tmp_path)
    with pytest.raises(InputError, match=r"my_law\.py.*not UTF-8"):
        resolve(case)


def case_from_file(folder):
    (folder / "my_law.py").write_text(LAW)
    entries = {"metal.creep": f'{{ law = "file", file = "my_law.py", {PARAMETERS} }}'}
    return parse_case(tomllib.loads(template("case")), entries, folder=folder)


def test_a_case_holds_the_hash_of_its_law_file(tmp_path):
    import hashlib

    case = case_from_file(tmp_path)
    assert case.metal.creep.sha256 == hashlib.sha256(LAW.encode()).hexdigest()
    assert parse_case(tomllib.loads(case.to_toml())) == case


def test_a_law_file_that_has_changed_makes_another_case(tmp_path):
    case = case_from_file(tmp_path)
    (tmp_path / "my_law.py").write_text(f"{LAW}\n# slower")
    # the resolved case, which has the hash, is refused
    with pytest.raises(InputError, match=r"my_law\.py has changed since") as caught:
        parse_case(tomllib.loads(case.to_toml()))
    assert caught.value.key == "metal.creep.sha256"
    # and a case that was read before the change does not run with what came after
    with pytest.raises(InputError, match="has changed since the case was read") as caught:
        resolve(case)
    assert caught.value.key == "metal.creep.file"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install a package with entry points, as far as Python can tell."""

    def install(distribution="laws_of_mine", lines="mine = my_laws:creep_law", text=LAW):
        info = tmp_path / f"{distribution}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n"
        )
        (info / "entry_points.txt").write_text(f"[femna.creep_laws]\n{lines}\n")
        (tmp_path / "my_laws.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(__import__("sys").modules, "my_laws", raising=False)

    return install


def from_package(name="mine"):
    creep = f'{{ law = "entry_point", name = "{name}", {PARAMETERS} }}'
    return resolve(parse_case(tomllib.loads(template("case")), {"metal.creep": creep}))


def test_a_law_of_an_installed_package_is_found_by_its_entry_point(package):
    import sys

    package()
    found = from_package()
    assert "my_laws" not in sys.modules
    found.metal.creep.load()
    assert found.metal.creep.rate(1e5, 298.15) == pytest.approx(NORTON.rate(1e5, 298.15), rel=1e-14)
    (entry,) = (entry for entry in found.sources if entry.quantity == "metal.creep.name")
    assert entry.value == "mine"
    assert entry.note == "my_laws:creep_law of laws_of_mine 1.2"


def test_a_law_that_no_package_offers_is_one_line_with_the_closest_name(package):
    package()
    with pytest.raises(InputError, match="did you mean 'mine'") as caught:
        from_package("mein")
    assert caught.value.key == "metal.creep.name"


def test_a_law_that_two_packages_offer_is_refused(package):
    package()
    package("laws_of_others", "mine = their_laws:creep_law")
    with pytest.raises(InputError, match="my_laws:creep_law, their_laws:creep_law"):
        from_package()


def test_a_package_that_cannot_be_imported_is_one_line(package):
    package(lines="mine = not_there_at_all:creep_law")
    with pytest.raises(InputError, match="ModuleNotFoundError") as caught:
        from_package().metal.creep.load()
    assert caught.value.key == "metal.creep.name"
