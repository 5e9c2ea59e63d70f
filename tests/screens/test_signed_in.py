"""Signed in now, by keyboard: who is there, what is known of them, and sending them to the door."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import NotAllowed
from models.operations import departments, presence, staff
from models.queries import standing
from models.tables import Session
from screens.dialogs.confirm import Confirm
from screens.dialogs.prove import Prove
from screens.signed_in import SignedInScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from tests import hostile
from tests.device_keys import enrolled
from tests.factories import CONSOLE, PASSWORD, Founded, signed_in
from tests.screens.door import at, told
from tests.screens.look import grid, settle
from tests.screens.program import HOUR, NOON, Program, at_noon, program
from tui import watch as watching

MINUTE = 60_000_000


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """The little shop at noon; the owner came an hour ago."""
    at_noon(little_shop)
    db.rows("UPDATE policy SET totp = 'nobody'")
    return little_shop


def person(shop: Founded, login: str, *, idle: int = 0, **facts: Any) -> Actor:
    """Somebody who came an hour ago."""
    keep = {name: facts.pop(name) for name in ("gave", "extras", "department_id", "name") if name in facts}
    shop.person(login, **keep)
    Session.delete().where(Session.staff == shop.id_of(login)).execute()
    return came(login, idle=idle, **facts)


def came(login: str, *, idle: int = 0, **facts: Any) -> Actor:
    """Another session of somebody's, since an hour ago."""
    actor = signed_in(login)
    Session.update(started_at=NOON - HOUR, seen_at=NOON - idle, proved_at=NOON, **facts).where(Session.id == actor.session_id).execute()
    return actor


async def opened(at_program: Program) -> None:
    """Come to the screen."""
    app, pilot = at_program
    with app._context():
        app.push_screen(SignedInScreen())
    await settle(pilot)
    assert at(app) is SignedInScreen


async def press(at_program: Program, *keys: str) -> None:
    """Keys one after the other, each given its time."""
    _app, pilot = at_program
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def look(at_program: Program) -> None:
    """What happens every few seconds, now."""
    app, pilot = at_program
    with app._context():
        app.look()
    await settle(pilot)


def rows(app: Any) -> list[list[str]]:
    """The list, cell by cell."""
    return [[str(cell) for cell in row.cells] for row in app.screen.query_one(ListView).source.window(0, 1000)]


def flat(app: Any) -> str:
    """What is on the screen, or in the dialog in front, as if it were one line."""
    lines = grid(app).splitlines()
    inside = [line.split("│")[1] for line in lines if line.count("│") == 2]
    return " ".join(" ".join(inside or lines).split())


def offered(app: Any) -> dict[str, bool]:
    """What the line of keys offers, and whether it is dimmed."""
    return {each.binding.action: each.enabled for each in app.screen.active_bindings.values() if each.node is app.screen}


async def test_who_is_there_since_when_from_where_and_for_how_long_idle(shop: Founded) -> None:
    """Newest key first; below the list everything about the one under the cursor."""
    mark = enrolled(shop.id_of("owner"), "laptop")
    facts = {"address": "203.0.113.9", "terminal": "pts/3", "section": "staff"}
    person(shop, "alice", idle=5 * MINUTE, name="Alice Wang", **facts, device=mark)
    person(shop, "bob", idle=2 * HOUR, locked_at=NOON - HOUR, name="Bob Zhao")
    person(shop, "meg", idle=1, enrolling=True)
    async with program(shop.home, actor=shop.owner, size=(140, 40)) as both:
        app, _pilot = both
        await opened(both)
        assert grid(app).startswith(" Signed in now · 4 people")
        shown = rows(app)
        assert [row[1] for row in shown] == ["owner", "meg", "alice", "bob"]
        assert [row[3] for row in shown] == ["under a minute", "under a minute", "5 minutes", "2 hours"]
        assert [row[4] for row in shown] == ["this machine", "this machine", "203.0.113.9", "this machine"]
        assert [row[5] for row in shown] == ["", "", "Staff", ""]
        assert [row[6] for row in shown] == ["this session", "setting up", "", "locked"]
        assert shown[2][7] == "2026-11-22 11:00"
        assert shown[2][8] == mark[:15]
        await press(both, "down", "down")
        assert "Alice Wang · alice" in flat(app)
        assert f"since 2026-11-22 11:00 (1 hour ago) · from 203.0.113.9 · device key {mark[:15]} · pts/3" in flat(app)
        assert "no key for 5 minutes · in Staff" in flat(app)
        await press(both, "down")
        assert "no key for 2 hours · locked" in flat(app)


async def test_an_own_device_is_told_by_its_name(shop: Founded) -> None:
    """Which the person gave it."""
    mark = enrolled(shop.id_of("owner"), "counter tablet")
    Session.update(device=mark).where(Session.id == shop.owner.session_id).execute()
    async with program(shop.home, actor=shop.owner, size=(120, 40)) as both:
        app, _pilot = both
        await opened(both)
        assert rows(app)[0][8] == "counter tablet"
        assert "device key counter tablet" in flat(app)


async def test_the_list_follows_by_itself(shop: Founded) -> None:
    """Who comes and goes, a minute that passes, a section that is left; the cursor stays on its row."""
    person(shop, "alice", idle=MINUTE * 3)
    now = [NOON]
    clock.set_clock(lambda: now[0])
    async with program(shop.home, actor=shop.owner, size=(120, 40)) as both:
        app, _pilot = both
        await opened(both)
        await press(both, "down")
        bob = await asyncio.to_thread(in_thread, person, shop, "bob")
        await look(both)
        assert {row[1] for row in rows(app)} == {"owner", "alice", "bob"}
        assert "3 people" in grid(app)
        assert isinstance(app.screen, SignedInScreen)
        assert app.screen.current is not None
        assert app.screen.current.login == "alice"
        now[0] += MINUTE
        await look(both)
        assert [row[3] for row in rows(app) if row[1] == "alice"] == ["4 minutes"]
        await asyncio.to_thread(in_thread, staff.freeze, CONSOLE, bob.staff_id)
        await look(both)
        assert {row[1] for row in rows(app)} == {"owner", "alice"}


def in_thread(act: Any, *args: Any) -> Any:
    """As another process would, over a connection of its own."""
    with db.connection():
        return act(*args)


async def test_while_nothing_happens_nothing_is_painted(shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look reads, and shows nothing anew."""
    person(shop, "alice", idle=MINUTE * 3)
    async with program(shop.home, actor=shop.owner) as both:
        await opened(both)
        shown: list[object] = []
        monkeypatch.setattr(ListView, "show", lambda *given, **_more: shown.append(given))
        for _turn in range(5):
            await look(both)
        assert shown == []


async def test_the_section_is_noted_with_the_key(shop: Founded) -> None:
    """Once a minute at most, and none where the sections are not open."""
    now = [NOON]
    clock.set_clock(lambda: now[0])
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        Session.update(seen_at=NOON).where(Session.id == shop.owner.session_id).execute()
        await press(both, "4")
        await look(both)
        assert Session.get_by_id(shop.owner.session_id).section == ""
        now[0] += MINUTE + 1
        await press(both, "down")
        await look(both)
        await settle(both[1])
        assert Session.get_by_id(shop.owner.session_id).section == "staff"
        assert app.actor == shop.owner


async def test_enter_opens_the_person(shop: Founded) -> None:
    """And esc comes back."""
    person(shop, "alice", idle=MINUTE)
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        await opened(both)
        await press(both, "down", "enter")
        assert at(app) is StaffDetailScreen
        assert "alice" in grid(app)
        await press(both, "escape")
        assert at(app) is SignedInScreen


async def test_ending_a_session_asks_first_and_ends_that_one_alone(shop: Founded) -> None:
    """Cancel has the focus; the detail says which."""
    alice = person(shop, "alice", idle=MINUTE, name="Alice Wang", address="203.0.113.9")
    other = came("alice", idle=2 * MINUTE)
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        await opened(both)
        assert grid(app).startswith(" Signed in now · 2 people · 3 sessions")
        await press(both, "down", "x")
        assert at(app) is Confirm
        assert "End this session of Alice Wang? They can sign in again." in flat(app)
        assert "203.0.113.9" in flat(app)
        await press(both, "enter")
        assert at(app) is SignedInScreen
        assert len(rows(app)) == 3
        await press(both, "x", "y")
        assert told(app)[-1] == "The session of Alice Wang has ended."
        assert len(rows(app)) == 2
    assert Session.get_by_id(alice.session_id).end == "ended"
    standing.of(other)


async def test_ending_all_of_theirs(shop: Founded) -> None:
    """At once, each named."""
    person(shop, "alice", idle=MINUTE, name="Alice Wang", address="203.0.113.9")
    came("alice", idle=2 * MINUTE, address="203.0.113.10")
    async with program(shop.home, actor=shop.owner, size=(120, 40)) as both:
        app, _pilot = both
        await opened(both)
        await press(both, "down", "a")
        assert "End 2 sessions of Alice Wang?" in flat(app)
        assert "203.0.113.9 " in flat(app)
        assert "203.0.113.10" in flat(app)
        await press(both, "y")
        assert told(app)[-1] == "2 sessions of Alice Wang have ended."
        assert [row[1] for row in rows(app)] == ["owner"]


async def test_old_proof_is_asked_for_again(shop: Founded) -> None:
    """As every change to security."""
    alice = person(shop, "alice", idle=MINUTE)
    Session.update(proved_at=NOON - HOUR).where(Session.id == shop.owner.session_id).execute()
    async with program(shop.home, actor=shop.owner) as both:
        app, pilot = both
        await opened(both)
        await press(both, "down", "x", "y")
        assert at(app) is Prove
        await pilot.press(*PASSWORD.replace(" ", "_"))
        await press(both, "escape")
        assert at(app) is SignedInScreen
    standing.of(alice)


async def test_one_that_has_ended_meanwhile_is_said(shop: Founded) -> None:
    """And is gone from the list."""
    alice = person(shop, "alice", idle=MINUTE)
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        await opened(both)
        await press(both, "down", "x")
        await asyncio.to_thread(in_thread, presence.lock, alice)
        Session.update(ended_at=NOON, end="signed out").where(Session.id == alice.session_id).execute()
        await press(both, "y")
        assert told(app)[-1] == "That session has ended already."
        assert [row[1] for row in rows(app)] == ["owner"]


async def test_the_session_one_acts_in_is_left_by_signing_out(shop: Founded) -> None:
    """Another of one's own may be ended from here."""
    other = came("owner", idle=MINUTE)
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        await opened(both)
        assert {"end", "end_all"} & offered(app).keys() == set()
        await press(both, "down")
        assert "end" in offered(app)
        assert "end_all" not in offered(app)
        await press(both, "x")
        assert "End this session of your own?" in flat(app)
        await press(both, "y")
        assert [row[6] for row in rows(app)] == ["this session"]
    assert Session.get_by_id(other.session_id).end == "elsewhere"


async def test_what_one_may_not_end_is_not_offered_and_what_reaches_too_far_is_dimmed(shop: Founded) -> None:
    """The owner's, nobody's without the permission, a wider colleague's."""
    guard = person(shop, "guard", gave=["customer_service"], extras=["staff.freeze", "audit.view.all"])
    Session.update(seen_at=NOON - MINUTE).where(Session.id == shop.owner.session_id).execute()
    person(shop, "boss", gave=["manager"], idle=2 * MINUTE)
    person(shop, "carl", gave=["customer_service"], idle=3 * MINUTE)
    async with program(shop.home, actor=guard) as both:
        app, _pilot = both
        await opened(both)
        seen = {}
        for row in rows(app):
            seen[row[1]] = offered(app).get("end")
            await press(both, "down")
        assert seen == {"guard": None, "owner": None, "boss": False, "carl": True}
    auditor = person(shop, "ann", gave=["auditor"])
    async with program(shop.home, actor=auditor) as both:
        app, _pilot = both
        await opened(both)
        for _row in rows(app):
            assert "end" not in offered(app)
            await press(both, "down")


async def test_one_sees_ones_department_and_below_and_follows_a_move(shop: Founded) -> None:
    """As the log."""
    night = departments.add(CONSOLE, "Night shift", 1)
    head = person(shop, "head", extras=["audit.view"], department_id=1)
    nia = person(shop, "nia", department_id=night)
    person(shop, "ops", department_id=2)
    async with program(shop.home, actor=head) as both:
        app, _pilot = both
        await opened(both)
        assert {row[1] for row in rows(app)} == {"head", "nia"}
        await asyncio.to_thread(in_thread, staff.move, CONSOLE, nia.staff_id, 2)
        await look(both)
        assert {row[1] for row in rows(app)} == {"head"}


async def test_without_the_permission_the_screen_closes(shop: Founded) -> None:
    """Taken while one looks."""
    head = person(shop, "head", extras=["audit.view"], department_id=1)
    async with program(shop.home, actor=head) as both:
        app, _pilot = both
        await opened(both)
        db.rows("UPDATE extra SET ended_at = 1, ended_by = 'owner' WHERE permission = 'audit.view'")
        app._read_at = 0
        await look(both)
        assert at(app) is not SignedInScreen


async def test_what_is_taken_in_the_middle_of_a_look_disturbs_nobody(shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look closes the screen; nothing is said twice."""

    def refuse(_screen: SignedInScreen) -> None:
        raise NotAllowed("audit.view")

    monkeypatch.setattr(SignedInScreen, "follow", refuse)
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        await opened(both)
        await look(both)
        assert at(app) is SignedInScreen
        assert told(app) == []


async def test_nobody_is_one_sentence(shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which cannot be, but for a moment: whoever looks is signed in."""
    async with program(shop.home, actor=shop.owner) as both:
        app, _pilot = both
        monkeypatch.setattr("models.queries.signed_in.Listing.window", lambda *_given: [])
        monkeypatch.setattr("models.queries.signed_in.Listing.count", lambda *_given: 0)
        await opened(both)
        assert "Nobody whom you may see is signed in. esc goes back." in flat(app)
        await press(both, "enter", "x", "a")
        assert at(app) is SignedInScreen


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=str)
async def test_two_hundred_sessions_and_hostile_words(shop: Founded, size: tuple[int, int]) -> None:
    """Whatever stands in address, device, terminal and section is data; the end of the list is a key away."""
    texts = [each for each in (*hostile.REFUSED.values(), *hostile.LITERAL.values()) if not re.search("[\ud800-\udfff]", each)]
    for number in range(199):
        evil = texts[number % len(texts)]
        actor = signed_in("owner")
        Session.update(
            started_at=NOON - HOUR, seen_at=NOON - (number + 2) * MINUTE, address=evil, device=evil, terminal=evil, section=evil
        ).where(Session.id == actor.session_id).execute()
    async with program(shop.home, actor=shop.owner, size=size) as both:
        app, _pilot = both
        await opened(both)
        assert "200 sessions" in grid(app)
        for _step in range(30):
            await press(both, "pagedown")
        await press(both, "end")
        assert app.screen.query_one(ListView).cursor == 199
        assert "\x1b" not in grid(app)
        assert watching.EVERY * 2 <= 5


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_what_a_narrow_line_has_no_room_for_stands_below_it(shop: Founded, size: tuple[int, int]) -> None:
    """At 60×20 everything is there too."""
    mark = enrolled(shop.id_of("owner"), "laptop")
    facts = {"address": "203.0.113.9", "terminal": "pts/3", "section": "staff", "device": mark}
    person(shop, "alice", idle=5 * MINUTE, name="Alice Wang", **facts)
    async with program(shop.home, actor=shop.owner, size=size) as both:
        app, _pilot = both
        await opened(both)
        await press(both, "down")
        for words in ("Alice Wang", "alice", "203.0.113.9", "pts/3", "5 minutes", "Staff", mark[:15], "2026-11-22 11:00", "x End"):
            assert words in flat(app), words
