"""``femna voxels``: the state of a run as a stack of voxels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from femna.cli.console import output_console
from femna.cli.exits import DONE, reading_results
from femna.cli.options import File
from femna.cli.ranks import rank


def voxels_command(
    directory: Path,
    /,
    *,
    output: File,
    frame: Annotated[
        int, Parameter(help="Which of the times with fields, from 0; -1 is the last.")
    ] = -1,
    labels: Annotated[
        bool, Parameter(negative="", help="Phases 1, 2, 3 instead of grey values.")
    ] = False,
    blur: Annotated[float, Parameter(help="Blur, standard deviation in voxels.")] = 0.0,
    contrast_to_noise: Annotated[
        float | None, Parameter(help="Metal less void over the noise; no noise without it.")
    ] = None,
    seed: Annotated[int, Parameter(help="Of the noise.")] = 0,
) -> int:
    """Write the state of a run as a tomogram would show it, for femna segment.

    Parameters
    ----------
    directory
        Folder of a run of a cell from an image.
    """
    if rank() != 0:
        return DONE
    from femna.errors import InputError
    from femna.output.voxel_export import Look, export_voxels

    if not 0.0 <= blur <= 20.0:
        raise InputError(None, "--blur", blur, "must be 0 to 20 voxels", "lower it")
    if contrast_to_noise is not None and not 0.1 <= contrast_to_noise <= 1e6:
        limit = "must be 0.1 to 1e6"
        raise InputError(None, "--contrast-to-noise", contrast_to_noise, limit, "use e.g. 3")
    if seed < 0:
        raise InputError(None, "--seed", seed, "must not be negative", "use e.g. 1")
    ignored = {"--blur": blur, "--contrast-to-noise": contrast_to_noise, "--seed": seed}
    for name, value in ignored.items():
        if labels and value:
            limit = "changes grey values, and --labels writes none"
            raise InputError(None, name, value, limit, "leave one of the two out")
    look = Look(labels=labels, blur=blur, contrast_to_noise=contrast_to_noise, seed=seed)
    with reading_results(directory):
        found = export_voxels(directory, output, look, frame=frame)
    size = " x ".join(str(n) for n in found["shape"])
    output_console().print(
        f"{size} voxels at {found['time_s']:.6g} s with {found['void_volume_um3']:.5g} um3 of void "
        f"in {output}"
    )
    return DONE
