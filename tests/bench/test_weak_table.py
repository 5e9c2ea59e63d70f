"""The table of the README: what its numbers mean, and that README has the one that the bench makes."""

from __future__ import annotations

import pytest

from tests.bench.weak import table
from tests.bench.weak.table import KINDS, Found, Kind
from tests.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
OURS = {kind.what: Found(10.0, 15.0) for kind in KINDS}
THEIRS = {kind.what: Found(10.0) for kind in KINDS if kind.beside}


def test_the_readme_has_the_rows_that_the_bench_makes() -> None:
    """What stands beside each, and its budget, too; the numbers are those of the machine on which it ran."""
    shown = README.partition(table.BEGIN)[2].partition(table.END)[0].strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown if line.startswith("|")]
    made = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.lines("", OURS, THEIRS) if line.startswith("|")]
    assert rows[:2] == made[:2]
    assert [(row[0], row[3], row[5]) for row in rows[2:]] == [(row[0], row[3], row[5]) for row in made[2:]]
    assert all(row[1] and row[6] in {"kept", "missed", ""} for row in rows[2:])
    assert "20% of one core" in shown[0] or "one core shared" in shown[0]


def test_the_table_goes_between_its_marks_and_nowhere_else() -> None:
    """Written twice, the last one stands; without marks nothing is written."""
    first = table.replaced(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", ["one", "two"])
    assert first == f"before\n{table.BEGIN}\none\ntwo\n{table.END}\nafter\n"
    assert table.replaced(first, ["three"]) == f"before\n{table.BEGIN}\nthree\n{table.END}\nafter\n"
    for without in ("nothing", f"{table.BEGIN}\nno end", f"{table.END}\n{table.BEGIN}\n"):
        with pytest.raises(ValueError, match="README has no"):
            table.replaced(without, ["one"])


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [([3.0], 0.99, 3.0), (list(map(float, range(1, 101))), 0.99, 99.0), ([1.0, 2.0, 3.0], 0.99, 3.0), ([5.0, 1.0, 3.0], 0.5, 3.0)],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[float], part: float, expected: float) -> None:
    """Of few, the 99th is the greatest."""
    assert table.percentile(values, part) == expected
    assert table.found(values, tail=True).most == table.percentile(values, 0.99)
    assert table.found(values).most is None


def test_numbers_are_written_as_precisely_as_they_are_worth() -> None:
    """Seconds from a thousand milliseconds on."""
    assert table.cell(Found(47.4, 1240.0), "ms") == "47 ms (1.24 s)"
    assert table.cell(Found(38.06), "MB") == "38.1 MB"
    assert table.cell(None, "ms") == "–"


@pytest.mark.parametrize(
    ("kind", "mine", "kept"),
    [
        (Kind("a", "b", ratio=2), Found(20.0), True),
        (Kind("a", "b", ratio=2), Found(20.1), False),
        (Kind("a", "b", ratio=2, least=15), Found(16.0), False),
        (Kind("a", least=10, most=30), Found(10.0, 30.0), True),
        (Kind("a", least=10, most=30), Found(10.0, 31.0), False),
        (Kind("a", least=10, most=30), Found(11.0, 12.0), False),
        (Kind("a", against="c", times=0.5), Found(50.0), True),
        (Kind("a", against="c", times=0.5), Found(51.0), False),
        (Kind("a", "b", against="c", times=0.5), Found(2.0), True),
        (Kind("a", "b", against="c", times=0.5), Found(2.1), False),
        (Kind("a"), Found(1e9), None),
    ],
)
def test_a_budget_is_kept_to_its_last_bit(kind: Kind, mine: Found, *, kept: bool | None) -> None:
    """All limits of a row have to be; a row without any is only told."""
    ours, theirs = {"a": mine, "c": Found(4.0)}, {"a": Found(10.0), "c": Found(100.0)}
    assert table.holds(kind, ours, theirs) is kept


def test_every_row_that_is_measured_against_another_names_one_that_is_there() -> None:
    """A name that changed would only be noticed after five minutes of measuring."""
    names = [kind.what for kind in KINDS]
    assert len(set(names)) == len(names)
    assert {kind.against for kind in KINDS if kind.against} <= set(names)
