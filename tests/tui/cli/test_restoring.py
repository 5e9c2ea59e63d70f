"""`shopstaff restore`: what it shows, what it asks, what it does; and on a machine that has nothing."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models import db, shop
from models.operations import backup, key_copies, staff
from tests.factories import CONSOLE, Founded
from tests.tui.cli.conftest import Run
from tui.cli import restoring

COLUMNS = ["part", "change", "who", "what", "number", "said"]


@pytest.fixture
def file(staffed: Founded, tmp_path: Path) -> str:
    """A backup of before `bob` was frozen; the shop is closed."""
    made = str(backup.make(CONSOLE, tmp_path / "a.zip").file)
    (tmp_path / "other").mkdir()
    key_copies.copy_key(CONSOLE, tmp_path / "other" / "kept.key")
    staff.freeze(CONSOLE, staffed.id_of("bob"))
    shop.close()
    return made


class Terminal(io.StringIO):
    """Standard input that is a terminal, at which somebody types."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Somebody types it."""
    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text))


def statuses(home: Path) -> dict[str, str]:
    """Of everybody in the shop there."""
    shop.open(home)
    found = dict(db.rows("SELECT login, status FROM staff"))
    shop.close()
    return found


def test_a_dry_run_says_what_would_happen_and_does_nothing(staffed: Founded, file: str, run: Run) -> None:
    """Tab-separated, and as JSON, with the backup itself first."""
    ran = run("restore", file, "--dry-run")
    assert (ran.code, ran.out.splitlines()[0].split("\t")) == (0, COLUMNS)
    assert ran.rows[0][:3] == ["backup", "made", "little-shop"]
    assert ["again", "frozen", "bob", "", "1", "bob is frozen, and stays so."] in ran.rows
    told = run("restore", file, "--dry-run", "--json")
    assert [row["change"] for row in told.json if row["part"] == "again"] == ["frozen"]
    assert told.json[0]["at"].endswith("Z")
    assert "Nothing was changed" in told.err
    assert not list(staffed.home.glob("shop-before-restore*"))


def test_it_takes_a_yes(staffed: Founded, file: str, run: Run) -> None:
    """Where nobody is there to be asked, it is a word on the command line; two keys at once are none."""
    assert run("restore", file).code == 2
    assert run("restore", file, "--key", "x", "--new-key").code == 2
    ran = run("restore", file, "--yes")
    assert ran.code == 0
    for words in ("Restored.", "shop-before-restore-", "shopstaff backup"):
        assert words in ran.err
    assert statuses(staffed.home)["bob"] == "frozen"
    assert run("audit", "verify").code == 0


def test_the_shops_code_is_the_yes(
    staffed: Founded, file: str, run: Run, typed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything else changes nothing."""
    real = sys.stdin

    def at_terminal(text: str) -> int:
        from argparse import Namespace

        from tui.cli.console import Console

        typed(text)
        asked = Namespace(file=file, key=None, new_key=False, dry_run=False, yes=False, json=False)
        try:
            return restoring.restore(Console(asked, staffed.home, CONSOLE))
        finally:
            monkeypatch.setattr(sys, "stdin", real)

    with pytest.raises(Exception, match="Cancelled"):
        at_terminal("other-shop\n")
    assert not list(staffed.home.glob("shop-before-restore*"))
    assert at_terminal("Little-Shop\n") == 0
    assert list(staffed.home.glob("shop-before-restore*"))


def test_a_machine_that_has_nothing(staffed: Founded, file: str, run: Run, tmp_path: Path) -> None:
    """No key: both ways are said, and no folder is left. The copy of the key file: back to work. Another file: not this."""
    new = tmp_path / "new"
    refused = run("restore", file, "--yes", home=new)
    assert refused.code == 3
    assert "--key FILE" in refused.err and "--new-key" in refused.err
    assert run("restore", file, "--yes", "--key", file, home=new).code == 3
    assert not new.exists()
    assert run("restore", file, "--yes", "--key", str(tmp_path / "other" / "kept.key"), home=new).code == 0
    assert {path.name for path in new.iterdir()} >= {"shop.db", "key", "inbox", "outbox"}
    assert new.stat().st_mode & 0o777 == 0o700
    assert (new / "key").stat().st_mode & 0o777 == 0o600
    assert statuses(new)["bob"] == "active"
    assert (new / "key").read_bytes() == (staffed.home / "key").read_bytes()


def test_a_new_key_is_to_be_copied(file: str, run: Run, tmp_path: Path) -> None:
    """It says so, and the shop works."""
    ran = run("restore", file, "--yes", "--new-key", home=tmp_path / "new")
    assert (ran.code, "Copy it to a stick" in ran.err) == (0, True)
    assert run("audit", "verify", home=tmp_path / "new").code == 0
    assert run("restore", file, "--yes", "--new-key", home=tmp_path / "new").code == 0, "and once more, over that"


def test_what_is_no_backup_is_refused(file: str, run: Run, tmp_path: Path) -> None:
    """In a line, with exit code 3."""
    other = tmp_path / "other.zip"
    other.write_bytes(Path(file).read_bytes()[:-100])
    for each in (str(other), str(tmp_path / "none.zip"), str(tmp_path)):
        ran = run("restore", each, "--yes")
        assert (ran.code, ran.err.count("\n")) == (3, 1)
