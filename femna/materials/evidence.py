"""How far each number of a material set can be trusted."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

EVIDENCE: Final = MappingProxyType(
    {
        "R": "read in the full text of the source",
        "A": "only the abstract of the source was seen",
        "2": "quoted from the source by another publication, or by published code",
        "C": "computed from numbers with a label of their own",
        "U": "unverified; check before relying on it",
        "user": "given by the user, in the case or in a set of their own",
    }
)
"""Label to meaning."""
