"""The owner's section of security, by keyboard: what there is to do, how each is protected, who could not come in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.errors import OwnerAlone, Refusal
from models.i18n import Language
from models.operations import security, sessions
from models.queries import protection
from models.rules import codes
from screens.hand_over import HandOverScreen
from screens.security import SecurityScreen
from screens.security_limits import LimitsScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from tests.crowd import crowd
from tests.factories import DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.guarded import signed_in_days_ago, totp_on
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.people import NOON, may, peopled, press, status
from tests.screens.program import focused, form

Opened = tuple[Any, Pilot[int]]
AFAR = STRANGER._replace(address="203.0.113.9")


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people in every state; Alice and the owner have TOTP, Alice with one recovery code; three sign-ins failed."""
    shop = peopled(little_shop)
    totp_on(shop, "owner")
    totp_on(shop, "alice", recovery=1)
    for login, days in (("alice", 2), ("carol", 40)):
        signed_in_days_ago(login, days)
    security.limit(shop.owner, shop.id_of("zhangsan"), addresses="192.168.1.0/24", hours="mon-fri 09:00-18:00")
    for login, password in (("alice", "wrong"), ("hunter2", "wrong"), ("bob", PASSWORD)):
        with suppress(Refusal):
            sessions.sign_in(AFAR, login, password)
    return shop


@asynccontextmanager
async def opened(desk: DeskFactory, shop: Founded, actor: Actor | None = None, **how: Any) -> AsyncIterator[Opened]:
    """The section, come to by the owner."""
    async with desk(SecurityScreen, may=may(actor or shop.owner), actor=actor or shop.owner, **how) as (app, pilot):
        yield app, pilot


def rows(app: Any) -> list[str]:
    """The rows of the list in front that are in view."""
    return [row.cells[1] for row in front(app).list.source.window(0, 30)]


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
async def test_the_three_parts(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Tab goes from one to the next and round again."""
    async with opened(desk, shop, size=size, language=language) as (app, pilot):
        for part in ("posture", "people", "failures", "posture"):
            assert grid(app) == snapshot(name=part if part != "posture" else "posture")
            await press(pilot, "tab")


async def test_p8_a_finding_opens_its_people_and_each_their_profile(desk: DeskFactory, shop: Founded) -> None:
    """Enter on what to do shows who it is about; enter on one of them, the person; esc leads back, step by step."""
    async with opened(desk, shop) as (app, pilot):
        assert front(app).list.select("recovery")
        await press(pilot, "enter")
        assert rows(app) == ["alice"]
        assert "Few recovery codes left · 1 person" in grid(app)
        await press(pilot, "enter")
        assert type(front(app)) is StaffDetailScreen
        assert "1 left" in grid(app) or await _below(pilot, "1 left")
        await press(pilot, "escape", "escape")
        assert front(app).list.key == "recovery"


async def _below(pilot: Pilot[int], words: str) -> bool:
    await press(pilot, "right", "right", "right")
    return words in grid(pilot.app)


async def test_keys_open_parts_and_none_of_them_fires_while_one_types(desk: DeskFactory, shop: Founded) -> None:
    """p, a and f; in the search they are letters."""
    async with opened(desk, shop) as (app, pilot):
        for key, first in (("a", "alice"), ("f", "bob"), ("p", "High-risk access, no phone codes")):
            await press(pilot, key)
            assert rows(app)[0] == first
        await press(pilot, "a", "slash", "type:zsafp")
        assert "Nobody is found." in grid(app)
        await press(pilot, "backspace", "backspace", "backspace", "down")
        assert rows(app) == ["zhangsan"]
        await press(pilot, "escape")
        assert len(rows(app)) == 6
        await press(pilot, "left")
        assert rows(app)[0] == "High-risk access, no phone codes"


async def test_people_are_sorted_by_what_is_said_of_them(desk: DeskFactory, shop: Founded) -> None:
    """By TOTP: who has none comes first."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "a", "s", "s", "s", "s")
        assert "TOTP ↑" in grid(app)
        assert rows(app)[-2:] == ["alice", "owner"]


async def test_where_all_is_well_it_says_that_there_is_nothing_to_do(desk: DeskFactory, little_shop: Founded) -> None:
    """One person, the owner, with TOTP; nobody failed."""
    totp_on(little_shop, "owner")
    async with opened(desk, little_shop) as (app, pilot):
        assert "Nothing to do: every account is protected as it should be." in grid(app)
        await press(pilot, "enter", "f")
        assert "Nothing to do: nobody failed to sign in." in grid(app)
        await press(pilot, "enter", "a")
        assert rows(app) == ["owner"]


async def test_a_finding_that_is_settled_leads_back(desk: DeskFactory, shop: Founded) -> None:
    """Frozen with grants: once unfrozen, nobody is left in the list."""
    async with opened(desk, shop) as (app, pilot):
        assert front(app).list.select("frozen")
        await press(pilot, "enter", "z")
        assert "Unfreeze Bob Zhao?" in grid(app)
        await press(pilot, "y")
        assert status(shop, "bob") == "active"
        assert "Nothing to do: nobody is left here." in grid(app)
        await press(pilot, "escape")
        assert "frozen" not in [row.key for row in front(app).list.source.window(0, 9)]


async def test_p9_a_password_is_reset_from_the_list_and_the_code_shown_once(desk: DeskFactory, shop: Founded) -> None:
    """With TOTP off there is only the password; it says what follows, and the code on the card lets the person back in."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "a", "down", "down", "r")
        assert "Reset the password of Carol Li 李卡? They are signed out at once." in said(app)
        assert "The reset code: good for a day" in said(app)
        await press(pilot, "enter")  # cancel has the focus
        assert protection.of(shop.owner, shop.id_of("carol")).password_changed_at is not None
        await press(pilot, "r", "y")
        assert type(front(app)) is HandOverScreen
        assert "Choose a password of your own." in grid(app)
        code = front(app)._fresh.code
        await press(pilot, "escape", "y")
        assert code not in grid(app).replace(" ", "")
    assert codes.normalised(code)
    with pytest.raises(Refusal):
        sessions.sign_in(STRANGER, "carol", PASSWORD)
    sessions.activate(STRANGER, "carol", code, "walnut ferry 93 lantern")
    assert sessions.sign_in(STRANGER, "carol", "walnut ferry 93 lantern").name == "carol"


@pytest.mark.parametrize(
    ("picked", "password", "totp", "says"),
    [
        (0, False, True, "Choose a password of your own."),
        (1, True, False, "Type this reset code when you are asked for it."),
        (2, False, False, "set up your phone codes anew"),
    ],
)
async def test_p9_what_was_lost_is_chosen_where_totp_is_on(
    desk: DeskFactory, shop: Founded, picked: int, password: bool, totp: bool, says: str
) -> None:
    """Only what was lost is void; the card says how to come back."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "a", "r")
        assert "What did Alice Wang lose" in grid(app)
        await press(pilot, *["down"] * picked, "enter", "y")
        assert says in said(app)
    left = protection.of(shop.owner, shop.id_of("alice"))
    assert (left.password_changed_at is not None, left.has_totp) == (password, totp)
    assert left.sessions == 0


async def test_p9_a_code_that_got_lost_is_made_anew(desk: DeskFactory, shop: Founded) -> None:
    """After a reset as after an invitation; for nobody else."""
    first = security.reset(shop.owner, shop.id_of("carol"), password=True).code
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "a")
        for login, offered in (("alice", False), ("bob", False), ("carol", True), ("dave", True), ("owner", False)):
            assert front(app).list.select(shop.id_of(login))
            await settle(pilot)
            assert front(app).check_action("code", ()) is offered, login
        front(app).list.select(shop.id_of("carol"))
        await press(pilot, "c")
        assert "Make a new reset code for Carol" in said(app)
        await press(pilot, "y")
        second = front(app)._fresh.code
    with pytest.raises(Refusal):
        sessions.activate(STRANGER, "carol", first, "walnut ferry 93 lantern")
    sessions.activate(STRANGER, "carol", second, "walnut ferry 93 lantern")


async def test_p13_limits_are_typed_as_one_would_say_them(desk: DeskFactory, shop: Founded) -> None:
    """What is wrong is said beside its field; what is right, as it will be judged."""
    owner = shop.owner._replace(address="198.51.100.4")
    async with opened(desk, shop, owner) as (app, pilot):
        await press(pilot, "a", "i")
        assert type(front(app)) is LimitsScreen
        assert "You are at 198.51.100.4 now." in said(app)
        await press(pilot, "type:10.0.0.300", "tab", "type:周一至周五 9:00-18:00")
        assert "Mon–Fri 09:00–18:00, in the time zone Asia/Shanghai" in grid(app)
        await press(pilot, "ctrl+s")
        assert "is no address or range" in grid(app)
        assert focused(app) == "addresses"
        await press(pilot, "backspace", "backspace", "ctrl+s")
        assert type(front(app)) is SecurityScreen
        assert "next sign-in on." in grid(app)
    kept = protection.of(shop.owner, shop.id_of("alice"))
    assert (kept.addresses, kept.hours) == ("10.0.0.3", "mon-fri 09:00-18:00")


async def test_p13_lifting_a_limit_asks_first(desk: DeskFactory, shop: Founded) -> None:
    """Widening does; nothing changed does not, and what was typed is not lost unasked."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "a", "end", "i", "ctrl+s")
        assert type(front(app)) is SecurityScreen
        await press(pilot, "i", "tab", "ctrl+u", "escape")
        assert "Discard what was typed?" in grid(app)
        await press(pilot, "escape", "ctrl+s")
        assert "Let 张三 sign in from more places, or at more hours, than now?" in said(app)
        await press(pilot, "escape")
        assert form(app).text("hours") == ""
        await press(pilot, "ctrl+s", "y")
    kept = protection.of(shop.owner, shop.id_of("zhangsan"))
    assert (kept.addresses, kept.hours) == ("192.168.1.0/24", "")


async def test_the_owner_is_neither_reset_nor_limited_nor_frozen(desk: DeskFactory, shop: Founded) -> None:
    """The keys do nothing there."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "a")
        assert front(app).list.select(1)
        await press(pilot, "r", "i", "z", "c")
        assert type(front(app)) is SecurityScreen
        assert not any(front(app).check_action(action, ()) for action in ("reset", "limits", "freeze", "unfreeze", "code"))


async def test_a_failed_sign_in_opens_whose_it_was(desk: DeskFactory, shop: Founded) -> None:
    """Nobody's opens nothing; what was typed for a login is nowhere."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "f")
        assert "hunter2" not in grid(app)
        await press(pilot, "down", "enter")
        assert type(front(app)) is SecurityScreen
        await press(pilot, "down", "enter")
        assert type(front(app)) is StaffDetailScreen
        assert "alice" in grid(app).splitlines()[0]


async def test_for_a_manager_the_section_does_not_exist(desk: DeskFactory, shop: Founded) -> None:
    """No tab, no digit, no command; and the operations refuse."""
    alice = signed_in("alice")
    carol = shop.id_of("carol")
    async with desk(lambda: StaffDetailScreen(carol), may=may(alice), actor=alice) as (app, pilot):
        assert "security" not in [section.name for section in app.sections()]
        app.go("security")
        await press(pilot, "5")
        assert type(front(app)) is StaffDetailScreen
        assert front(app).check_action("limits", ()) is False
    with pytest.raises(OwnerAlone):
        security.limit(alice, carol, addresses="10.0.0.0/8", hours="")
    with pytest.raises(OwnerAlone):
        protection.listing(alice)


async def test_what_is_refused_meanwhile_is_said(desk: DeskFactory, shop: Founded) -> None:
    """The shop was handed over while the list stood open."""
    async with opened(desk, shop) as (app, pilot):
        with db.transaction():
            db.database.execute_sql("UPDATE staff SET is_owner = 0 WHERE id = 1")
            db.database.execute_sql("UPDATE staff SET is_owner = 1 WHERE login = 'alice'")
        await press(pilot, "a")
        assert "Only the owner may do this." in grid(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_ten_thousand_people_and_a_small_terminal(desk: DeskFactory, little_shop: Founded, size: tuple[int, int]) -> None:
    """Everything is reached; the last as soon as the first."""
    crowd(10_000)
    async with opened(desk, little_shop, size=size) as (app, pilot):
        assert "2858" in grid(app)
        await press(pilot, "enter", "end")
        assert app.screen.query_one("#people", ListView).count == 2_858
        await press(pilot, "a", "end")
        assert "person10000" in grid(app)
        await press(pilot, "slash", "type:person04711", "enter", "enter")
        assert "person04711" in grid(app).splitlines()[0]


async def test_names_are_data(desk: DeskFactory, little_shop: Founded) -> None:
    """Nothing that somebody is called is markup or steers the terminal."""
    little_shop.person("evil", name="[bold]x[/] [@click=app.quit]y[/]", gave=["manager"])
    async with opened(desk, little_shop) as (app, pilot):
        assert "[@click=app.quit]y[/]" in grid(app)
        await press(pilot, "enter", "r")
        assert "[bold]x[/] [@click=app.quit]y[/]" in said(app)


def test_noon_is_where_the_clock_stands(shop: Founded) -> None:
    """What the snapshots count days from."""
    assert clock.now() == NOON
    assert protection.of(shop.owner, shop.id_of("carol")).signed_in_at == NOON - 40 * DAY
