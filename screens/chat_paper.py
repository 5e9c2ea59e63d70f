"""A conversation, drawn line by line: what is in view is laid out, and nothing else, however long the conversation is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, Literal

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from models.i18n import N_
from models.operations.chat_reading import MessageRow
from screens.chat_lines import Look, day_line, lines
from screens.chat_window import MessageWindow, Side
from screens.widgets import words
from screens.widgets.list_view import WHEEL

Edge = Literal["first", "last"]


class ChatPaper(Widget, can_focus=True):
    """What a customer and a colleague wrote to each other, oldest first; the line at the top says the day of what is below it.

    Args:
        nothing: what stands there while no conversation is shown; already translated, keys between backquotes.
    """

    DEFAULT_CSS = """
    ChatPaper { height: 1fr; width: 1fr; overflow: hidden hidden; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", N_("Up"), show=False),
        Binding("down,j", "step(1)", N_("Down"), show=False),
        Binding("pageup,ctrl+b", "page(-1)", N_("A page up"), show=False),
        Binding("pagedown,ctrl+f,space", "page(1)", N_("A page down"), show=False),
        Binding("home", "edge('first')", N_("Oldest"), show=False, tooltip=N_("To the first message")),
        Binding("end", "edge('last')", N_("Newest"), show=False, tooltip=N_("To the last message")),
    ]

    class Wanted(Message):
        """More of the conversation is wanted than is in memory.

        Attributes:
            what: which messages: those "before" or "after" what is there, or the "first" or "last" of all.
        """

        def __init__(self, what: Side | Edge) -> None:
            super().__init__()
            self.what: Final = what

    class Scrolled(Message):
        """Another part is in view."""

        def can_replace(self, message: Message) -> bool:
            """Once is enough."""
            return isinstance(message, ChatPaper.Scrolled)

    def __init__(self, nothing: Callable[[], str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._window = MessageWindow(lambda place: len(self._laid(place)))
        self._look = Look(1)
        self._cache: dict[int, list[Content]] = {}
        self._strips: dict[tuple[int, int], Strip] = {}
        self._nothing = nothing
        self._said = ""
        self._at: int | None = None
        self._fitted_to = Size(0, 0)

    @property
    def window(self) -> MessageWindow:
        """What is in memory, and in view."""
        return self._window

    # ---- what is shown

    def show(self, messages: Sequence[MessageRow], more: set[Side], look: Look, *, at: int | None = None) -> None:
        """Show another conversation, from its newest message in memory, or with the message `at` in view."""
        self._look = look._replace(cells=self._fitted_to.width)  # where it is hidden it has none; seen again, it is fitted
        self._forget()
        self._window.fill(messages, more)
        self._at = at
        self._place(at_end=at is None)
        self._moved()

    def turn_to(self, messages: Sequence[MessageRow], more: set[Side], edge: Edge) -> None:
        """Show the first or the last messages of the same conversation."""
        self._forget()
        self._window.fill(messages, more)
        self._go_to(edge)

    def add(self, side: Side, messages: Sequence[MessageRow], *, more: bool) -> None:
        """Put more messages in front or behind; what is in view stays."""
        if side == "before":
            if self._window.messages:
                self._drop(self._window.messages[0].id)
            self._forget_after(messages)
            self._window.add_before(messages, more=more)
        else:
            self._window.add_after(messages, more=more)
        self._moved()

    def clear(self) -> None:
        """Show no conversation."""
        said = self._nothing()
        if self._window.messages or said != self._said:
            self._forget()
            self._window.fill([], set())
            self._said = said
            self.refresh()

    def _forget(self) -> None:
        self._cache.clear()
        self._strips.clear()

    def _drop(self, number: int) -> None:
        kept = self._cache.pop(number, ())
        for line in range(len(kept)):
            self._strips.pop((number, line), None)

    def _forget_after(self, messages: Sequence[MessageRow]) -> None:
        for each in messages:  # it may have been dropped, and come back with another before it
            self._drop(each.id)

    def _moved(self) -> None:
        self.refresh()
        self.post_message(self.Scrolled())
        if self._window.messages and (side := self._window.wanting()) is not None:
            self.post_message(self.Wanted(side))

    # ---- lines

    def _laid(self, place: int) -> list[Content]:
        message = self._window.messages[place]
        laid = self._cache.get(message.id)
        if laid is None:
            before = self._window.messages[place - 1] if place else None
            laid = self._cache[message.id] = lines(message, before, self._look)
        return laid

    def _fit(self) -> None:
        if self._fitted_to == self.size:
            return
        at_end = self._window.is_at_end
        if self._fitted_to.width != self.size.width:
            self._look = self._look._replace(cells=self.size.width)
            self._forget()
        self._fitted_to = self.size
        self._window.refit(self.size.height, at_end=at_end)
        self._place(at_end=at_end)

    def _place(self, *, at_end: bool) -> None:
        """Have in view what one came for, as long as nobody has scrolled."""
        if self._at is not None:
            self._window.to_message(self._at)
        elif at_end:
            self._window.to_end()

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002  Textual's
        """Stay at the same message, or at the end."""
        self._fit()

    def render_line(self, y: int) -> Strip:
        """One line of what is in view."""
        self._fit()
        if not self._window.messages:
            said = words.with_keys(self._said).wrap(max(1, self.size.width - 2)) if self._said else []
            return self._strip(words.join(" ", said[y].rstrip())) if y < len(said) else Strip.blank(self.size.width, self.rich_style)
        top = self._window.messages[self._window.top.message]
        if y == 0:
            return self._strip(day_line(top, self._look))
        spot = next((spot for row, spot in enumerate(self._window.in_view()) if row == y), None)
        if spot is None:
            return Strip.blank(self.size.width, self.rich_style)
        key = (self._window.messages[spot.message].id, spot.line)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._strip(self._laid(spot.message)[spot.line])
        return strip

    def _strip(self, line: Content) -> Strip:
        rendered = line.render(self.visual_style, "", self.app.stylesheet.parse_style)
        laid = Strip([Segment(text, part.rich_style) for text, part in rendered])
        return laid.adjust_cell_length(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Other colours: nothing that was drawn with the former ones is kept."""
        self._strips.clear()
        super().notify_style_update()

    # ---- keys

    def action_step(self, lines: int) -> None:
        """Scroll by some lines."""
        before = self._window.top
        self._at = None
        self._window.step(lines)
        if self._window.top != before:
            self._moved()

    def action_page(self, pages: int) -> None:
        """Scroll by what fits, two lines of it staying in view."""
        self.action_step(pages * max(1, self._window.page - 2))

    def action_edge(self, edge: Edge) -> None:
        """Go to the first or the last message of all."""
        self._at = None
        side: Side = "before" if edge == "first" else "after"
        if side in self._window.more:
            self.post_message(self.Wanted(edge))
            return
        self._go_to(edge)

    def _go_to(self, edge: Edge) -> None:
        if edge == "first":
            self._window.to_start()
        else:
            self._window.to_end()
        self._moved()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Onwards by a notch."""
        event.stop()
        self.action_step(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Back by a notch."""
        event.stop()
        self.action_step(-WHEEL)
