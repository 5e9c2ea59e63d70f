"""How rows are written: for programs, for spreadsheets, for people; whatever is in them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests import hostile
from tui.cli.output import CSV, JSON, TSV, cell, write_rows


def written(rows: list[dict[str, Any]], columns: tuple[str, ...], form: str) -> str:
    """What `write_rows` writes."""
    parts: list[str] = []
    write_rows(rows, columns, form, parts.append)
    return "".join(parts)


@pytest.mark.parametrize("rows", [[], [{"a": 1}], [{"a": None}, {"a": ["王", {"b": True}]}]])
def test_json_is_one_array_of_what_was_given(rows: list[dict[str, Any]]) -> None:
    """Chinese stands in it as it is."""
    text = written(rows, (), JSON)
    assert json.loads(text) == rows
    assert "\\u" not in text


@pytest.mark.parametrize("payload", ["a\x1b[31m", "a\u202eb", "\ufeffx", "\udc80", "a\x85", "a\u200bb"])
def test_what_steers_a_terminal_reaches_json_as_an_escape_only(payload: str) -> None:
    """It is there unchanged for the program that reads it."""
    text = written([{"name": payload}], (), JSON)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text) == [{"name": payload}]


@pytest.mark.parametrize("payload", [*hostile.REFUSED.values(), *hostile.LITERAL.values()])
@pytest.mark.parametrize("form", [TSV, CSV])
def test_p17_a_cell_is_one_cell_and_steers_nothing(payload: str, form: str) -> None:
    """Neither a tab nor a line end nor an escape gets through."""
    text = written([{"name": payload, "next": "x"}], ("name", "next"), form)
    found = list(csv.reader(io.StringIO(text), delimiter="\t" if form == TSV else ","))
    assert [len(row) for row in found] == [2, 2]
    assert all(character.isprintable() or character in "\r\n\t" for character in text)


@pytest.mark.parametrize("payload", ["=1+1", "+86", "-1", "@x", "＝cmd"])
@pytest.mark.parametrize("form", [TSV, CSV])
def test_p17_a_cell_is_no_formula(payload: str, form: str) -> None:
    """A spreadsheet reads text."""
    (row,) = written([{"name": payload}], ("name",), form).splitlines()[1:]
    assert row == f"'{payload}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        (["a", "b"], "a;b"),
        ({"role": "r", "until": None}, "r"),
        ({"role": "r", "until": "2026-12-31T15:59:59.999999Z"}, "r until 2026-12-31T15:59:59.999999Z"),
        ([{"kind": "extra", "name": "goods.view", "until": None}], "extra:goods.view"),
    ],
)
def test_every_kind_of_value_has_a_cell(value: object, text: str) -> None:
    """Grants keep their end: a list without it would promise more than there is."""
    assert cell(value) == text
