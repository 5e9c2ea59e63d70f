"""What somebody is told about their own account, and when it is settled."""

from __future__ import annotations

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import DAY, MINUTE
from models.errors import ShopstaffError
from models.operations import devices, ownership, policy as policy_operations, recovery, sessions, totp
from models.queries import home, security
from models.queries.reminders import NOTHING, Reminders
from models.rules.passwords import Cost
from models.rules.policy import HIGH_RISK, NOBODY
from tests.device_keys import ed25519
from tests.factories import PASSWORD, STRANGER, Founded
from tests.models.doors import AFAR, NEAR, NEW, Watch, enrol, recovery_codes


def told(actor: Actor) -> Reminders:
    """What there is to be told."""
    return home.today(actor).reminders


def fails(login: str, whence: Actor = AFAR, password: str = NEW) -> None:
    """Somebody tries a password that is wrong."""
    with pytest.raises(ShopstaffError):
        sessions.sign_in(whence, login, password)


def addresses(actor: Actor) -> list[str]:
    """The new addresses that are told."""
    return [each.address for each in told(actor).addresses]


def enters(whence: Actor, watch: Watch) -> Actor:
    """The owner signs in, and out again a little later."""
    actor = sessions.sign_in(whence, "owner", PASSWORD)
    watch.passes(60)
    return actor


def test_p13_whoever_lacks_the_phone_codes_that_are_asked_for_is_reminded(little_shop: Founded) -> None:
    """By what they may do and by the policy; gone once they are on."""
    owner, low = little_shop.owner, little_shop.person("alice", extras=["goods.view"])
    assert (told(owner).lacks_totp, told(low).lacks_totp) == (True, False)
    known = security.policy()
    policy_operations.edit(owner, known.version, known.policy._replace(totp=NOBODY))
    assert not told(owner).lacks_totp
    policy_operations.edit(owner, known.version + 1, known.policy._replace(totp=HIGH_RISK))
    assert (told(owner).lacks_totp, told(owner).put_off) == (True, False)
    totp.put_off(owner)
    assert (told(owner).lacks_totp, told(owner).put_off) == (True, True)
    enrol(owner)
    assert (told(owner).lacks_totp, told(owner).put_off) == (False, False)


def test_p8_at_two_recovery_codes_or_fewer_one_is_reminded(little_shop: Founded) -> None:
    """Not where phone codes are off, which they stand in for."""
    bob = little_shop.person("bob")
    assert told(bob).codes_left is None
    enrol(bob)
    assert told(bob).codes_left == 0
    made = recovery.make(bob)
    assert told(bob).codes_left == 0
    recovery.keep(bob, made[0])
    assert told(bob).codes_left is None
    for used in range(1, 9):
        with db.transaction():
            db.database.execute_sql(
                "UPDATE recovery_code SET used_at = 1 WHERE id = (SELECT min(id) FROM recovery_code WHERE used_at IS NULL)"
            )
        assert told(bob).codes_left == (8 - used if used >= 6 else None)


def test_a_device_key_of_ones_own_that_ends_within_two_weeks_is_told(little_shop: Founded) -> None:
    """The first to end first; not one that ends later or never, was revoked, is over already, or is another's."""
    bob, amy = little_shop.person("bob"), little_shop.person("amy")
    now = clock.now()
    ends = {"later": now + 15 * DAY, "never": None, "phone": now + 14 * DAY, "tablet": now + 3 * DAY, "lost": now + 2 * DAY}
    keys = {name: devices.add(bob, bob.staff_id or 0, ed25519(name), name=name, until=until) for name, until in ends.items()}
    devices.add(amy, amy.staff_id or 0, ed25519("amy"), name="amy's", until=now + DAY)
    devices.revoke(bob, keys["lost"])
    clock.set_clock(lambda: now)
    assert [tuple(each) for each in told(bob).keys] == [(keys[name], name, ends[name]) for name in ("tablet", "phone")]
    clock.set_clock(lambda: now + 4 * DAY)
    assert [each.name for each in told(bob).keys] == ["phone", "later"]
    assert told(little_shop.owner).keys == ()


def test_a_new_address_is_told_at_the_next_sign_in_and_then_no_more(little_shop: Founded, watch: Watch, cheap: Cost) -> None:
    """Not in the session that came from it: whoever sits there knows."""
    home_session = enters(NEAR, watch)
    away = enters(AFAR, watch)
    assert addresses(away) == ["198.51.100.20"]
    assert addresses(home_session) == ["203.0.113.7"]
    back = enters(NEAR, watch)
    assert addresses(back) == ["203.0.113.7"]
    assert told(back).addresses[0].at == pytest.approx(watch.now - 2 * MINUTE, abs=MINUTE)
    assert addresses(enters(NEAR, watch)) == []


def test_a_stranger_who_comes_twice_does_not_settle_it(little_shop: Founded, watch: Watch, cheap: Cost) -> None:
    """Only a sign-in from elsewhere does, or a week from the same address."""
    enters(NEAR, watch)
    for _time in range(3):
        enters(AFAR, watch)
    assert addresses(enters(NEAR, watch)) == ["203.0.113.7"]
    assert addresses(enters(NEAR, watch)) == []


def test_an_owner_who_has_moved_is_not_told_for_ever(little_shop: Founded, watch: Watch, cheap: Cost) -> None:
    """A week after the first sign-in from an address it is an old one."""
    enters(AFAR, watch)
    assert addresses(enters(AFAR, watch)) == ["203.0.113.7"]
    watch.passes(8 * 86_400)
    assert addresses(enters(AFAR, watch)) == ["203.0.113.7"]
    assert addresses(enters(AFAR, watch)) == []


def test_staff_are_told_of_no_addresses(little_shop: Founded, cheap: Cost) -> None:
    """It is the owner's account that is worth travelling for; theirs may be limited to addresses."""
    little_shop.person("bob")
    sessions.sign_in(AFAR, "bob", PASSWORD)
    assert addresses(sessions.sign_in(NEAR, "bob", PASSWORD)) == []


def test_p4_failed_attempts_are_told_until_the_next_sign_in(little_shop: Founded, cheap: Cost) -> None:
    """With how many, and when and where from the last; another's are not one's own."""
    little_shop.person("bob")
    first = sessions.sign_in(STRANGER, "bob", PASSWORD)
    assert told(first).failed is None
    fails("bob")
    fails("bob", NEAR)
    fails("owner")
    failed = told(first).failed
    assert failed is not None
    assert (failed.number, failed.address) == (2, NEAR.address)
    second = sessions.sign_in(STRANGER, "bob", PASSWORD)
    assert told(second).failed == failed
    assert told(sessions.sign_in(STRANGER, "bob", PASSWORD)).failed is None


def test_failed_attempts_before_the_first_sign_in_are_told(little_shop: Founded, cheap: Cost) -> None:
    """Somebody tried before its person ever came."""
    little_shop.person("bob")
    fails("bob")
    failed = told(sessions.sign_in(STRANGER, "bob", PASSWORD)).failed
    assert failed is not None
    assert failed.number == 1


def test_an_offer_is_told_to_owner_and_heir_while_it_is_open(little_shop: Founded) -> None:
    """And to nobody else; each sees which side they are on."""
    heir, other = little_shop.person("bob"), little_shop.person("mei")
    ownership.offer(little_shop.owner, little_shop.id_of("bob"), "service", PASSWORD)
    assert [(told(actor).offer is not None, told(actor).is_heir) for actor in (little_shop.owner, heir, other)] == [
        (True, False),
        (True, True),
        (False, False),
    ]
    later = clock.now() + DAY + 1
    clock.set_clock(lambda: later)
    assert told(heir).offer is told(little_shop.owner).offer is None


def test_the_operator_has_no_account_to_be_told_of(little_shop: Founded) -> None:
    """Whatever happens to the accounts of others."""
    little_shop.person("bob")
    ownership.offer(little_shop.owner, little_shop.id_of("bob"), "service", PASSWORD)
    fails("bob")
    assert told(little_shop.console) == NOTHING


def test_recovery_codes_that_are_kept_are_not_told(little_shop: Founded) -> None:
    """Eight are enough."""
    enrol(little_shop.owner)
    recovery_codes(little_shop.owner)
    assert told(little_shop.owner).codes_left is None
