"""A conversation as the lines that a reader shows: days, who wrote when, and what, with the words that were looked for marked in it.

The customer's words stand at the left, ours further in behind a bar: one tells them apart without any colour. Knows nothing of screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from textual.content import Content

from models import clock, text as texts
from models.i18n import _
from models.operations.chat_reading import MessageRow
from screens.widgets import words

CUSTOMER: Final = "customer"
AUTO: Final = "auto"

BARS: Final = {"staff": "┃ ", AUTO: "┆ "}
"""What stands at the left of what a colleague wrote, and of what was said automatically; nothing at what the customer did."""

FOUND: Final = "bold reverse"
"""How a word looks that was looked for: seen without colours, too."""

_MARGIN: Final = 1
_DEEPEST: Final = 12
_LEAST: Final = 8  # cells that text is given, however narrow the reader is


class Look(NamedTuple):
    """What the lines of a conversation depend on beside its messages.

    Attributes:
        cells: the width there is.
        customer: what the customer is called; data.
        colleague: what the colleague is called; data.
        zone: the shop's time zone.
        wanted: the words that were looked for, as they are compared (`chat_index.words`).
    """

    cells: int
    customer: str = ""
    colleague: str = ""
    zone: str = "UTC"
    wanted: tuple[str, ...] = ()


def day_line(message: MessageRow, look: Look) -> Content:
    """The day of a message, as a rule across the reader."""
    day = clock.day(message.at, look.zone)
    said = f" {day} · {_('today')} " if day == clock.day(clock.now(), look.zone) else f" {day} "
    rule = "─" * max(0, look.cells - 2 * _MARGIN - 2 - words.width(said))
    return words.plain(f"{' ' * _MARGIN}──{said}{rule}", "$text-muted")


def lines(message: MessageRow, before: MessageRow | None, look: Look) -> list[Content]:
    """The lines of a message: its day where that is another than the one's before, who wrote when, and what.

    Args:
        before: the message in front of it; None for the first.
    """
    begins = before is None or clock.day(before.at, look.zone) != clock.day(message.at, look.zone)
    laid = [day_line(message, look)] if begins else []
    indent = _indent(message, look)
    bar = words.plain(*_bar(message))
    if begins or before is None or _heading(before, look) != _heading(message, look):
        who, when = _heading(message, look)
        room = max(1, look.cells - len(indent) - bar.cell_length - words.width(when) - 3)
        name = who if words.width(who) <= room else words.fit(who, room)
        laid.append(words.join(indent, bar, words.plain(name, "bold", lines=False), words.plain(f"  {when}", "$text-muted")))
    style = "$text-muted" if message.sender == AUTO else ""
    cells = max(_LEAST, look.cells - len(indent) - bar.cell_length - _MARGIN)
    shown = texts.visible(message.text, lines=True)
    found = places(shown, look.wanted)
    laid += [words.join(indent, bar, each) for each in _marked(shown, words.wrap(shown, cells), found, style)]
    return laid


def places(text: str, wanted: Iterable[str]) -> frozenset[int]:
    """Which characters of a text belong to one of the words that were looked for.

    Compared as the search compares, whatever the width and case; each character by itself.
    """
    wanted = [word for word in wanted if word]
    if not wanted:
        return frozenset()
    folded, owners = "", []
    for place, char in enumerate(text):
        alike = _folded(char)
        folded += alike
        owners += [place] * len(alike)
    found: set[int] = set()
    for word in wanted:
        at = folded.find(word)
        while at >= 0:
            found.update(owners[at : at + len(word)])
            at = folded.find(word, at + 1)
    return frozenset(found)


def around(text: str, wanted: Sequence[str], ahead: int, most: int) -> Content:
    """The part of a text where it has what was looked for, in one line, the words marked in it.

    Args:
        ahead: cells in front of the first word.
        most: characters behind that.
    """
    line = " ".join(texts.visible(text, lines=True).split())
    found = places(line, wanted)
    first = min(found, default=0)
    start = first
    while start > 0 and words.width(line[start - 1 : first]) <= ahead:
        start -= 1
    part = line[start : start + ahead + most]
    marked = _styled(part, [start + place in found for place in range(len(part))], "")
    return words.join(words.ELLIPSIS, marked) if start else marked


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return " " if char.isspace() else texts.key(char)


def _heading(message: MessageRow, look: Look) -> tuple[str, str]:
    """Who wrote it and when, as it stands above a message; what comes next under the same needs none of its own."""
    who = {CUSTOMER: look.customer, AUTO: _("automatic")}.get(message.sender, look.colleague)
    return who, clock.minute(message.at, look.zone)[-5:]


def _indent(message: MessageRow, look: Look) -> str:
    return " " * (_MARGIN if message.sender == CUSTOMER else max(_MARGIN + 2, min(_DEEPEST, look.cells // 6)))


def _bar(message: MessageRow) -> tuple[str, str]:
    return BARS.get(message.sender, ""), "$text-muted" if message.sender == AUTO else "$accent"


def _marked(text: str, wrapped: Sequence[str], found: frozenset[int], style: str) -> list[Content]:
    """The lines that a text was wrapped into, what was found in it marked: a word may be broken over two of them."""
    if not found:
        return [words.plain(line, style) for line in wrapped]
    marked, at = [], 0
    for line in wrapped:
        hits = []
        for char in line:
            while char != " " and at < len(text) and text[at] in " \n":
                at += 1
            hits.append(at in found)
            at += 1
            while char == " " and at < len(text) and text[at] == " ":
                at += 1  # a run of blanks is shown as one
        marked.append(_styled(line, hits, style))
    return marked


def _styled(text: str, hits: Sequence[bool], style: str) -> Content:
    """A text in as few pieces as its styles allow."""
    parts: list[Content] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hits[place] != hits[start]:
            parts.append(words.plain(text[start:place], FOUND if hits[start] else style))
            start = place
    return words.join(*parts)
