"""Handing the shop over, by keyboard, on both sides."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.operations import ownership as operations
from models.queries import ownership
from screens.dialogs.choose_person import ChoosePerson
from screens.dialogs.confirm import Confirm
from screens.give_shop import GiveShopScreen, OfferedShopScreen
from screens.give_shop_heir import AcceptShopScreen, TakeShopScreen
from screens.home import HomeScreen
from screens.shop import ShopScreen
from screens.widgets.list_view import ListView
from screens.widgets.verdict import Verdict
from tests import hostile
from tests.factories import DAY, PASSWORD, Founded
from tests.models.doors import enrol
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, error, focused, form, program, put
from tui.app import ShopstaffApp


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


def carol(shop: Founded, name: str = "Carol Li 李卡") -> Actor:
    """Somebody with a role and an extra, signed in."""
    return shop.person("carol", name=name, gave=["service_lead"], extras=["goods.view"], post="service")


def offered(shop: Founded, heir: Actor, post: str = "service") -> None:
    """The owner offers the shop."""
    assert heir.staff_id is not None
    operations.offer(shop.owner, heir.staff_id, post, PASSWORD)


def owner_now() -> str:
    """The login of the owner."""
    ((login,),) = db.rows("SELECT login FROM staff WHERE is_owner = 1")
    return str(login)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys, and wait until what they do is done."""
    await pilot.press(*keys)
    await settle(pilot)


async def filled(app: ShopstaffApp, pilot: Pilot[int], password: str = PASSWORD) -> None:
    """Come to the form of the offer and fill it, by keyboard as far as a person would."""
    await press(pilot, "8")
    await press(pilot, "g")
    assert front(app) is GiveShopScreen
    await press(pilot, "enter")
    assert front(app) is ChoosePerson
    await press(pilot, *"carol", "enter")
    assert front(app) is GiveShopScreen
    assert "Carol Li 李卡 (carol)" in grid(app)
    put(app, password=password)


# ---- the owner


async def test_the_owner_offers_the_shop_by_keyboard(little_shop: Founded) -> None:
    """Who, which post, the password; Cancel has the focus, and the shop's section shows the offer with its end."""
    heir = carol(little_shop)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await filled(app, pilot)
        assert focused(app) == "post"
        await press(pilot, "left", "ctrl+s")
        assert front(app) is Confirm
        assert "Offer the shop to Carol Li 李卡 (carol)?" in grid(app)
        await press(pilot, "enter")
        assert front(app) is GiveShopScreen
        assert ownership.offered(little_shop.owner) is None
        await press(pilot, "ctrl+s")
        await press(pilot, "y")
        assert front(app) is ShopScreen
        assert "Carol Li" in next(line for line in grid(app).splitlines() if "Offered to" in line)
        assert "in 24 hours" in grid(app) or "in 23 hours" in grid(app)
    offer = ownership.offered(little_shop.owner)
    assert offer is not None
    assert (offer.heir_id, offer.post, offer.owner_login) == (heir.staff_id, "service", "owner")
    assert owner_now() == "owner"


async def test_a_wrong_password_offers_nothing(little_shop: Founded) -> None:
    """It is said beside the field; what was chosen stays."""
    carol(little_shop)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await filled(app, pilot, "walnut ferry 58 harbour")
        await press(pilot, "ctrl+s")
        await press(pilot, "y")
        assert front(app) is GiveShopScreen
        assert error(app, "password") == "That is not your password."
        assert form(app).values()["heir"] == little_shop.id_of("carol")
    assert ownership.offered(little_shop.owner) is None


@pytest.mark.parametrize(("login", "password", "field"), [(None, PASSWORD, "heir"), ("owner", PASSWORD, "heir"), ("carol", "", "password")])
async def test_what_is_missing_is_said_beside_its_field(little_shop: Founded, login: str | None, password: str, field: str) -> None:
    """Before anybody is asked whether they are sure."""
    carol(little_shop)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "8")
        await press(pilot, "g")
        put(app, heir=little_shop.id_of(login) if login else None, password=password)
        await press(pilot, "ctrl+s")
        assert front(app) is GiveShopScreen
        assert error(app, field)
    assert ownership.offered(little_shop.owner) is None


async def test_somebody_who_was_frozen_meanwhile_is_not_offered_the_shop(little_shop: Founded) -> None:
    """The list has active people only, and the operation judges again."""
    carol(little_shop)
    little_shop.person("dan", name="Dan Wu", status="invited")
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "8")
        await press(pilot, "g")
        await press(pilot, "enter")
        assert "carol" in grid(app)
        assert "Dan Wu" not in grid(app)
        await press(pilot, *"carol", "enter")
        put(app, password=PASSWORD)
        with db.transaction():
            db.database.execute_sql("UPDATE staff SET status = 'frozen' WHERE login = 'carol'")
        await press(pilot, "ctrl+s")
        await press(pilot, "y")
        assert front(app) is GiveShopScreen
    assert ownership.offered(little_shop.owner) is None


async def test_the_owner_takes_the_offer_back(little_shop: Founded) -> None:
    """`g` shows what is open, `w` withdraws it; the heir is told that it is gone."""
    heir = carol(little_shop)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "8")
        await press(pilot, "g")
        assert front(app) is OfferedShopScreen
        assert "Carol Li 李卡 (carol)" in grid(app)
        await press(pilot, "w")
        assert front(app) is ShopScreen
        assert "Offered to" not in grid(app)
    assert ownership.offered(heir) is None
    assert [(who, whom) for who, _action, whom in little_shop.log("owner.withdraw")] == [("owner", "carol")]


async def test_an_offer_that_ran_out_is_no_longer_there(little_shop: Founded) -> None:
    """Neither for the owner, who may make another, nor for the heir."""
    heir = carol(little_shop)
    offered(little_shop, heir)
    later = clock.now() + DAY + 1_000_000
    clock.set_clock(lambda: later)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "8")
        assert "Offered to" not in grid(app)
        await press(pilot, "g")
        assert front(app) is GiveShopScreen
    async with program(little_shop.home, actor=heir) as (app, _pilot):
        assert "offers you" not in grid(app)


async def test_an_offer_that_is_answered_while_it_is_looked_at_is_told(little_shop: Founded) -> None:
    """Withdrawing what was declined changes nothing."""
    heir = carol(little_shop)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "8")
        await press(pilot, "g")
        operations.decline(heir)
        await press(pilot, "w")
        assert "This offer is no longer open." in grid(app)
        await press(pilot, "escape")
        assert "Offered to" not in grid(app)


async def test_only_the_owner_hands_the_shop_over(little_shop: Founded) -> None:
    """Whoever may edit the shop's settings sees the section, and not this key."""
    editor = little_shop.person("alice", extras=["shop.info.edit"])
    offered(little_shop, carol(little_shop))
    async with program(little_shop.home, actor=editor) as (app, pilot):
        await press(pilot, "8")
        assert front(app) is ShopScreen
        assert "Hand over" not in grid(app)
        assert "Offered to" not in grid(app)
        await press(pilot, "g")
        assert front(app) is ShopScreen
    assert ownership.offered(editor) is None


# ---- the heir


async def accepting(app: ShopstaffApp, pilot: Pilot[int], password: str, code: str) -> None:
    """From home through the offer to its answer."""
    assert isinstance(app.screen, HomeScreen)
    assert app.screen.query_one(ListView).select("offer")
    await press(pilot, "enter")
    assert front(app) is TakeShopScreen
    await press(pilot, "a")
    assert front(app) is Confirm
    await press(pilot, "y")
    assert front(app) is AcceptShopScreen
    put(app, password=password, code=code)
    await press(pilot, "ctrl+s")


async def test_the_heir_takes_the_shop_over(little_shop: Founded) -> None:
    """Password and code; then every section is there, and the former owner's session has ended."""
    heir = carol(little_shop)
    phone = enrol(heir)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        assert "8 Shop" not in grid(app).splitlines()[0]
        assert "Wang Fang" in next(line for line in grid(app).splitlines() if "offers you" in line)
        await accepting(app, pilot, PASSWORD, phone.code(1))
        assert front(app) is HomeScreen
        assert "8 Shop" in grid(app).splitlines()[0]
        assert "The shop is yours." in grid(app)
        await press(pilot, "8")
        assert "carol" in next(line for line in grid(app).splitlines() if "Owner" in line)
    assert owner_now() == "carol"
    assert db.rows("SELECT post, status FROM staff WHERE login = 'owner'") == [("service", "active")]
    assert db.rows('SELECT "end" FROM session WHERE id = ?', (little_shop.owner.session_id,)) == [("handed over",)]


async def test_a_former_owner_is_signed_out_with_the_reason(little_shop: Founded) -> None:
    """On the next key at the latest; nothing of the shop stays on the screen."""
    heir = carol(little_shop)
    phone = enrol(heir)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "8")
        operations.accept(heir, PASSWORD, phone.code(1))
        await press(pilot, "g")
        await settle(pilot)
        assert app.actor is None
        assert "Sign in" in grid(app)
        assert "Offered to" not in grid(app)


async def test_a_wrong_password_or_code_leaves_the_shop_where_it_is(little_shop: Founded) -> None:
    """Which of the two it was is not told; the code has to be typed anew."""
    heir = carol(little_shop)
    phone = enrol(heir)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        await accepting(app, pilot, "walnut ferry 58 harbour", phone.code(1))
        assert front(app) is AcceptShopScreen
        wrong = str(app.screen.query_one(Verdict).content)
        assert wrong
        assert form(app).text("code") == ""
        put(app, password=PASSWORD, code=phone.wrong())
        await press(pilot, "ctrl+s")
        assert str(app.screen.query_one(Verdict).content) == wrong
    assert owner_now() == "owner"


async def test_what_is_no_code_is_not_worth_a_try(little_shop: Founded) -> None:
    """It counts as no attempt, nor does an empty password."""
    heir = carol(little_shop)
    enrol(heir)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        await accepting(app, pilot, PASSWORD, "12345")
        assert error(app, "code")
        put(app, password="", code="123456")
        await press(pilot, "ctrl+s")
        assert error(app, "password")
    assert db.rows("SELECT 1 FROM failure") == []


async def test_an_heir_without_one_time_codes_is_led_to_them(little_shop: Founded) -> None:
    """Accepting is not offered before; `o` goes to one's own security."""
    heir = carol(little_shop)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        await press(pilot, "enter")
        assert front(app) is TakeShopScreen
        assert "Accept" not in grid(app).splitlines()[-1]
        await press(pilot, "a")
        assert front(app) is TakeShopScreen
        await press(pilot, "o")
        assert app.current_mode == "me"
    assert owner_now() == "owner"


async def test_one_time_codes_turned_off_meanwhile_are_missed_when_accepting(little_shop: Founded) -> None:
    """The screen showed otherwise; the operation judges anew."""
    heir = carol(little_shop)
    phone = enrol(heir)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        with db.transaction():
            db.database.execute_sql("UPDATE policy SET totp = 'nobody'")
        await press(pilot, "enter")
        await press(pilot, "a")
        await press(pilot, "y")
        with db.transaction():
            db.database.execute_sql("UPDATE totp SET active = NULL, since = NULL")
        put(app, password=PASSWORD, code=phone.code(1))
        await press(pilot, "ctrl+s")
        assert front(app) is TakeShopScreen
        assert "Set up phone codes" in grid(app).splitlines()[-1]
    assert owner_now() == "owner"


async def test_the_heir_declines(little_shop: Founded) -> None:
    """If they are sure; home forgets it, and so does the owner's screen."""
    heir = carol(little_shop)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        await press(pilot, "enter")
        await press(pilot, "d")
        assert front(app) is Confirm
        await press(pilot, "enter")
        assert front(app) is TakeShopScreen
        await press(pilot, "d")
        await press(pilot, "y")
        assert front(app) is HomeScreen
        assert "Wang Fang" not in grid(app)
    assert ownership.offered(little_shop.owner) is None
    assert [who for who, _action, _whom in little_shop.log("owner.decline")] == ["carol"]


async def test_an_offer_withdrawn_while_the_heir_reads_it_is_gone(little_shop: Founded) -> None:
    """Answering it changes nothing and says so."""
    heir = carol(little_shop)
    phone = enrol(heir)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir) as (app, pilot):
        await press(pilot, "enter")
        await press(pilot, "a")
        await press(pilot, "y")
        operations.withdraw(little_shop.owner)
        put(app, password=PASSWORD, code=phone.code(1))
        await press(pilot, "ctrl+s")
        assert front(app) is HomeScreen
        assert "This offer is no longer open." in grid(app)
    assert owner_now() == "owner"


async def test_an_offer_is_nobody_elses_business(little_shop: Founded) -> None:
    """Neither on home nor through the query."""
    offered(little_shop, carol(little_shop))
    other = little_shop.person("mei", gave=["manager"])
    assert ownership.offered(other) is None
    async with program(little_shop.home, actor=other) as (app, _pilot):
        assert "offers you" not in grid(app)


@pytest.mark.parametrize("name", hostile.LITERAL.values(), ids=hostile.LITERAL.keys())
async def test_names_are_shown_as_they_stand(little_shop: Founded, name: str) -> None:
    """Neither markup nor anything that would steer the terminal."""
    heir = carol(little_shop)
    offered(little_shop, heir)
    with db.transaction():
        db.database.execute_sql("UPDATE staff SET name = ?", (name,))
    async with program(little_shop.home, actor=little_shop.owner, size=(200, 30)) as (app, pilot):
        await press(pilot, "8")
        assert name in grid(app)
        await press(pilot, "g")
        assert f"{name} (carol)" in grid(app)
    async with program(little_shop.home, actor=heir, size=(200, 30)) as (app, pilot):
        await press(pilot, "enter")
        assert f"{name} (owner)" in grid(app)


# ---- how it looks


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_the_owners_side_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """The form, the question, the shop with an offer, the offer."""
    carol(little_shop)
    at_noon(little_shop, language=spoken)
    async with program(little_shop.home, actor=little_shop.owner, size=size) as (app, pilot):
        await filled(app, pilot)
        assert grid(app) == snapshot
        await press(pilot, "ctrl+s")
        assert grid(app) == snapshot
        await press(pilot, "y")
        app.clear_notifications()
        await settle(pilot)
        assert grid(app) == snapshot
        await press(pilot, "g")
        assert grid(app) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_the_heirs_side_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """Home, the offer without and with phone codes, the proof."""
    heir = carol(little_shop)
    at_noon(little_shop, language=spoken)
    offered(little_shop, heir)
    async with program(little_shop.home, actor=heir, size=size) as (app, pilot):
        assert grid(app) == snapshot
        await press(pilot, "enter")
        assert grid(app) == snapshot
        await press(pilot, "escape")
        enrol(heir)
        await press(pilot, "enter")
        assert grid(app) == snapshot
        await press(pilot, "a")
        assert grid(app) == snapshot
        await press(pilot, "y")
        assert grid(app) == snapshot
    assert owner_now() == "owner"
