"""Textual, hardened: everything here closes something that was exploited on the stock version (8.2.8). One file, to be reviewed as one.

What is private in Textual is pinned with its version; each probe is a test, so an upgrade that brings one back fails.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import sys
import traceback
from codecs import IncrementalDecoder, getincrementaldecoder
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

from models.i18n import _
from models.text import REPLACEMENT

WIDEST: Final = 400
HIGHEST: Final = 150
"""Cells that are drawn at most: a forged size of 30,000 by 30,000 takes 2 GB."""

LOG_NAME: Final = "errors.log"
LOG_MODE: Final = 0o600
LOG_BYTES: Final = 256 * 1024
"""From this size on the log of errors begins anew."""

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


def _lenient(encoding: str) -> Callable[[], IncrementalDecoder]:
    """In place of `codecs.getincrementaldecoder`: makes decoders that replace what they cannot read."""
    return lambda: getincrementaldecoder(encoding)(errors="replace")


class HardenedDriver(linux_driver.LinuxDriver):
    """The terminal, without what a hostile one or a hostile hand could do through it."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # A process stopped inside a transaction would block everybody who writes.
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    @property
    def can_suspend(self) -> bool:
        """Never."""
        return False

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            # Of the terminal itself: COLUMNS and LINES of the environment are anybody's.
            return clamped(*os.get_terminal_size(self.fileno))
        except OSError:
            return 80, 24

    def process_message(self, message: Message) -> None:
        """Clamp sizes that the terminal itself reports."""
        if isinstance(message, events.Resize):
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
        super().run_input_thread()

    def open_url(self, url: str, new_tab: bool = True) -> None:  # noqa: FBT001, FBT002  Textual's own signature
        """Never."""

    def deliver_binary(self, *_args: Any, **_kwargs: Any) -> None:
        """Never."""


class HardenedApp(App[int], inherit_bindings=False):
    """An application of which nothing can be had that was not put into it.

    Args:
        home: the data folder; internal errors are written into a file there.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    NOTIFICATION_TIMEOUT = 6

    def __init__(self, home: Path) -> None:
        super().__init__()
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
        reference = f"E-{secrets.token_hex(2).upper()}"
        note_error(self._log_folder, reference, error)
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
    *(
        "screenshot",
        "suspend_process",
        "simulate_key",
        "notify",
        "change_theme",
        "toggle_dark",
        "command_palette",
        "help_quit",
        "bell",
        "focus",
    ),
    *("push_screen", "pop_screen", "switch_screen", "switch_mode", "back", "show_help_panel", "hide_help_panel"),
    *("add_class", "remove_class", "toggle_class"),
)
"""Actions of Textual's that nothing of ours uses, and that therefore do nothing."""

for _name in CLOSED_ACTIONS:
    setattr(HardenedApp, f"action_{_name}", _never)


def note_error(folder: Path, reference: str, error: BaseException | None) -> None:
    """Write where an error happened into a file for whoever looks after the machine: no message and no value, they may hold secrets."""
    from models import clock  # here, because nothing else in the driver needs the time

    lines = [f"{reference} {clock.rfc3339(clock.now())} {type(error).__name__ if error else 'unknown'}"]
    if error is not None:
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    path = folder / LOG_NAME
    try:
        anew = path.exists() and path.stat().st_size > LOG_BYTES
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if anew else os.O_APPEND)
        with os.fdopen(os.open(path, flags, LOG_MODE), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return  # a full or read-only disk: the reference on the screen is all there is
