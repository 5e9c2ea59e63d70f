"""What was found in conversations: the messages, the newest first, each with the words around what was looked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from models import clock
from models.errors import DataUnusable
from models.i18n import N_, _, ngettext
from models.operations import chat_reading
from models.operations.chat_reading import Found
from models.queries import chat_scope, shop
from models.queries.chats import Filter
from models.rules import chat_index
from screens.base import DetailScreen
from screens.chat_filter import filter_words
from screens.chat_reader import Subject
from screens.chat_rows import Hits, hit_columns
from screens.chat_search_line import SearchingDesk
from screens.home_rows import BETWEEN
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from screens.widgets.said import Said

AHEAD: Final = 20
"""Rows from the end of what was found so far at which more is looked for."""


class HitsScreen(SearchingDesk, DetailScreen):
    """What was found; Enter opens the conversation at the message.

    Args:
        wanted: what is looked for, and where.
    """

    SECTION = "chats"
    AUTO_FOCUS = "#hits"
    ABOUT = N_(
        "Messages with all the words that you look for, the newest first. Enter opens the conversation at the message. That you looked "
        "into what colleagues wrote is written in the log, once for a search."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "out", N_("Back"), tooltip=N_("From the reader to what was found, from there to the conversations")),
        Binding("slash", "search", N_("Search"), tooltip=N_("Look for other words")),
        Binding("m", "read_on", N_("Search on"), tooltip=N_("Search further back, where the search has stopped")),
    ]

    def __init__(self, wanted: Filter) -> None:
        super().__init__()
        self.wanted = wanted
        self.source: Hits | None = None
        self._last: Found | None = None
        self._unusable: DataUnusable | None = None
        self._is_busy = False

    def heading(self) -> str:
        """What is looked for."""
        return _("Chats · “{words}”").format(words=self.wanted.words)

    def compose_content(self) -> ComposeResult:
        """What is looked for, how far, and what was found."""
        yield Entry(self.wanted.words, placeholder=_("/ words in what was written, enter searches"), id="search")
        yield Said(id="seen")
        with Container(id="split"):
            yield ListView(*hit_columns(beyond=self.beyond), empty=self._none, id="hits")
            yield from self.reader()

    @property
    def list(self) -> ListView:
        """What was found."""
        return self.query_one("#hits", ListView)

    def looked_for(self) -> str:
        """The words that are marked in what is read."""
        return self.wanted.words

    def subject(self) -> Subject | None:
        """The conversation of the message under the cursor, at that message."""
        hit = self.source.hit(self.list.cursor) if self.source is not None else None
        return None if hit is None else Subject(hit.conversation_id, hit.login == self.actor.name, hit.message_id)

    def held(self) -> Iterable[int]:
        """Those of which something was found."""
        return () if self.source is None else (hit.conversation_id for hit in self.source.found)

    def let_go(self, kept: frozenset[int]) -> None:
        """Show no more of what was found in other conversations."""
        if self.source is not None:
            self.source.keep(kept)
            self.list.reload()
            self._say()

    # ---- showing

    def reload(self) -> None:
        """Search, once: what was found stays until something else is looked for, or one may read less or more."""
        seen = self._seen
        self.judge()
        self.list.take_columns(hit_columns(beyond=self.beyond))
        if self.source is None or seen != self._seen:
            self.begin()
        else:
            self.list.show(self.source)

    def begin(self) -> None:
        """Search from the newest message."""
        self.source = Hits(chat_index.words(self.wanted.words), shop.zone(), beyond=self.beyond)
        self._last = None
        self.chat.clear()
        self.list.show(self.source)
        self.read_on()

    @work(exclusive=True, group="search")
    async def read_on(self) -> None:
        """Find the next messages further back."""
        source, before = self.source, self._last.before if self._last is not None else None
        if source is None:
            return
        self._is_busy, self._unusable = True, None
        self._say()
        try:
            with self.refusals_shown():
                try:
                    found = await self.ask(chat_reading.find, self.wanted, before=before)
                except DataUnusable as unusable:  # said in passing, and in the place of what would have been found: that stays
                    self._unusable = unusable
                    raise
                source.add(found.hits)
                self._last = found
        finally:
            if source is self.source:
                self._is_busy = False
        if source is self.source and self.is_mounted:
            self.list.reload()
            self._say()
            self.refresh_bindings()

    @on(ListView.CursorMoved, "#hits")
    def _near_the_end(self) -> None:
        last, source = self._last, self.source
        if last is None or source is None or self._is_busy or not last.more or last.searched_to is not None:
            return
        if self.list.cursor >= source.count() - AHEAD:
            self.read_on()

    def _say(self) -> None:
        scope = self._seen.name if self._seen is not None else chat_scope.OWN
        parts = filter_words(self.actor, self.wanted, scope, shop.zone())
        last, number = self._last, self.source.count() if self.source is not None else 0
        if last is not None:
            found = ngettext("{n} found", "{n} found", number).format(n=f"{number:,}{'+' if last.more else ''}")
            parts.append(found)
        if self._is_busy:
            parts.append(_("searching…"))
        elif last is not None and last.searched_to is not None:
            parts.append(_("looked back to {day}: m goes on").format(day=clock.day(last.searched_to, shop.zone())))
        self.query_one("#seen", Said).update(words.plain(BETWEEN.join(parts), lines=False))

    def _none(self) -> str:
        last = self._last
        if self._unusable is not None:
            return str(self._unusable)
        if last is None:
            return "" if self._is_busy else _("`/` looks for something else.")
        if last.searched_to is not None:
            day = clock.day(last.searched_to, shop.zone())
            return _("Nothing is found back to {day}. `m` searches further back.").format(day=day)
        return _("Nobody wrote that. `/` looks for something else.")

    # ---- keys

    def action_read_on(self) -> None:
        """Search further back."""
        self.read_on()

    @on(Input.Submitted, "#search")
    def _search(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        self.list.focus()
        if typed and typed != self.wanted.words:
            self.wanted = self.wanted._replace(words=typed)
            self.refresh_top()
            self.begin()

    def action_out(self) -> None:
        """From the reader, or the search, to what was found; from there to the conversations."""
        if self.list.has_focus:
            self.action_back()
        else:
            self.action_to_list()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what does something now."""
        if self.is_mounted and action == "read_on":
            return not self._is_busy and self._last is not None and self._last.searched_to is not None
        return super().check_action(action, parameters)
