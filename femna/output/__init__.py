"""Output: the files of a run, and the folder that they are in."""

from femna import backend as _backend  # noqa: F401  (before dolfinx)

# isort: split
from femna.output.fields import FieldWriter
from femna.output.folder import Claim, claim
from femna.output.history import HistoryWriter, read_history
from femna.output.log import run_log
from femna.output.record import case_hash, mesh_sizes, unknowns, write_run, write_summary
from femna.output.run import run_case

__all__ = [
    "Claim",
    "FieldWriter",
    "HistoryWriter",
    "case_hash",
    "claim",
    "mesh_sizes",
    "read_history",
    "run_case",
    "run_log",
    "unknowns",
    "write_run",
    "write_summary",
]
