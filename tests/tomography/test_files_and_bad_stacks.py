"""What files are read as a stack, what is written, and one line for whatever is wrong."""

import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
import tifffile

from femna.case import Table
from femna.cli.app import execute
from femna.tomography import load_settings, settings
from femna.tomography.source import open_stack

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "meshes" / "tomogram.tif"
IMAGEJ = {"imagej": True, "resolution": (1 / 2.0, 1 / 2.0)}
PAGE = (ROOT / "docs" / "tomography.md").read_text(encoding="utf-8")


def phantom(count=24, *, void=100.0, metal=200.0):
    """A stack of three flat phases: electrolyte 400 below, a cube of void of 6 voxels on it."""
    stack = np.full((count, count, count), metal)
    stack[:8] = 400.0
    stack[8:14, 9:15, 9:15] = void
    return stack.astype(np.uint16)


def write_imagej(path, stack, unit="um", spacing=2.0):
    metadata = {"unit": unit, "spacing": spacing, "axes": "ZYX"}
    tifffile.imwrite(path, stack, metadata=metadata, **IMAGEJ)


def test_one_stack_in_every_format(tmp_path):
    import h5py

    stack = phantom()
    write_imagej(tmp_path / "a.tif", stack)
    tifffile.imwrite(tmp_path / "b.tif", stack, compression="zlib", photometric="minisblack")
    tifffile.imwrite(
        tmp_path / "c.ome.tif", stack, metadata={"axes": "ZYX", "PhysicalSizeX": 2.0,
        "PhysicalSizeY": 2.0, "PhysicalSizeZ": 2.0},
    )  # fmt: skip
    (tmp_path / "slices").mkdir()
    for place, layer in enumerate(stack):
        tifffile.imwrite(
            tmp_path / "slices" / f"s{place:03}.tif", layer, resolution=(5000, 5000),
            resolutionunit="CENTIMETER",
        )  # fmt: skip
    np.save(tmp_path / "d.npy", stack)
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file.create_dataset("exchange/data", data=stack).attrs["voxel_size"] = "2 um"
    sizes = {}
    for name in ("a.tif", "b.tif", "c.ome.tif", "slices", "d.npy", "e.h5"):
        source = open_stack(tmp_path / name)
        assert np.array_equal(source.slices(0, 24), stack), name
        assert np.array_equal(source.slices(5, 9), stack[5:9]), name
        sizes[name] = source.voxel_size
    assert sizes.pop("b.tif") is None
    assert sizes.pop("d.npy") is None
    # 5000 to the centimetre are 2 um, and so say the others
    assert all(size == pytest.approx(2e-6, rel=1e-6) for size in sizes.values()), sizes


def test_the_command_writes_what_it_found(tmp_path, capsys):
    write_imagej(tmp_path / "s.tif", phantom())
    (tmp_path / "s.toml").write_text('[filter]\nmethod = "none"\n[stack]\nslices = [2, 24]\n')
    out = tmp_path / "out"
    arguments = ["segment", str(tmp_path / "s.tif"), "-o", str(out)]
    options = ["--settings", str(tmp_path / "s.toml"), "--voxel-size", "3 um", "--set"]
    assert execute([*arguments, *options, "voids.connectivity=6"]) == 0
    assert "1 voids" in capsys.readouterr().out
    summary = json.loads((out / "summary.json").read_text())
    # a cube of 6 voxels of 3 um: 18 um, on the interface
    assert summary["void_volume_um3"] == pytest.approx(18.0**3)
    assert summary["contact_area_lost_um2"] == pytest.approx(18.0**2)
    assert summary["bins_um3"] == {"<1000": 0, "1000-2500": 0, "2500-10000": 1, ">10000": 0}
    assert summary["settings"]["voids"]["connectivity"] == 6
    assert summary["layers_of_electrolyte"] == 6
    (row,) = csv.DictReader((out / "voids.csv").read_text().splitlines())
    assert float(row["depth_um"]) == pytest.approx(18.0)
    assert float(row["contact_area_um2"]) == pytest.approx(324.0)
    assert row["touches_border"] == "false"
    assert set(row) <= set(PAGE.replace("`", " ").replace(",", " ").split())
    labels = open_stack(out / "labels.tif")
    assert labels.voxel_size == pytest.approx(3e-6)
    phases = labels.slices(0, labels.shape[0])
    assert (phases == 3).sum() == 216
    assert (phases[:6] == 2).all()
    assert not (phases[6:] == 2).any()
    # the settings written are settings that read back as they were
    written = tomllib.loads((out / "settings.toml").read_text())
    assert written["filter"]["method"] == "none"
    assert load_settings(out / "settings.toml").stack.voxel_size == pytest.approx(3e-6)
    assert (out / "segmentation.png").stat().st_size > 10000
    assert execute(arguments) == 2
    assert "holds other files" in capsys.readouterr().err


def broken(folder, name):
    """Write a stack with something wrong; return its path and further arguments."""
    stack, path = phantom(), folder / "s.tif"
    if name == "text":
        path = folder / "s.txt"
        path.write_text("no stack")
    elif name == "not a tiff":
        path.write_text("no stack")
    elif name == "one image":
        write_imagej(path, stack[:1])
    elif name == "colours":
        tifffile.imwrite(path, np.zeros((24, 24, 24, 3), np.uint8), photometric="rgb")
    elif name == "empty folder":
        path = folder / "empty"
        path.mkdir()
    elif name == "complex numbers":
        path = folder / "s.npy"
        np.save(path, stack.astype(complex))
    elif name in ("cut short", "cut short, packed"):
        packed = {"compression": "zlib"} if "packed" in name else {}
        tifffile.imwrite(path, np.random.default_rng(0).integers(0, 60000, stack.shape, np.uint16),
                         photometric="minisblack", **packed)  # fmt: skip
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        return path, ["--voxel-size", "2 um"]
    elif name == "nan":
        path = folder / "s.npy"
        values = stack.astype(np.float32)
        values[3, 4, 5] = np.nan
        np.save(path, values)
        return path, ["--voxel-size", "2 um"]
    elif name == "no voxel size":
        path = folder / "s.npy"
        np.save(path, stack)
    elif name == "absurd metadata":
        write_imagej(path, stack, unit="m")
    elif name == "absurd voxel size":
        write_imagej(path, stack)
        return path, ["--voxel-size", "2 mm"]
    elif name == "voxel size without a unit":
        write_imagej(path, stack)
        return path, ["--voxel-size", "2"]
    elif name == "boxes":
        write_imagej(path, stack, spacing=5.0)
    elif name == "no voids":
        write_imagej(path, phantom(void=200.0))
    elif name == "all void":
        write_imagej(path, phantom(metal=100.0))
        fixed = ("method='fixed'", "void=150.0", "electrolyte=300.0")
        return path, [word for key in fixed for word in ("--set", f"threshold.{key}")]
    elif name == "no interface":
        write_imagej(path, phantom()[8:])
    elif name == "all alike":
        write_imagej(path, np.full((24, 24, 24), 7, np.uint16))
    elif name == "crop":
        write_imagej(path, stack)
        return path, ["--set", "stack.rows=[20, 30]"]
    elif name == "misspelt":
        write_imagej(path, stack)
        return path, ["--set", "filter.strenght=1.0"]
    elif name == "missing":
        path = folder / "none.tif"
    return path, []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("text", "is not a stack"),
        ("not a tiff", "cannot be read"),
        ("one image", "is not a stack"),
        ("colours", "colours"),
        ("empty folder", "no stack of TIFF slices"),
        ("complex numbers", "complex128"),
        ("cut short", "cut short"),
        ("cut short, packed", "cut short"),
        ("nan", "slice 3 holds grey values that are not finite"),
        ("no voxel size", "give --voxel-size"),
        ("absurd metadata", "outside 0.01 um to 100 um"),
        ("absurd voxel size", "must be at most 100 um"),
        ("voxel size without a unit", "unit"),
        ("boxes", "not cubes"),
        ("no voids", "no voids"),
        ("all void", "all void"),
        ("no interface", "interface not found"),
        ("all alike", "interface not found"),
        ("crop", "stack.rows"),
        ("misspelt", "did you mean 'strength'"),
        ("missing", "no such file"),
    ],
)
def test_bad_stacks_are_one_line_and_leave_nothing(tmp_path, capsys, name, said):
    path, more = broken(tmp_path, name)
    out = tmp_path / "out"
    assert execute(["segment", str(path), "-o", str(out), *more]) == 2
    errors = capsys.readouterr().err
    assert len(errors.splitlines()) == 1
    assert said in errors
    assert not out.exists()


def test_the_page_names_every_setting():
    tables = [
        item for item in vars(settings).values()
        if isinstance(item, type) and issubclass(item, Table) and item is not Table
    ]  # fmt: skip
    keys = {key for table in tables for key in table.model_fields}
    assert [key for key in sorted(keys) if f"`{key}`" not in PAGE] == []
