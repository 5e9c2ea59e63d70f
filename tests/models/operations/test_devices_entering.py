"""Coming in by a device key: only as whose it is, only while it is good; and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import db
from models.actor import Actor
from models.clock import HOUR, rfc3339
from models.errors import CodeRefused, PasswordWeak, SessionEnded, SignInLocked, SignInRefused, WrongProof
from models.operations import _hashing, codes, devices, policy, security, sessions, staff
from models.queries import activity, devices as queries, security as security_queries, standing
from models.rules.passwords import Cost
from models.tables import Device, Session
from tests.device_keys import ed25519, enrolled, fingerprint
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded
from tests.models.doors import AFAR, NEW, Watch, enrol, failures, proved, recovery_codes, told
from tests.models.operations.acts import recorded

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def bob(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody with nothing special, and a clock that stands still."""
    return little_shop.person("bob")


def by(key: str) -> Actor:
    """Somebody whom sshd let in by a key."""
    return AFAR._replace(device=key)


def used_at(key: str) -> int | None:
    """When a key was last signed in with."""
    at = Device.get(Device.fingerprint == key).used_at
    return None if at is None else int(at)


def revoke(staff_id: int | None, key: str) -> None:
    """Revoke a key at the machine."""
    devices.revoke(CONSOLE, queries.find(staff_id or 0, key))


def bad(shop: Founded, bob: Actor, watch: Watch) -> dict[str, str]:
    """Keys that let nobody in as Bob, by what is wrong with them."""
    enrolled(shop.person("meg").staff_id or 0, "meg")
    enrolled(1, "owner")
    past = enrolled(bob.staff_id or 0, "past", days=1)
    watch.passes(25 * 3600)
    revoked = enrolled(bob.staff_id or 0, "revoked")
    revoke(bob.staff_id, revoked)
    shop.person("gone")
    enrolled(shop.id_of("gone"), "gone")
    staff.leave(CONSOLE, shop.id_of("gone"))
    others = {name: fingerprint(ed25519(name)) for name in ("meg", "owner", "gone", "nobody's")}
    return others | {"past": past, "revoked": revoked, "hostile": "' OR 1=1 --", "nothing like it": "SHA256:"}


BAD = ("meg", "owner", "gone", "nobody's", "past", "revoked", "hostile", "nothing like it")


def test_p12_who_comes_by_their_own_key_is_in_and_all_is_told_of_it(bob: Actor, watch: Watch) -> None:
    """The session and its entry have the key and the address; the key says when it was used."""
    key, other = enrolled(bob.staff_id or 0, "laptop", days=1), enrolled(bob.staff_id or 0, "phone")
    actor = sessions.sign_in(by(key), "bob", PASSWORD)
    assert (actor.device, actor.address) == (key, AFAR.address)
    session = Session.get(Session.id == actor.session_id)
    assert (session.device, session.address) == (key, AFAR.address)
    start = db.rows("SELECT actor, session, device, address FROM audit_entry ORDER BY seq DESC LIMIT 1")
    assert start == [("bob", actor.session_id, key, AFAR.address)]
    assert (used_at(key), used_at(other)) == (watch.now, None)
    watch.passes(60)
    sessions.sign_in(AFAR, "bob", PASSWORD)
    assert used_at(key) == watch.now - 60_000_000, "coming in without it is no use of it"


@pytest.mark.parametrize("kind", BAD)
def test_p12_nobody_signs_in_by_a_key_that_is_not_their_own_and_good(little_shop: Founded, bob: Actor, watch: Watch, kind: str) -> None:
    """In the words of every failure; the log says that it was the key, and counts it where it came from."""
    keys = bad(little_shop, bob, watch)
    assert set(keys) == set(BAD)
    (entry,) = recorded(lambda: refused(lambda: sessions.sign_in(by(keys[kind]), "bob", PASSWORD)))
    assert (entry.action, entry.label, entry.new) == ("session.refuse", "bob", {"because": "device"})
    assert db.rows("SELECT source FROM failure") == [(keys[kind],)]
    assert db.row("SELECT device FROM audit_entry ORDER BY seq DESC LIMIT 1") == (keys[kind],)
    refused(lambda: sessions.sign_in(by(keys[kind]), "bob", NEW))
    refused(lambda: sessions.sign_in(by(keys[kind]), "nobody", PASSWORD))
    assert told("session.refuse")[1:] == ['{"because":"device"}', '{"because":"unknown"}']
    assert db.rows("SELECT 1 FROM device WHERE used_at IS NOT NULL") == []
    refused(lambda: sessions.sign_in(by(enrolled(bob.staff_id or 0, "good")), "bob", NEW))
    assert told("session.refuse")[-1] == '{"because":"password"}'


def refused(act: Callable[[], object]) -> None:
    """A sign-in that fails."""
    with pytest.raises(SignInRefused):
        act()


@pytest.mark.parametrize("kind", BAD)
def test_p12_nobody_goes_on_to_the_second_factor_by_such_a_key(little_shop: Founded, bob: Actor, watch: Watch, kind: str) -> None:
    """Whatever was shown before, and by which key; neither a phone's code nor a recovery code is used up."""
    key = enrolled(bob.staff_id or 0, "good")
    phone = enrol(bob)
    made = recovery_codes(bob)
    keys = bad(little_shop, bob, watch)
    known = proved("bob", by(key))
    for act in (
        lambda: sessions.second_factor(by(keys[kind]), known, phone.code()),
        lambda: sessions.second_factor(by(keys[kind]), known, made[1]),
        lambda: sessions.resynchronise(by(keys[kind]), known, phone.code(9), phone.code(10)),
    ):
        refused(act)
    assert told("session.refuse") == ['{"because":"device"}'] * 3
    assert failures() == 3
    assert sessions.second_factor(by(key), known, phone.code()).device == key
    assert used_at(key) == watch.now


def test_p12_a_key_that_is_revoked_after_the_password_lets_nobody_in(bob: Actor, watch: Watch) -> None:
    """What it takes is read again with each factor."""
    key = enrolled(bob.staff_id or 0, "laptop")
    phone = enrol(bob)
    known = proved("bob", by(key))
    revoke(bob.staff_id, key)
    watch.passes(30)
    refused(lambda: sessions.second_factor(by(key), known, phone.code()))
    assert told("session.refuse") == ['{"because":"device"}']


@pytest.mark.parametrize("kind", BAD)
def test_p12_nobody_activates_an_account_by_such_a_key(little_shop: Founded, bob: Actor, watch: Watch, kind: str) -> None:
    """Not told whether the code was right, which stays good; by a key of one's own, or at the machine, it is taken."""
    keys = bad(little_shop, bob, watch)
    little_shop.person("carol", status="invited")
    code = codes.renew(CONSOLE, little_shop.id_of("carol")).code
    for typed, password in ((code, NEW), (code, "weak"), ("7KQF-2M9X-AAAA-BBBB-CCCC-DDDD", NEW)):
        with pytest.raises(CodeRefused):
            sessions.activate(by(keys[kind]), "carol", typed, password)
    assert told("staff.activate.refuse") == ['{"because":"device"}'] * 3
    assert failures() == 3, "no success took any back"
    own = by(enrolled(little_shop.id_of("carol"), "carol"))
    with pytest.raises(PasswordWeak):
        sessions.activate(own, "carol", code, "weak")
    sessions.activate(own, "carol", code, NEW)
    assert sessions.sign_in(own, "carol", NEW).device == own.device


def test_p12_a_key_that_is_revoked_while_a_password_is_hashed_activates_nothing(
    little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is judged with the code."""
    little_shop.person("carol", status="invited")
    carol = little_shop.id_of("carol")
    code, key = codes.renew(CONSOLE, carol).code, enrolled(carol, "laptop")
    hashing = _hashing.digest

    def slow(password: str) -> str:
        revoke(carol, key)
        return hashing(password)

    monkeypatch.setattr(_hashing, "digest", slow)
    with pytest.raises(CodeRefused):
        sessions.activate(by(key), "carol", code, NEW)
    monkeypatch.setattr(_hashing, "digest", hashing)
    assert told("staff.activate.refuse") == ['{"because":"device"}']
    sessions.activate(STRANGER, "carol", code, NEW)


def test_p12_the_code_of_a_reset_is_taken_with_ones_own_key_only(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """For a password and for a phone; and where the reset took the keys along, they bring nobody in."""
    key, megs = enrolled(bob.staff_id or 0, "laptop"), enrolled(little_shop.person("meg").staff_id or 0, "meg")
    code = security.reset(CONSOLE, bob.staff_id or 0, password=True).code
    with pytest.raises(CodeRefused):
        sessions.activate(by(megs), "bob", code, NEW)
    sessions.activate(by(key), "bob", code, NEW)
    code = security.reset(CONSOLE, bob.staff_id or 0, totp=True).code
    known = proved("bob", by(key), NEW)
    refused(lambda: sessions.second_factor(by(megs), known, code))
    with pytest.raises(WrongProof):
        sessions.second_factor(by(key), known, "7KQF-2M9X-AAAA-BBBB-CCCC-DDDD")
    sessions.second_factor(by(key), known, code)
    code = security.reset(CONSOLE, bob.staff_id or 0, password=True, devices=True).code
    with pytest.raises(CodeRefused):
        sessions.activate(by(key), "bob", code, "granite 91 umbrella lamp")
    sessions.activate(AFAR, "bob", code, "granite 91 umbrella lamp")


def test_p4_failures_elsewhere_do_not_lock_out_a_known_device(little_shop: Founded, bob: Actor, cheap: Cost) -> None:
    """From the very same address, from another's key, at the machine; and failures of the device lock nobody else's place."""
    key, megs = enrolled(bob.staff_id or 0, "laptop"), enrolled(little_shop.person("meg").staff_id or 0, "meg")
    for place in (AFAR, by(megs), STRANGER):
        for _ in range(5):
            refused(lambda: sessions.sign_in(place, "bob", NEW))  # noqa: B023  called at once
        with pytest.raises(SignInLocked):
            sessions.sign_in(place, "bob", PASSWORD)
    sessions.sign_in(by(key), "bob", PASSWORD)
    for address in ("192.0.2.1", "198.51.100.3", "2001:db8::1", "192.0.2.200", ""):
        refused(lambda: sessions.sign_in(by(key)._replace(address=address), "bob", NEW))  # noqa: B023  as above
    with pytest.raises(SignInLocked):
        sessions.sign_in(by(key), "bob", PASSWORD)
    sessions.sign_in(Actor.stranger("192.0.2.1"), "bob", PASSWORD)


def test_p12_a_session_ends_with_the_end_of_the_key_that_opened_it(bob: Actor, watch: Watch) -> None:
    """To its last moment; not with that of another, and not before its own time where the key lasts longer."""
    key, longer = enrolled(bob.staff_id or 0, "short"), enrolled(bob.staff_id or 0, "long", days=3)
    Device.update(expires_at=watch.now + HOUR).where(Device.fingerprint == key).execute()
    version, now = security_queries.policy()
    policy.edit(CONSOLE, version, now._replace(idle_minutes=60, sessions_each=5))
    by_key, by_longer, without = (sessions.sign_in(by(each), "bob", PASSWORD) for each in (key, longer, ""))
    assert standing.of(by_key).ends_at == watch.now + HOUR
    assert standing.of(by_longer).ends_at == standing.of(without).ends_at == watch.now + 12 * HOUR
    watch.passes(3600)
    activity.held(by_key)
    watch.passes(0.000001)
    with pytest.raises(SessionEnded):
        activity.held(by_key)
    with pytest.raises(SessionEnded) as ended:
        standing.of(by_key)
    assert ended.value.why == standing.KEY
    activity.held(by_longer)
    activity.held(without)


def test_p12_a_key_that_is_enrolled_again_revives_no_session(bob: Actor, watch: Watch) -> None:
    """Its sessions ended with it, whether or not anybody wrote that down."""
    key = enrolled(bob.staff_id or 0, "laptop")
    Device.update(expires_at=watch.now + 60_000_000).execute()
    actor = sessions.sign_in(by(key), "bob", PASSWORD)
    watch.passes(61)
    with pytest.raises(SessionEnded):
        activity.held(actor)
    enrolled(bob.staff_id or 0, "laptop", days=1)
    with pytest.raises(SessionEnded, match="end date"):
        activity.held(actor)
    assert Session.get_by_id(actor.session_id).end == standing.KEY


def test_d8_a_clock_that_is_set_back_makes_no_key_good_again(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Neither at the door, nor for sshd, nor in a session that it had opened; what was seen is in the log."""
    key = enrolled(bob.staff_id or 0, "laptop", days=1)
    watch.passes(20 * 3600)
    actor = sessions.sign_in(by(key), "bob", PASSWORD)
    watch.passes(4 * 3600 + 1)
    refused(lambda: sessions.sign_in(by(key), "bob", PASSWORD))
    for back in (1.5, 3600, 23 * 3600, 400 * 24 * 3600):
        watch.passes(-back)
        assert queries.knock(key) is None
        assert not queries.opens(key, bob.staff_id or 0, watch.now)
        refused(lambda: sessions.sign_in(by(key), "bob", PASSWORD))
        with pytest.raises(SessionEnded):
            activity.held(actor)
        watch.passes(back)
    assert told("session.refuse") == ['{"because":"device"}'] * 5
    assert rfc3339(watch.now - 1_000_000) in told("device.add")[-1]
    assert Device.get(Device.fingerprint == key).expires_at == watch.now - 1_000_000
