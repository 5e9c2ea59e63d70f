"""What every error of ours is: it knows its words and its exit code."""

from __future__ import annotations

from typing import ClassVar, Final

from models.i18n import N_, _


class ShopstaffError(Exception):
    """What a person is told in one line.

    Args:
        facts: what fills the placeholders of `words`.
    """

    words: ClassVar[str] = N_("Something went wrong; nothing was changed.")
    exit_code: ClassVar[int] = 1

    def __init__(self, **facts: object) -> None:
        super().__init__(self.words, facts)
        self.facts: Final = facts

    def __str__(self) -> str:
        """The line, in the language in force."""
        return _(self.words).format(**self.facts)
