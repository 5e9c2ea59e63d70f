"""Which accounts are one person's, as far as profiles tell, those of the last months included."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from models import db
from models.rules.identity import FIELDS, STILL, Mark, mark, together
from models.sqlite import LISTED

_NOW: Final = f"SELECT id, {', '.join(FIELDS)} FROM staff WHERE id IN {LISTED}"  # noqa: S608  our own text only
_OWN: Final = (
    "SELECT object_id, at, old FROM audit_entry WHERE action = 'staff.edit' AND object_kind = 'staff' AND object_id = ? AND at >= ?"
)
# The + keeps SQLite from going through everything that was ever done to each of them, by the index of what entries are about.
_ONCE: Final = f"""
    SELECT object_id, at, old FROM audit_entry WHERE action = 'staff.edit' AND at >= ? AND +object_kind = 'staff' AND +object_id IN {LISTED}
"""  # noqa: S608  our own text only


def of(staff_id: int, since: int, among: Collection[int]) -> dict[int, int]:
    """Which of the accounts `among` are the person's behind one, each with the last moment at which that still shows; UTC microseconds.

    Args:
        since: from when on what an account once had still counts, UTC microseconds. What stood in a profile at that moment and was
            changed later is an old value of that change, so entries from then on tell all of it.
        among: of whom it is asked; people who left can be among them.
    """
    own = list(_told(db.rows(_NOW, (json.dumps([staff_id]),)), db.rows(_OWN, (staff_id, since))))
    if not own:
        return {staff_id: STILL} if staff_id in among else {}
    asked = frozenset(among) - {staff_id}
    others = json.dumps(list(asked))
    found = together(staff_id, [*own, *_told(db.rows(_NOW, (others,)), db.rows(_ONCE, (since, others)))])
    return {account: at for account, at in found.items() if account in among}


def _told(now: Iterable[Sequence[Any]], once: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Mark, int]]:
    """What accounts have, and had until when."""
    for account, *values in now:
        yield from _marks(account, dict(zip(FIELDS, values, strict=True)), STILL)
    for account, at, old in once:
        with suppress(ValueError, AttributeError, TypeError):  # an entry that was damaged tells nothing
            yield from _marks(account, json.loads(old), at)


def _marks(account: int, profile: dict[str, str], at: int) -> Iterator[tuple[int, Mark, int]]:
    for field in FIELDS:
        if (found := mark(field, profile.get(field, ""))) is not None:
            yield account, found, at
