"""Revoking device keys, and what else ends them: a reset, leaving; freezing does not."""

from __future__ import annotations

import pytest

from models import db
from models.actor import Actor
from models.errors import Invalid, NotAllowed, OutOfReach, OwnerProtected, SessionEnded, Unknown
from models.operations import devices, security, staff
from models.queries import activity, devices as queries
from models.tables import Device, Session
from tests.device_keys import ed25519, enrolled
from tests.factories import CONSOLE, STRANGER, Founded, signed_in
from tests.models.doors import Watch
from tests.models.operations.acts import recorded, refused


@pytest.fixture
def bob(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody with nothing special, and a clock that stands still."""
    return little_shop.person("bob")


def kept(device_id: int) -> Device:
    """The row of a key."""
    return Device.get(Device.id == device_id)


def names(staff_id: int | None) -> list[str]:
    """What somebody's keys are called that were not revoked."""
    return [row.name for row in queries.of(CONSOLE, staff_id or 0)]


def again(staff_id: int | None, name: str) -> None:
    """Try to enrol a key that was revoked."""
    assert "revoked" in str(refused(lambda: devices.add(CONSOLE, staff_id or 0, ed25519(name), name=name), Invalid))


def ended(actor: Actor) -> bool:
    """Whether a session is over."""
    try:
        activity.held(actor)
    except SessionEnded:
        return True
    return False


def by(actor: Actor, key: str) -> Actor:
    """The actor in a session that a device key opened."""
    Session.update(device=key).where(Session.id == actor.session_id).execute()
    return actor._replace(device=key)


def test_p12_ones_own_key_is_revoked_from_another_device(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Every other session ends; the one that asks goes on; the key is gone at once and for good."""
    lost, phone = enrolled(bob.staff_id or 0, "lost"), enrolled(bob.staff_id or 0, "phone")
    here, there, afar = by(bob, phone), by(signed_in("bob"), lost), signed_in("bob")
    told = recorded(lambda: devices.revoke(here, queries.find(bob.staff_id or 0, lost)))
    assert [(entry.action, entry.label, entry.old, entry.new) for entry in told] == [
        ("session.end", "bob", {}, {"why": "device", "sessions": 2}),
        ("device.revoke", "bob", {"name": "lost", "key": lost}, {}),
    ]
    assert [ended(each) for each in (here, there, afar)] == [False, True, True]
    assert names(bob.staff_id) == ["phone"]
    assert queries.knock(lost) is None
    with pytest.raises(Unknown):
        queries.find(bob.staff_id or 0, lost)
    assert ed25519("lost").split()[1] not in str(db.rows("SELECT * FROM audit_entry"))


def test_p12_whoever_revokes_the_key_they_came_with_is_out(little_shop: Founded, bob: Actor) -> None:
    """The session that asks ends, too."""
    key = enrolled(bob.staff_id or 0, "laptop")
    here = by(bob, key)
    told = recorded(lambda: devices.revoke(here, queries.find(bob.staff_id or 0, key)))
    assert [entry.action for entry in told] == ["session.end", "device.revoke"]
    assert ended(here)


def test_a_key_of_somebody_who_is_not_here_is_revoked(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Without a session there is none to end; one that is past its end can be revoked, so that it never comes back."""
    key = enrolled(bob.staff_id or 0, "laptop", days=1)
    Session.update(ended_at=watch.now, end="signed out").execute()
    watch.passes(25 * 3600)
    identity = queries.find(bob.staff_id or 0, key)
    told = recorded(lambda: devices.revoke(CONSOLE, identity))
    assert [entry.action for entry in told] == ["device.revoke"]
    assert kept(identity).end == "revoked"


def test_p12_a_key_is_revoked_once(little_shop: Founded, bob: Actor) -> None:
    """And one that is nobody's never."""
    identity = queries.find(bob.staff_id or 0, enrolled(bob.staff_id or 0, "laptop"))
    devices.revoke(bob, identity)
    at = kept(identity).ended_at
    for actor in (bob, little_shop.owner, CONSOLE):
        refused(lambda: devices.revoke(actor, identity), Unknown)  # noqa: B023  called at once
    for actor in (little_shop.owner, CONSOLE):
        refused(lambda: devices.revoke(actor, 4711), Unknown)  # noqa: B023  as above
    refused(lambda: devices.revoke(bob, 4711), NotAllowed)
    assert kept(identity).ended_at == at


def test_p12_anothers_key_is_revoked_by_whoever_may_reset_them(little_shop: Founded, bob: Actor) -> None:
    """Within reach; never the owner's, save by the owner and at the machine. All their sessions end, the actor's own goes on."""
    wide = little_shop.person("wide", extras=["finance.bill.view"])
    resetter = little_shop.person("rob", extras=["staff.security.reset"])
    manager = little_shop.person("max", extras=["staff.manage"])
    owners, bobs, wides = (
        queries.find(who, enrolled(who, name)) for who, name in ((1, "owner"), (bob.staff_id or 0, "bob"), (wide.staff_id or 0, "wide"))
    )
    for actor, device, refusal in (
        (bob, owners, NotAllowed),
        (bob, wides, NotAllowed),
        (manager, bobs, NotAllowed),
        (resetter, wides, OutOfReach),
        (resetter, owners, OwnerProtected),
        (little_shop.person("meg", gave=["manager"]), owners, OwnerProtected),
        (STRANGER, bobs, SessionEnded),
    ):
        refused(lambda: devices.revoke(actor, device), refusal)  # noqa: B023  called at once
    devices.revoke(resetter, bobs)
    assert (ended(bob), ended(resetter)) == (True, False)
    devices.revoke(little_shop.owner, wides)
    assert (ended(wide), ended(little_shop.owner)) == (True, False)
    devices.revoke(CONSOLE, owners)
    assert ended(little_shop.owner)


def test_p12_who_is_reset_loses_their_keys_where_that_is_chosen(little_shop: Founded, bob: Actor) -> None:
    """Alone it makes no code, for none brings a key back; otherwise keys stay."""
    key, owner, staff_id = enrolled(bob.staff_id or 0, "laptop"), little_shop.owner, bob.staff_id or 0
    others = enrolled(1, "the owner's")
    assert security.reset(owner, staff_id, totp=True).code
    assert queries.knock(key) is not None
    bob = signed_in("bob")
    before = db.row("SELECT count(*) FROM one_time_code")
    told = recorded(lambda: security.reset(owner, staff_id, devices=True))
    assert [(entry.action, entry.new) for entry in told] == [
        ("session.end", {"why": "device", "sessions": 1}),
        ("security.reset", {"reset": ["devices"]}),
    ], "who was signed in is told of a key, and of no code"
    assert (ended(bob), queries.knock(key), queries.of(CONSOLE, staff_id)) == (True, None, ())
    assert queries.knock(others) == (1, "owner", False), "nobody else's"
    assert security.reset(owner, staff_id, devices=True) is None
    assert db.row("SELECT count(*) FROM one_time_code") == before
    assert security.reset(owner, staff_id, password=True, totp=True, devices=True).code
    (newest,) = recorded(lambda: security.reset(owner, staff_id, password=True, devices=True))[-1:]
    assert newest.new["reset"] == ["password", "devices"]
    again(staff_id, "laptop")
    refused(lambda: security.reset(owner, staff_id), Invalid)


def test_p12_who_is_frozen_keeps_keys_that_open_nothing(little_shop: Founded, bob: Actor) -> None:
    """Thawed, they open again."""
    key = enrolled(bob.staff_id or 0, "laptop")
    staff.freeze(CONSOLE, bob.staff_id or 0)
    assert (queries.knock(key), names(bob.staff_id)) == (None, ["laptop"])
    staff.unfreeze(CONSOLE, bob.staff_id or 0)
    assert queries.knock(key) == (bob.staff_id, "bob", False)


def test_p12_who_has_left_has_no_key_and_comes_back_without(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """The old key is spent."""
    key, lost = enrolled(bob.staff_id or 0, "laptop"), enrolled(bob.staff_id or 0, "lost")
    devices.revoke(bob, queries.find(bob.staff_id or 0, lost))
    was = Device.get(Device.fingerprint == lost)
    others = enrolled(1, "the owner's")
    watch.passes(60)
    staff.leave(CONSOLE, bob.staff_id or 0)
    now = Device.get(Device.fingerprint == lost)
    assert queries.knock(others) == (1, "owner", False), "nobody else's"
    assert (now.end, now.ended_at) == (was.end, was.ended_at) == ("revoked", watch.now - 60_000_000), "as it ended first"
    assert (queries.knock(key), Device.get(Device.fingerprint == key).end) == (None, "left")
    staff.reinstate(CONSOLE, bob.staff_id or 0)
    assert (queries.knock(key), names(bob.staff_id)) == (None, [])
    again(bob.staff_id, "laptop")
    assert queries.knock(enrolled(bob.staff_id or 0, "new")) == (bob.staff_id, "bob", True)
