"""What tests of operations ask after every act: what the log says, and that a refusal changed nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import pytest

from models import db
from models.errors import ShopstaffError, Unauthorised

E = TypeVar("E", bound=ShopstaffError)

TABLES = (
    "shop",
    "department",
    "staff",
    "credential",
    "one_time_code",
    "session",
    "role",
    "role_permission",
    "role_grant",
    "extra",
    "device",
    "request",
    "seat",
    "separation",
)


class Entry(NamedTuple):
    """An entry of the log, as far as tests compare it."""

    actor: str
    action: str
    label: str
    old: dict[str, object]
    new: dict[str, object]


def entries(since: int = 0) -> list[Entry]:
    """The log from a number on, oldest first."""
    found = db.rows("SELECT actor, action, object_label, old, new FROM audit_entry WHERE seq > ? ORDER BY seq", (since,))
    return [Entry(actor, action, label, json.loads(old or "{}"), json.loads(new or "{}")) for actor, action, label, old, new in found]


def newest() -> int:
    """The number of the newest entry."""
    ((seq,),) = db.rows("SELECT coalesce(max(seq), 0) FROM audit_entry")
    return int(seq)


def recorded(act: Callable[[], object]) -> list[Entry]:
    """Do it; what it recorded."""
    before = newest()
    act()
    return entries(before)


def refused(act: Callable[[], object], kind: type[E]) -> E:
    """The refusal of an act that changed nothing. Trying what one may not is itself an entry; every other refusal leaves none."""
    before, seq = state(), newest()
    with pytest.raises(kind) as caught:
        act()
    assert type(caught.value) is kind
    assert state() == before
    told = entries(seq)
    if issubclass(kind, Unauthorised):
        (entry,) = told
        assert (entry.action, entry.new["because"]) == ("act.refuse", kind.__name__)
    else:
        assert told == []
    return caught.value


def state() -> dict[str, list[tuple[object, ...]]]:
    """Everything in the shop but its log."""
    return {table: db.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
