"""A stack whose bodies do not fit is refused with one line."""

import tomllib

import pytest

from femna.case import counter_case, parse_case, template, window
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
    "off the axis, axisymmetric": (
        {"electrode_offset": "1 mm"},
        "geometry.electrode_offset",
        "symmetry = 'mirror'",
    ),
    "off the disc": (
        {"symmetry": "mirror", "electrode_offset": "3 mm"},
        "geometry.electrode_offset",
        "at most 2500 um",
    ),
    "corners over the edge of the disc": (
        {
            "symmetry": "mirror",
            "electrode_shape": "rectangular",
            "electrode_diameter": "8 mm",
            "electrode_width": "8 mm",
            "corner_radius": "0.5 mm",
            "reference_electrode": None,
        },
        "geometry.electrolyte_diameter",
        "must be at least 10899.5 um",
    ),
    "longer across than the disc": (
        {
            "symmetry": "mirror",
            "electrode_shape": "elliptic",
            "electrode_width": "12 mm",
            "reference_electrode": None,
        },
        "geometry.electrolyte_diameter",
        "must be at least 12000 um",
    ),
    "round and of another width": (
        {"symmetry": "mirror", "electrode_width": "4 mm"},
        "geometry.electrode_width",
        "as wide as long",
    ),
    "an ellipse of no width": (
        {"symmetry": "mirror", "electrode_shape": "elliptic"},
        "geometry.electrode_width",
        "extent along y",
    ),
    "corners too round": (
        {
            "symmetry": "mirror",
            "electrode_shape": "rectangular",
            "electrode_width": "4 mm",
            "corner_radius": "2.5 mm",
        },
        "geometry.corner_radius",
        "at most 2000 um",
    ),
    "corners of a disc": (
        {"symmetry": "mirror", "corner_radius": "1 mm"},
        "geometry.corner_radius",
        "no corners",
    ),
    "no metal under the low end": (
        {"symmetry": "mirror", "platen_tilt": "40 mrad"},
        "geometry.platen_tilt",
        "at most 35.98 mrad",
    ),
    "direction around an axis": (
        {"reference_electrode": {"distance": "3.8 mm", "diameter": "1 mm", "angle": "90 deg"}},
        "geometry.reference_electrode.angle",
        "axis of symmetry",
    ),
    "third electrode under a metal off the axis": (
        {"symmetry": "mirror", "electrode_offset": "1 mm"},
        "geometry.reference_electrode.distance",
        "must be between 4000 um",
    ),
    "a moving rim in three dimensions": (
        {"symmetry": "mirror", "rim": "moving"},
        "geometry.rim",
        "axis of symmetry",
    ),
    "a moving rim on a disc without a bare ring": (
        {"rim": "moving", "electrolyte_diameter": "5 mm", "reference_electrode": None},
        "geometry.rim",
        "no bare electrolyte",
    ),
    "a moving rim that would come to the third electrode": (
        {"rim": "moving", "clearance": "1 mm"},
        "geometry.clearance",
        "at most 800 um",
    ),
    "period": ({"period": "5 mm"}, "geometry.period", "unknown key"),
}


ALLOWED = {
    "a third electrode on the wide side": {
        "electrode_diameter": "6 mm",
        "electrode_offset": "1.5 mm",
        "reference_electrode": {"distance": "3.5 mm", "diameter": "1 mm", "angle": "180 deg"},
    },
    "a third electrode beside the waist of an ellipse": {
        "electrode_diameter": "8 mm",
        "electrode_shape": "elliptic",
        "electrode_width": "4 mm",
        "reference_electrode": {"distance": "2.6 mm", "diameter": "1 mm", "angle": "90 deg"},
    },
    "an electrode that is long across, off the axis": {
        "electrode_diameter": "4 mm",
        "electrode_shape": "elliptic",
        "electrode_width": "9 mm",
        "electrode_offset": "0.8 mm",
        "reference_electrode": None,
    },
}


@pytest.mark.parametrize("what", list(ALLOWED))
def test_a_stack_that_fits_is_taken(what, tmp_path):
    document = tomllib.loads(template("stack"))
    document["geometry"] |= {"symmetry": "mirror"} | ALLOWED[what]
    document["geometry"] = {k: v for k, v in document["geometry"].items() if v is not None}
    parse_case(document, folder=tmp_path)


def test_a_spot_near_the_tip_of_an_ellipse_is_taken(tmp_path):
    document = tomllib.loads(template("stack"))
    shape = {"electrode_diameter": "8 mm", "electrode_shape": "elliptic", "electrode_width": "4 mm"}
    document["geometry"] |= {"symmetry": "mirror"} | shape
    del document["geometry"]["reference_electrode"]
    document["interface"]["map"] |= {
        "blocked_fraction": 0.05,
        "offset": "2 mm",
        "transition": "0.2 mm",
    }
    parse_case(document, folder=tmp_path)


MASK = {"outer_radius": "5 mm", "thickness": "95 um"}


@pytest.fixture
def refused(tmp_path):
    """Change tables of the stack's template; return the key and the line that refuse it."""

    def call(**tables):
        document = tomllib.loads(template("stack"))
        for name, entries in tables.items():
            document[name] = document.get(name, {}) | entries
        with pytest.raises(InputError) as caught:
            parse_case(document, folder=tmp_path)
        assert "\n" not in str(caught.value)
        return caught.value.key, str(caught.value)

    return call


@pytest.mark.parametrize("what", list(REFUSED))
def test_a_stack_that_does_not_fit_is_refused(what, refused):
    changes, expected, part = REFUSED[what]
    key, line = refused(geometry=changes)
    assert key == expected
    assert part in line


def test_a_mask_under_a_tilted_platen_is_refused(refused):
    tilted = {"symmetry": "mirror", "platen_tilt": "2 mrad"}
    key, line = refused(geometry=tilted, mask=MASK, metal={"collector_wall": {"law": "sticking"}})
    assert key == "geometry.platen_tilt"
    assert "presses on one side first" in line


COUNTER = {"map": {"kind": "uniform"}}
BOTH = {
    "of another width": (
        {"geometry": {"counter_diameter": "4 mm"}},
        "geometry.counter_diameter",
        "as wide as the metal",
    ),
    "whose rim moves": ({"geometry": {"rim": "moving"}}, "geometry.rim", "without [counter]"),
    "on a spring": (
        {"electrolyte": {"elastic": True}, "mask": MASK},
        "electrolyte.elastic",
        "rigid support",
    ),
}


@pytest.mark.parametrize("what", list(BOTH))
def test_a_counter_electrode_that_does_not_fit_is_refused(what, refused):
    changes, expected, part = BOTH[what]
    key, line = refused(counter=COUNTER, **changes)
    assert key == expected
    assert part in line


def test_the_third_electrode_is_on_the_counter_electrodes_other_side(tmp_path):
    document = tomllib.loads(template("stack")) | {"counter": COUNTER}
    for given, seen in (("working", "counter"), ("counter", "working")):
        third = document["geometry"]["reference_electrode"] | {"face": given}
        document["geometry"]["reference_electrode"] = third
        case = parse_case(document, folder=tmp_path)
        assert counter_case(case).geometry.reference_electrode.face == seen


SPOTS = {
    "around an axis": ({}, "2 mm", "symmetry 'mirror'"),
    "over the rim": ({"symmetry": "mirror"}, "2 mm", "over the electrode's rim"),
}


@pytest.mark.parametrize("what", list(SPOTS))
def test_a_spot_off_the_centre_that_does_not_fit_is_refused(what, refused):
    changes, offset, part = SPOTS[what]
    chart = tomllib.loads(template("stack"))["interface"]["map"] | {"offset": offset}
    key, line = refused(geometry=changes, interface={"map": chart})
    assert key == "interface.map.offset"
    assert part in line


MASKS = {
    "window": ({"inner_radius": "2.5 mm"}, "mask.inner_radius", "follows from"),
    "overhang": ({"outer_radius": "6 mm"}, "mask.outer_radius", "at most 5000 um"),
    "too narrow": ({"outer_radius": "2.5 mm"}, "mask.outer_radius", "above 2500 um"),
}


@pytest.mark.parametrize("what", list(MASKS))
def test_a_mask_that_does_not_fit_the_stack_is_refused(what, refused):
    changes, expected, part = MASKS[what]
    key, line = refused(mask=MASK | changes)
    assert key == expected
    assert part in line


ELLIPTIC = {"symmetry": "mirror", "electrode_shape": "elliptic", "electrode_width": "4 mm"}
OFF_AXIS = {"symmetry": "mirror", "electrode_offset": "0.1 mm"}


@pytest.mark.parametrize("changes", [ELLIPTIC, OFF_AXIS, ELLIPTIC | OFF_AXIS])
def test_an_elastic_disc_bears_a_mask_around_any_electrode(changes, tmp_path):
    document = tomllib.loads(template("stack")) | {"mask": MASK | {"outer_radius": "4 mm"}}
    del document["geometry"]["reference_electrode"]
    document["geometry"] |= changes
    document["electrolyte"] |= {"elastic": True}
    case = parse_case(document, folder=tmp_path)
    assert case.electrolyte.elastic
    assert window(case, case.mask).electrode == case.geometry.electrode


@pytest.mark.parametrize(
    ("shape", "limit"),
    [
        (ELLIPTIC, "above 2550 um"),
        (ELLIPTIC | {"electrode_width": "6 mm"}, "above 3050 um"),
        (
            ELLIPTIC | {"electrode_shape": "rectangular", "corner_radius": "0.5 mm"},
            "above 3050 um",
        ),
    ],
)
def test_a_mask_reaches_beyond_its_window_everywhere(shape, limit, refused):
    """The window of a rectangle is widest over its corners, here 2.5 + 0.5 + 0.05 mm away."""
    changes = shape | {"rim": "open", "clearance": "50 um"}
    key, line = refused(geometry=changes, mask=MASK | {"outer_radius": "2.5 mm"})
    assert key == "mask.outer_radius"
    assert limit in line
    assert "window" in line


def test_a_mask_around_an_open_rim_needs_its_distance(refused):
    _, line = refused(geometry={"rim": "open"}, mask=MASK)
    assert "geometry.clearance" in line


def test_voids_that_plating_encloses_are_not_carried_with_a_moving_rim(refused):
    key, line = refused(geometry={"rim": "moving"}, cycling={"film_thickness": "0.1 um"})
    assert key == "geometry.rim"
    assert "cycling" in line


@pytest.mark.parametrize(
    ("rim", "angle", "part"),
    [
        ("held", "15 deg", "only a stack whose rim moves"),
        ("open", "0 deg", "only a stack whose rim moves"),
        ("moving", "30 deg", "20 deg"),
        ("moving", "-1 deg", "0 deg"),
        ("moving", 15, "deg"),
    ],
)
def test_only_a_moving_rim_has_new_meshes_and_only_below_angles_that_a_mesh_reaches(
    refused, rim, angle, part
):
    key, line = refused(geometry={"rim": rim}, numerics={"remesh_angle": angle})
    assert key == "numerics.remesh_angle"
    assert part in line


def test_elastic_metal_does_not_leave_through_an_open_rim(refused):
    _, line = refused(geometry={"rim": "open"}, metal={"elastic": True})
    assert "geometry.rim" in line
