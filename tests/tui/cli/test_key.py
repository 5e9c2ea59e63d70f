"""A key file that is missing, another shop's, or open to others: every command refuses in one line, with exit code 3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models import db, key_file, shop
from models.errors import DataUnusable
from tests.device_keys import ed25519
from tests.factories import PASSWORD, Founded
from tests.screens.look import grid, settle
from tests.screens.program import program
from tests.tui.cli.conftest import Run
from tests.tui.cli.test_parser import PROMISED


def gone(key: Path) -> None:
    """Lost with the stick that it was moved to."""
    key.unlink()


def another(key: Path) -> None:
    """Of another shop."""
    key.write_bytes(bytes(32))


def short(key: Path) -> None:
    """Cut off by a disk that was full."""
    key.write_bytes(key.read_bytes()[:31])


def exposed(key: Path) -> None:
    """Readable by everybody on the machine."""
    key.chmod(0o644)


WRONGS: dict[str, Callable[[Path], None]] = {each.__name__: each for each in (gone, another, short, exposed)}
WITHOUT = {("demo",), ("init",), ("check",), ("ssh", "keys"), ("doctor",), ("restore",)}
"""What founds a shop, needs no key, is there to say what is wrong, or brings a key along."""

COMMANDS = sorted({words for words in PROMISED if not {words, words[:1], words[:2]} & WITHOUT or words == ("doctor", "--clock")})


@pytest.mark.parametrize("wrong", WRONGS)
def test_p7_no_command_goes_on_without_the_shops_key(
    staffed: Founded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """Nothing is printed or changed; the line says what is the matter with which file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("login,name,post\nzoe,Zoe,service\n")
    (tmp_path / "chats.jsonl").touch()
    (tmp_path / "laptop.pub").write_text(ed25519("laptop"), encoding="ascii")
    shop.close()
    WRONGS[wrong](staffed.home / key_file.NAME)
    before = (staffed.home / db.FILE_NAME).read_bytes()
    for words in COMMANDS:
        ran = run(*words, stdin="x\ny\n")
        assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1), words
        assert "key" in ran.err, words
        assert "Traceback" not in ran.err
    assert (staffed.home / db.FILE_NAME).read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.csv")] == ["people.csv"]


@pytest.mark.parametrize("wrong", WRONGS)
def test_p7_check_judges_access_and_needs_no_key(staffed: Founded, run: Run, wrong: str) -> None:
    """What other programs ask at every click does not stop with it."""
    WRONGS[wrong](staffed.home / key_file.NAME)
    assert run("check", "bob", "goods.view").code == 0
    assert run("check", "bob", "goods.delete").code == 1


@pytest.mark.parametrize("wrong", WRONGS)
def test_p7_the_screens_do_not_open_without_the_shops_key(staffed: Founded, wrong: str) -> None:
    """They refuse at the door, and nobody's data is shown."""
    shop.close()
    WRONGS[wrong](staffed.home / key_file.NAME)
    with pytest.raises(DataUnusable) as refused:
        shop.open(staffed.home)
    assert refused.value.exit_code == 3
    assert "\n" not in str(refused.value)


async def test_p7_a_key_that_goes_while_the_screens_are_open_is_told(staffed: Founded) -> None:
    """Signing in needs it; the password stays in its field, for nothing is wrong with it."""
    async with program(staffed.home) as (app, pilot):
        (staffed.home / key_file.NAME).unlink()
        await pilot.press(*"owner", "tab", *PASSWORD, "enter")
        await settle(pilot)
        assert "“key” is missing" in grid(app)
        assert app.actor is None
