"""What a run or a sweep left in its folder, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from femna.api.fields import Fields
from femna.case import Case, load_case
from femna.errors import InputError
from femna.files import read_json
from femna.output.vtk import read_pvd, read_vtu

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Run:
    """The folder of a run; `ended` is its summary where the run was made here.

    A table that is damaged raises `InputError` with its name; one that is missing is empty.
    """

    directory: Path
    ended: Mapping[str, Any] | None = None

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """What summary.json holds; empty while the run goes on."""
        if self.ended is not None:
            return self.ended
        return read_json(self.directory / "summary.json") or {}

    @property
    def status(self) -> str:
        """How the run ended; ``unfinished`` while it goes on."""
        return str(self.summary.get("status", "unfinished"))

    @property
    def case(self) -> Case:
        """The resolved case."""
        return load_case(self.directory / "case.toml")

    @property
    def history(self) -> pd.DataFrame:
        """history.csv."""
        return _table(self.directory / "history.csv")

    @property
    def interface(self) -> pd.DataFrame:
        """interface.csv, the interface at the last output."""
        return _table(self.directory / "interface.csv")

    @property
    def probes(self) -> pd.DataFrame:
        """probes.csv."""
        return _table(self.directory / "probes.csv")

    @property
    def times(self) -> tuple[float, ...]:
        """Times [s] at which there are fields."""
        return tuple(dict.fromkeys(e.time for e in read_pvd(self.directory / "fields.pvd")))

    def fields(self, body: str, *, time: float | None = None) -> Fields:
        """Return the fields of a body at the output nearest to a time [s], by default the last.

        Raises
        ------
        InputError
            The run wrote no fields of this body, or their file is missing or damaged.
        """
        listed = [e for e in read_pvd(self.directory / "fields.pvd") if e.name == body]
        if not listed:
            limit = f"has no fields of {body}"
            remedy = "ask for them with output.fields_at"
            raise InputError(None, "folder", str(self.directory), limit, remedy)
        entry = listed[-1] if time is None else min(listed, key=lambda e: abs(e.time - time))
        mesh = read_vtu(self.directory / entry.file)
        block = mesh.cells[0]
        in_cells = {name: values[0] for name, values in mesh.cell_data.items()}
        return Fields(body, mesh.points, block.data, mesh.point_data, in_cells)

    def report(self) -> Path:
        """Write report.html and return its path."""
        from femna.report import write_report

        return write_report(self.directory)

    def _repr_html_(self) -> str:
        final = self.summary.get("final") or {}
        rows = "".join(
            f"<tr><td>{escape(str(name))}</td><td>{_shown(value)}</td></tr>"
            for name, value in final.items()
        )
        return f"<b>{escape(str(self.directory))}</b>: {escape(self.status)}<table>{rows}</table>"


@dataclass(frozen=True)
class Sweep:
    """The folder of a sweep; its tables as those of `Run`."""

    directory: Path

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """What summary.json holds."""
        return read_json(self.directory / "summary.json") or {}

    @property
    def table(self) -> pd.DataFrame:
        """sweep.csv, a row for each case."""
        return _table(self.directory / "sweep.csv")

    @property
    def critical(self) -> pd.DataFrame:
        """critical.csv, the critical pressures."""
        return _table(self.directory / "critical.csv")

    def case(self, name: str) -> Run:
        """Return one of its cases by the column ``case``."""
        return Run(self.directory / name)

    def report(self) -> Path:
        """Write report.html and return its path."""
        from femna.report import write_report

        return write_report(self.directory)

    def _repr_html_(self) -> str:
        return f"<b>{escape(str(self.summary.get('title', '')))}</b>{self.critical.to_html()}"


def open_results(directory: Path | str) -> Run | Sweep:
    """Open the folder of a run or a sweep.

    Raises
    ------
    InputError
        The folder holds neither.
    """
    folder = Path(directory)
    if (folder / "sweep.csv").is_file():
        return Sweep(folder)
    if (folder / "history.csv").is_file():
        return Run(folder)
    limit = "holds neither a run (history.csv) nor a sweep (sweep.csv)"
    raise InputError(None, "folder", str(folder), limit, "give the folder of results")


def _table(path: Path) -> pd.DataFrame:
    """Return a table, empty where there is none; InputError where it is damaged."""
    import pandas as pd

    if not path.is_file():
        return pd.DataFrame()
    try:
        return pd.read_csv(path)
    except ValueError as error:  # pandas' own for an empty or a torn file, and of the decoder
        limit = f"cannot be read ({error})"
        remedy = "copy it from where the run was, or call the run or the sweep with --resume"
        raise InputError(None, "table", str(path), limit, remedy) from None


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else escape(str(value))
