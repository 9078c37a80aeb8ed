"""Maps from images have the fraction of their pixels, steps of the stated width, and mirrors."""

import numpy as np
import pytest
from PIL import Image
from verification.record import Case

from femna.errors import InputError
from femna.mesh import conducting_map
from femna.mesh.cell import cell_arrays
from femna.mesh.grading import COARSE_PLANE
from femna.mesh.quality import cell_quality
from femna.mesh.step import smooth_step

PIXELS = Case(
    name="map_from_an_image",
    part="images",
    title="A conducting map from an image of a disc",
    formula="c(x) -> smooth step of |x| - 0.6 b as the pixels shrink",
    source="The map of the same disc in closed form; a staircase is off by a pixel at most.",
    mesh="50, 100 and 200 pixels a side, transition of 4 um on 25",
    across="pixel over the side",
    measure="largest error of c",
)
B = 25e-6
SQUARE = {"symmetry": "square"}


@pytest.fixture
def save(tmp_path):
    """Write grey values 0 to 1, the top row first, as an image; return its name."""

    def write(values, name="map.png", *, deep=False):
        values = np.asarray(values, dtype=float)
        full, kind = (65535, np.uint16) if deep else (255, np.uint8)
        Image.fromarray(np.round(values * full).astype(kind)).save(tmp_path / name)
        return name

    return write


def spec(file, **more):
    rule = {} if "grey" in more else {"blocked_below": 0.5}
    return {"kind": "image", "file": file, "transition": "4 um", **rule, **more}


def disc(cells, radius, height=1.0):
    """Image of a dark disc about the lower left corner; lengths in units of the width."""
    rows = round(cells * height)
    x = (np.arange(cells) + 0.5) / cells
    y = (np.arange(rows)[::-1] + 0.5) / cells
    return (np.hypot(x[None, :], y[:, None]) > radius).astype(float)


def grid(cells, aspect=1.0):
    x = (np.arange(cells) + 0.5) * (B / cells)
    return np.stack(np.meshgrid(x, aspect * x), axis=-1).reshape(-1, 2)


def test_half_plane_in_an_image_is_the_stripe_of_the_same_place(make_case, save):
    values = np.ones((50, 50))
    values[:, :15] = 0.0  # 15 pixels of 0.5 um: 7.5 um
    image = conducting_map(make_case(geometry=SQUARE, chart=spec(save(values))))
    stripe = {"kind": "stripes", "blocked_fraction": 0.3, "transition": "4 um"}
    exact = conducting_map(make_case(geometry=SQUARE, chart=stripe))
    points = grid(173)
    assert image.mean == pytest.approx(0.7, abs=1e-12)
    assert image(points) == pytest.approx(exact(points), abs=1e-9)


def test_disc_in_an_image_tends_to_the_disc_as_the_pixels_shrink(make_case, save, verified):
    points = grid(100)
    errors = []
    for cells in (50, 100, 200):
        chart = conducting_map(make_case(geometry=SQUARE, chart=spec(save(disc(cells, 0.6)))))
        distance = np.hypot(*points.T) - 0.6 * B
        errors.append(np.abs(chart(points) - smooth_step(distance, 4e-6)).max())
        # a staircase is off by a pixel at most, and the step is 1.875/w steep
        assert errors[-1] < 1.875 / 4e-6 * B / cells
    assert errors[2] < 0.5 * errors[0]
    verified.convergence(PIXELS, "disc", [1 / 50, 1 / 100, 1 / 200], errors, order=1.0)


@pytest.mark.parametrize("symmetry", ["square", "hexagonal"])
def test_mean_is_the_fraction_of_bright_pixels(make_case, save, symmetry):
    rng = np.random.default_rng(5)
    aspect = 1.0 if symmetry == "square" else np.sqrt(3.0)
    rows = round(60 * aspect)
    blobs = rng.random((rows // 10 + 1, 6)).repeat(10, axis=0).repeat(10, axis=1)[:rows, :60]
    values = (blobs > 0.4).astype(float)
    case = make_case(geometry={"symmetry": symmetry}, chart=spec(save(values), transition="2 um"))
    chart = conducting_map(case)
    assert chart.mean == pytest.approx(values.mean(), abs=1e-12)
    # the shift is found on the same integral to second order in the grid
    assert chart(grid(400, aspect)).mean() == pytest.approx(values.mean(), abs=1e-3)


def test_bottom_row_is_at_the_origin_and_columns_run_along_x(make_case, save):
    values = np.ones((40, 40))
    values[20:, :20] = 0.0  # lower left quarter
    chart = conducting_map(make_case(geometry=SQUARE, chart=spec(save(values))))
    corners = np.array([[0.0, 0.0], [B, 0.0], [0.0, B], [B, B]])
    assert chart(corners).tolist() == [0.0, 1.0, 1.0, 1.0]


def test_grey_values_are_the_map_and_a_sharp_edge_becomes_the_step(make_case, save):
    values = np.full((50, 50), 1.0)
    values[:, :15] = 51 / 255
    chart = conducting_map(make_case(geometry=SQUARE, chart=spec(save(values), grey=True)))
    points = grid(90)
    exact = 0.2 + 0.8 * smooth_step(points[:, 0] - 7.5e-6, 4e-6)
    assert chart(points) == pytest.approx(exact, abs=1e-12)
    assert chart.mean == pytest.approx(0.3 * 0.2 + 0.7, abs=1e-12)
    assert chart(points).mean() == pytest.approx(chart.mean, abs=1e-4)


def test_sixteen_bits_and_tiff_are_read_in_full(make_case, save):
    values = np.full((10, 10), 0.12345)
    name = save(values, "map.tif", deep=True)
    chart = conducting_map(make_case(geometry=SQUARE, chart=spec(name, grey=True)))
    assert chart(grid(7)) == pytest.approx(0.12345, abs=0.5 / 65535)


def test_row_of_an_image_gives_stripes_with_exact_edges(make_case, save):
    values = np.ones((3, 100))
    values[1, 10:30] = 0.0
    chart = conducting_map(make_case(chart=spec(save(values), transition="1 um", row=1)))
    assert chart.edges == pytest.approx((2.5e-6, 7.5e-6), rel=1e-12)
    x = np.linspace(0.0, B, 100_001)
    assert np.trapezoid(chart(x[:, None]), x) / B == pytest.approx(0.8, abs=1e-6)
    grey = conducting_map(
        make_case(chart=spec(save(0.2 + 0.6 * values), transition="1 um", row=1, grey=True))
    )
    assert np.trapezoid(grey(x[:, None]), x) / B == pytest.approx(grey.mean, abs=1e-6)
    assert grey(np.array([[5e-6]]))[0] == pytest.approx(51 / 255, abs=1e-12)


def test_pixel_size_takes_the_lower_left_part_of_a_larger_image(make_case, save):
    values = np.ones((80, 80))
    values[-15:, :] = 0.0  # 15 of the 50 lowest rows that the cell takes
    chart = conducting_map(
        make_case(geometry=SQUARE, chart=spec(save(values), pixel_size="0.5 um"))
    )
    assert chart.mean == pytest.approx(0.7, abs=1e-12)
    assert chart(np.array([[0.0, 0.0], [0.0, B]])).tolist() == [0.0, 1.0]


def test_mesh_is_fine_across_the_edges_of_an_image_only(make_case, save):
    cell = {**SQUARE, "period": "20 um", "metal_thickness": "10 um"}
    chart = spec(save(disc(40, 0.5)), transition="3 um")
    case = make_case(
        geometry={**cell, "electrolyte_thickness": "10 um"}, chart=chart, interface_size="3 um"
    )
    found = conducting_map(case)
    size = found.size(
        np.array([[5e-6, 0.0], [9.9e-6, 9.9e-6]]), coarsest=3e-6, refinement=COARSE_PLANE
    )
    away = np.hypot(9.9, 9.9) - 5.0 - 1.5
    assert size == pytest.approx([0.5e-6, (0.5 + 0.25 * away) * 1e-6], rel=0.05)
    quality = cell_quality(cell_arrays(case)).metal
    assert quality.cells < 30_000
    assert quality.worst_angle > 5.0


REFUSED = {
    "wholly blocked": (np.zeros((40, 40)), {}, SQUARE, "file", "blocks the whole"),
    "too coarse": (disc(10, 0.5), {}, SQUARE, "transition", "at least 10 um, 4 pixels"),
    "no row": (np.ones((2, 40)), {}, {}, "row", "takes one row, the image has 2"),
    "row beyond": (np.ones((2, 40)), {"row": 2}, {}, "row", "has 2 rows"),
    "row in a square": (disc(40, 0.5), {"row": 0}, SQUARE, "row", "takes every row"),
    "aspect": (np.ones((40, 60)), {}, SQUARE, "file", "do not have the aspect"),
    "small": (disc(40, 0.5), {"pixel_size": "0.5 um"}, SQUARE, "pixel_size", "cover 20 um of 25"),
    "two rules": (disc(40, 0.5), {"grey": True, "blocked_below": 0.5}, SQUARE, "below", "grey"),
    "wide": (disc(40, 0.5), {"transition": "26 um"}, SQUARE, "transition", "at most 25 um"),
    "disc": (disc(40, 0.5), {}, {"symmetry": "axisymmetric"}, "kind", "no meaning"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_image_that_cannot_be_the_map_is_refused_by_its_key(make_case, save, what):
    values, more, geometry, key, part = REFUSED[what]
    with pytest.raises(InputError, match=part) as caught:
        make_case(geometry=geometry, chart=spec(save(values), **more))
    assert caught.value.key.startswith("interface.map.")
    assert key in caught.value.key
    assert caught.value.remedy


def test_integers_that_do_not_say_which_is_white_are_refused(make_case, tmp_path):
    grey = np.linspace(0, 65535, 1600).reshape(40, 40).astype(np.int32)
    Image.fromarray(grey).save(tmp_path / "deep.tif")
    with pytest.raises(InputError, match="which is white"):
        make_case(geometry=SQUARE, chart=spec("deep.tif"))


def test_what_is_no_still_image_is_refused(make_case, save, tmp_path):
    (tmp_path / "no.png").write_text("not an image")
    with pytest.raises(InputError, match="cannot be read as an image"):
        make_case(geometry=SQUARE, chart=spec("no.png"))
    with pytest.raises(InputError, match="no such file"):
        make_case(geometry=SQUARE, chart=spec("absent.png"))
    frames = [Image.fromarray(np.full((40, 40), k, dtype=np.uint8)) for k in (100, 200)]
    frames[0].save(tmp_path / "two.tif", save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match="holds 2 frames"):
        make_case(geometry=SQUARE, chart=spec("two.tif"))
    Image.fromarray(np.full((40, 40), 1.5, dtype=np.float32)).save(tmp_path / "float.tif")
    with pytest.raises(InputError, match="leave the range 0 to 1"):
        make_case(geometry=SQUARE, chart=spec("float.tif"))
    missing = {"kind": "image", "file": save(disc(40, 0.5)), "transition": "4 um"}
    with pytest.raises(InputError, match="grey = true"):
        make_case(geometry=SQUARE, chart=missing)
