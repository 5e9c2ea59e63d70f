"""Who has an older version open while a newer one upgrades the shop is told, and the screens close; a disk that fills is said."""

from __future__ import annotations

import time

import pytest

from models import db, disk
from models.actor import Actor
from tests.factories import Founded, signed_in
from tests.screens.look import grid
from tests.screens.program import program, until
from tests.tui.test_watch import WITHIN, elsewhere, look
from tui import watch as watching


def _upgraded() -> None:
    """As a newer Shopstaff leaves the shop."""
    with db.database.atomic():
        db.database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('0099_later', '2099-01-01')")
        db.database.execute_sql("PRAGMA user_version = 99")


@pytest.mark.parametrize("inside", [True, False])
async def test_d7_the_screens_of_an_older_version_close_within_five_seconds(little_shop: Founded, inside: bool) -> None:
    """With a sentence on the terminal, signed in or not."""
    owner: Actor | None = signed_in("owner") if inside else None
    async with program(little_shop.home, actor=owner) as (app, pilot):
        await look(app, pilot)
        elsewhere(_upgraded)
        began = time.monotonic()
        await until(pilot, lambda: bool(app.parting))
        assert time.monotonic() - began < WITHIN
    assert app.parting == watching.UPGRADED


@pytest.mark.parametrize(("login", "told"), [("owner", True), ("bob", False), ("", True)])
async def test_d3_a_disk_that_fills_is_said_to_whoever_can_help(
    little_shop: Founded, monkeypatch: pytest.MonkeyPatch, login: str, told: bool
) -> None:
    """The owner, and whoever is at the sign-in screen; a colleague can do nothing about it."""
    little_shop.person("bob")
    monkeypatch.setattr(disk, "free", lambda _folder: disk.LITTLE - 1)
    async with program(little_shop.home, actor=signed_in(login) if login else None) as (app, pilot):
        await look(app, pilot)
        assert ("Little room is left on the disk" in grid(app)) is told
        monkeypatch.setattr(disk, "free", lambda _folder: disk.LITTLE)
        await look(app, pilot)
        assert "Little room is left on the disk" not in grid(app)
