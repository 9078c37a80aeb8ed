"""Each kind of wrong creep law is one line that names key, value, limit and remedy."""

import pytest

from femna.case import load_case, template
from femna.errors import InputError

HERRING = "'nabarro_herring'"
GRAINS = f"law = 'norton_diffusional', grain_size = '2 um', mechanisms = [{HERRING}]"
COBLE = GRAINS.replace("nabarro_herring", "coble") + ", boundary_diffusivity = '1e-21 m^3/s'"

CASES = {
    # what: (overrides, key, part of the line)
    "number for a creep law": ({"metal.creep": 5}, "metal.creep", "must be a table"),
    "key of another creep law": (
        {"metal.creep": "{ n = 5, A = '1 1/s/MPa^5', grain_size = '1 um' }"},
        "metal.creep.grain_size",
        "unknown key",
    ),
    "exponent alone in a combined law": (
        {"metal.creep": f"{{ {GRAINS}, n = 5 }}"},
        "metal.creep.A",
        "without A",
    ),
    "grains without a size": (
        {"metal.creep": "{ law = 'norton_diffusional', mechanisms = ['nabarro_herring'] }"},
        "metal.creep.grain_size",
        "required",
    ),
    "grains as large as the stripes": (
        {"metal.creep": f"{{ {GRAINS.replace('2 um', '11 um')} }}"},
        "metal.creep.grain_size",
        "at most 10 um, a fifth of the period",
    ),
    "grains as large as the random patches": (
        {
            "metal.creep": f"{{ {GRAINS} }}",
            "interface.map": "{ kind = 'random_field', blocked_fraction = 0.3, "
            "correlation_length = '5 um', seed = 1, transition = '1 um' }",
        },
        "metal.creep.grain_size",
        "at most 1 um, a fifth of the correlation length",
    ),
    "no mechanism": (
        {"metal.creep": f"{{ {GRAINS.replace(HERRING, '')} }}"},
        "metal.creep.mechanisms",
        "at least one entry",
    ),
    "unknown mechanism": (
        {"metal.creep": f"{{ {GRAINS.replace('nabarro_', '')} }}"},
        "metal.creep.mechanisms.0",
        "'nabarro_herring' or 'coble'",
    ),
    "the same mechanism twice": (
        {"metal.creep": f"{{ {GRAINS.replace(HERRING, HERRING + ', ' + HERRING)} }}"},
        "metal.creep.mechanisms",
        "named twice",
    ),
    "coble without a diffusivity": (
        {"metal.creep": f"{{ {GRAINS.replace('nabarro_herring', 'coble')} }}"},
        "metal.creep.boundary_diffusivity",
        "coble needs",
    ),
    "boundaries without coble": (
        {"metal.creep": f"{{ {GRAINS}, boundary_diffusivity = '1e-21 m^3/s' }}"},
        "metal.creep.boundary_diffusivity",
        "without coble",
    ),
    "boundary diffusivity without a width": (
        {"metal.creep": f"{{ {COBLE.replace('m^3', 'm^2')} }}"},
        "metal.creep.boundary_diffusivity",
        "wrong dimension",
    ),
    "boundary energy without its temperature": (
        {"metal.creep": f"{{ {COBLE}, boundary_activation_energy = '30 kJ/mol' }}"},
        "metal.creep.boundary_reference_temperature",
        "belong together",
    ),
    "boundary temperature without its energy": (
        {"metal.creep": f"{{ {COBLE}, boundary_reference_temperature = '298 K' }}"},
        "metal.creep.boundary_activation_energy",
        "belong together",
    ),
    "boundaries at two temperatures": (
        {
            "metal.creep": f"{{ {COBLE} }}",
            "protocol.steps": "[{ do = 'strip' }, { do = 'plate', temperature = '320 K' }]",
        },
        "metal.creep.boundary_activation_energy",
        "several temperatures",
    ),
    "power law where dislocations are still": (
        {
            "metal.creep": f"{{ {GRAINS}, dislocation_creep = false, "
            "reference_temperature = '99 K' }",
        },
        "metal.creep.reference_temperature",
        "changes nothing",
    ),
    "strength without a size": (
        {"metal.creep.law": "size_dependent"},
        "metal.creep.size",
        "required; add e.g. size = '50 um'",
    ),
    "size exponent of zero": (
        {"metal.creep": "{ law = 'size_dependent', size = '9 um', size_exponent = 0 }"},
        "metal.creep.size_exponent",
        "above 0",
    ),
    "size reference of zero": (
        {"metal.creep": "{ law = 'size_dependent', size = '9 um', size_reference_length = '0 m' }"},
        "metal.creep.size_reference_length",
        "above 0",
    ),
    "law file that is not there": (
        {"metal.creep": "{ law = 'file', file = 'no.py' }"},
        "metal.creep.file",
        "no such file",
    ),
    "law file that is a number": (
        {"metal.creep": "{ law = 'file', file = 3 }"},
        "metal.creep.file",
        "write e.g. 'my_law.py'",
    ),
    "function that is none": (
        {"metal.creep": "{ law = 'file', file = 'case.toml', function = 'f()' }"},
        "metal.creep.function",
        "not the name of a function",
    ),
    "parameter with a wrong unit": (
        {"metal.creep": "{ law = 'entry_point', name = 'x', parameters = { a = '4 mpa' } }"},
        "metal.creep.parameters.a",
        "not a known unit",
    ),
    "parameter without a number": (
        {"metal.creep": "{ law = 'entry_point', name = 'x', parameters = { a = 'MPa' } }"},
        "metal.creep.parameters.a",
        "not a number with a unit",
    ),
    "parameter that is a switch": (
        {"metal.creep": "{ law = 'entry_point', name = 'x', parameters = { a = true } }"},
        "metal.creep.parameters.a",
        "a number or a quantity",
    ),
    "parameter that is not finite": (
        {"metal.creep": "{ law = 'entry_point', name = 'x', parameters = { a = inf } }"},
        "metal.creep.parameters.a",
        "finite",
    ),
    "parameter that has no name": (
        {"metal.creep": "{ law = 'entry_point', name = 'x', parameters = { 'a b' = 1 } }"},
        "metal.creep.parameters.a b",
        "not the name of a parameter",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_wrong_creep_law_is_one_line_with_key_limit_and_remedy(what, tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(template("case"))
    overrides, key, part = CASES[what]
    with pytest.raises(InputError) as caught:
        load_case(path, overrides)
    error = caught.value
    assert error.key == key
    assert part in str(error)
    assert str(error).startswith(f"{path}: {key} = ")
    assert "\n" not in str(error)
    assert error.limit
    assert error.remedy
