"""`shopstaff doctor`: what it says of machines and data folders that were tampered with, and how it ends."""

from __future__ import annotations

import os
import pwd
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models import clock, disk, shop
from tests.device_keys import enrolled
from tests.factories import DAY, Founded
from tests.tui.cli.conftest import Ran, Run
from tests.tui.doctor.test_sshd import DEFAULTS, UNTOLD
from tui import __main__ as entrance
from tui.cli import output, program, words
from tui.cli.ssh import GLOBAL, settings
from tui.doctor import sight
from tui.doctor.account import Account, Shadow
from tui.doctor.sight import Root, Sshd

Look = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without sshd, and an installation in which everything is as it should be; tests put in what they are about."""
    monkeypatch.setattr(sight, "sshd_program", lambda: None)
    monkeypatch.setattr(sight, "free", lambda _home: disk.LITTLE)
    monkeypatch.setattr(sight, "installed", list)
    monkeypatch.setattr(sight, "way", lambda _path: [])
    monkeypatch.setattr(sight, "answers", lambda _home, _user: (True, 0.05, ""))
    monkeypatch.setattr(sight, "account", lambda user, shadow: Account(user, "/bin/sh", runs=True, shadow=shadow))


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run: Run) -> Look:
    """Runs `doctor --json` on a machine with an sshd that says so much to root."""

    def look(home: Path, text: str, *, trouble: str = "", shadow: Shadow | None = None) -> Ran:
        monkeypatch.setattr(sight, "sshd_program", lambda: "/usr/sbin/sshd")
        capsys.readouterr()
        code = program.run(["doctor", "--json"], str(home), root=Root(Sshd(text, trouble), shadow))
        return Ran(code, *capsys.readouterr())

    return look


def verdicts(ran: Ran, about: str) -> list[str]:
    """Of all lines that are about this."""
    return [row["verdict"] for row in ran.json if row["about"] == about]


def told_right(home: Path) -> str:
    """What an sshd says that was told what `ssh config` prints for the shop in `home`."""
    user = pwd.getpwuid(home.stat().st_uid).pw_name
    return UNTOLD + "".join(f"{name.lower()} {value}\n" for name, value in (*GLOBAL, *settings(str(home), sys.executable, user)))


def test_a_sound_machine_is_told_in_lines_and_ends_well(little_shop: Founded, run: Run) -> None:
    """Every check has its line; to be looked at is not wrong."""
    ran = run("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert {"Python", "Compiled modules", "Data folder", "Free space", "Data", "Key file", "Clock", "sshd"} <= {row[1] for row in ran.rows}
    assert {row[0] for row in ran.rows} <= {"fine", "look"}
    assert all(len(row) == 4 and (row[0] == "fine") == (row[3] == "") for row in ran.rows)


def test_json_has_the_same_lines(little_shop: Founded, run: Run) -> None:
    """With stable keys."""
    rows = run("doctor", "--json").json
    assert [[row[name] for name in ("verdict", "about", "found", "todo")] for row in rows] == run("doctor").rows
    assert all(set(row) == {"verdict", "about", "found", "todo"} for row in rows)


def test_a_file_that_is_open_to_others_is_wrong(little_shop: Founded, run: Run) -> None:
    """Exit code 1, and what closes it."""
    (little_shop.home / "outbox").mkdir(mode=0o700, exist_ok=True)
    (little_shop.home / "outbox" / "staff.csv").touch()
    (little_shop.home / "outbox" / "staff.csv").chmod(0o644)
    ran = run("doctor", "--json")
    assert ran.code == 1
    (fault,) = [row for row in ran.json if row["verdict"] == "wrong"]
    assert "staff.csv" in fault["found"] and fault["todo"].startswith("chmod")


def _no_key(home: Path) -> None:
    (home / "key").unlink()


def _other_key(home: Path) -> None:
    (home / "key").write_bytes(secrets.token_bytes(32))


def _open_key(home: Path) -> None:
    (home / "key").chmod(0o604)


def _no_database(home: Path) -> None:
    (home / "shop.db").unlink()


def _no_header(home: Path) -> None:
    (home / "shop.db").write_bytes(b"no database at all" * 100)


@pytest.mark.parametrize(
    ("harm", "about"),
    [(_no_key, "Key file"), (_other_key, "Key file"), (_open_key, "Key file"), (_no_database, "Data"), (_no_header, "Data")],
)
def test_data_that_cannot_be_used_ends_with_three_and_the_other_lines(
    little_shop: Founded, run: Run, harm: Callable[[Path], None], about: str
) -> None:
    """The rest may be why."""
    shop.close()
    harm(little_shop.home)
    ran = run("doctor", "--json")
    assert (ran.code, ran.err) == (3, "")
    assert verdicts(ran, about) == ["wrong"]
    assert verdicts(ran, "Free space") == ["fine"]


def test_where_there_is_no_folder_that_is_what_is_wrong(run: Run, tmp_path: Path) -> None:
    """Nothing is made by looking."""
    ran = run("doctor", "--json", home=tmp_path / "nothing")
    assert ran.code == 3
    assert [row["about"] for row in ran.json if row["verdict"] == "wrong"] == ["Data"]
    assert not (tmp_path / "nothing").exists()


def test_a_clock_that_is_behind_and_a_disk_that_fills_are_to_be_looked_at(
    little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do; nothing is wrong by it yet."""
    now = clock.now()
    clock.set_clock(lambda: now - DAY)
    monkeypatch.setattr(sight, "free", lambda _home: disk.LITTLE - 1)
    try:
        ran = run("doctor", "--json")
    finally:
        clock.set_clock(None)
    assert ran.code == 0
    assert [verdicts(ran, about) for about in ("Clock", "Free space")] == [["look"], ["look"]]
    assert any("doctor --clock" in row["todo"] for row in ran.json)


def test_without_root_it_says_what_takes_root(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And by which command."""
    monkeypatch.setattr(sight, "sshd_program", lambda: "/usr/sbin/sshd")
    ran = run("doctor", "--json")
    assert verdicts(ran, "sshd") == ["look"]
    assert any(row["todo"].startswith("sudo /") for row in ran.json)


def test_an_sshd_that_was_told_right_is_fine(little_shop: Founded, look: Look) -> None:
    """By whatever name of the interpreter, and through a link to the folder."""
    enrolled(little_shop.id_of("owner"), "laptop")
    ran = look(little_shop.home, told_right(little_shop.home))
    assert (ran.code, verdicts(ran, "sshd")) == (0, ["fine"])
    link = little_shop.home.parent / "link"
    link.symlink_to(little_shop.home)
    assert verdicts(look(link, told_right(little_shop.home)), "sshd") == ["fine"]


def test_a_wrong_setting_is_wrong(little_shop: Founded, look: Look) -> None:
    """One line each."""
    text = (
        told_right(little_shop.home).replace("disableforwarding yes", "disableforwarding no").replace("permittunnel no", "permittunnel yes")
    )
    ran = look(little_shop.home, text)
    assert (ran.code, verdicts(ran, "sshd")) == (1, ["wrong", "wrong"])


def test_what_only_who_comes_over_ssh_needs_is_not_wrong_where_nobody_does(
    little_shop: Founded, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation in a clone of one's own answers no sshd, and nobody asks it; with the first key it has to."""
    monkeypatch.setattr(sight, "answers", lambda _home, _user: (False, 0.0, "No module named tui"))
    ran = look(little_shop.home, DEFAULTS)
    assert (ran.code, verdicts(ran, "sshd"), verdicts(ran, "Answer to sshd")) == (0, ["look"], ["look"])
    shop.open(little_shop.home)
    enrolled(little_shop.id_of("owner"), "laptop")
    ran = look(little_shop.home, DEFAULTS)
    assert (ran.code, verdicts(ran, "sshd"), verdicts(ran, "Answer to sshd")) == (1, ["wrong"], ["wrong"])


def test_an_sshd_that_says_nothing_is_wrong(little_shop: Founded, look: Look) -> None:
    """In its own words, whatever is in them."""
    ran = look(little_shop.home, "", trouble="line 3: Bad configuration option: \x1b[31mX")
    assert ran.code == 1
    assert "Bad configuration option" in ran.out and "\x1b" not in ran.out


def test_a_locked_account_is_wrong_where_sshd_does_not_ask_pam(little_shop: Founded, look: Look) -> None:
    """And nothing to speak of where it does."""
    right, locked = told_right(little_shop.home), Shadow(locked=True)
    user = f"User {pwd.getpwuid(os.geteuid()).pw_name}"
    assert verdicts(look(little_shop.home, right, shadow=locked), user) == ["fine"]
    assert verdicts(look(little_shop.home, right.replace("usepam yes", "usepam no"), shadow=locked), user) == ["wrong"]


def test_a_folder_that_sshd_cannot_be_told_of_is_wrong(little_shop: Founded, look: Look) -> None:
    """`ssh config` refuses it, too."""
    spaced = little_shop.home.parent / "the shop"
    shop.close()
    little_shop.home.rename(spaced)
    ran = look(spaced, told_right(spaced))
    assert ran.code == 1 and "the shop" in ran.out


def test_a_slow_answer_is_to_be_looked_at(little_shop: Founded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who connects waits for it."""
    monkeypatch.setattr(sight, "answers", lambda _home, _user: (True, 9.0, ""))
    assert verdicts(look(little_shop.home, told_right(little_shop.home)), "Answer to sshd") == ["look"]


def test_a_terminal_gets_marks_or_words_where_it_has_no_marks(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question mark for every verdict would tell nothing."""
    monkeypatch.setattr(output, "form_for", lambda *, as_json: output.TABLE)
    out = run("doctor").out
    assert "✓" in out and "▲" in out and "→" in out
    monkeypatch.setattr(words, "_MARKS", dict.fromkeys(("fine", "look", "wrong"), "\ud800"))  # which no terminal has
    assert "✓" not in run("doctor").out


def test_root_looks_before_it_becomes_somebody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Afterwards sshd would tell nothing; no other command makes root look."""
    seen: list[object] = []
    found = Root(None, None)

    def look_as_root(home: str) -> Root:
        seen.append(home)
        return found

    def run(_words: object, _home: str, *, operator: str, root: Root | None) -> int:
        seen.append(root)
        return 0

    monkeypatch.setattr(os, "environ", {"PATH": "/bin"})
    monkeypatch.setattr(entrance, "become_owner", lambda home: seen.append("became"))
    monkeypatch.setattr(sight, "as_root", look_as_root)
    monkeypatch.setattr(program, "run", run)
    home = str(tmp_path)
    assert entrance.main(["--home", home, "doctor"]) == 0
    assert seen == [home, "became", found]
    seen.clear()
    assert entrance.main(["--home", home, "staff", "list"]) == 0
    assert seen == ["became", None]
