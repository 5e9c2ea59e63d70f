"""The line at the top: the sections, or what the screen is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from models.i18n import _
from screens.widgets import words

OPEN: Final = "$accent bold reverse"
"""How the section that is open looks."""


class Tab(NamedTuple):
    """A section as the line shows it.

    Attributes:
        number: the key that opens it.
        name: what it is called in code.
        title: marked (`N_`), translated when shown.
    """

    number: int
    name: str
    title: str


def _words(tab: Tab) -> str:
    return f"{tab.number} {_(tab.title)}"


class TabBar(Widget):
    """The sections one may open, and who is signed in.

    Args:
        tabs: the sections, by their numbers.
        current: the name of the one that is open.
        who: the login, which is data.
    """

    DEFAULT_CSS = """
    TabBar { dock: top; height: 1; width: 100%; background: $panel; color: $text-muted; }
    """

    class Picked(Message):
        """Somebody clicked on a section.

        Attributes:
            name: the section's.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, tabs: Sequence[Tab] = (), current: str = "", who: str = "") -> None:
        super().__init__()
        self._tabs = tabs
        self._current = current
        self._who = who

    def show(self, tabs: Sequence[Tab], current: str, who: str) -> None:
        """Show other sections, or another person, if they are others."""
        if (tabs, current, who) != (self._tabs, self._current, self._who):
            self._tabs, self._current, self._who = tabs, current, who
            self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        who = words.plain(f" {self._who} " if self._who else "", lines=False)
        room = self.size.width - who.cell_length
        left = Content(" ") + Content("  ").join(words.plain(_words(tab), OPEN if tab.name == self._current else "") for tab in self._tabs)
        if left.cell_length > room:
            left = Content(" ") + Content(" ").join(self._short(tab) for tab in self._tabs)
        return words.fit_content(left, room) + who

    def _short(self, tab: Tab) -> Content:
        """A section where there is no room for the names of all: its name where it is open, else its number."""
        return words.plain(_words(tab), OPEN) if tab.name == self._current else words.plain(str(tab.number))

    def on_click(self, event: events.Click) -> None:
        """Open the section under the mouse."""
        at = 1
        for tab in self._tabs:
            at += words.width(_words(tab)) + 2
            if event.x < at:
                self.post_message(self.Picked(tab.name))
                return


class TitleBar(Widget):
    """What the screen is about, in place of the sections: a person, a step of a wizard."""

    DEFAULT_CSS = """
    TitleBar { dock: top; height: 1; width: 100%; background: $panel; color: $foreground; text-style: bold; padding: 0 1; }
    """

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._title = title

    def show(self, title: str) -> None:
        """Show another title, which is data."""
        if title != self._title:
            self._title = title
            self.refresh()

    def render(self) -> RenderResult:
        """The line."""
        return words.fit_content(words.plain(self._title, lines=False), self.size.width - 2)
