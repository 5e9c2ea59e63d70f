"""What became of what was typed: it is being looked at, or it was refused."""

from __future__ import annotations

from screens.widgets import words
from screens.widgets.said import Said


class Verdict(Said):
    """A line below a form, empty until there is something to say."""

    DEFAULT_CSS = """
    Verdict { height: auto; width: 100%; padding: 0 1; }
    """

    def wait(self, text: str) -> None:
        """Say what is under way; already translated."""
        self.update(words.plain(text, "$text-muted"))

    def refuse(self, text: str) -> None:
        """Say why not, already translated; names in it are data and safe."""
        self.update(words.plain(f"{words.MAY_NOT} {text}", "$text-error"))

    def clear(self) -> None:
        """Say nothing."""
        self.update("")
