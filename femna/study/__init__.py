"""Many cases: sweeps, the critical pressure and current, exponents, comparison."""

from femna.study.definition import Study, load_study
from femna.study.runner import SweepResult, run_sweep

__all__ = ["Study", "SweepResult", "load_study", "run_sweep"]
