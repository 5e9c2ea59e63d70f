"""Changing what a person may do: ticks, then everything that would change, then yes."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.catalogue import permission_label
from models.errors import SessionEnded, ShopstaffError, Stale
from models.i18n import N_, _
from models.operations import grants as operations
from models.queries import access, activity, shop, staff
from models.queries.access import Preview
from models.queries.staff import StaffDetail
from models.rules.grants import AccessChange
from screens.access_draft import EXTRA, AccessDraft, What
from screens.access_rows import COLUMNS, POST, Offer, rows, ticked, what_at
from screens.base import DetailScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.preview_rows import summary
from screens.until import ask_until, parsed
from screens.widgets import words
from screens.widgets.list_view import ListSource, ListView
from screens.widgets.preview import PreviewList


class AccessChangeScreen(DetailScreen):
    """Roles, extras and post of a person, to tick; nothing is changed before the preview was confirmed.

    Args:
        staff_id: whose.
    """

    CSS_PATH = "access_change.tcss"
    SECTION = "staff"
    AUTO_FOCUS = "#offers"
    ABOUT = N_("Tick roles and extras, choose the post; Enter shows what that would change, and only there it is made so.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "until", N_("End"), tooltip=N_("Give what is under the cursor until a day")),
        Binding("slash", "find", N_("Find"), tooltip=N_("Go to a role or permission by its name")),
    ]

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._detail: StaffDetail | None = None
        self._draft = AccessDraft()
        self._offer = Offer((), frozenset(), None, "UTC")

    def compose_content(self) -> ComposeResult:
        """What the ticks amount to, and the ticks."""
        yield Static(id="sum")
        yield ListView(*COLUMNS, ticks=True, header=False, choose=N_("Check"), id="offers")

    def heading(self) -> str:
        """Whose."""
        return _("Access of {name}").format(name=self._detail.name) if self._detail else ""

    @property
    def offers(self) -> ListView:
        """The list."""
        return self.query_one("#offers", ListView)

    def reload(self) -> None:
        """Read again what the person has; the ticks stay."""
        self._detail = self.read(staff.detail, self._staff_id)
        self._draft.see(self.read(staff.grants, self._staff_id), self._detail.post, clock.now())
        self._offer = Offer(self.read(access.offers), self.read(activity.held), None, shop.zone())
        self.refresh_top()
        self._show()

    def _show(self) -> None:
        """Show the ticks and what they amount to."""
        said = self.query_one("#sum", Static)
        try:
            preview = self.read(access.preview_change, self._staff_id, self._draft.change())
        except SessionEnded:
            raise
        except ShopstaffError as refused:
            self._offer = self._offer._replace(preview=None)
            said.update(words.plain(f"{words.MAY_NOT} {refused}", "$text-error"))
        else:
            self._offer = self._offer._replace(preview=preview)
            nothing = words.plain(_("Nothing is changed yet. space ticks, u sets an end."), "$text-muted")
            said.update(nothing if self._draft.is_empty else summary(preview, newcomer=False))
        self.offers.ticked = ticked(self._draft, self._offer)
        self.offers.show(ListSource(tuple(rows(self._draft, self._offer))))

    def would_lose(self) -> str:
        """The ticks."""
        return "" if self._draft.is_empty else _("Discard these changes?")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An end goes with what can be ticked, posts apart."""
        if action == "until":
            row = self.offers.current if self.is_mounted else None
            return row is not None and row.tickable and what_at(row.key) is not None
        return super().check_action(action, parameters)

    @on(ListView.CursorMoved, "#offers")
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(ListView.Ticked, "#offers")
    def _ticked(self, event: ListView.Ticked) -> None:
        what = what_at(event.key)
        if what is None:
            self._draft.post = str(event.key).removeprefix(f"{POST}:")
        elif not self._comes_anyway(what):
            self._draft.toggle(what)
        with self.refusals_shown():
            self._show()

    def _comes_anyway(self, what: What) -> bool:
        """Whether the tick belongs to another one; if so, say to which."""
        if what.kind != EXTRA or what in self._draft.wanted or what.key not in self._offer.along:
            return False
        self.toast(_("“{permission}” comes along with what needs it.").format(permission=permission_label(str(what.key))))
        return True

    @work(exclusive=True, group="change")
    async def action_until(self) -> None:
        """Ask until when to give what is under the cursor."""
        row = self.offers.current
        what = what_at(row.key) if row is not None else None
        if row is None or what is None:
            return
        given = self._draft.wanted.get(what)
        zone = self._offer.zone
        typed = await self.app.push_screen_wait(ask_until(str(row.cells[1]), given.until if given else None, zone))
        if typed is not None:
            with self.refusals_shown():
                self._draft.end_on(what, parsed(typed, zone))
                self._show()

    @work(exclusive=True, group="change")
    async def action_find(self) -> None:
        """Go to a role or a permission."""
        found = [row for row in rows(self._draft, self._offer) if not row.heading]
        options = [Option(row.key, str(row.cells[1]), _kind(row.key), dim=row.dim, also=str(row.key)) for row in found]
        picked = await self.app.push_screen_wait(Choose(_("Find"), options, search=True))
        if picked is not None:
            self.offers.select(picked)

    @on(ListView.Chosen, "#offers")
    def _check(self) -> None:
        """Show what would change."""
        if self._draft.is_empty:
            self.toast(_("Nothing is changed yet."))
        elif self._offer.preview is not None:
            scheduled(self.app.push_screen(AccessPreviewScreen(self._staff_id, self._draft.change()), self._checked))

    def _checked(self, made: bool | None) -> None:  # noqa: FBT001  Textual's
        """Leave when it was made so; the ticks stay where it was not."""
        if made:
            scheduled(self.dismiss(True))


def _kind(key: object) -> str:
    what = what_at(str(key))
    if what is None:
        return _("Post")
    return _("Extra") if what.kind == EXTRA else _("Role")


class AccessPreviewScreen(DetailScreen):
    """What a change of access would change; `y` makes it so once the end was shown. Answers True when it was.

    Args:
        staff_id: whose.
        change: what was ticked.
    """

    SECTION = "staff"
    AUTO_FOCUS = "FactList"
    ABOUT = N_("Everything that would change, area by area: + gained, − lost, ✗ kept back by the post, ▲ high risk. y makes it so.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", N_("I have checked this: change it"), tooltip=N_("Make it so; possible once the end was shown")),
    ]

    def __init__(self, staff_id: int, change: AccessChange) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._change = change
        self._detail: StaffDetail | None = None
        self._seen: Preview | None = None

    def compose_content(self) -> ComposeResult:
        """The preview."""
        yield PreviewList()

    def heading(self) -> str:
        """Whose."""
        return _("Check what {name} will be able to do").format(name=self._detail.name) if self._detail else ""

    @property
    def preview(self) -> PreviewList:
        """The preview."""
        return self.query_one(PreviewList)

    def reload(self) -> None:
        """Judge the change as things stand; what is otherwise than it was shown has to be read anew."""
        detail = self.read(staff.detail, self._staff_id)
        preview = self.read(access.preview_change, self._staff_id, self._change)
        if self._detail is None or (detail.version, preview) != (self._detail.version, self._seen):
            self._detail, self._seen = detail, preview
            self.preview.show(preview, newcomer=False)
        self.refresh_top()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is confirmed past its end: until that was shown, `y` is dimmed."""
        if action == "confirm":
            return True if self.is_mounted and self.preview.shown_to_the_end else None
        return super().check_action(action, parameters)

    @on(PreviewList.ShownToTheEnd)
    def _ended(self) -> None:
        self.refresh_bindings()

    @work(exclusive=True, group="change")
    async def action_confirm(self) -> None:
        """Make it so."""
        detail, seen = self._detail, self._seen
        if detail is None or seen is None:
            return
        try:
            with self.refusals_shown():
                await self._make(detail, seen)
        finally:
            self.refresh_bindings()

    async def _make(self, detail: StaffDetail, seen: Preview) -> None:
        try:
            await self.ask(operations.change, self._staff_id, self._change, version=detail.version, seen=seen.seen)
        except Stale as stale:
            self.toast(str(stale), bad=True)
            self._detail = None
            self.reload()
            return
        self.toast(_("The access of {name} was changed.").format(name=detail.name))
        scheduled(self.dismiss(True))
