"""Device keys in the owner's section of security, by keyboard: reset with the rest, counted, and named where somebody failed."""

from __future__ import annotations

from contextlib import suppress

import pytest

from models.errors import Refusal
from models.operations import policy, sessions
from models.queries import devices, protection
from models.rules.policy import Policy
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.hand_over import HandOverScreen
from screens.security import SecurityScreen
from tests.device_keys import enrolled
from tests.factories import CONSOLE, STRANGER, Founded
from tests.guarded import totp_on
from tests.screens.door import at, told
from tests.screens.look import grid
from tests.screens.program import at_noon, program
from tests.screens.test_devices import flat, press
from tui.app import ShopstaffApp

PASSWORD_ONLY, PHONE, DEVICE, PASSWORD_AND_PHONE, EVERYTHING = range(5)


def rows(app: ShopstaffApp) -> list[tuple[str, ...]]:
    """The part that is seen, cell by cell."""
    assert isinstance(app.screen, SecurityScreen)
    return [tuple(str(cell) for cell in row.cells) for row in app.screen.list.source.window(0, 50)]


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Alice has phone codes and two device keys, Bob a device key, Carol neither."""
    at_noon(little_shop)
    for login in ("alice", "bob", "carol"):
        little_shop.person(login)
    totp_on(little_shop, "alice")
    for login, name in (("alice", "laptop"), ("alice", "phone"), ("bob", "tablet")):
        enrolled(little_shop.id_of(login), name)
    return little_shop


@pytest.mark.parametrize(
    ("picked", "password", "totp", "keys", "question"),
    [
        (PASSWORD_ONLY, False, True, 2, "Reset the password of Alice?"),
        (PHONE, True, False, 2, "Reset the phone codes of Alice?"),
        (DEVICE, True, True, 0, "Void every device key of Alice?"),
        (PASSWORD_AND_PHONE, False, False, 2, "Reset password and phone codes of Alice?"),
        (EVERYTHING, False, False, 0, "Reset everything that Alice comes in with?"),
    ],
)
async def test_p9_only_what_was_lost_is_reset(shop: Founded, picked: int, password: bool, totp: bool, keys: int, question: str) -> None:
    """What the person has is what there is to choose; device keys alone bring no code, the rest does."""
    async with program(shop.home, actor=shop.owner) as here:
        app, _pilot = here
        await press(here, "5", "a", "r")
        assert at(app) is Choose
        await press(here, *["down"] * picked, "enter")
        assert question in flat(app)
        assert ("device keys open nothing any more" in flat(app)) == (keys == 0)
        assert ("Device keys stay." in flat(app)) == (keys == 2)
        assert ("The reset code:" in flat(app)) == (picked != DEVICE)
        await press(here, "y")
        assert at(app) is (SecurityScreen if picked == DEVICE else HandOverScreen)
        assert told(app) == (["The device keys of Alice are void."] if picked == DEVICE else [])
    left = protection.of(shop.owner, shop.id_of("alice"))
    assert (left.password_changed_at is not None, left.has_totp, left.devices, left.sessions) == (password, totp, keys, 0)
    assert len(devices.of(shop.owner, shop.id_of("alice"))) == keys


@pytest.mark.parametrize(("picked", "password", "keys"), [(0, False, 1), (1, True, 0), (2, False, 0)])
async def test_p9_where_there_is_no_phone_none_is_offered(shop: Founded, picked: int, password: bool, keys: int) -> None:
    """Password, device, both; and who has the password alone is asked at once."""
    async with program(shop.home, actor=shop.owner) as here:
        app, _pilot = here
        await press(here, "5", "a", "down", "down", "r")
        assert at(app) is Confirm
        assert "device" not in flat(app)
        await press(here, "escape", "up", "r")
        assert "The phone, or its codes" not in grid(app)
        assert "Both" in grid(app)
        await press(here, *["down"] * picked, "enter", "y")
    left = protection.of(shop.owner, shop.id_of("bob"))
    assert (left.password_changed_at is not None, left.devices) == (password, keys)


@pytest.mark.parametrize(("required", "picked"), [(True, DEVICE), (True, EVERYTHING), (False, DEVICE)])
async def test_that_nobody_comes_back_without_a_key_is_said_before_all_are_void(shop: Founded, required: bool, picked: int) -> None:
    """Where the shop asks for one, the person can enrol none."""
    if required:
        policy.edit(CONSOLE, 1, Policy(device_required=True))
    async with program(shop.home, actor=shop.owner) as here:
        app, _pilot = here
        await press(here, "5", "a", "r", *["down"] * picked, "enter")
        assert ("until the owner enrols another for them" in flat(app)) == required


async def test_device_keys_are_counted(shop: Founded) -> None:
    """Among the people on a wide terminal; revoked ones and those that have ended are none."""
    async with program(shop.home, actor=shop.owner, size=(120, 40)) as here:
        app, _pilot = here
        await press(here, "5", "a")
        assert [(row[1], row[5]) for row in rows(app) if row[5]] == [("alice", "2"), ("bob", "1")]
        assert "Keys" in grid(app)


async def test_p12_a_failed_sign_in_names_the_device_and_whose_it_is(shop: Founded) -> None:
    """Somebody at another's laptop is what the owner wants to know."""
    laptop = devices.of(shop.owner, shop.id_of("alice"))[0].fingerprint
    for login, key in (("alice", laptop), ("bob", laptop), ("bob", "")):
        with suppress(Refusal):
            sessions.sign_in(STRANGER._replace(device=key, address="203.0.113.9"), login, "not this one")
    async with program(shop.home, actor=shop.owner, size=(120, 40)) as here:
        app, _pilot = here
        await press(here, "5", "f")
        assert [row[4] for row in rows(app)] == ["", "laptop, alice's", "laptop"]
        assert [row[2] for row in rows(app)] == ["wrong password", "device key not theirs, or ended", "wrong password"]
