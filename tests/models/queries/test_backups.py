"""How things stand with backups: what is overdue, what failed, what lies there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from models import db
from models.clock import HOUR, MINUTE
from models.errors import BackupUnusable, OwnerAlone
from models.operations import backup, key_copies
from models.queries import backups, reminders
from models.queries._reading import held_by
from tests.factories import CONSOLE, DAY, Founded
from tests.models.doors import Watch


def keep(name: str, value: object) -> None:
    """Put something into a setting."""
    text = value if isinstance(value, str) else json.dumps(value)
    db.database.execute_sql(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, text)
    )


def test_d5_a_backup_is_overdue_after_a_day_and_a_half(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """The first, so long after the shop was set up; then from one to the next. One of a later day tells of a clock that was wrong."""
    assert not backups.status(little_shop.owner).is_overdue
    watch.now += 36 * HOUR + MINUTE
    assert backups.status(little_shop.owner).is_overdue
    made = backup.make(CONSOLE)
    found = backups.status(little_shop.owner)
    assert (found.is_overdue, found.is_well, found.key_copied) == (False, False, False)
    assert found.last is not None and (found.last.at, found.last.where) == (made.manifest.made_at, str(made.file))
    key_copies.copy_key(CONSOLE, tmp_path)
    assert backups.status(CONSOLE).is_well
    watch.now += 37 * HOUR
    assert backups.status(CONSOLE).is_overdue
    watch.now -= 80 * HOUR
    assert backups.status(CONSOLE).is_overdue


def test_d5_the_owner_is_reminded_and_nobody_else(little_shop: Founded, watch: Watch) -> None:
    """As long as there is something to remind of."""
    manager = little_shop.person("meg", gave=("manager",))
    assert reminders.of(little_shop.owner, held_by(little_shop.owner)).backup is None
    watch.now += 2 * DAY
    told = reminders.of(little_shop.owner, held_by(little_shop.owner)).backup
    assert told is not None and told.is_overdue and told.last is None
    assert reminders.of(manager, held_by(manager)).backup is None


def test_d5_what_was_not_written_by_us_is_nothing(little_shop: Founded) -> None:
    """In any of the settings."""
    for value in ("{", "[]", "null", '"x"', {}, {"at": "x"}, {"at": 1, "where": "x", "entries": "y"}, {"at": 1, "reason": 5, "facts": 7}):
        for name in (backups.MADE, backups.FAILED, backups.KEY_COPIED):
            keep(name, value)
        found = backups.status(CONSOLE)
        assert (found.last, found.failed, found.key_copied) == (None, None, False)
    keep(backups.FAILED, {"at": 1, "reason": "it {is}", "facts": {}})
    assert backups.status(CONSOLE).failed is None


def test_d5_what_lies_there_is_listed_the_newest_first(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """And what cannot be used, last, with why; a link to nowhere is one of those. Others may not look, and the owner not elsewhere."""
    assert backups.listing(little_shop.owner) == []
    one = backup.make(CONSOLE)
    watch.now += DAY
    two = backup.make(CONSOLE)
    folder = one.file.parent
    (folder / "x.shopstaff.zip").write_text("hello")
    (folder / "y.shopstaff.zip").symlink_to(tmp_path / "nowhere")
    (folder / "other.zip").touch()
    found = backups.listing(little_shop.owner)
    assert [each.file.name for each in found] == [two.file.name, one.file.name, "y.shopstaff.zip", "x.shopstaff.zip"]
    assert [each.manifest is not None for each in found] == [True, True, False, False]
    assert "no backup" in str(found[3].trouble)
    assert found[0].size == two.file.stat().st_size
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(one.file, stick)
    assert len(backups.listing(CONSOLE, stick)) == 1
    assert len(backups.listing(little_shop.owner, stick)) == 4
    with pytest.raises(BackupUnusable, match="Not a directory"):
        backups.listing(CONSOLE, one.file)
    with pytest.raises(OwnerAlone):
        backups.listing(little_shop.person("bob"))
    with pytest.raises(OwnerAlone):
        backups.status(little_shop.person("eve"))
