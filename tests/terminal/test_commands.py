"""Commands at a terminal: a table to read, questions that show no answer, a bar that moves."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.terminal.terminal import run_in_terminal, terminal

PASSWORD = "seven grey herons over wet fields"
INIT = ("init", "--shop", "小店", "--code", "little-shop", "--owner", "alice", "--name", "Alice 王丽")


def test_a_password_is_asked_for_twice_and_never_shown(tmp_path: Path) -> None:
    """The shop stands afterwards."""
    code, seen = run_in_terminal(("--home", str(tmp_path / "home"), *INIT), ("New password", PASSWORD), ("The same again", PASSWORD))
    assert code == 0
    assert PASSWORD not in seen
    assert "little-shop" in seen


def test_two_different_passwords_are_refused(tmp_path: Path) -> None:
    """And nothing is made."""
    code, seen = run_in_terminal(
        ("--home", str(tmp_path / "home"), *INIT), ("New password", PASSWORD), ("The same again", "something else")
    )
    assert code == 2
    assert "two different passwords" in seen
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(("language", "heading"), [("en_GB.UTF-8", "Department"), ("zh_CN.UTF-8", "部门")])
def test_a_list_is_a_table_whose_columns_stand_below_each_other(home: Path, language: str, heading: str) -> None:
    """Also under names of double width; nothing that is in the data is markup, or steers."""
    with sqlite3.connect(home / "shop.db") as bare:
        bare.execute("UPDATE staff SET name = ? WHERE is_owner = 1", ("王[red]丽[/] :smile:",))
    bare.close()
    with terminal("--home", str(home), "staff", "list", environment={"LANG": language}, size=(100, 24)) as opened:
        assert opened.ended() == 0
        first, second = (line for line in opened.text.splitlines() if line.strip())
    assert heading in first
    assert "王[red]丽[/] :smile:" in second
    assert "\t" not in second


def test_a_command_without_colours_has_none(home: Path) -> None:
    """`NO_COLOR` is heard."""
    code, seen = run_in_terminal(("--home", str(home), "role", "list"), environment={"NO_COLOR": "1"})
    assert code == 0
    assert "\x1b[3" not in seen


def test_whoever_asks_at_a_terminal_is_told_in_words(home: Path) -> None:
    """A program reads the exit code; a person would see nothing."""
    code, seen = run_in_terminal(("--home", str(home), "check", "owner", "goods.view"))
    assert (code, seen.count("\n")) == (0, 1)
    assert "owner may use" in seen


def test_an_import_shows_how_far_it_is(home: Path, tmp_path: Path) -> None:
    """On the terminal's own line, which is gone afterwards; the codes stand in a table."""
    file = tmp_path / "people.csv"
    file.write_text("login,name,post\n" + "".join(f"p{number:03},Person {number},service\n" for number in range(120)), encoding="utf-8")
    with terminal("--home", str(home), "import", str(file), size=(100, 200)) as opened:
        assert opened.ended() == 0
        assert b"100 %" in opened.raw
        assert "%" not in opened.text
        assert "Onboarded: 120." in opened.text
