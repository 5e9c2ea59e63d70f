"""Screens that are laid out and painted once where the stock ones do it several times: being opened, a weak machine waits for each."""

from __future__ import annotations

from typing import Any, Final

from textual import events, on
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from models.i18n import _
from screens.widgets import words

WIDTH: Final = 80
HEIGHT: Final = 24
"""The smallest terminal that everything is drawn for; down to 60 by 20 everything works."""


class FittedScreen(Screen[Any]):
    """A screen that knows how large it is before there is anything in it, and says so where it is small."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """The widget with the focus. Stock screens paint themselves whole whenever it changes; the two widgets it concerns are enough."""

    _is_styled = False

    @on(events.ScreenResume)
    def _styled_already(self, event: events.ScreenResume) -> None:
        # When it is first shown, everything in it has been styled this very moment.
        event.refresh_styles &= self._is_styled
        self._is_styled = True

    def fit(self) -> None:
        """Take the classes that go with the size of the terminal: told of it only later, everything would be styled once more."""
        width, height = self.app.size
        across, down = (limits or [] for limits in (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS))
        taken = {*self._get_breakpoint_classes(width, across), *self._get_breakpoint_classes(height, down)}
        classes = {name: name in taken for _limit, name in across + down}
        self.update_classes(classes | {"-small": width < WIDTH or height < HEIGHT}, animate=False)

    @on(events.Resize)
    def _small_said(self, event: events.Resize) -> None:
        width, height = event.size
        self.set_class(width < WIDTH or height < HEIGHT, "-small")
        self.query_one(".small", Static).update(words.plain(self.small_words()))

    def small_words(self) -> str:
        """That there is little room; "" where there is enough."""
        width, height = self.app.size
        if width >= WIDTH and height >= HEIGHT:
            return ""
        said = _("{width}×{height} is small: everything works, more shows from {best_width}×{best_height}.")
        return said.format(width=width, height=height, best_width=WIDTH, best_height=HEIGHT)

    def _screen_resized(self, size: Size) -> None:
        # Being shown, a screen is told its size three times; laid out for it, with nothing changed since, it is laid out.
        if self._layout_required or not self.size or size != self._compositor.size:
            super()._screen_resized(size)

    def _compositor_refresh(self) -> None:
        # What is drawn while widgets are still being put in is thrown away (`App._display`): it is drawn when they are there.
        if self.app._batch_count:  # noqa: SLF001  nothing public tells
            self._repaint_required = True
        else:
            super()._compositor_refresh()
