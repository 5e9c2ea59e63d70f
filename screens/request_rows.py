"""Requests in words: what was asked for, for how long, and what became of it."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from models import clock
from models.catalogue import permissions, post_label
from models.explain import end_words
from models.i18n import N_, _, ngettext
from models.queries.requests import APPROVED, DECLINED, LAPSED, OPEN, WITHDRAWN, Listing, RequestRow
from screens.home_rows import ago
from screens.preview_rows import SEPARATOR
from screens.widgets import words
from screens.widgets.list_rows import Cell
from screens.widgets.list_view import Key, Row

WIDE: Final = 58
"""Cells of a line in a dialog, beside its border and a scroll bar."""

_MARKS: Final = {OPEN: "…", APPROVED: words.MAY, DECLINED: words.MAY_NOT, WITHDRAWN: words.LEFT, LAPSED: words.LEFT}
_STYLES: Final = {APPROVED: "$text-success", DECLINED: "$text-warning"}
_SAID: Final = {
    OPEN: N_("waits for an answer"),
    APPROVED: N_("approved by {by}, {end}"),
    DECLINED: N_("declined by {by}: {word}"),
    WITHDRAWN: N_("withdrawn"),
    LAPSED: N_("lapsed without an answer"),
}


def mark(row: RequestRow) -> Content:
    """…✓✗–: the mark means it, the colour only helps."""
    return words.plain(_MARKS[row.status], _STYLES.get(row.status, ""))


def what(row: RequestRow) -> str:
    """What was asked for: "role Design", or a permission with ▲ where that is high-risk."""
    if row.role_id is not None:
        return _("role {role}").format(role=row.label)
    known = permissions().get(row.key)
    return f"{row.label} {words.HIGH_RISK}" if known is not None and known.high_risk else row.label


def days_words(number: int) -> str:
    """For how long."""
    return ngettext("{n} day", "{n} days", number).format(n=number)


def answer(row: RequestRow, zone: str) -> str:
    """What became of it."""
    return _(_SAID[row.status]).format(by=row.decided_by, end=end_words(row.until, zone), word=row.word)


def detail(row: RequestRow, zone: str) -> list[str]:
    """Everything about a request, in lines as wide as a dialog, which thereby knows whether there is something to scroll."""
    return [piece for line in _facts(row, zone) for piece in words.wrap(line, WIDE)]


def _facts(row: RequestRow, zone: str) -> list[str]:
    lines = [
        _("Asked for: {what}").format(what=what(row)),
        _("By: {who}").format(who=SEPARATOR.join([f"{row.name} ({row.login})", post_label(row.post)])),
        _("For: {days}").format(days=days_words(row.days)),
        _("On: {moment} ({distance})").format(moment=clock.minute(row.asked_at, zone), distance=ago(row.asked_at)),
        _("Reason: {reason}").format(reason=row.reason),
        _("Answer: {answer}").format(answer=answer(row, zone)),
    ]
    if row.decided_at is not None:
        lines.append(_("Settled: {moment} ({distance})").format(moment=clock.minute(row.decided_at, zone), distance=ago(row.decided_at)))
    return lines


class RequestSource:
    """The requests of a listing as rows: a mark, what, when, for how long, what became of it.

    Args:
        whose: whether to say who asked.
    """

    def __init__(self, listing: Listing, zone: str, *, whose: bool) -> None:
        self._listing = listing
        self._zone = zone
        self._whose = whose
        self._read: dict[Key, RequestRow] = {}

    def count(self) -> int:
        """How many there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        found = self._listing.window(offset, limit)
        self._read = {row.id: row for row in found}
        return [self._row(row) for row in found]

    def position(self, key: Key) -> int | None:
        """Where a request stands."""
        return self._listing.position(key)

    def request(self, key: Key | None) -> RequestRow | None:
        """A request of the window that was read last."""
        return None if key is None else self._read.get(key)

    def _row(self, row: RequestRow) -> Row:
        who: tuple[Cell, ...] = (row.name,) if self._whose else ()
        asked = clock.day(row.asked_at, self._zone)
        cells = (mark(row), *who, what(row), asked, days_words(row.days), answer(row, self._zone))
        return Row(row.id, cells, dim=row.status in {WITHDRAWN, LAPSED})
