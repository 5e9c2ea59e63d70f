"""The part of a conversation that is in memory, and which of its lines are in view. Knows nothing of screens.

Where one reads is a message and a line in it, not a number of lines from the beginning: of thousands of messages only those that are
passed are ever laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from models.operations.chat_reading import MessageRow

Side = Literal["before", "after"]

MOST: Final = 600
"""Messages that are kept at most; further ones are read again when one comes back to them."""

NEAR: Final = 12
"""So few messages away from the end of what is in memory, more are asked for."""


class Spot(NamedTuple):
    """A line: the message's place in memory, and which line of that."""

    message: int
    line: int


class MessageWindow:
    """Messages that follow each other, oldest first.

    Args:
        height: how many lines the message at a place has.

    Attributes:
        messages: those in memory.
        more: on which sides there are further ones.
        page: how many lines there is room for.
        top: the first line in view.
    """

    def __init__(self, height: Callable[[int], int]) -> None:
        self.messages: list[MessageRow] = []
        self.more: set[Side] = set()
        self.page = 1
        self.top = Spot(0, 0)
        self._height = height

    @property
    def is_at_end(self) -> bool:
        """Whether the newest message of all is in view to its last line."""
        return "after" not in self.more and self.top >= self.last_top()

    def fill(self, messages: Sequence[MessageRow], more: set[Side]) -> None:
        """Have other messages in memory."""
        self.messages, self.more = list(messages), more
        self.top = Spot(0, 0)

    def add_before(self, messages: Sequence[MessageRow], *, more: bool) -> None:
        """Put older messages in front; what is in view stays where it is."""
        stood = self._height(0) if self.messages else 0
        self.messages[:0] = messages
        self._say("before", more=more)
        at = len(messages)
        if self.top.message == 0 and at < len(self.messages):  # the first of all bears a day, which it may no longer need
            self.top = Spot(at, max(0, self.top.line - max(0, stood - self._height(at))))
        else:
            self.top = Spot(self.top.message + at, self.top.line)
        if len(self.messages) > MOST:
            del self.messages[max(MOST, self.top.message + self.page + 1) :]
            self.more.add("after")
        self.step(0)

    def add_after(self, messages: Sequence[MessageRow], *, more: bool) -> None:
        """Put newer messages behind; whoever was at the end comes along."""
        follows = self.is_at_end
        self.messages.extend(messages)
        self._say("after", more=more)
        if (over := len(self.messages) - MOST) > 0:
            over = min(over, self.top.message)
            del self.messages[:over]
            self.top = Spot(self.top.message - over, self.top.line)
            self.more.add("before")
        if follows:
            self.to_end()

    def _say(self, side: Side, *, more: bool) -> None:
        (self.more.add if more else self.more.discard)(side)

    # ---- moving

    def step(self, lines: int) -> None:
        """Move the view by some lines; no further than there are any."""
        message, line = self.top
        line += lines
        while line < 0 and message > 0:
            message -= 1
            line += self._height(message)
        line = max(0, line)
        while message < len(self.messages) - 1 and line >= (height := self._height(message)):
            line -= height
            message += 1
        self.top = min(Spot(message, line), self.last_top())

    def to_start(self) -> None:
        """Move the view to the first message in memory."""
        self.top = Spot(0, 0)

    def to_end(self) -> None:
        """Move the view to the last message in memory."""
        self.top = self.last_top()

    def to_message(self, number: int) -> None:
        """Move the view so that a message, by its id, is a third down in it; the next newer one where it is not in memory."""
        at = next((place for place, each in enumerate(self.messages) if each.id >= number), len(self.messages) - 1)
        self.top = Spot(max(0, at), 0)
        self.step(-(self.page // 3))

    def refit(self, page: int, *, at_end: bool) -> None:
        """There is room for another number of lines, or the messages have other heights."""
        self.page = max(1, page)
        if self.messages:
            self.top = Spot(self.top.message, min(self.top.line, self._height(self.top.message) - 1))
        self.to_end() if at_end else self.step(0)

    def last_top(self) -> Spot:
        """The lowest line that may be the first in view: the last message's end is then at the bottom."""
        left = self.page
        for message in range(len(self.messages) - 1, -1, -1):
            height = self._height(message)
            if height >= left:
                return Spot(message, height - left)
            left -= height
        return Spot(0, 0)

    def in_view(self) -> Iterator[Spot]:
        """The lines from the first in view on, as many as there is room for."""
        message, line = self.top
        for _row in range(self.page):
            if message >= len(self.messages):
                return
            yield Spot(message, line)
            line += 1
            if line >= self._height(message):
                message, line = message + 1, 0

    def wanting(self) -> Side | None:
        """The side on which more messages should be read now, because what is in view comes near to the end of what is in memory."""
        if "before" in self.more and self.top.message < NEAR:
            return "before"
        if "after" in self.more and self.top.message + self.page > len(self.messages) - NEAR:
            return "after"
        return None
