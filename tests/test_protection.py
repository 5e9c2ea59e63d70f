"""The page that says what must hold, docs/protection.md, and the tests that prove it, say the same."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.source import ROOT

PAGE = ROOT / "docs" / "protection.md"

ROWS = (
    "P1",
    "P2",
    "P3",
    "P4",
    "P5",
    "P6",
    "P7",
    "P8",
    "P9",
    "P10",
    "P11",
    "P12",
    "P13",
    "P14",
    "P15",
    "P16",
    "P17",
    "P18",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "D6",
    "D7",
    "D8",
    "D9",
    "C1",
)
"""Rows whose tests have their name, in the page's order; a row may only be taken out with what it promises."""

ACTS = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10")
"""Rows on acts that have a name, which follow: proved by the tests that they name."""

PARTS = ("*Must hold.*", "*How.*", "*Proved by*")


@cache
def sections() -> dict[str, str]:
    """The text of each row of the page."""
    _before, *parts = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.split(" ", 1)[0]: part for part in parts}


@cache
def all_tests() -> list[str]:
    """The name of every test that there is."""
    functions = (
        node
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
    return [node.name for node in functions]


@cache
def proofs() -> dict[str, list[str]]:
    """The tests that there are, by the row in their name."""
    found: dict[str, list[str]] = {}
    for name in all_tests():
        if row := row_of(name):
            found.setdefault(row, []).append(name)
    return found


def row_of(test: str) -> str:
    """The row that a test's name says it proves; "" for one that is about something else."""
    match = re.match(r"test_([pdc]\d+)_", test)
    return match[1].upper() if match else ""


def test_a_row_is_read_off_a_name() -> None:
    """And nothing else is."""
    names = ("test_p5_a_code", "test_d8_the_clock", "test_p17_text", "test_pinyin_5", "test_p_5_x", "test_people")
    assert [row_of(name) for name in names] == ["P5", "D8", "P17", "", "", ""]


def test_the_page_has_every_row_once() -> None:
    """In order, each with what must hold, how, and by what it is proved."""
    assert tuple(sections()) == ROWS + ACTS
    assert re.findall(r"^### (\w+)", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE) == [*ROWS, *ACTS]
    for row, text in sections().items():
        assert [part for part in PARTS if part not in text] == [], row


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_tests(row: str) -> None:
    """Named after it, or nobody finds them."""
    assert proofs().get(row)


def test_every_such_test_has_its_row() -> None:
    """Whoever proves something new writes down what."""
    rows = set(proofs())
    assert rows <= set(ROWS)


@pytest.mark.parametrize("row", ROWS + ACTS)
def test_the_tests_that_the_page_names_exist(row: str) -> None:
    """Under their row where it is in their name, two at least; a test that was renamed is named anew."""
    named = re.findall(r"`(test_\w+)`", sections()[row])
    there = all_tests() if row in ACTS else proofs().get(row, [])
    assert len(named) >= 2
    assert [name for name in named if name not in there] == []
