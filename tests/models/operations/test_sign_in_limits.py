"""From where and when somebody may sign in, and what the owner is told of their own."""

from __future__ import annotations

import pytest

from models.actor import Actor
from models.errors import (
    DeviceNeeded,
    Invalid,
    NotFromHere,
    NothingChanged,
    NotNow,
    OwnerAlone,
    OwnerProtected,
    SignInRefused,
    Unknown,
    WrongProof,
)
from models.operations import policy, recovery, security, sessions, staff
from models.queries import activity, security as queries
from tests.device_keys import enrolled
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded
from tests.models.doors import AFAR, NEAR, NEW, Watch, come_in, enrol, failures, recovery_codes, told
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def bob(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody who is about to lose something."""
    return little_shop.person("bob")


def test_limits_are_the_owners_to_set(little_shop: Founded, bob: Actor) -> None:
    """In a fixed form, with what was before in the log; never the owner's own."""
    owner, staff_id = little_shop.owner, bob.staff_id or 0
    (entry,) = recorded(lambda: security.limit(owner, staff_id, addresses="10.0.0.1 192.168.1.0/24", hours="周一至周五 9:00-18:00"))
    kept = {"addresses": "10.0.0.1, 192.168.1.0/24", "hours": "mon-fri 09:00-18:00"}
    assert (entry.action, entry.label, entry.old, entry.new) == ("security.limit", "bob", {"addresses": "", "hours": ""}, kept)
    refused(lambda: security.limit(owner, staff_id, addresses="192.168.1.0/24, 10.0.0.1", hours=kept["hours"]), NothingChanged)
    (entry,) = recorded(lambda: security.limit(CONSOLE, staff_id, addresses="", hours=""))
    assert entry.old == kept
    refused(lambda: security.limit(owner, 1, addresses="10.0.0.1", hours=""), OwnerProtected)
    refused(lambda: security.limit(owner, staff_id, addresses="10.0.0.300", hours=""), Invalid)
    refused(lambda: security.limit(owner, staff_id, addresses="", hours="never"), Invalid)
    refused(lambda: security.limit(owner, 99, addresses="", hours=""), Unknown)
    manager = little_shop.person("meg", gave=["manager"])
    refused(lambda: security.limit(manager, staff_id, addresses="10.0.0.1", hours=""), OwnerAlone)


def test_somebody_limited_to_addresses_comes_in_from_those_and_at_the_machine(little_shop: Founded, bob: Actor) -> None:
    """Who does not know the password is not told of it; sessions that are open go on."""
    security.limit(little_shop.owner, bob.staff_id or 0, addresses="198.51.100.0/24", hours="")
    activity.held(bob)
    sessions.sign_in(NEAR, "bob", PASSWORD)
    sessions.sign_in(STRANGER, "bob", PASSWORD)
    with pytest.raises(SignInRefused):
        sessions.sign_in(AFAR, "bob", NEW)
    with pytest.raises(NotFromHere):
        sessions.sign_in(AFAR, "bob", PASSWORD)
    assert told("session.refuse")[-1] == '{"because":"NotFromHere"}'
    assert failures() == 0, "it was the person"


def test_somebody_limited_to_hours_comes_in_at_those_and_at_the_machine(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """On the shop's clock, in the shop's zone."""
    watch.now = (watch.now // DAY + 1) * DAY + 3 * 3_600_000_000  # 11:00 in Shanghai
    security.limit(little_shop.owner, bob.staff_id or 0, addresses="", hours="09:00-12:00")
    sessions.sign_in(AFAR, "bob", PASSWORD)
    watch.passes(3600)
    with pytest.raises(NotNow):
        sessions.sign_in(AFAR, "bob", PASSWORD)
    sessions.sign_in(STRANGER, "bob", PASSWORD)


def test_p8_nothing_that_is_good_once_is_spent_on_being_turned_away(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Limits are told after full proof, but a recovery code, or the code of a reset, is still good where one may come in."""
    enrol(bob)
    made = recovery_codes(bob)
    security.limit(little_shop.owner, bob.staff_id or 0, addresses="198.51.100.0/24", hours="")
    with pytest.raises(WrongProof):
        come_in("bob", "123456", AFAR)
    with pytest.raises(NotFromHere):
        come_in("bob", made[1], AFAR)
    come_in("bob", made[1], NEAR)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, totp=True)
    with pytest.raises(NotFromHere):
        come_in("bob", fresh.code, AFAR)
    come_in("bob", fresh.code, NEAR)


def test_p13_where_a_device_key_is_required_nobody_comes_in_without(little_shop: Founded, bob: Actor) -> None:
    """Not at the machine either; the owner is exempt."""
    policy.edit(little_shop.owner, 1, queries.policy().policy._replace(device_required=True))
    for stranger in (STRANGER, AFAR):
        with pytest.raises(DeviceNeeded):
            sessions.sign_in(stranger, "bob", PASSWORD)
        sessions.sign_in(stranger, "owner", PASSWORD)
    sessions.sign_in(AFAR._replace(device=enrolled(bob.staff_id or 0, "bob's laptop")), "bob", PASSWORD)


def test_the_owners_new_address_is_told(little_shop: Founded, bob: Actor) -> None:
    """Once each, with the address; not at the machine, and of nobody else."""
    for stranger in (STRANGER, AFAR, AFAR, NEAR, AFAR, STRANGER):
        sessions.sign_in(stranger, "owner", PASSWORD)
        sessions.sign_in(stranger, "bob", PASSWORD)
    assert told("session.new_address") == [f'{{"address":"{each.address}"}}' for each in (AFAR, NEAR)]


def test_p13_who_is_reset_and_has_to_have_totp_is_led_to_it(little_shop: Founded, watch: Watch) -> None:
    """After coming in with the code: nothing else can be done before."""
    meg = little_shop.person("meg", gave=["manager"])
    enrol(meg)
    fresh = security.reset(little_shop.owner, meg.staff_id or 0, totp=True)
    inside = come_in("meg", fresh.code)
    assert queries.own(inside).enrolling
    enrol(inside)
    recovery.make(inside)
    staff.freeze(inside, little_shop.person("zed").staff_id or 0)
