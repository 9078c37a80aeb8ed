"""A stack whose bodies do not fit is refused with one line."""

import tomllib

import pytest

from femna.case import parse_case, template
from femna.errors import InputError

REFUSED = {
    "metal wider than the disc": (
        {"electrode_diameter": "11 mm"},
        "geometry.electrode_diameter",
        "geometry.electrolyte_diameter",
    ),
    "counter electrode wider than the disc": (
        {"counter_diameter": "11 mm"},
        "geometry.counter_diameter",
        "must be at most",
    ),
    "clearance of a held rim": ({"clearance": "50 um"}, "geometry.clearance", "rim = 'open'"),
    "third electrode on the metal": (
        {"reference_electrode": {"distance": "2 mm", "diameter": "1 mm"}},
        "geometry.reference_electrode.distance",
        "between 3000 um and 4500 um",
    ),
    "third electrode wider than the ring": (
        {"reference_electrode": {"distance": "3.75 mm", "diameter": "3 mm"}},
        "geometry.reference_electrode.diameter",
        "2500 um wide",
    ),
    "period": ({"period": "5 mm"}, "geometry.period", "unknown key"),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_a_stack_that_does_not_fit_is_refused(what, tmp_path):
    changes, key, part = REFUSED[what]
    document = tomllib.loads(template("stack"))
    document["geometry"] |= changes
    with pytest.raises(InputError) as caught:
        parse_case(document, folder=tmp_path)
    assert caught.value.key == key
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


MASKS = {
    "window": ({"inner_radius": "2.5 mm"}, "mask.inner_radius", "follows from"),
    "overhang": ({"outer_radius": "6 mm"}, "mask.outer_radius", "at most 5000 um"),
    "too narrow": ({"outer_radius": "2.5 mm"}, "mask.outer_radius", "above 2500 um"),
}


@pytest.mark.parametrize("what", list(MASKS))
def test_a_mask_that_does_not_fit_the_stack_is_refused(what, tmp_path):
    changes, key, part = MASKS[what]
    document = tomllib.loads(template("stack"))
    document["mask"] = {"outer_radius": "5 mm", "thickness": "95 um"} | changes
    with pytest.raises(InputError, match=part) as caught:
        parse_case(document, folder=tmp_path)
    assert caught.value.key == key


def test_a_mask_around_an_open_rim_needs_its_distance(tmp_path):
    document = tomllib.loads(template("stack"))
    document["geometry"]["rim"] = "open"
    document["mask"] = {"outer_radius": "5 mm", "thickness": "95 um"}
    with pytest.raises(InputError, match=r"geometry\.clearance"):
        parse_case(document, folder=tmp_path)


def test_elastic_metal_does_not_leave_through_an_open_rim(tmp_path):
    document = tomllib.loads(template("stack"))
    document["geometry"]["rim"] = "open"
    document["metal"]["elastic"] = True
    with pytest.raises(InputError, match=r"geometry\.rim"):
        parse_case(document, folder=tmp_path)
