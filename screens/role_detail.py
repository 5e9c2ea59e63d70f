"""One role: everything there is to tick, what each tick means, and what saving would change for whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from models.catalogue import permissions
from models.errors import ShopstaffError, Stale, Unknown
from models.i18n import N_, _, ngettext
from models.operations import roles as operations
from models.operations.shop import NAME_LIMIT
from models.queries import roles as queries, separation
from models.queries.roles import Affected
from screens import audit_ways
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.dialogs.naming import name_it
from screens.dialogs.tell import Tell
from screens.role_draft import RoleDraft
from screens.role_holders import RoleHoldersScreen
from screens.role_rows import MATRIX, difference, effects, facts, gained_and_lost, matrix, sum_of
from screens.separation_words import apart_from, role_clash_words
from screens.widgets import words
from screens.widgets.list_view import ListSource, ListView
from screens.widgets.said import Said


class RoleDetailScreen(DetailScreen):
    """The permissions of a role, to be ticked.

    Args:
        role_id: the role.
    """

    SECTION = "roles"
    CSS_PATH = "role_detail.tcss"
    ABOUT = N_("What is in the role. Ticking a permission also ticks what it needs; nothing changes for anybody before you save.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save"), tooltip=N_("Shows first what changes for whom.")),
        Binding("e", "rename", N_("Rename")),
        Binding("h", "holders", N_("Holders"), tooltip=N_("Shows who holds it, since when and until when.")),
        audit_ways.history_key(),
    ]

    NEEDS: ClassVar[dict[str, str]] = {"history": audit_ways.VIEW}

    def __init__(self, role_id: int) -> None:
        super().__init__()
        self._role_id = role_id
        self._label = ""
        self._draft: RoleDraft | None = None
        self._said = Content("")

    def heading(self) -> str:
        """Which role."""
        return _("Role · {role}").format(role=self._label)

    def compose_content(self) -> ComposeResult:
        """How much is in it, the permissions, and the sentence about the one under the cursor."""
        yield Said(id="sum")
        yield ListView(*MATRIX, ticks=True, choose="", id="matrix")
        yield Said(id="says")

    @property
    def matrix(self) -> ListView:
        """The permissions."""
        return self.query_one("#matrix", ListView)

    def would_lose(self) -> str:
        """What was ticked and not saved."""
        return _("Discard what you ticked?") if self._draft is not None and self._draft.changed else ""

    # ---- showing

    def on_mount(self) -> None:
        """The permissions are what keys go to."""
        self.matrix.focus()

    def reload(self) -> None:
        """Read the role again, unless something is ticked that is not saved."""
        if self._draft is None or not self._draft.changed:
            try:
                editing = self.read(queries.editing, self._role_id)
            except Unknown:
                scheduled(self.dismiss(None))  # somebody closed it
                raise
            self._draft, self._label = RoleDraft(editing), editing.detail.row.label
        self._lay_out(self._draft)

    def _lay_out(self, draft: RoleDraft) -> None:
        self.matrix.ticked = draft.wanted
        self.matrix.show(ListSource(matrix(draft.saved | draft.wanted, draft.barred)))
        self._count(draft)
        self.refresh_top()
        self.refresh_bindings()

    def _count(self, draft: RoleDraft) -> None:
        parts: list[str | Content] = [sum_of(draft.wanted)]
        if draft.changed:
            unsaved = _("{difference} not saved").format(difference=difference(draft.saved, draft.wanted))
            parts += ["   ", words.plain(unsaved, "$accent bold")]
        if draft.refusal is not None:
            parts += ["\n", words.plain(_("Read only: {reason}").format(reason=draft.refusal), "$text-warning")]
        self.query_one("#sum", Said).update(words.join(*parts))

    @on(ListView.CursorMoved, "#matrix")
    def _moved(self) -> None:
        self._explain(Content(""))

    def _explain(self, said: Content) -> None:
        """Say what happened, if anything, and below it what the permission under the cursor lets a person do."""
        parts: list[str | Content] = [said, "\n"] if said else []
        permission = permissions().get(str(self.matrix.key))
        if permission is not None and self._draft is not None:
            barred = permission.code in self._draft.barred and not permission.owner_only and permission.code not in self._draft.saved
            known = [facts(permission), _("not yours to give") if barred else "", apart_from(permission.code, self._draft.apart)]
            parts += [permission.consequence, "\n", words.plain(" · ".join(filter(None, known)), "$text-muted")]
        self.query_one("#says", Said).update(words.join(*parts))

    # ---- ticking

    @on(ListView.Ticked, "#matrix")
    def _tick(self, event: ListView.Ticked) -> None:
        if (draft := self._draft) is None:
            return
        try:
            said = words.plain(draft.toggle(str(event.key)), "$accent")
        except ShopstaffError as refusal:
            said = words.plain(str(refusal), "$text-warning")
        event.list.ticked = draft.wanted
        self._count(draft)
        self._explain(said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is saved that cannot be changed."""
        if action in {"save", "rename"} and (self._draft is None or self._draft.refusal is not None):
            return False
        return super().check_action(action, parameters)

    def action_history(self) -> None:
        """Show what was done to it."""
        scheduled(self.app.push_screen(audit_ways.of_thing("role", self._role_id, self._label)))

    def action_holders(self) -> None:
        """Show who holds it."""
        scheduled(self.app.push_screen(RoleHoldersScreen(self._role_id)))

    # ---- saving

    @work(exclusive=True, group="change")
    async def action_save(self) -> None:
        """Show what changes for whom, and save when that was confirmed."""
        draft = self._draft
        if draft is None or not draft.changed:
            self.toast(_("Nothing was changed."))
            return
        with self.refusals_shown():
            if (clash := await self.ask(separation.saving, self._role_id, draft.wanted)) is not None:
                await self.app.push_screen_wait(Tell(f"{words.MAY_NOT} {clash.refusal}", role_clash_words(clash)))
                return
            affected = await self.ask(queries.affected, self._role_id, draft.wanted)
            if not await self.app.push_screen_wait(self._confirmation(draft, affected)):
                return
            try:
                await self.ask(operations.edit, self._role_id, draft.version, codes=draft.wanted)
            except Stale as stale:
                await self._tell_what_changed(draft, stale)
                return
            self._draft = None
            self.toast(_("Saved."))
            self.reload()

    def _confirmation(self, draft: RoleDraft, affected: tuple[Affected, ...]) -> Confirm:
        change = difference(draft.saved, draft.wanted)
        if affected:
            said = ngettext("{role}: {change} for {count} person.", "{role}: {change} for {count} people.", len(affected))
        else:
            said = _("{role}: {change}. Nobody can do more or less by it now.")
        lines = [gained_and_lost(draft.wanted - draft.saved, draft.saved - draft.wanted), ""]
        lines += effects(affected, self.read(queries.detail, self._role_id).row.holders)
        question = said.format(role=self._label, change=change, count=len(affected))
        return Confirm(question, yes_label=_("Save"), detail=lines)

    async def _tell_what_changed(self, draft: RoleDraft, stale: Stale) -> None:
        """Somebody else saved it first: say what they changed; what is ticked here stays ticked, over the role as it is now."""
        lines = [self._rebase(draft), _("What you ticked is still ticked. Saving shows again what it changes.")]
        await self.app.push_screen_wait(Tell(str(stale), lines))

    def _rebase(self, draft: RoleDraft) -> str:
        editing = self.read(queries.editing, self._role_id)
        gained, lost = draft.rebase(editing)
        before, self._label = self._label, editing.detail.row.label
        self._lay_out(draft)
        if gained or lost:
            return _("Meanwhile: {change}").format(change=gained_and_lost(gained, lost))
        return _("Meanwhile: {before} is now called {after}.").format(before=before, after=self._label)

    @work(exclusive=True, group="change")
    async def action_rename(self) -> None:
        """Give the role another name; what is ticked stays as it is."""

        def begin() -> tuple[str, Callable[[str], Awaitable[None]]] | None:
            if self._draft is None:
                return None
            version = self._draft.version
            return _("Rename {role}").format(role=self._label), lambda name: self._rename(name, version)

        with self.refusals_shown():
            await name_it(self.app, begin, value=self._label, limit=NAME_LIMIT)

    async def _rename(self, name: str, version: int) -> None:
        try:
            await self.ask(operations.edit, self._role_id, version, name=name)
        except Stale:
            if self._draft is not None:
                self.toast(self._rebase(self._draft))
            raise
        if self._draft is not None:
            self._draft.version = version + 1
        self._label = self.read(queries.detail, self._role_id).row.label
        self.reload()
