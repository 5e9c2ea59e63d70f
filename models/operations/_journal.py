"""Writing the log, inside the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models import anchors, clock, db, entry_sql
from models.actor import Actor
from models.entry_sql import Entry, Thing, Values

__all__ = ["Entry", "Journal", "Thing", "Values", "moment", "write"]


_ANCHORED: Final = frozenset({"session.start", "session.end", "audit.accept"})
"""Acts after which the head of the log is always kept beside the database."""


def moment(us: int | None) -> str | None:
    """A moment as the log writes it, RFC 3339 in UTC; None for no end."""
    return clock.rfc3339_if(us)


def write(actor: Actor, now: int, entries: list[Entry]) -> None:
    """Append `entries` to the chain. A transaction is open, so no other writer can take the numbers."""
    entry_sql.append(db.rows, db.write_many, actor, now, entries)
    db.afterwards(anchors.keep, now=any(entry.action in _ANCHORED for entry in entries))


class Journal:
    """What an operation tells of itself; written when it ends.

    Attributes:
        actor: who acts.
        now: the moment of the act, UTC microseconds: one for the whole transaction.
        held: what the actor may use now, each code with its last instant.
        subject: what the act is about, as soon as that is known: a refusal names it.
    """

    def __init__(self, actor: Actor, now: int, held: Mapping[str, int | None]) -> None:
        self.actor = actor
        self.now: Final = now
        self.held: Final = held
        self.subject: Thing | None = None
        self.entries: Final[list[Entry]] = []

    def record(self, action: str, thing: Thing, *, old: Values | None = None, new: Values | None = None) -> None:
        """Tell one act. No secret may be in `old` or `new`.

        Raises:
            KeyError: the action is not in the vocabulary.
        """
        self.entries.append(entry_sql.entry(action, thing, old=old, new=new))
