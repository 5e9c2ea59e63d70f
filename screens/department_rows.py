"""How departments and the people in them are laid out in lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from models.i18n import _
from models.queries.departments import DepartmentRow, Tree
from models.queries.staff import Listing, StaffRow
from screens.dialogs.choose import Option
from screens.dialogs.choose_person import NOBODY
from screens.widgets import words
from screens.widgets.list_view import Key, Row

SHOP: Final = 0
"""The key of the line that stands for the shop itself; no department has this id."""

OPEN: Final = "▼ "
SHUT: Final = "▶ "
LEAF: Final = "  "
STEP: Final = "  "


def tree_rows(shop: str, tree: Tree, shut: Collection[int]) -> list[Row]:
    """The shop, and below it every department that is not inside one of those that are `shut`."""
    parents = {row.parent_id for row in tree.rows}
    rows = [Row(SHOP, (f"{OPEN}{shop}", str(tree.total)))]
    rows += [
        Row(row.id, (f"{STEP * (row.depth + 1)}{_mark(row, parents, shut)}{row.label}", str(row.total)))
        for row in _outside(tree.rows, shut, themselves=True)
    ]
    return rows


def _mark(row: DepartmentRow, parents: Collection[int | None], shut: Collection[int]) -> str:
    if row.id not in parents:
        return LEAF
    return SHUT if row.id in shut else OPEN


def _outside(rows: tuple[DepartmentRow, ...], roots: Collection[int], *, themselves: bool) -> Iterator[DepartmentRow]:
    """The rows that do not lie below one of `roots`; whether the roots are among them."""
    inside: int | None = None
    for row in rows:
        if inside is not None and row.depth > inside:
            continue
        inside = row.depth if row.id in roots else None
        if inside is None or themselves:
            yield row


def targets(shop: str, tree: Tree, moving: DepartmentRow) -> list[Option]:
    """Where a department may move to: anywhere but into itself and what is below it."""
    here = SHOP if moving.parent_id is None else moving.parent_id
    return [
        option._replace(hint=_("it is here") if option.key == here else option.hint, dim=option.key == here)
        for option in places(shop, tree, moving.id)
    ]


def places(shop: str, tree: Tree, without: int) -> list[Option]:
    """The shop and every department, `without` one and what is below it."""
    found = [Option(SHOP, shop, also="/")]
    found += [
        Option(row.id, f"{STEP * (row.depth + 1)}{row.label}", also=row.also) for row in _outside(tree.rows, [without], themselves=False)
    ]
    return found


def headcount(row: DepartmentRow, tree: Tree) -> str:
    """How many people a department has, and where: `5: 3 here · 2 in Night shift`."""
    below = [child for child in tree.rows if child.parent_id == row.id]
    return _counted(row.total, row.own, below)


def headcount_of_shop(tree: Tree) -> str:
    """The same of the whole shop."""
    return _counted(tree.total, tree.unplaced, [row for row in tree.rows if row.depth == 0])


def _counted(total: int, own: int, below: list[DepartmentRow]) -> str:
    if not below or total == own:
        return str(total)
    parts = [_("{count} here").format(count=own)]
    parts += [_("{count} in {department}").format(count=row.total, department=row.label) for row in below if row.total]
    return _("{total}: {places}").format(total=total, places=" · ".join(parts))


class PeopleSource:
    """People of a listing as rows: a mark, the login, the name, and one thing more.

    Args:
        found: whom a filter let through.
        nobody: the line above them that stands for nobody; "" for none.
    """

    def __init__(self, found: Listing, *, nobody: str = "", more: str = "roles") -> None:
        self._found = found
        self._first = [Row(NOBODY, (words.LEFT, "", nobody, ""))] if nobody else []
        self._more = more

    def count(self) -> int:
        """How many rows there are."""
        return len(self._first) + self._found.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        ahead = self._first[offset : offset + limit]
        return ahead + [self._row(person) for person in self._found.window(max(0, offset - len(self._first)), limit - len(ahead))]

    def position(self, key: Key) -> int | None:
        """Where the row with that key is now, counted from 0; None if it is gone."""
        if key == NOBODY:
            return 0 if self._first else None
        place = self._found.position(key)
        return None if place is None else place + len(self._first)

    def _row(self, person: StaffRow) -> Row:
        more = " · ".join(person.roles) if self._more == "roles" else person.department
        return Row(person.id, (words.STATUS_MARKS[person.status], person.login, person.name, more))
