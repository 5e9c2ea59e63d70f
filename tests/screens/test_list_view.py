"""The list that every list is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, ListSource, ListView, Row
from tests.screens.look import grid

HOSTILE = "王[/]伟[bold [@click=app.quit]\x1b]52;c;!\x07\u202e"


class Counted:
    """A source that notes what it was asked for."""

    def __init__(self, count: int) -> None:
        self.rows = count
        self.asked: list[tuple[int, int]] = []

    def count(self) -> int:
        """As many as it was made with."""
        return self.rows

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """What was asked for."""
        self.asked.append((offset, limit))
        return [Row(place, (f"login{place}", f"李雷{place}", str(place))) for place in range(offset, min(self.rows, offset + limit))]

    def position(self, key: Key) -> int | None:
        """The key is the place."""
        return int(key) if int(key) < self.rows else None


class Around(App[None]):
    """A list and nothing else."""

    def __init__(self, view: ListView) -> None:
        super().__init__()
        self.view = view
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        """The list."""
        yield self.view

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        """Note it."""
        self.told.append(event)

    @on(ListView.Ticked)
    def _ticked(self, event: ListView.Ticked) -> None:
        """Note it."""
        self.told.append(event)

    @on(ListView.CursorMoved)
    def _moved(self, event: ListView.CursorMoved) -> None:
        """Note it."""
        self.told.append(event)

    @on(ListView.SortAsked)
    def _sort_asked(self, event: ListView.SortAsked) -> None:
        """Note it."""
        self.told.append(event)


def a_list(source: Counted | ListSource, **kinds: object) -> ListView:
    """Three columns, of which the last goes first when it is narrow."""
    return ListView(
        Column("login", "Login", width=12, keep=ALWAYS, sortable=True),
        Column("name", "Name", sortable=True, keep=5),
        Column("number", "Number", width=8, align="right", keep=1),
        source=source,
        **kinds,  # type: ignore[arg-type]  # the tests say what they mean
    )


async def test_it_asks_for_a_window_and_never_for_everything() -> None:
    """Of 100,000 rows, going to the end and back reads a few dozen at a time."""
    source = Counted(100_000)
    async with Around(a_list(source)).run_test(size=(80, 24)) as pilot:
        await pilot.press("end", "home", "pagedown", "pagedown", "down")
        assert pilot.app.query_one(ListView).cursor == 45
    assert max(limit for _offset, limit in source.asked) <= 72
    assert len(source.asked) <= 5


@pytest.mark.parametrize("count", [0, 1, 2, 22, 23, 24, 1000])
async def test_the_cursor_never_leaves_the_rows(count: int) -> None:
    """Whatever is pressed, the cursor is on a row, and that row is in view."""
    async with Around(a_list(Counted(count))).run_test(size=(80, 24)) as pilot:
        view = pilot.app.query_one(ListView)
        for key in ["up", "pageup", "down", "pagedown", "end", "down", "pagedown", "k", "j", "home", "up", "end"]:
            await pilot.press(key)
            assert (view.cursor == -1) if not count else 0 <= view.cursor < count
            if count:
                assert f"login{view.cursor} " in grid(pilot.app)


async def test_a_reload_keeps_the_cursor_on_its_row() -> None:
    """Rows above it that come or go move the row, not the eye: it stays on its line of the screen."""
    rows = [Row(f"k{place}", (f"login{place}", "name", "7")) for place in range(100)]
    async with Around(a_list(ListSource(rows))).run_test(size=(80, 24)) as pilot:
        view = pilot.app.query_one(ListView)
        view.select("k50")
        await pilot.pause()
        before = _line_of(pilot, "login50")
        view.show(ListSource([Row("new", ("before all", "", "")), *rows]))
        await pilot.pause()
        assert (view.key, view.cursor, _line_of(pilot, "login50")) == ("k50", 51, before)
        view.show(ListSource([row for row in rows if row.key != "k50"]))
        assert view.key == "k52", "where the row is gone, the cursor stays where it stood"
        view.show(ListSource([]))
        assert view.key is None


def _line_of(pilot: Pilot[None], text: str) -> int:
    return next(y for y, line in enumerate(grid(pilot.app).splitlines()) if f"{text} " in line)


async def test_the_cursor_passes_over_headings() -> None:
    """A heading cannot be chosen, the first one stays in view, and a list of nothing but headings has no cursor."""
    rows = [Row("g", ("Goods",), heading=True), Row("a", ("View",)), Row("h", ("Trade",), heading=True), Row("b", ("Close",))]
    async with Around(a_list(ListSource(rows))).run_test(size=(80, 4)) as pilot:
        view = pilot.app.query_one(ListView)
        assert view.key == "a"
        await pilot.press("down")
        assert view.key == "b"
        await pilot.press("up", "up")
        assert view.key == "a"
        assert "Goods" in grid(pilot.app)
        view.show(ListSource([row for row in rows if row.heading]))
        await pilot.press("down", "enter", "space")
        assert view.key is None


async def test_enter_and_space_tell_of_the_row() -> None:
    """Enter tells of the row, space ticks it; what cannot be ticked is not."""
    rows = [Row("a", ("A",)), Row("b", ("B",), tickable=False)]
    app = Around(a_list(ListSource(rows), ticks=True))
    async with app.run_test() as pilot:
        await pilot.press("enter", "space", "down", "space")
        await pilot.pause()
        assert [(type(event).__name__, event.key) for event in app.told if isinstance(event, ListView.OfRow)] == [
            ("Chosen", "a"),
            ("Ticked", "a"),
        ]
        assert app.view.ticked == {"a"}
        app.view.ticked = {"b"}
        assert "✓" not in grid(app), "a row that cannot be ticked shows no mark"
        await pilot.press("up", "space", "space")
        assert app.view.ticked == {"b"}


async def test_without_a_word_for_enter_it_does_nothing() -> None:
    """A list that is only read offers neither Open nor Tick."""
    app = Around(a_list(ListSource([Row("a", ("A",))]), choose=""))
    async with app.run_test() as pilot:
        await pilot.press("enter", "space")
        assert not [event for event in app.told if isinstance(event, ListView.OfRow)]


async def test_sorting_goes_through_the_columns() -> None:
    """Up, down, the next column; the header says which."""
    app = Around(a_list(Counted(5)))
    async with app.run_test(size=(60, 10)) as pilot:
        asked = []
        for _time in range(5):
            await pilot.press("s")
            await pilot.pause()
            event = next(event for event in reversed(app.told) if isinstance(event, ListView.SortAsked))
            app.view.show(Counted(5), sort=event.sort)
            asked.append(event.sort)
        assert asked == [("login", "up"), ("login", "down"), ("name", "up"), ("name", "down"), ("login", "up")]
        assert "Login ↑" in grid(app)


@pytest.mark.parametrize(
    ("width", "shown"), [(80, ["Login", "Name", "Number"]), (40, ["Login", "Name", "Number"]), (30, ["Login", "Name"]), (20, ["Login"])]
)
async def test_a_narrow_list_drops_what_matters_least(width: int, shown: list[str]) -> None:
    """Columns go in the order in which they may, and what stays is whole."""
    async with Around(a_list(Counted(5))).run_test(size=(width, 10)) as pilot:
        assert grid(pilot.app).splitlines()[0].split() == shown


async def test_columns_align_under_double_width_characters() -> None:
    """Numbers end in the same cell whatever stands before them, and no name is cut through a character."""
    names = [
        "Al",
        "李雷",
        "李雷李雷李雷李雷李雷李雷李雷李雷李雷李雷李雷李雷",
        "a李雷李雷李雷李雷李雷李雷李雷李雷李雷李雷李雷李雷",
        "é\u0301",
    ]
    rows = [Row(place, ("x", name, "42")) for place, name in enumerate(names)]
    async with Around(a_list(ListSource(rows))).run_test(size=(50, 10)) as pilot:
        lines = grid(pilot.app).splitlines()[1:6]
        assert {words.width(line) for line in lines} == {48}
        assert all(line.endswith("42") for line in lines)
        assert "…" in lines[2]


async def test_data_is_never_markup_and_never_steers() -> None:
    """A name that would close a tag, run an action or write the clipboard is shown as it is, or as �."""
    app = Around(a_list(ListSource([Row("a", (HOSTILE, HOSTILE, HOSTILE)), Row("b", (HOSTILE,), heading=True)])))
    async with app.run_test() as pilot:
        picture = grid(pilot.app)
        assert "[/]" in picture
        assert "�" in picture
        assert not any(character in picture for character in "\x1b\x07\u202e")


async def test_an_empty_list_says_what_to_do() -> None:
    """One sentence, in the language of the moment it is shown, wrapped where the list is narrow."""
    app = Around(a_list(ListSource(), empty=lambda: "No staff yet: `n` onboards the first, `i` imports a file."))
    async with app.run_test(size=(30, 10)) as pilot:
        assert "No staff yet" in grid(app)
        assert "n onboards the first, i imports a file." in " ".join(grid(app).split())
        app.view.show(Counted(3))
        await pilot.pause()
        assert "No staff" not in grid(app)


async def test_a_step_tells_where_the_cursor_came_to_rest() -> None:
    """Every step tells, and after a reload too, because what the row says may have changed."""
    app = Around(a_list(Counted(9)))
    async with app.run_test() as pilot:
        await pilot.press("down")
        app.view.reload()
        await pilot.pause()
        moved = [event.key for event in app.told if isinstance(event, ListView.CursorMoved)]
        assert moved == [0, 1, 1]


async def test_rows_that_vanish_while_it_is_shown_are_no_longer_there() -> None:
    """Another process closes most of them between the count and the window: the cursor stays on one that is there."""
    source = Counted(100)
    app = Around(a_list(source))
    async with app.run_test(size=(80, 24)) as pilot:
        source.rows = 10
        await pilot.press("end", "enter")
        await pilot.pause()
        assert app.view.cursor == 9
        assert "login9 " in grid(app)
        source.rows = 0
        app.view.reload()
        await pilot.press("up", "pageup", "enter")
        assert app.view.key is None


async def test_a_resize_keeps_the_cursor_in_view() -> None:
    """Turning a phone round does not lose the place."""
    app = Around(a_list(Counted(1000)))
    async with app.run_test(size=(80, 40)) as pilot:
        app.view.select(35)
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert "login35 " in grid(app)
