"""Whether a written case is the one at hand."""

from __future__ import annotations

from femna.case.model import Case


def same_case(written: str, case: Case) -> bool:
    """Return whether the text of a ``case.toml`` is this case, comments and blanks aside."""
    return _bare(written) == _bare(case.to_toml())


def _bare(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
