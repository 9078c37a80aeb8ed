"""What a sweep's summary holds of an experiment, so that the page says no more than that."""

from __future__ import annotations

import math

from femna.report.reading import SweepFolder


def slope_is_stated(sweep: SweepFolder) -> bool:
    """Return whether the study's slope is the one by which the observations define P_crit."""
    stated = sweep.summary.get("stated_slope")
    used = sweep.summary.get("critical", {}).get("slope")
    if not sweep.summary.get("observations") or stated is None or used is None:
        return False
    return math.isclose(float(stated), float(used), rel_tol=1e-9)


def has_brackets(sweep: SweepFolder) -> bool:
    """Return whether the experiment states critical pressures, which figures then draw."""
    return bool(sweep.summary.get("stated_brackets"))


def has_cells(sweep: SweepFolder) -> bool:
    """Return whether the experiment states cells that it cycled, which maps then draw."""
    return bool(sweep.summary.get("stated_cycling"))
