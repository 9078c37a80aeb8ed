"""The standard views of a run in ParaView, and what its fields add up to.

In one command:

    xvfb-run -a pvbatch --force-offscreen-rendering studies/paraview/views.py RUN [FOLDER]

RUN is the folder of a run with fields.pvd. Into FOLDER (default: RUN/paraview) go section.png
(metal with contact pressure and stress), gap.png, flow.png (streamlines of the metal),
current.png, and integrals.csv: at every time what ParaView integrates over the interface, to be
held against history.csv. Needs ParaView 5.10 or newer and nothing of femna.
"""

import csv
import math
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

from paraview import servermanager
from paraview import simple as pv

MULTIPLICITY = {"plane_strain": 2, "axisymmetric": 1, "square": 4, "hexagonal": 2, "mirror": 2}
"""How many times the meshed part makes the whole cell; a plane one is 1 um deep."""


def part(reader: Any, name: str) -> Any:
    """Return one body as a plain grid."""
    block = pv.ExtractBlock(Input=reader, Selectors=[f"/Root/{name}"])
    return pv.MergeBlocks(Input=block, MergePoints=1)


def integrals(surface: Any, *, axisymmetric: bool, plane: bool) -> dict[str, float]:
    """Integrate over the interface seen from above, so that a slope does not lengthen it."""
    flat = pv.Transform(Input=surface)
    flat.Transform.Scale = [1.0, 0.0, 1.0] if plane else [1.0, 1.0, 0.0]
    weight = f"{2.0 * math.pi}*coordsX" if axisymmetric else "1.0+0.0*coordsX"
    for name, text in (
        ("area", weight),
        ("force", f"({weight})*contact_pressure_MPa"),
        ("volume", f"({weight})*gap_um"),
        ("charge_rate", f"({weight})*current_mA_cm2"),
    ):
        flat = pv.Calculator(Input=flat, ResultArrayName=name, Function=text)
    total = pv.IntegrateVariables(Input=flat)
    total.UpdatePipeline()
    data = servermanager.Fetch(total).GetPointData()
    return {n: data.GetArray(n).GetValue(0) for n in ("area", "force", "volume", "charge_rate")}


def write_integrals(reader: Any, folder: Path, symmetry: str) -> None:
    """Write one row for each time: mean contact pressure, void volume, mean current, charge."""
    surface = part(reader, "interface")
    plane = symmetry in ("plane_strain", "axisymmetric")
    times = list(reader.TimestepValues) or [0.0]
    with (folder / "integrals.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(
            [
                "time_s",
                "charge_mAh_cm2",
                "contact_pressure_mean_MPa",
                "void_volume_um3",
                "current_mean_mA_cm2",
            ]
        )
        for time in times:
            surface.UpdatePipeline(time)
            found = integrals(surface, axisymmetric=symmetry == "axisymmetric", plane=plane)
            area = found["area"]
            charge = servermanager.Fetch(surface).GetFieldData().GetArray("charge_mAh_cm2")
            out.writerow(
                [
                    repr(time),
                    repr(charge.GetValue(0)) if charge else "",
                    repr(found["force"] / area),
                    repr(found["volume"] * MULTIPLICITY[symmetry]),
                    repr(found["charge_rate"] / area),
                ]
            )


def new_view(*, plane: bool) -> Any:
    """Return an empty view on white."""
    view = pv.CreateView("RenderView")
    view.ViewSize = [1400, 1000]
    view.UseColorPaletteForBackground = 0
    view.Background = [1.0, 1.0, 1.0]
    view.OrientationAxesVisibility = 0
    if plane:
        view.InteractionMode = "2D"
    return view


def show(
    source: Any,
    view: Any,
    where: str,
    name: str,
    title: str,
    *,
    preset: str = "Viridis (matplotlib)",
    width: float | None = None,
) -> None:
    """Show a source coloured by an array, with a bar that names the unit."""
    display = pv.Show(source, view)  # colours as they are, without shadows
    pv.ColorBy(display, (where, name))
    display.RescaleTransferFunctionToDataRange(False, True)
    table = pv.GetColorTransferFunction(name)
    table.ApplyPreset(preset, True)
    bar = pv.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = title, ""
    bar.TitleColor = bar.LabelColor = [0.0, 0.0, 0.0]
    display.SetScalarBarVisibility(view, True)
    display.Ambient, display.Diffuse = 1.0, 0.0
    if width is not None:
        display.LineWidth = width
        display.RenderLinesAsTubes = 1


def save(view: Any, file: Path, *, plane: bool) -> None:
    """Save a view that shows everything."""
    if plane:
        view.ResetCamera()
    else:
        view.CameraPosition, view.CameraFocalPoint = [-2.0, -3.0, 1.6], [0.0, 0.0, 0.0]
        view.CameraViewUp = [0.0, 0.0, 1.0]
        view.ResetCamera()
    pv.SaveScreenshot(str(file), view)


def draw(reader: Any, folder: Path, *, plane: bool) -> None:
    """Draw the four views at the last time."""
    metal, electrolyte = part(reader, "metal"), part(reader, "electrolyte")
    surface = part(reader, "interface")
    scene = pv.GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    scene.GoToLast()

    view = new_view(plane=plane)
    show(metal, view, "CELLS", "von_mises_MPa", "von Mises stress (MPa)")
    show(
        surface,
        view,
        "POINTS",
        "contact_pressure_MPa",
        "contact pressure (MPa)",
        preset="Inferno (matplotlib)",
        width=8 if plane else None,
    )
    save(view, folder / "section.png", plane=plane)

    view = new_view(plane=plane)
    if plane:  # a line has no face to colour: it is drawn as a band
        surface.UpdatePipeline()
        low, high = surface.GetDataInformation().GetBounds()[:2]
        depth = 0.15 * (high - low)
        band = pv.LinearExtrusion(Input=pv.ExtractSurface(Input=surface), Capping=0)
        band.ScaleFactor, band.Vector = depth, [0.0, -1.0, 0.0]
        show(band, view, "POINTS", "gap_um", "gap (um)")
    else:
        show(surface, view, "POINTS", "gap_um", "gap (um)")
    save(view, folder / "gap.png", plane=plane)

    view = new_view(plane=plane)
    metal.UpdatePipeline()
    bounds = metal.GetDataInformation().GetBounds()
    height = 2 if plane else 4
    middle = [0.5 * (bounds[i] + bounds[i + 1]) for i in (0, 2, 4)]
    start, end = list(middle), list(middle)
    level = bounds[height] + 0.5 * (bounds[height + 1] - bounds[height])
    start[0], end[0] = bounds[0], bounds[1]
    start[1 if plane else 2] = end[1 if plane else 2] = level
    lines = pv.StreamTracer(Input=metal, SeedType="Line", Vectors=["POINTS", "velocity_nm_s"])
    lines.SeedType.Point1, lines.SeedType.Point2, lines.SeedType.Resolution = start, end, 30
    lines.MaximumStreamlineLength = 20.0 * (bounds[1] - bounds[0])
    show(lines, view, "POINTS", "velocity_nm_s", "velocity of the metal (nm/s)", width=2)
    outline = pv.Show(pv.FeatureEdges(Input=pv.ExtractSurface(Input=metal)), view)
    outline.AmbientColor = outline.DiffuseColor = [0.4, 0.4, 0.4]
    save(view, folder / "flow.png", plane=plane)

    view = new_view(plane=plane)
    show(
        electrolyte,
        view,
        "CELLS",
        "current_density_mA_cm2",
        "current density (mA/cm2)",
        preset="Plasma (matplotlib)",
    )
    save(view, folder / "current.png", plane=plane)


def main(arguments: list[str]) -> int:
    """Run the script; the exit code says whether it could."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    run = Path(arguments[0])
    folder = Path(arguments[1]) if len(arguments) == 2 else run / "paraview"
    fields = run / "fields.pvd"
    if not fields.is_file():
        print(f"{fields} is missing: give the folder of a run with fields (output.fields_at)")
        return 2
    with (run / "case.toml").open("rb") as stream:
        geometry = tomllib.load(stream)["geometry"]
    symmetry = geometry.get("symmetry", "axisymmetric")
    folder.mkdir(parents=True, exist_ok=True)
    reader = pv.PVDReader(FileName=str(fields))
    reader.UpdatePipeline()
    write_integrals(reader, folder, symmetry)
    draw(reader, folder, plane=symmetry in ("plane_strain", "axisymmetric"))
    print(f"views and integrals.csv in {folder}")
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # without taking down views whose X display is already gone
