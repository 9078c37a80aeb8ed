"""A file of measured points is read as written, and refused in one line where it is wrong."""

import pytest

from femna.errors import InputError
from femna.study.definition import load_study
from femna.study.measured import load_measured


def test_empty_cells_are_left_out_and_other_columns_not_read(tmp_path):
    file = tmp_path / "measured.csv"
    file.write_text("current_mA_cm2,pressure_MPa,contact_fraction,note\n1.5,4,,a\n2.5,9,0.9,b\n")
    assert load_measured(file) == (
        {"current_mA_cm2": 1.5, "pressure_MPa": 4.0},
        {"current_mA_cm2": 2.5, "pressure_MPa": 9.0, "contact_fraction": 0.9},
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pressure_MPa,voltage_rise_V\n1,2\n", "must hold current_mA_cm2"),
        ("current_mA_cm2,note\n1,2\n", "one of voltage_rise_V"),
        ("current_mA_cm2,contact_fraction\n1,0.5\n", "curves need pressure_MPa"),
        ("current_mA_cm2,p_crit_MPa\n1,high\n", "line 2, p_crit_MPa"),
        ("current_mA_cm2,p_crit_MPa\n1,2\n,3\n", "line 3, current_mA_cm2"),
        ("current_mA_cm2,p_crit_MPa\n1,inf\n", "above zero"),
    ],
)
def test_a_wrong_file_names_the_place(tmp_path, text, said):
    file = tmp_path / "measured.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        load_measured(file)
    with pytest.raises(InputError, match="cannot be read"):
        load_measured(tmp_path / "nowhere.csv")


def test_compare_that_names_nothing_is_refused(write_study):
    with pytest.raises(InputError, match="is empty; name observations"):
        load_study(write_study("[compare]\n"))
