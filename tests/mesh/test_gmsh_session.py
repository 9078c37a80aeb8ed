"""Gmsh leaves no trace: finalised after use, and a caller's own model and options survive."""

import gmsh
import pytest

from femna.errors import ComputationError
from femna.mesh.cell import cell_arrays
from femna.mesh.gmsh_session import gmsh_model


def test_gmsh_is_finalised_after_use_and_after_a_failure(make_case, capfd):
    cell_arrays(make_case())
    assert not gmsh.isInitialized()
    with pytest.raises(ComputationError, match="Gmsh"), gmsh_model() as module:
        module.merge("/nonexistent.geo")
    assert not gmsh.isInitialized()
    with pytest.raises(KeyError), gmsh_model():
        raise KeyError("the caller's own error comes through")
    assert not gmsh.isInitialized()
    assert capfd.readouterr().out == ""


def test_model_and_options_of_a_caller_survive(make_case):
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.model.add("theirs")
        gmsh.model.occ.addBox(0, 0, 0, 1, 1, 1)
        gmsh.model.occ.synchronize()
        gmsh.option.setNumber("Mesh.Algorithm", 5)
        cell_arrays(make_case())
        assert gmsh.isInitialized()
        assert gmsh.model.getCurrent() == "theirs"
        assert gmsh.option.getNumber("Mesh.Algorithm") == 5
        assert len(gmsh.model.getEntities(3)) == 1
        assert "femna" not in gmsh.model.list()
    finally:
        gmsh.finalize()


def test_mesh_does_not_depend_on_what_gmsh_did_before(make_case):
    alone = cell_arrays(make_case()).metal.points
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.option.setNumber("Mesh.Algorithm", 5)
        guest = cell_arrays(make_case()).metal.points
    finally:
        gmsh.finalize()
    assert (alone == guest).all()
