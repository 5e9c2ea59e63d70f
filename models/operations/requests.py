"""Asking for more access, and answering.

Asking takes nothing but a session; deciding takes what giving by hand takes, and another person.
"""

from __future__ import annotations

from collections.abc import Collection

from models import text
from models.actor import Actor
from models.errors import AskedAlready, Invalid, OwnerProtected, RequestGone, RequestsFull, Unknown
from models.i18n import N_
from models.operations import grants
from models.operations._journal import Journal, Values, moment
from models.operations._operation import operation, save
from models.operations._people import found, holdings_of, person_of, thing
from models.queries import asking, deciding, requests as queries, shop
from models.queries.requests import APPROVED, DECLINED, OPEN, PERMISSION, WITHDRAWN, RequestRow
from models.rules import requests as rules
from models.rules.requests import MOST_OPEN, REASON_LIMIT
from models.tables import Request, Staff


def ask(actor: Actor, *, role_id: int | None = None, permission: str | None = None, days: int, reason: str) -> int:
    """Ask for a role, or for a permission with what it needs, for some days from its approval on.

    Returns:
        The request's id.

    Raises:
        Invalid: neither or both were named; too few or too many days; no reason, or one that cannot be used.
        OwnerProtected: the owner holds everything.
        OwnerOnly, PostBars, HeldAlready: it cannot be given, or need not be.
        AskedAlready, RequestsFull: the same waits for an answer; as many do as may.
        Unknown: there is no such role or permission; the operator at the machine has no account to ask for.
        SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    days, reason = rules.days(days), text.clean("reason", reason, limit=REASON_LIMIT, required=True)
    if (role_id is None) == (permission is None):
        raise Invalid("what", N_("Choose a role or a permission."))
    with operation(actor, None, "request.ask") as journal:
        if actor.staff_id is None:
            raise Unknown("staff", actor.name)
        staff = found(journal, actor.staff_id)
        if staff.is_owner:
            raise OwnerProtected
        subject = asking.subject(role_id, permission)
        until = asking.end(days, journal.now, shop.zone())
        rules.askable(person_of(staff), holdings_of(staff), subject, until, journal.now)
        waiting = queries.open_of(staff.id, journal.now)
        if any((row.role_id, row.key) == (subject.role_id, subject.key) for row in waiting):
            raise AskedAlready
        if len(waiting) >= MOST_OPEN:
            raise RequestsFull(MOST_OPEN)
        row = {"staff": staff.id, "role": role_id, "permission": permission, "days": days, "reason": reason}
        request_id = int(Request.insert(**row, asked_at=journal.now, status=OPEN).execute())
        journal.record("request.ask", thing(staff), new={subject.kind: subject.key, "days": days, "reason": reason})
        return request_id


def withdraw(actor: Actor, request_id: int) -> None:
    """Take a request of one's own back.

    Raises:
        RequestGone: it is none of one's own, or does not wait for an answer any more.
        SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    with operation(actor, None, "request.withdraw") as journal:
        row = queries.opened(request_id, journal.now)
        if row.staff_id != actor.staff_id:
            raise RequestGone
        _settle(journal, row, WITHDRAWN)
        journal.record("request.withdraw", thing(found(journal, row.staff_id)), old=_told(row))


def approve(
    actor: Actor, request_id: int, *, until: int | None = None, version: int | None = None, seen: Collection[str] | None = None
) -> int:
    """Give what was asked for, until the end of a day. Everything is judged now, as if it were given by hand.

    Args:
        until: its last instant, UTC microseconds; None for the days that were asked for, counted from today.
        version: of the person as the preview showed them.
        seen: the codes that the preview showed as allowed.

    Returns:
        Its last instant.

    Raises:
        RequestGone: it was decided on or withdrawn meanwhile, or the person left.
        SamePerson: the actor asked for it, from this account or another.
        OutOfReach, UntilTooLate, Incompatible: the act reaches too far.
        HeldAlready, PostBars: there is nothing to give any more.
        Stale: somebody else changed the person, or what the preview showed.
        Invalid: `until` is over, or too far away.
        NotAllowed, ProofNeeded, SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    with operation(actor, PERMISSION, "request.approve", proof=True) as journal:
        row = _deciding(journal, request_id)
        staff = found(journal, row.staff_id)
        end = asking.end_given(until, row.days, journal.now, shop.zone())
        subject = asking.subject_of(row)
        rules.askable(person_of(staff), holdings_of(staff), subject, end, journal.now)
        save(Staff, staff.id, version, staff.name)
        grants.apply(journal, staff, subject.change(end), seen)
        _settle(journal, row, APPROVED, until=end)
        journal.record("request.approve", thing(staff), old=_told(row), new={"until": moment(end)})
        return end


def decline(actor: Actor, request_id: int, word: str) -> None:
    """Say no, with a word that says why.

    Raises:
        Invalid: no word, or one that cannot be used.
        RequestGone, SamePerson, OutOfReach, NotAllowed, SessionEnded, SessionLocked, EnrolFirst: as `approve`.
    """
    word = text.clean("word", word, limit=REASON_LIMIT, required=True)
    with operation(actor, PERMISSION, "request.decline") as journal:
        row = _deciding(journal, request_id)
        _settle(journal, row, DECLINED, word=word)
        journal.record("request.decline", thing(found(journal, row.staff_id)), old=_told(row), new={"word": word})


def _deciding(journal: Journal, request_id: int) -> RequestRow:
    """A request that the actor may decide on; what is refused from here on names who asked."""
    row = queries.opened(request_id, journal.now)
    found(journal, row.staff_id)
    deciding.judge(journal.actor, journal.held, row)
    return row


def _settle(journal: Journal, row: RequestRow, status: str, **values: object) -> None:
    """Whoever is first has decided: the row was read in this very transaction, in which nobody else writes."""
    settled = {"status": status, "decided_at": journal.now, "decided_by": journal.actor.name, **values}
    Request.update(**settled).where(Request.id == row.id).execute()


def _told(row: RequestRow) -> Values:
    """What was asked for, as the log writes it."""
    return {"permission" if row.role_id is None else "role": row.key, "days": row.days, "reason": row.reason}
