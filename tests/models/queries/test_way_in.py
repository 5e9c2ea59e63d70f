"""How somebody who was handed a code gets to the screens, as their keys and the policy are."""

from __future__ import annotations

import pytest

from models import clock
from models.errors import NotAllowed
from models.operations import devices, policy
from models.queries import security, way_in
from models.rules.hand_over import AT_TERMINAL, Reset, Way
from tests.device_keys import ed25519
from tests.factories import DAY, Founded

COMMAND = "ssh shop@counter"


def require_keys(shop: Founded) -> None:
    """Let nobody in without one."""
    known = security.policy()
    policy.edit(shop.owner, known.version, known.policy._replace(device_required=True))


def test_a_key_is_a_way_in_until_it_ends(little_shop: Founded) -> None:
    """None, one, one that is over, one that was revoked."""
    little_shop.person("carol", status="invited")
    carol = little_shop.id_of("carol")

    def way() -> Way:
        return way_in.of(little_shop.owner, "carol", None, COMMAND)

    assert way() == Way(command=COMMAND)
    now = clock.now()
    key = devices.add(little_shop.owner, carol, ed25519("carol"), name="phone", until=now + DAY)
    assert way() == Way(has_key=True, command=COMMAND)
    clock.set_clock(lambda: now + 2 * DAY)
    assert not way().has_key
    clock.set_clock(lambda: now + DAY)
    assert way().has_key
    devices.revoke(little_shop.owner, key)
    assert not way().has_key


def test_the_policy_shuts_the_shops_terminal_to_everybody_but_the_owner(little_shop: Founded) -> None:
    """Who has no key then has none to come in by."""
    little_shop.person("carol", status="invited")
    require_keys(little_shop)
    assert way_in.of(little_shop.owner, "carol", None, "") == Way(only_key=True)
    assert way_in.of(little_shop.owner, "owner", None, "") == AT_TERMINAL


def test_it_is_told_to_whoever_may_hand_out_such_a_code(little_shop: Founded) -> None:
    """Whoever onboards; after a reset whoever resets; nobody else learns who has a key."""
    little_shop.person("carol", status="invited")
    onboarder = little_shop.person("bob", gave=["customer_service"], extras=["staff.manage"])
    resetter = little_shop.person("carl", gave=["customer_service"], extras=["staff.security.reset"])
    assert way_in.of(onboarder, "carol", None, "") == way_in.of(resetter, "carol", Reset(password=True), "") == AT_TERMINAL
    for actor, reset in ((onboarder, Reset(password=True)), (resetter, None)):
        with pytest.raises(NotAllowed):
            way_in.of(actor, "carol", reset, "")


def test_nobody_of_that_login_comes_to_the_terminal(little_shop: Founded) -> None:
    """A card of nobody says no more than it did."""
    assert way_in.of(little_shop.owner, "nobody", None, COMMAND) == AT_TERMINAL
