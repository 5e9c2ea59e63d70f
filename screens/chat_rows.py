"""Conversations, and what was found in them, as rows of lists; what is said of how long a customer waits."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

from models import clock
from models.clock import DAY, HOUR, MINUTE
from models.i18n import N_, _
from models.operations.chat_reading import Hit
from models.queries.chats import ConversationRow, Listing
from screens.chat_lines import BARS, around
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

WAITS: Final = "◆"
"""The mark of a conversation in which the customer waits for an answer."""

AROUND: Final = 100
"""Rows above and below the cursor that are compared to tell whether a list on the screen is another: more are never in view."""

_AHEAD: Final = 16  # cells of a message that are shown in front of what was found in it
_SNIPPET: Final = 160  # characters behind that: no list is wider


def columns(*, beyond: bool) -> tuple[Column, ...]:
    """The columns of a list of conversations.

    Args:
        beyond: whether colleagues' are among them, so that it is to be said whose each is.
    """
    whose = [Column("colleague", N_("Colleague"), least=7, keep=5)] if beyond else []
    return (
        Column("mark", width=1, keep=ALWAYS),
        Column("customer", N_("Customer"), keep=ALWAYS, least=8, flex=2),
        *whose,
        Column("last", N_("Last"), width=5, align="right", keep=ALWAYS),
        Column("waits", N_("Waits"), width=6, align="right", keep=2),
    )


def hit_columns(*, beyond: bool) -> tuple[Column, ...]:
    """The columns of what a search found."""
    whose = [Column("colleague", N_("Colleague"), width=9, keep=4)] if beyond else []
    return (
        Column("when", N_("When"), width=5, align="right", keep=ALWAYS),
        Column("customer", N_("Customer"), width=10, keep=5),
        *whose,
        Column("text", N_("What was written"), keep=ALWAYS, least=16),
    )


class Conversations:
    """The conversations of a listing as rows.

    Args:
        listing: what a filter let through.
        zone: the shop's time zone.
        beyond: whether it is said whose each is.
    """

    def __init__(self, listing: Listing, zone: str, *, beyond: bool) -> None:
        self._listing, self._zone, self._beyond = listing, zone, beyond
        self._shown: dict[Key, ConversationRow] = {}

    def count(self) -> int:
        """How many rows there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        found = self._listing.window(offset, limit)
        self._shown = {row.id: row for row in found}
        now = clock.now()
        return [self._row(row, now) for row in found]

    def position(self, key: Key) -> int | None:
        """Where the row with that key is now, counted from 0; None if it is gone."""
        return self._listing.position(key)

    def conversation(self, key: Key | None) -> ConversationRow | None:
        """A conversation of the window that was read last."""
        return None if key is None else self._shown.get(key)

    def picture(self, cursor: int) -> tuple[object, ...]:
        """What a screen with the cursor there shows, for telling whether it is another than it was."""
        now = clock.now()
        found = self._listing.window(max(0, cursor - AROUND), 2 * AROUND)
        return (self.count(), *((row, waits(row.waiting_since, now)) for row in found))

    def _row(self, row: ConversationRow, now: int) -> Row:
        mark = "" if row.waiting_since is None else words.plain(WAITS, "$text-warning")
        whose = [_("you") if row.is_own else row.name] if self._beyond else []
        return Row(row.id, (mark, row.customer, *whose, when(row.last_at, now, self._zone), waits(row.waiting_since, now)))


class Hits:
    """What a search has found so far, as rows: the newest first, more as one comes near to the end.

    Args:
        wanted: the words that were looked for, as they are compared.
    """

    def __init__(self, wanted: Sequence[str], zone: str, *, beyond: bool) -> None:
        self.found: list[Hit] = []
        self._wanted, self._zone, self._beyond = wanted, zone, beyond

    def add(self, hits: Iterable[Hit]) -> None:
        """Put what was found further back behind what is there."""
        self.found += hits

    def keep(self, conversations: Container[int]) -> None:
        """Forget what was found in others."""
        self.found = [hit for hit in self.found if hit.conversation_id in conversations]

    def count(self) -> int:
        """How many were found so far."""
        return len(self.found)

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        now = clock.now()
        return [self._row(hit, now) for hit in self.found[offset : offset + limit]]

    def position(self, key: Key) -> int | None:
        """Where the message with that id stands."""
        return next((place for place, hit in enumerate(self.found) if hit.message_id == key), None)

    def hit(self, place: int) -> Hit | None:
        """The one in a row."""
        return self.found[place] if 0 <= place < len(self.found) else None

    def _row(self, hit: Hit, now: int) -> Row:
        whose = [hit.name] if self._beyond else []
        said = words.join(BARS.get(hit.sender, ""), around(hit.text, self._wanted, _AHEAD, _SNIPPET))
        return Row(hit.message_id, (when(hit.at, now, self._zone), hit.customer, *whose, said))


def when(us: int, now: int, zone: str) -> str:
    """A moment in five cells: the time where it is today, the day where it is this year, else the year."""
    moment, today = clock.minute(us, zone), clock.day(now, zone)
    if moment[:10] == today:
        return moment[11:]
    return moment[5:10] if moment[:4] == today[:4] else moment[:4]


def waits(since: int | None, now: int) -> str:
    """For how long a customer waits, in few cells; "" for one who does not."""
    if since is None:
        return ""
    apart = max(0, now - since)
    if apart < HOUR:
        return _("{n} min").format(n=apart // MINUTE)
    return _("{n} h").format(n=apart // HOUR) if apart < 2 * DAY else _("{n} d").format(n=apart // DAY)
