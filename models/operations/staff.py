"""What becomes of people: profile, place, freezing, leaving, coming back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models import catalogue, db, text
from models.actor import Actor
from models.errors import Invalid, NothingChanged, OwnAccount, OwnerProtected, Refusal, Unauthorised, Unknown
from models.i18n import N_, known_language
from models.operations import _leaving, _offers, sessions
from models.operations._journal import Journal
from models.operations._leaving import because
from models.operations._operation import operation, save
from models.operations._people import found, in_status, manageable, require_seats, thing
from models.operations.codes import FreshCode, issue
from models.operations.shop import NAME_LIMIT
from models.queries.security import policy
from models.rules import finding
from models.tables import Department, Staff

MANAGE = "staff.manage"


class Profile(NamedTuple):
    """What is known of a person beside their access."""

    name: str
    nickname: str = ""
    number: str = ""
    phone: str = ""
    email: str = ""


class Bulk(NamedTuple):
    """What became of an act on many people: how many, and who was left out and why."""

    done: int
    skipped: tuple[tuple[str, str], ...]


def checked(profile: Profile) -> Profile:
    """The same as it will be kept.

    Raises:
        Invalid: a field cannot be used; it names which.
    """
    return Profile(
        text.clean("name", profile.name, limit=NAME_LIMIT, required=True),
        text.clean("nickname", profile.nickname, limit=NAME_LIMIT),
        text.number("number", profile.number),
        text.phone("phone", profile.phone),
        text.email("email", profile.email),
    )


def findable(login: str, profile: Profile) -> dict[str, str]:
    """The columns that a person is found by. Reads pinyin's tables, which takes a weak machine a second: not inside a transaction."""
    pinyin = finding.pinyin(profile.name)
    search = finding.search_text(login, profile.name, profile.nickname, profile.number, profile.phone, *pinyin)
    return {"pinyin": pinyin.full, "initials": pinyin.initials, "search": search}


def edit(actor: Actor, staff_id: int, version: int, profile: Profile) -> None:
    """Change somebody's profile, or one's own.

    Of their own profile, people change nickname, phone and e-mail; name and staff number are somebody else's to set.

    Raises:
        NotAllowed: it is another's, and takes `staff.manage`.
        OwnAccount: one's own name or number.
        OutOfReach, Stale, Invalid, NothingChanged, Unknown: as elsewhere.
    """
    profile = checked(profile)
    own = actor.staff_id == staff_id
    known = db.row("SELECT login FROM staff WHERE id = ?", (staff_id,))
    columns = findable(known[0], profile) if known else {}
    with operation(actor, None if own else MANAGE, "staff.edit") as journal:
        staff = found(journal, staff_id)
        if own and not staff.is_owner and (profile.name, profile.number) != (staff.name, staff.number):
            raise OwnAccount
        if not own and not staff.is_owner:
            manageable(journal, staff_id)
        elif not own and not journal.actor.is_console:
            raise OwnerProtected
        old = {field: getattr(staff, field) for field in Profile._fields}
        new = {field: value for field, value in profile._asdict().items() if value != old[field]}
        if not new:
            raise NothingChanged
        save(Staff, staff_id, version, staff.name, **profile._asdict(), **columns)
        journal.record("staff.edit", thing(staff), old={field: old[field] for field in new}, new=new)


def move(actor: Actor, staff_id: int, department_id: int | None, *, version: int | None = None) -> None:
    """Put a person into another department, or with None directly below the shop.

    What reaches "one's own department" moves along, so nobody moves themselves, the owner apart.

    Raises:
        NotAllowed, OwnAccount, OutOfReach, Stale, Unknown, NothingChanged: as elsewhere.
    """
    with operation(actor, MANAGE, "staff.move") as journal:
        _move(journal, staff_id, department_id, version)


def move_many(actor: Actor, staff_ids: Iterable[int], department_id: int | None) -> Bulk:
    """Put many people into another department; who is out of reach is left out, and told.

    Raises:
        NotAllowed, Unknown: it takes `staff.manage`; there is no such department.
    """
    done, skipped = 0, []
    with operation(actor, MANAGE, "staff.move") as journal:
        for staff_id in staff_ids:
            try:
                _move(journal, staff_id, department_id, None)
                done += 1
            except Refusal as refusal:
                person = journal.subject.label if journal.subject else str(staff_id)
                skipped.append((person, str(refusal)))
                if isinstance(refusal, Unauthorised) and journal.subject:
                    journal.record("act.refuse", journal.subject, new={"act": "staff.move", "because": type(refusal).__name__})
        if not journal.entries:
            raise NothingChanged
    return Bulk(done, tuple(skipped))


def freeze(actor: Actor, staff_id: int, *, reason: str = "") -> None:
    """Shut a person out at once; `unfreeze` lets them back in.

    Ends their sessions in the same transaction.

    Raises:
        NotAllowed: it takes `staff.freeze`.
        OwnerProtected, OwnAccount, OutOfReach, WrongStatus, Unknown: as elsewhere.
    """
    reason = text.clean("reason", reason, limit=200)
    with operation(actor, "staff.freeze", "staff.freeze", proof=True, damaged=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.INVITED, catalogue.ACTIVE)
        save(Staff, staff_id, None, staff.name, status=catalogue.FROZEN)
        sessions.end_all(journal, staff, "frozen")
        _offers.withdraw(journal, staff)
        journal.record("staff.freeze", thing(staff), old={"status": staff.status}, new={"status": catalogue.FROZEN, **because(reason)})


def unfreeze(actor: Actor, staff_id: int) -> None:
    """Let a frozen person back in; who was only invited is invited again.

    Raises:
        NotAllowed: it takes `staff.freeze`.
        OwnAccount, OutOfReach, WrongStatus, Unknown: as elsewhere.
    """
    with operation(actor, "staff.freeze", "staff.unfreeze", proof=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.FROZEN)
        status = catalogue.ACTIVE if staff.activated_at is not None else catalogue.INVITED
        save(Staff, staff_id, None, staff.name, status=status)
        journal.record("staff.unfreeze", thing(staff), old={"status": staff.status}, new={"status": status})


def leave(actor: Actor, staff_id: int, *, reason: str = "") -> None:
    """End a person's access for good: grants, sessions, password, codes and device keys. The login stays taken; the seat comes free.

    Raises:
        NotAllowed: it takes `staff.offboard`.
        OwnerProtected, OwnAccount, OutOfReach, WrongStatus, Unknown: as elsewhere.
    """
    reason = text.clean("reason", reason, limit=200)
    with operation(actor, "staff.offboard", "staff.leave", proof=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.INVITED, catalogue.ACTIVE, catalogue.FROZEN)
        _leaving.depart(journal, staff, because(reason))


def reinstate(actor: Actor, staff_id: int, *, days: int | None = None) -> FreshCode:
    """Bring a person back who left, with no access until it is granted anew.

    Args:
        days: that the code is good for; None for what the policy says.

    Returns:
        A new activation code, shown once.

    Raises:
        NotAllowed: it takes `staff.manage`.
        SeatNone: no seat is free.
        OwnAccount, WrongStatus, Unknown: as elsewhere.
    """
    with operation(actor, MANAGE, "staff.reinstate", proof=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.LEFT)
        require_seats(journal.now)
        closed = staff.department is not None and staff.department.closed_at is not None
        place = {"department": None} if closed else {}
        save(Staff, staff_id, None, staff.name, status=catalogue.INVITED, left_at=None, leaves_at=None, leaves_by=None, **place)
        days = policy().policy.activation_days if days is None else days
        fresh = issue(journal, staff_id, days)
        journal.record("staff.reinstate", thing(staff), old={"status": staff.status}, new={"status": catalogue.INVITED, "days": days})
        return fresh


def set_language(actor: Actor, language: str | None) -> None:
    """Choose one's own language; None to follow the shop's.

    Raises:
        Invalid: it is not a language of ours.
    """
    if language is not None and known_language(language) is None:
        raise Invalid("language", N_("Choose English or Chinese."))
    with operation(actor, None, "staff.language") as journal:
        if actor.staff_id is None:
            raise Unknown("staff", actor.name)
        staff = found(journal, actor.staff_id)
        if staff.language == language:
            raise NothingChanged
        save(Staff, staff.id, None, staff.name, language=language)
        journal.record("staff.language", thing(staff), old={"language": staff.language}, new={"language": language})


def _move(journal: Journal, staff_id: int, department_id: int | None, version: int | None) -> None:
    staff = found(journal, staff_id)
    if not (staff.is_owner and (journal.actor.is_console or journal.actor.staff_id == staff_id)):
        staff = manageable(journal, staff_id)
    if department_id is not None and not Department.select().where(Department.id == department_id, Department.closed_at.is_null()).exists():
        raise Unknown("department", str(department_id))
    if staff.department_id == department_id:
        raise NothingChanged
    save(Staff, staff_id, version, staff.name, department=department_id)
    journal.record("staff.move", thing(staff), old={"department": staff.department_id}, new={"department": department_id})
