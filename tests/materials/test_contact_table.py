"""A contact table is read for one current, and refused where it gives no answer."""

import numpy as np
import pytest

from femna.errors import InputError
from femna.materials.contact_table import COLUMNS, ShareCurve, read_contact_table

HEADER = ",".join(COLUMNS)
PRESSURES = (0.1, 0.2, 0.4, 0.8)


def rows(current=1.5, *, scale=1.0):
    return [
        f"{current},{p},{q},{1.0 - scale * q * (1.0 - p)},11.5"
        for p in PRESSURES
        for q in (0.0, 0.05, 0.1)
    ]


@pytest.fixture
def write(tmp_path):
    def call(lines, header=HEADER):
        path = tmp_path / "table.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        return path

    return call


def test_shares_are_those_of_the_current_and_the_charge(write):
    path = write(rows() + rows(0.5, scale=2.0))
    table = read_contact_table(path, current=15.0)
    assert table.pressures == pytest.approx(np.array(PRESSURES) * 1e6)
    assert table.resistance == pytest.approx(11.5e-4)
    expected = [1.0 - 0.075 * (1.0 - p) for p in PRESSURES]
    assert table.shares(0.075 * 3.6e4) == pytest.approx(expected)
    # a history that has ended keeps its last share
    assert table.shares(1.0 * 3.6e4) == pytest.approx([1.0 - 0.1 * (1.0 - p) for p in PRESSURES])


def test_the_stated_error_bounds_that_of_the_interpolation(write):
    def share(p):
        return np.exp(-(p**-3.0))

    pressures = np.geomspace(0.2, 3.0, 12)
    lines = [f"1.5,{p},{q},{share(p)},11.5" for p in pressures for q in (0.0, 0.1)]
    table = read_contact_table(write(lines), current=15.0)
    between = np.sqrt(table.pressures[1:] * table.pressures[:-1])
    found, _ = ShareCurve(table.pressures, table.shares(360.0))(between)
    stated = table.interpolation_error(360.0)
    assert 0.0 < np.max(np.abs(found - share(between * 1e-6))) < stated < 0.1


REFUSED = {
    "another current": (rows(0.5), HEADER, "the table has 0.5 mA/cm^2"),
    "two variants": (rows() + rows(scale=2.0), HEADER, "several variants"),
    "too few pressures": (rows()[:6], HEADER, "at least 3"),
    "a column missing": (rows(), HEADER.replace("conductance_share", "share"), "conductance_share"),
    "no number": (["1.5,0.1,0,much,11.5"], HEADER, "table of numbers"),
    "a row too short": (["1.5,0.1"], HEADER, "table of numbers"),
    "share above one": (["1.5,0.1,0,1.2,11.5"], HEADER, "at most 1"),
    "not a number": (["1.5,nan,0,1,11.5"], HEADER, "above 0"),
    "nothing": ([], HEADER, "the table has"),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_a_table_without_an_answer_is_refused(what, write):
    lines, header, part = REFUSED[what]
    with pytest.raises(InputError) as caught:
        read_contact_table(write(lines, header), current=15.0)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
