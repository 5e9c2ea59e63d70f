"""Requests that wait for somebody's decision, and what deciding would change."""

from __future__ import annotations

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.clock import DAY
from models.errors import SamePerson
from models.queries import access, due, identity, moments, requests, roles, shop
from models.queries._reading import may_read
from models.queries.access import Preview
from models.queries.asking import codes_of, end_given, person_of, subject_of
from models.queries.requests import PERMISSION, RequestRow
from models.rules import requests as rules
from models.rules.access import potential
from models.rules.delegation import Held, within_reach
from models.rules.identity import REMEMBERED


def waiting(actor: Actor) -> tuple[RequestRow, ...]:
    """What the actor may decide on now, the oldest first; pairs of permissions that are kept apart are judged when it is approved.

    Raises:
        NotAllowed, SessionEnded: as every read; it takes `staff.manage`.
    """
    return waiting_for(actor, may_read(actor, PERMISSION))


def waiting_for(actor: Actor, held: Held) -> tuple[RequestRow, ...]:
    """The same for whoever was let read already, and holds `held`."""
    if not db.rows("SELECT 1 FROM request WHERE status = 'open' LIMIT 1"):
        return ()
    now = clock.now()
    reach = due.within_reach(held, now)
    where, parameters = f"{{live}} AND s.id <> ? AND {reach.sql}", (actor.staff_id or 0, *reach.parameters)
    found = requests.rows(where, parameters, moments.reached(now), "ORDER BY q.asked_at, q.id")
    if found:
        inside = roles.content()
        found = [row for row in found if (codes := codes_of(row, inside)) is not None and codes <= held.keys()]
    return tuple(_of_others(actor, found))


def _of_others(actor: Actor, found: list[RequestRow]) -> list[RequestRow]:
    """Without those that the actor made from another account."""
    if actor.staff_id is None or not found:
        return found
    begin = min(row.asked_at for row in found) - REMEMBERED * DAY
    own = identity.of(actor.staff_id, begin, {row.staff_id for row in found})
    return [row for row in found if row.staff_id not in own or own[row.staff_id] < row.asked_at - REMEMBERED * DAY]


def is_own(actor: Actor, row: RequestRow) -> bool:
    """Whether it was the actor who asked, from whichever account; the operator at the machine has none."""
    return not _of_others(actor, [row])


def to_decide(actor: Actor, request_id: int) -> RequestRow:
    """One request that the actor may decide on now.

    Raises:
        RequestGone: it does not wait for an answer any more.
        SamePerson, OutOfReach: it is not the actor's to decide on.
        NotAllowed, SessionEnded: as every read; it takes `staff.manage`.
    """
    held = may_read(actor, PERMISSION)
    row = requests.opened(request_id, clock.now())
    judge(actor, held, row)
    return row


def judge(actor: Actor, held: Held, row: RequestRow) -> None:
    """Refuse whoever may not decide on a request.

    Args:
        held: what the actor may use now.

    Raises:
        SamePerson: the actor asked for it, from this account or another.
        OutOfReach: the person, or what was asked for, reaches further than the actor's own access.
    """
    if is_own(actor, row):
        raise SamePerson
    person, holdings = person_of(row.staff_id)
    within_reach(held, potential(person, holdings, permissions(), clock.now()))
    within_reach(held, subject_of(row).codes)


def preview(actor: Actor, request_id: int, until: int | None = None) -> Preview:
    """What approving a request would change.

    Args:
        until: the end that it would have, UTC microseconds; None for the one that was asked for.

    Raises:
        HeldAlready, PostBars: there is nothing to give any more.
        UntilTooLate: the actor does not hold it that long.
        Invalid: as `operations.requests.approve`; likewise what else that refuses.
        RequestGone, SamePerson, OutOfReach, NotAllowed, SessionEnded: as `to_decide`.
    """
    row, now = to_decide(actor, request_id), clock.now()
    end = end_given(until, row.days, now, shop.zone())
    subject = subject_of(row)
    rules.askable(*person_of(row.staff_id), subject, end, now)
    return access.preview_change(actor, row.staff_id, subject.change(end))
