"""Several ranks give the numbers of one, and say them once."""

import pytest
from runs.conftest import STRIPES, case_text, differences, rows

FIXED = 'step = "0.01 mAh/cm^2"'


@pytest.fixture(scope="module")
def several(launch, tmp_path_factory):
    """Run a case on some numbers of ranks; return the folders."""

    def call(text, counts):
        folder = tmp_path_factory.mktemp("ranks")
        (folder / "case.toml").write_text(text)
        for ranks in counts:
            out = folder / str(ranks)
            done = launch(["run", folder / "case.toml", "-o", out], ranks=ranks)
            assert done.returncode == 0, done.stderr
            assert done.stderr == ""
            assert len(done.stdout.splitlines()) == 2
        return [folder / str(ranks) for ranks in counts]

    return call


METALS = {
    "viscous": "",
    "elastic": "elastic = true",
    "hardening": 'creep = { law = "anand" }\nelastic = true',
}


@pytest.mark.parametrize(
    "metal",
    [
        "viscous",
        pytest.param("elastic", marks=pytest.mark.slow),
        pytest.param("hardening", marks=pytest.mark.slow),
    ],
)
def test_two_and_three_ranks_agree_with_one_in_every_number(several, metal):
    text = case_text(numerics=FIXED, metal=METALS[metal])
    if metal == "hardening":
        text = text.replace('"sodium"', '"lithium"')
    one, two, three = several(text, (1, 2, 3))
    assert len(rows(one)) == 3
    assert differences(one, two, tolerance=1e-8) == []
    assert differences(one, three, tolerance=1e-8) == []


def test_two_ranks_agree_with_one_in_three_dimensions(several):
    chart = STRIPES.replace("4 um", "5 um")
    text = case_text("square", chart, numerics='step = "0.02 mAh/cm^2"')
    one, two = several(text, (1, 2))
    assert differences(one, two, tolerance=1e-8) == []


@pytest.mark.slow
def test_ranks_without_a_part_of_the_interface_take_part_in_all(several, tmp_path):
    # a tall, narrow cell is cut across, so that most ranks see no vertex of the interface
    chart = STRIPES.replace("4 um", "1 um")
    text = case_text(chart=chart, numerics=FIXED)
    text = text.replace('period = "40 um"', 'period = "8 um"')
    one, four = several(text.replace('"30 um"', '"60 um"'), (1, 4))
    assert differences(one, four, tolerance=1e-8) == []
