"""The laws that a case may name, that femna makes and that it gathers numbers for are the same."""

from typing import get_args

from femna.case import Creep
from femna.materials import CREEP_LAWS
from femna.materials.creep_parameters import GATHER


def test_the_case_the_numbers_and_the_registry_know_the_same_laws():
    union = get_args(Creep)[0]
    named = [get_args(table.model_fields["law"].annotation)[0] for table in get_args(union)]
    assert len(set(named)) == len(named)
    assert set(named) == set(CREEP_LAWS) == set(GATHER)
