"""Standing in for a colleague, and taking over from one: what would pass, before it does. It takes `staff.manage`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from models import clock, db
from models.actor import Actor
from models.errors import Stale
from models.i18n import _
from models.queries import handing_over, reach
from models.queries._reading import may_read
from models.queries.handing_over import HandedOver
from models.rules.grants import AccessChange
from models.rules.succession import Held, giving, passed_on

_HELD: Final = """
    SELECT g.role_id, '', g.since, g.until, g.stands_for_id FROM role_grant g WHERE g.staff_id = ?1 AND g.ended_at IS NULL
    UNION ALL
    SELECT NULL, e.permission, e.since, e.until, e.stands_for_id FROM extra e WHERE e.staff_id = ?1 AND e.ended_at IS NULL
    ORDER BY 1, 2
"""


def held(staff_id: int) -> tuple[Held, ...]:
    """What was given to a person and not taken back."""
    return tuple(Held(*row) for row in db.rows(_HELD, (staff_id,)))


def chosen(staff_id: int, role_ids: Collection[int], extras: Collection[str], now: int) -> tuple[Held, ...]:
    """Those roles and extras of a person.

    Raises:
        Stale: they do not hold one of them (any more).
    """
    found = tuple(each for each in held(staff_id) if each.holds(now) and (each.role_id in role_ids or each.permission in extras))
    if len(found) != len({*role_ids}) + len({*extras}):
        raise Stale(_("What the colleague holds"))
    return found


def stand_in(
    actor: Actor, absent_id: int, stand_in_id: int, role_ids: Collection[int], extras: Collection[str], until: int
) -> AccessChange:
    """What standing in would change for the one who stands in; nothing in it where they hold all of that as long already.

    Args:
        role_ids: of roles that the absent colleague holds; `extras` are codes likewise.
        until: the last instant, UTC microseconds.

    Raises:
        Stale: the absent colleague does not hold one of them.
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.manage")
    now = clock.now()
    return giving(passed_on(chosen(absent_id, role_ids, extras, now), held(stand_in_id), now, until))


def heads(actor: Actor, staff_id: int) -> tuple[str, ...]:
    """Paths of the departments that pass to whoever takes over from a person.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.manage")
    return reach.headed(staff_id)


def conversations(actor: Actor, staff_id: int) -> HandedOver:
    """A person's conversations with customers, which pass to nobody, and who reads them once they have left.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.manage")
    return handing_over.of(staff_id, clock.now())


def replacement(actor: Actor, former_id: int, successor_id: int) -> AccessChange:
    """What taking over everything would change for the successor.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.manage")
    return giving(passed_on(held(former_id), held(successor_id), clock.now()))
