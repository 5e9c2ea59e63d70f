"""Which accounts are one person's, as far as profiles tell, those of the last months included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from models import db
from models.rules.identity import FIELDS, Mark, accounts_of, mark

_NOW: Final = f"SELECT id, {', '.join(FIELDS)} FROM staff"  # noqa: S608  our own text only
_ONCE: Final = "SELECT object_id, old FROM audit_entry WHERE action = 'staff.edit' AND at >= ?"


def of(staff_id: int, since: int) -> frozenset[int]:
    """The ids of every account of the person behind one, itself included, and those of people who left.

    Args:
        since: from when on what an account once had still counts, UTC microseconds. What stood in a profile at that moment and was
            changed later is an old value of that change, so entries from then on tell all of it.
    """
    return accounts_of(staff_id, _marked(since))


def _marked(since: int) -> Iterator[tuple[int, Mark]]:
    for account, *values in db.rows(_NOW):
        yield from _told(account, dict(zip(FIELDS, values, strict=True)))
    for account, old in db.rows(_ONCE, (since,)):
        with suppress(ValueError, AttributeError, TypeError):  # an entry that was damaged tells nothing
            yield from _told(account, json.loads(old))


def _told(account: int, profile: dict[str, str]) -> Iterator[tuple[int, Mark]]:
    for field in FIELDS:
        if (found := mark(field, profile.get(field, ""))) is not None:
            yield account, found
