"""`ssh keys`: what sshd asks before it believes anybody. Where anything is wrong it prints nothing, by which nobody gets in."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from models import bare, clock, db, key_file, shop, sqlite
from models.operations import codes, devices, security, sessions, staff
from models.tables import Device
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded
from tests.models.doors import Watch
from tests.tui.cli.conftest import Ran, Run
from tests.tui.keys import bare as bare_key, enrolled, fingerprint, opening_line
from tui import forced
from tui.cli import keys

USER = pwd.getpwuid(os.getuid()).pw_name

Ask = Callable[..., Ran]


@pytest.fixture
def ask(staffed: Founded, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Asks as sshd does, on the short way; for bob's key unless another is named."""

    def ask(mark: str = fingerprint("bob"), *, user: str = USER, home: Path | str = staffed.home) -> Ran:
        capsys.readouterr()
        code = keys.run(str(home), user, mark)
        out, err = capsys.readouterr()
        assert out == "" or code == 0
        return Ran(code, out, err)

    return ask


@pytest.mark.parametrize("login", ["owner", "bob", "mia"])
def test_p12_a_live_key_is_one_line_that_opens_the_screens_and_nothing_else(staffed: Founded, ask: Ask, login: str) -> None:
    """Nothing but a terminal is allowed, and the command is the forced one, in case sshd was told of none."""
    mark = enrolled(staffed, login)
    ran = ask(mark)
    assert ran == (0, opening_line(staffed.home, login), "")
    assert ran.out.startswith('restrict,pty,command="exec /usr/bin/env -i ')
    assert ran.out.endswith(f'-m tui --home {staffed.home}" {bare_key(login)}\n')
    assert "example" not in ran.out  # the comment is somebody's words


def test_asking_writes_nothing(staffed: Founded, ask: Ask) -> None:
    """A stranger makes sshd ask as often as they like, and leaves no trace in the data."""
    enrolled(staffed, "bob")
    shop.close()
    before = {path.name: path.read_bytes() for path in staffed.home.iterdir() if path.is_file()}
    assert ask().out
    assert not ask(fingerprint("nobody's")).out
    assert {path.name: path.read_bytes() for path in staffed.home.iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    "mark",
    ["", " ", "SHA256:", "MD5:" + ":".join(["00"] * 16), "%f", "x" * 100_000, "' OR 1=1 --", "SHA256:" + "Ü" * 43, "\udcff", "-", "\n"],
)
def test_p12_a_key_that_nobody_has_opens_nothing(staffed: Founded, ask: Ask, mark: str) -> None:
    """Nor does what is no fingerprint at all; that is no error, or the log would be a stranger's to fill."""
    enrolled(staffed, "bob")
    assert ask(mark) == (0, "", "")


def test_a_fingerprint_is_taken_as_it_is(staffed: Founded, ask: Ask) -> None:
    """Neither folded, nor trimmed, nor completed."""
    mark = enrolled(staffed, "bob")
    for near in (mark.lower(), f" {mark}", f"{mark}=", mark[:-1], mark.removeprefix("SHA256:"), mark.replace("SHA256", "sha256")):
        assert ask(near) == (0, "", "")


@pytest.mark.parametrize("user", ["", "no such user", "nobody", "\udcff", "-", "0"])
def test_p12_only_the_user_who_owns_the_data_folder_is_let_in(staffed: Founded, ask: Ask, user: str) -> None:
    """Were sshd to ask for everybody, a colleague's key would open root's account."""
    enrolled(staffed, "bob")
    assert ask(user=user) == (0, "", "")


def revoke(shop: Founded) -> None:
    """The owner revokes the key."""
    devices.revoke(CONSOLE, Device.get(Device.fingerprint == fingerprint("bob")).id)


def freeze(shop: Founded) -> None:
    """Bob is frozen."""
    staff.freeze(CONSOLE, shop.id_of("bob"))


def leave(shop: Founded) -> None:
    """Bob leaves."""
    staff.leave(CONSOLE, shop.id_of("bob"))


def leave_and_return(shop: Founded) -> None:
    """Bob leaves, and is brought back: without what he had."""
    leave(shop)
    staff.reinstate(CONSOLE, shop.id_of("bob"))


def reset(shop: Founded) -> None:
    """What bob proves who he is with is void, keys and all."""
    security.reset(CONSOLE, shop.id_of("bob"), devices=True)


@pytest.mark.parametrize("act", [revoke, freeze, leave, leave_and_return, reset])
def test_p12_what_shuts_a_person_out_shuts_the_key_out_at_once(staffed: Founded, ask: Ask, act: Callable[[Founded], None]) -> None:
    """The next time that sshd asks; a colleague's goes on."""
    enrolled(staffed, "bob")
    mias = enrolled(staffed, "mia")
    assert ask().out
    act(staffed)
    assert ask() == (0, "", "")
    assert ask(mias).out


def test_unfreezing_lets_the_key_in_again(staffed: Founded, ask: Ask) -> None:
    """It was never revoked."""
    enrolled(staffed, "bob")
    freeze(staffed)
    staff.unfreeze(CONSOLE, staffed.id_of("bob"))
    assert ask().out


def test_p12_a_key_opens_through_its_last_moment_and_a_clock_set_back_brings_none_back(staffed: Founded, ask: Ask) -> None:
    """What was in the log once counts as the time."""
    watch = Watch()
    clock.set_clock(watch)
    enrolled(staffed, "bob", until=watch.now + 60_000_000)
    watch.passes(60)
    assert ask().out
    watch.now += 1
    assert ask() == (0, "", "")
    staff.freeze(CONSOLE, staffed.id_of("mia"))  # somebody does something: that is what is remembered
    watch.passes(-3600)
    assert ask() == (0, "", "")


def test_p12_who_is_invited_comes_in_as_long_as_their_code_is_good(staffed: Founded, ask: Ask) -> None:
    """Not once it has expired; a new one opens again; a used one made them active."""
    watch = Watch()
    clock.set_clock(watch)
    staffed.person("asked", status="invited")
    mark = enrolled(staffed, "asked")
    assert ask(mark).out == opening_line(staffed.home, "asked")
    watch.now += 7 * DAY + 1
    assert ask(mark) == (0, "", "")
    fresh = codes.renew(CONSOLE, staffed.id_of("asked"))
    assert ask(mark).out
    sessions.activate(STRANGER, "asked", fresh.code, PASSWORD)
    assert ask(mark).out
    watch.now += 30 * DAY
    assert ask(mark).out


def harm(file: Path, sql: str) -> None:
    """Do something to the database that no operation would."""
    with sqlite3.connect(file) as connection:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no database at all, but long enough to be one" * 100),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(file.read_bytes()[:4096] + b"\xff" * (file.stat().st_size - 4096)),
        lambda file: harm(file, "INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '')"),
        lambda file: harm(file, "DROP TABLE device"),
        lambda file: (file.unlink(), file.mkdir()),
    ],
    ids=["missing", "empty", "other", "short", "overwritten", "newer", "table", "folder"],
)
def test_p12_data_that_cannot_be_used_lets_nobody_in(staffed: Founded, ask: Ask, damage: Callable[[Path], object]) -> None:
    """One line on standard error for sshd's log, and exit code 3."""
    enrolled(staffed, "bob")
    shop.close()
    damage(staffed.home / db.FILE_NAME)
    ran = ask()
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "Traceback" not in ran.err


def test_a_folder_that_is_not_there_lets_nobody_in(ask: Ask, tmp_path: Path) -> None:
    """It has no owner whom anybody could come as; and none is made."""
    assert ask(home=tmp_path / "none") == (0, "", "")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["with blank", "quo'te", 'quo"te', "dollar$HOME", "per%h", "新店", "semi;colon", "new\nline", "back\\"])
def test_a_folder_that_a_shell_would_read_otherwise_lets_nobody_in(staffed: Founded, ask: Ask, tmp_path: Path, name: str) -> None:
    """`ssh config` refuses it as well, and says so."""
    enrolled(staffed, "bob")
    shop.close()
    shutil.move(staffed.home, tmp_path / name)
    assert ask(home=tmp_path / name) == (0, "", "")


def test_a_folder_named_from_the_current_one_lets_nobody_in(staffed: Founded, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command would be run somewhere else."""
    enrolled(staffed, "bob")
    monkeypatch.chdir(staffed.home.parent)
    assert ask(home=staffed.home.name) == (0, "", "")


def test_a_database_that_somebody_holds_on_to_lets_nobody_in(staffed: Founded, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the wait of every command, which is shorter than the patience of sshd (LoginGraceTime, two minutes)."""
    assert sqlite.BUSY_SECONDS < 60
    enrolled(staffed, "bob")
    shop.close()
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(staffed.home / db.FILE_NAME, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        ran = ask()
        holder.execute("ROLLBACK")
    finally:
        holder.close()
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert ask().out


def test_without_the_key_file_it_is_the_screens_that_say_so(staffed: Founded, ask: Ask, run: Run) -> None:
    """Nothing of a device key hangs on it, and a connection that is closed without a word helps nobody."""
    enrolled(staffed, "bob")
    shop.close()
    (staffed.home / key_file.NAME).unlink()
    assert ask().out == opening_line(staffed.home, "bob")
    assert run("device", "list").code == 3


def test_tables_of_an_older_version_are_brought_up_to_date_first(staffed: Founded, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the first start after an upgrade could come from nobody."""
    enrolled(staffed, "bob")
    shop.close()
    opened: list[Path] = []
    real = shop.open
    folder = staffed.home / "migrations"
    shutil.copytree(bare._MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "0999_later.py").write_text("")
    with monkeypatch.context() as patch:
        patch.setattr(bare, "_MIGRATIONS", str(folder))

        def opening(home: Path) -> None:
            opened.append(home)
            patch.undo()
            real(home)

        patch.setattr(shop, "open", opening)
        assert ask().out == opening_line(staffed.home, "bob")
    assert opened == [staffed.home]


def test_a_mistake_of_ours_lets_nobody_in(staffed: Founded, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is: a reference to what was noted, and no line."""

    def fail(*_arguments: object) -> str:
        raise ZeroDivisionError

    enrolled(staffed, "bob")
    monkeypatch.setattr(forced, "key_line", fail)
    ran = ask()
    assert (ran.code, ran.out) == (3, "")
    assert "reference E-" in ran.err
