"""What somebody may ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from models import access_sql, clock, db, text
from models.actor import Actor
from models.catalogue import closure, permissions, preset_roles, role_label
from models.errors import Invalid, Refusal, Unknown
from models.i18n import N_
from models.queries import requests, roles, shop
from models.queries._reading import may_read
from models.queries.requests import RequestRow
from models.rules import requests as rules
from models.rules.access import Holding, Person
from models.rules.requests import Subject

_ROLES: Final = "SELECT id, code, name FROM role WHERE closed_at IS NULL AND id = coalesce(?, id)"


class Offer(NamedTuple):
    """Something that one may ask for.

    Attributes:
        until: its last instant where one has it now and it ends; None where one does not.
    """

    subject: Subject
    label: str
    until: int | None


def end(number: int, now: int, zone: str) -> int:
    """The last instant of the day that is `number` days after today, UTC microseconds.

    Args:
        zone: the shop's time zone.
    """
    day = date.fromisoformat(clock.day(now, zone)) + timedelta(days=number)
    return clock.end_of_day(day.isoformat(), zone)


def end_given(until: int | None, number: int, now: int, zone: str) -> int:
    """The end that whoever approves chose; None for the one that was asked for.

    Raises:
        Invalid: it is over, or further away than `rules.requests.MOST_DAYS`.
    """
    if until is None:
        return end(number, now, zone)
    if until < now:
        raise Invalid("until", N_("That day is over."))
    if until > end(rules.MOST_DAYS, now, zone):
        raise Invalid("until", N_("At most {most} days from today."), most=rules.MOST_DAYS)
    return until


def offers(actor: Actor) -> tuple[Offer, ...]:
    """Everything that the actor may ask for, roles first; what is held for as long as one may ask is not among it.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    if actor.staff_id is None:
        return ()
    now = clock.now()
    person, holdings = person_of(actor.staff_id)
    if person.is_owner:
        return ()
    asked = {(row.role_id, row.key) for row in requests.open_of(actor.staff_id, now)}
    latest = end(rules.MOST_DAYS, now, shop.zone())
    found = []
    for subject, label in _everything():
        try:
            rules.askable(person, holdings, subject, latest, now)
        except Refusal:
            continue
        if (subject.role_id, subject.key) not in asked:
            ends = [source.until for source in rules.held(holdings, subject, now) if source.until is not None]
            found.append(Offer(subject, label, max(ends, default=None)))
    return tuple(found)


def _everything() -> Iterator[tuple[Subject, str]]:
    inside = roles.content()
    place = {code: index for index, code in enumerate(preset_roles())}
    open_roles = [
        (Subject(role_id, code or name, _known(inside, role_id)), role_label(code, name))
        for role_id, code, name in db.rows(_ROLES, (None,))
    ]
    yield from sorted(open_roles, key=lambda each: (place.get(each[0].key, len(place)), text.key(each[1])))
    for code, permission in permissions().items():
        yield rules.permission(code), permission.label


def subject(role_id: int | None, permission: str | None) -> Subject:
    """An open role or a permission of the catalogue as something to ask for.

    Raises:
        Unknown: there is no such thing.
    """
    if permission is not None:
        if permission not in permissions():
            raise Unknown("permission", permission)
        return rules.permission(permission)
    for found, code, name in db.rows(_ROLES, (role_id,)):
        return Subject(found, code or name, _known(roles.content(found), found))
    raise Unknown("role", str(role_id))


def subject_of(row: RequestRow) -> Subject:
    """What a request that waits for an answer is about.

    Raises:
        Unknown: this version does not know the permission.
    """
    return subject(row.role_id, None if row.role_id is not None else row.key)


def codes_of(row: RequestRow, inside: Mapping[int, frozenset[str]]) -> frozenset[str] | None:
    """What would come with what a request is about; None where this version does not know the permission.

    Args:
        inside: what is in every open role.
    """
    if row.role_id is not None:
        return _known(inside, row.role_id)
    return closure(row.key) if row.key in permissions() else None


def _known(inside: Mapping[int, frozenset[str]], role_id: int) -> frozenset[str]:
    return inside.get(role_id, frozenset()) & permissions().keys()


def person_of(staff_id: int) -> tuple[Person, list[Holding]]:
    """Somebody, and everything that was given to them and not taken back; for reads that were let through."""
    found = db.row(access_sql.PERSON_BY_ID, (staff_id,))
    if found is None:
        raise Unknown("staff", str(staff_id))
    return access_sql.person(found, db.rows, clock.now()), access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,)))
