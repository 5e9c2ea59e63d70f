"""Random acts with device keys, among random acts of every other kind, never break a rule.

People enrol and revoke, their own and others', are reset with their keys, and knock with any key at any time; what has become of each key
is kept in here a second time.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from models import authorized_keys, db
from models.actor import Actor
from models.errors import SecondFactorNeeded, ShopstaffError
from models.operations import devices, security, sessions
from models.queries import devices as queries, security as security_queries
from tests.device_keys import ed25519, fingerprint
from tests.factories import CONSOLE, DAY, PASSWORD
from tests.models.doors import AFAR, NEW
from tests.models.test_protection_holds import FEW, ProtectedShop, cheap_hashes
from tests.models.test_rules_hold import ENDS, WHO, run

__all__ = ["cheap_hashes"]

KEYS = [ed25519(f"key {number}") for number in range(6)]
NAMES = [fingerprint(key) for key in KEYS]
WHICH = st.integers(0, len(KEYS) - 1)
WHOSE = st.sampled_from([1, 2, 2, 3, 4, 6])
"""Few people, so that keys meet."""


class KeyedShop(ProtectedShop):
    """A shop in which everybody also has devices, and tries those of others."""

    def __init__(self) -> None:
        super().__init__()
        self.whose: dict[str, int] = {}
        self.spent: set[str] = set()
        self.secrets |= {key.split()[1] for key in KEYS}

    @initialize()
    def the_first_key_of_all(self) -> None:
        """The owner's, enrolled at the machine."""
        devices.add(CONSOLE, 1, KEYS[0], name="laptop")
        self.whose[NAMES[0]] = 1

    def owner(self) -> int:
        """Whose the shop is."""
        ((owner,),) = db.rows("SELECT id FROM staff WHERE is_owner = 1")
        return int(owner)

    @rule(who=WHO, whom=WHOSE, own=st.booleans(), which=WHICH, end=ENDS)
    def enrol_key(self, who: int, whom: int, own: bool, which: int, end: int | None) -> None:
        """Enrol a key, one's own or another's: only the owner does the latter; a key that was somebody's stays theirs, or is spent."""
        until, name, whom = None if end is None else self.now + end, NAMES[which], who if own else whom
        live = self.live(whom)

        def act(actor: Actor) -> None:
            devices.add(actor, whom, KEYS[which], name=f"device {which}", until=until)
            assert actor.is_console or actor.staff_id in {whom, self.owner()}
            assert self.whose.get(name, whom) == whom
            assert name not in self.spent | live
            assert len(live) < security_queries.policy().policy.devices_each
            self.whose[name] = whom

        self.attempt(who, None, act)
        self.come_by_key(self.whose.get(name, whom), which, right=True)

    @rule(whom=WHOSE, which=WHICH)
    def get_a_key(self, whom: int, which: int) -> None:
        """Enrol one's own, for a few days."""
        self.enrol_key(whom, whom, own=True, which=which, end=3 * DAY)

    def live(self, whom: int) -> set[str]:
        """Somebody's keys that open, as far as that is theirs to say."""
        rows = db.rows("SELECT fingerprint, expires_at FROM device WHERE staff_id = ? AND ended_at IS NULL", (whom,))
        return {name for name, end in rows if end is None or end >= self.now}

    @rule(who=FEW, which=WHICH)
    def revoke_key(self, who: int, which: int) -> None:
        """Revoke a key: one's own, or that of somebody within reach, which `attempt` looks after."""
        found = db.rows("SELECT id, staff_id, fingerprint FROM device ORDER BY ended_at IS NOT NULL, id DESC")
        identity, whom, name = found[which % len(found)]

        def act(actor: Actor) -> None:
            before = self.owner()
            devices.revoke(actor, identity)
            assert name not in self.spent
            assert actor.is_console or actor.staff_id == whom or whom != before
            self.spent.add(name)

        self.attempt(who, whom, act)
        self.come_by_key(whom, NAMES.index(name), right=True)

    @rule(who=FEW, whom=WHOSE)
    def reset_keys(self, who: int, whom: int) -> None:
        """Void all keys of somebody."""

        def act(actor: Actor) -> None:
            assert security.reset(actor, whom, devices=True) is None
            assert self.live(whom) == set()

        self.attempt(who, whom, act)

    @rule(whom=WHOSE, which=WHICH, right=st.sampled_from([True, True, False]))
    def come_by_key(self, whom: int, which: int, right: bool) -> None:
        """By the door, with any key: nobody gets in but whose it is, as long as it is good."""
        self.calm()
        stranger = AFAR._replace(device=NAMES[which])
        ((login, status),) = db.rows("SELECT login, status FROM staff WHERE id = ?", (whom,)) or [("nobody", "")]
        try:
            actor = sessions.sign_in(stranger, login, PASSWORD if right else NEW)
        except SecondFactorNeeded:
            pass
        except ShopstaffError:
            return
        else:
            self.inside.append(actor)
            assert actor.device == NAMES[which]
        assert right
        assert status == "active"
        assert self.whose[NAMES[which]] == whom
        assert NAMES[which] not in self.spent
        known = queries.knock(NAMES[which])
        assert known == (whom, login, False)

    @rule(who=st.sampled_from([1, 2]), whom=st.sampled_from([2, 3, 4]), which=WHICH)
    def activate_by_key(self, who: int, whom: int, which: int) -> None:
        """With the code of a reset, by any key; what it was that a key refuses, the code is good for still."""

        def act(actor: Actor) -> None:
            self.codes[whom] = security.reset(actor, whom, password=True).code

        self.attempt(who, whom, act)
        self.calm()
        ((login,),) = db.rows("SELECT login FROM staff WHERE id = ?", (whom,)) or [("nobody",)]
        try:
            sessions.activate(AFAR._replace(device=NAMES[which]), login, self.codes.get(whom, ""), PASSWORD)
        except ShopstaffError:
            self.come_back(whom)
            return
        assert self.whose[NAMES[which]] == whom
        assert NAMES[which] not in self.spent

    @rule(days=st.integers(1, 5), back=st.booleans())
    def the_clock_is_set(self, days: int, back: bool) -> None:
        """Ahead; what is over then is over for good, whatever the clock says."""
        before = [queries.knock(name) for name in NAMES]
        self.now += days * DAY
        ended = [name for name, known in zip(NAMES, before, strict=True) if known is not None and queries.knock(name) is None]
        self.calm()
        self.come_in(self.owner(), right=True)  # so that the time was seen
        if back:
            self.now -= days * DAY
            assert [name for name in ended if queries.knock(name) is not None] == []
            self.now += days * DAY

    @invariant()
    def what_is_over_stays_over(self) -> None:
        """No row of a key comes back, or changes hands."""
        for name, whom, ended in db.rows("SELECT fingerprint, staff_id, ended_at FROM device"):
            assert self.whose[name] == whom
            if ended is not None:
                self.spent.add(name)
            assert (ended is not None) == (name in self.spent)

    @invariant()
    def sshd_and_the_screens_say_the_same(self) -> None:
        """Of every key; and what opens belongs to somebody who may come in."""
        for key, name in zip(KEYS, NAMES, strict=True):
            known, told = queries.knock(name), authorized_keys.key(str(self.shop.home), name)
            assert told == (" ".join(key.split()[:2]) if known is not None else "")
            if known is not None:
                status = db.row("SELECT status FROM staff WHERE id = ?", (known.staff_id,))
                assert status == (("invited",) if known.invited else ("active",))

    @invariant()
    def who_has_left_has_no_key(self) -> None:
        """And no session goes on that a spent key opened."""
        assert not db.rows("SELECT 1 FROM device d JOIN staff s ON s.id = d.staff_id WHERE d.ended_at IS NULL AND s.status = 'left'")
        assert not db.rows(
            "SELECT 1 FROM session e JOIN device d ON d.fingerprint = e.device WHERE e.ended_at IS NULL AND d.ended_at IS NOT NULL"
        )


@pytest.mark.usefixtures("cheap_hashes")
def test_p12_random_acts_with_device_keys_never_break_a_rule(shop_template: Path) -> None:
    """A first few hundred, at every run."""
    run(KeyedShop, shop_template, examples=12, steps=25)


@pytest.mark.slow
@pytest.mark.usefixtures("cheap_hashes")
def test_p12_five_thousand_random_acts_with_device_keys_never_break_a_rule(shop_template: Path) -> None:
    """A hundred shops, fifty acts each."""
    run(KeyedShop, shop_template, examples=100, steps=50)
