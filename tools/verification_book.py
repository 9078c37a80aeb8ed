"""Write the verification book from what the tests measured.

python -m tools.verification_book DIR    # take in what `pytest --record-verification DIR` kept
python -m tools.verification_book        # write the pages and pictures again from the data

The data are docs/data/verification.json, the book is docs/verification/. A series that is measured
again takes the place of the old one; one whose test is gone is dropped.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from PIL import Image

ROOT = Path(__file__).parents[1]
DATA = ROOT / "docs" / "data" / "verification.json"
FOLDER = ROOT / "docs" / "verification"
TITLES = {
    "flow": "Flow of the metal",
    "contact": "Contact",
    "current": "Current",
    "voids": "Voids and porous metal",
    "interface": "Transport along the interface",
    "creep": "Creep and hardening",
    "runs": "Runs, steps and studies",
    "images": "Maps, images and tomograms",
}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
MARKS = "osD^vPX*<>hd"
STAMP = "femna-data"
"""Text of a picture that names the data it shows."""

Entry = dict[str, Any]


def test_exists(test: str) -> bool:
    """Return whether the file of a node id defines its test, and the test records something."""
    file, _, rest = test.partition("::")
    name = rest.partition("[")[0]
    path = ROOT / file
    if not path.is_file():
        return False
    head = re.search(rf"def {name}\((.*?)\)(?: -> None)?:", path.read_text("utf-8"), re.DOTALL)
    return head is not None and "verified" in head[1]


def load() -> dict[str, Entry]:
    """Return the cases by name, each with its series."""
    return dict(json.loads(DATA.read_text("utf-8"))) if DATA.is_file() else {}


def take_in(folder: Path) -> dict[str, Entry]:
    """Merge the records of a folder into the data, and keep them."""
    cases = load()
    for file in sorted(folder.glob("*.json")):
        record = json.loads(file.read_text("utf-8"))
        case, series = record["case"], record["series"]
        held = cases.get(case["name"], {"series": []})
        same = (series["label"], series["test"])
        others = [one for one in held["series"] if (one["label"], one["test"]) != same]
        dated = {"version": record["version"], "date": record["date"]}
        cases[case["name"]] = {**case, **dated, "series": [*others, series]}
    kept: dict[str, Entry] = {}
    for part in TITLES:
        for name in sorted(cases):
            case = cases[name]
            series = [one for one in case["series"] if test_exists(one["test"])]
            if case["part"] == part and series:
                series.sort(key=lambda one: (_natural(one["label"]), one["test"]))
                kept[name] = {**case, "series": series}
    DATA.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return kept


def _natural(label: str) -> list[tuple[int, float, str]]:
    """Sort key that puts 5 before 20."""
    parts = re.split(r"(\d+(?:\.\d+)?)", label)
    return [(1, float(p), "") if k % 2 else (0, 0.0, p) for k, p in enumerate(parts)]


def joined(case: Entry) -> list[Entry]:
    """Return the series of a case, those of one label and of several tests as one."""
    found: dict[str, Entry] = {}
    for one in case["series"]:
        held = found.setdefault(one["label"], dict(one))
        if held["test"] != one["test"]:
            held.update({k: held[k] + v for k, v in one.items() if isinstance(v, list)})
    return list(found.values())


def order(series: Entry) -> float:
    """Return the order between the two finest sizes."""
    (x1, e1), (x2, e2) = sorted(zip(series["x"], series["errors"], strict=True))[:2]
    return float(np.log(e2 / e1) / np.log(x2 / x1))


def wide(values: Any) -> bool:
    """Return whether values are positive and want a logarithmic axis; round-off is no value."""
    low, high = np.min(values), np.max(values)
    return bool(1e-18 * high < low < 0.01 * high)


def largest_difference(series: Entry) -> float:
    """Return how far a curve is from its exact one: of the largest value, of each on log axes."""
    computed, exact = np.array(series["computed"]), np.array(series["exact"])
    over = exact if wide(exact) else np.max(np.abs(exact))
    return float(np.max(np.abs((computed - exact) / over)))


def measured(series: Entry) -> str:
    """Return what one series shows, in a line."""
    if series["kind"] == "convergence":
        finest = min(zip(series["x"], series["errors"], strict=True))[1]
        return (
            f"{finest:.2g} at the finest; order {order(series):.2f}, expected {series['order']:g}"
        )
    if series["kind"] == "curve":
        return f"within {max(largest_difference(series), 1e-8):.1g}"
    return f"{max(series['errors']):.2g}, at most {series['limit']:g} asserted"


def fingerprint(case: Entry) -> str:
    """Return what a picture is made of, as a hash."""
    return hashlib.sha256(json.dumps(case, sort_keys=True).encode()).hexdigest()


def picture(case: Entry) -> Figure:
    """Return the picture of a case: errors and their order, curves, or errors below their limit."""
    rows, kind = joined(case), case["series"][0]["kind"]
    with rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(6.4, 3.6), layout="constrained")
        axes = figure.add_subplot()
        draw = {"convergence": _convergence, "curve": _curve, "bound": _bound}[kind]
        draw(axes, rows)
        axes.set(xlabel=case["across"], ylabel=case["measure"])
        if kind == "bound":
            axes.set(xlabel=f"{case['measure']} (bar: asserted limit)", ylabel="")
        elif len(rows) > 1:
            axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def _style(number: int) -> dict[str, Any]:
    return {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number % len(MARKS)], "ms": 5}


def _convergence(axes: Any, rows: list[Entry]) -> None:
    for number, series in enumerate(rows):
        axes.loglog(series["x"], series["errors"], label=series["label"], lw=0.8, **_style(number))
    # one line for each order that is expected, below the lowest series
    for expected in sorted({series["order"] for series in rows}):
        alike = [series for series in rows if series["order"] == expected]
        x = np.array(sorted({v for one in alike for v in one["x"]}))
        pairs = [pair for one in alike for pair in zip(one["x"], one["errors"], strict=True)]
        lowest = 0.6 * min(error / size**expected for size, error in pairs)
        axes.loglog(x, lowest * x**expected, color="0.5", ls="--", lw=1.0)
        middle = np.sqrt(x[0] * x[-1])
        axes.annotate(
            f"order {expected:g}",
            (middle, lowest * middle**expected),
            xytext=(4, -10),
            textcoords="offset points",
            color="0.4",
        )
    sizes = sorted({size for series in rows for size in series["x"]})
    if len(sizes) <= 5:
        axes.set_xticks(sizes, [f"{size:.2g}" for size in sizes])
        axes.xaxis.set_minor_locator(NullLocator())


def _curve(axes: Any, rows: list[Entry]) -> None:
    for number, series in enumerate(rows):
        style = _style(number)
        along = np.argsort(series["x"], kind="stable")
        x, computed, exact = (np.array(series[key])[along] for key in ("x", "computed", "exact"))
        alone = {"marker": "_", "ms": 16} if len(x) == 1 else {}
        axes.plot(x, exact, color=style["color"], lw=1.0, **alone)
        axes.plot(x, computed, ls="", mfc="none", label=series["label"], **style)
    if wide(np.concatenate([series["x"] for series in rows])):
        axes.set_xscale("log")
    if wide(np.concatenate([series["exact"] for series in rows])):
        axes.set_yscale("log")
    axes.set_title("marks: computed; lines: exact", fontsize=8, color="0.4")


def _bound(axes: Any, rows: list[Entry]) -> None:
    for at, series in enumerate(rows):
        axes.plot(max(1e-17, *series["errors"]), at, **_style(0))
        axes.plot([series["limit"]] * 2, [at - 0.3, at + 0.3], color=COLOURS[1])
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [series["label"] for series in rows], fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.5)


def section(case: Entry) -> str:
    """Return one case's part of its page."""
    rows = [
        f"| {s['label']} | {measured(s)} | `{s['test'].removeprefix('tests/').partition('[')[0]}` |"
        for s in joined(case)
    ]
    return "\n".join(
        [
            f'<a id="{case["name"]}"></a>',
            "",
            f"## {case['title']}",
            "",
            f"`{case['formula']}`",
            "",
            f"{case['source']} Computed on: {case['mesh']}.",
            "",
            f"Measured {case['date']} with femna {case['version']}.",
            "",
            f"![{case['title']}: {case['measure']} against {case['across']}]({case['name']}.png)",
            "",
            f"| series | {case['measure']} | test |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def pages(cases: dict[str, Entry]) -> dict[str, str]:
    """Return the pages by their file names."""
    found = {}
    index = [
        "# Verification book",
        "",
        "Each case is a test against an exact solution or an independent one. Pictures and numbers",
        "are what the tests measured when they were last recorded (`make book`).",
        "[Verification](../verification.md) maps every line that must hold to its test.",
        "",
    ]
    for part, title in TITLES.items():
        chosen = [case for case in cases.values() if case["part"] == part]
        if not chosen:
            continue
        found[f"{part}.md"] = f"# {title}\n\n" + "\n".join(section(case) for case in chosen)
        index += [f"## {title}", "", "| case | series | worst |", "|---|---|---|"]
        for case in chosen:
            link = f"[{case['title']}]({part}.md#{case['name']})"
            index.append(f"| {link} | {len(joined(case))} | {worst(case)} |")
        index.append("")
    return {"index.md": "\n".join(index), **found}


def worst(case: Entry) -> str:
    """Return the poorest value of a case."""
    series = joined(case)
    kind = series[0]["kind"]
    if kind == "convergence":
        poorest = min(series, key=lambda one: order(one) - one["order"])
        error = max(min(zip(s["x"], s["errors"], strict=True))[1] for s in series)
        return f"{error:.2g}; order {order(poorest):.2f}, expected {poorest['order']:g}"
    if kind == "curve":
        return f"within {max(1e-8, *map(largest_difference, series)):.1g}"
    return measured(max(series, key=lambda one: max(one["errors"]) / one["limit"]))


def stamp_of(path: Path) -> str:
    """Return the hash of the data that a picture shows, empty where it has none."""
    with Image.open(path) as image:
        return str(image.info.get(STAMP, ""))


def main(arguments: list[str]) -> int:
    """Take in a folder of records, if one is given, and write the book."""
    cases = take_in(Path(arguments[0])) if arguments else load()
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = pages(cases)
    for old in FOLDER.iterdir():
        if old.name not in written and old.stem not in cases:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for name, case in cases.items():
        path = FOLDER / f"{name}.png"
        if not path.is_file() or stamp_of(path) != fingerprint(case):
            stamp = {STAMP: fingerprint(case), "Software": None}
            picture(case).savefig(path, dpi=100, metadata=stamp)
    print(f"{len(cases)} cases in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
