"""``voids.csv`` and ``void_bins.csv``: the voids of a cell from an image along a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from femna.files import write_text
from femna.output.files import cell_text, on_root_disk
from femna.output.state import MICROMETRES, interface_part
from femna.output.voxels import void_shares, void_volumes
from femna.simulation.driver import Driver
from femna.simulation.void_rows import COLUMNS, VoidRows
from femna.tables import append, read_table, render
from femna.tomography.voids import bin_counts

BIN_COLUMNS: Final[tuple[str, ...]] = (
    "source",
    "step",
    "time_s",
    "half_cycle",
    "charge_mAh_cm2",
    "voids",
    "below_1000_um3",
    "from_1000_to_2500_um3",
    "from_2500_to_10000_um3",
    "above_10000_um3",
    "void_volume_um3",
)


class VoidWriter:
    """Writes both tables; every method is collective.

    Parameters
    ----------
    directory : Path
        Folder of the run.
    driver : Driver
        Of a cell from an image.
    least : float
        Volume below which the tomogram's voids were dropped [m^3], and so are the simulated ones.
    keep_through : int, optional
        Go on with existing tables: rows up to this step stay. None begins new ones.
    """

    def __init__(
        self, directory: Path, driver: Driver, *, least: float, keep_through: int | None = None
    ) -> None:
        self._driver, self._system = driver, driver.system
        self._rows = VoidRows(driver.stage)
        voids = driver.model.cell.voids
        if voids is None:
            raise ValueError("the cell has no labels")
        self._voids, self._least = voids, least
        self._each, self._bins = directory / "voids.csv", directory / "void_bins.csv"
        last = -1 if keep_through is None else keep_through
        labels = [fit.volume * 1e18 for fit in voids.fits] + [v * 1e18 for v in voids.dropped]
        comm = self._system.comm
        on_root_disk(comm, self._each, lambda: _begin(self._each, COLUMNS, last))
        on_root_disk(
            comm,
            self._bins,
            lambda: _begin(self._bins, BIN_COLUMNS, last, [_binned(labels, source="tomogram")]),
        )

    def write(self, *, output: bool) -> None:
        """Append the present state, to ``void_bins.csv`` at the start and where `output` says."""
        driver = self._driver
        phase = driver.phases[driver.clock.phase]
        rows = self._rows.rows(phase)
        comm = self._system.comm
        on_root_disk(comm, self._each, lambda: append(self._each, _lines(COLUMNS, rows)))
        if not output and driver.clock.step > 0:
            return
        part = interface_part(self._system)
        line: list[dict[str, Any]] = []
        if part is not None:
            unit = self._system.scales.length * MICROMETRES
            voxel = self._voids.voxel * MICROMETRES
            share = void_shares(
                part.points[:, :2] * unit,
                part.point_data["gap_um"],
                buried_spheres(rows),
                shape=self._voids.shape,
                voxel=voxel,
            )
            volumes = void_volumes(share, voxel, least=self._least * 1e18)
            start = {name: rows[0][name] for name in COLUMNS[:4]} if rows else {}
            line = [_binned(volumes, source="simulation") | start]
        on_root_disk(comm, self._bins, lambda: append(self._bins, _lines(BIN_COLUMNS, line)))


def buried_spheres(rows: Iterable[Mapping[str, Any]]) -> list[tuple[float, float, float, float]]:
    """Return x, y, z and radius [um] of the buried voids in rows of ``voids.csv``.

    The part of a sphere beyond a side is in the radius: the depth is that of its top.
    """
    return [
        (row["x_um"], row["y_um"], row["z_um"], row["depth_um"] - row["z_um"])
        for row in rows
        if row["state"] == "buried"
    ]


def _binned(volumes: Sequence[float], *, source: str) -> dict[str, Any]:
    counts = list(bin_counts(volumes).values())
    found: dict[str, Any] = {"source": source, "voids": len(volumes)}
    return (
        found
        | dict(zip(BIN_COLUMNS[6:10], counts, strict=True))
        | {"void_volume_um3": float(sum(volumes))}
    )


def _begin(
    path: Path,
    columns: Sequence[str],
    last: int,
    first: Iterable[Mapping[str, Any]] = (),
) -> None:
    kept = [row for row in read_table(path) if row.get("step") and int(row["step"]) <= last]
    write_text(path, render([columns, *_lines(columns, [*first, *kept])]))


def _lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    return [[cell_text(row.get(name)) for name in columns] for row in rows]
