"""Onboarding somebody together with the key of their device: both or neither."""

from __future__ import annotations

import pytest

from models import db
from models.actor import Actor
from models.errors import Invalid, NotAllowed
from models.operations import devices, importing, onboarding
from models.operations._operation import operation
from models.operations.onboarding import FIRST_DEVICE, Newcomer, complaints, onboard
from models.operations.staff import Profile
from models.queries import devices as queries, security
from models.rules.policy import BOUNDS
from models.tables import Device
from models.text import LOGIN_LIMIT
from tests.device_keys import PRIVATE, ed25519, enrolled, fingerprint, rsa
from tests.factories import CONSOLE, Founded
from tests.hostile import REFUSED
from tests.models.doors import Watch
from tests.models.operations.acts import recorded, refused
from tests.rosters import roster_of

KEY = ed25519("carol's laptop")
CAROL = Newcomer("carol", Profile("Carol Li 李卡"), "service", key=KEY)


@pytest.fixture
def manager(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody who onboards, and may enrol a key for nobody who is there already."""
    return little_shop.person("meg", gave=["manager"])


def test_p12_a_key_comes_with_its_person_in_one_act(little_shop: Founded, manager: Actor, watch: Watch) -> None:
    """Two entries, the person first; the key opens at once, for activation."""
    onboarded, added = recorded(lambda: onboard(manager, CAROL._replace(key=f"\n {KEY}\r\n", device=" MacBook ")))
    assert (onboarded.actor, onboarded.action, onboarded.label) == ("meg", "staff.onboard", "carol")
    assert (added.actor, added.action, added.label) == ("meg", "device.add", "carol")
    assert added.new == {"name": "MacBook", "key": fingerprint(KEY), "until": None}
    assert KEY.split()[1] not in str(db.rows("SELECT * FROM audit_entry"))
    carol = little_shop.id_of("carol")
    (row,) = queries.of(CONSOLE, carol)
    assert row == (row.id, "MacBook", "ssh-ed25519", 256, fingerprint(KEY), watch.now, "meg", None, None)
    assert queries.knock(fingerprint(KEY)) == (carol, "carol", True)


def test_a_device_without_a_name_is_given_one(little_shop: Founded, manager: Actor) -> None:
    """After its person; the longest login leaves room."""
    onboard(manager, CAROL)
    assert [row.name for row in queries.of(CONSOLE, little_shop.id_of("carol"))] == ["carol-1"]
    assert len(FIRST_DEVICE.format(login="x" * LOGIN_LIMIT)) <= devices.NAME_LIMIT
    assert BOUNDS["devices_each"][0] >= 1, "so that the first key is never one too many"
    assert security.policy().policy.devices_each >= 1


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_who_has_no_key_yet_is_onboarded_without(little_shop: Founded, manager: Actor, nothing: str) -> None:
    """A name alone is no device."""
    (entry,) = recorded(lambda: onboard(manager, CAROL._replace(key=nothing, device="MacBook")))
    assert entry.action == "staff.onboard"
    assert db.rows("SELECT 1 FROM device") == []


@pytest.mark.parametrize("key", ["hello", KEY[:-30], PRIVATE, rsa(2048), f"{KEY}\n{KEY}"])
def test_p12_a_key_that_is_not_taken_is_said_at_its_field(little_shop: Founded, manager: Actor, key: str) -> None:
    """Beforehand, and by onboarding itself, which onboards nobody."""
    newcomer = CAROL._replace(key=key)
    assert [wrong.field for wrong in complaints(manager, newcomer)] == ["key"]
    assert refused(lambda: onboard(manager, newcomer), Invalid).field == "key"
    assert complaints(manager, CAROL) == ()


@pytest.mark.parametrize("name", ["x" * 41, *REFUSED.values()], ids=["long", *REFUSED])
def test_p17_the_name_of_a_device_is_said_at_its_own_field(little_shop: Founded, manager: Actor, name: str) -> None:
    """Not at that of the person's name."""
    newcomer = CAROL._replace(device=name)
    assert [wrong.field for wrong in complaints(manager, newcomer)] == ["device"]
    assert refused(lambda: onboard(manager, newcomer), Invalid).field == "device"


def test_p12_a_key_that_was_ever_somebodys_rolls_everything_back(little_shop: Founded, manager: Actor, watch: Watch) -> None:
    """Live, or revoked long ago: no person, no code, no entry; the login is free still."""
    key, staff_id = enrolled(manager.staff_id or 0, "carol's laptop"), manager.staff_id or 0
    for ended in (False, True):
        if ended:
            Device.update(ended_at=watch.now, end="revoked").execute()
        said = refused(lambda: onboard(manager, CAROL), Invalid)
        assert said.field == "key"
        assert [(wrong.field, str(wrong)) for wrong in complaints(manager, CAROL)] == [("key", str(said))]
        assert db.rows("SELECT 1 FROM staff WHERE login = 'carol'") == []
    onboard(manager, CAROL._replace(key=ed25519("another")))
    assert (queries.knock(key), queries.of(CONSOLE, staff_id)) == (None, ())


def test_of_two_newcomers_with_one_key_neither_is_onboarded(little_shop: Founded, manager: Actor) -> None:
    """Where several are onboarded in one act."""
    people = [onboarding.prepare(CAROL._replace(login=login)) for login in ("carol", "dave")]

    def both() -> None:
        with operation(manager, onboarding.PERMISSION, "staff.onboard") as journal:
            onboarding.insert(journal, people)

    assert refused(both, Invalid).field == "key"


def test_whoever_may_not_onboard_enrols_nothing(little_shop: Founded) -> None:
    """And does not learn whether a key is known."""
    bob = little_shop.person("bob")
    refused(lambda: onboard(bob, CAROL), NotAllowed)
    with pytest.raises(NotAllowed):
        complaints(bob, CAROL)


def test_a_file_of_people_brings_no_keys(little_shop: Founded) -> None:
    """Its columns are as they were."""
    importing.run(CONSOLE, roster_of({"login": "carol", "name": "Carol"}, {}))
    assert db.rows("SELECT count(*) FROM staff") == [(3,)]
    assert db.rows("SELECT 1 FROM device") == []
