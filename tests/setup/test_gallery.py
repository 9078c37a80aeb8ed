"""Every example runs to its numbers, and the page of the gallery is what they make."""

import pytest

from tools import gallery

SLOW = ("fit_a_parameter", "pressure_sweep", "callbacks", "walls", "limiting_current")
"""Together half a minute of computing; the others run on every change."""

NAMES = [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in gallery.names()]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_gives_the_numbers_that_it_says(name):
    figure, found = gallery.run(name)
    assert found
    assert figure.axes


def test_a_wrong_number_is_refused(monkeypatch):
    import importlib

    module = importlib.import_module("examples.creep_of_sodium")
    wrong = {name: (1.1 * value, tolerance) for name, (value, tolerance) in module.EXPECTED.items()}
    monkeypatch.setattr(module, "EXPECTED", wrong)
    with pytest.raises(ValueError, match="expected"):
        gallery.run("creep_of_sodium")


def test_the_page_shows_each_example_as_it_is_with_its_picture():
    page = (gallery.FOLDER / "index.md").read_text(encoding="utf-8")
    assert len(gallery.names()) >= 10
    for name in gallery.names():
        source = (gallery.ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8")
        assert source.split('"""', 2)[2].strip() in page, f"{name}: python -m tools.gallery"
        assert (gallery.FOLDER / f"{name}.png").stat().st_size > 3000
