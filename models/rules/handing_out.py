"""Rows that leave the shop as a file: CSV and JSON, written a line at a time, and how far along that is."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from models.text import csv_cell, visible


def as_csv(found: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """CSV, a line at a time; what a spreadsheet would take for a formula is quoted."""

    class _Lines:
        def write(self, text: str, /) -> str:
            return text

    writer: Any = csv.writer(_Lines())
    yield writer.writerow(columns)
    for row in found:
        yield writer.writerow([csv_cell(cell(row[column])) for column in columns])


def cell(value: object) -> str:
    """A value in one cell, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return visible(str(value))


def as_json(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One JSON array, an object a line; what may not be shown in the open comes as the escape that it is."""
    before = "["
    for row in found:
        text = json.dumps(row, ensure_ascii=False)
        yield f"{before}\n{text if visible(text) == text else json.dumps(row)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"
