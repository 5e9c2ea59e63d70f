"""The access review by keyboard: who can do what, what there is to look into, confirming and taking away, and taking all of it out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest
from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.errors import Cancelled, DiskFull
from models.operations import grants, outbox, roles
from models.queries import review_lines, review_unused
from models.queries.review_findings import Finding
from models.rules.grants import AccessChange, RoleGift
from screens.review import ReviewScreen
from screens.review_found import ReviewFoundScreen, ReviewHoldersScreen
from screens.review_person import ReviewPersonScreen
from screens.role_detail import RoleDetailScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from tests.crowd import crowd
from tests.factories import DAY, Founded, signed_in
from tests.models.queries.test_last_use import entry
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid
from tests.screens.people import NOON, may, peopled, press

Opened = tuple[Any, Pilot[int]]


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people in every state; what they hold was given 400 days ago, with nothing used since."""
    shop = peopled(little_shop)
    for table in ("role_grant", "extra"):
        db.database.execute_sql(f"UPDATE {table} SET since = ?", (NOON - 400 * DAY,))
    return shop


@asynccontextmanager
async def opened(desk: DeskFactory, shop: Founded, actor: Actor | None = None, **how: Any) -> AsyncIterator[Opened]:
    """The review, come to by the owner."""
    async with desk(ReviewScreen, may=may(actor or shop.owner), actor=actor or shop.owner, **how) as (app, pilot):
        yield app, pilot


def cells(app: Any, column: int) -> list[str]:
    """A column of the list in front."""
    source = front(app).query_one(ListView).source if not isinstance(front(app), ReviewScreen) else front(app).list.source
    return [str(row.cells[column]) for row in source.window(0, 60) if not row.heading]


def front(app: Any) -> Any:
    """The screen in front, asked for anew each time."""
    return app.screen


def lines_of(shop: Founded, login: str) -> list[review_lines.Line]:
    """Somebody's lines."""
    return list(review_lines.of_people([shop.id_of(login)], clock.now()))


# ---- who can do what


async def test_people_come_with_the_riskiest_first(desk: DeskFactory, shop: Founded) -> None:
    """And how much was confirmed; who has left is not reviewed."""
    async with opened(desk, shop) as (app, pilot):
        assert cells(app, 1) == ["owner", "alice", "carol", "bob", "dave", "zhangsan"]
        assert "6 people · 0 of 6 lines confirmed in the last 90 days" in grid(app)
        await press(pilot, "s")
        assert cells(app, 1) != ["owner", "alice", "carol", "bob", "dave", "zhangsan"]


async def test_search_finds_people_and_permissions(desk: DeskFactory, shop: Founded) -> None:
    """By pinyin as everywhere; esc takes it away, once more closes."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:zhangs", "enter")
        assert cells(app, 1) == ["zhangsan"]
        await press(pilot, "/", "type:qq")
        assert "Nobody is found." in grid(app)
        await press(pilot, "escape")
        assert len(cells(app, 1)) == 6
        await press(pilot, "w", "/", "type:refund", "down")
        assert cells(app, 2) == ["refund.approve", "refund.refuse", "refund.view"]
        await press(pilot, "/", "type:x")
        assert "No permission is called that." in grid(app)
        await press(pilot, "escape", "escape")
        assert not isinstance(front(app), ReviewScreen)


async def test_the_parts_turn(desk: DeskFactory, shop: Founded) -> None:
    """With tab, arrows, and a letter each; there is nothing to search in findings."""
    async with opened(desk, shop) as (app, pilot):
        for key, shown in (
            ("tab", "Reveal buyers"),
            ("right", "Roles that nobody holds"),
            ("tab", "Alice Wang"),
            ("shift+tab", "nobody holds"),
        ):
            await press(pilot, key)
            assert shown in grid(app)
        await press(pilot, "/", "p")
        assert "Alice Wang" in grid(app)


async def test_who_may_use_a_permission(desk: DeskFactory, shop: Founded) -> None:
    """Through what, and when they last did; enter goes on to the person."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "w", "/", "type:refund.approve", "enter", "enter")
        assert isinstance(front(app), ReviewHoldersScreen)
        assert "Approve refunds · 3 people may" in grid(app)
        assert cells(app, 3) == ["role Manager", "role Service lead", "owner"]
        await press(pilot, "down", "enter")
        assert isinstance(front(app), ReviewPersonScreen)
        assert "Access review · Carol Li" in grid(app)


# ---- a person


async def test_a_line_is_confirmed_with_one_key(desk: DeskFactory, shop: Founded) -> None:
    """Nothing is asked, for nothing changes; name and date stand there at once."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:alice", "enter", "enter", "c")
        assert "1 of 1 confirmed" in grid(app)
        assert "confirmed by owner on 2026-03-01" in grid(app)
    assert [line.confirmed_by for line in lines_of(shop, "alice")] == ["owner"]


async def test_several_lines_are_ticked_and_confirmed(desk: DeskFactory, shop: Founded) -> None:
    """Nothing stays ticked."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:carol", "enter", "enter", "space", "down", "space", "c")
        assert "2 of 2 confirmed" in grid(app)
        assert front(app).lines.ticked == frozenset()
    assert shop.log("review.confirm") == [("owner", "review.confirm", "carol")]


async def test_taking_away_shows_first_what_is_lost(desk: DeskFactory, shop: Founded) -> None:
    """Cancel has the focus; then it is a change of access like any other."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:carol", "enter", "enter", "t")
        assert "Take Service lead from Carol Li 李卡?" in grid(app)
        assert "− ▲ Approve refunds" in grid(app)
        await press(pilot, "enter")
        assert len(lines_of(shop, "carol")) == 2
        await press(pilot, "t", "y")
        assert [line.key for line in lines_of(shop, "carol")] == ["operations"]
        assert "Taken away from Carol Li" in grid(app)


async def test_taking_what_others_give_loses_nothing(desk: DeskFactory, shop: Founded) -> None:
    """And says so."""
    db.database.execute_sql(
        "INSERT INTO extra (staff_id, permission, since, granted_by) VALUES (?, 'goods.view', 1, 'x')", (shop.id_of("alice"),)
    )
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:alice", "enter", "enter", "end", "t")
        assert "Nothing is lost: other grants give the same." in grid(app)
        await press(pilot, "y")
    assert [line.key for line in lines_of(shop, "alice")] == ["manager"]


async def test_what_was_taken_meanwhile_is_not_taken_again(desk: DeskFactory, shop: Founded) -> None:
    """Somebody else was quicker: it is said, and the list is read again."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:carol", "enter", "enter", "t")
        carol = shop.id_of("carol")
        grants.change(shop.console, carol, AccessChange(take_roles=(shop.role_id("service_lead"),)))
        await press(pilot, "y")
        assert "changed by somebody else meanwhile" in " ".join(grid(app).split())
        assert cells(app, 0) == ["Operations"]


async def test_confirming_what_ended_meanwhile_is_refused(desk: DeskFactory, shop: Founded) -> None:
    """Nothing of it is confirmed."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:alice", "enter", "enter")
        grants.change(shop.console, shop.id_of("alice"), AccessChange(take_roles=(shop.role_id("manager"),)))
        await press(pilot, "c")
        assert "Nothing was given to this person" in " ".join(grid(app).split())
    assert shop.log("review.confirm") == []


async def test_a_line_opens_to_what_it_gives(desk: DeskFactory, shop: Founded) -> None:
    """With when each was last used, what the log cannot tell, and what the post bars; a role with nothing in it says so."""
    entry(NOON - 5 * DAY, "carol", "program.allow", "permission", "refund.approve")
    empty = roles.add(shop.owner, "Empty", ())
    grants.change(shop.owner, shop.id_of("carol"), AccessChange(give_roles=(RoleGift(empty, NOON + DAY),)))
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:carol", "enter", "enter", "enter")
        assert "▲ Approve refunds · 2026-02-24" in grid(app)
        assert "log cannot tell" in grid(app)
        await press(pilot, "escape", "down", "enter")
        assert "the post bars it" in grid(app)
        await press(pilot, "escape", "down")
        assert "until 2026-03-02 (tomorrow)" in grid(app) or "until 2026-03-02 (in 1 day)" in grid(app)
        await press(pilot, "enter")
        assert "There is nothing in this role." in grid(app)


async def test_a_line_says_what_lies_unused_and_for_whom_one_stands_in(desk: DeskFactory, shop: Founded) -> None:
    """Below the list, where there is room for it."""
    entry(NOON - 300 * DAY, "x", "program.allow", "permission", "refund.approve")
    db.database.execute_sql("UPDATE role_grant SET stands_for_id = ? WHERE staff_id = ?", (shop.id_of("alice"), shop.id_of("carol")))
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "/", "type:carol", "enter", "enter")
        assert "stands in for alice" in grid(app)
        assert "Not used for 90 days: Approve refunds" in grid(app)


async def test_the_owner_and_who_holds_nothing_need_no_review(desk: DeskFactory, shop: Founded) -> None:
    """Each in a sentence; the keys are dim."""
    shop.person("newton", name="Newton")
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "enter")
        assert "The owner holds everything" in grid(app)
        await press(pilot, "c", "t", "escape", "/", "type:newton", "enter", "enter")
        assert "Nothing was given to this person" in grid(app)
        await press(pilot, "c", "t", "o")
        assert "Newton · newton" in grid(app)
    assert shop.log("review.confirm", "act.refuse") == []


async def test_what_reaches_too_far_is_dimmed_and_told(desk: DeskFactory, shop: Founded) -> None:
    """A manager neither confirms nor takes their own, nor that of who is wider."""
    alice = signed_in("alice")
    async with opened(desk, shop, alice) as (app, pilot):
        await press(pilot, "/", "type:alice", "enter", "enter")
        assert "Nobody changes their own access." in grid(app)
        await press(pilot, "c", "t")
        assert isinstance(front(app), ReviewPersonScreen)
    assert shop.log("review.confirm", "act.refuse") == []


async def test_an_auditor_reads_and_changes_nothing(desk: DeskFactory, shop: Founded) -> None:
    """No key for it is there, in lines as in findings."""
    auditor = shop.person("audrey", gave=["auditor"])
    async with opened(desk, shop, auditor) as (app, pilot):
        await press(pilot, "/", "type:carol", "enter", "enter", "c", "t")
        assert "Take away" not in grid(app)
        await press(pilot, "escape", "escape", "f", "enter", "c")
    assert shop.log("review.confirm", "act.refuse") == []


async def test_who_may_not_see_everything_is_sent_away(desk: DeskFactory, shop: Founded) -> None:
    """Once the permission is taken, the screen closes."""
    meg = shop.person("meg", gave=["manager"])
    async with opened(desk, shop, meg) as (app, pilot):
        grants.change(shop.owner, meg.staff_id or 0, AccessChange(take_roles=(shop.role_id("manager"),)))
        await press(pilot, "w")
        assert "You may not do this" in " ".join(grid(app).split())


# ---- findings


async def test_findings_lead_to_whom_they_are_about(desk: DeskFactory, shop: Founded) -> None:
    """A person's lines, their profile, or the role; each says what to do about it."""
    entry(NOON - 300 * DAY, "x", "program.allow", "permission", "refund.approve")
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "f")
        assert [name.split(",")[0] for name in cells(app, 1)] == [
            "Not used for 90 days",
            "Not confirmed for a year",
            "In no department",
            "Roles that nobody holds",
        ]
        await press(pilot, "home")
        assert "Ask whether it is needed" in " ".join(grid(app).split())
        for downs, screen in ((0, ReviewPersonScreen), (1, ReviewPersonScreen), (2, StaffDetailScreen), (3, RoleDetailScreen)):
            await press(pilot, "home", *["down"] * downs, "enter")
            assert isinstance(front(app), ReviewFoundScreen)
            await press(pilot, "enter")
            assert isinstance(front(app), screen)
            await press(pilot, "escape", "escape")


async def test_what_nobody_confirmed_is_confirmed_in_one_go(desk: DeskFactory, shop: Founded) -> None:
    """Ticked across people; what is one's own is left out and told, and what was confirmed is gone from the list."""
    async with opened(desk, shop, signed_in("alice")) as (app, pilot):
        await press(pilot, "f", "/", "home", "down", "enter")
        assert "Not confirmed for a year · 6" in grid(app)
        await press(pilot, "space", "down", "space", "c")
        said = " ".join(grid(app).split())
        assert "1 line is confirmed." in said
        assert "alice: Nobody changes their own access." in said
        assert "Not confirmed for a year · 5" in grid(app)
        await press(pilot, *["end"], "c")
        assert "Not confirmed for a year · 4" in grid(app)


async def test_the_last_one_leaves_a_sentence(desk: DeskFactory, shop: Founded) -> None:
    """Nothing is left to look into there; nothing can be confirmed in a list of other things."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "f", "home", "down", "enter", *["space", "down"] * 6, "c")
        assert "Nothing is left to look into here" in grid(app)
        await press(pilot, "escape", "end", "enter", "c")
        assert "Roles that nobody holds" in grid(app)


async def test_where_nothing_is_found_it_says_so(desk: DeskFactory, little_shop: Founded) -> None:
    """The owner alone, and no role that somebody could hold."""
    db.database.execute_sql("UPDATE role SET closed_at = 1")
    async with opened(desk, little_shop) as (app, pilot):
        assert "1 person · 0 of 0 lines confirmed" in grid(app)
        await press(pilot, "f")
        assert "Nothing to look into" in grid(app)


async def test_two_hundred_people(desk: DeskFactory, little_shop: Founded) -> None:
    """To the last of them and back; what the cursor is on is opened."""
    crowd(200)
    async with opened(desk, little_shop) as (app, pilot):
        await press(pilot, "end", "enter")
        assert isinstance(front(app), ReviewPersonScreen)
        await press(pilot, "c", "escape")
        assert "201 people · 1 of 200 lines confirmed" in grid(app)


async def test_asking_the_log_stops_when_one_goes_elsewhere(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile it says how far it is; nobody is told that something was cancelled."""
    going, seen = Event(), Event()

    def slow(_actor: Actor, progress: Callable[[int, int], object], cancelled: Callable[[], bool]) -> Finding:
        progress(1, 4)
        going.set()
        while not cancelled():
            sleep(0.01)
        seen.set()
        raise Cancelled

    monkeypatch.setattr(review_unused, "unused", slow)
    async with opened(desk, shop) as (app, pilot):
        await pilot.press("f")
        assert await asyncio.to_thread(going.wait, 5)
        await asyncio.sleep(0.5)
        assert "Asking the log what was used … 25 %" in grid(app)
        await press(pilot, "p")
        assert await asyncio.to_thread(seen.wait, 5)
        assert "Cancelled" not in grid(app)
        assert "6 people" in grid(app)


# ---- taking it out


async def test_the_review_is_written_into_the_outbox(desk: DeskFactory, shop: Founded) -> None:
    """As what was chosen; where it lies is said, and that it was taken out is in the log."""
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "x", "down", "enter")
        assert "access-review-20260301-120000.csv" in grid(app)
        await press(pilot, "escape", "x", "escape")
        assert isinstance(front(app), ReviewScreen)
    (file,) = (shop.home / "outbox").iterdir()
    assert file.suffix == ".csv"
    assert len(shop.log("export.review")) == 1


async def test_a_full_disk_is_told(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a line; no half file is left."""

    def full(*_args: object) -> Path:
        raise DiskFull

    monkeypatch.setattr(outbox, "put", full)
    async with opened(desk, shop) as (app, pilot):
        await press(pilot, "x", "enter")
        assert "The disk is full." in grid(app)
        assert isinstance(front(app), ReviewScreen)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_it_works_at_every_size(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """What has to be seen is: names, risk, what was confirmed."""
    async with opened(desk, shop, size=size) as (app, pilot):
        assert "alice" in grid(app)
        assert "18" in grid(app)
        await press(pilot, "/", "type:alice", "enter", "enter")
        assert "Manager" in grid(app)
        assert "never" in grid(app)
