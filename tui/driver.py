"""Textual, hardened: everything here closes something that was exploited on the stock version (8.2.8). One file, to be reviewed as one.

What is private in Textual is pinned with its version; each probe is a test, so an upgrade that brings one back fails.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO, cast

from rich.console import RenderableType
from rich.segment import Segment
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.app import App, SystemCommand
from textual.color import Color
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen

from models.i18n import _
from models.text import REPLACEMENT
from tui import faults
from tui.wire import Wire

WIDEST: Final = 400
HIGHEST: Final = 150
"""Cells that are drawn at most: a forged size of 30,000 by 30,000 takes 2 GB."""

# C0 (ESC begins every sequence), DEL, C1 (CSI and OSC in one byte), what turns the direction of text round, and what is seen as nothing.
_STEERING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def clamped(width: int, height: int) -> tuple[int, int]:
    """A size that can be drawn."""
    return max(1, min(width, WIDEST)), max(1, min(height, HIGHEST))


class Scrub(LineFilter):
    """Lets no character through to the terminal that steers it, wherever it came from: the last of all filters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  Textual's
        """Replace what steers, one cell for one character."""
        search = _STEERING.search
        return [
            Segment(_STEERING.sub(REPLACEMENT, segment.text), segment.style) if search(segment.text) else segment for segment in segments
        ]


class KeysApart(XTermParser):
    """Esc and a character that arrive in one piece are two keys, as they were for the hand that pressed them.

    The stock parser makes `¡` of Esc and 1, and types it into whatever has the focus by then.
    """

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:  # noqa: FBT001, FBT002  Textual's
        if len(sequence) == 2 and sequence in ANSI_SEQUENCES_KEYS and sequence[1].isprintable():
            alt, sequence = True, sequence[1]
        if alt and sequence.isprintable():
            yield events.Key("escape", "\x1b")
            alt = False
        yield from super()._sequence_to_key_events(sequence, alt)


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


class _Patient(io.TextIOBase):
    """The terminal as a file that one can go on writing to when it is gone: the stock writer would die, and whoever waits for it hang."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._file.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


class HardenedDriver(linux_driver.LinuxDriver):
    """The terminal, without what a hostile one or a hostile hand could do through it."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # In place of the standard stream, which is what the stock writer is declared to write to.
        self._file = cast("TextIOWrapper", _Patient(cast("TextIOWrapper", self._file)))
        self._wire = Wire()
        # A process stopped inside a transaction would block everybody who writes.
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def write(self, data: str) -> None:
        """Write, in fewer bytes."""
        if shorter := self._wire.shorten(data):
            super().write(shorter)

    def start_application_mode(self) -> None:
        """Take the terminal; whoever hangs up or asks us to end gets an end in order: session closed, terminal as it was found."""
        loop = asyncio.get_running_loop()
        for ending in (signal.SIGHUP, signal.SIGTERM):  # first, so that the terminal is never half taken
            loop.add_signal_handler(ending, self._app.exit)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has not annotated it

    @property
    def can_suspend(self) -> bool:
        """Never."""
        return False

    def _get_terminal_size(self) -> tuple[int, int]:
        self._wire.forget()
        try:
            # Of the terminal itself: COLUMNS and LINES of the environment are anybody's.
            return clamped(*os.get_terminal_size(self.fileno))
        except OSError:
            return 80, 24

    def process_message(self, message: Message) -> None:
        """Clamp sizes that the terminal itself reports."""
        if isinstance(message, events.Resize):
            self._wire.forget()
            width, height = clamped(*message.size)
            if (width, height) != tuple(message.size):
                message = events.Resize(Size(width, height), Size(width, height))
        super().process_message(message)

    def _enable_mouse_support(self) -> None:
        # Clicks and the wheel. Reports of every movement (1003) and in pixels (1016) would make a slow machine work for nothing.
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1006h")
            self.flush()

    def _enable_mouse_pixels(self) -> None:
        """Never."""

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000l\x1b[?1006l")
            self.flush()

    def run_input_thread(self) -> None:
        """Read keys. A byte that is no UTF-8 is shown as `�`; the stock decoder would raise, and the program be gone."""
        # The stock method builds its decoder by this name.
        setattr(linux_driver, "getincrementaldecoder", _lenient)  # noqa: B010  it is no public name of that module
        setattr(linux_driver, "XTermParser", KeysApart)  # noqa: B010  as above
        try:
            super().run_input_thread()
        except (_EndOfInputError, OSError):  # the terminal is gone
            self._app.call_later(self._app.exit)

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
        self._log_folder = home
        self._disable_tooltips = True
        self._filters.append(Scrub())

    def get_driver_class(self) -> type[Driver]:
        """Ours, whatever the environment names."""
        return HardenedDriver

    # ---- errors say nothing that they know

    def _fatal_error(self) -> None:
        self._say_reference(sys.exc_info()[1])

    def panic(self, *_renderables: RenderableType) -> None:
        """Leave, with a reference and nothing else: what the stock version prints has local variables in it, passwords among them."""
        self._say_reference(sys.exc_info()[1])

    def _say_reference(self, error: BaseException | None) -> None:
        reference = faults.reference()
        faults.note_error(self._log_folder, reference, error)
        if not self._exit_renderables:
            self._exit_renderables.append(_("Internal error, reference {reference}. Nothing was lost.").format(reference=reference))
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        for said in self._exit_renderables[:1]:
            self.error_console.print(said)
        self._exit_renderables.clear()

    # ---- nothing on the screen runs an action

    async def _broker_event(self, event_name: str, event: events.Event, default_namespace: DOMNode) -> bool:  # noqa: ARG002  Textual's
        return False

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002  Textual's
        """None of Textual's."""
        return ()

    # ---- what Textual offers and Shopstaff does not

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


CLOSED_ACTIONS: Final = (
    *("back", "push_screen", "pop_screen", "switch_screen", "switch_mode"),
    *("add_class", "remove_class", "toggle", "toggle_class", "toggle_dark", "change_theme"),
    *("bell", "focus", "notify", "simulate_key", "screenshot", "suspend_process"),
    *("command_palette", "show_help_panel", "hide_help_panel", "help_quit"),
)
"""Actions of Textual's that nothing of ours uses, and that therefore do nothing."""

for _name in CLOSED_ACTIONS:
    setattr(HardenedApp, f"action_{_name}", _never)
