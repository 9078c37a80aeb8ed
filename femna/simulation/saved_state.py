"""What is on disk of a driver's state: to write for a resume, to take up again, to begin with."""

from __future__ import annotations

from pathlib import Path

from femna.simulation.checkpoint import Checkpoint
from femna.simulation.driver import Driver


def checkpoint_of(driver: Driver, path: Path, *, case_hash: str | None) -> Checkpoint:
    """Return the checkpoint in a file, by the points of the driver's present mesh."""
    counter = None if driver.counter is None else driver.counter.stage.points_at_rest()
    return Checkpoint(
        path,
        driver.system.comm,
        driver.stage.points_at_rest(),
        case_hash=case_hash,
        counter=counter,
    )


def take_up(driver: Driver, path: Path, *, case_hash: str) -> bool:
    """Go on where a checkpoint of the same case was written, if it was (collective).

    Returns
    -------
    bool
        Whether there is one. The driver is then on its mesh.

    Raises
    ------
    InputError
        On every rank, if the file is damaged or belongs to another case, version or mesh.
    """
    if not checkpoint_of(driver, path, case_hash=case_hash).exists():
        return False
    driver.restore(_on_its_mesh(driver, path, case_hash=case_hash).read())
    return True


def begin(driver: Driver) -> None:
    """Begin with the final state that the case's protocol starts from, if any (collective).

    Raises
    ------
    InputError
        On every rank, if the file is damaged or belongs to another version or mesh.
    """
    path = driver.case.protocol.start_from
    if path is None:
        return
    driver.restore(_on_its_mesh(driver, path, case_hash=None).read().anew())


def _on_its_mesh(driver: Driver, path: Path, *, case_hash: str | None) -> Checkpoint:
    """Return the checkpoint, once the driver has taken the mesh that it says (collective)."""
    driver.take_mesh(checkpoint_of(driver, path, case_hash=case_hash).clock())
    return checkpoint_of(driver, path, case_hash=case_hash)
