"""Roles and extras to tick, with what the ticks amount to above them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from models.catalogue import permission_label, permissions
from models.errors import SessionEnded, ShopstaffError
from models.i18n import N_, _, ngettext
from models.queries import access, activity, shop
from models.queries.access import Preview, RoleOffer
from screens.access_draft import EXTRA, AccessDraft, What
from screens.access_rows import COLUMNS, POST, Offer, rows, ticked, what_at
from screens.dialogs.choose import Choose, Option
from screens.preview_rows import summary
from screens.separation_words import clash_words
from screens.until import ask_until, parsed
from screens.widgets import words
from screens.widgets.list_view import Key, ListSource, ListView, Row


class AccessTicks(Widget):
    """Everything that can be given, to tick; what the person at work may not give is dim, with the reason.

    Args:
        draft: what is ticked; it is changed in place.
        judge: works out what the draft amounts to, or is refused.
        newcomer: whether it is for somebody who has nothing yet, whose post is chosen elsewhere.
    """

    DEFAULT_CSS = """
    AccessTicks { height: 1fr; width: 1fr; layout: vertical; }
    AccessTicks > #sum { height: auto; max-height: 4; width: 100%; padding: 0 1; }
    AccessTicks > #about { height: 2; width: 100%; padding: 0 1; color: $text-muted; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "until", N_("End"), tooltip=N_("Give what is under the cursor until a day")),
        Binding("slash", "find", N_("Find"), tooltip=N_("Go to a role or permission by its name")),
    ]

    class Changed(Message):
        """Something was ticked, or given another end."""

    def __init__(self, draft: AccessDraft, judge: Callable[[], Preview], *, newcomer: bool) -> None:
        super().__init__()
        self._draft = draft
        self._judge = judge
        self._newcomer = newcomer
        self._offer = Offer((), frozenset(), None, "UTC")

    def compose(self) -> ComposeResult:
        """What the ticks amount to, and the ticks."""
        yield Static(id="sum")
        yield ListView(*COLUMNS, ticks=True, header=False, choose=N_("Check"), id="offers")
        yield Static(id="about")

    @property
    def offers(self) -> ListView:
        """The list."""
        return self.query_one("#offers", ListView)

    @property
    def preview(self) -> Preview | None:
        """What the ticks amount to; None where that is refused."""
        return self._offer.preview

    @property
    def _at(self) -> Any:
        """The screen around, which reads as the person at work."""
        return cast("Any", self.screen)

    def reload(self) -> None:
        """Read again what may be given; the ticks stay."""
        self._offer = Offer(self._at.read(access.offers), self._at.read(activity.held), None, shop.zone())
        self.show()

    def show(self) -> None:
        """Show the ticks and what they amount to."""
        said = self.query_one("#sum", Static)
        try:
            preview = self._judge()
        except SessionEnded:
            raise
        except ShopstaffError as refused:
            self._offer = self._offer._replace(preview=None)
            said.update(words.plain(f"{words.MAY_NOT} {refused}", "$text-error"))
        else:
            self._offer = self._offer._replace(preview=preview)
            nothing = N_("Nothing is ticked yet. space ticks, u sets an end.")
            if not self._newcomer:
                nothing = N_("Nothing is changed yet. space ticks, u sets an end.")
            empty = words.plain(_(nothing), "$text-muted")
            amounts = empty if self._draft.is_empty else summary(preview, newcomer=self._newcomer)
            clash = clash_words(preview.clashes, self._offer.zone, short=True)
            said.update(words.join(amounts, "\n", clash) if clash else amounts)
        self.offers.ticked = ticked(self._draft, self._offer)
        self.offers.show(ListSource(self._rows()))

    def _rows(self) -> tuple[Row, ...]:
        """All there are; of a newcomer all but the posts."""
        found = rows(self._draft, self._offer)
        return tuple(row for row in found if not self._newcomer or POST not in str(row.key).split(":"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An end goes with what can be ticked, posts apart."""
        if action == "until":
            row = self.offers.current if self.is_mounted else None
            return row is not None and row.tickable and what_at(row.key) is not None
        return super().check_action(action, parameters)

    @on(ListView.CursorMoved, "#offers")
    def _moved(self, event: ListView.CursorMoved) -> None:
        event.stop()
        self.query_one("#about", Static).update(words.plain(self._about(event.row)))
        tickable = event.row is not None and event.row.tickable and what_at(event.key) is not None
        if tickable != getattr(self, "_tickable", None):
            self._tickable = tickable
            self.refresh_bindings()

    def _about(self, row: Row | None) -> str:
        """What the row under the cursor lets a person do, or why it cannot be given; in full, where the row has no room."""
        what = what_at(row.key) if row is not None else None
        if what is None:
            return ""
        if what.kind == EXTRA:
            return permissions()[str(what.key)].consequence
        return next((_role_words(offer) for offer in self._offer.roles if offer.row.id == what.key), "")

    @on(ListView.Ticked, "#offers")
    def _ticked(self, event: ListView.Ticked) -> None:
        event.stop()
        what = what_at(event.key)
        if what is None:
            self._draft.post = str(event.key).removeprefix(f"{POST}:")
        elif not self._comes_anyway(what):
            self._draft.toggle(what)
        self.post_message(self.Changed())
        with self._at.refusals_shown():
            self.show()

    def _comes_anyway(self, what: What) -> bool:
        """Whether the tick belongs to another one; if so, say to which."""
        if what.kind != EXTRA or what in self._draft.wanted or what.key not in self._offer.along:
            return False
        self._at.toast(_("“{permission}” comes along with what needs it.").format(permission=permission_label(str(what.key))))
        return True

    @work(exclusive=True, group="change")
    async def action_until(self) -> None:
        """Ask until when to give what is under the cursor."""
        row = self.offers.current
        what = what_at(row.key) if row is not None else None
        if row is None or what is None:
            return
        given = self._draft.wanted.get(what)
        typed = await self.app.push_screen_wait(ask_until(str(row.cells[1]), given.until if given else None, self._offer.zone))
        if typed is not None:
            with self._at.refusals_shown():
                self._draft.end_on(what, parsed(typed, self._offer.zone))
                self.post_message(self.Changed())
                self.show()

    @work(exclusive=True, group="change")
    async def action_find(self) -> None:
        """Go to a role or a permission."""
        found = [row for row in self._rows() if not row.heading]
        options = [Option(row.key, str(row.cells[1]), _kind(row.key), dim=row.dim, also=str(row.key)) for row in found]
        picked = await self.app.push_screen_wait(Choose(_("Find"), options, search=True))
        if picked is not None:
            self.offers.select(picked)


def _role_words(offer: RoleOffer) -> str:
    if offer.refusal is not None:
        return str(offer.refusal)
    row = offer.row
    parts = [ngettext("{n} permission", "{n} permissions", row.permissions).format(n=row.permissions)]
    if row.high:
        parts.append(ngettext("{n} high-risk", "{n} high-risk", row.high).format(n=row.high))
    if row.needs_operations:
        parts.append(_("some of it kept for the post operations"))
    return " · ".join(parts)


def _kind(key: Key) -> str:
    what = what_at(key)
    if what is None:
        return _("Post")
    return _("Extra") if what.kind == EXTRA else _("Role")
