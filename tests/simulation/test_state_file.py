"""A checkpoint's file is whole and its run's own, or refused and left as it is."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from femna.errors import ComputationError, InputError
from femna.simulation import state_file
from femna.simulation.state_file import read_state_file, write_state_file

OWNER = {"version of femna": "1.2.3", "case": "c" * 64}
ARRAYS = {"velocity": np.linspace(0.0, 1.0, 7).reshape(7, 1), "clock": np.array('{"step": 3}')}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("state") / "checkpoint" / "state.npz"
    write_state_file(path, ARRAYS, header={**OWNER, "step": 3})
    return path, path.read_bytes()


def refusal(path, content):
    """Return the line that refuses a file of this content; the file must stay as it is."""
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_state_file(path, belongs_to=OWNER)
    assert path.read_bytes() == content
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_what_was_written_is_read_and_numpy_reads_it_as_well(written):
    path, content = written
    path.write_bytes(content)
    found = read_state_file(path, belongs_to=OWNER)
    assert np.array_equal(found["velocity"], ARRAYS["velocity"])
    assert str(found["clock"]) == '{"step": 3}'
    with np.load(path) as plain:
        assert np.array_equal(plain["velocity"], ARRAYS["velocity"])


def test_one_bit_flipped_in_any_byte_is_found(written):
    path, content = written
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        refusal(path, bytes(damaged))


@settings(max_examples=300)
@given(st.data())
def test_random_bytes_and_cuts_are_found(written, data):
    path, content = written
    place = data.draw(st.integers(0, len(content) - 1))
    piece = data.draw(st.binary(max_size=8))
    end = data.draw(st.integers(place, len(content)))
    damaged = content[:place] + piece + content[end:]
    if damaged != content:
        refusal(path, damaged)


@pytest.mark.parametrize("name", OWNER)
def test_what_belongs_to_something_else_is_named(tmp_path, name):
    path = tmp_path / "state.npz"
    write_state_file(path, ARRAYS, header={**OWNER, name: "another"})
    assert f"another {name}" in refusal(path, path.read_bytes())


def test_another_format_is_named(written, monkeypatch, tmp_path):
    monkeypatch.setattr(state_file, "FORMAT", 3)
    write_state_file(tmp_path / "state.npz", ARRAYS, header=OWNER)
    monkeypatch.undo()
    line = refusal(tmp_path / "state.npz", (tmp_path / "state.npz").read_bytes())
    assert "has format 3, this femna reads 2" in line


def test_a_sealed_archive_that_unfolds_or_holds_objects_is_not_read(tmp_path):
    path = tmp_path / "state.npz"
    for save, content in ((np.savez_compressed, np.zeros(10**6)), (np.savez, np.array([{}]))):
        buffer = io.BytesIO()
        save(buffer, header=np.array("{}"), velocity=content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(np, "savez", lambda out, b=buffer, **_: out.write(b.getvalue()))
            write_state_file(path, {}, header=OWNER)
        assert "is no checkpoint of femna" in refusal(path, path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        assert "velocity.npy" in archive.namelist()


def test_a_new_file_that_cannot_be_written_leaves_the_old_one(written, monkeypatch):
    path, content = written
    path.write_bytes(content)

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", lambda descriptor: full(None, None))
    with pytest.raises(ComputationError, match="No space left"):
        write_state_file(path, ARRAYS, header=OWNER)
    assert path.read_bytes() == content


def test_a_new_file_that_reads_back_otherwise_leaves_the_old_one(written, monkeypatch):
    path, content = written
    path.write_bytes(content)
    partial = path.with_name(".state.npz.part")
    monkeypatch.setattr("os.fsync", lambda descriptor: partial.write_bytes(b"lost"))
    with pytest.raises(ComputationError, match="reads back"):
        write_state_file(path, ARRAYS, header=OWNER)
    assert path.read_bytes() == content
