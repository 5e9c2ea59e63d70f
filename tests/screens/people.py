"""A shop with a handful of people in every state, for tests of the screens about people."""

from __future__ import annotations

from typing import Any, Final

from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.operations import departments, staff as operations
from models.operations.staff import Profile
from models.queries import activity, staff as queries, standing
from screens.sections import OWNER
from tests.factories import AGELESS, DAY, Founded
from tests.screens.look import settle

NOON: Final = 1_772_337_600_000_000
"""2026-03-01 12:00 in Shanghai, UTC microseconds."""


def peopled(shop: Founded) -> Founded:
    """Names in two scripts, every status, one night shift; the clock stands at noon."""
    clock.set_clock(lambda: NOON)
    db.database.execute_sql("UPDATE session SET started_at = ?1, seen_at = ?1, proved_at = ?1", (NOON + AGELESS,))
    db.database.execute_sql("INSERT INTO setting (name, value) SELECT 'clock_from', max(seq) FROM audit_entry")  # it was founded later
    night = departments.add(shop.owner, "Night shift", 1)
    shop.person("alice", name="Alice Wang", gave=["manager"], department_id=2)
    shop.person("zhangsan", name="张三", post="service", gave=["customer_service"], department_id=1)
    shop.person("bob", name="Bob Zhao", post="service", gave=["customer_service"], department_id=night)
    shop.person("carol", name="Carol Li 李卡", post="service", gave=["service_lead", "operations"], department_id=1)
    shop.person("dave", name="Dave", gave=["warehouse"], status="invited")
    shop.person("gone", name="Gone Girl", gave=["finance"])
    operations.edit(shop.owner, shop.id_of("zhangsan"), 1, Profile("张三", "小张", "A-007", "13800138000", "zs@example.com"))
    operations.freeze(shop.owner, shop.id_of("bob"))
    operations.leave(shop.owner, shop.id_of("gone"))
    db.database.execute_sql("UPDATE staff SET signed_in_at = ? WHERE login = 'carol'", (NOON - 3 * DAY,))
    db.database.execute_sql("UPDATE credential SET changed_at = ?", (NOON,))  # the owner's, too, and not of the day of the test
    return shop


def may(actor: Actor) -> set[str]:
    """What the actor really holds, and whether it is the owner."""
    return {*activity.held(actor), *({OWNER} if standing.of(actor).is_owner else ())}


def status(shop: Founded, login: str) -> str:
    """Of a person now."""
    return queries.detail(shop.console, shop.id_of(login)).status


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys one after the other; `"type:…"` types."""
    for key in keys:
        for each in key.removeprefix("type:") if key.startswith("type:") else [key]:
            await pilot.press("space" if each == " " else each)
        await settle(pilot)
