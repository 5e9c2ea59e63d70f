"""Work that takes longer than a blink: how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Generic, NamedTuple, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from models.errors import ShopstaffError
from models.i18n import _
from screens.dialogs._dialog import Dialog
from screens.later import scheduled
from screens.widgets import words
from screens.widgets.press import Press

T = TypeVar("T")

BAR: Final = 40
"""Cells of the bar."""

EVERY: Final = 0.2
"""Seconds between two looks at how far it is: often enough to be seen moving, seldom enough for a slow line."""


class Outcome(NamedTuple, Generic[T]):
    """What became of the work: its result, or what it was refused with."""

    result: T | None
    refusal: ShopstaffError | None


class Working(Dialog[Outcome[T]]):
    """Does some work and shows how far it is; esc asks it to stop. Answers what became of it.

    Args:
        title: already translated.
        run: starts the work. It is given a function to tell how much is done, out of how much, and one to ask whether to stop; it calls
            both from wherever it runs.
    """

    DEFAULT_CSS = """
    Working .bar { color: $accent; height: 1; }
    """

    def __init__(self, title: str, run: Callable[[Callable[[int, int], object], Callable[[], bool]], Awaitable[T]]) -> None:
        super().__init__()
        self._title = title
        self._work = run
        self._done = 0
        self._total = 1
        self._stop = False

    def compose(self) -> ComposeResult:
        """The bar, and the way out."""
        with Container(classes="box"):
            yield Static(words.plain(self._title), classes="title")
            yield Static(words.plain(bar(0, 1)), classes="bar")
            yield Static("", classes="said")
            with Container(classes="buttons"):
                yield Press(_("Cancel"), "esc", id="cancel")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#cancel", Press).focus()
        self.set_interval(EVERY, self._show)
        self._begin()

    def on_unmount(self) -> None:
        """Whatever ends the dialog ends the work."""
        self._stop = True

    @work(exclusive=True, group="work")
    async def _begin(self) -> None:
        try:
            outcome = Outcome(await self._work(self._tell, self._asked), None)
        except ShopstaffError as refusal:
            outcome = Outcome(None, refusal)
        scheduled(self.dismiss(outcome))

    def _tell(self, done: int, total: int) -> None:
        self._done, self._total = done, total

    def _asked(self) -> bool:
        return self._stop

    def _show(self) -> None:
        self.query_one(".bar", Static).update(words.plain(bar(self._done, self._total)))

    @on(Press.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Ask the work to stop; it answers when nothing is left of it."""
        self._stop = True
        self.query_one(".said", Static).update(words.plain(_("Stopping …")))


def bar(done: int, total: int) -> str:
    """How much of the whole is done, drawn and in hundredths."""
    share = min(1.0, done / max(1, total))
    full = int(share * BAR)
    return f"{'█' * full}{'░' * (BAR - full)} {int(share * 100):3} %"
