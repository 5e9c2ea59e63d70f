"""The program at a screen with a QR code on it, and words and a field beside; in a terminal by `python -m tests.screens.code_shown`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from screens.base import BareScreen
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.qr import QrCode
from tests.screens.conftest import AroundOneScreen

LONGEST = 106
"""Bytes of a code that the smallest terminal has room for."""


def uri(length: int = LONGEST) -> str:
    """As many bytes of what the app on a phone reads."""
    return f"otpauth://totp/little-shop:alice?secret={'JBSWY3DPEHPK3PXP' * 5}"[:length]


class CodeShown(BareScreen):
    """A QR code, with words and a field beside it."""

    CSS = "CodeShown Vertical { width: 1fr; padding: 0 1; }"

    def __init__(self, text: str | None = None) -> None:
        super().__init__()
        self._text = uri() if text is None else text

    def heading(self) -> str:
        """What is shown."""
        return "Second factor"

    def compose_content(self) -> ComposeResult:
        """The code on the left."""
        with Horizontal():
            yield QrCode(self._text)
            with Vertical():
                yield Static(words.plain("JBSW Y3DP EHPK 3PXP\n扫一扫"))
                yield Entry()

    def on_mount(self) -> None:
        """Type."""
        self.query_one(Entry).focus()

    @property
    def code(self) -> QrCode:
        """The QR code."""
        return self.query_one(QrCode)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        AroundOneScreen(Path(folder), lambda: CodeShown(sys.argv[1]), set()).run()
