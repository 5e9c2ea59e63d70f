"""The security policy, by keyboard: what it says, what it asks first, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import db
from models.errors import OwnerAlone
from models.i18n import Language
from models.operations import policy as operations
from models.queries import posture, security
from models.queries.posture import Reach
from models.rules.policy import BOUNDS, EVERYONE, HIGH_RISK, NOBODY, Policy
from screens import policy_words
from screens.policy import PolicyScreen
from screens.shop import ShopScreen
from tests.device_keys import enrolled
from tests.factories import Founded, signed_in
from tests.guarded import totp_on
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid
from tests.screens.people import may, peopled, press
from tests.screens.program import error, focused, form, put

NOBODY_MET = Reach(0, 0, ())


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people, of whom the owner has TOTP."""
    shop = peopled(little_shop)
    totp_on(shop, "owner")
    return shop


def opened(desk: DeskFactory, shop: Founded, **how: Any) -> Any:
    """The policy, come to by the owner."""
    reach = posture.reach(shop.owner)
    return desk(lambda: PolicyScreen(reach), may=may(shop.owner), actor=shop.owner, **how)


def front(app: Any) -> Any:
    """The screen in front, asked for anew each time."""
    return app.screen


def said(app: Any) -> str:
    """What the dialog in front says, else the screen, as if it were one line."""
    lines = grid(app).splitlines()
    inside = [line.split("│")[1] for line in lines if line.count("│") == 2]
    return " ".join(" ".join(inside or lines).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_how_it_looks(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """The form; and what is asked before everything in it is widened or narrowed."""
    async with opened(desk, shop, size=size, language=language) as (app, pilot):
        assert grid(app) == snapshot(name="form")
        put(app, totp=EVERYONE, device_required=True, idle_minutes="60", activation_days="3")
        await press(pilot, "ctrl+s")
        assert grid(app) == snapshot(name="asked")


async def test_p13_the_policy_is_one_key_from_the_shop(desk: DeskFactory, shop: Founded) -> None:
    """For the owner; for a manager, who may edit the shop, the key is not there, and the operation refuses."""
    async with desk(ShopScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "p")
        assert type(front(app)) is PolicyScreen
        assert "2 people with high-risk access have none" in said(app)
        await press(pilot, "escape")
        assert type(front(app)) is ShopScreen
    alice = signed_in("alice")
    async with desk(ShopScreen, may=may(alice), actor=alice) as (app, pilot):
        app._held = frozenset(may(alice))  # the fixture lets everybody into the section itself
        assert front(app).check_action("policy", ()) is False
        await press(pilot, "p")
        assert type(front(app)) is ShopScreen
    with pytest.raises(OwnerAlone):
        operations.edit(alice, 1, Policy(totp=EVERYONE))


async def test_p13_stricter_totp_says_whom_it_meets_and_saves(desk: DeskFactory, shop: Founded) -> None:
    """The hint follows the choice; because people are asked for something, it asks first."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "left")
        assert "3 people have none: they set them up at their next sign-in." in said(app)
        await press(pilot, "ctrl+s")
        assert "Ask this of everybody from now on?" in said(app)
        await press(pilot, "enter")
        assert security.policy() == (1, Policy())
        await press(pilot, "ctrl+s", "y")
        assert type(front(app)) is not PolicyScreen
    assert security.policy() == (2, Policy(totp=EVERYONE))


async def test_p13_less_protection_asks_first_and_says_what_is_less(desk: DeskFactory, shop: Founded) -> None:
    """Every line that is weaker is marked."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "right")
        assert "A password alone can be guessed, seen or told." in said(app)
        put(app, idle_minutes="60", password_length="16")
        await press(pilot, "ctrl+s")
        asked = said(app)
        assert "Protect the shop's accounts less than now?" in asked
        assert "Phone codes (TOTP): for high-risk access → for nobody, which protects less" in asked
        assert "Idle lock: 10 → 60, which protects less" in asked
        assert "Password length: 12 → 16" in asked
        assert "12 → 16, which" not in asked
        await press(pilot, "y")
    assert security.policy().policy == Policy(totp=NOBODY, idle_minutes=60, password_length=16)


async def test_p13_requiring_device_keys_names_who_would_be_shut_out(desk: DeskFactory, shop: Founded) -> None:
    """Whoever has one is not among them; nor is the owner, who is exempt."""
    enrolled(shop.id_of("carol"), "phone")
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "tab", "space")
        assert "2 people have none, and could not sign in any more." in said(app)
        await press(pilot, "ctrl+s")
        asked = said(app)
        assert "Device keys only: no → yes" in asked
        assert "Alice Wang 张三" in asked
        assert "Carol" not in asked
        assert "Wang Fang" not in asked
        await press(pilot, "y")
    assert security.policy().policy.device_required


async def test_p13_shorter_sessions_say_how_many_end(desk: DeskFactory, shop: Founded) -> None:
    """Times hold at once, in sessions that are open too; one's own goes on being counted by oneself."""
    late = signed_in("carol", ages=True)
    db.database.execute_sql("UPDATE session SET started_at = started_at - 4 * 3600000000 WHERE id = ?", (late.session_id,))
    async with opened(desk, shop) as (app, pilot):
        put(app, session_hours="2")
        await press(pilot, "ctrl+s")
        assert "1 session ends at once." in said(app)


async def test_what_harms_nobody_is_saved_unasked(desk: DeskFactory, shop: Founded) -> None:
    """Full-width digits are digits; and nothing changed just closes."""
    async with opened(desk, shop) as (app, pilot):
        put(app, idle_minutes="８", proof_minutes=" 4 ")
        await press(pilot, "ctrl+s")
        assert type(front(app)) is not PolicyScreen
    assert security.policy() == (2, Policy(idle_minutes=8, proof_minutes=4))
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "ctrl+s")
        assert type(front(app)) is not PolicyScreen
    assert security.policy().version == 2


@pytest.mark.parametrize("field", BOUNDS)
async def test_p13_nothing_out_of_bounds_is_saved(desk: DeskFactory, shop: Founded, field: str) -> None:
    """It is said beside its field, between what it has to be; nothing typed is lost."""
    least, most = BOUNDS[field]
    async with opened(desk, shop) as (app, pilot):
        for typed in (str(least - 1), str(most + 1), "", "ten", "-5", "1e1", "5.5", "٥٥", "[b]5", "99999999999999999999"):
            put(app, **{field: typed})
            await press(pilot, "ctrl+s")
            assert error(app, field), typed
            assert focused(app) == field
            assert form(app).text(field) == typed
            assert not app.screen.is_modal
    assert security.policy() == (1, Policy())


async def test_p13_what_somebody_else_saved_meanwhile_is_not_overwritten(desk: DeskFactory, shop: Founded) -> None:
    """At the console; it is told, and shown where it differs."""
    async with opened(desk, shop) as (app, pilot):
        put(app, idle_minutes="9")
        operations.edit(shop.console, 1, Policy(idle_minutes=7, proof_minutes=3))
        await press(pilot, "ctrl+s")
        assert type(front(app)) is PolicyScreen
        assert "Nothing was overwritten" in said(app)
        assert "Meanwhile it was set to: 7" in said(app)
        assert (form(app).text("idle_minutes"), form(app).text("proof_minutes")) == ("9", "3")
        assert security.policy().policy == Policy(idle_minutes=7, proof_minutes=3)
        await press(pilot, "ctrl+s", "y")
    assert security.policy() == (3, Policy(idle_minutes=9, proof_minutes=3))


async def test_leaving_what_was_typed_asks(desk: DeskFactory, shop: Founded) -> None:
    """Cancel has the focus."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "right", "escape")
        assert "Discard what was typed?" in said(app)
        await press(pilot, "enter")
        assert type(front(app)) is PolicyScreen


async def test_everything_is_reached_on_a_small_terminal(desk: DeskFactory, shop: Founded) -> None:
    """The last field at 60×20, by Tab."""
    async with opened(desk, shop, size=(60, 20)) as (app, pilot):
        await press(pilot, *["tab"] * 8)
        assert focused(app) == "activation_days"
        assert "Activation code" in grid(app)


@pytest.mark.parametrize("field", Policy._fields)
def test_p13_every_line_knows_which_way_it_protects_less(field: str) -> None:
    """One way is weaker, the other is not."""
    strict, lax = Policy(EVERYONE, True, 1, 5, 1, 1, 1, 64, 1), Policy(NOBODY, False, 20, 60, 24, 5, 15, 12, 21)
    weaker = policy_words.consequences(strict, strict._replace(**{field: getattr(lax, field)}), NOBODY_MET, 0)
    stricter = policy_words.consequences(lax, lax._replace(**{field: getattr(strict, field)}), NOBODY_MET, 0)
    assert (weaker.weaker, stricter.weaker) == (True, False)
    assert "which protects less" in weaker.said[0]
    assert "which protects less" not in stricter.said[0]


def test_what_totp_means_is_said_for_one_for_many_and_for_nobody() -> None:
    """Counts are of those it meets."""
    assert policy_words.totp_hint(HIGH_RISK, Reach(1, 5, ())).startswith("1 person with high-risk access has none")
    assert policy_words.totp_hint(HIGH_RISK, Reach(3, 5, ())).startswith("3 people with high-risk access have none")
    assert policy_words.totp_hint(EVERYONE, Reach(3, 5, ())).startswith("5 people have none")
    assert policy_words.totp_hint(EVERYONE, NOBODY_MET) == "Everybody has them."
    assert policy_words.totp_hint(HIGH_RISK, NOBODY_MET) == "Everybody with high-risk access has them."
