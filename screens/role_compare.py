"""Two roles beside each other, permission by permission."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from models.catalogue import area_label, permissions
from models.i18n import N_, _
from models.queries import roles as queries
from models.queries.roles import RoleDetail
from screens.base import DetailScreen
from screens.role_rows import by_area, facts, risk_mark, sum_of
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row

FIRST, SECOND = "A", "B"
"""What the two are called in the columns: their names may fill a line each."""


class RoleCompareScreen(DetailScreen):
    """Two roles, first only where they differ.

    Args:
        first: a role.
        second: another.
    """

    SECTION = "roles"
    CSS_PATH = "role_compare.tcss"
    ABOUT = N_("Two roles beside each other: what one has and the other has not.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all", N_("All or differences"), tooltip=N_("Shows also what both have, or only differences."))
    ]

    def __init__(self, first: int, second: int) -> None:
        super().__init__()
        self._ids = (first, second)
        self._all = False

    def heading(self) -> str:
        """What this is."""
        return _("Compare two roles")

    def compose_content(self) -> ComposeResult:
        """Which two, the permissions, and the sentence about the one under the cursor."""
        yield Static(id="which")
        yield ListView(
            Column("first", FIRST, width=3, keep=ALWAYS),
            Column("second", SECOND, width=3, keep=ALWAYS),
            Column("risk", "", width=1, keep=ALWAYS),
            Column("permission", N_("Permission"), keep=ALWAYS),
            choose="",
            empty=lambda: _("Both have the same permissions: `a` shows them."),
            id="both",
        )
        yield Static(id="says")

    def on_mount(self) -> None:
        """The list is what keys go to."""
        self.query_one("#both", ListView).focus()

    def reload(self) -> None:
        """Read the two again."""
        first, second = (self.read(queries.detail, role_id) for role_id in self._ids)
        self.query_one("#which", Static).update(words.join(_which(FIRST, first), "\n", _which(SECOND, second)))
        self.query_one("#both", ListView).show(ListSource(self._rows(frozenset(first.permissions), frozenset(second.permissions))))

    def _rows(self, first: frozenset[str], second: frozenset[str]) -> list[Row]:
        rows = []
        for area, codes in by_area(first | second if self._all else first ^ second).items():
            rows.append(Row(f"area:{area}", (area_label(area),), heading=True))
            for code in codes:
                marks = (_mark(code in first), _mark(code in second))
                permission = permissions()[code]
                rows.append(Row(code, (*marks, risk_mark(permission), permission.label), dim=code in first and code in second))
        return rows

    def action_all(self) -> None:
        """Show everything, or again only the differences."""
        self._all = not self._all
        with self.refusals_shown():
            self.reload()

    @on(ListView.CursorMoved, "#both")
    def _say(self, event: ListView.CursorMoved) -> None:
        permission = permissions().get(str(event.key))
        said = words.join(permission.consequence, "\n", words.plain(facts(permission), "$text-muted")) if permission else Content("")
        self.query_one("#says", Static).update(said)


def _mark(there: bool) -> Content:  # noqa: FBT001  there or not is all that a mark says
    return words.plain(f" {words.MAY}", "$text-success") if there else words.plain(f" {words.LEFT}", "$text-muted")


def _which(letter: str, detail: RoleDetail) -> Content:
    return words.join(words.plain(f"{letter}  ", "$accent bold"), words.plain(detail.row.label, "bold"), f"  {sum_of(detail.permissions)}")
