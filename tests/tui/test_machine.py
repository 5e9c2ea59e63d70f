"""Who the log names when somebody acts at the machine."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from tui import __main__ as program, machine


@pytest.mark.parametrize(("sudo_user", "name"), [("alice", "alice"), (None, "root"), ("", "root")])
def test_root_is_named_although_it_becomes_the_owner_of_the_folder(
    monkeypatch: pytest.MonkeyPatch, sudo_user: str | None, name: str
) -> None:
    """Whoever called sudo, else root itself; never the owner, whom root becomes before anybody asks."""
    monkeypatch.setattr(os, "environ", {"SUDO_USER": sudo_user} if sudo_user is not None else {})
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    named = program.scrub()
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert machine.operator(named) == name


@pytest.mark.parametrize(
    ("host", "connection", "command"),
    [
        ("counter", "", "ssh shop@counter"),
        ("counter", "203.0.113.9 50022 192.0.2.7 22", "ssh shop@counter"),
        ("counter", "203.0.113.9 50022 192.0.2.7 2222", "ssh -p 2222 shop@counter"),
        ("localhost", "203.0.113.9 50022 192.0.2.7 2222", "ssh -p 2222 shop@192.0.2.7"),
        ("localhost", "", ""),
        ("", "", ""),
    ],
)
def test_what_connects_to_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, connection: str, command: str) -> None:
    """As the user whose the data folder is, under the name that the machine has, at the port that somebody came by; or nothing at all."""
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", host, "", "", "")))
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name="shop") if uid == tmp_path.stat().st_uid else None)
    assert machine.way_in(str(tmp_path), {"SSH_CONNECTION": connection} if connection else {}) == command


def test_where_the_folder_is_nobodys_nothing_connects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user without a name, and a folder that is not there."""

    def nameless(_uid: int) -> object:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nameless)
    assert machine.way_in(str(tmp_path), {}) == ""
    assert machine.way_in(str(tmp_path / "gone"), {}) == ""
