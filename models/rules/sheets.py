"""Reading a CSV file that a person made, from its bytes: encoding, delimiter, quotation marks, limits.

What is wrong with the file as a whole is one `Invalid("file", …)` with one line to say; what is wrong inside a cell is for whoever knows
what the cell means.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_
from models.text import csv_value, half_width

FILE: Final = "file"
"""The field that errors about the whole file bear."""

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_LINES: Final = 1_100_000  # a sheet of Excel's, saved with all its blank rows, has 1,048,576
MAX_COLUMNS: Final = 100
MAX_CELL: Final = 10_000
"""Characters of one cell. Far more than any cell needs, and so few that a quotation mark which was never closed is found soon."""

_DELIMITERS: Final = (",", ";", "\t")
_NOT_TEXT: Final = (
    (b"PK\x03\x04", N_("This is a workbook or an archive, not a CSV file. Open it and save the sheet as CSV.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an old Excel workbook, not a CSV file. Open it and save the sheet as CSV.")),
    (b"%PDF", N_("This is a PDF, not a CSV file.")),
)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF_16_UNSUPPORTED: Final = N_("This file is in UTF-16. Save it as CSV in UTF-8.")
_NO_TEXT: Final = N_("This is not a CSV file.")
_MISQUOTED: Final = N_("Line {line}: a quotation mark is in the wrong place, or a line ends inside a cell.")
_UNCLOSED: Final = N_("Line {line}: a quotation mark is opened and never closed.")
_CELL_TOO_LONG: Final = N_("Line {line}: a cell has more than {limit} characters. Is a quotation mark missing?")


class Record(NamedTuple):
    """One row of cells.

    Attributes:
        line: where it begins in the file, counted from 1 as an editor does.
        cells: as many as there are columns; what was missing at the end is "".
        surplus: cells beyond the last column.
    """

    line: int
    cells: tuple[str, ...]
    surplus: tuple[str, ...]


class Sheet(NamedTuple):
    """What a file holds.

    Attributes:
        header: the names of the columns, in small letters and without blanks around them.
        records: the rows below it; those that are blank are left out.
        encoding: "utf-8" or "gb18030".
    """

    header: tuple[str, ...]
    records: tuple[Record, ...]
    encoding: str


def read(data: bytes, known: Collection[str]) -> Sheet:
    """Read a CSV file.

    Args:
        data: the whole file. UTF-8 with or without a byte order mark, or GB18030.
        known: names of columns; the delimiter (comma, semicolon or tab) is the one by which the first line shows most of them.

    Raises:
        Invalid: the file is empty, is something else than CSV, is in another encoding, is too large, has a cell that is too long, a
            quotation mark that is not closed, or a column twice.
    """
    text, encoding = _decoded(data)
    text = text.replace("\r\n", "\n")
    if "\n" not in text:  # lines as the Macintosh once ended them
        text = text.replace("\r", "\n")
    if text.count("\n") > MAX_LINES:
        raise Invalid(FILE, N_("The file has more than {limit} lines."), limit=MAX_LINES)
    lines = _lines(text)
    above, first = next(((number, line) for number, line in enumerate(lines) if not line.isspace()), (0, ""))
    delimiter = _delimiter(first, known)
    if re.fullmatch("sep=.\\s*", first, re.IGNORECASE):  # a note of Excel's to itself
        delimiter = first[4]
        above += 1
    else:
        lines = chain([first], lines)
    rows = _rows(lines, above, delimiter)
    header = next(rows, None)
    if header is None:
        raise Invalid(FILE, N_("The file is empty."))
    names = _names(header.cells)
    return Sheet(names, tuple(_fitted(rows, len(names))), encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    if len(data) > MAX_BYTES:
        raise Invalid(FILE, N_("The file has more than {limit} MB."), limit=MAX_BYTES // (1024 * 1024))
    for signature, reason in _NOT_TEXT:
        if data.startswith(signature):
            raise Invalid(FILE, reason)
    if data.startswith(_UTF_16):
        raise Invalid(FILE, _UTF_16_UNSUPPORTED)
    if b"\0" in data:
        raise Invalid(FILE, _NO_TEXT)
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeDecodeError:
            continue
    raise Invalid(FILE, N_("The encoding of the file is not known. Save it as CSV in UTF-8."))


def _lines(text: str) -> Iterator[str]:
    """Every line, each with a line feed at its end. Neither all at once, which takes memory, nor by what Unicode calls a line."""
    start = 0
    while (end := text.find("\n", start) + 1) > 0:
        yield text[start:end]
        start = end
    if start < len(text):
        yield f"{text[start:]}\n"


def _delimiter(line: str, known: Collection[str]) -> str:
    """The delimiter by which `line` names most columns that are known; a comma if none does."""

    def columns(delimiter: str) -> int:
        return sum(_name(cell.strip('"')) in known for cell in line.split(delimiter))

    return max(_DELIMITERS, key=columns)


def _rows(lines: Iterable[str], above: int, delimiter: str) -> Iterator[Record]:
    """Every row of `lines` that is not blank, with all its cells; `above` it are as many lines of the file."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    found = 0
    while True:
        line = above + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _unreadable(error, line) from None
        if cells is None:
            return
        if any(len(cell) > MAX_CELL for cell in cells):
            raise Invalid(FILE, _CELL_TOO_LONG, line=line, limit=MAX_CELL)
        cells = list(map(csv_value, cells))
        if any(cell and not cell.isspace() for cell in cells):
            found += 1
            if found > MAX_ROWS + 1:  # with the header
                raise Invalid(FILE, N_("The file has more than {limit} rows."), limit=MAX_ROWS)
            yield Record(line, tuple(cells), ())


def _unreadable(error: csv.Error, line: int) -> Invalid:
    """What to say of `error`; the module tells its errors apart by their English words only."""
    said = str(error)
    if "field limit" in said:
        return Invalid(FILE, _CELL_TOO_LONG, line=line, limit=MAX_CELL)
    return Invalid(FILE, _UNCLOSED if "end of data" in said else _MISQUOTED, line=line)


def _name(cell: str) -> str:
    return half_width(cell).strip().lower()


def _names(cells: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(map(_name, cells))
    if len(names) > MAX_COLUMNS:
        raise Invalid(FILE, N_("The file has more than {limit} columns."), limit=MAX_COLUMNS)
    while names and not names[-1]:  # delimiters at the end of the line
        names = names[:-1]
    return names


def _fitted(rows: Iterator[Record], columns: int) -> Iterator[Record]:
    for record in rows:
        cells = record.cells
        if len(cells) == columns:
            yield record
        elif len(cells) < columns:
            yield record._replace(cells=cells + ("",) * (columns - len(cells)))
        else:
            surplus = cells[columns:]
            yield record._replace(cells=cells[:columns], surplus=surplus if any(cell.strip() for cell in surplus) else ())
