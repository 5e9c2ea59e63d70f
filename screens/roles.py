"""The shop's roles: how much is in each, and how many hold it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from models.i18n import N_, _, ngettext
from models.operations import roles as operations
from models.operations.shop import NAME_LIMIT
from models.queries import roles as queries
from models.queries.roles import RoleDetail, RoleRow
from screens.base import DeskScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.dialogs.naming import name_it
from screens.role_compare import RoleCompareScreen
from screens.role_detail import RoleDetailScreen
from screens.role_holders import RoleHoldersScreen
from screens.role_rows import LIST, about, role_row
from screens.sections import OWNER
from screens.separation import SeparationScreen
from screens.widgets import words
from screens.widgets.list_view import ListSource, ListView

MANAGE = queries.PERMISSION


class RolesScreen(DeskScreen):
    """The roles, and what can be done about them."""

    SECTION = "roles"
    CSS_PATH = "roles.tcss"
    ABOUT = N_("Roles are named sets of permissions; people hold them, with or without an end date.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New")),
        Binding("e", "edit", N_("Edit"), tooltip=N_("Opens it: everything in it, to be ticked.")),
        Binding("c", "copy", N_("Copy"), tooltip=N_("Makes a new role with the same permissions.")),
        Binding("equals_sign", "compare", N_("Compare"), tooltip=N_("Shows the role beside another.")),
        Binding("h", "holders", N_("Holders"), tooltip=N_("Shows who holds it, since when and until when.")),
        Binding("d", "close", N_("Close"), tooltip=N_("Closes a role that nobody holds.")),
        Binding("a", "apart", N_("Kept apart"), tooltip=N_("Shows which permissions nobody may be given together.")),
    ]
    NEEDS: ClassVar[dict[str, str]] = dict.fromkeys(("new", "edit", "copy", "close"), MANAGE) | {"apart": OWNER}

    def __init__(self) -> None:
        super().__init__()
        self._roles: dict[object, RoleRow] = {}

    def compose_content(self) -> ComposeResult:
        """The list, and beside it where there is room what is in the role under the cursor."""
        with Container(id="split"):
            yield ListView(*LIST, empty=self._empty, id="roles")
            with VerticalScroll(id="about", can_focus=False):
                yield Static(id="what")

    def _empty(self) -> str:
        return _("No roles yet: `n` makes the first.") if self.may(MANAGE) else _("No roles yet.")

    @property
    def listed(self) -> ListView:
        """The list."""
        return self.query_one("#roles", ListView)

    @property
    def role(self) -> RoleRow | None:
        """The role under the cursor."""
        return self._roles.get(self.listed.key)

    # ---- showing

    def on_mount(self) -> None:
        """The list is what keys go to."""
        self.listed.focus()

    def reload(self) -> None:
        """Read the roles again."""
        rows = self.read(queries.listed)
        self._roles = {row.id: row for row in rows}
        self.listed.show(ListSource([role_row(row) for row in rows]))

    def arrive(self, **where: object) -> None:
        """Point at a role: `role_id`."""
        if isinstance(role_id := where.get("role_id"), int):
            self.listed.select(role_id)

    @on(ListView.CursorMoved, "#roles")
    def _show_role(self) -> None:
        role = self.role
        with self.refusals_shown():
            if self.has_class("-wide"):
                self.query_one("#what", Static).update(about(self.read(queries.detail, role.id)) if role else "")
        self.refresh_bindings()

    def on_resize(self) -> None:
        """There may be room now to show what is in it."""
        self.call_after_refresh(self._show_role)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a role there is nothing to copy, and without another nothing to compare with."""
        allowed = super().check_action(action, parameters)
        if allowed and action in {"edit", "copy", "holders", "close"} and self.role is None:
            return False
        if allowed and action == "compare" and len(self._roles) < 2:
            return False
        return allowed

    @on(ListView.Chosen, "#roles")
    def action_edit(self) -> None:
        """Open the role under the cursor."""
        if self.role is not None:
            scheduled(self.app.push_screen(RoleDetailScreen(self.role.id)))

    def action_holders(self) -> None:
        """Show who holds the role under the cursor."""
        if self.role is not None:
            scheduled(self.app.push_screen(RoleHoldersScreen(self.role.id)))

    def action_apart(self) -> None:
        """Show which permissions are kept apart."""
        scheduled(self.app.push_screen(SeparationScreen()))

    # ---- changing

    @work(exclusive=True, group="change")
    async def action_new(self) -> None:
        """Make an empty role, and open it."""
        with self.refusals_shown():
            await self._make(_("New role"), "", ())

    @work(exclusive=True, group="change")
    async def action_copy(self) -> None:
        """Make a role with the same permissions as the one under the cursor, and open it."""
        if (role := self.role) is None:
            return
        with self.refusals_shown():
            detail = self.read(queries.detail, role.id)
            title = _("Copy {role}").format(role=role.label)
            await self._make(title, _("{role}, copy").format(role=role.label), detail.permissions)

    async def _make(self, title: str, name: str, codes: tuple[str, ...]) -> None:
        def begin() -> tuple[str, Callable[[str], Awaitable[int]]]:
            return title, lambda typed: self.ask(operations.add, typed, codes)

        made = await name_it(self.app, begin, value=name, limit=NAME_LIMIT)
        if made is not None:
            self.reload()
            self.listed.select(made)
            scheduled(self.app.push_screen(RoleDetailScreen(made)))

    @work(exclusive=True, group="change")
    async def action_compare(self) -> None:
        """Put the role under the cursor beside another."""
        if (role := self.role) is None:
            return
        others = [Option(row.id, row.label, str(row.permissions)) for row in self._roles.values() if row.id != role.id]
        title = _("Compare {role} with").format(role=role.label)
        other = await self.app.push_screen_wait(Choose(title, others))
        if other is not None:
            scheduled(self.app.push_screen(RoleCompareScreen(role.id, int(other))))

    @work(exclusive=True, group="change")
    async def action_close(self) -> None:
        """Close the role under the cursor, unless people hold it."""
        if (role := self.role) is None:
            return
        with self.refusals_shown():
            detail = self.read(queries.detail, role.id)
            if detail.holders:
                await self._show_who_is_in_the_way(detail)
                return
            question = _("Close {role}? Nobody holds it.").format(role=role.label)
            if await self.app.push_screen_wait(Confirm(question, yes_label=_("Close"))):
                await self.ask(operations.close, role.id, role.version)
                self.toast(_("Closed."))
        self.reload()

    async def _show_who_is_in_the_way(self, detail: RoleDetail) -> None:
        count = len(detail.holders)
        said = ngettext(
            "{count} person holds {role}. Take it from them first, then it can be closed.",
            "{count} people hold {role}. Take it from them first, then it can be closed.",
            count,
        ).format(count=count, role=detail.row.label)
        lines = words.capped([f"{holder.name}  {holder.login}" for holder in detail.holders])
        if await self.app.push_screen_wait(Confirm(said, yes_key="h", yes_label=_("Holders"), detail=lines)):
            scheduled(self.app.push_screen(RoleHoldersScreen(detail.row.id)))
