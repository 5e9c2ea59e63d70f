"""Random acts of protection, among random acts of every other kind, never break a rule.

People enrol, lock, prove, are reset and come back, hand the shop over, and try what they may not, in sessions that age.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from models import clock, db
from models.actor import Actor
from models.errors import SecondFactorNeeded, ShopstaffError
from models.operations import _hashing, ownership, policy, presence, recovery, security, sessions, staff, totp
from models.queries import moments, security as queries
from models.rules import passwords
from models.rules.policy import BOUNDS, TOTP_CHOICES
from tests import factories
from tests.factories import CONSOLE, PASSWORD, STRANGER
from tests.models.doors import CHEAP, NEW, Phone
from tests.models.test_rules_hold import PEOPLE, WHO, Shop, run

FEW = st.sampled_from([1, 1, 2, 3])
"""Few people, so that what one does meets what was done before."""
POSTS = st.sampled_from(["service", "operations"])


class ProtectedShop(Shop):
    """A shop in which everybody also tries everything to do with protection."""

    def __init__(self) -> None:
        super().__init__()
        self.now = max(self.now, moments.latest() + clock.DAY)
        self.phones: dict[int, Phone] = {}
        self.codes: dict[int, str] = {}
        self.inside: list[Actor] = []
        self.secrets = {PASSWORD, NEW}
        self.generations: dict[int, int] = {}

    def teardown(self) -> None:
        """Look for secrets in the log, at the end of everything."""
        try:
            told = "\n".join(map(str, db.rows("SELECT actor, action, object_label, old, new FROM audit_entry"))).upper()
            assert not [secret for secret in self.secrets if secret.upper() in told]
        finally:
            super().teardown()

    @initialize()
    def one_who_is_inside(self) -> None:
        """The owner has come in by the door."""
        self.inside.append(sessions.sign_in(STRANGER, "owner", PASSWORD))

    def code_of(self, who: int, right: bool) -> str:
        """What somebody's phone shows, if they have one."""
        phone = self.phones.get(who)
        return "000000" if phone is None else phone.code() if right else phone.wrong()

    def calm(self) -> None:
        """Forget what failed: lock-out has tests of its own, and stops everything here."""
        db.rows("DELETE FROM failure")

    def session(self, which: int) -> Actor:
        """One of the sessions that came in by the door; it may have ended meanwhile."""
        return self.inside[which % len(self.inside)]

    @rule(who=FEW, right=st.sampled_from([True, True, False]))
    def enrol(self, who: int, right: bool) -> None:
        """Set up TOTP, or break off."""
        self.calm()

        def act(actor: Actor) -> None:
            phone = Phone(totp.begin(actor).uri)
            self.secrets |= {phone.app.secret, phone.code()}
            totp.confirm(actor, phone.code() if right else phone.wrong())
            self.phones[who] = phone
            made = recovery.make(actor)
            self.secrets |= set(made)
            recovery.keep(actor, made[0])

        self.attempt(who, None, act)
        self.minutes_pass(1)
        self.come_in(who, right=True)

    @rule(who=FEW, act=st.sampled_from([totp.turn_off, totp.put_off, security.end_others]))
    def do_without(self, who: int, act: Callable[[Actor], object]) -> None:
        """Turn TOTP off, put it off, end one's other sessions."""
        self.attempt(who, None, act)

    @rule(who=FEW, whom=st.sampled_from([2, 3, 4]), password=st.booleans(), phone=st.booleans())
    def reset(self, who: int, whom: int, password: bool, phone: bool) -> None:
        """Void what somebody proves who they are with."""

        def act(actor: Actor) -> None:
            fresh = security.reset(actor, whom, password=password, totp=phone)
            assert fresh is not None
            self.codes[whom] = fresh.code
            self.secrets.add(self.codes[whom])

        self.attempt(who, whom, act)
        self.come_back(whom)
        self.come_in(whom, right=True)

    @rule(whom=FEW, right=st.sampled_from([True, True, False]))
    def come_in(self, whom: int, right: bool) -> None:
        """By the door, with whatever somebody has; nobody who is not active gets in, and nobody without their second factor."""
        self.calm()
        ((login, status),) = db.rows("SELECT login, status FROM staff WHERE id = ?", (whom,)) or [("nobody", "")]
        asked = db.rows("SELECT 1 FROM totp WHERE staff_id = ? AND (active IS NOT NULL OR barred = 1)", (whom,))
        try:
            actor = sessions.sign_in(STRANGER, login, PASSWORD if right else NEW)
        except SecondFactorNeeded as needed:
            kind, known = needed.kind, needed.proved
            with pytest.raises(ShopstaffError):
                sessions.second_factor(STRANGER, known, self.code_of(whom, right=False))
            try:
                code = self.codes.get(whom, "") if kind == "code" else self.code_of(whom, right=True)
                self.inside.append(sessions.second_factor(STRANGER, known, code))
            except ShopstaffError:
                return
        except ShopstaffError:
            return
        else:
            assert not asked, f"{login} came in by the password alone"
            self.inside.append(actor)
        assert status == "active"
        assert right

    @rule(whom=FEW)
    def come_back(self, whom: int) -> None:
        """Use the code of a reset to set a password; where the password is in force it sets none."""
        ((login,),) = db.rows("SELECT login FROM staff WHERE id = ?", (whom,)) or [("nobody",)]
        had = db.rows("SELECT 1 FROM credential WHERE staff_id = ?", (whom,))
        with suppress(ShopstaffError):
            sessions.activate(STRANGER, login, self.codes.get(whom, ""), PASSWORD)
            assert not had
            assert db.rows("SELECT 1 FROM staff WHERE id = ? AND status = 'active'", (whom,))

    @rule(which=st.integers(0, 50), right=st.booleans())
    def look_up(self, which: int, right: bool) -> None:
        """Lock, unlock, prove, press a key: in a session that ages."""
        self.calm()
        actor = self.session(which)
        for act in (
            lambda: presence.lock(actor),
            lambda: presence.unlock(actor, PASSWORD if right else NEW),
            lambda: presence.prove(actor, self.code_of(actor.staff_id or 0, right) if which % 2 else PASSWORD),
            lambda: presence.seen(actor),
        ):
            with suppress(ShopstaffError):
                act()

    @rule(whom=PEOPLE, minutes=st.sampled_from([0, 2, 4, 6, 9, 11, 13, 70]), is_locked=st.booleans())
    def act_in_a_session_that_ages(self, whom: int, minutes: int, is_locked: bool) -> None:
        """What is done is done in a session that lasts, is open, and proved a short while ago."""
        ((owner,),) = db.rows("SELECT id FROM staff WHERE is_owner = 1")
        self.come_in(owner, right=True)
        actor = self.inside[-1]
        if is_locked:
            with suppress(ShopstaffError):
                presence.lock(actor)
        self.now += minutes * clock.MINUTE
        before = self.now
        try:
            staff.freeze(actor, whom)
        except ShopstaffError:
            return
        found = db.rows(
            "SELECT s.started_at, s.proved_at, s.seen_at, s.locked_at, s.ended_at, s.enrolling, p.session_hours, p.proof_minutes, "
            "p.idle_minutes FROM session s, policy p WHERE s.id = ?",
            (actor.session_id,),
        )
        ((started, proved, seen, locked, ended, enrolling, hours, minutes, idle),) = found
        assert (locked, ended, enrolling) == (None, None, 0)
        assert before <= started + hours * clock.HOUR
        assert before <= proved + minutes * clock.MINUTE
        assert before <= seen + (idle + 2) * clock.MINUTE

    @rule(who=WHO, field=st.sampled_from(sorted(BOUNDS)), value=st.integers(-1, 70), asks=st.sampled_from(TOTP_CHOICES))
    def edit_policy(self, who: int, field: str, value: int, asks: str) -> None:
        """Change the policy, within bounds or not."""
        version, now = queries.policy()
        self.attempt(who, None, lambda actor: policy.edit(actor, version, now._replace(totp=asks, **{field: value})))  # type: ignore[arg-type]  # a number

    @rule(who=WHO, whom=PEOPLE, addresses=st.sampled_from(["", "10.0.0.1"]), hours=st.sampled_from(["", "09:00-18:00"]))
    def limit(self, who: int, whom: int, addresses: str, hours: str) -> None:
        """Say from where and when somebody may sign in."""
        self.attempt(who, None, lambda actor: security.limit(actor, whom, addresses=addresses, hours=hours))

    @rule(who=FEW, whom=FEW, post=POSTS, take_back=st.sampled_from([False, False, True]), right=st.booleans())
    def offer(self, who: int, whom: int, post: str, take_back: bool, right: bool) -> None:
        """Offer the shop, or take the offer back."""
        self.calm()
        act = ownership.withdraw if take_back else lambda actor: ownership.offer(actor, whom, post, PASSWORD)
        self.attempt(who, None, act)
        self.answer(whom, right=right, decline=False)

    @rule(whom=FEW, right=st.booleans(), decline=st.sampled_from([False, False, True]))
    def answer(self, whom: int, right: bool, decline: bool) -> None:
        """Accept the shop, or decline it: it goes to nobody to whom it was not offered, nor to anybody without TOTP."""
        self.calm()
        actor = self.actor(whom)
        ((owner,),) = db.rows("SELECT id FROM staff WHERE is_owner = 1")
        offered = db.rows("SELECT 1 FROM owner_offer WHERE heir_id = ? AND ended_at IS NULL AND expires_at >= ?", (whom, self.now))
        try:
            ownership.decline(actor) if decline else ownership.accept(actor, PASSWORD, self.code_of(whom, right))
        except ShopstaffError:
            assert db.rows("SELECT id FROM staff WHERE is_owner = 1") == [(owner,)]
        else:
            assert offered
            if not decline:
                assert right
                assert db.rows("SELECT id FROM staff WHERE is_owner = 1") == [(whom,)]
                assert not db.rows("SELECT 1 FROM session WHERE staff_id = ? AND ended_at IS NULL", (owner,))
                assert db.rows("SELECT 1 FROM totp WHERE staff_id = ? AND active IS NOT NULL", (whom,))
        finally:
            sessions.sign_out(actor)

    @rule(whom=PEOPLE, replace=st.booleans(), gone=st.sampled_from([False, False, False, True]))
    def at_the_machine(self, whom: int, replace: bool, gone: bool) -> None:
        """Set the owner's account right, or make somebody else the owner; now and then only."""
        if not gone:
            return
        ((login,),) = db.rows("SELECT login FROM staff WHERE id = ?", (whom,)) or [("nobody",)]
        with suppress(ShopstaffError):
            if replace:
                ownership.replace_owner(CONSOLE, login)
            else:
                ((owner,),) = db.rows("SELECT id FROM staff WHERE is_owner = 1")
                self.codes[owner] = ownership.reset_owner(CONSOLE).code
                self.secrets.add(self.codes[owner])

    @rule(minutes=st.integers(1, 40))
    def minutes_pass(self, minutes: int) -> None:
        """Sessions lock, proof grows old."""
        self.now += minutes * clock.MINUTE

    @invariant()
    def no_generation_is_ever_lower(self) -> None:
        """So no seed comes back."""
        for staff_id, generation, active, pending in db.rows("SELECT staff_id, generation, active, pending FROM totp"):
            assert generation >= self.generations.get(staff_id, 0)
            assert max(active or 0, pending or 0) <= generation
            self.generations[staff_id] = generation

    @invariant()
    def at_most_one_offer_is_open(self) -> None:
        """And none to the owner."""
        opened = db.rows("SELECT s.is_owner FROM owner_offer o JOIN staff s ON s.id = o.heir_id WHERE o.ended_at IS NULL")
        assert opened in ([], [(0,)])

    @invariant()
    def the_policy_is_within_its_bounds(self) -> None:
        """Whoever edited it."""
        now = queries.policy().policy
        assert all(least <= getattr(now, field) <= most for field, (least, most) in BOUNDS.items())

    @invariant()
    def recovery_codes_are_for_who_has_totp(self) -> None:
        """None is good that stands in for nothing."""
        assert not db.rows(
            "SELECT 1 FROM recovery_code r LEFT JOIN totp t ON t.staff_id = r.staff_id "
            "WHERE r.used_at IS NULL AND r.void_at IS NULL AND t.active IS NULL"
        )

    @invariant()
    def nobody_has_two_codes(self) -> None:
        """A new one-time code voids the one before."""
        assert not db.rows("SELECT 1 FROM one_time_code WHERE used_at IS NULL AND void_at IS NULL GROUP BY staff_id HAVING count(*) > 1")


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes cost next to nothing."""
    kept = passwords.digest(PASSWORD, CHEAP)
    monkeypatch.setattr(_hashing, "cost", lambda: CHEAP)
    monkeypatch.setattr(factories, "digest", lambda: kept)
    yield
    clock.set_clock(None)


@pytest.mark.usefixtures("cheap_hashes")
def test_p16_random_acts_of_protection_never_break_a_rule(shop_template: Path) -> None:
    """A first few hundred, at every run."""
    run(ProtectedShop, shop_template, examples=8, steps=25)


@pytest.mark.slow
@pytest.mark.usefixtures("cheap_hashes")
def test_p16_ten_thousand_random_acts_never_break_a_rule(shop_template: Path) -> None:
    """Two hundred shops, fifty acts each."""
    run(ProtectedShop, shop_template, examples=200, steps=50)
