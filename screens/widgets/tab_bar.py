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
from models.text import visible
from screens.widgets import words

WHO: Final = 7
"""Cells to which a login may be cut before sections lose their names: with all nine there is so much room at 80 columns."""

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
        who, labels, gap = self._laid()
        left = Content(" ") + Content(" " * gap).join(
            words.plain(label, OPEN if tab.name == self._current else "") for tab, label in zip(self._tabs, labels, strict=True)
        )
        return words.fit_content(left, self.size.width - words.width(who)) + words.plain(who, lines=False)

    def _laid(self) -> tuple[str, list[str], int]:
        """Who is signed in, the sections, and the cells between them: as roomy as there is room.

        Closer together first; then a long login is cut; then only the section that is open has its name.
        """
        labels = [_words(tab) for tab in self._tabs]
        who = f" {visible(self._who)} " if self._who else ""
        cut = f" {words.fit(visible(self._who), WHO)} " if words.width(who) > WHO + 2 else who
        for said, gap in ((who, 2), (who, 1), (cut, 1)):
            if _length(labels, gap) + words.width(said) <= self.size.width:
                return said, labels, gap
        return who, [_words(tab) if tab.name == self._current else str(tab.number) for tab in self._tabs], 1

    def on_click(self, event: events.Click) -> None:
        """Open the section under the mouse."""
        at = 1
        _who, labels, gap = self._laid()
        for tab, label in zip(self._tabs, labels, strict=True):
            at += words.width(label) + gap
            if event.x < at:
                self.post_message(self.Picked(tab.name))
                return


def _length(labels: Sequence[str], gap: int) -> int:
    return 1 + sum(map(words.width, labels)) + gap * (len(labels) - 1)


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
