"""The examples in docstrings do what they show."""

import doctest
import importlib

import pytest

MODULES = ("femna.api.cases", "femna.api.simulation")


@pytest.mark.parametrize("name", MODULES)
def test_the_docstrings_of_a_module_hold(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
