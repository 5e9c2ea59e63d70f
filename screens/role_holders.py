"""Who holds a role, since when, until when, and who gave it to them."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from models import clock
from models.i18n import N_, _, ngettext
from models.queries import roles as queries, shop
from models.queries.roles import Holder
from screens.base import DetailScreen, scheduled
from screens.sections import load
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row


class RoleHoldersScreen(DetailScreen):
    """The holders of a role.

    Args:
        role_id: the role.
    """

    SECTION = "roles"
    ABOUT = N_("Everybody who holds this role, and since when.")
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, role_id: int) -> None:
        super().__init__()
        self._role_id = role_id
        self._label = ""
        self._count = 0

    def heading(self) -> str:
        """Which role, and how many hold it."""
        held = ngettext("{count} holder", "{count} holders", self._count).format(count=self._count)
        return f"{self._label} · {held}"

    def compose_content(self) -> ComposeResult:
        """The list."""
        yield ListView(
            Column("mark", width=1, keep=ALWAYS),
            Column("login", N_("Login"), width=10, keep=ALWAYS),
            Column("name", N_("Name"), least=10, keep=ALWAYS),
            Column("since", N_("Since"), width=10, keep=2),
            Column("until", N_("Until"), width=24, keep=4),
            Column("by", N_("Given by"), width=12, keep=3),
            empty=lambda: _("Nobody holds this role yet: `4` opens the staff, where it is given."),
            id="holders",
        )

    def on_mount(self) -> None:
        """The list is what keys go to."""
        self.query_one("#holders", ListView).focus()

    def reload(self) -> None:
        """Read the holders again."""
        detail = self.read(queries.detail, self._role_id)
        self._label, self._count = detail.row.label, len(detail.holders)
        zone = shop.zone()
        self.query_one("#holders", ListView).show(ListSource([_row(holder, zone) for holder in detail.holders]))
        self.refresh_top()

    @on(ListView.Chosen, "#holders")
    def _open(self, event: ListView.Chosen) -> None:
        person: Any = load("screens.staff_detail:StaffDetailScreen")
        scheduled(self.app.push_screen(person(event.key)))


def _row(holder: Holder, zone: str) -> Row:
    until = "" if holder.until is None else f"{clock.day(holder.until, zone)} ({clock.distance(holder.until)})"
    cells = (words.STATUS_MARKS[holder.status], holder.login, holder.name, clock.day(holder.since, zone), until, holder.by)
    return Row(holder.staff_id, cells)
