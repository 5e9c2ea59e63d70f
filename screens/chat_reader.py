"""The reader beside a list: whose conversation it is, and what was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from models import clock
from models.actor import Actor
from models.i18n import _, ngettext
from models.operations import chat_reading
from models.operations.chat_reading import Reading
from screens.chat_lines import Look
from screens.chat_paper import ChatPaper, Edge
from screens.chat_rows import WAITS, waits
from screens.chat_window import Side
from screens.home_rows import BETWEEN
from screens.widgets import words
from screens.widgets.said import Said


class Subject(NamedTuple):
    """What the row under a list's cursor is about.

    Attributes:
        conversation_id: the conversation.
        is_own: whether it is the reader's own, so that showing it is nobody's affair.
        message_id: the message that was found in it; None for the newest.
    """

    conversation_id: int
    is_own: bool
    message_id: int | None = None


class Part(NamedTuple):
    """A part of a conversation, and on which sides there is more of it."""

    reading: Reading
    more: set[Side]


def part(actor: Actor, conversation_id: int, message_id: int | None = None) -> Part:
    """A conversation's newest messages, or those around one of them. An operation: that it is opened is written down where it has to be.

    Raises:
        Unknown, NotAllowed: there is no such conversation, or it is not the actor's to read.
    """
    if message_id is None:
        reading = chat_reading.open_conversation(actor, conversation_id)
        return Part(reading, _more(reading, "before"))
    older = chat_reading.open_conversation(actor, conversation_id, before=message_id + 1)
    newer = chat_reading.open_conversation(actor, conversation_id, after=message_id)
    return Part(older._replace(messages=(*older.messages, *newer.messages)), _more(older, "before") | _more(newer, "after"))


def edge(actor: Actor, conversation_id: int, which: Edge) -> Part:
    """The same of its first, or its last messages.

    Raises:
        Unknown, NotAllowed: as `part`.
    """
    if which == "last":
        return part(actor, conversation_id)
    reading = chat_reading.open_conversation(actor, conversation_id, after=0)
    return Part(reading, _more(reading, "after"))


def beside(actor: Actor, conversation_id: int, side: Side, message_id: int) -> Part:
    """The messages before, or after, one of them.

    Raises:
        Unknown, NotAllowed: as `part`.
    """
    wanted = {side: message_id}
    reading = chat_reading.open_conversation(actor, conversation_id, before=wanted.get("before"), after=wanted.get("after"))
    return Part(reading, _more(reading, side))


def _more(reading: Reading, side: Side) -> set[Side]:
    return {side} if (reading.more_before if side == "before" else reading.more_after) else set()


class ChatReader(Container):
    """A conversation, under two lines that say whose it is and how it stands.

    Args:
        nothing: what stands there while none is shown; already translated.
    """

    DEFAULT_CSS = """
    ChatReader { height: 100%; width: 1fr; layout: vertical; }
    ChatReader > #whose { height: 2; width: 100%; padding: 0 1; }
    """

    def __init__(self, nothing: Callable[[], str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._nothing = nothing
        self.shown: Subject | None = None
        self.reading: Reading | None = None

    def compose(self) -> ComposeResult:
        """Whose it is, and what was written."""
        yield Said(id="whose")
        yield ChatPaper(self._nothing, id="paper")

    @property
    def paper(self) -> ChatPaper:
        """What was written."""
        return self.query_one(ChatPaper)

    def show(self, subject: Subject, part: Part, look: Look) -> None:
        """Show a conversation, its newest message or the one that was found in view."""
        self.shown, self.reading = subject, part.reading
        self.paper.show(part.reading.messages, part.more, look, at=subject.message_id)
        self.say()

    def show_edge(self, part: Part, which: Edge) -> None:
        """Show the first or the last messages of the conversation that is shown."""
        self.reading = part.reading
        self.paper.turn_to(part.reading.messages, part.more, which)
        self.say()

    def add(self, part: Part, side: Side) -> None:
        """Put more of the conversation that is shown in front, or behind."""
        self.reading = part.reading
        self.paper.add(side, part.reading.messages, more=bool(part.more))
        self.say()

    def clear(self) -> None:
        """Show none."""
        self.shown = self.reading = None
        self.paper.clear()
        self.say()

    def say(self) -> None:
        """Say whose it is, and how it stands."""
        self.query_one("#whose", Said).update(_about(self.reading) if self.reading is not None else "")


def _about(reading: Reading) -> Content:
    """The customer and the colleague; below, how many messages there are, and whether the customer waits."""
    who = words.join(words.plain(reading.customer, "bold", lines=False), BETWEEN, words.plain(reading.name, lines=False))
    number = ngettext("{n} message", "{n} messages", reading.total).format(n=f"{reading.total:,}")
    since = reading.waiting_since
    if since is None:
        return words.join(who, "\n", words.plain(number, "$text-muted"))
    said = _("{mark} unanswered for {time}").format(mark=WAITS, time=waits(since, clock.now()))
    return words.join(who, "\n", words.plain(f"{number}{BETWEEN}", "$text-muted"), words.plain(said, "$text-warning"))
