"""The results that the pages quote are the files that were committed with them."""

import csv
import hashlib
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "mechanisms.md").read_text(encoding="utf-8")
HASHES = dict(re.findall(r"`data/([\w.]+)` \| `([0-9a-f]{64})`", PAGE))


def test_every_committed_table_is_listed_with_its_hash():
    assert set(HASHES) == {path.name for path in (DOCS / "data").glob("*.csv")}


@pytest.mark.parametrize("name", sorted(HASHES))
def test_the_hash_is_that_of_the_file(name):
    assert hashlib.sha256((DOCS / "data" / name).read_bytes()).hexdigest() == HASHES[name]


def test_the_demo_shows_the_candidate_that_ranks_first():
    import tomllib

    with (DOCS / "data/mechanisms.csv").open() as stream:
        best = next(row for row in csv.DictReader(stream) if row["rank"] == "1")
    studies = DOCS.parent / "studies"
    demo, full = (
        {item["name"]: item for item in tomllib.loads((studies / name).read_text())["variant"]}
        for name in ("figure6.toml", "mechanisms.toml")
    )
    assert demo["best_ranked"]["set"] == full[best["variant"]]["set"]
    assert demo["best_ranked"]["unmeasured"] == full[best["variant"]]["unmeasured"]
