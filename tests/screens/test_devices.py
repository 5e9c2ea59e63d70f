"""Device keys, by keyboard: one's own, another's, and revoking them."""

from __future__ import annotations

from typing import Any

import pytest

from models import db
from models.actor import Actor
from models.errors import NotAllowed
from models.operations import devices as operations, policy
from models.queries import devices
from models.rules.policy import Policy
from models.tables import Device, Session
from screens.devices import DevicesScreen
from screens.dialogs.confirm import Confirm
from screens.dialogs.prove import Prove
from screens.enrol_device import EnrolDeviceScreen
from screens.my_security import MySecurityScreen
from screens.security import SecurityScreen
from screens.sign_in import SignInScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.fact_list import FactList
from screens.widgets.list_view import ListView
from tests import hostile
from tests.device_keys import ecdsa, enrolled, rsa, sk_ed25519
from tests.factories import CONSOLE, PASSWORD, Founded, signed_in
from tests.screens.door import at, told
from tests.screens.look import grid, settle
from tests.screens.program import DAY, NOON, Program, at_noon, program

EMPTY = "No device key: n enrols one."


async def press(at_program: Program, *keys: str) -> None:
    """Keys one after the other, each given its time."""
    _app, pilot = at_program
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def rows(app: Any) -> list[tuple[str, ...]]:
    """The list, cell by cell."""
    return [tuple(str(cell) for cell in row.cells) for row in app.screen.query_one(ListView).source.window(0, 50)]


def names(app: Any) -> list[str]:
    """What the keys are called."""
    return [row[1] for row in rows(app)]


def flat(app: Any) -> str:
    """What is on the screen, or in the dialog in front, as if it were one line."""
    lines = grid(app).splitlines()
    inside = [line.split("│")[1] for line in lines if line.count("│") == 2]
    return " ".join(" ".join(inside or lines).split())


@pytest.fixture
def alice(little_shop: Founded) -> Actor:
    """Alice, who has a laptop and an old phone."""
    at_noon(little_shop)
    alice = little_shop.person("alice", gave=["customer_service"])
    staff_id = little_shop.id_of("alice")
    enrolled(staff_id, "laptop", days=40)
    enrolled(staff_id, "old phone", days=2)
    Device.update(expires_at=NOON - 3 * DAY, used_at=NOON - 4 * DAY).where(Device.name == "old phone").execute()
    return alice


@pytest.mark.parametrize("keys", [("9", "s", "d"), ("9", "s", *["down"] * 4, "enter")], ids=["a key", "enter"])
async def test_ones_own_are_two_keys_from_my_section(little_shop: Founded, alice: Actor, keys: tuple[str, ...]) -> None:
    """The fact says how many and when the next ends; behind it they are listed, with what people compare."""
    async with program(little_shop.home, actor=alice) as opened:
        app, _pilot = opened
        await press(opened, *keys[:2])
        assert "1 key, it ends 2027-01-01 (in 40 days)" in flat(app)
        await press(opened, *keys[2:])
        assert at(app) is DevicesScreen
        assert names(app) == ["laptop", "old phone"]
        assert grid(app).startswith(" Your device keys · 1 of 5")
        (key, old) = devices.own(alice)
        assert f" {key.fingerprint}\n" in grid(app)
        assert "Ends 2027-01-01 (in 40 days) · Never used" in grid(app)
        await press(opened, "down")
        assert old.fingerprint in grid(app)
        assert "Ended 2026-11-19 (3 days ago) · Last used 2026-11-18 12:00 (4 days ago)" in grid(app)
        await press(opened, "escape")
        assert at(app) is MySecurityScreen


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (140, 40)], ids=str)
async def test_a_fingerprint_is_never_cut(little_shop: Founded, size: tuple[int, int]) -> None:
    """Whatever the terminal and the type of the key, people can compare all of it; on a wide one, of all keys at once."""
    person = little_shop.person("alice")
    for name, line in (("a", rsa(4096)), ("b", ecdsa("nistp521")), ("c", sk_ed25519())):
        operations.add(CONSOLE, person.staff_id or 0, line, name=f"{name} {'x' * 38}")
    async with program(little_shop.home, actor=person, size=size) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d")
        for key in devices.own(person):
            assert key.fingerprint in grid(app)
            assert key.size in grid(app)
            await press(opened, "down")
        assert (all(key.fingerprint in grid(app) for key in devices.own(person))) == (size[0] >= 140)
        assert "n Enrol" in grid(app)
        assert "x Revoke" in grid(app)


async def test_none_is_one_sentence_and_one_key(little_shop: Founded) -> None:
    """That key enrols the first; there is nothing to revoke."""
    person = little_shop.person("alice")
    async with program(little_shop.home, actor=person) as opened:
        app, _pilot = opened
        await press(opened, "9", "s")
        assert "none: you come in at the shop's own terminal only" in grid(app)
        await press(opened, "d")
        assert EMPTY in grid(app)
        assert "Revoke" not in grid(app)
        await press(opened, "x")
        assert at(app) is DevicesScreen
        await press(opened, "n")
        assert at(app) is EnrolDeviceScreen


async def test_the_key_that_one_came_with_is_marked(little_shop: Founded, alice: Actor) -> None:
    """Where two devices look alike, one knows which to keep."""
    key = devices.own(alice)[0].fingerprint
    async with program(little_shop.home, actor=_came_with(alice, key)) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d")
        assert [row[5] for row in rows(app)] == ["this device", "2026-11-18"]


def _came_with(actor: Actor, key: str) -> Actor:
    """The same person, in a session that a key opened."""
    Session.update(device=key).where(Session.id == actor.session_id).execute()
    return actor._replace(device=key)


async def test_p12_a_key_is_revoked_in_one_key_after_a_question(little_shop: Founded, alice: Actor) -> None:
    """Cancel has the focus; it says which sessions end. This one goes on."""
    signed_in("alice", "203.0.113.9")
    key = devices.own(alice)[0].fingerprint
    async with program(little_shop.home, actor=alice) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d", "x")
        assert at(app) is Confirm
        assert "Revoke “laptop”? It opens nothing from now on, and never again." in flat(app)
        assert key in flat(app)
        assert "Your other session ends: from 203.0.113.9" in flat(app)
        await press(opened, "enter")
        assert names(app) == ["laptop", "old phone"]
        await press(opened, "x", "y")
        assert names(app) == ["old phone"]
        assert told(app) == ["“laptop” is revoked."]
        assert devices.knock(key) is None
        assert at(app) is DevicesScreen
    assert [(actor, label) for actor, _what, label in little_shop.log("device.revoke")] == [("alice", "alice")]


async def test_p12_whoever_revokes_the_key_they_came_with_is_out(little_shop: Founded, alice: Actor) -> None:
    """It says so before, and the program ends: nobody comes in by that key again."""
    key = devices.own(alice)[0].fingerprint
    async with program(little_shop.home, actor=_came_with(alice, key), connection="203.0.113.9 1 192.0.2.1 22") as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d", "x")
        assert "You came in with this very key: you are signed out at once." in flat(app)
        await press(opened, "y")
        assert app.actor is None
        assert app._exit or at(app) is SignInScreen


async def test_p11_revoking_asks_for_proof_when_the_last_is_long_ago(little_shop: Founded, alice: Actor) -> None:
    """An open session that was left for a moment is not enough; without the proof nothing is done."""
    Session.update(proved_at=NOON - DAY).where(Session.id == alice.session_id).execute()
    async with program(little_shop.home, actor=alice) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d", "x", "y")
        assert at(app) is Prove
        await press(opened, "escape")
        assert names(app) == ["laptop", "old phone"]
        await press(opened, "x", "y", *PASSWORD, "enter")
        assert names(app) == ["old phone"]


async def test_p13_the_last_key_is_told_where_the_shop_asks_for_one(little_shop: Founded, alice: Actor) -> None:
    """Whoever revokes it cannot come in again."""
    Session.update(device="SHA256:of another one").where(Session.id == alice.session_id).execute()  # at the terminal it would end
    policy.edit(CONSOLE, 1, Policy(device_required=True))
    async with program(little_shop.home, actor=alice) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d", "x")
        assert "It is your only one, and the shop asks for one" in flat(app)


async def test_as_many_as_the_policy_has_are_enough(little_shop: Founded, alice: Actor) -> None:
    """It says so before anything is typed; keys that have ended do not count."""
    policy.edit(CONSOLE, 1, Policy(devices_each=2))
    async with program(little_shop.home, actor=alice) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d", "n")
        assert at(app) is EnrolDeviceScreen
        enrolled(little_shop.id_of("alice"), "tablet")
        await press(opened, "escape", "n")
        assert at(app) is DevicesScreen
        assert told(app) == ["The policy lets one account have 2 device keys. Revoke one first."]


# ---- another's


async def _to_person(opened: Program, login: str) -> None:
    await press(opened, "4", "slash", *login, "enter", "enter")


async def test_the_owner_sees_enrols_and_revokes_anothers(little_shop: Founded, alice: Actor) -> None:
    """From the profile by `d` or by Enter on the fact, and from the section of security."""
    signed_in("alice", "203.0.113.9")
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await _to_person(opened, "alice")
        assert at(app) is StaffDetailScreen
        facts = app.screen.query_one(FactList)
        assert facts.select("devices")
        fact = facts.fact
        assert fact is not None
        assert (fact.said, fact.hotkey) == (("1 key",), "d")
        await press(opened, "enter")
        assert at(app) is DevicesScreen
        assert grid(app).startswith(" Device keys · Alice · 1 of 5")
        assert "n Enrol" in grid(app)
        await press(opened, "escape", "d", "x")
        assert "2 sessions of theirs end." in flat(app)
        await press(opened, "y")
        assert names(app) == ["old phone"]
        await press(opened, "escape", "5", "a", "d")
        assert at(app) is DevicesScreen
        assert names(app) == ["old phone"]
        await press(opened, "escape")
        assert at(app) is SecurityScreen


async def test_whoever_resets_others_revokes_and_does_not_enrol(little_shop: Founded, alice: Actor) -> None:
    """A helper with that one permission; of those whose access is wider than theirs, and of the owner, they see none."""
    little_shop.person("boss", gave=["manager"])
    enrolled(little_shop.id_of("boss"), "laptop of the boss")
    helper = little_shop.person("helper", gave=["customer_service"], extras=["staff.view", "staff.security.reset"])
    async with program(little_shop.home, actor=helper) as opened:
        app, _pilot = opened
        await _to_person(opened, "alice")
        await press(opened, "d")
        assert at(app) is DevicesScreen
        assert "Enrol" not in grid(app)
        await press(opened, "n")
        assert at(app) is DevicesScreen
        await press(opened, "x", "y", "x", "y")
        assert names(app) == []
        assert "No device key is enrolled: esc goes back." in grid(app)
    async with program(little_shop.home, actor=helper) as opened:
        app, _pilot = opened
        await _to_person(opened, "boss")
        await press(opened, "d")
        assert at(app) is StaffDetailScreen
        assert "Device keys" not in grid(app)


async def test_whoever_may_not_see_them_anymore_is_led_out(little_shop: Founded, alice: Actor) -> None:
    """The permission is taken away while they are on the screen."""
    helper = little_shop.person("helper", gave=["customer_service"], extras=["staff.view", "staff.security.reset"])
    async with program(little_shop.home, actor=helper) as opened:
        app, _pilot = opened
        await _to_person(opened, "alice")
        await press(opened, "d")
        with db.transaction():
            db.database.execute_sql("UPDATE extra SET ended_at = since, ended_by = 'owner' WHERE permission = 'staff.security.reset'")
        with pytest.raises(NotAllowed):
            devices.of(helper, little_shop.id_of("alice"))
        await press(opened, "question_mark", "escape")
        assert at(app) is not DevicesScreen


@pytest.mark.parametrize("name", hostile.A_FEW | hostile.LITERAL)
async def test_p17_the_name_of_a_device_is_text(little_shop: Founded, alice: Actor, name: str) -> None:
    """However it came to be what it is: in the list, in the question and in what is said afterwards."""
    text = (hostile.A_FEW | hostile.LITERAL)[name]
    if any("\ud800" <= each <= "\udfff" for each in text):
        pytest.skip("SQLite holds no halves of pairs")
    Device.update(name=text).where(Device.name == "laptop").execute()
    async with program(little_shop.home, actor=alice, size=(140, 24)) as opened:
        app, _pilot = opened
        await press(opened, "9", "s", "d", "x")
        assert at(app) is Confirm
        await press(opened, "y")
        shown = grid(app) + " ".join(told(app))
        assert (text in shown) if name in hostile.LITERAL else ("\ufffd" in shown)
