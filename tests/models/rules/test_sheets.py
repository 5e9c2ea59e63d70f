"""Files that people call CSV: every way in which they are not, and every way in which they still are."""

from __future__ import annotations

import csv
import gzip
import io
import time
import zipfile
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import example, given, settings, strategies as st

from models.errors import Invalid
from models.rules import sheets
from models.text import csv_cell

KNOWN = ("login", "name", "post")


def read(text: str, encoding: str = "utf-8") -> sheets.Sheet:
    """What a file that says `text` holds."""
    return sheets.read(text.encode(encoding), KNOWN)


def cells(text: str) -> list[tuple[str, ...]]:
    """The rows below the header."""
    return [record.cells for record in read(text).records]


def refusal(data: bytes) -> str:
    """The one line that is said of a file that cannot be used."""
    with pytest.raises(Invalid) as refused:
        sheets.read(data, KNOWN)
    assert refused.value.field == "file"
    assert "\n" not in str(refused.value)
    return str(refused.value)


def workbook() -> bytes:
    """The beginning of what every .xlsx is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    """What Excel saves in China, what it saves as UTF-8, and what everybody else saves."""
    sheet = read("login,name\nalice,李雷𠮷\n", encoding)
    assert sheet.header == ("login", "name")
    assert sheet.records == (sheets.Record(2, ("alice", "李雷𠮷"), ()),)
    assert sheet.encoding == encoding.removesuffix("-sig")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_by_the_columns_it_shows(delimiter: str) -> None:
    """Also where the other delimiters stand inside cells."""
    text = delimiter.join(("login", '"name"', "post")) + "\n" + delimiter.join(("alice", '"a,b;c\td"', "service")) + "\n"
    assert cells(text) == [("alice", "a,b;c\td", "service")]


def test_a_note_of_excels_about_the_delimiter_is_heeded() -> None:
    """It is no row, and lines are counted as an editor counts them."""
    sheet = read("sep=;\nlogin;name\nalice;A,B\n")
    assert sheet.header == ("login", "name")
    assert sheet.records == (sheets.Record(3, ("alice", "A,B"), ()),)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_one(ending: str) -> None:
    """Unix, Windows, and what old programs on the Macintosh still write."""
    assert cells(ending.join(("login,name", "alice,A", "bob,B", ""))) == [("alice", "A"), ("bob", "B")]
    assert cells(ending.join(("login,name", "alice,A", "bob,B"))) == [("alice", "A"), ("bob", "B")]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    """Past blank lines, rows of delimiters, and cells of several lines."""
    sheet = read('\n\nlogin,name\n\nalice,"A\nA\nA"\n,\n  ,\t\nbob,B\n')
    assert [(record.line, record.cells[0]) for record in sheet.records] == [(5, "alice"), (10, "bob")]


def test_the_separators_of_unicode_end_no_line() -> None:
    """What an editor shows on one line is one line."""
    for separator in ("\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"):
        assert cells(f"login,name\na{separator}b,A\n") == [(f"a{separator}b", "A")]


def test_rows_that_are_too_short_are_filled_and_too_long_ones_keep_their_surplus() -> None:
    """What a spreadsheet leaves away at the end was blank; delimiters alone are nothing."""
    sheet = read("login,name,post,\na\nb,B,service,\nc,C,service,,,\nd,D,service,x,y,\n")
    assert [record.cells for record in sheet.records] == [
        ("a", "", ""),
        ("b", "B", "service"),
        ("c", "C", "service"),
        ("d", "D", "service"),
    ]
    assert [record.surplus for record in sheet.records] == [(), (), (), ("x", "y", "")]


def test_columns_are_known_in_any_width_and_case() -> None:
    """And with blanks around them."""
    assert read("LOGIN, Ｎａｍｅ ,Post\na,b,c\n").header == ("login", "name", "post")


def test_cells_that_were_quoted_against_formulas_are_what_they_were() -> None:
    """An exported file can be imported."""
    assert cells("login,name\n'+86 138,'=1\n") == [("+86 138", "=1")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\t\n ", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"sep=;\n", "empty"),
        (workbook(), "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 500, "old Excel"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a CSV"),
        (b"login,name\nali\x00ce,A\n", "not a CSV"),
        (b"\x7fELF\x02\x01\x01\x00", "not a CSV"),
        ("login,name\na,李\n".encode("utf-16"), "UTF-16"),
        ("login,name\na,李\n".encode("utf-16-be"), "not a CSV"),
        ("login,name\njose,José,x\n".encode("latin-1"), "encoding"),
        (b"login,name\na,\xff\xff\n", "encoding"),
        (b'login,name\nalice,"A\nbob,B\n', "Line 2: a quotation mark is opened and never closed"),
        (b'login,name\nalice,A\nbob,"B"b\n', "Line 3: a quotation mark is in the wrong place"),
        (b"login,name\nalice,A\rB\n", "Line 2: a quotation mark is in the wrong place, or a line ends inside a cell"),
        (b"login,name\nalice," + b"x" * 10_000_000, "Line 2: a cell has more than 10000 characters"),
        (
            b'login,name\nalice,"' + b"x,y\n" * 2_600,
            "Line 2: a quotation mark is opened and never closed",
        ),
        (b"login,name\nalice," + b"x" * 10_001, "Line 2: a cell has more than 10000 characters"),
        (b"x" * 10_000_000, "Line 1: a cell has more than 10000 characters"),
        (b"," * 101 + b"x", "more than 100 columns"),
        (b"\n" * (sheets.MAX_LINES + 1), "more than 1100000 lines"),
        (b"a" * (sheets.MAX_BYTES + 1), "more than 32 MB"),
    ],
)
def test_what_is_no_csv_file_is_told_in_one_line(data: bytes, said: str) -> None:
    """What it is instead, or where it breaks."""
    with pytest.raises(Invalid, match=said):
        sheets.read(data, KNOWN)
    assert refusal(data)


def test_an_archive_is_refused_whatever_is_packed() -> None:
    """Compressed text is binary."""
    assert refusal(gzip.compress(b"login,name\n" * 1000, mtime=0))


def test_limits_are_what_they_say() -> None:
    """The largest that is allowed is read; one more is not."""
    assert len(cells(f"login,name\nalice,{'x' * sheets.MAX_CELL}\n")[0][1]) == sheets.MAX_CELL
    assert sheets.MAX_BYTES == 33_554_432
    rows = "a\n" * sheets.MAX_ROWS
    assert len(read(f"login\n{rows}").records) == sheets.MAX_ROWS
    assert "more than 100000 rows" in refusal(f"login\n{rows}a\n".encode())
    assert len(read(",".join(f"c{n}" for n in range(sheets.MAX_COLUMNS)) + "\nx\n").header) == sheets.MAX_COLUMNS


@pytest.mark.parametrize(
    "data", [b'"' * 20_000_000, b'login,name\n"' + b'""' * 10_000_000, b"\n" * 30_000_000 + b"login\na\n", b"login\n" + b",\n" * 9_000_000]
)
def test_a_file_that_is_made_to_be_slow_is_not(data: bytes) -> None:
    """Megabytes of quotation marks, or of nothing."""
    started = time.perf_counter()
    with suppress(Invalid):
        sheets.read(data, KNOWN)
    assert time.perf_counter() - started < 30


@given(st.binary(max_size=300) | st.text(st.sampled_from("login,name\n\r\t;'\"=李\x00\ufeff")).map(str.encode))
def test_no_bytes_do_anything_but_be_read_or_refused(data: bytes) -> None:
    """Whatever they are: another error would be a test that fails."""
    with suppress(Invalid):
        sheet = sheets.read(data, KNOWN)
        assert all(len(record.cells) == len(sheet.header) for record in sheet.records)
        assert all(earlier.line < later.line for earlier, later in pairwise(sheet.records))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
@example([("", "", "\t")], ",", "\n", "utf-8")
@settings(deadline=None)
def test_what_a_program_wrote_is_read_as_it_was(rows: list[tuple[str, str, str]], delimiter: str, ending: str, encoding: str) -> None:
    """Delimiters, quotation marks, line feeds and formulas inside cells included."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=ending)
    writer.writerow(KNOWN)
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    data = file.getvalue().encode(encoding)
    sheet = sheets.read(data, KNOWN)
    assert sheet.header == KNOWN
    if sheet.encoding == encoding.removesuffix("-sig"):  # a few ideographs in GB18030 happen to be valid UTF-8
        assert [record.cells for record in sheet.records] == [row for row in rows if any(cell and not cell.isspace() for cell in row)]
