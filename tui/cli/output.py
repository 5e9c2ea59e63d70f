"""How the command line says things: a table on a terminal, tab-separated otherwise, JSON where it is asked for; files also CSV and HTML.

Rows are what JSON says of them. Everywhere else a list is written in one cell, and nothing that steers a terminal or that a spreadsheet
would take for a formula gets through.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from models.text import csv_cell, visible

Row = Mapping[str, Any]
Write = Callable[[str], object]

TABLE: Final = "table"
TSV: Final = "tsv"
CSV: Final = "csv"
JSON: Final = "json"
HTML: Final = "html"

_COPIED: Final = "fingerprint"
"""A column that people copy from: where it does not fit, the terminal breaks its lines, and what is copied is whole."""

_WHOLE: Final = frozenset({"login", _COPIED})
_WIDEST: Final = 400
"""Columns of a terminal; no row with a fingerprint needs more."""


def form_for(*, as_json: bool) -> str:
    """How rows go to standard output."""
    return JSON if as_json else TABLE if sys.stdout.isatty() else TSV


def print_rows(rows: Iterable[Row], columns: Sequence[str], *, as_json: bool = False) -> None:
    """Print `rows` in the form that goes to where standard output goes.

    Args:
        columns: the keys that are shown, where it is not JSON, which has them all.
    """
    form = form_for(as_json=as_json)
    if form == TABLE:
        _print_table(rows, columns)
    else:
        write_rows(rows, columns, form, to_stdout())


def print_json(rows: Iterable[Row]) -> None:
    """Print `rows` as one array."""
    write_rows(rows, (), JSON, to_stdout())


def print_line(line: str) -> None:
    """Print one line of text, whatever is in it."""
    to_stdout()(f"{visible(line)}\n")


def to_stdout() -> Write:
    """Writes to standard output; other programs always read UTF-8, a terminal what it can show."""
    if hasattr(sys.stdout, "reconfigure"):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdout.write


def write_rows(rows: Iterable[Row], columns: Sequence[str], form: str, write: Write) -> None:
    """Write `rows` one after the other, so that many need no memory."""
    if form == JSON:
        _write_json(rows, write)
    elif form == CSV:
        import csv

        class _Stream:
            def write(self, text: str, /) -> object:
                return write(text)

        writer = csv.writer(_Stream())
        writer.writerow(columns)
        writer.writerows(cells(row, columns) for row in rows)
    else:
        write("\t".join(columns) + "\n")
        for row in rows:
            write("\t".join(cells(row, columns)) + "\n")


def cells(row: Row, columns: Sequence[str]) -> list[str]:
    """The cells of a row, for a spreadsheet or another program."""
    return [csv_cell(cell(row[column])) for column in columns]


def cell(value: object) -> str:
    """A value as text, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _gift(value)
    if isinstance(value, list | tuple):
        return ";".join(map(cell, value))
    return visible(str(value))


def _gift(gift: Row) -> str:
    """A grant, or where a permission comes from, in a cell: its name, and its end where it has one."""
    name = visible(str(gift.get("name") or gift.get("role") or gift.get("permission")))
    kind = f"{gift['kind']}:" if "kind" in gift else ""
    return f"{kind}{name} until {gift['until']}" if gift.get("until") else f"{kind}{name}"


def _write_json(rows: Iterable[Row], write: Write) -> None:
    before = "["
    for row in rows:
        text = json.dumps(row, ensure_ascii=False)
        # What `clean` refuses and is there anyway reaches a terminal, or whoever reads this, as the escape that it is.
        write(f"{before}\n{text if visible(text) == text else json.dumps(row)}")
        before = ","
    write("[]\n" if before == "[" else "\n]\n")


def _print_table(rows: Iterable[Row], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from tui.cli.words import heading, told

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(Text(heading(column, columns)), overflow="fold", no_wrap=column in _WHOLE)
    for row in rows:
        table.add_row(*(Text(told(column, row[column])) for column in columns))
    to_stdout()
    width = _WIDEST if _COPIED in columns else None
    Console(markup=False, highlight=False, emoji=False, soft_wrap=False, width=width).print(table)
