"""The rows of a file of people as rows of a list."""

from __future__ import annotations

from typing import Final

from models.i18n import N_, _, ngettext
from models.queries.importing import Examination, Examined
from models.rules.departments import SEPARATOR
from models.rules.roster import Problem, Roster
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

COLUMNS: Final = (
    Column("mark", width=1, keep=ALWAYS),
    Column("line", N_("Line"), width=6, align="right", keep=8),
    Column("login", N_("Login"), width=14, keep=ALWAYS),
    Column("name", N_("Name"), least=10, keep=7),
    Column("said", N_("What it gives, or what is wrong"), least=24, keep=ALWAYS, flex=3),
)

SHOWN: Final = 60
"""Characters of a cell that may hold anything: what is longer is cut before it is looked at."""

ROOM: Final = 3
"""Lines below the list; as many whether they are needed or not, so that the list does not jump under the cursor."""

NAMED: Final = 5
"""Departments that are named; of more there is only the number."""


class FileSource:
    """The rows of a file, made when they are looked at.

    Args:
        bad_only: leave out those that can be imported.
    """

    def __init__(self, examination: Examination, *, bad_only: bool) -> None:
        self._rows = [(place, row) for place, row in enumerate(examination.rows) if not (bad_only and row.good)]
        self._places: dict[Key, int] = {}

    def count(self) -> int:
        """How many there are."""
        return len(self._rows)

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        return [_row(place, row) for place, row in self._rows[offset : offset + limit]]

    def position(self, key: Key) -> int | None:
        """Where a row stands; its key is its place in the file."""
        if not self._places:
            self._places = {place: position for position, (place, _row) in enumerate(self._rows)}
        return self._places.get(key)


def _row(place: int, examined: Examined) -> Row:
    row = examined.row
    mark = words.plain(words.MAY, "$text-success") if examined.good else words.plain(words.MAY_NOT, "$text-error")
    login = row.login or row.raw.get("login", "")[:SHOWN]
    name = row.name or row.raw.get("name", "")[:SHOWN]
    said = _gives(examined) if examined.good else _first(row.problems)
    return Row(place, (mark, str(row.line), login, name, said), dim=False)


def _gives(examined: Examined) -> str:
    row = examined.row
    parts = [SEPARATOR.join(row.department), *row.roles, *row.extras]
    return " · ".join(part for part in parts if part)


def _first(problems: list[Problem]) -> str:
    more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
    return told(problems[0]) + more


def told(problem: Problem) -> str:
    """A problem with the column it is in."""
    return f"{problem.column}: {problem.message}" if problem.column else problem.message


def some(problems: list[Problem]) -> list[str]:
    """As many problems as there is room for below the list, and how many more there are."""
    lines = [told(problem) for problem in problems]
    if more := len(lines[ROOM:]):
        said = ngettext("and {n} more: enter shows the row", "and {n} more: enter shows the row", more + 1)
        lines[ROOM - 1 :] = [said.format(n=more + 1)]
    return lines


def counts(examination: Examination, roster: Roster) -> list[str]:
    """What stands above the rows: how many are good, what else the import would do, what is worth knowing of the file."""
    total = len(examination.rows)
    parts = [ngettext("{n:,} row", "{n:,} rows", total).format(n=total)]
    parts.append(f"{words.MAY} {examination.good:,}")
    if examination.bad:
        parts.append(f"{words.MAY_NOT} {examination.bad:,}")
    lines = [" · ".join(parts)]
    if examination.departments:
        lines.append(departments(examination))
    return lines + list(roster.notices)


def departments(examination: Examination) -> str:
    """The departments that would be added."""
    added = examination.departments
    named = _(", ").join(_("“{department}”").format(department=SEPARATOR.join(path)) for path in added[:NAMED])
    if len(added) > NAMED:
        named += " …"
    return ngettext("{n:,} department will be added: {names}", "{n:,} departments will be added: {names}", len(added)).format(
        n=len(added), names=named
    )
