"""What is done before anything else is imported."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.factories import Founded
from tests.source import ROOT
from tui import __main__ as program, machine

HOSTILE = (
    "TEXTUAL_DEBUG",
    "TEXTUAL_LOG",
    "TEXTUAL_DRIVER",
    "LC_TERMINAL",
    "PYTHONPATH",
    "LD_PRELOAD",
    "XDG_DATA_HOME",
    "COLUMNS",
    "SUDO_USER",
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment of the test's own, that the program may scrub."""
    mine = {
        "PATH": "/bin",
        "HOME": "/h",
        "LANG": "C",
        "TERM": "xterm",
        "SHOPSTAFF_HOME": "/x",
        "LC_ALL": "C",
        **dict.fromkeys(HOSTILE, "1"),
    }
    monkeypatch.setattr(os, "environ", mine)
    return mine


def test_only_what_is_known_to_be_harmless_is_kept(environment: dict[str, str]) -> None:
    """Then come the settings that Textual is to find."""
    program.scrub()
    assert environment.keys() - program.TEXTUAL.keys() - program.TEXTUAL_AT_TERMINAL.keys() == {
        *("PATH", "HOME", "LANG", "TERM", "SHOPSTAFF_HOME", "LC_ALL")
    }
    assert environment["TEXTUAL_DISABLE_KITTY_KEY"] == "1"


def test_who_comes_over_ssh_chooses_no_folder(environment: dict[str, str]) -> None:
    """Where sshd opened the session for the screens; and there are fewer frames."""
    environment.update(SSH_USER_AUTH="/run/auth", SSH_CONNECTION="203.0.113.7 1 203.0.113.1 22", SSH_TTY="/dev/pts/1")
    program.scrub()
    assert "SHOPSTAFF_HOME" not in environment
    assert "LC_ALL" not in environment
    assert environment["TEXTUAL_FPS"] == "15"
    assert environment["SSH_CONNECTION"].startswith("203.0.113.7 ")


@pytest.mark.parametrize(("user", "name"), [(0, "1"), (1000, "")])
def test_only_root_may_say_who_it_was(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, user: int, name: str) -> None:
    """Anybody else could set the variable themselves."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert program.scrub() == name


def test_the_environment_is_scrubbed_before_anything_of_ours_is_imported() -> None:
    """The module imports nothing but `os` and `sys` by itself."""
    text = (ROOT / "tui" / "__main__.py").read_text(encoding="utf-8")
    imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert imports == ["from __future__ import annotations", "import os", "import sys"]
    body = text.partition("def main(")[2].partition("\ndef ")[0]
    assert body.index("os.umask(0o077)") < body.index("scrub()") < body.index("from tui")


@pytest.mark.parametrize(
    ("words", "home", "rest"),
    [
        (["--home", "/a", "check"], "/a", ["check"]),
        (["--home=/a", "check"], "/a", ["check"]),
        (["check", "--home", "/a"], "/a", ["check", "--home", "/a"]),
        (["check"], "/x", ["check"]),
        (["check", "--", "--home", "/a"], "/x", ["check", "--", "--home", "/a"]),
        (["--home"], "/x", ["--home"]),
        ([], "/x", []),
    ],
)
def test_the_folder_is_read_before_the_rest(environment: dict[str, str], words: list[str], home: str, rest: list[str]) -> None:
    """The command line counts before the environment."""
    assert program.home_of(words) == home
    assert program.without_home(words) == rest


def test_root_becomes_the_owner_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups first, the user last, because after that nothing else would be allowed."""
    calls: list[tuple[str, object]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "stat", lambda _path: SimpleNamespace(st_uid=1234, st_gid=56))
    for name in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda value, name=name: calls.append((name, value)))
    program.become_owner(str(tmp_path))
    assert calls == [("setgroups", []), ("setgid", 56), ("setuid", 1234)]


@pytest.mark.parametrize("closed", [program.__file__, os.__file__])
def test_an_owner_who_cannot_read_the_program_is_told_in_one_line(
    closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where it, or the Python that it runs on, lies in root's own folder, say, nothing more could be imported."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "stat", lambda _path: SimpleNamespace(st_uid=1234, st_gid=56))
    for name in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda _value: None)
    monkeypatch.setattr(os, "access", lambda path, _mode: path != closed)
    with pytest.raises(SystemExit) as ended:
        program.become_owner(str(tmp_path))
    assert ended.value.code == 3
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("euid", "owner"), [(1000, 1234), (0, 0), (0, None)])
def test_nobody_else_becomes_anybody(monkeypatch: pytest.MonkeyPatch, euid: int, owner: int | None) -> None:
    """Not somebody else's user, not for root's own folder, not where there is no folder yet."""

    def stat(_path: str) -> SimpleNamespace:
        if owner is None:
            raise FileNotFoundError
        return SimpleNamespace(st_uid=owner, st_gid=56)

    def never(_value: object) -> None:
        raise AssertionError

    monkeypatch.setattr(os, "geteuid", lambda: euid)
    monkeypatch.setattr(os, "stat", stat)
    for name in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, never)
    program.become_owner("/anywhere")
    assert sys.modules


def test_the_default_folder_is_the_platforms_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the home folder, whatever else the environment says of data."""
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert program._default_home() == "/h/.local/share/shopstaff"


@pytest.fixture
def umask() -> Iterator[None]:
    """Whatever the program sets it to, it is as it was afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_every_command_finds_its_way(environment: dict[str, str], little_shop: Founded, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` by the short one, the others by the long one; files are for nobody else from the first moment on."""
    home = str(little_shop.home)
    assert program.main(["--home", home, "check", "owner", "goods.view"]) == 0
    assert program.main(["--home", home, "check", "owner", "goods.view", "more"]) == 2
    assert program.main(["check", "owner", "goods.view"]) == 3
    assert "/x" in capsys.readouterr().err
    assert program.main(["role", "list", "--json", "--home", home]) == 0
    assert '"manager"' in capsys.readouterr().out
    assert program.main([]) == 2
    assert os.umask(0o077) == 0o077


def test_the_operator_is_who_it_really_was() -> None:
    """By sudo, whoever that was; else the user of the process, by name or by number."""
    assert machine.operator("alice") == "alice"
    assert machine.operator() == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container."""
    monkeypatch.setattr(os, "getuid", lambda: 123456)
    assert machine.operator() == "123456"
