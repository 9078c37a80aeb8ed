"""What each stage of a run takes: wall time and memory."""

from __future__ import annotations

import time

from mpi4py import MPI

from femna.resident import peak_memory


class Cost:
    """Clock of the stages of a run, from its making on.

    Parameters
    ----------
    comm : MPI.Comm
        Ranks of the run.

    Attributes
    ----------
    stages : dict
        Of each stage that has ended, in their order: `wall_s`, and `peak_memory_MiB`, the largest
        resident memory of each rank so far, summed over the ranks.
    """

    def __init__(self, comm: MPI.Comm) -> None:
        self.stages: dict[str, dict[str, float]] = {}
        self._comm = comm
        self._began = self._stage_began = time.monotonic()

    @property
    def wall_s(self) -> float:
        """Wall time since the beginning [s]."""
        return time.monotonic() - self._began

    def end(self, stage: str) -> None:
        """End a stage and begin the next one (collective)."""
        now = time.monotonic()
        memory = self._comm.allreduce(peak_memory())
        self.stages[stage] = {"wall_s": now - self._stage_began, "peak_memory_MiB": memory}
        self._stage_began = now
