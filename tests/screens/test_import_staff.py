"""Importing many, by keyboard."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import TextArea

from models import clock
from models.catalogue import permissions
from models.errors import Cancelled
from models.i18n import Language
from models.operations import onboarding
from models.operations.codes import FreshCode
from models.operations.importing import Delivered, Imported
from models.queries import importing, inbox
from models.queries.inbox import Waiting
from models.rules.roster import parse
from models.tables import Staff
from screens.dialogs.working import BAR, Working, bar
from screens.import_staff import ImportScreen, size as said_size
from screens.import_staff_check import ImportCheckScreen, ImportedScreen
from screens.import_staff_paste import ImportPasteScreen
from tests.factories import Founded
from tests.hostile import LITERAL, REFUSED
from tests.rosters import csv_of, mixed, roster_of
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import NOON, at_noon

EVERYTHING = set(permissions())


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys, one after the other."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def until(pilot: Pilot[Any], screen: type[object]) -> None:
    """Wait until that screen is in front."""
    for _round in range(200):
        if isinstance(pilot.app.screen, screen):
            return
        await pilot.pause(0.05)
    raise AssertionError(grid(pilot.app))


def put(name: str, *rows: dict[str, str]) -> None:
    """Put a file into the inbox."""
    (inbox.folder() / name).write_bytes(csv_of(*rows))


async def test_a_file_is_imported_by_keyboard_alone(desk: DeskFactory, little_shop: Founded) -> None:
    """Choose, check, import, yes: everybody is there, and it is said where the codes are."""
    put("new 新人.csv", {"login": "alice", "name": "Alice", "department": "客服部/夜班"}, {"login": "bob", "name": "Bob"})
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        assert "new 新人.csv" in grid(app)
        await press(pilot, "enter")
        assert "2 rows · ✓ 2" in grid(app)
        assert "1 department will be added: “客服部/夜班”" in grid(app)
        assert "Problems" not in grid(app)
        await press(pilot, "i")
        assert "Import 2 people?" in grid(app)
        assert Staff.select().count() == 1
        await pilot.press("y")
        await until(pilot, ImportedScreen)
        await settle(pilot)
        (path,) = (little_shop.home / "outbox").iterdir()
        assert "2 people were onboarded." in grid(app)
        assert path.name in grid(app)
        await press(pilot, "escape")
        assert not isinstance(app.screen, ImportScreen | ImportCheckScreen)
    assert {person.login for person in Staff.select()} == {"owner", "alice", "bob"}


async def test_bad_rows_are_shown_with_every_reason_and_left_out_only_when_one_says_so(desk: DeskFactory, little_shop: Founded) -> None:
    """b shows them alone, Enter the whole row; the question tells how many are left out; no leaves everything as it was."""
    put("people.csv", {}, {"login": "OWNER", "roles": "wizard", "phone": "x"}, {}, {"name": ""})
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "enter", "b")
        assert "4 rows · ✓ 2 · ✗ 2" in grid(app)
        assert "person1" not in grid(app)
        for reason in ("login: “owner” is taken.", "roles: There is no role “wizard”.", "phone: 5 to 20 digits"):
            assert reason in grid(app)
        await press(pilot, "down")
        assert "name: Something has to stand here." in grid(app)
        await press(pilot, "up", "enter")
        assert "roles: wizard" in grid(app)
        await press(pilot, "escape", "i")
        assert "Import 2 people?" in grid(app)
        assert "2 rows are left out." in grid(app)
        await press(pilot, "enter")
        assert Staff.select().count() == 1
        await press(pilot, "i")
        await pilot.press("y")
        await until(pilot, ImportedScreen)
        await settle(pilot)
        assert "2 rows left out: rejected-rows-" in grid(app)
    assert len(list((little_shop.home / "outbox").iterdir())) == 2
    assert {person.login for person in Staff.select()} == {"owner", "person1", "person3"}


async def test_a_file_without_a_good_row_cannot_be_imported(desk: DeskFactory, little_shop: Founded) -> None:
    """i is dim and does nothing."""
    put("people.csv", {"login": "owner"})
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "enter", "i")
        assert isinstance(app.screen, ImportCheckScreen)
        assert "Import 0" not in grid(app)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04...", "not a CSV file"),
        (b"login,name,post\n", "there is nobody"),
        (b"name,post\nx,service\n", "Missing in the first line: login"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"login,name,post\n" + b'"' + b"x" * 20_000, "quotation mark"),
    ],
)
async def test_a_file_that_cannot_be_used_says_so_in_one_line(desk: DeskFactory, little_shop: Founded, content: bytes, said: str) -> None:
    """And one is still where one can choose another."""
    (inbox.folder() / "people.csv").write_bytes(content)
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner, size=(120, 40)) as (app, pilot):
        await press(pilot, "enter")
        assert isinstance(app.screen, ImportScreen)
        assert said in grid(app)


async def test_an_empty_inbox_says_what_to_do_and_looks_again(desk: DeskFactory, little_shop: Founded) -> None:
    """One sentence, two keys; a file that is gone by the time it is chosen is told."""
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        assert "There is no CSV file in the inbox: v pastes rows, r looks again." in grid(app)
        put("people.csv", {})
        await press(pilot, "r")
        assert "people.csv" in grid(app)
        (inbox.folder() / "people.csv").unlink()
        await press(pilot, "enter")
        assert "no longer in the inbox" in grid(app)


async def test_rows_can_be_pasted(desk: DeskFactory, little_shop: Founded) -> None:
    """From a spreadsheet; what is wrong is said below and loses nothing; leaving asks."""
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "v")
        app.screen.query_one(TextArea).text = "login\tname\nalice\tAlice"
        await press(pilot, "ctrl+s")
        assert "Missing in the first line: post" in grid(app)
        assert app.screen.query_one(TextArea).text == "login\tname\nalice\tAlice"
        await press(pilot, "escape")
        assert "Discard what was pasted?" in grid(app)
        await press(pilot, "escape")
        app.screen.query_one(TextArea).text = "login\tname\tpost\nalice\tAlice\t客服"
        await press(pilot, "ctrl+s")
        assert "Check what was pasted" in grid(app)
        await press(pilot, "i")
        await pilot.press("y")
        await until(pilot, ImportedScreen)
        await press(pilot, "escape")
        assert not isinstance(app.screen, ImportScreen | ImportPasteScreen | ImportCheckScreen)
    assert Staff.get(Staff.login == "alice").post == "service"


async def test_whoever_stops_it_finds_nothing_imported(desk: DeskFactory, little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar moves, esc stops it, the rows are still there to be imported."""
    put("people.csv", *mixed(300, 0))
    here, on = threading.Event(), threading.Event()
    prepare = onboarding.prepare

    def slow(newcomer: Any) -> Any:
        if newcomer.login == "person200":
            here.set()
            assert on.wait(20)
        return prepare(newcomer)

    monkeypatch.setattr(onboarding, "prepare", slow)
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "enter", "i")
        await pilot.press("y")
        await until(pilot, Working)
        while not here.is_set():
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        assert "25 %" in grid(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "Stopping …" in grid(app)
        on.set()
        await until(pilot, ImportCheckScreen)
        await settle(pilot)
        assert str(Cancelled()) in grid(app)
        assert Staff.select().count() == 1
        monkeypatch.undo()
        await press(pilot, "i")
        await pilot.press("y")
        await until(pilot, ImportedScreen)
    assert Staff.select().count() == 301


async def test_what_changed_since_the_check_is_told_and_checked_anew(desk: DeskFactory, little_shop: Founded) -> None:
    """Nothing is imported that was not shown."""
    put("people.csv", {}, {})
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "enter", "i")
        little_shop.person("person1")
        await pilot.press("y")
        await until(pilot, ImportCheckScreen)
        await settle(pilot)
        assert "What the file would do was changed" in grid(app)
        assert "2 rows · ✓ 1 · ✗ 1" in grid(app)
    assert not Staff.select().where(Staff.login == "person2").exists()


async def test_what_stands_in_a_file_is_never_markup(desk: DeskFactory, little_shop: Founded) -> None:
    """In the list, below it, and in the whole row; in the names of files and columns."""
    hostile = [*REFUSED.values(), *LITERAL.values()]
    cells = ("login", "name", "department", "roles", "extras", "until")
    # A lone surrogate cannot stand in a file, and a file with a null is no CSV file.
    rows = [dict.fromkeys(cells, said) for said in hostile if "\0" not in said and said.encode("utf-8", "ignore").decode() == said]
    roster = roster_of(*rows)
    assert len(roster.rows) == len(rows) > 80
    screen = ImportCheckScreen("".join(hostile), roster, importing.examine(little_shop.owner, roster))
    async with desk(lambda: screen, may=EVERYTHING, actor=little_shop.owner, size=(120, 40)) as (app, pilot):
        for row in range(len(rows)):
            screen.rows.select(row)
            await pilot.pause()
            assert not set(grid(app)) & {"\x1b", "\x9b", "\x07", "\u202e", "\u200b"}
            if row % 20 == 0:
                await press(pilot, "enter")
                assert f"Line {roster.rows[row].line}" in grid(app)
                assert not set(grid(app)) & {"\x1b", "\x9b", "\x07", "\u202e", "\u200b"}
                await press(pilot, "escape")


@pytest.mark.parametrize(
    ("done", "total", "shown"), [(0, 0, "  0 %"), (0, 10, "  0 %"), (5, 10, " 50 %"), (10, 10, "100 %"), (11, 10, "100 %")]
)
def test_the_bar_is_as_long_as_what_is_done(done: int, total: int, shown: str) -> None:
    """Never longer than itself."""
    assert bar(done, total).endswith(shown)
    assert len(bar(done, total)) == BAR + 6


@pytest.mark.parametrize(("count", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_340_000, "2.3 MB")])
def test_sizes_are_said_as_people_say_them(count: int, shown: str) -> None:
    """In thousands, not in powers of two."""
    assert said_size(count) == shown


# ---- pictures


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_choosing_checking_and_done(
    desk: DeskFactory,
    little_shop: Founded,
    size: tuple[int, int],
    language: Language,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The files, the rows, the question, the end."""
    at_noon(little_shop, language=language)
    monkeypatch.setattr(inbox, "folder", lambda: Path("/srv/shop/inbox"))
    monkeypatch.setattr(
        inbox, "files", lambda _actor: (Waiting("new people 新人.csv", 12_345, NOON), Waiting("old.csv", 99, NOON - 10**12))
    )
    pictures = []
    async with desk(ImportScreen, may=EVERYTHING, actor=little_shop.owner, size=size, language=language) as (app, _pilot):
        pictures.append(grid(app))
    rows = csv_of(*mixed(40, 6), {"login": "owner", "roles": "wizard;sorcerer", "phone": "x"}).replace(b"until", b"until,shoe size", 1)
    roster = parse(rows, zone="Asia/Shanghai", now=clock.now())
    check = ImportCheckScreen("new people 新人.csv", roster, importing.examine(little_shop.owner, roster))
    async with desk(lambda: check, may=EVERYTHING, actor=little_shop.owner, size=size, language=language) as (app, pilot):
        pictures.append(grid(app))
        await press(pilot, "b", "end")
        pictures.append(grid(app))
        await press(pilot, "i")
        pictures.append(grid(app))
    outbox = Path("/srv/shop/outbox")
    imported = Imported((FreshCode("alice", "x", 1),) * 40, {}, tuple(roster.rows[:7]), 3)
    done = Delivered(imported, outbox / "activation-codes-20261122-120000.csv", outbox / "rejected-rows-20261122-120000.csv")
    async with desk(lambda: ImportedScreen(done), may=EVERYTHING, actor=little_shop.owner, size=size, language=language) as (app, _pilot):
        pictures.append(grid(app))
    assert "\n".join(pictures) == snapshot
