"""Textual, hardened: everything in here closes something that was exploited on the stock version (8.2.8). One file, to be reviewed as one.

Output       `Scrub` is the last filter: no character that steers a terminal gets there, whatever drew it.
Actions      Markup runs none (`_broker_event`). Keys and the palette run ours, and of Textual's those in `OFFERED` (`_dispatch_action`);
             whatever else `App` has is closed by `_close`. `get_system_commands` is empty.
Files        No screenshots, no deliveries, no browser.
Clipboard    No password gets there, whichever way it is asked for.
Errors       A reference, and no message, traceback or local variable: `_fatal_error`, `panic`, `faults.listen`.
Terminal     Sizes are clamped, bytes that are no text are replaced, the end of input is the end, nothing stops the process half-way.
Environment  `tui.__main__.scrub`, before this can be imported.

What is private in Textual is pinned with its version. Each line is a test in tests/tui/test_hardening.py and its neighbours, so an
upgrade that brings one back fails there.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import RenderableType
from rich.segment import Segment
from textual import events
from textual.app import App, SystemCommand
from textual.color import Color
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from models.i18n import _
from models.text import REPLACEMENT
from tui import faults
from tui.driver import TerminalDriver

WIDEST: Final = 400
HIGHEST: Final = 150
"""Cells that are drawn at most: a forged size of 30,000 by 30,000 takes 2 GB."""

# C0 (ESC begins every sequence), DEL, C1 (CSI and OSC in one byte), what turns the direction of text round, and what is seen as nothing.
_STEERING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)

_MOVING: Final = (
    "page_down",
    "page_left",
    "page_right",
    "page_up",
    *(f"scroll_{way}" for way in ("down", "end", "home", "left", "right", "up")),
)
_TYPING: Final = (
    *("cursor_left", "cursor_right", "delete_left", "delete_right", "paste", "select_all"),
    *("cursor_left_word", "cursor_right_word", "delete_left_all", "delete_left_word", "delete_right_all", "delete_right_word"),
    *("end", "home", "submit"),
)
_WRITING: Final = (
    *(
        "cursor_left",
        "cursor_right",
        "cursor_up",
        "cursor_down",
        "cursor_page_up",
        "cursor_page_down",
        "cursor_line_start",
        "cursor_line_end",
    ),
    *("cursor_word_left", "cursor_word_right", "delete_left", "delete_right", "delete_line", "delete_word_left", "delete_word_right"),
    *("delete_to_end_of_line", "delete_to_end_of_line_or_delete_line", "delete_to_start_of_line"),
    *("copy", "cut", "paste", "undo", "redo", "select_all", "select_line"),
)

OFFERED: Final[dict[str, frozenset[str]]] = {
    "App": frozenset({"focus_next", "focus_previous"}),
    "Widget": frozenset(_MOVING),
    "Input": frozenset(_TYPING),  # copying and cutting are `screens.widgets.entry`'s, which leaves passwords alone
    "TextArea": frozenset(_WRITING),
}
"""Actions of Textual's that a key may run, by the class that brings them; every other of Textual's does nothing."""


def clamped(width: int, height: int) -> tuple[int, int]:
    """A size that can be drawn."""
    return max(1, min(width, WIDEST)), max(1, min(height, HIGHEST))


def offered(node: DOMNode, action: str) -> bool:
    """Whether an action may be run: it is one of ours, or one that Textual brings and we offer."""
    for each in type(node).__mro__:
        if each is not HardenedApp and (f"action_{action}" in vars(each) or f"_action_{action}" in vars(each)):
            return not each.__module__.startswith("textual.") or action in OFFERED.get(each.__name__, ())
    return False


class Scrub(LineFilter):
    """Lets no character through to the terminal that steers it, wherever it came from: the last of all filters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  Textual's
        """Replace what steers, one cell for one character."""
        search = _STEERING.search
        return [
            Segment(_STEERING.sub(REPLACEMENT, segment.text), segment.style) if search(segment.text) else segment for segment in segments
        ]


class _EndOfInputError(Exception):
    """Nobody will type any more."""


def _lenient(encoding: str) -> Callable[[], Any]:
    """In place of `codecs.getincrementaldecoder`: makes decoders that replace what they cannot read, and notice the end of input.

    The stock thread goes on asking a terminal that is gone, as fast as it can.
    """

    class Decoder:
        def __init__(self) -> None:
            self._decoder = getincrementaldecoder(encoding)(errors="replace")

        def decode(self, data: bytes, final: bool = False) -> str:  # noqa: FBT001, FBT002  as codecs have it
            if not data and not final:
                raise _EndOfInputError
            return self._decoder.decode(data, final)

    return Decoder


class HardenedDriver(TerminalDriver):
    """The terminal, without what a hostile one or a hostile hand could do through it."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # A process stopped inside a transaction would block everybody who writes.
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        # Stock, being continued takes the terminal a second time. A terminal that hangs up sends this signal, too.
        signal.signal(signal.SIGCONT, signal.SIG_DFL)

    def start_application_mode(self) -> None:
        """Take the terminal; nothing that goes wrong from now on is printed on it."""
        if isinstance(self._app, HardenedApp):
            faults.listen(self._app.log_folder, asyncio.get_running_loop())
        super().start_application_mode()

    def hang_up(self) -> None:
        """End; what the program still has to write waits for nobody."""
        if isinstance(self._app, HardenedApp):
            self._app.hurry()
        super().hang_up()

    @property
    def can_suspend(self) -> bool:
        """Never."""
        return False

    def _get_terminal_size(self) -> tuple[int, int]:
        return clamped(*super()._get_terminal_size())

    def process_message(self, message: Message) -> None:
        """Clamp sizes that the terminal itself reports."""
        if isinstance(message, events.Resize):
            size = Size(*clamped(*message.size))
            message = events.Resize(size, size)
        super().process_message(message)

    def run_input_thread(self) -> None:
        """Read keys. A byte that is no UTF-8 is shown as `�`; the stock decoder would raise, and the program be gone."""
        setattr(linux_driver, "getincrementaldecoder", _lenient)  # noqa: B010  the stock method makes its decoder by this name, no public one
        try:
            super().run_input_thread()
        except (_EndOfInputError, OSError):  # the terminal is gone
            self._app.call_later(self.hang_up)

    def open_url(self, url: str, new_tab: bool = True) -> None:  # noqa: FBT001, FBT002  Textual's own signature
        """Never."""

    def deliver_binary(self, *_args: Any, **_kwargs: Any) -> None:
        """Never."""


class HardenedApp(App[int], inherit_bindings=False):
    """An application of which nothing can be had that was not put into it.

    Args:
        home: the data folder; internal errors are written into a file there.
        plain: whether to use the terminal's own sixteen colours and no others.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    NOTIFICATION_TIMEOUT = 6

    def __init__(self, home: Path, *, plain: bool = False) -> None:
        super().__init__(ansi_color=plain or None)
        self.log_folder: Final = home
        self._disable_tooltips = True
        self._filters.append(Scrub())

    def get_driver_class(self) -> type[Driver]:
        """Ours, whatever the environment names."""
        return HardenedDriver

    def hurry(self) -> None:
        """The program is ending: wait for nothing that others do."""

    # ---- errors say nothing that they know

    def _fatal_error(self) -> None:
        self._say_reference(sys.exc_info()[1])

    def panic(self, *_renderables: RenderableType) -> None:
        """Leave, with a reference and nothing else: what the stock version prints has local variables in it, passwords among them."""
        self._say_reference(sys.exc_info()[1])

    def _say_reference(self, error: BaseException | None) -> None:
        reference = faults.reference()
        faults.note_error(self.log_folder, reference, error)
        if not self._exit_renderables:
            self._exit_renderables.append(_("Internal error, reference {reference}. Nothing was lost.").format(reference=reference))
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        for said in self._exit_renderables[:1]:
            self.error_console.print(said)
        self._exit_renderables.clear()

    # ---- what runs, and what asks for it

    async def _broker_event(self, event_name: str, event: events.Event, default_namespace: DOMNode) -> bool:  # noqa: ARG002  Textual's
        return False

    async def _dispatch_action(self, namespace: DOMNode, action_name: str, params: Any) -> bool:
        return offered(namespace, action_name) and await super()._dispatch_action(namespace, action_name, params)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's
        """None of Textual's."""
        return ()

    # ---- what Textual offers and Shopstaff does not

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, unless what has the focus is a password: the terminal may keep it, or hand it on."""
        focused = self.screen.focused if self._screen_stack else None
        if not (isinstance(focused, Input) and focused.password):
            super().copy_to_clipboard(text)

    def empty_clipboard(self) -> None:
        """Forget what was copied: the next one at this terminal is somebody else."""
        self._clipboard = ""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Never."""

    def deliver_text(self, *_args: Any, **_kwargs: Any) -> None:
        """Never."""

    def deliver_binary(self, *_args: Any, **_kwargs: Any) -> None:
        """Never."""

    def deliver_screenshot(self, *_args: Any, **_kwargs: Any) -> None:
        """Never."""

    def save_screenshot(self, *_args: Any, **_kwargs: Any) -> str:
        """Never."""
        return ""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Never: what is inside simply runs."""
        yield

    def _set_pointer_shape(self, shape: str) -> None:
        """Never: a sequence that terminals know differently, for a mouse that nothing needs."""


def _never(_self: object, *_args: object, **_kwargs: object) -> None:
    """Not offered."""


def _close() -> None:
    """Let every action of stock `App` that is not offered do nothing, also for whoever calls it by its name."""
    for name in dir(App):
        if name.startswith("action_") and name.removeprefix("action_") not in OFFERED["App"]:
            setattr(HardenedApp, name, _never)


_close()
