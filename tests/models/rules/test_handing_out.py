"""Rows as files: a line at a time, and nothing in them does anything."""

from __future__ import annotations

import csv
import io
import json

from models.rules.handing_out import as_csv, as_json, cell


def test_json_is_one_array_however_many_rows() -> None:
    """Of none, too; what steers a terminal comes as the escape that it is, and what does not as it is."""
    assert json.loads("".join(as_json([]))) == []
    text = "".join(as_json([{"a": "张三"}, {"a": "\x1b[31m"}]))
    assert json.loads(text) == [{"a": "张三"}, {"a": "\x1b[31m"}]
    assert "张三" in text
    assert "\x1b" not in text


def test_p17_csv_cells_are_text() -> None:
    """Quoted where a spreadsheet would take them for a formula; a line each."""
    text = "".join(as_csv([{"a": "=1+1", "b": None}, {"a": 'x,"y"\n', "b": True}], ("a", "b")))
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ["'=1+1", ""], ['x,"y"�', "yes"]]


def test_cells_are_said_alike_everywhere() -> None:
    """Nothing for nothing."""
    assert [cell(value) for value in (None, True, False, 7, "a\tb")] == ["", "yes", "no", "7", "a�b"]
