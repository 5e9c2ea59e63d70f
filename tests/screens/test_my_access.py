"""Everybody's own section, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.errors import SignInRefused
from models.i18n import language
from models.operations import sessions, staff as operations
from models.operations.staff import Profile
from models.queries import staff
from models.rules.access import Source
from screens import my_access_facts
from screens.dialogs.why import WhyDialog
from screens.my_access import MyAccessScreen
from screens.my_security import MySecurityScreen
from screens.my_security_sign_ins import SignInsScreen
from screens.sign_in import SignInScreen
from screens.staff_edit import StaffEditScreen
from screens.widgets.fact_list import FactList
from tests import hostile
from tests.factories import Founded, signed_in
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import DAY, NOON, at_noon, form, program, put
from tui.app import ShopstaffApp


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


def facts(app: ShopstaffApp) -> FactList:
    """What one is told about oneself."""
    return app.screen.query_one(FactList)


def keys(app: ShopstaffApp) -> set[str]:
    """The permissions that are listed."""
    return {fact.key.removeprefix("permission:") for fact in facts(app).facts if fact.key.startswith("permission:")}


def said(app: ShopstaffApp, key: str) -> str:
    """What is said about something."""
    fact = facts(app).fact_of(key)
    assert fact is not None, key
    return " ".join(fact.said)


async def test_everybody_reads_what_they_may_do(little_shop: Founded) -> None:
    """Each permission with its source, by whom, since when, until when and how long that is; what one lacks is not listed."""
    at_noon(little_shop)
    person = little_shop.person("alice", gave=["design"], extras=["chat.receive"], until=NOON + 3 * DAY, by=little_shop.owner)
    async with program(little_shop.home, actor=person, size=(120, 30)) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert keys(app) == {"goods.view", "goods.edit", "decor.edit", "decor.publish", "chat.receive"}
        assert said(app, "permission:goods.edit") == "role Design · by owner since 2026-11-22 · until 2026-11-25 (in 3 days)"
        assert said(app, "permission:chat.receive") == "extra · by owner since 2026-11-22 · until 2026-11-25 (in 3 days)"
        assert "until 2026-11-25" in said(app, "grant:role:design")
        assert "What you may do: 5 permissions" in grid(app)


async def test_what_one_may_not_do_is_shown_when_asked_for(little_shop: Founded) -> None:
    """With what is in the way: never given, the post, the owner's alone, over. The same key hides it again."""
    now = clock.now()
    clock.set_clock(lambda: now)
    person = little_shop.person("alice", post="service", gave=["operations"], extras=["data.staffperf.view"], until=now + DAY)
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert "goods.create" in keys(app), "a grant that the post cuts is told"
        assert said(app, "permission:goods.create") == "kept for the operations post"
        await pilot.press("a")
        await settle(pilot)
        assert keys(app) == set(permissions())
        assert said(app, "permission:refund.approve") == "not given to you"
        assert said(app, "permission:finance.withdraw") == "the owner's alone"
        assert "a Show mine" in grid(app)
        await pilot.press("a")
        await settle(pilot)
        assert keys(app) < set(permissions())
        clock.set_clock(lambda: now + DAY + 1)
        await pilot.press("1", "9", "a")
        await settle(pilot)
        assert "until" in said(app, "permission:data.staffperf.view")
        assert "What you may do: 0 permissions" in grid(app)


async def test_the_owner_has_nothing_more_to_be_shown(little_shop: Founded) -> None:
    """So the key is not offered."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert keys(app) == set(permissions())
        assert "Show all" not in grid(app)


async def test_why_is_answered_for_what_one_has(little_shop: Founded) -> None:
    """Enter or `w` on a permission: through what, by whom, since when."""
    person = little_shop.person("alice", gave=["design"])
    for key in ("enter", "w"):
        async with program(little_shop.home, actor=person) as (app, pilot):
            await pilot.press("9")
            await settle(pilot)
            assert facts(app).select("permission:goods.edit")
            await pilot.press(key)
            await settle(pilot)
            assert front(app) is WhyDialog
            assert "Through the role “Design”, given by console:tester" in " ".join(grid(app).replace("│", " ").split())
            await pilot.press("escape")
            await settle(pilot)
            assert front(app) is MyAccessScreen


async def test_why_is_answered_for_what_one_lacks(little_shop: Founded) -> None:
    """`w` anywhere else asks which, found by typing; the answer names who could give it."""
    person = little_shop.person("alice", gave=["design"])
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        await pilot.press("w")
        await settle(pilot)
        await pilot.press(*"refunds appr")
        await settle(pilot)
        await pilot.press(*["backspace"] * 20, *"approve", "enter")
        await settle(pilot)
        assert front(app) is WhyDialog
        assert "Who could give it: Wang Fang (owner)." in " ".join(grid(app).replace("│", " ").split())


async def test_ones_own_language_is_spoken_at_once(little_shop: Founded) -> None:
    """And again at the next sign-in; back to the shop's by the same list."""
    person = little_shop.person("alice")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        await pilot.press("l")
        await settle(pilot)
        assert "The shop's: English" in grid(app)
        await pilot.press("up", "enter")
        await settle(pilot)
        assert language() == "zh"
        assert front(app) is MyAccessScreen
        assert "9 我的" in grid(app).splitlines()[0]
        assert said(app, "language") == "简体中文"
        await pilot.press("1")
        await settle(pilot)
        assert "1 首页" in grid(app).splitlines()[0]
        await pilot.press("9", "l")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert language() == "en"
        assert said(app, "language") == "the shop's: English"
    assert staff.detail(person, little_shop.id_of("alice")).language is None
    assert len(little_shop.log("staff.language")) == 2


async def test_ones_own_profile_is_edited(little_shop: Founded) -> None:
    """Nickname, phone and e-mail; name and number are not offered. What is wrong is said beside its field."""
    person = little_shop.person("alice", name="Alice Wang")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        assert front(app) is StaffEditScreen
        assert [control.name for control in form(app).controls] == ["nickname", "phone", "email"]
        await pilot.press(*"爱丽", "enter", *"12", "enter", *"alice@example.com", "enter")
        await settle(pilot)
        assert "5 to 20 digits" in grid(app)
        await pilot.press(*"345678", "ctrl+s")
        await settle(pilot)
        assert front(app) is MyAccessScreen
        assert "爱丽" in grid(app)
    detail = staff.detail(person, little_shop.id_of("alice"))
    assert (detail.nickname, detail.phone, detail.email) == ("爱丽", "12345678", "alice@example.com")


async def test_a_profile_that_somebody_else_saved_is_not_overwritten(little_shop: Founded) -> None:
    """It is told, and shown beside what was typed."""
    person = little_shop.person("alice", name="Alice Wang")
    staff_id = little_shop.id_of("alice")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        put(app, nickname="Mine")
        version = staff.detail(person, staff_id).version
        operations.edit(little_shop.owner, staff_id, version, Profile("Alice Wang", nickname="Theirs"))
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Meanwhile somebody else wrote: Theirs" in grid(app)
        assert staff.detail(person, staff_id).nickname == "Theirs"


async def test_ones_own_protection_is_told_in_short_and_leads_to_the_whole(little_shop: Founded) -> None:
    """Enter on each fact comes to it on the screen behind; `s` comes there from anywhere, and esc back."""
    person = little_shop.person("alice")
    signed_in("alice")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert said(app, "open") == "here, and in 1 other session"
        for key, comes_to in (("password", "password"), ("totp", "totp"), ("open", f"session:{person.session_id}")):
            assert facts(app).select(key)
            await settle(pilot)
            assert "enter Open" in grid(app)
            await pilot.press("enter")
            await settle(pilot)
            assert front(app) is MySecurityScreen
            assert facts(app).key == comes_to
            await pilot.press("escape")
            await settle(pilot)
            assert front(app) is MyAccessScreen
        assert facts(app).select("name")
        await pilot.press("s")
        await settle(pilot)
        assert front(app) is MySecurityScreen


async def test_attempts_that_failed_are_told_here_too(little_shop: Founded) -> None:
    """Nobody should have to look for them."""
    person = little_shop.person("alice")
    with pytest.raises(SignInRefused):
        sessions.sign_in(Actor.stranger("203.0.113.9"), "alice", "not this one")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert said(app, "failed") == "1 attempt failed so far: just now. If that was not you, change your password."


async def test_others_point_at_ones_security_and_ones_sign_ins(little_shop: Founded) -> None:
    """As the home screen does."""
    person = little_shop.person("alice")
    async with program(little_shop.home, actor=person) as (app, pilot):
        for where, comes_to in (("security", MySecurityScreen), ("history", SignInsScreen)):
            with app._context():
                app.go("me", **{where: True})
            await settle(pilot)
            assert front(app) is comes_to


def test_a_source_is_told_whole() -> None:
    """What, by whom, since when, until when; the owner's own has none of that."""
    source = Source("role", "design", "owner", NOON, NOON + 2 * DAY, "Design [x]")
    clock.set_clock(lambda: NOON)
    told = my_access_facts.source_facts(source, "Asia/Shanghai", whole=True)
    short = my_access_facts.source_facts(source, "Asia/Shanghai", whole=False)
    clock.set_clock(None)
    assert told == "role Design [x] · by owner since 2026-11-22 · until 2026-11-24 (in 2 days)"
    assert short == "role Design [x] · until 2026-11-24 (in 2 days)"
    assert my_access_facts.source_facts(Source("owner", "boss", "", 0, None), "UTC", whole=True) == "owner"


async def test_hostile_text_is_shown_harmlessly(little_shop: Founded) -> None:
    """In one's own name, department and nickname, wherever it came from."""
    person = little_shop.person("alice")
    async with program(little_shop.home, actor=person, size=(150, 40)) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, MyAccessScreen)
        for what, text in (hostile.LITERAL | hostile.REFUSED).items():
            kept = text.encode("utf-8", "replace").decode()
            with db.transaction():
                db.database.execute_sql("UPDATE staff SET name = ?1, nickname = ?1 WHERE login = 'alice'", (kept,))
            screen.reload()
            await pilot.pause()
            shown = grid(app)
            assert all(line.isprintable() for line in shown.splitlines()), what
            if what in hostile.LITERAL:
                assert text in shown, what


async def test_a_session_that_was_ended_leads_to_the_door(little_shop: Founded) -> None:
    """Whatever one presses next."""
    person = little_shop.person("alice")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        operations.freeze(little_shop.owner, little_shop.id_of("alice"))
        await pilot.press("a")
        await settle(pilot)
        assert front(app) is SignInScreen


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """A member of staff with a role, an extra that ends, and a grant that the post cuts; then with everything shown."""
    at_noon(little_shop, language=spoken)
    person = little_shop.person(
        "alice", name="Alice Wang 王爱丽", post="service", gave=["customer_service"], extras=["goods.edit"], until=NOON + 9 * DAY
    )
    async with program(little_shop.home, actor=person, size=size) as (app, pilot):
        await pilot.press("9")
        await settle(pilot)
        assert grid(app) == snapshot
        await pilot.press("right", "right", "a")
        await settle(pilot)
        assert grid(app) == snapshot
