"""Work figures on screen: people, days, who waits; by keyboard, in both sizes."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.clock import DAY, HOUR, MINUTE
from models.i18n import Language
from models.operations import staff as operations
from models.queries import figures
from models.rules.figures import Counts, Period
from screens.chats import ChatsScreen
from screens.figures import FiguresScreen
from screens.figures_days import FiguresDaysScreen, MyFiguresScreen
from screens.figures_rows import day_rows, sorted_people
from screens.figures_waiting import FiguresWaitingScreen
from screens.home import HomeScreen
from screens.widgets.blocks import bar, drawn, fitted, per_block
from screens.widgets.list_view import ListView
from tests import hostile
from tests.chats import AUTO, CUSTOMER, STAFF, conversation
from tests.crowd import crowd
from tests.factories import Founded, signed_in
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.people import NOON, may, peopled, press
from tests.screens.program import program

ANSWERED: Final = ((CUSTOMER, "在吗"), (AUTO, "亲"), (STAFF, "在"))
ASKED: Final = ((CUSTOMER, "还有货吗"),)


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A week in which three people answered customers, one of them who left since; Carol leads, and reads her department's."""
    peopled(little_shop)
    for ago in range(6):
        for number in range(ago % 3 + 1):
            conversation("zhangsan", f"小河{ago}{number}", *ANSWERED, at=NOON - ago * DAY - 2 * HOUR, apart=(number + 1) * MINUTE)
    conversation("zhangsan", "小河00", *ASKED, at=NOON - HOUR // 2)
    conversation("bob", "小河00", *ASKED, at=NOON - HOUR)
    conversation("alice", "teapot fan", *ASKED, at=NOON - 2 * DAY)
    conversation("gone", "teapot fan", *ANSWERED, at=NOON - 3 * DAY, apart=HOUR)
    conversation("zhangsan", "before", *ANSWERED, at=NOON - 9 * DAY)
    return little_shop


def lead(shop: Founded) -> dict[str, Any]:
    """Carol at her desk."""
    carol = signed_in("carol")
    return {"may": may(carol), "actor": carol}


def rows(app: Any) -> list[tuple[str, ...]]:
    """What the list shows, without the blocks."""
    found = app.screen.query_one(ListView).source.window(0, 200)
    return [tuple(str(cell) for cell in row.cells) for row in found]


def front(app: Any) -> type[Any]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


def names(app: Any) -> list[str]:
    """The first column."""
    return [row[0] for row in rows(app)]


# ---- blocks


@pytest.mark.parametrize(
    ("numbers", "most", "blocks"),
    [((), None, ""), ((0, 0), None, "··"), ((0, 1, 50, 100), None, "·▁▄█"), ((3, 3), None, "██"), ((1, 4), 8, "▁▄"), ((9,), 8, "█")],
)
def test_a_block_is_as_high_as_its_number_is_large(numbers: tuple[int, ...], most: int | None, blocks: str) -> None:
    """One is never nothing; several lines may be of one scale."""
    assert drawn(numbers, most) == blocks


def test_many_days_fit_into_few_blocks() -> None:
    """The last block ends with the last day; a day with something is never lost."""
    assert fitted((), 16) == ()
    assert fitted(range(7), 16) == tuple(range(7))
    assert fitted([0] * 29 + [1], 16) == (0,) * 14 + (1,)
    assert fitted([5, 1, 3], 2) == (5, 2)
    assert [len(fitted([1] * days, 16)) for days in (16, 17, 31, 92)] == [16, 9, 16, 16]
    assert (per_block(7, 16), per_block(30, 16), per_block(92, 31)) == (1, 2, 3)


def test_a_bar_is_as_long_as_its_number_is_large() -> None:
    """And nothing where there was nothing."""
    assert [len(bar(number, 40, 20)) for number in (0, 1, 20, 40)] == [0, 1, 10, 20]
    assert bar(0, 0, 20) == ""


def test_who_has_nothing_in_a_column_comes_last_either_way(shop: Founded) -> None:
    """Nobody's first answer is the fastest because there is none."""
    people = figures.figures(shop.owner, figures.usual("week")).people
    for way in ("up", "down"):
        assert [person.login for person in sorted_people(people, ("first_answer", way))][2:] == ["alice", "bob"]
    assert [person.login for person in sorted_people(people, ("first_answer", "down"))][:2] == ["gone", "zhangsan"]
    assert [person.login for person in sorted_people(people, ("name", "up"))] == ["alice", "bob", "gone", "zhangsan"]
    assert [person.login for person in sorted_people(people, ("received", "up"))] == ["alice", "bob", "gone", "zhangsan"]


def test_days_on_which_nobody_wrote_are_no_list() -> None:
    """One sentence says so."""
    assert day_rows({"2026-03-01": Counts(0, 0, None, 0)}, Counts(0, 0, None, 0), "down", 20) == []


# ---- people


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_how_it_looks(
    desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: Language
) -> None:
    """All together first; the numbers right, the blocks of one scale."""
    async with desk(FiguresScreen, size=size, language=language, **lead(shop)) as (app, _pilot):
        assert grid(app) == snapshot


async def test_the_people_to_whom_customers_wrote(desk: DeskFactory, shop: Founded) -> None:
    """Who received most first; a customer who wrote to two people today counts once together; Enter goes day by day."""
    async with desk(FiguresScreen, size=(120, 40), **lead(shop)) as (app, pilot):
        assert "← 2026-02-23 to 2026-03-01 → p others · 4 colleagues" in grid(app)
        assert [row[:6] for row in rows(app)] == [
            ("All together", "", "14", "13", "4 min 0 s", "3"),
            ("张三", "zhangsan", "12", "12", "3 min 0 s", "1"),
            ("Alice Wang", "alice", "1", "0", "–", "1"),
            ("Bob Zhao", "bob", "1", "0", "–", "1"),
            ("Gone Girl", "gone", "1", "1", "2 h 0 min", "0"),
        ]
        assert names(app) == ["All together", "张三", "Alice Wang", "Bob Zhao", "Gone Girl"]
        await press(pilot, "down", "enter")
        assert front(app) is FiguresDaysScreen
        assert "Work figures · 张三" in grid(app)
        assert names(app) == ["All together", *[f"2026-0{day}" for day in ("3-01", "2-28", "2-27", "2-26", "2-25", "2-24", "2-23")]]
        await press(pilot, "escape")
        assert isinstance(app.screen, FiguresScreen)
        assert app.screen.list.cursor == 1
        await press(pilot, "home", "enter")
        assert "Work figures · All together" in grid(app)


@pytest.mark.parametrize("size", [(60, 20), *SIZES], ids=str)
async def test_sorting_by_a_column_and_going_through_time(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """All together stays first; left and right are the time before and after, and none is to come."""
    async with desk(FiguresScreen, size=size, **lead(shop)) as (app, pilot):
        await press(pilot, "s", "s", "s", "s", "s", "s", "s")
        assert names(app)[0] == "All together"
        await press(pilot, "left")
        assert "2026-02-16 to 2026-02-22" in grid(app)
        assert names(app) == ["All together", "张三"]
        await press(pilot, "left")
        assert "No customer wrote in this time." in grid(app)
        await press(pilot, "enter", "u", "x")
        assert front(app) is FiguresScreen, "there is nothing to open, to list or to take out"
        await press(pilot, "right", "right", "right", "right")
        assert "2026-02-23 to 2026-03-01" in grid(app)


async def test_choosing_a_period(desk: DeskFactory, shop: Founded) -> None:
    """The usual ones, each with its days; or from a day until a day, and what is none is said at once."""
    async with desk(FiguresScreen, **lead(shop)) as (app, pilot):
        await press(pilot, "p")
        assert "2026-02-01 to 2026-02-28" in grid(app), "last month"
        await press(pilot, "up", "enter")
        assert names(app) == ["All together", "Bob Zhao", "张三"], "today"
        await press(pilot, "p", "end", "enter", "ctrl+u", "type:2026-02-19", "enter")
        assert "Until" in grid(app)
        await press(pilot, "ctrl+u", "type:2026-02-18", "enter")
        assert "That is before the first day." in grid(app)
        await press(pilot, "ctrl+u", "type:2026-02-21", "enter")
        assert "2026-02-19 to 2026-02-21" in grid(app)
        assert names(app) == ["All together", "张三"]
        await press(pilot, "p")
        assert "From a day until a day" in grid(app)
        await press(pilot, "escape", "p", "end", "enter", "escape", "p", "end", "enter", "enter", "escape")
        assert "2026-02-19 to 2026-02-21" in grid(app), "who does not say changes nothing"


async def test_a_long_time_has_several_days_a_block(desk: DeskFactory, shop: Founded) -> None:
    """It is said; on a wide screen a month has a block a day."""
    async with desk(partial(FiguresScreen, Period("2026-01-31", "2026-03-01")), **lead(shop)) as (app, _pilot):
        assert "a block is 2 days" in grid(app)
    async with desk(partial(FiguresScreen, Period("2026-01-31", "2026-03-01")), size=(120, 40), **lead(shop)) as (app, _pilot):
        assert "a block is" not in grid(app)


async def test_nobody_wrote_to_anybody(desk: DeskFactory, little_shop: Founded) -> None:
    """One sentence and a key."""
    peopled(little_shop)
    async with desk(FiguresScreen, **lead(little_shop)) as (app, _pilot):
        assert "No customer wrote in this time. ← looks at the time before, p at another." in " ".join(grid(app).split())


async def test_two_hundred_people(desk: DeskFactory, little_shop: Founded) -> None:
    """By keyboard to the last one."""
    peopled(little_shop)
    crowd(200)
    for number in range(200):
        conversation(f"person{number + 1:05}", "c", *ASKED, at=NOON - number * MINUTE)
    async with desk(FiguresScreen, **lead(little_shop)) as (app, pilot):
        assert "200 colleagues" in grid(app)
        await press(pilot, "end", "enter")
        assert "Work figures · " in grid(app)


async def test_a_name_is_never_markup(desk: DeskFactory, shop: Founded) -> None:
    """Neither a colleague's nor a customer's."""
    for place, text in enumerate(hostile.LITERAL.values()):
        conversation("zhangsan", f"{text[:60]}{place}", *ASKED, at=NOON - place * MINUTE)
        if place < 4:
            db.database.execute_sql("UPDATE staff SET name = ? WHERE id = ?", (text, place + 2))
    async with desk(FiguresScreen, **lead(shop)) as (app, pilot):
        await press(pilot, "u", "end", "escape", "down", "enter")
        assert front(app) is FiguresDaysScreen


# ---- who waits


async def test_who_waits_and_how_many_more(desk: DeskFactory, shop: Founded) -> None:
    """Of Carol's department and below by name, of others only how many; Enter reads the conversation, and the log says so."""
    async with desk(FiguresScreen, size=(120, 40), **lead(shop)) as (app, pilot):
        await press(pilot, "u")
        assert front(app) is FiguresWaitingScreen
        assert "2 unanswered · 1 more, which you may not read" in grid(app)
        assert [row[2:] for row in rows(app)] == [("小河00", "Bob Zhao"), ("小河00", "张三")]
        assert "teapot fan" not in grid(app)
        assert shop.log("chat.read") == []
        await press(pilot, "enter")
        assert "还有货吗" in grid(app)
        assert shop.log("chat.read") == [("carol", "chat.read", "bob")]
        await press(pilot, "escape")
        assert front(app) is FiguresWaitingScreen
        await press(pilot, "escape")
        assert front(app) is FiguresScreen


async def test_who_waits_of_a_colleague_who_was_moved_away_is_only_counted(desk: DeskFactory, shop: Founded) -> None:
    """At the next look: no name of a customer, nothing of what is open, one more that may not be read."""
    async with desk(FiguresScreen, size=(120, 40), **lead(shop)) as (app, pilot):
        await press(pilot, "u", "enter")
        assert "还有货吗" in grid(app)
        operations.move(shop.console, shop.id_of("bob"), None)
        assert isinstance(app.screen, FiguresWaitingScreen)
        app.screen.follow()
        assert [row[3] for row in rows(app)] == ["张三"]
        await settle(pilot)
        assert "还有货吗" not in grid(app)
        assert "1 unanswered · 2 more, which you may not read" in grid(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_where_there_is_no_room_the_reader_takes_the_place_of_the_list(
    desk: DeskFactory, shop: Founded, size: tuple[int, int]
) -> None:
    """It says first what opening a colleague's means; then it is read, and the list comes back."""
    async with desk(FiguresScreen, size=size, **lead(shop)) as (app, pilot):
        await press(pilot, "u", "enter")
        assert "written in" in " ".join(grid(app).split())
        assert shop.log("chat.read") == []
        await press(pilot, "enter")
        assert "还有货吗" in grid(app)
        await press(pilot, "escape")
        assert "小河00" in grid(app)
        assert front(app) is FiguresWaitingScreen


async def test_who_waits_for_one_person(desk: DeskFactory, shop: Founded) -> None:
    """From their days; where nobody may be read, only how many."""
    async with desk(FiguresScreen, **lead(shop)) as (app, pilot):
        await press(pilot, "down", "enter", "u")
        assert "Unanswered · 张三" in grid(app)
        assert [row[2:] for row in rows(app)] == [("小河00", "张三")]
        conversation("zhangsan", "小河00", (STAFF, "有"), at=NOON)
        assert isinstance(app.screen, FiguresWaitingScreen)
        app.screen.look_again()
        await settle(pilot)
        assert "Every customer has an answer." in grid(app)
        await press(pilot, "escape", "escape", "down", "enter", "u")
        assert "Unanswered · Alice Wang" in grid(app)
        assert "1 more, which you may not read" in grid(app)
        assert rows(app) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_how_who_waits_looks(
    desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: Language
) -> None:
    """Since when, who, and the colleague."""
    waiting = partial(FiguresWaitingScreen, figures.usual("week"), None, "")
    async with desk(waiting, size=size, language=language, **lead(shop)) as (app, _pilot):
        assert grid(app) == snapshot


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_how_days_look(
    desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: Language
) -> None:
    """The newest first, all together before them."""
    days = partial(FiguresDaysScreen, figures.usual("week"), shop.id_of("zhangsan"), "张三")
    async with desk(days, size=size, language=language, **lead(shop)) as (app, _pilot):
        assert grid(app) == snapshot


# ---- whose


async def test_ones_own_figures_are_everybodys_to_see(desk: DeskFactory, shop: Founded) -> None:
    """Without any permission: day by day, and who waits for oneself."""
    zhangsan = signed_in("zhangsan")
    async with desk(MyFiguresScreen, may=may(zhangsan), actor=zhangsan) as (app, pilot):
        assert "My figures" in grid(app)
        assert "All together" in names(app)
        await press(pilot, "s")
        assert names(app)[1] == "2026-02-23"
        await press(pilot, "u")
        assert [row[2:] for row in rows(app)] == [("小河00", "张三")]
        await press(pilot, "enter")
        assert "还有货吗" in grid(app)
        assert shop.log("chat.read") == []


async def test_whoever_answers_nobody_has_none(desk: DeskFactory, shop: Founded) -> None:
    """One sentence."""
    async with desk(FiguresScreen, **lead(shop)) as (app, pilot):
        await press(pilot, "m")
        assert front(app) is MyFiguresScreen
        assert "No customer wrote in this time." in grid(app)
        await press(pilot, "u", "escape")
        assert front(app) is FiguresScreen


@pytest.mark.parametrize(("login", "screen"), [("carol", FiguresScreen), ("zhangsan", MyFiguresScreen)])
async def test_g_in_chats_shows_what_one_may_see(desk: DeskFactory, shop: Founded, login: str, screen: type) -> None:
    """Everybody's figures, or one's own."""
    actor = signed_in(login)
    async with desk(ChatsScreen, may=may(actor), actor=actor) as (app, pilot):
        await press(pilot, "g")
        assert type(app.screen) is screen


async def test_g_at_home_is_for_whoever_may_see_everybodys(desk: DeskFactory, shop: Founded) -> None:
    """So that one comes there without any conversation to read."""
    clock.set_clock(None)
    reader = shop.person("reader", extras=["data.staffperf.view"])
    for actor, screen in ((reader, FiguresScreen), (signed_in("zhangsan"), HomeScreen)):
        async with program(shop.home, actor=actor) as (app, pilot):
            await press(pilot, "7")
            assert isinstance(app.screen, HomeScreen) == (actor is reader), "who may read nothing has no section of chats"
            await press(pilot, "1", "g")
            assert type(app.screen) is screen


async def test_who_loses_the_permission_meanwhile_sees_nothing_new(desk: DeskFactory, shop: Founded) -> None:
    """The next counting is refused in a toast."""
    async with desk(FiguresScreen, **lead(shop)) as (app, pilot):
        db.database.execute_sql("UPDATE role_grant SET ended_at = ?, ended_by = 'owner' WHERE staff_id = ?", (NOON, shop.id_of("carol")))
        await press(pilot, "left")
        assert "2026-02-16 to 2026-02-22" in grid(app)
        assert "counting" in grid(app)


async def test_who_left_is_shown_with_less_weight(desk: DeskFactory, shop: Founded) -> None:
    """Their work is counted."""
    async with desk(FiguresScreen, **lead(shop)) as (app, _pilot):
        found = {str(row.cells[0]): row.dim for row in app.screen.query_one(ListView).source.window(0, 9)}
        assert found == {"All together": False, "张三": False, "Alice Wang": False, "Bob Zhao": False, "Gone Girl": True}


# ---- taking them out


async def test_x_writes_them_into_the_outbox(desk: DeskFactory, shop: Founded) -> None:
    """As what one chooses; the log has it; who sees only their own is not offered it."""
    async with desk(FiguresScreen, **lead(shop)) as (app, pilot):
        await press(pilot, "x", "down", "enter")
        assert "Only this account of the machine can read it." in grid(app)
    (file,) = (shop.home / "outbox").glob("figures-*")
    assert file.suffix == ".csv"
    assert "2026-02-28,zhangsan" in file.read_text(encoding="utf-8")
    assert shop.log("export.figures") == [("carol", "export.figures", "Little Shop")]
    assert clock.now() == NOON
