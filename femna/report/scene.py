"""A run's fields in a window, as a picture or as a film: the same four views as in ParaView."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from femna.errors import InputError
from femna.report.field_files import FieldFiles

FILMS: Final = (".mp4", ".gif")
PICTURES: Final = (".png",)


@dataclass(frozen=True)
class Panel:
    """One of the views: a body, the array that colours it, the title of its bar."""

    body: str
    array: str
    title: str
    colours: str = "viridis"


PANELS: Final = (
    Panel("metal", "von_mises_MPa", "von Mises stress (MPa)"),
    Panel("metal", "velocity_nm_s", "velocity (nm/s)"),
    Panel("interface", "contact_pressure_MPa", "contact pressure (MPa)", "inferno"),
    Panel("electrolyte", "current_density_mA_cm2", "current density (mA/cm2)", "plasma"),
)


def show_run(
    directory: Path,
    *,
    save: Path | None = None,
    array: str | None = None,
    time: float | None = None,
) -> Path | None:
    """Show the fields of a run.

    Parameters
    ----------
    directory : Path
        Folder of a run with fields.pvd.
    save : Path, optional
        A .png (one time), or .mp4 or .gif (all times). Without it a window opens.
    array : str, optional
        Show this array alone, by its name in the files.
    time : float, optional
        The nearest output time [s]; the last one when left out.

    Returns
    -------
    Path or None
        The file that was written.

    Raises
    ------
    InputError
        No fields, a damaged file of them, an unknown array or ending, a picture that cannot be
        written, PyVista or its writer of films missing.
    """
    fields = directory / "fields.pvd"
    if not fields.is_file():
        remedy = 'give the folder of a run with fields, which output.fields_at = ["end"] asks for'
        if (directory / "sweep.csv").is_file():
            cases = sorted(file.parent.name for file in directory.glob("*/fields.pvd"))
            remedy = "the study keeps no fields: ask for them in its [output]"
            if cases:
                remedy = f"give one of its cases with fields: {', '.join(cases[:4])}"
        raise InputError(None, "view folder", str(directory), "has no fields.pvd", remedy)
    kind = None if save is None else save.suffix.lower()
    if kind is not None and kind not in PICTURES + FILMS:
        limit = f"must end in {', '.join(PICTURES + FILMS)}"
        raise InputError(None, "--save", str(save), limit, "name the file so")
    if save is None:
        _screen()
    elif not save.parent.is_dir():
        limit = f"there is no folder {save.parent}"
        raise InputError(None, "--save", str(save), limit, "make it, or name another file")
    film = kind in FILMS
    if film and time is not None:
        raise InputError(None, "--time", time, "a film shows all times", "leave it out")
    pv = _pyvista()
    files = FieldFiles(pv, fields)
    times = files.times
    panels = _panels(files, times[-1], array)
    chosen = times if film else [_nearest(times, time)]
    limits = _limits(files, chosen, panels)
    rows = 1 if len(panels) == 1 else 2
    shape = (rows, (len(panels) + rows - 1) // rows)
    plotter = pv.Plotter(shape=shape, off_screen=save is not None, window_size=(1280, 960))
    if film and save is not None:
        _begin_film(plotter, save)
    for moment in chosen:
        _draw(plotter, files.bodies(moment), moment, panels, limits)
        if film:
            plotter.write_frame()
    if save is None:
        plotter.show(title=f"{directory.name}, {chosen[-1]:.6g} s")
    elif not film:
        _save_picture(plotter, save)
    plotter.close()
    return save


_BAR: Final = {
    "color": "black",
    "vertical": True,
    "position_x": 0.78,
    "position_y": 0.2,
    "height": 0.6,
    "title_font_size": 16,
    "label_font_size": 14,
}


def _screen() -> None:
    """Refuse to open a window where there is no screen, before VTK says it in its own words."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        remedy = "add --save FILE.png, or FILE.mp4"
        raise InputError(None, "femna view", "a window", "there is no screen here", remedy)


def _pyvista() -> Any:
    try:
        import pyvista
    except ImportError:
        remedy = "pip install 'femna[pictures]'"
        raise InputError(None, "femna view", "PyVista", "is not installed", remedy) from None
    from vtkmodules.vtkCommonCore import vtkLogger

    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)  # it warns where there is no screen
    return pyvista


def _save_picture(plotter: Any, save: Path) -> None:
    try:
        plotter.screenshot(str(save))
    except OSError as error:
        plotter.close()
        reason = f"cannot be written: {error.strerror or error}"
        raise InputError(None, "--save", str(save), reason, "name another file") from None


def _begin_film(plotter: Any, save: Path) -> None:
    try:
        if save.suffix.lower() == ".gif":
            plotter.open_gif(str(save), fps=4)
        else:
            plotter.open_movie(str(save), framerate=4)
    except (ImportError, ValueError, OSError) as error:
        plotter.close()
        reason = f"cannot be written: {str(error).splitlines()[0]}"
        remedy = "pip install imageio-ffmpeg, or save a .gif"
        raise InputError(None, "--save", str(save), reason, remedy) from None


def _nearest(times: Sequence[float], wanted: float | None) -> float:
    return times[-1] if wanted is None else min(times, key=lambda t: abs(t - wanted))


def _panels(files: FieldFiles, time: float, array: str | None) -> tuple[Panel, ...]:
    if array is None:
        return PANELS
    bodies = files.bodies(time)
    names = [(body, name) for body, grid in bodies.items() for name in _arrays(grid)]
    for body, name in names:
        if name == array:
            return (Panel(body, array, array.replace("_", " ")),)
    known = ", ".join(dict.fromkeys(name for _, name in names))
    raise InputError(None, "--field", array, f"is none of {known}", "give one of them")


def _arrays(grid: Any) -> list[str]:
    return [*grid.point_data.keys(), *grid.cell_data.keys()]


def _size(values: Any) -> Any:
    found = np.asarray(values)
    return found if found.ndim == 1 else np.linalg.norm(found, axis=1)


def _limits(
    files: FieldFiles, times: Sequence[float], panels: Sequence[Panel]
) -> dict[str, tuple[float, float]]:
    """Return one range of colours for all times, so that frames can be compared."""
    found: dict[str, tuple[float, float]] = {}
    for time in times:
        bodies = files.bodies(time)
        for panel in panels:
            values = _size(bodies[panel.body][panel.array])
            low, high = found.get(panel.array, (values.min(), values.max()))
            found[panel.array] = min(low, values.min()), max(high, values.max())
    return found


def _draw(
    plotter: Any,
    bodies: dict[str, Any],
    time: float,
    panels: Sequence[Panel],
    limits: dict[str, tuple[float, float]],
) -> None:
    for place, panel in enumerate(panels):
        if len(panels) > 1:
            plotter.subplot(place // 2, place % 2)
        grid = bodies[panel.body].copy(deep=False)
        grid[panel.title] = _size(grid[panel.array])  # a vector by its length
        flat = bool(bodies["metal"].bounds[4] == bodies["metal"].bounds[5])
        if panel.body == "interface" and flat:  # a line has no face: it is drawn as a band
            width = 0.15 * (grid.bounds[1] - grid.bounds[0])
            grid = grid.extract_surface(algorithm=None).extrude((0.0, -width, 0.0), capping=False)
        plotter.add_mesh(
            grid,
            scalars=panel.title,
            name=panel.title,
            clim=limits[panel.array],
            cmap=panel.colours,
            lighting=not flat,
            scalar_bar_args=_BAR,
        )
        charge = bodies["metal"].field_data.get("charge_mAh_cm2")
        text = f"{time:.5g} s" + ("" if charge is None else f", {float(charge[0]):.4g} mAh/cm2")
        plotter.add_text(text, font_size=10, color="black", name="time")
        plotter.set_background("white")
        if flat:
            plotter.view_xy()
        else:
            plotter.view_isometric()
        plotter.camera.zoom(0.75)  # to the left, beside its bar
        plotter.camera.SetWindowCenter(0.3, 0.0)
