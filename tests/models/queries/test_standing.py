"""How a session stands, and how one's own account is protected."""

from __future__ import annotations

import pytest

from models import clock
from models.actor import Actor
from models.errors import OwnerAlone, ProofNeeded, SessionEnded, SessionLocked
from models.operations import presence, recovery
from models.queries import security, standing
from models.queries._reading import held_in_standing
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import Watch, enrol, recovery_codes

pytestmark = pytest.mark.usefixtures("cheap")


def test_a_session_says_when_it_locks_ends_and_asks_for_proof(little_shop: Founded, watch: Watch) -> None:
    """To the microsecond, by the policy."""
    owner = signed_in("owner", ages=True)
    start = watch.now
    assert standing.of(owner) == standing.Standing(
        ends_at=start + 12 * clock.HOUR,
        idle_at=start + 10 * clock.MINUTE,
        seen_at=start,
        proved_until=start + 5 * clock.MINUTE,
        is_locked=False,
        is_enrolling=False,
        is_owner=True,
        proof="password",
    )
    enrol(owner)
    watch.passes(120)
    presence.seen(owner)
    presence.lock(owner)
    stands = standing.of(owner)
    assert (stands.is_locked, stands.proof, stands.seen_at) == (True, "totp", watch.now)
    presence.unlock(owner, PASSWORD)
    assert not standing.of(owner).is_locked


def test_of_the_operator_nothing_is_asked_and_a_stranger_stands_nowhere(little_shop: Founded) -> None:
    """The one is let through, the other never."""
    assert standing.require(CONSOLE) is None
    standing.require_proof(None, clock.now())
    standing.require_owner(CONSOLE)
    for nobody in (STRANGER, Actor("owner"), Actor("owner", 1), Actor("owner", 1, 999), Actor("owner", None, 1)):
        with pytest.raises(SessionEnded):
            standing.require(nobody)
        with pytest.raises(SessionEnded):
            standing.require_owner(nobody)


def test_what_is_the_owners_to_read_is_nobody_elses(little_shop: Founded) -> None:
    """Not a manager's either."""
    standing.require_owner(little_shop.owner)
    with pytest.raises(OwnerAlone):
        standing.require_owner(little_shop.person("meg", gave=["manager"]))


def test_ones_own_protection_is_told(little_shop: Founded, watch: Watch) -> None:
    """Since when TOTP is on, since when the password, how many codes are left."""
    own = security.own(little_shop.owner)
    assert (own.totp_since, own.recovery_left, own.few_codes, own.proof) == (None, 0, False, "password")
    assert own.password_changed_at is not None
    enrol(little_shop.owner)
    own = security.own(little_shop.owner)
    assert (own.totp_since, own.recovery_left, own.few_codes, own.proof) == (watch.now, 0, True, "totp")
    recovery_codes(little_shop.owner)
    recovery.make(little_shop.owner)
    own = security.own(little_shop.owner)
    assert (own.recovery_left, own.few_codes) == (8, False)


def test_what_colleagues_know_is_told_for_judging_a_password(little_shop: Founded) -> None:
    """Of oneself and of the shop; of nobody else."""
    little_shop.person("bob", name="Bob Zhao")
    names = security.own_names(little_shop.owner)
    assert {"owner", "Wang Fang", "Little Shop", "little-shop"} <= set(names)
    assert not {"bob", "Bob Zhao"} & set(names)
    assert security.names_around(None) == []


def test_nobody_holds_nothing(little_shop: Founded) -> None:
    """Whoever is no person has no access to be worked out, and is not taken for the operator."""
    with pytest.raises(SessionEnded):
        held_in_standing(STRANGER, clock.now())


@pytest.mark.usefixtures("honest")
def test_d8_a_clock_that_is_set_back_gives_no_session_more_time(little_shop: Founded, watch: Watch) -> None:
    """It asks for the password, and for proof, however fresh they look; it goes on from there by the clock as it is."""
    owner = signed_in("owner", ages=True)
    watch.passes(3600)
    presence.unlock(owner, PASSWORD)
    watch.passes(-1800)
    assert standing.of(owner).is_locked
    with pytest.raises(SessionLocked):
        standing.require(owner)
    presence.unlock(owner, PASSWORD)
    stands = standing.of(owner)
    assert (stands.is_locked, stands.seen_at) == (False, watch.now)
    standing.require_proof(stands, watch.now)


@pytest.mark.usefixtures("honest")
def test_d8_a_proof_from_later_than_now_is_none(little_shop: Founded, watch: Watch) -> None:
    """Where TOTP is on, the password alone makes no proof fresh."""
    owner = signed_in("owner", ages=True)
    watch.passes(3600)
    presence.unlock(owner, PASSWORD)
    enrol(owner)
    watch.passes(-1800)
    presence.unlock(owner, PASSWORD)
    with pytest.raises(ProofNeeded):
        standing.require_proof(standing.of(owner), watch.now)


@pytest.mark.usefixtures("honest")
def test_d8_a_session_that_begins_later_than_now_has_ended(little_shop: Founded, watch: Watch) -> None:
    """Nobody can tell how old it is; two minutes are forgiven, as where a clock is set right."""
    owner = signed_in("owner", ages=True)
    watch.passes(-120)
    assert standing.of(owner).ends_at
    watch.passes(-1)
    with pytest.raises(SessionEnded, match="clock was set back") as ended:
        standing.of(owner)
    assert ended.value.why == "clock"
