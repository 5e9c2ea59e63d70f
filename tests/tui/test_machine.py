"""Who the log names when somebody acts at the machine."""

from __future__ import annotations

import os

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
