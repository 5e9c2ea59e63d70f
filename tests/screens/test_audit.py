"""The log on screen, by keyboard: reading, searching, filtering, opening, going on from an entry."""

from __future__ import annotations

import json
from typing import Any

import pytest
from textual.widgets import Input

from models import clock, db
from models.actor import Actor
from models.events import actions_in
from models.operations import roles as role_operations, seats, staff as staff_operations
from models.queries import audit
from models.queries.audit import PAGE, Wanted
from screens.audit import AuditScreen
from screens.audit_entry import EntryScreen
from screens.audit_filter import FilterScreen
from screens.audit_list import EntriesScreen
from screens.audit_of import EntriesOfScreen
from screens.departments import DepartmentsScreen
from screens.my_access import MyAccessScreen
from screens.role_detail import RoleDetailScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from tests.factories import Founded, signed_in
from tests.hostile import LITERAL
from tests.million import fill
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid, settle
from tests.screens.people import may, peopled, press


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people in every state."""
    return peopled(little_shop)


def lead(shop: Founded) -> Actor:
    """Somebody in customer service who sees what was done there and in the night shift below it."""
    shop.person("lena", name="Lena", gave=["manager"], extras=[], department_id=1)
    role_operations.add(shop.owner, "Lead", ("audit.view", "staff.view"))
    shop.person("leo", name="Leo", gave=["Lead"], department_id=1)
    return signed_in("leo")


def front(app: Any) -> Any:
    """The screen in front, whatever it is."""
    return app.screen


def entries(app: Any) -> ListView:
    """The list."""
    found: ListView = app.screen.query_one("#entries", ListView)
    return found


def said(app: Any) -> list[str]:
    """The sentences in the list, as far as they are near the cursor."""
    shown = entries(app)
    return [str(row.cells[3]) for row in shown.source.window(0, 40)]


def newest(shop: Founded) -> int:
    """The number of the newest entry."""
    return audit.page(shop.console, Wanted(), None, 1).rows[0].seq


async def test_everything_is_listed_the_newest_first(desk: DeskFactory, shop: Founded) -> None:
    """When, who and what; ▲ beside what is high-risk; what one sees and how many there are stand above."""
    role_operations.add(shop.owner, "Live host", ("goods.view",))
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert said(app)[0] == "Made the role Live host"
        assert said(app)[-1] == "Set up the shop Little Shop"
        assert f"Everything that was done · {newest(shop)} entries" in grid(app)
        assert "▲  2026-03-01 12:00  Wang Fang" in grid(app)
        assert "operator (" in grid(app)


async def test_an_entry_says_everything_and_leads_to_its_neighbours(desk: DeskFactory, shop: Founded) -> None:
    """Who, when to the second, from where, its number and code, before and after; back in the list the cursor came along."""
    staff_operations.freeze(shop.owner, shop.id_of("alice"))
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        last = newest(shop)
        await press(pilot, "enter")
        assert isinstance(app.screen, EntryScreen)
        picture = grid(app)
        for words in ("Wang Fang · owner", "2026-03-01 12:00:00 (just now)", "the machine itself", f"Entry {last}", "Froze alice"):
            assert words in picture
        assert audit.entry(shop.owner, last).code in picture
        assert "active → frozen" in picture
        await press(pilot, "p")
        assert "This is the first one." in grid(app)
        await press(pilot, "n", "n", "n", "p")
        assert f"Entry {last - 2}" in grid(app)
        await press(pilot, "escape")
        assert entries(app).key == last - 2


async def test_from_an_entry_to_its_object_and_to_its_person(desk: DeskFactory, shop: Founded) -> None:
    """`o` shows what was done to the same thing, `b` what the same person did; esc leads back through all of it."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "o")
        assert isinstance(app.screen, EntriesOfScreen)
        assert "History · gone" in grid(app)
        assert said(app) == ["Ended the access of gone, who left", "Signed out gone", "Onboarded gone"]
        await press(pilot, "end", "enter", "b")
        assert "operator at the machine" not in grid(app)
        assert "What operator (test" in grid(app) or "What console:test" in grid(app)
        assert all(sentence.startswith(("Onboarded", "Set up")) for sentence in said(app))
        await press(pilot, "escape", "escape", "escape")
        assert isinstance(app.screen, AuditScreen)


async def test_what_a_fact_of_an_entry_is_called_is_not_cut(desk: DeskFactory, shop: Founded) -> None:
    """“Price, a seat and month” is longer than most of them."""
    seats.buy(shop.owner, 2, 150, 3)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "enter")
        assert "Price, a seat and month  " in grid(app)


async def test_searching_waits_for_a_pause_and_enter_does_not(desk: DeskFactory, shop: Founded) -> None:
    """Letters are searched for when nobody types for a moment, or at once with enter; esc takes them away again."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        everything = entries(app).count
        await press(pilot, "slash", "type:froze")
        await pilot.pause(0.3)
        assert said(app) == ["Froze bob"]
        await press(pilot, "escape")
        assert entries(app).count == everything
        await press(pilot, "slash", "type:zzzz", "enter")
        assert entries(app).count == 0
        assert "Nothing like that was done. esc clears what you look for." in grid(app)
        await press(pilot, "escape")
        assert entries(app).count == everything
        assert not front(app).query_one("#search", Input).value


async def test_filters_add_up_and_are_said_in_words(desk: DeskFactory, shop: Founded) -> None:
    """Person, area and day together; the line above says them; one key takes them away."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        everything = entries(app).count
        await press(pilot, "f")
        assert isinstance(front(app), FilterScreen)
        await press(pilot, "type:wang fang", "tab", "tab", "right", "ctrl+s")
        assert isinstance(front(app), AuditScreen)
        assert front(app).wanted == Wanted(by="owner", area="staff")
        assert "by owner · People · " in grid(app)
        assert "Signed out bob" not in said(app)
        assert "Froze bob" in said(app)
        await press(pilot, "escape")
        assert entries(app).count == everything
        assert front(app).check_action("clear", ()) is False


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        (("type:nobody",), "Nobody is called that."),
        (("type:a",), "people are meant by that: type the login."),
        (("up", "type:never"), "A time looks like 2026-12-31"),
        (("up", "type:2026-02-30"), "A time looks like 2026-12-31"),
        (("up", "type:2026-02-03 25:00"), "A time looks like 2026-12-31"),
        (("up", "type:0001-01-01", "up", "type:0001-01-01"), "A time looks like 2026-12-31"),
        (("up", "type:2026-01-01", "up", "type:2026-01-02"), "That is before the beginning."),
    ],
)
async def test_what_is_no_filter_is_refused_beside_its_field(
    desk: DeskFactory, shop: Founded, typed: tuple[str, ...], complaint: str
) -> None:
    """Nobody, several, no day, no time, an end before the beginning: the form stays and says so."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "f")
        form = front(app)
        for each in typed:
            if each == "up":
                controls = form.form.controls
                at = next((place for place, control in enumerate(controls) if control.has_focus_inside()), 0)
                controls[at - 1].focus_control()
                await settle(pilot)
            else:
                await press(pilot, each)
        await press(pilot, "ctrl+s")
        assert app.screen is form
        assert complaint in grid(app)


async def test_times_mean_the_shops_days(desk: DeskFactory, shop: Founded) -> None:
    """A day from its first moment to its last, a minute likewise, and so many days back."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "f")
        for field, typed in (("since", "2026-03-01 11:59"), ("until", "2026-03-01")):
            control = front(app).form.control_named(field)
            control.value = typed
        await press(pilot, "ctrl+s")
        assert clock.rfc3339(front(app).wanted.since) == "2026-03-01T03:59:00.000000Z"
        assert clock.rfc3339(front(app).wanted.until) == "2026-03-01T15:59:59.999999Z"
        assert "from 2026-03-01 11:59 · until 2026-03-01 · " in grid(app)
        await press(pilot, "f")
        assert front(app).form.text("since") == "2026-03-01 11:59"
        front(app).form.control_named("since").value = "7d"
        await press(pilot, "ctrl+s")
        assert clock.rfc3339(front(app).wanted.since) == "2026-02-21T16:00:00.000000Z"
        await press(pilot, "f", "ctrl+n")
        assert front(app).wanted == Wanted()


async def test_an_action_of_another_area_is_let_go(desk: DeskFactory, shop: Founded) -> None:
    """Choosing an area offers its actions only; what was chosen of another is taken back."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "f")
        area, action = front(app).form.control_named("area"), front(app).form.control_named("action")
        action.value = "role.add"
        area.value = "staff"
        await settle(pilot)
        assert action.value == ""
        assert {key for key, _label in action.options} == {"", *actions_in("staff")}


async def test_ten_thousand_entries_are_read_where_one_looks(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """End comes to the very first entry at once; no more than a few windows are read for it."""
    fill(10_000, days=3)
    read: list[int] = []
    real = audit.page

    def counted(actor: Actor, wanted: Wanted, before: int | None, limit: int) -> audit.Page:
        read.append(limit)
        return real(actor, wanted, before, limit)

    monkeypatch.setattr(audit, "page", counted)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert f"{newest(shop):,} entries" in grid(app)
        await press(pilot, "end")
        assert entries(app).key == 1
        assert "Set up the shop" in grid(app)
        assert sum(read) < 1000
        await press(pilot, "enter")
        assert "Entry 1" in grid(app)


async def test_what_is_filtered_is_read_page_by_page(desk: DeskFactory, shop: Founded) -> None:
    """One page at first; the next before the cursor comes to the end; at the end all of them, each once, in order."""
    fill(3_000, days=3)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        front(app).want(Wanted(area="sign_in"))
        await settle(pilot)
        assert entries(app).count == PAGE
        assert f"{PAGE}+ entries" in grid(app)
        counts = []
        while front(app).source.more:
            await press(pilot, "end")
            counts.append(entries(app).count)
        assert counts == sorted(counts)
        keys = [row.key for row in entries(app).source.window(0, 5_000)]
        assert keys == sorted(set(keys), reverse=True)
        expected = db.rows("SELECT count(*) FROM audit_entry WHERE action LIKE 'session.%'")[0][0]
        assert len(keys) == expected


async def test_n_goes_over_the_edge_of_a_page(desk: DeskFactory, shop: Founded) -> None:
    """Going on from the last entry that was read opens the first of the next page, and the list goes there too."""
    fill(1_000, days=3)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        front(app).want(Wanted(area="sign_in"))
        await settle(pilot)
        screen = front(app)
        last = screen.source.at(PAGE - 1).seq
        following = screen._beside(last, 1)
        assert following is not None
        assert following < last
        await settle(pilot)
        assert entries(app).key == following


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(risk="high")], ids=["everything", "filtered"])
async def test_what_comes_meanwhile_is_on_top_and_nothing_jumps(desk: DeskFactory, shop: Founded, wanted: Wanted) -> None:
    """The cursor stays on its entry and the entry in its line; Home shows the new one."""
    fill(600, days=3)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        front(app).want(wanted)
        await press(pilot, *["down"] * 5)
        key, before = entries(app).key, grid(app).splitlines()[4:20]
        role_operations.add(shop.owner, "Live host", ("goods.view",))
        front(app).look_again()
        await settle(pilot)
        assert entries(app).key == key
        assert [line[:-3] for line in grid(app).splitlines()[4:20]] == [line[:-3] for line in before]
        await press(pilot, "home")
        assert "Made the role Live host" in grid(app)


async def test_a_missing_entry_is_said_in_its_place(desk: DeskFactory, shop: Founded) -> None:
    """Numbers have no gaps; where one is missing the list says so, and everything else stays where it is."""
    db.database.execute_sql("DROP TRIGGER IF EXISTS audit_entry_no_delete")
    for (name,) in db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"):
        db.database.execute_sql(f"DROP TRIGGER {name}")
    db.database.execute_sql("DELETE FROM audit_entry WHERE seq = 5")
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert "Entry 5 is missing." in said(app)
        await press(pilot, "end")
        assert entries(app).key == 1
        await press(pilot, *["up"] * 4, "enter")
        assert isinstance(app.screen, EntryScreen | AuditScreen)


async def test_a_search_that_stops_says_down_to_when_and_goes_on(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not looked through is not passed off as nothing: `m` searches further down."""
    end = newest(shop)
    real = audit.page

    def stops(actor: Actor, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> audit.Page:
        if not wanted.words:
            return real(actor, wanted, before, limit)
        if before is None:
            return audit.Page((), more=True, searched_to=clock.now(), before=end - 2)
        return real(actor, Wanted(), before, limit)

    monkeypatch.setattr(audit, "page", stops)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "slash", "type:x", "enter")
        assert "Nothing is found down to 2026-03-01 12:00. m searches further down." in grid(app)
        await press(pilot, "m")
        assert entries(app).count == end - 3
        assert front(app).check_action("read_on", ()) is False


async def test_a_lead_sees_the_department_and_below(desk: DeskFactory, shop: Founded) -> None:
    """Colleagues' acts and one's own; not the owner's, nor the operator's; the line above says so."""
    leo = lead(shop)
    staff_operations.set_language(signed_in("carol"), "zh")
    async with desk(AuditScreen, may=may(leo), actor=leo) as (app, _pilot):
        assert "What people of your department and below did · " in grid(app)
        assert "Changed the language of carol" in said(app)
        assert "Froze bob" not in said(app)
        assert front(app).check_action("export", ()) is False


async def test_whoever_moves_to_another_department_no_longer_sees_what_was_read_of_the_last(desk: DeskFactory, shop: Founded) -> None:
    """However far down it was read: what may be seen is otherwise, so all of it is read anew."""
    leo, carol = lead(shop), signed_in("carol")
    for who in (carol, leo):
        for _time in range(PAGE // 2 + 25):
            staff_operations.set_language(who, "zh")
            staff_operations.set_language(who, "en")
    async with desk(AuditScreen, may=may(leo), actor=leo) as (app, pilot):
        while front(app).source.more:
            await press(pilot, "end")
        assert entries(app).count >= 2 * PAGE
        staff_operations.move(shop.console, leo.staff_id or 0, 2)
        front(app).look_again()
        await settle(pilot)
        while front(app).source.more:
            await press(pilot, "end")
        assert {row.actor for row in (front(app).source.at(place) for place in range(entries(app).count))} == {"leo"}


async def test_staff_have_no_section_and_their_own_entries(desk: DeskFactory, shop: Founded) -> None:
    """Who may not see the log is not offered it, and finds what they did themselves under Me."""
    staff_operations.set_language(signed_in("zhangsan"), "en")
    zhangsan = signed_in("zhangsan")
    async with desk(MyAccessScreen, may=may(zhangsan), actor=zhangsan) as (app, pilot):
        assert "6 Audit" not in grid(app)
        await press(pilot, "6")
        assert isinstance(app.screen, MyAccessScreen)
        await press(pilot, "b")
        assert isinstance(app.screen, EntriesOfScreen)
        assert "What you did" in grid(app)
        assert "Changed the language of zhangsan" in said(app)
        assert all(row.actor == "zhangsan" for row in audit.page(zhangsan, Wanted()).rows)


@pytest.mark.parametrize(
    ("make", "heading"),
    [
        (lambda shop: StaffDetailScreen(shop.id_of("bob")), "History · Bob Zhao"),
        (lambda _shop: RoleDetailScreen(1), "History · "),
    ],
)
async def test_histories_open_from_where_the_thing_is(desk: DeskFactory, shop: Founded, make: Any, heading: str) -> None:
    """`o` on a person or a role; without `audit.view` it is not offered."""
    async with desk(lambda: make(shop), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "o")
        assert isinstance(app.screen, EntriesOfScreen)
        assert heading in grid(app)
    async with desk(lambda: make(shop), may=may(shop.owner) - {"audit.view"}, actor=shop.owner) as (app, pilot):
        await press(pilot, "o")
        assert not isinstance(app.screen, EntriesOfScreen)


async def test_a_departments_history(desk: DeskFactory, shop: Founded) -> None:
    """`o` on a department of the tree; the shop's own line has none."""
    async with desk(DepartmentsScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "o")
        assert isinstance(app.screen, DepartmentsScreen)
        front(app).tree_list.select(next(row.id for row in front(app)._tree.rows if row.label == "Night shift"))
        await settle(pilot)
        await press(pilot, "o")
        assert said(app) == ["Added the department Night shift"]


async def test_the_export_is_what_is_listed(desk: DeskFactory, shop: Founded) -> None:
    """Esc exports nothing; JSON lands in the outbox with the filtered entries alone, and where it is stands on the screen."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        front(app).want(Wanted(action="staff.freeze"))
        await settle(pilot)
        await press(pilot, "x", "escape")
        assert not list((shop.home / "outbox").glob("log-*"))
        await press(pilot, "x", "down", "down", "enter")
        for _wait in range(50):
            if "Written" in grid(app):
                break
            await pilot.pause(0.1)
        (file,) = (shop.home / "outbox").glob("log-*.json")
        assert file.name in grid(app)
        assert [row["action"] for row in json.loads(file.read_text())] == ["staff.freeze"]


async def test_data_in_the_log_is_never_markup(desk: DeskFactory, shop: Founded) -> None:
    """A role called like a button is shown as it is called, in the list and opened."""
    name = LITERAL["markup variable"]
    role_operations.add(shop.owner, name, ("goods.view",))
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, pilot):
        assert name in grid(app)
        await press(pilot, "enter")
        assert name in grid(app)
        await press(pilot, "o")
        assert isinstance(app.screen, EntriesScreen)
        assert name in grid(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=str)
async def test_everything_works_on_a_phone(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """List, entry and filter at every size."""
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner, size=size) as (app, pilot):
        assert "Ended the access of gon" in grid(app)
        assert "What was done\n" in grid(app)
        await press(pilot, "enter")
        assert "Wang Fang · owner" in grid(app)
        await press(pilot, "escape", "f", "escape")
        assert isinstance(app.screen, AuditScreen)
