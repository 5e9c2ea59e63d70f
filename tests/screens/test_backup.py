"""Backups on screen, by keyboard: how it stands, what lies there, one now; and what the owner is reminded of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.errors import BackupImpossible
from models.i18n import LANGUAGES
from models.operations import backup, key_copies
from models.queries import backups, copies
from screens.backup import BackupScreen
from screens.dialogs.working import Working
from screens.widgets.list_view import ListView
from tests.factories import CONSOLE, DAY, Founded
from tests.models.doors import Watch
from tests.screens.look import SIZES, grid, settle
from tests.screens.program import Program, at_noon, program, until
from tests.tampering import attacker


def said(app: object) -> str:
    """The screen in one line, so that it does not matter where lines end."""
    return " ".join(grid(app).split())  # type: ignore[arg-type]  # an app, as every caller has it


async def to_backups(opened: Program) -> None:
    """Come to the screen."""
    app, pilot = opened
    await pilot.press("8")
    await settle(pilot)
    await pilot.press("b")
    await settle(pilot)
    assert isinstance(app.screen, BackupScreen)


async def make(opened: Program) -> None:
    """Make one, and wait until it is done."""
    app, pilot = opened
    await pilot.press("n")
    await until(pilot, lambda: not isinstance(app.screen, Working))
    await settle(pilot)


async def test_d5_the_first_backup_on_screen(little_shop: Founded) -> None:
    """There is none; there is one, with the reminder to keep the key file apart."""
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await to_backups(opened)
        assert "There is no backup yet" in said(app)
        assert "makes the first" in said(app)
        await make(opened)
        assert "✓ The last good backup" in said(app)
        assert "shopstaff backup --key FILE" in said(app)
        assert "Made, and found whole" in said(app)
    assert little_shop.log("backup.make") == [("owner", "backup.make", "Little Shop")]


async def test_d5_why_there_is_none_is_said(little_shop: Founded) -> None:
    """At once, and from then on."""
    with attacker(little_shop.home) as bare:
        bare.execute("PRAGMA foreign_keys = 0")
        bare.execute("INSERT INTO role_permission (role_id, permission) VALUES (9999, 'goods.view')")
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await to_backups(opened)
        await make(opened)
        assert "✗ The last attempt" in said(app)
        assert "damaged" in said(app)


async def test_d5_one_that_takes_long_can_be_stopped(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """With esc; nothing is left of it."""
    real = copies.examine
    waiting = True

    def slow(*arguments: Any, **named: Any) -> object:
        while waiting and not named["cancelled"]():
            pass
        return real(*arguments, **named)

    monkeypatch.setattr(copies, "examine", slow)
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, pilot = opened
        await to_backups(opened)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Working))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Working))
        await settle(pilot)
        waiting = False
        assert "Cancelled" in said(app)
        assert "There is no backup yet" in said(app)
    assert [file.name for file in (little_shop.home / "backups").iterdir()] == [backup.LOCK]


@pytest.mark.parametrize("size", [*SIZES, (60, 20)])
async def test_d5_many_and_a_damaged_one_are_listed(little_shop: Founded, watch: Watch, size: tuple[int, int]) -> None:
    """The newest first, the damaged one last; it all fits."""
    first = backup.make(CONSOLE).file
    (first.parent / "broken [bold].shopstaff.zip").write_text("x")
    for n in range(22):
        watch.now += DAY
        shutil.copy(backup.make(CONSOLE).file, first.parent / f"copy {n}.shopstaff.zip")
    async with program(little_shop.home, actor=little_shop.owner, size=size) as opened:
        app, pilot = opened
        await to_backups(opened)
        assert clock.minute(watch.now, "Asia/Shanghai") in grid(app)
        await pilot.press("end")
        await settle(pilot)
        assert "cannot be used" in grid(app)


async def test_d5_the_owner_is_reminded_at_home_and_led_there(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """Overdue, then the key file; enter opens the backups."""
    watch.now += 2 * DAY
    owner = little_shop.owner
    async with program(little_shop.home, actor=owner) as opened:
        app, pilot = opened
        await settle(pilot)
        assert "Backup overdue" in grid(app) and "there never was one" in grid(app)
        app.screen.query_one(ListView).select("backup")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BackupScreen)
        await make(opened)
        await pilot.press("escape", "1")
        await settle(pilot)
        assert "Backup overdue" not in grid(app)
        assert "never copied" in grid(app)
        key_copies.copy_key(CONSOLE, tmp_path)
        watch.now += 2 * DAY
        await pilot.press("8", "1")
        await settle(pilot)
        assert "the last one: 2 days ago" in grid(app)


async def test_d5_a_failed_one_is_reminded_of(little_shop: Founded, tmp_path: Path) -> None:
    """As by the timer, at night."""
    with pytest.raises(BackupImpossible):
        backup.make(CONSOLE, tmp_path / "no" / "x")
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, pilot = opened
        await settle(pilot)
        assert "No new backup" in grid(app)


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """Everything that there is to say at once: the last one long ago, the last attempt failed, the key file never copied, a damaged one."""
    at_noon(little_shop, language=spoken)
    made = backup.make(CONSOLE).file
    made.with_name("broken.shopstaff.zip").write_text("x")
    with db.transaction():
        told = (
            backups.told_of_made(clock.now() - 3 * DAY, "/media/stick/shop/little-shop-2026-07-12T030000Z.shopstaff.zip", 1234),
            backups.told_of_failed(clock.now() - DAY, backup._NO_ROOM, {"mib": 12, "folder": "/media/stick/shop"}),
        )
        set_ = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        db.write_many(set_, list(zip((backups.MADE, backups.FAILED), told, strict=True)))
    async with program(little_shop.home, actor=little_shop.owner, size=size) as opened:
        app, pilot = opened
        assert grid(app) == snapshot
        await to_backups(opened)
        assert grid(app) == snapshot
        app.show_room(little=True)
        await settle(pilot)
        assert grid(app) == snapshot


async def test_d5_lines_of_the_terminals_width(little_shop: Founded) -> None:
    """How things stand is broken anew when the window is made smaller or larger."""
    async with program(little_shop.home, actor=little_shop.owner, size=(120, 40)) as opened:
        app, pilot = opened
        await to_backups(opened)
        assert "onto\n    another" in grid(app)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert "codes work,\n    is in no backup" in grid(app)


async def test_d5_backups_are_the_owners(little_shop: Founded) -> None:
    """A manager does not find the key."""
    manager = little_shop.person("meg", gave=("manager",))
    async with program(little_shop.home, actor=manager) as opened:
        app, pilot = opened
        await pilot.press("8")
        await settle(pilot)
        await pilot.press("b")
        await settle(pilot)
        assert not isinstance(app.screen, BackupScreen)
