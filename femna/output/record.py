"""``run.json`` and ``summary.json``: what was run with what, and how it ended."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import dolfinx
import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from femna import __version__
from femna.case import Case
from femna.files import plain, render_json, write_text
from femna.materials.ledger import SourceEntry
from femna.mesh import Cell
from femna.output.files import on_root_disk
from femna.simulation.system import System

_BLOCKS: Final = ("velocity", "pressure", "contact", "potential", "scalars")


def case_hash(case: Case) -> str:
    """Return the SHA-256 of the resolved case as TOML, in hexadecimal."""
    return hashlib.sha256(case.to_toml().encode("utf-8")).hexdigest()


def versions() -> dict[str, str | None]:
    """Return the versions of femna and of the libraries that decide a result."""
    try:
        gmsh: str | None = str(importlib.import_module("gmsh").__version__)
    except (ImportError, OSError, AttributeError):
        gmsh = None
    return {
        "femna": __version__,
        "dolfinx": str(dolfinx.__version__),
        "petsc": ".".join(str(part) for part in PETSc.Sys.getVersion()),
        "numpy": np.__version__,
        "gmsh": gmsh,
    }


def mesh_sizes(cell: Cell) -> dict[str, dict[str, int]]:
    """Return the numbers of cells and vertices of each body, over all ranks."""
    sizes = {}
    for name, body in (("metal", cell.metal), ("electrolyte", cell.electrolyte)):
        topology = body.mesh.topology
        sizes[name] = {
            "cells": int(topology.index_map(topology.dim).size_global),
            "vertices": int(topology.index_map(0).size_global),
        }
    return sizes


def unknowns(system: System) -> dict[str, int]:
    """Return the numbers of unknowns by block and in total, over all ranks."""
    counts = [int(n) for n in system.layout.sizes.sum(axis=0)]
    return {**dict(zip(_BLOCKS, counts, strict=True)), "total": sum(counts)}


def write_run(
    directory: Path,
    *,
    case: Case,
    sources: Iterable[SourceEntry],
    comm: MPI.Comm,
    started: datetime,
    ended: datetime | None = None,
    wall_s: float | None = None,
    mesh: Mapping[str, Any] | None = None,
    unknowns: Mapping[str, int] | None = None,
    **extra: object,
) -> None:
    """Write ``run.json`` (collective); written at the start and again at the end.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    case : Case
        The validated case.
    sources : iterable of SourceEntry
        Every number used, from `femna.materials.resolve`.
    comm : MPI.Comm
        Ranks of the run.
    started, ended : datetime
        With time zone; written in UTC. `ended` is None while the run goes on.
    wall_s : float, optional
        Wall time [s].
    mesh, unknowns : mapping, optional
        From :func:`mesh_sizes` and :func:`unknowns`.
    **extra
        Further entries.

    Raises
    ------
    ComputationError
        On every rank, if the file cannot be written.
    """
    content = {
        "versions": versions(),
        "ranks": comm.size,
        "case_hash": case_hash(case),
        "title": case.title,
        "started": _stamp(started),
        "ended": None if ended is None else _stamp(ended),
        "wall_s": wall_s,
        "mesh": mesh,
        "unknowns": unknowns,
        **extra,
        "sources": [asdict(entry) for entry in sources],
    }
    path = directory / "run.json"
    on_root_disk(comm, path, lambda: write_text(path, render_json(content)))


def write_summary(
    directory: Path,
    *,
    case: Case,
    status: str,
    reason: str,
    final: Mapping[str, Any],
    balances: Mapping[str, float | None],
    voltage_limit_charge_mAh_cm2: float | None,
    wall_s: float,
    steps: int,
    newton_iterations: int,
    creep_exponent: float | None,
    comm: MPI.Comm,
    **extra: object,
) -> dict[str, Any]:
    """Write ``summary.json`` (collective) and return what is in it, on every rank.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    case : Case
        The validated case.
    status : str
        ok, contact_lost, voltage_limit, shorted, failed or interrupted.
    reason : str
        Why it ended; empty for ok.
    final : mapping
        The last row of the history.
    balances : mapping
        Largest relative errors of charge, volume and force over all accepted steps.
    voltage_limit_charge_mAh_cm2 : float, optional
        Charge at which the voltage limit was met.
    wall_s : float
        Wall time [s].
    steps, newton_iterations : int
        Accepted steps and Newton iterations of the whole run.
    creep_exponent : float, optional
        Of the metal's power law.
    comm : MPI.Comm
        Ranks of the run.
    **extra
        Further entries.

    Returns
    -------
    dict
        Of JSON's types; numbers that are not finite are None.

    Raises
    ------
    ComputationError
        On every rank, if the file cannot be written.
    """
    content: dict[str, Any] = plain(
        {
            "case_hash": case_hash(case),
            "status": status,
            "reason": reason,
            "final": final,
            "balances": balances,
            "voltage_limit_charge_mAh_cm2": voltage_limit_charge_mAh_cm2,
            "wall_s": wall_s,
            "steps": steps,
            "newton_iterations": newton_iterations,
            "creep_exponent": creep_exponent,
            **extra,
        }
    )
    path = directory / "summary.json"
    on_root_disk(comm, path, lambda: write_text(path, render_json(content)))
    return content


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
