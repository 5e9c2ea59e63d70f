"""Enrolling and revoking device keys: whose, by whom, how many, until when; and what ends with them."""

from __future__ import annotations

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import (
    EnrolFirst,
    Invalid,
    OwnerAlone,
    ProofNeeded,
    SessionEnded,
    SessionLocked,
    ShopstaffError,
    Unknown,
    WrongStatus,
)
from models.operations import devices, policy, staff
from models.queries import devices as queries, security as security_queries
from models.tables import Device, Session
from tests import device_keys as keys
from tests.device_keys import ed25519, enrolled, fingerprint
from tests.factories import CONSOLE, DAY, STRANGER, Founded, signed_in
from tests.hostile import REFUSED
from tests.models.doors import Watch
from tests.models.operations.acts import recorded, refused

KEY = ed25519("laptop")
NAME = "Alice's laptop"


@pytest.fixture
def bob(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody with nothing special, and a clock that stands still."""
    return little_shop.person("bob")


def add(actor: Actor, staff_id: int | None, key: str = KEY, name: str = NAME, until: int | None = None) -> int:
    """Enrol a key."""
    return devices.add(actor, staff_id or 0, key, name=name, until=until)


def allow(number: int) -> None:
    """Let accounts have so many keys."""
    version, now = security_queries.policy()
    policy.edit(CONSOLE, version, now._replace(devices_each=number))


def kept(device_id: int) -> Device:
    """The row of a key."""
    return Device.get(Device.id == device_id)


def names(staff_id: int | None) -> list[str]:
    """What somebody's keys are called that were not revoked."""
    return [row.name for row in queries.of(CONSOLE, staff_id or 0)]


def test_p12_everybody_enrols_a_key_of_their_own(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """The log says whose, which, as what and until when, and has no more of the key than its fingerprint."""
    until = watch.now + 30 * DAY
    (entry,) = recorded(lambda: add(bob, bob.staff_id, f"  {KEY} of mine\r\n", " Bob's \n laptop ".replace("\n", ""), until))
    assert entry == ("bob", "device.add", "bob", {}, {"name": "Bob's laptop", "key": fingerprint(KEY), "until": clock.rfc3339(until)})
    (row,) = queries.own(bob)
    assert row[1:] == ("Bob's laptop", "ssh-ed25519", 256, fingerprint(KEY), watch.now, "bob", until, None)
    everything = str(db.rows("SELECT * FROM audit_entry"))
    assert KEY.split()[1] not in everything
    assert "of mine" not in everything + str(db.rows("SELECT * FROM device"))
    device = kept(row.id)
    assert f"{device.kind} {device.blob}" == " ".join(KEY.split()[:2])


@pytest.mark.parametrize("line", [keys.rsa(3072), keys.ecdsa("nistp521"), keys.sk_ed25519(), keys.sk_ecdsa()])
def test_every_type_is_kept_as_it_is(bob: Actor, line: str) -> None:
    """With its size."""
    device = kept(add(bob, bob.staff_id, line))
    assert (device.fingerprint, f"{device.kind} {device.blob}") == (fingerprint(line), line)
    assert device.bits in {256, 521, 3072}


def test_p12_another_persons_key_is_the_owners_to_enrol(little_shop: Founded, bob: Actor) -> None:
    """And the operator's at the machine, for the first key of all; whoever manages people may not, however wide their access."""
    meg = little_shop.person("meg", gave=["manager"])
    resetter = little_shop.person("rob", extras=["staff.security.reset"])
    for actor in (meg, resetter):
        refused(lambda: add(actor, bob.staff_id), OwnerAlone)  # noqa: B023  called at once
        refused(lambda: add(actor, 1), OwnerAlone)  # noqa: B023  as above
    refused(lambda: add(bob, 1), OwnerAlone)
    refused(lambda: add(STRANGER, bob.staff_id), SessionEnded)
    staff_id, meg_id, owner = bob.staff_id, meg.staff_id, little_shop.owner
    for actor, whose in ((owner, staff_id), (CONSOLE, staff_id), (CONSOLE, 1), (owner, 1), (meg, meg_id)):
        (entry,) = recorded(lambda: add(actor, whose, ed25519(f"{actor.name} {whose}")))  # noqa: B023  as above
        assert (entry.actor, entry.action) == (actor.name, "device.add")
        assert entry.label == {1: "owner", staff_id: "bob", meg_id: "meg"}[whose]
        assert queries.of(CONSOLE, whose or 0)[-1].added_by == actor.name
    refused(lambda: add(little_shop.owner, 99), Unknown)


def test_p12_a_key_is_enrolled_for_whoever_may_come_back(little_shop: Founded, bob: Actor) -> None:
    """Invited, active or frozen; of somebody who has left nothing opens."""
    for status in ("invited", "frozen", "left"):
        little_shop.person(status, status="invited" if status == "invited" else "active")
    staff.freeze(CONSOLE, little_shop.id_of("frozen"))
    staff.leave(CONSOLE, little_shop.id_of("left"))
    for status in ("invited", "frozen"):
        add(little_shop.owner, little_shop.id_of(status), ed25519(status))
    refused(lambda: add(little_shop.owner, little_shop.id_of("left")), WrongStatus)
    assert queries.knock(fingerprint(ed25519("invited"))) == (little_shop.id_of("invited"), "invited", True)
    assert queries.knock(fingerprint(ed25519("frozen"))) is None
    staff.unfreeze(CONSOLE, little_shop.id_of("frozen"))
    assert queries.knock(fingerprint(ed25519("frozen"))) == (little_shop.id_of("frozen"), "frozen", False)


@pytest.mark.parametrize("key", ["", "hello", KEY[:-30], keys.PRIVATE, keys.rsa(2048), f"{KEY}\n{ed25519('two')}"])
def test_p12_what_is_no_good_key_is_not_enrolled(bob: Actor, key: str) -> None:
    """Said at its field."""
    assert refused(lambda: add(bob, bob.staff_id, key), Invalid).field == "key"


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, *REFUSED.values()], ids=["empty", "blank", "long", *REFUSED])
def test_p17_a_device_is_called_something_that_can_be_seen(bob: Actor, name: str) -> None:
    """Forty characters at most."""
    assert refused(lambda: add(bob, bob.staff_id, name=name), Invalid).field == "name"


@pytest.mark.parametrize("name", ["x" * 40, "王芳的笔记本", "=1+1", "[red]laptop[/red]", "{login}"])
def test_a_device_is_called_what_somebody_calls_it(bob: Actor, name: str) -> None:
    """As it stands."""
    add(bob, bob.staff_id, name=name)
    assert names(bob.staff_id) == [name]


def test_an_end_that_has_passed_is_refused(bob: Actor, watch: Watch) -> None:
    """This very moment is the first that has not."""
    for until in (watch.now - 1, watch.now - DAY, 0, -1):
        assert refused(lambda: add(bob, bob.staff_id, until=until), Invalid).field == "until"  # noqa: B023  called at once
    add(bob, bob.staff_id, until=watch.now)


def test_p12_an_account_has_no_more_keys_than_the_policy_says(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Whoever enrols them; those that have ended are not counted, others' neither."""
    allow(2)
    enrolled(little_shop.owner.staff_id or 0, "the owner's")
    add(bob, bob.staff_id, ed25519("one"), until=watch.now + DAY)
    two = add(bob, bob.staff_id, ed25519("two"))
    for actor in (bob, little_shop.owner, CONSOLE):
        refusal = refused(lambda: add(actor, bob.staff_id, ed25519("three")), Invalid)  # noqa: B023  called at once
        assert (refusal.field, "2" in str(refusal)) == ("key", True)
    watch.passes(24 * 3600)
    refused(lambda: add(bob, bob.staff_id, ed25519("three")), Invalid)  # in the last moment of the first
    watch.passes(0.000001)
    add(bob, bob.staff_id, ed25519("three"))
    refused(lambda: add(bob, bob.staff_id, ed25519("one")), Invalid)  # its own renewal would be the third
    devices.revoke(bob, two)
    add(bob, bob.staff_id, ed25519("one"))
    allow(1)
    assert len(names(bob.staff_id)) == 2, "a lower number takes none away"
    refused(lambda: add(bob, bob.staff_id, ed25519("four")), Invalid)


def test_p12_a_key_is_one_persons_once(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Live, it is there already; another's is another's, whatever has become of it; revoked it is spent for everybody."""
    one = add(bob, bob.staff_id, until=watch.now + DAY)
    meg = little_shop.person("meg", gave=["manager"])
    assert NAME in str(refused(lambda: add(bob, bob.staff_id, f"{KEY} other words", "Another name"), Invalid))
    somebodys = [str(refused(lambda: add(meg, meg.staff_id), Invalid))]
    watch.passes(25 * 3600)
    somebodys.append(str(refused(lambda: add(meg, meg.staff_id), Invalid)))
    devices.revoke(bob, one)
    somebodys.append(str(refused(lambda: add(meg, meg.staff_id), Invalid)))
    assert len(set(somebodys)) == 1, "nobody learns what another's key is called or has come to"
    assert "bob" not in somebodys[0]
    for actor in (bob, little_shop.owner, CONSOLE):
        assert "revoked" in str(refused(lambda: add(actor, bob.staff_id), Invalid))  # noqa: B023  called at once


def test_p12_a_key_that_is_past_its_end_can_be_enrolled_again_by_whose_it_is(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Under another name and end; it is the same key, and an entry of its own."""
    one = add(bob, bob.staff_id, until=watch.now + DAY)
    Device.update(used_at=watch.now).where(Device.id == one).execute()
    used = watch.now
    watch.passes(24 * 3600)
    refused(lambda: add(bob, bob.staff_id), Invalid)  # its last moment
    watch.passes(0.000001)
    assert queries.knock(fingerprint(KEY)) is None
    (entry,) = recorded(lambda: add(little_shop.owner, bob.staff_id, KEY, "Renewed"))
    assert (entry.action, entry.new) == ("device.add", {"name": "Renewed", "key": fingerprint(KEY), "until": None})
    (row,) = queries.own(bob)
    assert row == (one, "Renewed", "ssh-ed25519", 256, fingerprint(KEY), watch.now, "owner", None, used)
    assert queries.knock(fingerprint(KEY)) == (bob.staff_id, "bob", False)


def state_of(actor: Actor, **state: object) -> None:
    """Bring a session into a state."""
    Session.update(**state).where(Session.id == actor.session_id).execute()


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        ({"proved_at": -301 * clock.SECOND}, ProofNeeded),
        ({"locked_at": 0}, SessionLocked),
        ({"ended_at": 0, "end": "elsewhere"}, SessionEnded),
        ({"enrolling": True}, EnrolFirst),
    ],
)
def test_p11_a_device_key_is_security_and_asks_for_proof(
    little_shop: Founded, watch: Watch, state: dict[str, object], refusal: type[ShopstaffError]
) -> None:
    """To enrol and to revoke, one's own and another's."""
    little_shop.person("bob")
    for login in ("bob", "owner"):
        actor = signed_in(login, ages=True)
        device = add(CONSOLE, little_shop.id_of("bob"), ed25519(login))
        moments = {field: watch.now + int(str(value)) if field.endswith("_at") else value for field, value in state.items()}
        state_of(actor, **moments)
        refused(lambda: add(actor, actor.staff_id), refusal)  # noqa: B023  called at once
        refused(lambda: add(actor, little_shop.id_of("bob")), refusal)  # noqa: B023  as above
        refused(lambda: devices.revoke(actor, device), refusal)  # noqa: B023  as above
