"""Whether a run's history.csv has all the steps that its summary.json tells of."""

from __future__ import annotations

from collections.abc import Mapping

from femna.report.reading import RunFolder, value_of


def last_step(run: RunFolder) -> int | None:
    """Return the number of the last step in history.csv; None where there is none."""
    steps = _steps(run)
    return max(steps) if steps else None


def stated_step(run: RunFolder) -> int | None:
    """Return the number of the step that the run ended with; None where it is not known."""
    final = run.summary.get("final")
    step = final.get("step") if isinstance(final, Mapping) else None
    return int(step) if isinstance(step, int | float) else None


def missing_rows(run: RunFolder) -> str:
    """Say which rows of history.csv are missing against summary.json; empty where none is."""
    end = stated_step(run)
    if end is None:
        return ""
    wanted = set(range(end + 1))
    lacking = sorted(wanted - _steps(run))
    if not lacking:
        return ""
    text = (
        f"history.csv is incomplete: {len(lacking)} of the {len(wanted)} rows up to step {end}, "
        "with which the run ended by summary.json, are missing"
    )
    if len(lacking) == len(wanted):
        return f"{text}. There is nothing to show."
    return f"{text}, the first of them step {lacking[0]}. Curves and numbers below lack them."


def _steps(run: RunFolder) -> set[int]:
    return {int(step) for row in run.history if (step := value_of(row, "step")) is not None}
