"""Recovery codes: eight, shown once, in force when one was typed back, each good once."""

from __future__ import annotations

import pytest

from models import db
from models.actor import Actor
from models.errors import ProofNeeded, SecondFactorNeeded, SessionEnded, SignInLocked, TotpMissing, WrongProof
from models.operations import presence, recovery, security, sessions, staff, totp
from models.queries import security as queries
from models.rules import codes
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import Watch, come_in, enrol, recovery_codes, told
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def owner(little_shop: Founded, watch: Watch) -> Actor:
    """The owner, with TOTP."""
    enrol(little_shop.owner)
    watch.passes(60)
    return little_shop.owner


def test_p8_there_are_eight_of_120_bits_kept_as_digests(little_shop: Founded, owner: Actor) -> None:
    """None like another; in no file of the shop in any form, nor in the log."""
    made = recovery_codes(owner)
    assert len({codes.normalised(code) for code in made}) == 8
    assert all(len(codes.normalised(code)) * 5 >= 120 for code in made)
    data = b"".join(path.read_bytes() for path in little_shop.home.glob("shop.db*")).upper()
    for code in made:
        assert code.encode() not in data
        assert codes.normalised(code).encode() not in data
        assert codes.digest(code).hex().upper().encode() not in data
    assert {bytes(digest) for (digest,) in db.rows("SELECT digest FROM recovery_code")} == {codes.digest(code) for code in made}


def test_p8_each_stands_in_for_the_phone_once(owner: Actor) -> None:
    """Typed anyhow; the log says that one was used and how many are left; eight times, and then none."""
    made = recovery_codes(owner)
    assert queries.own(owner).recovery_left == 8
    for left, code in zip(range(7, -1, -1), made, strict=True):
        typed = code.lower().replace("-", " ") if left % 2 else code
        assert come_in("owner", typed).name == "owner"
        own = queries.own(owner)
        assert (own.recovery_left, own.few_codes) == (left, left <= 2)
        with pytest.raises(WrongProof):
            come_in("owner", code)
    assert told("recovery.use") == [f'{{"left":{left}}}' for left in range(7, -1, -1)]
    assert told("session.start")[-1] == '{"by":"recovery"}'


def test_p8_they_are_in_force_when_one_was_typed_back(owner: Actor) -> None:
    """Before that they open nothing, and the old ones still do; the one that was typed back stays good."""
    old = recovery_codes(owner)
    new = recovery.make(owner)
    with pytest.raises(WrongProof):
        come_in("owner", new[0])
    come_in("owner", old[0])
    for wrong in (old[1], "", "123456", new[0][:-1]):
        with pytest.raises(WrongProof):
            recovery.keep(owner, wrong)
    recovery.keep(owner, new[7].lower())
    with pytest.raises(WrongProof):
        come_in("owner", old[1])
    come_in("owner", new[7])
    with pytest.raises(WrongProof):
        recovery.keep(owner, new[1])


def test_p8_making_them_again_makes_what_was_not_kept_worthless(owner: Actor) -> None:
    """Of several pages that were never typed back, the last counts."""
    first, second = recovery.make(owner), recovery.make(owner)
    with pytest.raises(WrongProof):
        recovery.keep(owner, first[0])
    recovery.keep(owner, second[0])
    assert queries.own(owner).recovery_left == 8


def test_p8_typing_back_is_counted(owner: Actor) -> None:
    """A session left open is no place to guess at."""
    made = recovery.make(owner)
    for _ in range(5):
        with pytest.raises(WrongProof):
            recovery.keep(owner, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")
    with pytest.raises(SignInLocked):
        recovery.keep(owner, made[0])


def test_p8_they_are_ones_own(little_shop: Founded, owner: Actor) -> None:
    """Another's recovery code opens nothing of mine, nor can somebody else put mine in force."""
    bob = little_shop.person("bob")
    enrol(bob)
    mine, theirs = recovery_codes(owner), recovery.make(bob)
    with pytest.raises(WrongProof):
        recovery.keep(owner, theirs[0])
    recovery.keep(bob, theirs[0])
    with pytest.raises(WrongProof):
        come_in("owner", theirs[1])
    with pytest.raises(WrongProof):
        come_in("bob", mine[1])


@pytest.mark.parametrize("how", ["turned off", "reset", "left"])
def test_p8_they_go_when_totp_goes(little_shop: Founded, watch: Watch, how: str) -> None:
    """Those in force and those that wait; neither comes back with the next phone."""
    bob = little_shop.person("bob")
    enrol(bob)
    kept, waiting = recovery_codes(bob), recovery.make(bob)
    if how == "turned off":
        totp.turn_off(bob)
    elif how == "reset":
        security.reset(CONSOLE, bob.staff_id or 0, totp=True)
        db.rows("UPDATE totp SET barred = 0")
    else:
        staff.leave(CONSOLE, bob.staff_id or 0)
        fresh = staff.reinstate(CONSOLE, bob.staff_id or 0)
        sessions.activate(STRANGER, "bob", fresh.code, PASSWORD)
    again = signed_in("bob")
    watch.passes(30)
    enrol(again)
    with pytest.raises(WrongProof):
        recovery.keep(again, waiting[0])
    with pytest.raises(WrongProof):
        come_in("bob", kept[1])


def test_p8_a_new_phone_leaves_them_in_force(owner: Actor, watch: Watch) -> None:
    """They are for when no phone is there at all."""
    made = recovery_codes(owner)
    enrol(owner)
    come_in("owner", made[2])


def test_p8_they_prove_within_a_session_too(owner: Actor) -> None:
    """Once, and told in the log like at the door."""
    made = recovery_codes(owner)
    entries = recorded(lambda: presence.prove(owner, made[0]))
    assert [(entry.action, entry.new) for entry in entries] == [("session.prove", {"by": "recovery"}), ("recovery.use", {"left": 7})]
    with pytest.raises(WrongProof):
        presence.prove(owner, made[0])


def test_p8_without_totp_there_is_nothing_to_recover(little_shop: Founded, watch: Watch) -> None:
    """And the operator at the machine needs none."""
    refused(lambda: recovery.make(little_shop.owner), TotpMissing)
    totp.begin(little_shop.owner)
    refused(lambda: recovery.make(little_shop.owner), TotpMissing)
    refused(lambda: recovery.make(CONSOLE), SessionEnded)
    with pytest.raises(SessionEnded):
        recovery.keep(CONSOLE, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")


def test_p8_a_recovery_code_is_no_first_factor(owner: Actor) -> None:
    """The password comes first; without it a code is not even looked at."""
    made = recovery_codes(owner)
    with pytest.raises(SecondFactorNeeded) as needed:
        sessions.sign_in(STRANGER, "owner", PASSWORD)
    assert needed.value.kind == "totp"
    assert PASSWORD not in repr(needed.value.proved)
    assert queries.own(owner).recovery_left == len(made)


def test_p11_making_them_asks_for_proof_and_typing_back_does_not(little_shop: Founded, watch: Watch) -> None:
    """Writing eight codes down takes more than five minutes."""
    enrol(little_shop.owner)
    aging = signed_in("owner", ages=True)
    made = recovery.make(aging)
    watch.passes(301)
    refused(lambda: recovery.make(aging), ProofNeeded)
    recovery.keep(aging, made[4])
