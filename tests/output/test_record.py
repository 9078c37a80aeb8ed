"""run.json, summary.json and run.log say what was run with what."""

import hashlib
import json
import logging
import math
from datetime import UTC, datetime

import numpy as np
import pytest
from mpi4py import MPI
from output.known_fields import known_system

from femna.errors import ComputationError
from femna.materials import resolve
from femna.output import case_hash, mesh_sizes, run_log, unknowns, write_run, write_summary

START = datetime(2020, 1, 1, 12, tzinfo=UTC)


def summarise(directory, case, **changes):
    content = {
        "status": "ok",
        "reason": "",
        "final": {"step": np.int64(7), "voltage_V": np.float64(0.1), "asr_ohm_cm2": math.nan},
        "balances": {"charge": 1e-13, "volume": 2e-12, "force": np.float64(3e-12)},
        "voltage_limit_charge_mAh_cm2": None,
        "wall_s": 1.5,
        "steps": 7,
        "newton_iterations": 30,
        "creep_exponent": 5.0,
        **changes,
    }
    return write_summary(directory, case=case, comm=MPI.COMM_SELF, **content)


def test_the_hash_is_of_the_resolved_case(make_case):
    case, other = make_case(), make_case(pressure="5 MPa")
    assert case_hash(case) == hashlib.sha256(case.to_toml().encode()).hexdigest()
    assert case_hash(case) != case_hash(other)


def test_run_record_names_versions_sizes_and_every_source(make_case, tmp_path):
    case = make_case()
    system, _ = known_system(case, MPI.COMM_SELF)
    sources = resolve(case).sources
    sizes = {"mesh": mesh_sizes(system.cell), "unknowns": unknowns(system)}
    common = {"case": case, "sources": sources, "comm": MPI.COMM_SELF, "started": START, **sizes}
    write_run(tmp_path, **common)
    assert json.loads((tmp_path / "run.json").read_text())["ended"] is None
    write_run(tmp_path, ended=START.replace(minute=1), wall_s=60.0, **common)
    record = json.loads((tmp_path / "run.json").read_text())
    assert set(record["versions"]) == {"femna", "dolfinx", "petsc", "numpy", "gmsh"}
    assert all(record["versions"].values())
    assert record["ranks"] == 1
    assert record["case_hash"] == case_hash(case)
    assert (record["started"], record["ended"]) == (
        "2020-01-01T12:00:00+00:00",
        "2020-01-01T12:01:00+00:00",
    )
    assert record["wall_s"] == 60.0
    assert len(record["sources"]) == len(sources) > 0
    assert set(record["sources"][0]) == {"quantity", "value", "unit", "source", "label", "note"}
    vector = system.create_vector()
    assert record["unknowns"]["total"] == vector.getSize()
    assert record["unknowns"]["contact"] == len(system.z)
    assert record["mesh"]["metal"]["cells"] > record["mesh"]["metal"]["vertices"] > 0


def test_summary_has_plain_values_and_no_nan(make_case, tmp_path):
    summary = summarise(tmp_path, make_case(), critical="extra")
    assert json.loads((tmp_path / "summary.json").read_text()) == summary
    assert summary["final"] == {"step": 7, "voltage_V": 0.1, "asr_ohm_cm2": None}
    assert summary["critical"] == "extra"
    assert summary["voltage_limit_charge_mAh_cm2"] is None
    assert set(summary["balances"]) == {"charge", "volume", "force"}


def test_a_sweep_recognises_the_finished_case_by_these_files(make_case, tmp_path):
    from femna.output import claim
    from femna.study.rows import balances_of, results_of

    case = make_case()
    claim(tmp_path / "run", case, resume=False, comm=MPI.COMM_SELF)
    summary = summarise(tmp_path / "run", case, final={"contact_fraction": 0.5})
    assert results_of(summary)["contact_fraction"] == 0.5
    assert results_of(summary)["creep_exponent"] == 5.0
    assert balances_of(summary)["force"] == 3e-12
    assert claim(tmp_path / "run", case, resume=True, comm=MPI.COMM_SELF).previous == "finished"


def test_a_value_that_json_cannot_hold_is_refused(make_case, tmp_path):
    with pytest.raises(TypeError, match="JSON has no form"):
        summarise(tmp_path, make_case(), odd=object())
    assert not (tmp_path / "summary.json").exists()


def test_the_log_is_open_only_for_its_run_and_is_added_to(tmp_path):
    logger = logging.getLogger("femna.simulation")
    before = logging.getLogger("femna").level, list(logging.getLogger("femna").handlers)
    for text in ("first", "second"):
        with run_log(tmp_path, MPI.COMM_SELF):
            logger.info("%s run", text)
            logger.debug("not this")
    logger.warning("after")
    lines = (tmp_path / "run.log").read_text().splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == ["INFO first run", "INFO second run"]
    assert (logging.getLogger("femna").level, logging.getLogger("femna").handlers) == before


def test_a_log_that_cannot_be_opened_stops_the_computation(tmp_path):
    with (
        pytest.raises(ComputationError, match=r"run\.log cannot be written"),
        run_log(tmp_path / "missing", MPI.COMM_SELF),
    ):
        pass
