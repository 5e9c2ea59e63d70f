"""The table: its rows and budgets, how numbers are written in it, and where it stands in README."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final, NamedTuple

BEGIN: Final = "<!-- written by: python -m tests.bench.weak --write -->"
END: Final = "<!-- end of what it writes -->"
NOTHING: Final = "–"


class Found(NamedTuple):
    """What was measured.

    Attributes:
        middle: the median, in ms or MB.
        most: the 99th percentile; None where too little was measured for one.
    """

    middle: float
    most: float | None = None


class Kind(NamedTuple):
    """A row.

    Attributes:
        what: its name.
        beside: what stands beside it; "" for nothing that does the same.
        unit: of its numbers.
        ratio: the budget as a multiple of what stands beside it; 0 for none.
        least: the budget in the row's unit; 0 for none.
        most: the same for the 99th percentile.
        times: the budget as a multiple of another row, `against`: of what stands beside that one if it does not beside this, else of ours.
    """

    what: str
    beside: str = ""
    unit: str = "ms"
    ratio: float = 0
    least: float = 0
    most: float = 0
    against: str = ""
    times: float = 0


PYTHON: Final = "`python -c pass`"
SMALLEST: Final = "smallest Textual app"
USUAL: Final = "usual Textual app"

LINE: Final = "something to read on the terminal"
PAINT: Final = "first paint of sign-in"
COLD: Final = "the same, nothing of it in memory yet"
HASHED: Final = "from Enter to Home, with the hash"
UNHASHED: Final = "from Enter to Home, hash apart"
LETTER: Final = "a letter in the search, 100 people"
LETTERS: Final = "a letter in the search, 10,000 people"
ROW: Final = "a row down"
TAB: Final = "Tab"
SECTION: Final = "another section"
RESTING: Final = "memory at Home"
PEAK: Final = "memory at its most, while the hash is made"
SEARCHED: Final = "memory after searching among 10,000"

KINDS: Final = (
    Kind(LINE, PYTHON, ratio=2),
    Kind(PAINT, SMALLEST, ratio=1.2),
    Kind(COLD, SMALLEST),
    Kind(HASHED),
    Kind(UNHASHED, against=PAINT, times=0.6),
    Kind(LETTER, USUAL, least=50, most=200),
    Kind(LETTERS, USUAL, against=LETTER, times=1.5),
    Kind(ROW, USUAL, least=20, most=100),
    Kind(TAB, USUAL),
    Kind(SECTION, USUAL, least=400, most=800),
    Kind(RESTING, SMALLEST, "MB", ratio=1.35, least=48),
    Kind(PEAK, unit="MB"),
    Kind(SEARCHED, USUAL, "MB"),
)


def percentile(values: Sequence[float], part: float) -> float:
    """The value that `part` of all are not above: the nearest one that was measured, so nothing is made up between two of them."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def found(values: Sequence[float], *, tail: bool = False) -> Found:
    """What is said about measured values; with `tail`, the 99th percentile, too."""
    return Found(median(values), percentile(values, 0.99) if tail else None)


def number(value: float, unit: str) -> str:
    """A number as precise as it is worth: `47 ms`, `1.62 s`, `38.1 MB`."""
    if unit == "ms" and value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.1f} {unit}" if unit == "MB" else f"{value:.0f} {unit}"


def cell(measured: Found | None, unit: str) -> str:
    """The median, and in brackets the 99th percentile."""
    if measured is None:
        return NOTHING
    return number(measured.middle, unit) + (f" ({number(measured.most, unit)})" if measured.most is not None else "")


def budget(kind: Kind) -> str:
    """What a row may be, in words."""
    parts = [f"≤ {kind.ratio:g} ×"] if kind.ratio else []
    if kind.least:
        parts.append(f"≤ {kind.least:g}" + (f" ({kind.most:g})" if kind.most else "") + f" {kind.unit}")
    if kind.against:
        parts.append(f"≤ {kind.times:g} × " + ("the row above" if kind.beside else "the smallest app's first paint"))
    return ", ".join(parts) or NOTHING


def holds(kind: Kind, ours: Mapping[str, Found], theirs: Mapping[str, Found]) -> bool | None:
    """Whether a row keeps its budget; None where it has none."""
    mine = ours[kind.what]
    limits = [kind.ratio * theirs[kind.what].middle] if kind.ratio else []
    limits += [kind.least] if kind.least else []
    if kind.against:
        limits.append(kind.times * (ours if kind.beside else theirs)[kind.against].middle)
    if not limits:
        return None
    return mine.middle <= min(limits) and (not kind.most or mine.most is None or mine.most <= kind.most)


def lines(heading: str, ours: Mapping[str, Found], theirs: Mapping[str, Found]) -> list[str]:
    """The table in Markdown, under the heading that says how it was measured."""
    written = [heading, "", "| median (99th percentile) | Shopstaff | beside it | | ratio | budget | |", "|---|---:|---:|---|---:|---|---|"]
    for kind in KINDS:
        mine, other = ours[kind.what], theirs.get(kind.what)
        ratio = f"{mine.middle / other.middle:.2f}" if other else NOTHING
        kept = {True: "kept", False: "missed", None: ""}[holds(kind, ours, theirs)]
        cells = (kind.what, cell(mine, kind.unit), cell(other, kind.unit), kind.beside if other else "", ratio, budget(kind), kept)
        written.append("| " + " | ".join(cells) + " |")
    return written


def replaced(readme: str, table: Sequence[str]) -> str:
    """README with the table between its two marks.

    Raises:
        ValueError: a mark is missing.
    """
    before, begin, rest = readme.partition(BEGIN + "\n")
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README has no {BEGIN} and {END}")
    return before + begin + "\n".join(table) + "\n" + end + after
