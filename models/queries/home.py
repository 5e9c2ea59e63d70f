"""What needs doing today, as far as the person who reads it can do it, and what the person has themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from models import catalogue, clock, db
from models.actor import Actor
from models.clock import DAY
from models.queries import chat_scope, chats, deciding, drafts, due, reminders, requests, staff
from models.queries._reading import may_read
from models.queries.activity import SessionRow, sessions_of
from models.queries.drafts import KeptDraft
from models.queries.reminders import Reminders
from models.queries.requests import RequestRow
from models.queries.staff import Grant
from models.rules.delegation import Held

NAMED: Final = 3
"""So many of the people and departments that something is due with are named; the others are counted."""

SIGN_INS: Final = 3

OWN_DAYS: Final = 30
"""So many days before it ends, what one holds oneself is said to end."""

DRAFT: Final = "onboard"
"""The kind of draft that the onboarding wizard keeps."""


class Named(NamedTuple):
    """A person or a department that something is due with.

    Attributes:
        at: the moment it is about, UTC microseconds; None where there is none.
    """

    id: int
    name: str
    at: int | None


class Due(NamedTuple):
    """Something that is due, with how many, and who comes first.

    Attributes:
        kind: as `queries.due` names it, and `StaffFilter.due` takes it; "" of departments and of requests.
    """

    kind: str
    number: int
    first: tuple[Named, ...]


class Own(NamedTuple):
    """What somebody has themselves.

    Attributes:
        roles: labels of the roles that hold now.
        areas: how many permissions in each area, in the catalogue's order; areas without any are left out.
        ending: roles and extras that end within `OWN_DAYS`, the first to end first.
    """

    roles: tuple[str, ...]
    areas: tuple[tuple[str, int], ...]
    ending: tuple[Grant, ...]


class Unanswered(NamedTuple):
    """Customers who wait for an answer.

    Attributes:
        own: in the reader's own conversations; likewise `others`, in those of colleagues that the reader may read.
        reach: how far that is, as `chat_scope` names it.
        staff_id: the reader.
    """

    own: int
    others: int
    reach: str
    staff_id: int | None


class Home(NamedTuple):
    """What the home screen shows.

    Attributes:
        due: what the reader can do something about, the most urgent first.
        headless: departments with people and without a head; None where nothing is due.
        is_fresh: whether nobody was onboarded yet, and the reader could.
        draft: the onboarding that was left half done, None where none was.
        own: None for the owner, who holds everything.
        sign_ins: one's own sign-ins before this session, the newest first.
        reminders: what is to be settled about one's own account.
        requests: those that wait for the reader's decision, with who asked, one more than is named; None where none does.
        answers: what became of the reader's own in the last days, the latest first.
        unanswered: the customers who wait, as far as the reader may read.
    """

    due: tuple[Due, ...]
    headless: Due | None
    is_fresh: bool
    draft: KeptDraft | None
    own: Own | None
    sign_ins: tuple[SessionRow, ...]
    reminders: Reminders
    requests: Due | None
    answers: tuple[RequestRow, ...]
    unanswered: Unanswered


_HEADLESS: Final = """
    SELECT count(*) OVER (), d.id, d.preset, d.name FROM department d
    WHERE d.closed_at IS NULL AND d.head_id IS NULL
    AND EXISTS (SELECT 1 FROM staff s WHERE s.department_id = d.id AND s.status <> 'left')
    ORDER BY d.parent_id IS NOT NULL, d.position, d.id LIMIT ?
"""
_IS_OWNER: Final = "SELECT 1 FROM staff WHERE id = ? AND is_owner = 1"


def today(actor: Actor) -> Home:
    """What the actor's home screen shows.

    Raises:
        SessionEnded: as every read.
    """
    held, now = may_read(actor, None), clock.now()
    is_fresh = "staff.manage" in held and due.owner_is_alone()
    return Home(
        () if is_fresh else _people_due(actor, held, now),
        _headless() if "org.department.manage" in held and not is_fresh else None,
        is_fresh,
        drafts.kept(actor, DRAFT) if "staff.manage" in held else None,
        _own(actor, held, now),
        _sign_ins(actor),
        reminders.of(actor, held),
        _requests(actor, held),
        requests.answers_to(actor.staff_id),
        _unanswered(actor, held),
    )


def _unanswered(actor: Actor, held: Held) -> Unanswered:
    waiting = chats.waiting(actor)
    return Unanswered(waiting.own, waiting.reachable - waiting.own, chat_scope.of(actor, held).name, actor.staff_id)


def _people_due(actor: Actor, held: Held, now: int) -> tuple[Due, ...]:
    """All of it in one statement."""
    kinds = [(name, kind) for name, kind in due.kinds(now).items() if not held.keys().isdisjoint(kind.needs)]
    if not kinds:
        return ()
    parts: list[str] = []
    parameters: list[object] = []
    for name, kind in kinds:
        where = due.condition(name, actor.staff_id, held, now)
        parts.append(
            f"SELECT * FROM (SELECT '{name}', count(*) OVER (), s.id, s.name, {kind.at} AS at FROM staff s "  # noqa: S608  our own text only
            f"WHERE {where.sql} ORDER BY at, s.login LIMIT {NAMED})"
        )
        parameters += where.parameters
    found: dict[str, list[tuple[int, Named]]] = {}
    for name, number, *person in db.rows(" UNION ALL ".join(parts), parameters):
        found.setdefault(name, []).append((number, Named(*person)))
    return tuple(Due(name, found[name][0][0], tuple(person for _number, person in found[name])) for name, _kind in kinds if name in found)


def _requests(actor: Actor, held: Held) -> Due | None:
    if requests.PERMISSION not in held or not (found := deciding.waiting_for(actor, held)):
        return None
    people: dict[int, Named] = {}
    for row in found:
        people.setdefault(row.staff_id, Named(row.staff_id, row.name, row.asked_at))
    return Due("", len(found), tuple(people.values())[: NAMED + 1])


def _headless() -> Due | None:
    found = db.rows(_HEADLESS, (NAMED,))
    if not found:
        return None
    return Due("", found[0][0], tuple(Named(row[1], catalogue.department_label(row[2], row[3]), None) for row in found))


def _own(actor: Actor, held: Held, now: int) -> Own | None:
    if actor.staff_id is None or db.rows(_IS_OWNER, (actor.staff_id,)):
        return None
    grants = [grant for grant in staff.given(actor.staff_id) if grant.since <= now and (grant.until is None or grant.until >= now)]
    ending = [grant for grant in grants if grant.until is not None and grant.until <= now + OWN_DAYS * DAY]
    return Own(
        tuple(grant.label for grant in grants if grant.kind == "role"),
        _by_area(held),
        tuple(sorted(ending, key=lambda grant: (grant.until or 0, grant.label))),
    )


def _by_area(codes: Iterable[str]) -> tuple[tuple[str, int], ...]:
    known = [catalogue.permissions()[code].area for code in codes if code in catalogue.permissions()]
    return tuple((area, known.count(area)) for area in catalogue.areas() if area in known)


def _sign_ins(actor: Actor) -> tuple[SessionRow, ...]:
    before = [row for row in sessions_of(actor.staff_id, SIGN_INS + 1) if row.id != actor.session_id]
    return tuple(before[:SIGN_INS])
