"""Where too few points of a [sample] have a critical pressure for a statement on its inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from femna.study.correlation import least_points
from femna.study.evaluation import Group
from femna.study.sample import Sample
from femna.study.sensitivity import LEAST_TRAJECTORIES, critical_of_design, whole_trajectories


def too_few(sample: Sample, groups: Sequence[Group]) -> list[str]:
    """Return a sentence for each current and criterion that has no row in the sample's table.

    Parameters
    ----------
    sample : Sample
    groups : sequence of Group
        What was computed.
    """
    said = []
    for current, criterion, values in critical_of_design(sample, sample.shares(), groups):
        if sample.method == "morris":
            whole = whole_trajectories(sample, values)
            has, there, least = int(whole.sum()), sample.trajectories, LEAST_TRAJECTORIES
            what, why = "effects", "trajectories have a P_crit at each of their points"
        else:
            has, there, least = int(np.isfinite(values).sum()), len(values), least_points(sample)
            what, why = "correlations", "points have a P_crit"
        if has < least:
            said.append(
                f"No {what} at {current:g} mA/cm2 by {criterion}: {has} of {there} {why}, "
                f"at least {least} are needed."
            )
    return said
