"""Signing in and out, and activating an account.

Hashing takes long, so it is never done inside a transaction; whatever it was about is read again inside.
"""

from __future__ import annotations

from typing import Any

from models import catalogue, db, text
from models.actor import Actor
from models.errors import CodeRefused, Invalid, SignInRefused
from models.operations._journal import Journal, Thing
from models.operations._operation import unattended
from models.operations._people import thing
from models.rules import codes, passwords
from models.tables import Credential, OneTimeCode, Session, Staff

_CREDENTIAL = "SELECT s.id, c.password FROM staff s LEFT JOIN credential c ON c.staff_id = s.id WHERE s.login = ?"
_LIVE_CODE = """
    SELECT o.id, o.digest FROM one_time_code o JOIN staff s ON s.id = o.staff_id
    WHERE s.login = ? AND o.used_at IS NULL AND o.void_at IS NULL
"""
_KNOWN_WORDS = """
    SELECT s.login, s.name, s.nickname, s.pinyin, s.number, s.phone, s.email, p.name, p.code FROM staff s, shop p WHERE s.login = ?
"""


def sign_in(stranger: Actor, login: str, password: str, *, terminal: str = "") -> Actor:
    """Sign a person in.

    Args:
        stranger: where the attempt comes from.
        terminal: the terminal's name, to tell sessions apart.

    Returns:
        The person as an actor, in the session that begins.

    Raises:
        SignInRefused: whatever the reason; it is in the log. A failed attempt takes as long as any.
    """
    login = _meant(login)
    staff_id, digest = db.row(_CREDENTIAL, (login,)) or (None, None)
    proved = passwords.verify(digest, password)
    fresh = passwords.digest(password) if proved and passwords.needs_rehash(digest) else None
    with unattended(stranger) as journal:
        staff = Staff.get_or_none(Staff.id == staff_id) if staff_id is not None else None
        current = Credential.get_or_none(Credential.staff == staff_id)
        if staff is None or not proved or current is None or current.password != digest or staff.status != catalogue.ACTIVE:
            because = "unknown" if staff is None else "password" if not proved else "status"
            journal.record("session.refuse", thing(staff) if staff else Thing("staff", None, "?"), new={"because": because})
            actor = None
        else:
            if fresh is not None:
                Credential.update(password=fresh, changed_at=journal.now).where(Credential.staff == staff_id).execute()
            actor = _begin(journal, staff, stranger, terminal)
    if actor is None:
        raise SignInRefused
    return actor


def _begin(journal: Journal, staff: Any, stranger: Actor, terminal: str) -> Actor:
    session_id = int(
        Session.insert(
            staff=staff.id,
            started_at=journal.now,
            seen_at=journal.now,
            proved_at=journal.now,
            device=stranger.device,
            address=stranger.address,
            terminal=terminal,
        ).execute()
    )
    Staff.update(signed_in_at=journal.now).where(Staff.id == staff.id).execute()
    actor = Actor(staff.login, staff.id, session_id, stranger.device, stranger.address)
    journal.actor = actor
    journal.record("session.start", thing(staff))
    return actor


def sign_out(actor: Actor, *, why: str = "signed out") -> None:
    """End the actor's own session; nothing happens when it has ended already."""
    with db.transaction():
        alive = Session.get_or_none(Session.id == actor.session_id, Session.ended_at.is_null())
        if alive is None:
            return
        with unattended(actor) as journal:
            Session.update(ended_at=journal.now, end=why).where(Session.id == actor.session_id).execute()
            journal.record("session.end", Thing("staff", actor.staff_id, actor.name), new={"why": why})


def end_all(journal: Journal, staff: Any, why: str) -> None:
    """End every session of a person inside an operation that is open."""
    alive = [row.id for row in Session.select(Session.id).where(Session.staff == staff.id, Session.ended_at.is_null())]
    if alive:
        Session.update(ended_at=journal.now, end=why).where(Session.id.in_(alive)).execute()
        journal.record("session.end", thing(staff), new={"why": why, "sessions": len(alive)})


def activate(stranger: Actor, login: str, code: str, password: str) -> None:
    """Let a person set their own password with the code they were handed; they can sign in then.

    Raises:
        CodeRefused: whatever the reason; it is in the log.
        PasswordWeak: the password would be guessed; the code is still good.
    """
    login = _meant(login)
    code_id, digest = db.row(_LIVE_CODE, (login,)) or (None, b"")
    good = codes.matches(code, digest)
    if good:
        known = db.row(_KNOWN_WORDS, (login,)) or ()
        passwords.check(password, [str(word) for word in known if word])
    hashed = passwords.digest(password) if good else ""
    with unattended(stranger) as journal:
        staff = Staff.get_or_none(Staff.login == login)
        if staff is None or staff.status != catalogue.INVITED or not good or not _use(journal, code_id):
            journal.record("staff.activate.refuse", thing(staff) if staff else Thing("staff", None, "?"))
            activated = False
        else:
            Credential.delete().where(Credential.staff == staff.id).execute()
            Credential.insert(staff=staff.id, password=hashed, changed_at=journal.now).execute()
            Staff.update(status=catalogue.ACTIVE, activated_at=journal.now, version=Staff.version + 1).where(Staff.id == staff.id).execute()
            journal.actor = stranger._replace(name=staff.login, staff_id=staff.id)
            journal.record("staff.activate", thing(staff))
            activated = True
    if not activated:
        raise CodeRefused


def _use(journal: Journal, code_id: int | None) -> bool:
    """Use a code up; of several who try at once, one succeeds."""
    live = (OneTimeCode.id == code_id, OneTimeCode.used_at.is_null(), OneTimeCode.void_at.is_null())
    return bool(OneTimeCode.update(used_at=journal.now).where(*live, OneTimeCode.expires_at >= journal.now).execute())


def _meant(login: str) -> str:
    """The login as it would be kept; "" for what cannot be one, so that it takes the same path as an unknown one."""
    try:
        return text.login("login", login)
    except Invalid:
        return ""
