"""The terminal: who hangs up ends the program in order, what goes over the line is short, and keys are what the hand pressed.

What a hostile terminal or hand could do through it is closed in `tui.hardening`.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
import termios
import threading
from collections.abc import Iterable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, Final, TextIO, cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.message import Message

from tui.wire import Wire

ENDINGS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
"""Signals by which somebody hangs up or asks us to end; keys send none of them."""


LAST: Final = 1.8
"""Seconds from being told to end until the process ends whatever it is waiting for."""

AS_FOUND: Final = b"\x1b[?2026l\x1b[?2048l\x1b[?2004l\x1b[?1004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h"
"""Takes back every mode that a full screen sets."""


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


def _give_up(terminal: int) -> None:
    """Be gone, with the terminal as a shell wants it; what was not written by now is as if the power had failed."""
    with suppress(OSError, termios.error):
        attributes = termios.tcgetattr(terminal)
        attributes[0] |= termios.ICRNL | termios.IXON
        attributes[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
        termios.tcsetattr(terminal, termios.TCSANOW, attributes)
        os.write(terminal, AS_FOUND)
    os._exit(128 + signal.SIGTERM)


class TerminalDriver(linux_driver.LinuxDriver):
    """The terminal, as a slow line and a machine with other things to do want it."""

    def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # In place of the standard stream, which is what the stock writer is declared to write to.
        self._file = cast("TextIOWrapper", _Patient(cast("TextIOWrapper", self._file)))
        self._wire = Wire()
        self._last: threading.Timer | None = None

    def write(self, data: str) -> None:
        """Write, in fewer bytes."""
        if shorter := self._wire.shorten(data):
            super().write(shorter)

    def start_application_mode(self) -> None:
        """Take the terminal; whoever hangs up or asks us to end gets an end in order: session closed, terminal as it was found."""
        loop = asyncio.get_running_loop()
        for ending in ENDINGS:  # first, so that the terminal is never half taken
            loop.add_signal_handler(ending, self.hang_up)
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has not annotated it

    def hang_up(self) -> None:
        """End, in order if that is soon done; whatever some thread waits for, the process is gone in two seconds."""
        if self._last is None:
            self._last = threading.Timer(LAST, _give_up, (self.fileno,))
            self._last.daemon = True
            self._last.start()
        self._app.exit()

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            # Of the terminal itself: COLUMNS and LINES of the environment are anybody's.
            width, height = os.get_terminal_size(self.fileno)
        except OSError:
            width, height = 80, 24
        self._wire.forget((width, height))
        return width, height

    def process_message(self, message: Message) -> None:
        """What the terminal shows is not known any more once it has another size."""
        if isinstance(message, events.Resize):
            self._wire.forget((message.size.width, message.size.height))
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
        """Read keys, each as what it was for the hand that pressed it."""
        setattr(linux_driver, "XTermParser", KeysApart)  # noqa: B010  the stock method makes its parser by this name, which is no public one
        super().run_input_thread()
