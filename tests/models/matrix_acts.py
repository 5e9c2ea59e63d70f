"""Every operation once, as somebody tries it on somebody: what tests/models/matrix.csv says the outcome of.

An act prepares what would otherwise be in its way (an offer that is open, a phone that is set up, a target in the right status), so that
what is left to refuse it is who tries.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from models import clock, db, key_file
from models.actor import Actor, Proved
from models.operations import (
    _staging,
    _unpacking,
    backup,
    chat_intake,
    chat_reading,
    codes,
    departments,
    departures,
    devices,
    drafts,
    exports,
    figures_export,
    grants,
    hand_over,
    importing,
    indexing,
    journaling,
    key_copies,
    log,
    log_export,
    monitoring,
    onboarding,
    ownership,
    policy,
    presence,
    recovery,
    requests,
    restoring,
    review,
    roles,
    seats,
    security,
    separation,
    sessions,
    shop,
    staff,
    succession,
    totp,
)
from models.operations.codes import FreshCode
from models.operations.onboarding import Newcomer
from models.operations.shop import Founding
from models.operations.staff import Profile
from models.queries import figures, security as queries
from models.queries.audit import Wanted
from models.queries.chats import Filter
from models.queries.review import GrantKey
from models.rules import codes as code_rules, totp as rules
from models.rules.audit_damage import CHANGED, Damage
from models.rules.grants import AccessChange, ExtraGift
from models.tables import Credential, Device, Extra, OneTimeCode, OwnerOffer, RecoveryCode, Request, Separation, Session, Staff, Totp
from tests import factories
from tests.chats import CUSTOMER, conversation
from tests.device_keys import ed25519
from tests.factories import DAY, PASSWORD, STRANGER
from tests.models.doors import NEW
from tests.rosters import roster_of

CODE: Final = "7KQF-2M9X-AAAA-BBBB-CCCC-DDDD"
CAROL: Final = Newcomer("carol", Profile("Carol"), "service", days=7)
FRESH: Final = FreshCode("tom", CODE, 0)


class Try(NamedTuple):
    """Somebody tries something.

    Attributes:
        target: whom it is done to, where it is done to somebody.
        role: the role it is done to, where it is a role: the actor's own where `target` is the actor.
        department: one that is empty.
    """

    actor: Actor
    target: int
    role: int
    department: int

    @property
    def me(self) -> int:
        """The actor's id; of nobody where it has none."""
        return self.actor.staff_id or 0

    def target_is(self, status: str) -> None:
        """Bring the target into a status, unless it is the actor, or the owner, who is never in another."""
        left_at = clock.now() if status == "left" else None
        others = (Staff.id == self.target, Staff.id != self.me, Staff.is_owner == False)  # noqa: E712  peewee builds SQL of it
        Staff.update(status=status, left_at=left_at).where(*others).execute()

    @staticmethod
    def elsewhere() -> Path:
        """A place outside of the data folder, for a copy of the key file."""
        return db.home().parent / "copy.key"

    def conversation(self) -> int:
        """One that the target has with a customer."""
        return conversation(Staff.get(Staff.id == self.target).login, "Mei", (CUSTOMER, "where is the parcel"))

    def has_phone(self, *, on: bool = True) -> None:
        """Set TOTP up for the actor: on, or begun."""
        if self.me:
            state = {"generation": 1, "active": 1 if on else None, "pending": None if on else 1, "since": 1 if on else None}
            Totp.insert(staff=self.me, **state).execute()

    def code(self, steps: int = 0) -> str:
        """What the actor's phone shows."""
        return rules.code_at(rules.seed(key_file.current(), self.me, 1), rules.step_at(clock.now()) + steps)

    def proved(self) -> Proved:
        """The actor has shown the password."""
        found = Credential.get_or_none(Credential.staff == self.me)
        return Proved(self.actor.name, self.me, found.password if found else "", clock.now())

    def is_offered_the_shop(self) -> None:
        """The owner offers the shop to the actor, who is somebody else."""
        owner = Staff.get(Staff.id == self.me).is_owner if self.me else True
        if not owner:
            OwnerOffer.insert(heir=self.me, post="service", offered_at=clock.now(), expires_at=clock.now() + DAY).execute()

    def waiting_code(self) -> str:
        """A recovery code that waits to be typed back."""
        if self.me:
            RecoveryCode.insert(staff=self.me, digest=code_rules.digest(CODE), created_at=clock.now()).execute()
        return CODE

    def one_time_code(self) -> str:
        """An activation code for the actor."""
        if self.me:
            until = clock.now() + DAY
            OneTimeCode.update(void_at=clock.now()).execute()
            OneTimeCode.insert(
                staff=self.me, purpose="activation", digest=code_rules.digest(CODE), created_at=clock.now(), expires_at=until
            ).execute()
        return CODE

    def other_session(self) -> int:
        """A second session of the actor's own."""
        if not self.me:
            return 0
        now = clock.now()
        return int(Session.insert(staff=self.me, started_at=now, seen_at=now, proved_at=now).execute())

    def session_of(self, staff_id: int) -> int:
        """A session of somebody's; of nobody's where there is nobody."""
        now = clock.now()
        return int(Session.insert(staff=staff_id, started_at=now, seen_at=now, proved_at=now).execute()) if staff_id else 0

    def key_of(self, staff_id: int) -> int:
        """A device key of somebody's; of nobody's where there is nobody."""
        row = {"name": "Laptop", "kind": "ssh-ed25519", "bits": 256, "blob": "", "fingerprint": "SHA256:matrix", "added_by": "owner"}
        return int(Device.insert(staff=staff_id, added_at=clock.now(), **row).execute()) if staff_id else 0

    def request_of(self, staff_id: int) -> int:
        """A request of somebody's that waits for an answer; of nobody's where there is nobody."""
        row = {"permission": "staff.view", "days": 7, "reason": "matrix", "asked_at": clock.now(), "status": "open"}
        return int(Request.insert(staff=staff_id, **row).execute()) if staff_id else 0

    def behind(self) -> None:
        """Later times were seen."""
        db.rows("INSERT INTO setting (name, value) VALUES ('clock_seen', ?)", (str(clock.now() + DAY),))

    def has_kept_apart(self) -> None:
        """Two permissions are kept apart."""
        Separation.insert(id=1, one="finance.bill.view", other="refund.approve", declared_at=1, declared_by="owner").execute()

    def is_to_leave(self) -> None:
        """The target's departure is planned, unless it is the owner."""
        others = (Staff.id == self.target, Staff.is_owner == False)  # noqa: E712  peewee builds SQL of it
        Staff.update(leaves_at=clock.now() + DAY, leaves_by="owner").where(*others).execute()

    def away(self) -> int:
        """A colleague who holds what the target does not."""
        now = clock.now()
        who = {"login": "away", "name": "Away", "post": "operations", "status": "active", "activated_at": now}
        colleague = int(Staff.insert(created_at=now, created_by="owner", **who).execute())
        Extra.insert(staff=colleague, permission="staff.view", since=now, granted_by="owner").execute()
        return colleague

    def line(self) -> GrantKey:
        """A line of the target's in an access review."""
        row = {"staff": self.target, "permission": "staff.view", "since": clock.now(), "granted_by": "owner"}
        Extra.insert(**row).on_conflict_ignore().execute()
        return GrantKey("extra", int(Extra.get(Extra.staff == self.target, Extra.permission == "staff.view", Extra.ended_at.is_null()).id))

    def login(self) -> str:
        """The target's login."""
        return str(Staff.get(Staff.id == self.target).login)


Act = Callable[[Try], object]


def after(prepare: Callable[[Try], object], act: Act) -> Act:
    """`act`, with something brought about before."""

    def both(attempt: Try) -> object:
        prepare(attempt)
        return act(attempt)

    return both


def _change_journal(attempt: Try) -> None:
    """SQLite changes it outside of transactions alone, and here everything is in one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "set_journal", lambda _mode: None)
        patch.setattr(db.database, "journal", "wal")
        journaling.change(attempt.actor, "delete")


class _Allowed(Exception):
    """They may."""


def _restore(attempt: Try) -> None:
    """As far as who may: a restore closes what is open, and here everything is in one transaction."""

    def folder(_home: Path) -> None:
        raise _Allowed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_staging, "folder", folder)
        patch.setattr(_unpacking, "reopen", lambda _file: None)
        with suppress(_Allowed), restoring.prepare(attempt.actor, db.home(), db.home() / "none.zip"):
            pass


def _edit(attempt: Try) -> None:
    ((version, name, number),) = db.rows("SELECT version, name, number FROM staff WHERE id = ?", (attempt.target,))
    staff.edit(attempt.actor, attempt.target, version, Profile(name, "Nick", number))


def _bulk(attempt: Try) -> object:
    bulk = staff.move_many(attempt.actor, [attempt.target], attempt.department)
    return "done" if bulk.done else "skipped"


ROSTER: Final = ({"login": "dave", "name": "Dave"},)
GIFT: Final = AccessChange(give_extras=(ExtraGift("staff.view", None),))

ACTS: Final[dict[str, Act]] = {
    "backup.make": lambda t: backup.make(t.actor),
    "chat_intake.bring_in": lambda t: chat_intake.bring_in(t.actor, [b"{}"], "matrix"),
    "chat_reading.find": lambda t: chat_reading.find(t.actor, Filter(words="parcel")),
    "chat_reading.open_conversation": lambda t: chat_reading.open_conversation(t.actor, t.conversation()),
    "codes.renew": after(lambda t: t.target_is("invited"), lambda t: codes.renew(t.actor, t.target)),
    "departments.add": lambda t: departments.add(t.actor, "Day shift"),
    "departments.rename": lambda t: departments.rename(t.actor, t.department, 1, "Day shift"),
    "departments.move": lambda t: departments.move(t.actor, t.department, 1, 1),
    "departments.reorder": lambda t: departments.reorder(t.actor, 1, 1),
    "departments.set_head": lambda t: departments.set_head(t.actor, t.department, 1, t.target),
    "departments.close": lambda t: departments.close(t.actor, t.department, 1),
    "departures.plan": lambda t: departures.plan(t.actor, t.target, "2099-12-31"),
    "departures.unplan": after(Try.is_to_leave, lambda t: departures.unplan(t.actor, t.target)),
    "devices.add": lambda t: devices.add(t.actor, t.target, ed25519("matrix"), name="Laptop"),
    "devices.add:own": lambda t: devices.add(t.actor, t.me, ed25519("matrix"), name="Laptop"),
    "devices.revoke": lambda t: devices.revoke(t.actor, t.key_of(t.target)),
    "devices.revoke:own": lambda t: devices.revoke(t.actor, t.key_of(t.me)),
    "drafts.keep": lambda t: drafts.keep(t.actor, "onboard", {}),
    "drafts.drop": lambda t: drafts.drop(t.actor, "onboard"),
    "exports.record": lambda t: exports.record(t.actor, "staff", 1),
    "figures_export.pieces": lambda t: figures_export.pieces(t.actor, "csv", figures.usual("week")),
    "figures_export.put_into_outbox": lambda t: figures_export.put_into_outbox(t.actor, "json", figures.usual("today")),
    "figures_export.taken": lambda t: figures_export.taken(t.actor, figures.usual("today")),
    "grants.change": lambda t: grants.change(t.actor, t.target, GIFT),
    "hand_over.print_card": lambda t: hand_over.print_card(t.actor, "Tom", FRESH),
    "importing.run": lambda t: importing.run(t.actor, roster_of(*ROSTER)),
    "importing.run_into_outbox": lambda t: importing.run_into_outbox(t.actor, roster_of(*ROSTER)),
    "monitoring.end_session": lambda t: monitoring.end_session(t.actor, t.session_of(t.target)),
    "monitoring.end_sessions": after(lambda t: t.session_of(t.target), lambda t: monitoring.end_sessions(t.actor, t.target)),
    "key_copies.copy_key": lambda t: key_copies.copy_key(t.actor, t.elsewhere()),
    "indexing.make_anew": lambda t: indexing.make_anew(t.actor),
    "journaling.change": _change_journal,
    "log.accept": after(lambda _t: log.keep((Damage(CHANGED, 1, 1),)), lambda t: log.accept(t.actor)),
    "log.verify": lambda t: log.verify(t.actor),
    "onboarding.complaints": lambda t: onboarding.complaints(t.actor, CAROL),
    "onboarding.onboard": lambda t: onboarding.onboard(t.actor, CAROL),
    "ownership.offer": lambda t: ownership.offer(t.actor, t.target, "service", PASSWORD),
    "ownership.withdraw": after(
        lambda t: OwnerOffer.insert(heir=2, post="service", offered_at=1, expires_at=2).execute(), lambda t: ownership.withdraw(t.actor)
    ),
    "ownership.decline": after(Try.is_offered_the_shop, lambda t: ownership.decline(t.actor)),
    "ownership.accept": after(Try.is_offered_the_shop, after(Try.has_phone, lambda t: ownership.accept(t.actor, PASSWORD, t.code()))),
    "ownership.reset_owner": lambda t: ownership.reset_owner(t.actor),
    "ownership.replace_owner": lambda t: ownership.replace_owner(t.actor, t.login()),
    "ownership.accept_clock": after(Try.behind, lambda t: ownership.accept_clock(t.actor)),
    "policy.edit": lambda t: policy.edit(t.actor, 1, queries.policy().policy._replace(totp="everyone")),
    "presence.seen": lambda t: presence.seen(t.actor),
    "presence.lock": lambda t: presence.lock(t.actor),
    "presence.unlock": lambda t: presence.unlock(t.actor, PASSWORD),
    "presence.prove": lambda t: presence.prove(t.actor, PASSWORD),
    "log_export.pieces": lambda t: log_export.pieces(t.actor, "csv"),
    "log_export.put_into_outbox": lambda t: log_export.put_into_outbox(t.actor, "json"),
    "log_export.taken": lambda t: log_export.taken(t.actor, Wanted()),
    "recovery.make": after(Try.has_phone, lambda t: recovery.make(t.actor)),
    "recovery.keep": lambda t: recovery.keep(t.actor, t.waiting_code()),
    "requests.approve": lambda t: requests.approve(t.actor, t.request_of(t.target)),
    "requests.ask": lambda t: requests.ask(t.actor, role_id=t.role, days=7, reason="matrix"),
    "requests.decline": lambda t: requests.decline(t.actor, t.request_of(t.target), "no"),
    "requests.withdraw": lambda t: requests.withdraw(t.actor, t.request_of(t.me)),
    "review.confirm": lambda t: review.confirm(t.actor, [t.line()]),
    "review.pieces": lambda t: list(review.pieces(t.actor, "csv")),
    "review.put_into_outbox": lambda t: review.put_into_outbox(t.actor, "csv"),
    "restoring.prepare": _restore,
    "roles.add": lambda t: roles.add(t.actor, "New", ["staff.view"]),
    "roles.edit": lambda t: roles.edit(t.actor, t.role, None, name="New"),
    "roles.close": lambda t: roles.close(t.actor, t.role, None),
    "seats.buy": lambda t: seats.buy(t.actor, 5, 200, 12),
    "seats.claim": lambda t: seats.claim(t.actor, factories.seats(5, claimed=False)),
    "seats.count": lambda t: seats.count(t.actor, on=True),
    "seats.end": lambda t: seats.end(t.actor, factories.seats(5)),
    "seats.gift": lambda t: seats.gift(t.actor, 5),
    "seats.renew": lambda t: seats.renew(t.actor, factories.seats(5, "bought", since=1, until=clock.now() + DAY)),
    "security.change_password": lambda t: security.change_password(t.actor, PASSWORD, NEW),
    "security.reset": lambda t: security.reset(t.actor, t.target, password=True, totp=True),
    "security.end_session": lambda t: security.end_session(t.actor, t.other_session()),
    "security.end_others": after(Try.other_session, lambda t: security.end_others(t.actor)),
    "security.limit": lambda t: security.limit(t.actor, t.target, addresses="10.0.0.1", hours=""),
    "separation.declare": lambda t: separation.declare(t.actor, "refund.approve", "finance.bill.view"),
    "separation.withdraw": after(Try.has_kept_apart, lambda t: separation.withdraw(t.actor, 1)),
    "sessions.sign_in": lambda t: sessions.sign_in(STRANGER, t.actor.name, PASSWORD),
    "sessions.second_factor": after(Try.has_phone, lambda t: sessions.second_factor(STRANGER, t.proved(), t.code())),
    "sessions.resynchronise": after(Try.has_phone, lambda t: sessions.resynchronise(STRANGER, t.proved(), t.code(9), t.code(10))),
    "sessions.activate": lambda t: sessions.activate(STRANGER, t.actor.name, t.one_time_code(), NEW),
    "sessions.sign_out": lambda t: sessions.sign_out(t.actor),
    "sessions.turn_away": lambda _t: sessions.turn_away(STRANGER),
    "shop.found": lambda t: shop.found(t.actor, Founding("Other", "other", "en", "UTC", "boss", "Li Na", NEW)),
    "shop.edit": lambda t: shop.edit(t.actor, 1, name="Other", code="other", language="en", zone="UTC"),
    "staff.edit": _edit,
    "staff.move": lambda t: staff.move(t.actor, t.target, t.department),
    "staff.move_many": _bulk,
    "staff.freeze": lambda t: staff.freeze(t.actor, t.target),
    "staff.unfreeze": after(lambda t: t.target_is("frozen"), lambda t: staff.unfreeze(t.actor, t.target)),
    "staff.leave": lambda t: staff.leave(t.actor, t.target),
    "staff.reinstate": after(lambda t: t.target_is("left"), lambda t: staff.reinstate(t.actor, t.target)),
    "staff.set_language": lambda t: staff.set_language(t.actor, "zh"),
    "succession.replace": lambda t: succession.replace(t.actor, t.away(), t.target),
    "succession.stand_in": lambda t: succession.stand_in(t.actor, t.away(), t.target, (), ("staff.view",), clock.now() + DAY),
    "totp.begin": lambda t: totp.begin(t.actor),
    "totp.confirm": after(lambda t: t.has_phone(on=False), lambda t: totp.confirm(t.actor, t.code())),
    "totp.turn_off": after(Try.has_phone, lambda t: totp.turn_off(t.actor)),
    "totp.put_off": lambda t: totp.put_off(t.actor),
}
"""By module and name; after a colon, which of the things that may be done to others that is."""
