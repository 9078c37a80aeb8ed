"""Stacks made by others: refused in one line, nothing executed, no other file read, no crash."""

import os
import pickle
import struct
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile

from femna.cli.app import execute
from femna.errors import InputError
from femna.tomography.claims import MOST_PACKED, refuse_unfolding
from femna.tomography.source import open_stack

ROOT = Path(__file__).parents[2]
STACK = np.arange(24**3, dtype=np.uint16).reshape(24, 24, 24)
HUGE = (100_000, 100_000, 100_000)


def hdf5(path, **options):
    """Write an HDF5 file with one dataset; return its path."""
    with h5py.File(path, "w") as file:
        file.create_dataset("a", **options)
    return path


def external(path):
    """Values in the file of somebody else."""
    (path.parent / "secret").write_bytes(bytes(2 * 24**3))
    place = [(str(path.parent / "secret"), 0, h5py.h5f.UNLIMITED)]
    return hdf5(path, shape=(24, 24, 24), dtype="u2", external=place)


def virtual(path):
    """Values from another file, put together when they are read."""
    hdf5(path.with_name("other.h5"), data=STACK)
    layout = h5py.VirtualLayout((24, 24, 24), "u2")
    layout[:] = h5py.VirtualSource("other.h5", "a", (24, 24, 24), "u2")
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("a", layout)
    return path


def linked(path):
    """A link to a dataset of another file, and one that leads back to itself."""
    hdf5(path.with_name("other.h5"), data=STACK)
    with h5py.File(path, "w") as file:
        file["a"] = h5py.ExternalLink("other.h5", "/a")
        file["b"] = h5py.SoftLink("/b")
    return path


def made_tall(path, rows, **options):
    """Write a TIFF whose header says something else."""
    tifffile.imwrite(
        path, STACK, photometric="minisblack", rowsperstrip=24, metadata=None, **options
    )
    with tifffile.TiffFile(path) as tif:
        tags = [page.aspage().tags for page in tif.pages]
        places = [of[tag].offset for of in tags for tag in ("ImageLength", "RowsPerStrip")]
    content = bytearray(path.read_bytes())
    for place in places:
        content[place + 2 : place + 12] = struct.pack("<HII", 4, 1, rows)
    path.write_bytes(content)
    return path


class Touch:
    """Makes a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.mkdir, (str(self.path),))


def pickled(path):
    np.save(path, np.array([[[Touch(path.with_name("executed"))]]], dtype=object))
    return path


def raw_pickle(path):
    path.write_bytes(pickle.dumps(Touch(path.with_name("executed"))))
    return path


def archive(path):
    with path.open("wb") as stream:
        np.savez_compressed(stream, a=STACK)
    return path


def too_short(path):
    np.lib.format.open_memmap(path, mode="w+", dtype="u2", shape=(24, 24, 24)).flush()
    content = path.read_bytes()
    assert b"(24, 24, 24)" in content
    path.write_bytes(content.replace(b"(24, 24, 24), }     ", b"(24000, 24000, 24), }"[:20]))
    return path


def pipe(path):
    os.mkfifo(path)
    return path


def mixed(path):
    """Slices of 16 bits and one of 8."""
    path.mkdir()
    for place, layer in enumerate(STACK):
        values = layer.astype(np.uint8) if place == 9 else layer
        tifffile.imwrite(path / f"{place:02}.tif", values)
    return path


CASES = {
    "values in another file": ("s.h5", external, "in another file (secret)"),
    "virtual": ("s.h5", virtual, "virtual"),
    "links": ("s.h5", linked, "3D datasets: none"),
    "never written": (
        "s.h5",
        lambda path: hdf5(path, shape=HUGE, dtype="u2", chunks=(8, 64, 64), compression="gzip"),
        "claims 2e+15 bytes",
    ),
    "huge chunks": (
        "s.h5",
        lambda path: hdf5(path, shape=(1024, 1024, 1024), dtype="u2", chunks=(640, 1024, 1024)),
        "claims",
    ),
    "pickle": ("s.npy", pickled, "cannot be read"),
    "pickle without a header": ("s.npy", raw_pickle, "cannot be read"),
    "an archive": ("s.npy", archive, "cannot be read"),
    "claims more than there is": ("s.npy", too_short, "cannot be read"),
    "tall TIFF": ("s.tif", lambda p: made_tall(p, 2**31), "claims"),
    "tall packed TIFF": (
        "s.tif",
        lambda path: made_tall(path, 2**31, compression="zlib"),
        "claims",
    ),
    "a pipe": ("s.tif", pipe, "is no ordinary file"),
    "mixed slices": ("slices", mixed, "of uint8, the first (24, 24) of uint16"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_stack_that_is_a_trap_is_one_line(tmp_path, capsys, name):
    file, make, said = CASES[name]
    path, began = make(tmp_path / file), time.monotonic()
    arguments = ["segment", str(path), "-o", str(tmp_path / "out"), "--voxel-size", "2 um"]
    assert execute(arguments) == 2
    assert time.monotonic() - began < 20.0
    line = capsys.readouterr().err
    assert len(line.splitlines()) == 1
    assert said in line
    assert not (tmp_path / "executed").exists()
    assert not (tmp_path / "out").exists()


def test_chunks_that_are_unpacked_as_a_whole_are_bounded(tmp_path):
    path = tmp_path / "s.h5"
    with h5py.File(path, "w") as file:
        item = file.create_dataset(
            "a", shape=(640, 1024, 1024), dtype="u2", chunks=(640, 1024, 1024), compression="gzip"
        )
        item.id.write_direct_chunk((0, 0, 0), bytes(1 << 20))  # as if it were well packed
    with pytest.raises(InputError, match=r"chunks of 1.25 GiB"):
        open_stack(path)


def test_what_an_honest_packer_reaches_is_taken(tmp_path):
    # a constant, the densest that deflate can pack: some 1000 to one
    values = np.full((64, 512, 512), 7, dtype=np.uint16)
    with h5py.File(tmp_path / "s.h5", "w") as file:
        file.create_dataset("a", data=values, chunks=(64, 512, 512), compression="gzip")
    assert open_stack(tmp_path / "s.h5").shape == values.shape
    tifffile.imwrite(tmp_path / "s.tif", values, compression="zlib", photometric="minisblack")
    assert np.array_equal(open_stack(tmp_path / "s.tif").slices(3, 4), values[3:4])
    held = (tmp_path / "s.h5").stat().st_size
    assert values.nbytes > 0.2 * MOST_PACKED * held
    with pytest.raises(InputError, match="claims"):
        refuse_unfolding(tmp_path / "s.h5", claimed=MOST_PACKED * held + 1, held=held)


FUZZ = """
import sys, resource
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
from femna.errors import FemnaError
from femna.tomography.source import open_stack
read = 0
for path in sorted(Path(sys.argv[1]).iterdir()):
    print(path.name, flush=True)
    try:
        found = open_stack(path)
        found.slices(0, min(found.shape[0], 8))
        read += 1
    except FemnaError as error:
        assert len(str(error).splitlines()) == 1, str(error)
print("end", read)
"""


@pytest.mark.parametrize("count", [60, pytest.param(3000, marks=pytest.mark.slow)])
def test_a_damaged_stack_is_read_or_refused(tmp_path, count):
    originals, folder = tmp_path / "originals", tmp_path / "damaged"
    originals.mkdir()
    folder.mkdir()
    np.save(originals / "a.npy", STACK)
    tifffile.imwrite(originals / "b.tif", STACK, imagej=True, metadata={"axes": "ZYX"})
    tifffile.imwrite(originals / "c.tif", STACK, compression="zlib", photometric="minisblack")
    tifffile.imwrite(originals / "d.ome.tif", STACK, metadata={"axes": "ZYX"})
    hdf5(originals / "e.h5", data=STACK)
    hdf5(originals / "f.h5", data=STACK, chunks=(8, 8, 8), compression="gzip", shuffle=True)
    contents = [(path.name, path.read_bytes()) for path in sorted(originals.iterdir())]
    draw = np.random.default_rng(9)
    for number in range(count):
        name, whole = contents[number % len(contents)]
        content = bytearray(whole)
        for _ in range(draw.integers(1, 5)):
            # half of the damage where the structure is
            end = len(content) if draw.random() < 0.5 else min(len(content), 3000)
            place, kind = int(draw.integers(end)), draw.integers(4)
            if kind == 0:
                content[place] = int(draw.integers(256))
            elif kind == 1:
                del content[place : place + int(draw.integers(1, 100))]
            elif kind == 2:
                content[place : place + 4] = struct.pack("<I", int(draw.integers(2**32)))
            else:
                content[place : place + 8] = b"\xff" * 8
        (folder / f"{number:05}.{name}").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=60 + count,
        check=False,
    )
    last = done.stdout.splitlines()[-1:]
    assert last[0].startswith("end"), (done.returncode, last, done.stderr[-1500:])
    assert int(last[0].split()[1]) > count // 10  # else damage was all that was tried
