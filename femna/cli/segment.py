"""``femna segment``: a greyscale stack to phases and voids."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from femna.cli.console import output_console
from femna.cli.exits import DONE
from femna.cli.options import Assignments, Folder
from femna.cli.ranks import rank


def segment_command(
    stack: Path,
    /,
    *,
    output: Folder,
    voxel_size: Annotated[
        str | None, Parameter(help="Edge of a voxel with its unit; else from the metadata.")
    ] = None,
    settings: Annotated[
        Path | None, Parameter(help="TOML file with the settings, docs/tomography.md.")
    ] = None,
    assignments: Assignments | None = None,
) -> int:
    """Find the voids in a stack of X-ray tomography.

    Parameters
    ----------
    stack
        A multi-page TIFF, a folder of TIFF slices, HDF5 or NPY.
    """
    if rank() != 0:
        return DONE
    from femna.case import split_assignments
    from femna.tomography import claim_folder, load_settings, segment, write_segmentation

    entries = split_assignments(assignments or [])
    if voxel_size is not None:
        entries["stack.voxel_size"] = voxel_size
    loaded = load_settings(settings, entries)
    claim_folder(output, make=False)
    contents: dict[str, Any] = {}

    def keep(found: Any) -> None:
        from femna.report.tomogram_figure import write_tomogram_figure

        claim_folder(output)
        contents.update(write_segmentation(found, output))
        write_tomogram_figure(found, output / "segmentation.png")

    segment(stack, loaded, then=keep)
    console = output_console()
    console.print(
        f"{contents['voids']} voids of {contents['void_volume_um3']:.5g} um3, "
        f"contact fraction {contents['contact_fraction']:.4f}"
    )
    counts = [f"{name}: {count}" for name, count in contents["bins_um3"].items()]
    console.print(f"by volume in um3  {',  '.join(counts)}")
    plane = contents["interface"]
    console.print(
        f"interface tilted by {plane['tilt_deg']:.3f} degrees, "
        f"residual {plane['residual_um']:.3g} um; "
        f"contrast to noise {contents['grey']['contrast_to_noise'] or float('inf'):.3g}"
    )
    console.print(f"results in {output}")
    return DONE
