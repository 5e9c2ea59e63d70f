"""What the list of conversations and the list of what was found have in common: the reader beside them, and how it follows the cursor."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from models.errors import NotAllowed, Unknown
from models.i18n import N_, _
from models.queries import chat_news, chat_scope, chats, shop
from models.queries.chat_scope import Scope
from models.rules import chat_index
from screens import chat_reader
from screens.base import DeskScreen
from screens.chat_lines import Look
from screens.chat_paper import ChatPaper
from screens.chat_reader import ChatReader, Subject
from screens.widgets.list_view import ListView

REST: Final = 0.15
"""Seconds for which the cursor has to rest before a conversation is read: a key that is held down passes many."""


class ChatDesk(DeskScreen):
    """A list, and beside it the conversation under its cursor: one's own at once, a colleague's when it is opened.

    Where there is no room for both, the reader takes the place of the list while one reads.
    """

    CSS_PATH = "chats.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (72, "-narrow"), (100, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Open")),
        Binding("right", "to_reader", N_("Read"), show=False),
        Binding("left", "to_list", N_("To the list"), show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._opened: set[int] = set()
        self._told = False
        self._resting: Timer | None = None
        self._seen: Scope | None = None
        self._news: object = None

    def reader(self) -> ComposeResult:
        """The reader, for `compose_content`."""
        yield ChatReader(self._nothing, id="reader")

    # ---- what a screen says of itself

    @property
    @abstractmethod
    def list(self) -> ListView:
        """The list."""

    @abstractmethod
    def subject(self) -> Subject | None:
        """What the row under the cursor is about."""

    def looked_for(self) -> str:
        """The words that are marked in what is read."""
        return ""

    # ---- what is seen

    @property
    def chat(self) -> ChatReader:
        """The reader."""
        return self.query_one(ChatReader)

    @property
    def is_reading(self) -> bool:
        """Whether the keys go to the reader."""
        return self.is_mounted and self.focused is self.chat.paper

    @property
    def has_room(self) -> bool:
        """Whether the reader is seen beside the list."""
        return self.chat.display and self.list.display

    @property
    def beyond(self) -> bool:
        """Whether colleagues' conversations may be read, too."""
        return self._seen is not None and bool(self._seen.code)

    def judge(self) -> None:
        """Read again how far one may read; what may no longer be read is closed, whoever of both was moved."""
        self._seen = self.read(chat_scope.scope)
        self.set_class(not self._seen.code, "-own")
        shown = self.chat.shown
        open_now = {*self._opened, *self.held()} | ({shown.conversation_id} if shown is not None else set())
        kept = self.read(chats.readable, open_now) if open_now else frozenset()
        self._opened &= kept
        if shown is not None and shown.conversation_id not in kept:
            self.chat.clear()
        if not kept.issuperset(self.held()):
            self.let_go(kept)

    def held(self) -> Iterable[int]:
        """The conversations of which the list itself keeps something that was read before."""
        return ()

    def let_go(self, kept: frozenset[int]) -> None:
        """Keep nothing in the list but of the conversations `kept`."""

    def follow(self) -> None:
        """See whether anything is otherwise, and show no more than may be read now."""
        news = self.read(chat_news.token)
        if news == self._news:
            return
        self._news = news
        if self.read(chat_scope.scope) != self._seen:
            self.look_again()
        else:
            self.judge()
            self.follow_news()

    def follow_news(self) -> None:
        """Show what came in meanwhile."""

    def _is_open(self, subject: Subject) -> bool:
        """Whether it is shown without another word: one's own, and what was opened already."""
        return subject.is_own or subject.conversation_id in self._opened

    def _nothing(self) -> str:
        """What stands in the reader while it shows no conversation."""
        subject = self.subject() if self.is_mounted else None
        if subject is None or self._is_open(subject):
            return ""
        return _("A colleague's conversation. `enter` opens it; that you read it is written in the log.")

    # ---- following the cursor

    @on(ListView.CursorMoved)
    def _moved(self) -> None:
        self.refresh_bindings()
        if self._resting is not None:
            self._resting.stop()
        if self.chat.shown is None and not self.is_reading:
            self._rest()  # nothing is painted over
        else:
            self._resting = self.set_timer(REST, self._rest)

    def _rest(self) -> None:
        """The cursor has come to rest."""
        self._resting = None
        if self.is_reading or not self.has_room:
            return  # one stays with what one reads
        subject = self.subject()
        if subject is None or not self._is_open(subject):
            self.chat.clear()
        elif subject != self.chat.shown:
            self._read(subject)

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        self.set_class(self.is_reading, "-reading")
        if not self.is_reading and self.list.has_focus:
            self._rest()

    @work(exclusive=True, group="reading")
    async def _read(self, subject: Subject, *, go: bool = False) -> None:
        """Show a conversation; with `go`, have the keys go there."""
        with self.refusals_shown():
            try:
                part = await self.ask(chat_reader.part, subject.conversation_id, subject.message_id)
            except (NotAllowed, Unknown):
                self._opened.discard(subject.conversation_id)
                self.chat.clear()
                raise
            reading = part.reading
            self._opened.add(subject.conversation_id)
            self._told = self._told or not subject.is_own
            look = Look(1, reading.customer, reading.name, shop.zone(), chat_index.words(self.looked_for()))
            self.chat.show(subject, part, look)
            if go:
                self._go()
        self.refresh_bindings()

    # ---- more of a conversation

    @on(ChatPaper.Wanted)
    @work(exclusive=True, group="paging")
    async def _more(self, event: ChatPaper.Wanted) -> None:
        shown, messages, what = self.chat.shown, self.chat.paper.window.messages, event.what
        if shown is None or not messages:
            return
        with self.refusals_shown():
            try:
                if what == "first" or what == "last":  # noqa: PLR1714  mypy follows this, not `in`
                    part = await self.ask(chat_reader.edge, shown.conversation_id, what)
                    if self.chat.shown == shown:
                        self.chat.show_edge(part, what)
                    return
                place = 0 if what == "before" else -1
                end = messages[place].id
                part = await self.ask(chat_reader.beside, shown.conversation_id, what, end)
            except (NotAllowed, Unknown):
                self._close(shown)
                raise
            messages = self.chat.paper.window.messages
            if self.chat.shown == shown and messages and messages[place].id == end:
                self.chat.add(part, what)

    def _close(self, subject: Subject) -> None:
        """Show no more of a conversation that may no longer be read."""
        self._opened.discard(subject.conversation_id)
        if self.chat.shown is not None and self.chat.shown.conversation_id == subject.conversation_id:
            self.chat.clear()

    def catch_up(self) -> None:
        """Read what came to the conversation that is shown since, unless one is far from its end."""
        if self.chat.shown is not None and "after" not in self.chat.paper.window.more:
            self.chat.paper.post_message(ChatPaper.Wanted("after"))

    # ---- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what goes with what has the focus."""
        if not self.is_mounted:
            return super().check_action(action, parameters)
        if action == "open":
            return self.is_reading and self.chat.shown is None and self.subject() is not None
        if action == "to_reader":
            return self.list.has_focus and self.subject() is not None
        if action == "to_list":
            return self.is_reading
        return super().check_action(action, parameters)

    @on(ListView.Chosen)
    def action_open(self) -> None:
        """Open the conversation under the cursor, and read it."""
        subject = self.subject()
        if subject is None:
            return
        if subject == self.chat.shown:
            self._go()
        elif not (self._told or self.is_reading or self.has_room or self._is_open(subject)):
            self.chat.clear()  # the reader says what opening it means, which could not be seen until now
            self._go()
        else:
            self._read(subject, go=True)

    def action_to_reader(self) -> None:
        """Have the keys go to the reader; what is nobody's affair is read at once."""
        subject = self.subject()
        if subject is not None and (self._is_open(subject) or not self.has_room):
            self.action_open()
        else:
            self._go()

    def _go(self) -> None:
        """Have the keys go to the reader, which may have to take the list's place first."""
        self.add_class("-reading")
        self.chat.paper.focus()
        self.refresh_bindings()

    def action_to_list(self) -> None:
        """Back to the list."""
        self.remove_class("-reading")
        self.list.focus()
