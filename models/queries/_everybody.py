"""What everybody's grants amount to, all at once: a bit a person, so that ten thousand of them are judged in a moment.

The same as `rules.access` says of each, who is not active yet or frozen judged as if active; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from models import db
from models.catalogue import OPERATIONS, permissions
from models.queries import moments

_WORKING: Final = "s.status <> 'left' AND (s.leaves_at IS NULL OR s.leaves_at >= {reached})"

HOLDS: Final = "g.ended_at IS NULL AND g.since <= {now} AND (g.until IS NULL OR g.until >= {now})"
"""A grant `g` that holds now."""

_PEOPLE: Final = "SELECT s.id, s.post, s.is_owner FROM staff s WHERE {working}"
_BY_ROLE: Final = f"SELECT g.role_id, group_concat(g.staff_id) FROM role_grant g WHERE {HOLDS} AND {{whose}} GROUP BY g.role_id"  # noqa: S608  our own text only
_BY_EXTRA: Final = f"SELECT g.permission, group_concat(g.staff_id) FROM extra g WHERE {HOLDS} AND {{whose}} GROUP BY g.permission"  # noqa: S608  as above
_INSIDE: Final = "SELECT role_id, permission FROM role_permission"
_LAST: Final = "SELECT max(id) FROM staff"


def working(now: int) -> str:
    """Who has not left, as a condition on `staff s`; a departure whose day is over counts, whether or not anybody wrote it down."""
    return _WORKING.format(reached=int(moments.reached(now)))


class Everybody:
    """Who may do what at the moment `now`, among those who have not left.

    Args:
        only: the id of the one person to judge; None for everybody.

    Attributes:
        all: everybody; a set of people is a number whose bits are their ids.
    """

    def __init__(self, now: int, only: int | None = None) -> None:
        rows = db.rows(_PEOPLE.format(working=working(now) if only is None else f"s.id = {int(only)}"))
        self._bytes = int(db.rows(_LAST)[0][0] or 0) // 8 + 1
        self.all: Final = self._set(staff_id for staff_id, _post, _owner in rows)
        self._owner = self._set(staff_id for staff_id, _post, is_owner in rows if is_owner)
        self._operations = self._set(staff_id for staff_id, post, _owner in rows if post == OPERATIONS)
        texts = {"now": int(now), "whose": "1" if only is None else f"g.staff_id = {int(only)}"}
        given = {code: self._parsed(ids) for code, ids in db.rows(_BY_EXTRA.format(**texts))}
        holders = {role_id: self._parsed(ids) for role_id, ids in db.rows(_BY_ROLE.format(**texts))}
        for role_id, code in db.rows(_INSIDE):
            given[code] = given.get(code, 0) | holders.get(role_id, 0)
        self._may = {code: self._judged(code, given.get(code, 0)) for code in permissions()}

    def _set(self, ids: Iterable[int]) -> int:
        bits = bytearray(self._bytes)
        for staff_id in ids:
            bits[staff_id >> 3] |= 1 << (staff_id & 7)
        return int.from_bytes(bits, "little")

    def _parsed(self, ids: str) -> int:
        return self._set(map(int, ids.split(",")))

    def _judged(self, code: str, given: int) -> int:
        """The owner holds everything; the post is a ceiling; what is the owner's alone is in no grant."""
        permission = permissions()[code]
        if permission.owner_only:
            return self._owner
        return (given & self.all & (self._operations if permission.post == OPERATIONS else self.all)) | self._owner

    def may(self, code: str) -> int:
        """The set of those who may."""
        return self._may[code]

    def counts(self, codes: Iterable[str]) -> dict[int, int]:
        """How many of `codes` each person may, by id; who may none is left out."""
        found: dict[int, int] = {}
        for code in codes:
            for staff_id in members(self._may[code]):
                found[staff_id] = found.get(staff_id, 0) + 1
        return found


def members(people: int) -> list[int]:
    """The ids in a set of people, rising."""
    return [place for place, bit in enumerate(f"{people:b}"[::-1]) if bit == "1"]
