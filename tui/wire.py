"""Says to the terminal what Textual says, in fewer bytes.

Textual writes each piece of a line with all its colours and takes them back at once; but what a piece before has set can stay, only what
changes needs to be said, blanks have no foreground, and what is on the screen already need not be sent. On a line of a few kilobytes a
second, which SSH to a shop can be, that is the time one waits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tui.shown import Shown

RESET: Final = "\x1b[0m"

_PEN: Final = re.compile("\x1b\\[([0-9;]*)m")
_NEEDLESS_LINE_END: Final = re.compile("\r?\n(?=\x1b\\[[0-9]+;[0-9]+H)")
_HARMLESS: Final = re.compile("(?:\x1b\\[\\?(?!1049)[0-9;]+[hl]|\x1b\\[\\?[0-9]+\\$p|\x07)*")
"""Modes, questions and the bell, which change nothing of what is shown; 1049 is another screen."""

_MOVES: Final = re.compile("\x1b\\[[0-9;?]*[A-Za-z]|[\r\n]")

_OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", "21": "24", "fg": "39", "bg": "49"}
"""What takes back what (ECMA-48, 8.3.117)."""

_SEEN_ON_BLANKS: Final = frozenset(("4", "7", "9", "21"))
"""What shows where there is no character, beside the background."""

_FOREGROUNDS: Final = frozenset((*range(30, 40), *range(90, 98)))
_BACKGROUNDS: Final = frozenset((*range(40, 50), *range(100, 108)))

Pen = dict[str, str]


class Wire:
    """The way to one terminal."""

    def __init__(self) -> None:
        self._shown = Shown(_same_on_blanks)

    def shorten(self, data: str) -> str:
        """What to send for `data`; nothing when the terminal shows it already."""
        if _HARMLESS.fullmatch(data):
            return data
        news = self._shown.news(data)
        return shortened(data if news is None else news)

    def forget(self, size: tuple[int, int] | None = None) -> None:
        """What the terminal shows is no longer known: it was made another size, of so many columns and rows where that is known."""
        self._shown.forget(size)


def shortened(data: str) -> str:
    """The same picture in fewer bytes; the pen is put back at the end."""
    pieces = _PEN.split(_NEEDLESS_LINE_END.sub("", data))
    out = [pieces[0]]
    have = want = ""
    for pen, text in zip(pieces[1::2], pieces[2::2], strict=True):
        want = ";".join(filter(None, (want, pen))) if pen.strip("0;") else ""
        written = _MOVES.sub("", text) if text[:1] in "\x1b\r\n" else text
        if written and want != have and (written.strip(" ") or not _same_on_blanks(have, want)):
            out.append(_change(have, want))
            have = want
        out.append(text)
    if have:
        out.append(RESET)
    return "".join(out)


@lru_cache(1024)
def _parsed(pen: str) -> Pen:
    """What a pen is made of: `fg`, `bg`, and attributes by their numbers."""
    parts = iter(pen.split(";")) if pen else iter(())
    found: Pen = {}
    for part in parts:
        if part in {"38", "48"}:
            kind = next(parts)
            colour = [part, kind, *(next(parts) for _number in range(3 if kind == "2" else 1))]
            found["fg" if part == "38" else "bg"] = ";".join(colour)
        elif part.strip("0") == "":
            found.clear()
        else:
            value = int(part)
            found["fg" if value in _FOREGROUNDS else "bg" if value in _BACKGROUNDS else part] = part
    return found


@lru_cache(4096)
def _same_on_blanks(have: str, want: str) -> bool:
    """Whether blanks look alike in both: a line through or below one, or a reversed one, shows more than the background."""
    one, other = _parsed(have), _parsed(want)
    return one == other if _SEEN_ON_BLANKS & (one.keys() | other.keys()) else one.get("bg") == other.get("bg")


@lru_cache(4096)
def _change(have: str, want: str) -> str:
    """The shortest way from one pen to another."""
    if not want:
        return RESET
    if not have:
        return f"\x1b[{want}m"
    one, other = _parsed(have), _parsed(want)
    gone = [name for name in one if name not in other]
    off = list(dict.fromkeys(_OFF[name] for name in gone if name in _OFF))
    # Bold and dim are taken back together, as are the two kinds of underline: what is to stay is said again.
    again = [name for name in other if name in one and one[name] == other[name] and name in _OFF and _OFF[name] in off]
    new = [other[name] for name in other if one.get(name) != other[name] or name in again]
    if not off + new:
        return ""
    changed = f"\x1b[{';'.join(off + new)}m"
    whole = f"\x1b[0;{want}m"
    return changed if len(changed) <= len(whole) and all(name in _OFF for name in gone) else whole
