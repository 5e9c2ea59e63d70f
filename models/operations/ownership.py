"""The owner's account: handed over by the owner to an heir, or set right at the machine when the owner is locked out or gone."""

from __future__ import annotations

from typing import Any, Final

from models import catalogue, clock, db
from models.actor import Actor
from models.clock import DAY
from models.errors import (
    ClockWrong,
    ConsoleAlone,
    Invalid,
    NothingChanged,
    OfferGone,
    OwnAccount,
    OwnerAlone,
    Refusal,
    TotpMissing,
    Unknown,
    WrongProof,
)
from models.i18n import N_
from models.operations import _leaving, _offers, _proof, security, sessions
from models.operations._journal import Journal, Thing, moment
from models.operations._operation import OWNER, operation, unattended
from models.operations._people import found, in_status, thing
from models.operations.codes import RESET_DAYS, FreshCode, issue
from models.queries import moments, standing
from models.rules import lockout
from models.tables import Extra, Failure, OwnerOffer, RoleGrant, Session, SignInLimit, Staff, Totp

OFFER: Final = DAY
"""So long an offer is open, microseconds."""

_CLOCK: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def offer(actor: Actor, heir_id: int, post: str, password: str) -> None:
    """Offer the shop to somebody who works here; they accept in their own session within a day. An earlier offer is replaced.

    Args:
        post: what the owner becomes then: staff with that post and no grants.
        password: the owner's, whatever was proved before.

    Raises:
        OwnerAlone: only the owner may; at the machine there is `replace_owner`.
        WrongProof, SignInLocked: the password is wrong.
        WrongStatus: the heir is not active.
        OwnAccount, Invalid, Unknown, ProofNeeded: as elsewhere.
    """
    checked_post(post)
    stands = standing.require(actor)
    digest = ""
    if stands is not None and stands.is_owner:
        standing.require_proof(stands, clock.now())  # before the hashing; judged again with the change
        digest = _proof.require_password(actor, password)
    with operation(actor, OWNER, "owner.offer", proof=True) as journal:
        heir = found(journal, heir_id)
        if actor.staff_id is None:
            raise OwnerAlone
        if not _proof.still(actor.staff_id, digest):
            raise WrongProof
        if heir.is_owner:
            raise OwnAccount
        in_status(heir, catalogue.ACTIVE)
        _offers.end(journal, "replaced")
        until = journal.now + OFFER
        OwnerOffer.insert(heir=heir_id, post=post, offered_at=journal.now, expires_at=until).execute()
        journal.record("owner.offer", thing(heir), new={"post": post, "until": moment(until)})


def withdraw(actor: Actor) -> None:
    """Take the offer back.

    Raises:
        OwnerAlone: only the owner may.
        OfferGone: none is open.
    """
    with operation(actor, OWNER, "owner.withdraw") as journal:
        heir = _offers.end(journal, "withdrawn")
        if heir is None:
            raise OfferGone
        journal.record("owner.withdraw", thing(heir))


def decline(actor: Actor) -> None:
    """Leave the shop with its owner.

    Raises:
        OfferGone: nothing is offered to the actor.
    """
    with operation(actor, None, "owner.decline") as journal:
        open_offer(actor.staff_id, journal.now)
        journal.record("owner.decline", thing(_offers.end(journal, "declined")))


def accept(actor: Actor, password: str, code: str) -> None:
    """Take the shop over, proving by password and a code of the phone who one is. The former owner stays, with the post of the offer.

    Raises:
        OfferGone: nothing is offered to the actor.
        TotpMissing: an owner needs TOTP.
        WrongProof, SignInLocked, ClockWrong: password or code are wrong, or cannot be judged.
        SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    standing.require(actor)
    _require_heir(actor.staff_id, clock.now())  # before anything is counted; judged again with the change
    by_password = _proof.count(actor, actor.name, lockout.PASSWORD)
    digest = _proof.is_password(actor.staff_id, password)
    by_code = _proof.count(actor, actor.name, lockout.SECOND)
    with db.transaction():
        outcome = _checked_heir(actor, digest, code)
        if outcome is None:
            _proof.forgive(by_password)
            _proof.forgive(by_code)
            with operation(actor, None, "owner.accept") as journal:
                offered = open_offer(actor.staff_id, journal.now)
                heir = found(journal, offered.heir_id)
                _offers.end(journal, "accepted")
                old = _hand_over(journal, heir, offered.post, catalogue.ACTIVE)
                sessions.end_all(journal, heir, "handed over", but=actor.session_id)
                journal.record("owner.accept", thing(heir), old={"owner": old.login}, new={"owner": heir.login, "post": offered.post})
    if outcome is not None:
        raise outcome


def _checked_heir(actor: Actor, digest: str | None, code: str) -> Refusal | None:
    """What the heir lacks, which is in the log if it is proof; None when nothing is. A transaction is open."""
    now = clock.now()
    staff_id = actor.staff_id or 0
    _require_heir(staff_id, now)
    try:
        good = digest is not None and _proof.still(staff_id, digest) and _proof.take_totp(staff_id, code, now)
    except ClockWrong as wrong:
        return wrong
    if good:
        return None
    with unattended(actor) as journal:
        journal.record("session.prove.refuse", Thing("staff", staff_id, actor.name), new={"because": "owner.accept"})
    return WrongProof()


def _require_heir(staff_id: int | None, now: int) -> None:
    open_offer(staff_id, now)
    if not Totp.select().where(Totp.staff == staff_id, Totp.active.is_null(is_null=False)).exists():
        raise TotpMissing


def open_offer(heir_id: int | None, now: int) -> Any:
    """The offer that is open to somebody.

    Raises:
        OfferGone: there is none, or it was not answered in time.
    """
    offered = OwnerOffer.get_or_none(OwnerOffer.heir == heir_id, OwnerOffer.ended_at.is_null(), OwnerOffer.expires_at >= now)
    if offered is None:
        raise OfferGone
    return offered


def reset_owner(actor: Actor) -> FreshCode:
    """Void the owner's password, TOTP and recovery codes, for an owner who is locked out: at the machine only.

    Returns:
        The code by which the owner sets a new password.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
    """
    with operation(actor, None, "owner.reset") as journal:
        owner = Staff.get(Staff.is_owner == True)  # noqa: E712  peewee builds SQL of it
        journal.subject = thing(owner)
        if not actor.is_console:
            raise ConsoleAlone
        voided = security.void(journal, owner, password=True, totp=True)
        journal.record("owner.reset", thing(owner), new={"reset": voided})
        return issue(journal, owner.id, RESET_DAYS, purpose="reset")


def replace_owner(actor: Actor, login: str, post: str = catalogue.OPERATIONS) -> None:
    """Make somebody who works here the owner, for a shop whose owner is gone: at the machine only.

    The former owner is frozen, with `post` and no grants: whoever has that password must not go on with it.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        WrongStatus: the heir is not active.
        NothingChanged: it is the owner already.
        Unknown, Invalid: as elsewhere.
    """
    checked_post(post)
    with operation(actor, None, "owner.replace") as journal:
        heir = Staff.get_or_none(Staff.login == sessions.meant(login))
        if heir is None:
            raise Unknown("staff", login)
        journal.subject = thing(heir)
        if not actor.is_console:
            raise ConsoleAlone
        if heir.is_owner:
            raise NothingChanged
        in_status(heir, catalogue.ACTIVE)
        _offers.end(journal, "replaced")
        old = _hand_over(journal, heir, post, catalogue.FROZEN)
        sessions.end_all(journal, heir, "handed over")
        journal.record("owner.replace", thing(heir), old={"owner": old.login}, new={"owner": heir.login, "post": post})


def _hand_over(journal: Journal, heir: Any, post: str, status: str) -> Any:
    """Make `heir` the owner, who needs no grants, and the owner staff with none; the former owner's row."""
    old = Staff.get(Staff.is_owner == True)  # noqa: E712  peewee builds SQL of it
    for table in (RoleGrant, Extra):
        held = (table.staff.in_([heir.id, old.id]), table.ended_at.is_null())
        table.update(ended_at=journal.now, ended_by=journal.actor.name).where(*held).execute()
    _leaving.stay(journal, heir)
    Staff.update(is_owner=False, post=post, status=status, version=Staff.version + 1).where(Staff.id == old.id).execute()
    owner = {"is_owner": True, "post": catalogue.OPERATIONS, "version": Staff.version + 1}
    Staff.update(**owner).where(Staff.id == heir.id).execute()
    SignInLimit.delete().where(SignInLimit.staff == heir.id).execute()
    sessions.end_all(journal, old, "handed over")
    return old


def accept_clock(actor: Actor) -> tuple[int, int]:
    """Take the machine's clock for right though later times were seen: at the machine only.

    Returns:
        The latest time that was seen, and the present, UTC microseconds.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        NothingChanged: the clock is not behind.
    """
    with operation(actor, None, "clock.accept") as journal:
        shop = Thing("shop", 1, str((db.row("SELECT name FROM shop") or ("",))[0]))
        journal.subject = shop
        if not actor.is_console:
            raise ConsoleAlone
        latest = moments.latest()
        if not moments.is_behind(journal.now):
            raise NothingChanged
        (head,) = db.row("SELECT coalesce(max(seq), 0) FROM audit_entry") or (0,)
        db.write_many(_CLOCK, [("clock_from", str(head)), ("clock_seen", str(journal.now))])
        _forget_future(journal.now)
        journal.record("clock.accept", shop, old={"latest": moment(latest)}, new={"now": moment(journal.now)})
    return latest, journal.now


def _forget_future(now: int) -> None:
    """End what a clock that was ahead left behind: waits and sessions that would last until it is there again."""
    Failure.delete().where(Failure.at > now).execute()
    ahead = (Session.started_at > now) | (Session.seen_at > now) | (Session.proved_at > now)
    Session.update(ended_at=now, end="clock").where(Session.ended_at.is_null(), ahead).execute()


def checked_post(post: str) -> str:
    """The post of a former owner.

    Raises:
        Invalid: there is no such post.
    """
    if post not in catalogue.POSTS:
        raise Invalid("post", N_("Choose a post."))
    return post
