"""What the tests of the sample shop's life ask again and again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from models import clock, db
from models.actor import Actor
from models.operations import sessions
from tui import sample

HAN = re.compile("[\u4e00-\u9fff]")


@contextmanager
def signed_in_as(login: str) -> Iterator[Actor]:
    """One of the accounts that the sign-in screen shows."""
    actor = sessions.sign_in(Actor.stranger(), login, sample.PASSWORDS[login])
    yield actor
    sessions.sign_out(actor)


@contextmanager
def at_hour(hour: float, day: date = date(2026, 3, 2)) -> Iterator[None]:
    """Within it, it is so many hours after the midnight with which a day begins."""
    midnight = clock.start_of_day(day.isoformat(), clock.HOME_ZONE)
    clock.set_clock(lambda: midnight + round(hour * clock.HOUR))
    try:
        yield
    finally:
        clock.set_clock(None)


def acts() -> list[tuple[int, str, str, str, dict[str, Any]]]:
    """Acts in other programs: when, who, whether they might, the permission, what was told."""
    found = db.rows("SELECT at, actor, action, object_label, new FROM audit_entry WHERE object_kind = 'permission' ORDER BY seq")
    return [(at, actor, action, code, json.loads(new)) for at, actor, action, code, new in found]


def newest(action: str) -> dict[str, Any]:
    """What the last entry of an action tells."""
    ((new,),) = db.rows("SELECT new FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1", (action,))
    told: dict[str, Any] = json.loads(new)
    return told
