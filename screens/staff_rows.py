"""People as rows of a list: read window by window, so that ten thousand cost as much as a hundred."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from models import clock
from models.catalogue import ACTIVE, FROZEN, INVITED, LEFT, post_label
from models.i18n import N_, _
from models.queries.staff import Listing, StaffRow
from models.rules.departments import SEPARATOR
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

COLUMNS: Final = (
    Column("status", width=1, keep=ALWAYS),
    Column("login", N_("Login"), width=14, sortable=True, keep=ALWAYS),
    Column("name", N_("Name"), least=12, sortable=True, keep=ALWAYS, flex=3),
    Column("department", N_("Department"), least=12, sortable=True, keep=8, flex=3),
    Column("roles", N_("Roles"), least=14, keep=7, flex=4),
    Column("post", N_("Post"), width=16, keep=6),
    Column("signed_in", N_("Signed in"), width=10, sortable=True, keep=5),
    Column("number", N_("Number"), width=10, keep=4),
)
"""What is known of a person in one line; where it is narrow, the last one goes first."""

_STYLES: Final = {ACTIVE: "$text-success", INVITED: "", FROZEN: "$text-warning", LEFT: ""}


def status_mark(status: str) -> Content:
    """●○◐–: the mark means it, the colour only helps."""
    return words.plain(words.STATUS_MARKS[status], _STYLES[status])


def called(name: str, nickname: str) -> str:
    """A person's name with the one they go by."""
    return f"{name} ({nickname})" if nickname else name


def leaves_words(leaves_at: int, zone: str) -> str:
    """When somebody leaves: "2026-12-31 (in 40 days)"."""
    return _("{day} ({distance})").format(day=clock.day(leaves_at, zone), distance=clock.distance(leaves_at))


class StaffSource:
    """The people of a listing as rows.

    Args:
        zone: the shop's time zone.
    """

    def __init__(self, listing: Listing, zone: str) -> None:
        self._listing = listing
        self._zone = zone
        self._people: dict[Key, StaffRow] = {}

    def count(self) -> int:
        """How many there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        found = self._listing.window(offset, limit)
        self._people = {person.id: person for person in found}
        return [self._row(person) for person in found]

    def position(self, key: Key) -> int | None:
        """Where a person stands."""
        return self._listing.position(key)

    def person(self, key: Key | None) -> StaffRow | None:
        """A person of the window that was read last."""
        return None if key is None else self._people.get(key)

    def _row(self, person: StaffRow) -> Row:
        roles = _("owner") if person.is_owner else _(", ").join(person.roles)
        if person.leaves_at is not None:
            roles = " · ".join(filter(None, (_("leaves {day}").format(day=leaves_words(person.leaves_at, self._zone)), roles)))
        signed_in = clock.day(person.signed_in_at, self._zone) if person.signed_in_at is not None else ""
        name = called(person.name, person.nickname)
        cells = (status_mark(person.status), person.login, name, person.department.rpartition(SEPARATOR)[2], roles)
        return Row(person.id, (*cells, post_label(person.post), signed_in, person.number), dim=person.status == LEFT)
