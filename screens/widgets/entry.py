"""A line to type into: Textual's Input, quiet and safe."""

from __future__ import annotations

from textual.widgets import Input


class Entry(Input):
    """A line to type into.

    It does not blink (that writes to the terminal for as long as nobody does anything), and the clipboard gets no password: copying
    goes through the terminal, which may keep it or hand it on.
    """

    DEFAULT_CSS = """
    Entry { border: none; height: 1; padding: 0 1; background: $surface; color: $foreground; width: 1fr; }
    Entry:focus { border: none; background: $panel; background-tint: $foreground 0%; }
    Entry:ansi { text-style: underline; }
    Entry > .input--cursor { text-style: reverse; background: $background; color: $foreground; }
    Entry > .input--selection { background: $accent 40%; }
    """

    def __init__(
        self, value: str = "", *, placeholder: str = "", password: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(value, placeholder=placeholder, password=password, id=id, classes=classes, select_on_focus=False)
        self.cursor_blink = False

    def action_copy(self) -> None:
        """Copy what is selected, unless it is a password."""
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Cut what is selected, unless it is a password."""
        if not self.password:
            super().action_cut()
