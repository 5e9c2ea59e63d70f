"""Chats: what customers and staff wrote to each other, as far as one may read it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input

from models.i18n import N_, _, ngettext
from models.queries import chat_scope, chats, shop
from models.queries.chats import Filter
from screens.base import scheduled
from screens.chat_filter import ChatFilterScreen, filter_words, is_filtered
from screens.chat_hits import HitsScreen
from screens.chat_reader import Subject
from screens.chat_rows import Conversations, columns
from screens.chat_search_line import SearchingDesk
from screens.figures_way import figures_screen
from screens.home_rows import BETWEEN
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from screens.widgets.said import Said


class ChatsScreen(SearchingDesk):
    """The conversations, those with the newest message first, and beside them the one under the cursor."""

    SECTION = "chats"
    AUTO_FOCUS = "#conversations"
    ABOUT = N_(
        "What customers and staff wrote to each other. ◆ marks where a customer waits for an answer. Your own conversations are shown as "
        "the cursor comes to them; a colleague's when you open it, and that is written in the log, as is a search beyond your own."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "out", N_("Back"), tooltip=N_("From the reader, or the search, to the list")),
        Binding("slash", "search", N_("Search"), tooltip=N_("Search in what was written; two characters are enough")),
        Binding("f", "filter", N_("Filter"), tooltip=N_("Show one customer, colleague or time only")),
        Binding("u", "unanswered", N_("Unanswered"), tooltip=N_("Show only where a customer waits for an answer, or all again")),
        Binding("escape", "clear", N_("Clear"), tooltip=N_("Take away what is filtered")),
        Binding("g", "figures", N_("Figures"), tooltip=N_("How many customers were answered, and how fast")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.wanted = Filter()
        self._source: Conversations | None = None
        self._picture: tuple[object, ...] = ()

    def compose_content(self) -> ComposeResult:
        """What is searched for, what is shown, the conversations and the reader."""
        yield Entry(placeholder=_("/ words in what was written, enter searches"), id="search")
        yield Said(id="seen")
        with Container(id="split"):
            yield ListView(*columns(beyond=self.beyond), empty=self._none, choose=N_("Read"), id="conversations")
            yield from self.reader()

    @property
    def list(self) -> ListView:
        """The conversations."""
        return self.query_one("#conversations", ListView)

    def subject(self) -> Subject | None:
        """The conversation under the cursor, at its newest message."""
        row = self._source.conversation(self.list.key) if self._source is not None else None
        return None if row is None else Subject(row.id, row.is_own)

    # ---- showing

    def reload(self) -> None:
        """Read the conversations again; the cursor stays on its own."""
        self.judge()
        self.list.take_columns(columns(beyond=self.beyond))
        self._show()
        self.catch_up()

    def _show(self) -> None:
        self._source = Conversations(self.read(chats.listing, self.wanted), shop.zone(), beyond=self.beyond)
        self.list.show(self._source)
        self._picture = self._source.picture(self.list.cursor)
        self._say()

    def follow_news(self) -> None:
        """Show what came in meanwhile: the list keeps its cursor, the reader its place."""
        if self._source is None:
            return
        picture = self._source.picture(self.list.cursor)
        if picture != self._picture:
            self._picture = picture
            self.list.reload()
            self._say()
        self.catch_up()

    def _say(self) -> None:
        scope = self._seen.name if self._seen is not None else chat_scope.OWN
        parts = filter_words(self.actor, self.wanted, scope, shop.zone())
        count = self.list.count
        parts.append(ngettext("{n} conversation", "{n} conversations", count).format(n=f"{count:,}"))
        said = words.plain(BETWEEN.join(parts), "$accent" if is_filtered(self.wanted) else "", lines=False)
        self.query_one("#seen", Said).update(said)

    def _none(self) -> str:
        if is_filtered(self.wanted):
            return _("No conversation is like that. `esc` shows all.")
        if self.may(OWNER):
            return _("No conversations yet: `shopstaff chat import FILE` brings them in.")
        if self.beyond:
            return _("No conversations yet: what customers write to you and your colleagues is listed here.")
        return _("Nobody wrote to you yet: what customers write to you is listed here.")

    def arrive(self, **where: Any) -> None:
        """Come to the conversations in which customers wait: `unanswered`, all of them or, by `staff_id`, one colleague's."""
        if where.get("unanswered"):
            self.want(Filter(unanswered=True, staff_id=where.get("staff_id") if self.beyond else None))
            self.action_to_list()

    # ---- finding

    def want(self, wanted: Filter) -> None:
        """Show other conversations, from the newest."""
        self.wanted = wanted
        with self.refusals_shown():
            self._show()
            self.list.action_edge(-1)

    @on(Input.Submitted, "#search")
    def _search(self, event: Input.Submitted) -> None:
        if event.value.strip():
            scheduled(self.app.push_screen(HitsScreen(self.wanted._replace(words=event.value.strip()))))
            event.input.value = ""
        self.list.focus()

    def action_filter(self) -> None:
        """Say which conversations to show."""
        scheduled(self.app.push_screen(ChatFilterScreen(self.wanted, beyond=self.beyond), self._filtered))

    def _filtered(self, picked: Filter | None) -> None:
        if picked is not None:
            self.want(picked)

    def action_unanswered(self) -> None:
        """Show only where a customer waits for an answer, or all again."""
        self.want(self.wanted._replace(unanswered=not self.wanted.unanswered))

    def action_figures(self) -> None:
        """Show how much and how fast customers are answered: by everybody, or by oneself."""
        scheduled(self.app.push_screen(figures_screen(self)))

    def action_out(self) -> None:
        """From the reader, or the search, to the list."""
        self.search_line.value = ""
        self.action_to_list()

    def action_clear(self) -> None:
        """Take away what is filtered."""
        self.want(Filter())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what does something now."""
        if self.is_mounted and action == "out":
            return not self.list.has_focus
        if self.is_mounted and action == "clear":
            return self.list.has_focus and is_filtered(self.wanted)
        return super().check_action(action, parameters)
