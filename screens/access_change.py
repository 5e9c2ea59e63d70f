"""Changing what a person may do: ticks, then everything that would change, then yes."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.errors import Stale
from models.i18n import N_, _
from models.operations import grants as operations
from models.queries import access, roles, shop, staff
from models.queries.access import Preview
from models.queries.staff import StaffDetail
from models.rules.grants import AccessChange
from screens.access_draft import AccessDraft
from screens.base import DetailScreen, scheduled
from screens.preview_rows import change_words
from screens.widgets import words
from screens.widgets.access_ticks import AccessTicks
from screens.widgets.list_view import ListView
from screens.widgets.preview import PreviewList


class AccessChangeScreen(DetailScreen):
    """Roles, extras and post of a person, to tick; nothing is changed before the preview was confirmed.

    Args:
        staff_id: whose.
    """

    SECTION = "staff"
    TAKES = "staff.manage"
    AUTO_FOCUS = "#offers"
    ABOUT = N_("Tick roles and extras, choose the post; Enter shows what that would change, and only there it is made so.")

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._detail: StaffDetail | None = None
        self._draft = AccessDraft()

    def compose_content(self) -> ComposeResult:
        """What the ticks amount to, and the ticks."""
        yield AccessTicks(self._draft, self._judged, newcomer=False)

    def heading(self) -> str:
        """Whose."""
        return _("Access of {name}").format(name=self._detail.name) if self._detail else ""

    @property
    def ticks(self) -> AccessTicks:
        """The ticks."""
        return self.query_one(AccessTicks)

    def reload(self) -> None:
        """Read again what the person has; the ticks stay."""
        self._detail = self.read(staff.detail, self._staff_id)
        self._draft.see(self.read(staff.grants, self._staff_id), self._detail.post, clock.now())
        self.refresh_top()
        self.ticks.reload()

    def _judged(self) -> Preview:
        """What the ticks amount to.

        Raises:
            Refusal: something is beyond the reach of the person at work.
        """
        return self.read(access.preview_change, self._staff_id, self._draft.change())

    def would_lose(self) -> str:
        """The ticks."""
        return "" if self._draft.is_empty else _("Discard these changes?")

    @on(ListView.Chosen, "#offers")
    def _check(self) -> None:
        """Show what would change."""
        if self._draft.is_empty:
            self.toast(_("Nothing is changed yet."))
        elif self.ticks.preview is not None:
            scheduled(self.app.push_screen(AccessPreviewScreen(self._staff_id, self._draft.change()), self._checked))

    def _checked(self, made: bool | None) -> None:  # noqa: FBT001  Textual's
        """Leave when it was made so; the ticks stay where it was not."""
        if made:
            scheduled(self.dismiss(True))


class AccessPreviewScreen(DetailScreen):
    """What a change of access would change; `y` makes it so once the end was shown. Answers True when it was.

    Args:
        staff_id: whose.
        change: what was ticked.
        note: what is to be known of it beside that; already translated.
    """

    DEFAULT_CSS = """
    AccessPreviewScreen #change { height: auto; max-height: 4; width: 100%; padding: 0 1; }
    """
    SECTION = "staff"
    TAKES = "staff.manage"
    AUTO_FOCUS = "FactList"
    ABOUT = N_("Everything that would change, area by area: + gained, − lost, ✗ kept back by the post, ▲ high risk. y makes it so.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", N_("I have checked this: change it"), tooltip=N_("Make it so; possible once the end was shown")),
    ]

    def __init__(self, staff_id: int, change: AccessChange, note: str = "") -> None:
        super().__init__()
        self._staff_id = staff_id
        self._change = change
        self._note = note
        self._detail: StaffDetail | None = None
        self._seen: Preview | None = None

    def compose_content(self) -> ComposeResult:
        """What was ticked, and the preview."""
        yield Static(id="change")
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
        self._change = self.wanted()
        preview = self.read(access.preview_change, self._staff_id, self._change)
        if self._detail is None or (detail.version, preview) != (self._detail.version, self._seen):
            self._detail, self._seen = detail, preview
            self.preview.show(preview, newcomer=False)
            names = {row.id: row.label for row in self.read(roles.listed)}
            ticked = change_words(self._change, preview, names, shop.zone())
            said = words.plain(ticked, "$text-muted", lines=False)
            note = words.plain(self._note, "$text-warning")
            self.query_one("#change", Static).update(words.join(said, "\n", note) if self._note else said)
        self.refresh_top()
        self.refresh_bindings()

    def wanted(self) -> AccessChange:
        """What is to change."""
        return self._change

    async def make(self, detail: StaffDetail, seen: Preview) -> str:
        """Change it; what is said then.

        Raises:
            Refusal: as the operation.
        """
        await self.ask(operations.change, self._staff_id, self._change, version=detail.version, seen=seen.seen)
        return _("The access of {name} was changed.").format(name=detail.name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is confirmed past its end: until that was shown, `y` is dimmed. What is kept apart is not confirmed at all."""
        if action == "confirm":
            if self._seen is not None and self._seen.barred:
                return False
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
            done = await self.make(detail, seen)
        except Stale as stale:
            self.toast(str(stale), bad=True)
            self._detail = None
            self.reload()
            return
        self.toast(done)
        scheduled(self.dismiss(True))
