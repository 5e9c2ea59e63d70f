"""A file of people to onboard: what each row says, and what is wrong with it as far as that can be seen without the shop's data.

Columns, in any order: `login,name,nickname,number,phone,email,department,post,roles,extras,until`. Others are ignored, with a notice.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple, TypeVar

from models import catalogue, text
from models.clock import day, end_of_day
from models.errors import Invalid, OwnerOnly, Unknown, Wrong
from models.i18n import N_, _
from models.rules import departments, sheets

COLUMNS: Final = ("login", "name", "nickname", "number", "phone", "email", "department", "post", "roles", "extras", "until")
REQUIRED: Final = ("login", "name", "post")

REASON: Final = "reason"
"""The last column of a file of rejected rows; read again, it is ignored without a word."""

_T = TypeVar("_T")


class Problem(NamedTuple):
    """What is wrong in a row.

    Attributes:
        column: where; "" for the row as a whole.
        message: one line, in the language that was in force.
    """

    column: str
    message: str


class RosterRow(NamedTuple):
    """One person to onboard. What has a problem is empty.

    Attributes:
        line: where the row begins in the file, counted from 1.
        raw: every cell as it stands in the file, by column, for the file of rejected rows; `surplus`: cells beyond the last column.
        department: the path, from the top down; () for none.
        post: `service` or `operations`.
        roles: names or codes, as typed.
        extras: codes of permissions.
        until: the last microsecond, UTC, of everything that the row grants; None for no end.
        problems: none for a row that can be used. Whoever knows the shop's data adds what it says against the row.
    """

    line: int
    raw: dict[str, str]
    surplus: tuple[str, ...]
    login: str
    name: str
    nickname: str
    number: str
    phone: str
    email: str
    department: tuple[str, ...]
    post: str
    roles: tuple[str, ...]
    extras: tuple[str, ...]
    until: int | None
    problems: list[Problem]


class Roster(NamedTuple):
    """What a file holds.

    Attributes:
        notices: what is worth knowing, a line each, in the language in force.
        header: the columns of the file in their order, also those that were ignored.
    """

    rows: tuple[RosterRow, ...]
    notices: tuple[str, ...]
    header: tuple[str, ...]


def parse(data: bytes, *, zone: str, now: int) -> Roster:
    """Read a file of people.

    Args:
        data: the whole file, UTF-8 with or without a byte order mark, or GB18030; delimited by commas, semicolons or tabs.
        zone: the shop's time zone; a day in the column `until` ends in it.
        now: UTC microseconds; days that are over by then are refused.

    Raises:
        Invalid: the file as a whole cannot be used; the field is `file`. Or there is no such time zone.
    """
    day(now, zone)  # a zone that is none would otherwise be every row's problem
    sheet = sheets.read(data, COLUMNS)
    _refuse_columns(sheet.header)
    if not sheet.records:
        raise Invalid(sheets.FILE, N_("Below the line of columns there is nobody."))
    reader = _Reader(sheet.header, zone, now)
    return Roster(tuple(map(reader.row, sheet.records)), tuple(_notices(sheet)), tuple(dict.fromkeys(filter(None, sheet.header))))


def rejects_csv(rows: Iterable[RosterRow], header: Sequence[str]) -> str:
    """Rows as they came, with the reason in a last column: a file to correct and import again.

    What cannot be seen is `�` in it, and no cell is a formula. Spreadsheets want a byte order mark: encode it as `utf-8-sig`.

    Args:
        rows: those that were left out.
        header: the columns of the file they came from.
    """
    columns = [column for column in header if column != REASON]
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow([*map(_written, columns), REASON])
    for row in rows:
        reason = " ".join(f"{problem.column}: {problem.message}" if problem.column else problem.message for problem in row.problems)
        writer.writerow(map(_written, [*(row.raw.get(column, "") for column in columns), reason, *row.surplus]))
    return "".join(lines.written)


class _Lines:
    """Where the rejected rows are written to."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str, /) -> None:
        self.written.append(line)


def _written(cell: str) -> str:
    return text.csv_cell(text.visible(cell, lines=True))


def _refuse_columns(header: tuple[str, ...]) -> None:
    for column in COLUMNS:
        if header.count(column) > 1:
            raise Invalid(sheets.FILE, N_("The column “{column}” is there twice."), column=column)
    if missing := [column for column in REQUIRED if column not in header]:
        reason = N_("Missing in the first line: {columns}. It names the columns; login, name and post have to be among them.")
        raise Invalid(sheets.FILE, reason, columns=", ".join(missing))


def _notices(sheet: sheets.Sheet) -> Iterable[str]:
    if sheet.encoding != "utf-8":
        yield _("Read as {encoding}.").format(encoding=sheet.encoding.upper())
    if ignored := [text.visible(column[:20]) for column in dict.fromkeys(sheet.header) if column and column not in {*COLUMNS, REASON}]:
        shown = ", ".join(ignored[:5]) + (" …" if len(ignored) > 5 else "")
        yield _("Columns that mean nothing here were ignored: {columns}.").format(columns=shown)


class _Reader:
    """Judges row after row, remembering the logins it has seen."""

    def __init__(self, header: tuple[str, ...], zone: str, now: int) -> None:
        self._columns = len(header)
        self._raw = [(column, place) for place, column in enumerate(header) if column and header.index(column) == place]
        self._places = {column: header.index(column) for column in COLUMNS if column in header}
        self._lines: dict[str, int] = {}
        # A file has few different departments, roles and days: each is judged once.
        self._department = cache(_department)
        self._roles = cache(_roles)
        self._extras = cache(_extras)
        self._post = cache(_post)
        self._until = cache(lambda cell: end_of_day(cell, zone, field="until", not_before=now) if cell.strip() else None)

    def row(self, record: sheets.Record) -> RosterRow:
        """What `record` says."""
        problems: list[Problem] = []

        def judged(column: str, judge: Callable[[str], _T], otherwise: _T) -> _T:
            try:
                return judge(record.cells[self._places[column]] if column in self._places else "")
            except Wrong as wrong:
                problems.append(Problem(column, str(wrong)))
            except OwnerOnly as refused:
                problems.append(Problem(column, str(refused)))
            return otherwise

        row = RosterRow(
            line=record.line,
            raw={column: record.cells[place] for column, place in self._raw},
            surplus=record.surplus,
            login=judged("login", lambda cell: self._login(cell, record.line), ""),
            name=judged("name", lambda cell: text.clean("name", cell, limit=text.NAME_LIMIT, required=True), ""),
            nickname=judged("nickname", lambda cell: text.clean("nickname", cell, limit=text.NAME_LIMIT), ""),
            number=judged("number", lambda cell: text.number("number", cell), ""),
            phone=judged("phone", lambda cell: text.phone("phone", cell), ""),
            email=judged("email", lambda cell: text.email("email", cell), ""),
            department=judged("department", self._department, ()),
            post=judged("post", self._post, ""),
            roles=judged("roles", self._roles, ()),
            extras=judged("extras", self._extras, ()),
            until=judged("until", self._until, None),
            problems=problems,
        )
        if record.surplus:
            message = _("The row has {cells} cells, the first line names {columns} columns.")
            problems.append(Problem("", message.format(cells=self._columns + len(record.surplus), columns=self._columns)))
        return row

    def _login(self, cell: str, line: int) -> str:
        login = text.login("login", cell)
        if (earlier := self._lines.setdefault(login, line)) != line:
            raise Invalid("login", N_("Line {line} has this login already."), line=earlier)
        return login


def _department(cell: str) -> tuple[str, ...]:
    path = departments.split(cell.replace("\uff0f", departments.SEPARATOR))
    if len(path) > departments.MAX_DEPTH:
        raise Invalid("department", N_("Departments go {levels} levels deep."), levels=departments.MAX_DEPTH)
    return tuple(departments.name("department", name) for name in path)


def _post(cell: str) -> str:
    if not cell.strip():
        raise Invalid("post", N_("Something has to stand here."))
    if (post := _posts().get(text.key(cell))) is None:
        raise Invalid("post", N_("The post is service or operations (客服 or 运营)."))
    return post


@cache
def _posts() -> dict[str, str]:
    """Every way to write a post."""
    written = {
        catalogue.SERVICE: (catalogue.SERVICE, "customer service", "客服"),
        catalogue.OPERATIONS: (catalogue.OPERATIONS, "运营"),
    }
    return {text.key(name): post for post, names in written.items() for name in names}


def _parts(column: str, cell: str) -> tuple[str, ...]:
    """What stands between semicolons, each once."""
    parts = (text.clean(column, part, limit=text.NAME_LIMIT) for part in cell.replace("；", ";").split(";"))
    return tuple({text.key(part): part for part in parts if part}.values())


def _roles(cell: str) -> tuple[str, ...]:
    return _parts("roles", cell)


def _extras(cell: str) -> tuple[str, ...]:
    codes = tuple(text.half_width(code).lower() for code in _parts("extras", cell))
    for code in codes:
        if (permission := catalogue.permissions().get(code)) is None:
            raise Unknown("permission", code)
        if permission.owner_only:
            raise OwnerOnly(code)
    return codes
