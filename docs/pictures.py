"""Draws the pictures in this folder from the real program and the sample shop: `python docs/pictures.py [NAME ...]`, all without a name.

Each picture is one screen, reached by keys as a person would reach it. Every word is placed by its cell, double-width characters one by
one, so that columns stand straight whatever font a viewer has; nothing is fetched from anywhere.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import blend_rgb
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI as TERMINAL
from textual._compositor import LayoutUpdate

HERE: Final = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from models import anchors, shop  # noqa: E402  the path to them is known only now
from models.actor import Actor  # noqa: E402  as above
from models.i18n import Language  # noqa: E402  as above
from models.operations import sessions  # noqa: E402  as above
from tui import sample  # noqa: E402  as above
from tui.app import ShopstaffApp  # noqa: E402  as above
from tui.demo import fill  # noqa: E402  as above
from tui.language import speak  # noqa: E402  as above

CELL, LINE, SIZE, EDGE = 8.4, 20, 14, 10
"""Pixels: a cell's width, a line's height, the font's size, the space around the screen."""


class Picture(NamedTuple):
    """A file's name, who looks, in which language, and the keys that lead there."""

    name: str
    login: str
    language: Language
    keys: Sequence[str]
    size: tuple[int, int] = (80, 24)


def typed(text: str) -> list[str]:
    """The keys of a text."""
    return ["space" if letter == " " else letter for letter in text]


NEWCOMER: Final = ["4", "n", *typed("carolli"), "tab", *typed("Carol Li"), "ctrl+s", "ctrl+s", "down", "space", "down", "space", "enter"]

PICTURES: Final = (
    Picture("home", "alice", "en", ["1"]),  # first: a form that was left half filled would be on it
    Picture("onboarding", "alice", "en", NEWCOMER),
    Picture("departments", "alice", "en", ["2", "down", "down"]),
    Picture("role", "alice", "en", ["3", "down", "enter", "down", "down", "down"]),
    Picture("staff", "alice", "en", ["4"], (100, 24)),
    Picture("audit", "alice", "en", ["6", *["down"] * 7], (100, 24)),
    Picture("review", "alice", "en", ["6", "r", "down"]),
    Picture("chats", "carol", "en", ["7", "enter"], (100, 24)),
    Picture("my-access-zh", "lilei", "zh", ["9"]),
)


def svg(app: ShopstaffApp, size: tuple[int, int]) -> str:
    """The screen as it is now."""
    columns, rows = size
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)  # noqa: SLF001  as Textual's own screenshots do
    if not isinstance(update, LayoutUpdate):
        raise TypeError(update)
    width, height = columns * CELL + 2 * EDGE, rows * LINE + 2 * EDGE
    font = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" font-size="{SIZE}" font-family="{font}">',
        f'<rect width="100%" height="100%" rx="8" fill="{TERMINAL.background_color.hex}"/>',
    ]
    for line, strip in enumerate(update.strips):
        column = 0
        for segment in chain.from_iterable(strip):
            parts += drawn(segment, column, line)
            column += cell_len(segment.text)
    return "\n".join([*parts, "</svg>\n"])


def drawn(segment: Segment, column: int, line: int) -> list[str]:
    """One piece of a line: what lies behind it, then its words, each at its own cell."""
    style = segment.style or Style()
    front = style.color.get_truecolor(TERMINAL) if style.color else TERMINAL.foreground_color
    back = style.bgcolor.get_truecolor(TERMINAL, foreground=False) if style.bgcolor else TERMINAL.background_color
    if style.reverse:
        front, back = back, front
    if style.dim:
        front = blend_rgb(back, front, 0.6)
    y = EDGE + line * LINE
    parts = []
    if back != TERMINAL.background_color:
        x, wide = EDGE + column * CELL, cell_len(segment.text) * CELL
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{wide + 0.3:.1f}" height="{LINE}" fill="{back.hex}"/>')
    how = f' fill="{front.hex}"' + (' font-weight="bold"' if style.bold else "")
    for text, at in words(segment.text):
        parts.append(f'<text x="{EDGE + (column + at) * CELL:.1f}" y="{y + LINE * 0.75:.0f}"{how}>{escape(text)}</text>')
    return parts


def words(text: str) -> list[tuple[str, int]]:
    """The words of a text with the cells they begin at; double-width characters stand alone."""
    found: list[tuple[str, int]] = []
    cell, joins = 0, False
    for letter in text:
        wide = cell_len(letter)
        if joins and wide == 1 and letter != " ":
            found[-1] = (found[-1][0] + letter, found[-1][1])
        elif letter != " ":
            found.append((letter, cell))
        joins = wide == 1 and letter != " "
        cell += wide
    return found


async def draw(picture: Picture, home: Path) -> None:
    """Reach one screen and write its picture."""
    app = ShopstaffApp(home)
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        actor = sessions.sign_in(Actor.stranger(), picture.login, sample.PASSWORDS[picture.login])
        app.sign_in(actor)
        await pilot.pause(0.3)
        for key in picture.keys:
            await pilot.press(key)
            await pilot.pause(0.3 if len(key) > 1 else 0.05)
        await pilot.pause(0.5)
        (HERE / f"{picture.name}.svg").write_text(svg(app, picture.size), encoding="utf-8")
        print(f"{picture.name}.svg")


def main(names: Sequence[str]) -> None:
    """Draw the pictures with these names, or every one, in a sample shop of its language."""
    anchors.keep_out_of_syslog()
    wanted = [picture for picture in PICTURES if not names or picture.name in names]
    if strange := {*names} - {picture.name for picture in wanted}:
        raise SystemExit(f"There is no picture called {', '.join(sorted(strange))}.")
    for language in dict.fromkeys(picture.language for picture in wanted):
        speak(language)
        with TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            fill(home, language, Actor.console("docs"))
            for picture in wanted:
                if picture.language == language:
                    shop.open(home)
                    asyncio.run(draw(picture, home))
                    shop.close()


if __name__ == "__main__":
    main(sys.argv[1:])
