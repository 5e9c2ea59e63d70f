"""What a check found: fine, to be looked at, or wrong, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from models.errors import ShopstaffError
from models.i18n import _

FINE: Final = "fine"
LOOK: Final = "look"
WRONG: Final = "wrong"


class Sentence(NamedTuple):
    """A marked sentence and what fills it, to be said in whatever language is in force by then."""

    words: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        return _(self.words).format(**self.facts)


class Finding(NamedTuple):
    """One line of what is found.

    Attributes:
        verdict: FINE, LOOK or WRONG.
        about: what was looked at, a marked word or two.
        todo: what to do; None where there is nothing to do.
    """

    verdict: str
    about: str
    found: Sentence | ShopstaffError
    todo: Sentence | None = None


def fine(about: str, found: str, /, **facts: object) -> Finding:
    """Nothing to do."""
    return Finding(FINE, about, Sentence(found, facts))


def look(about: str, found: str, todo: str, /, **facts: object) -> Finding:
    """Nothing is broken or open by it, and somebody should know."""
    return Finding(LOOK, about, Sentence(found, facts), Sentence(todo, facts))


def wrong(about: str, found: str, todo: str, /, **facts: object) -> Finding:
    """It has to be set right."""
    return Finding(WRONG, about, Sentence(found, facts), Sentence(todo, facts))


def softened(findings: Iterable[Finding]) -> list[Finding]:
    """The same, with nothing wrong among them: what they are about is not in use."""
    return [each._replace(verdict=LOOK) if each.verdict == WRONG else each for each in findings]
