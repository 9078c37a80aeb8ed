"""Whatever numbers a case has, it is refused by name or describes something that can exist."""

import copy
import math
import tomllib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from femna.case import Case, dumps, load_case, parse_case, template, template_kinds
from femna.case.checks import MOST_ELEMENTS
from femna.case.symmetry import SHAPES
from femna.constants import FARADAY
from femna.errors import InputError
from femna.materials import resolve
from femna.simulation.schedule import phases

DOCUMENTS = {kind: tomllib.loads(template(kind)) for kind in template_kinds() if kind != "study"}
COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}

# every unit that an entry may have, and some that none has
UNITS = [
    "um", "m", "nm", "km", "inch", "K", "degC", "MPa", "Pa", "GPa", "bar", "mA/cm^2",
    "A/m^2", "mAh/cm^2", "C/m^2", "s", "h", "V", "mV", "ohm*cm^2", "ohm*m^2", "S/m",
    "mS/cm", "cm^3/mol", "1/s", "kJ/mol", "eV", "J/m^2", "m^3/s", "Pa*s/m", "deg", "rad",
    "1/s/MPa^5", "N", "kg",
]  # fmt: skip
EXPONENTS = st.one_of(st.integers(-8, 8), st.integers(-330, 330))
NUMBERS = st.builds(lambda m, e: f"{m:g}e{e}", st.floats(-9.5, 9.5), EXPONENTS)
POSITIVE = st.builds(lambda m, e: f"{m:g}e{e}", st.floats(1.0, 9.5), st.integers(-9, 9))
bare = st.one_of(
    st.integers(-5, 40), st.integers(-(10**20), 10**20), st.floats(), st.floats(0.0, 1.0)
)
MORE = {
    "metal.creep": [
        {"law": "norton", "n": 5, "A": "0.5 1/s/MPa^5"},
        {"law": "norton", "n": 5.0, "A": "1e-290 1/s/Pa^5"},
        {"law": "size_dependent", "size": "25 um"},
        {"law": "norton_diffusional", "grain_size": "5 um", "mechanisms": ["nabarro_herring"]},
        {"law": "norton", "activation_energy": "900 kJ/mol", "reference_temperature": "80 K"},
    ],
    "interface.kinetics": [
        {"law": "butler_volmer", "exchange_current_density": "1 mA/cm^2"},
        {
            "law": "linear",
            "resistance": "8 ohm*cm^2",
            "activation_energy": "44 kJ/mol",
            "reference_temperature": "298.15 K",
        },
    ],
    "interface.map": [
        {"kind": "uniform"},
        {"kind": "patches", "blocked_fraction": 0.2, "transition": "1 um"},
        {
            "kind": "random_field",
            "blocked_fraction": 0.3,
            "correlation_length": "5 um",
            "seed": 1,
            "transition": "0.5 um",
        },
    ],
    "interface.roughness": ["0.1 um", {"rms_height": "0.2 um", "rms_slope": 0.1}],
    "interface.wall": [{"law": "sticking"}, {"law": "viscous", "drag": "1e12 Pa*s/m"}],
    "electrolyte.conductivity": ["2 mS/cm"],
    "electrolyte.conductivity_activation_energy": ["900 kJ/mol"],
    "metal.poisson_ratio": [0.4],
    "metal.youngs_modulus": ["4 GPa"],
    "metal.elastic": [True],
    "protocol.repeat": [3, 10**15],
    "protocol.steps": [
        [{"do": "strip"}, {"do": "plate", "current_density": "1 mA/cm^2"}],
        [{"do": "rest", "time": "1 h"}, {"do": "strip", "temperature": "330 K"}],
    ],
    "numerics.linear_solver": ["direct"],
}


def leaves(value, at=()):
    """Yield the places of all entries that are no table."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        if isinstance(item, dict | list) and item:
            yield from leaves(item, (*at, key))
        else:
            yield (*at, key)


def put(document, place, value):
    table = document
    for key in place[:-1]:
        table = table.setdefault(key, {}) if isinstance(table, dict) else table[key]
    table[place[-1]] = value


@st.composite
def documents(draw):
    """A template with some of its tables exchanged and some of its numbers anything."""
    kind = draw(st.sampled_from(sorted(DOCUMENTS)))
    document = copy.deepcopy(DOCUMENTS[kind])
    for key in draw(st.lists(st.sampled_from(sorted(MORE)), max_size=3, unique=True)):
        put(document, key.split("."), copy.deepcopy(draw(st.sampled_from(MORE[key]))))
    for place in draw(st.lists(st.sampled_from(list(leaves(document))), max_size=3, unique=True)):
        old = document
        for key in place:
            old = old[key]
        unit = old.partition(" ")[2] if isinstance(old, str) else ""
        quantity = st.builds(
            lambda number, unit: f"{number} {unit}",
            st.one_of(POSITIVE, NUMBERS),
            st.just(unit) if unit else st.sampled_from(UNITS),
        )
        other = st.builds(lambda n, unit: f"{n} {unit}", NUMBERS, st.sampled_from(UNITS))
        value = draw(st.one_of(quantity, quantity, bare, other) if unit else bare)
        put(document, place, value)
    return document


def check_line(error):
    """One line with key and value, limit and remedy."""
    line = str(error)
    assert len(line.splitlines()) == 1
    assert " = " in line
    assert ": " in line


def numbers(value):
    """Yield every number of a case."""
    if isinstance(value, dict):
        for item in value.values():
            yield from numbers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, float):
        yield value


def check_that_it_can_exist(case: Case):
    """Hold an accepted case against what is written here independently of femna's own checks."""
    found = resolve(case)
    assert all(math.isfinite(number) for number in numbers(case.model_dump()))
    steps = phases(case)
    assert len(steps) <= 1_000_000
    for step in steps[:50]:
        assert 0.0 < step.temperature < 454.0  # lithium melts there, sodium below
        assert 1e-9 * (1.0 - 1e-9) <= step.duration <= 1e11 * (1.0 + 1e-9)
        assert 0.0 < step.pressure <= 1e11
        conductivity = found.electrolyte.conductivity_at(step.temperature)
        assert 1e-20 <= conductivity <= 1e10
        with np.errstate(over="ignore"):
            weak, strong = found.metal.creep.rate(np.array([1e-3, 1e12]), step.temperature)
        assert weak < 1e3
        assert strong > 1e-12
    cell = case.geometry
    if cell.kind == "mesh":
        return
    net = np.cumsum([step.charge * np.sign(step.current) for step in steps[:10_000]])
    assert net.max() * found.metal.molar_volume / FARADAY < cell.metal_thickness
    assert found.interface.roughness < cell.metal_thickness
    per_period = cell.period / case.numerics.interface_size
    assert 1.0 < per_period <= MOST_ELEMENTS[SHAPES[cell.symmetry].dimension] * (1.0 + 1e-9)
    blocked = getattr(case.interface.map, "blocked_fraction", 0.5)
    assert 0.0 < blocked < 1.0


def examples(count, slow):
    return pytest.mark.parametrize("count", [count, pytest.param(slow, marks=pytest.mark.slow)])


@examples(250, 5000)
def test_a_case_of_any_numbers_is_refused_by_name_or_can_exist(tmp_path, count):
    (tmp_path / "cell.msh").write_text("$MeshFormat\n")
    (tmp_path / "na.msh").write_text("$MeshFormat\n")
    seen = {"refused": 0, "taken": 0}

    @settings(max_examples=count, **COMMON)
    @given(documents())
    def check(document):
        try:
            case = parse_case(document, folder=tmp_path)
            resolve(case)
        except InputError as error:
            check_line(error)
            seen["refused"] += 1
            return
        check_that_it_can_exist(case)
        seen["taken"] += 1
        again = parse_case(tomllib.loads(case.to_toml()), folder=tmp_path)
        assert again == case

    check()
    assert min(seen.values()) > count // 20, seen


@examples(100, 3000)
def test_a_case_with_any_text_in_it_is_one_line_or_a_case(tmp_path, count):
    texts = [dumps(document).encode() for document in DOCUMENTS.values()]
    pieces = st.sampled_from(
        [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"[", b"]", b"{", b'"', b"'''", b"=", b"\n", b"1e999",
         b"\\u0000", b"\\ud800", b"\r", b"nan", b"1979-05-27", b"0x1F", b"_", b"#", b"true"]
    )  # fmt: skip
    path = tmp_path / "case.toml"

    @settings(max_examples=count, **COMMON)
    @given(
        st.sampled_from(texts),
        st.lists(
            st.tuples(st.floats(0, 1), st.one_of(pieces, st.binary(max_size=6)), st.integers(0, 9)),
            min_size=1,
            max_size=4,
        ),
    )
    def check(text, edits):
        for where, piece, gone in edits:
            place = int(where * len(text))
            text = text[:place] + piece + text[place + gone :]
        path.write_bytes(text)
        try:
            case = load_case(path)
            resolve(case)
        except InputError as error:
            check_line(error)
            return
        check_that_it_can_exist(case)

    check()


# -- laws ---------------------------------------------------------------------------------------

RATES = [
    "1e-30 * stress**5", "1e-30 * stress**5 * np.exp(-temperature / 300)", "stress", "-stress",
    "0 * stress", "np.nan * stress", "np.inf", "stress**900", "1 / (stress - stress)", "'fast'",
    "None", "[1, 2]", "stress[0]", "stress.sum()", "np.sort(-stress)", "stress * 1j",
    "np.ones((3, 3))", "self.missing", "self.rate(stress, temperature)", "exit()", "1 // 0",
    "np.log(-stress)", "stress.astype(str)", "(_ for _ in ())", "print", "np.array([])", "10**400",
    "np.float16(1e-30) * stress", "stress.fill(0.0)", "np.sin(stress)", "stress.__imul__(2.0)",
    "1e-300 * stress**0.01",
]  # fmt: skip
HEADS = [
    "", "import no_such_module\n", "raise RuntimeError('no\\nlaw')\n", "import sys; sys.exit(3)\n",
    "raise KeyError\n", "def f(:\n", "x = '\\ud800'\n", "\0", "raise MemoryError\n", "1/0\n",
    "class E(Exception):\n    def __str__(self):\n        return 5\nraise E\n",
]  # fmt: skip
MADE = ["Law()", "None", "Law", "5", "1/0", "creep_law(**parameters)", "type('L', (), {})()"]


@examples(120, 1500)
def test_any_law_of_the_user_is_taken_or_one_line(tmp_path, count):
    document = copy.deepcopy(DOCUMENTS["case"])
    document["metal"]["creep"] = {"law": "file", "file": "law.py", "parameters": {}}

    @settings(max_examples=count, **COMMON)
    @given(
        st.one_of(st.just(""), st.sampled_from(HEADS)),
        st.sampled_from(RATES),
        st.one_of(st.none(), st.sampled_from(RATES)),
        st.one_of(st.just("Law()"), st.sampled_from(MADE)),
    )
    def check(head, rate, slope, made):
        text = f"import numpy as np\n{head}class Law:\n"
        text += f"    def rate(self, stress, temperature):\n        return {rate}\n"
        if slope is not None:
            text += f"    def log_slope(self, stress, temperature):\n        return {slope}\n"
        text += f"def creep_law(**parameters):\n    return {made}\n"
        (tmp_path / "law.py").write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            law = resolve(parse_case(document, folder=tmp_path)).metal.creep
            law.load()
        except InputError as error:
            check_line(error)
            return
        stress = np.array(law.stresses)
        rates = law.rate(stress, law.temperatures[0])
        assert np.isfinite(rates).all()
        assert (np.diff(rates) > 0.0).all()
        assert (rates > 0.0).all()
        assert (law.log_slope(stress, law.temperatures[0]) > 0.0).all()

    check()


# -- maps from images ---------------------------------------------------------------------------

MODES = {
    "L": np.uint8, "I;16": np.uint16, "I": np.int32, "F": np.float32, "RGB": np.uint8, "1": bool,
}  # fmt: skip


@examples(80, 1500)
def test_any_image_is_a_map_that_conducts_somewhere_or_one_line(tmp_path, count):
    from femna.mesh import conducting_map

    @settings(max_examples=count, **COMMON)
    @given(
        st.sampled_from(sorted(MODES)),
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        st.integers(0, 2**32 - 1),
        st.sampled_from([0.0, 0.01, 0.5, 0.99, 1.0]),
        st.sampled_from(["square", "plane_strain", "hexagonal", "axisymmetric"]),
        st.fixed_dictionaries(
            {"transition": st.sampled_from(["0.1 um", "1 um", "5 um", "20 um", "300 um"])},
            optional={
                "blocked_below": st.one_of(st.just(0.5), st.floats(-0.1, 1.1)),
                "grey": st.booleans(),
                "row": st.integers(-1, 41),
                "pixel_size": st.sampled_from(["1e-9 um", "0.5 um", "2 um", "1 m"]),
            },
        ),
    )
    def check(mode, shape, seed, bright, symmetry, entries):
        draw = np.random.default_rng(seed)
        values = draw.random(shape) < bright
        grey = values * (1.0 if mode == "F" else 65535 if mode[0] == "I" else 255)
        if mode == "F" and seed % 3 == 0:
            grey = grey + np.where(draw.random(shape) < 0.1, np.nan, 0.0)
        path = tmp_path / ("map.tif" if mode in ("F", "I") else "map.png")
        if mode == "RGB":
            grey = np.repeat(grey[..., None], 3, axis=-1)
        Image.fromarray(grey.astype(MODES[mode])).save(path)
        document = copy.deepcopy(DOCUMENTS["square" if symmetry != "plane_strain" else "case"])
        document["geometry"]["symmetry"] = symmetry
        document["interface"]["map"] = {"kind": "image", "file": path.name, **entries}
        try:
            case = parse_case(document, folder=tmp_path)
            chart = conducting_map(case)
        except InputError as error:
            check_line(error)
            return
        assert 0.0 < chart.mean <= 1.0
        points = draw.random((50, SHAPES[symmetry].dimension - 1)) * 0.5 * case.geometry.period
        share = chart(points)
        assert np.isfinite(share).all()
        assert share.min() >= -1e-12
        assert share.max() <= 1.0 + 1e-12

    check()
