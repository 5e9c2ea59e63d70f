"""P12 with a real sshd: whom it does not let in, and that nobody is let in where the shop cannot be asked."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from models import clock
from models.operations import staff
from tests.terminal.processes import until
from tests.terminal.ssh_shop import DENIED, NO_TERMINAL, SshShop

pytestmark = pytest.mark.slow


def _code_expires(shop: SshShop, login: str) -> None:
    whose = "(SELECT id FROM staff WHERE login = ?)"
    shop.write(f"UPDATE one_time_code SET created_at = 0, expires_at = ? WHERE staff_id = {whose}", clock.now() - 1, login)


OUT: Final[dict[str, Callable[[SshShop, Path, str], None]]] = {
    "revoked": lambda shop, key, _login: shop.revoke(key),
    "expired": lambda shop, key, _login: shop.expire(key),
    "frozen": lambda shop, _key, login: shop.act(staff.freeze, login),
    "left": lambda shop, _key, login: shop.act(staff.leave, login),
    "code expired": lambda shop, _key, login: _code_expires(shop, login),
}


@pytest.mark.parametrize("how", OUT)
def test_p12_who_may_come_no_longer_is_out_at_the_next_connection(how: str, ssh_shop: SshShop) -> None:
    """Let in before, and at once no more: no program of ours begins, and nothing is said but what sshd says to everybody."""
    login = f"out{list(OUT).index(how)}"
    key = ssh_shop.person(login, status="invited" if how == "code expired" else "active")
    assert NO_TERMINAL in ssh_shop.knock(key)
    OUT[how](ssh_shop, key, login)
    said = ssh_shop.knock(key)
    assert DENIED in said
    assert "shopstaff" not in said
    assert ssh_shop.sessions(login) == []


def test_p12_who_is_unfrozen_is_let_in_again(ssh_shop: SshShop) -> None:
    """By the same key."""
    key = ssh_shop.person("thaw")
    ssh_shop.act(staff.freeze, "thaw")
    assert DENIED in ssh_shop.knock(key)
    ssh_shop.act(staff.unfreeze, "thaw")
    assert NO_TERMINAL in ssh_shop.knock(key)


def test_p12_a_key_that_nobody_has_is_out(ssh_shop: SshShop) -> None:
    """And so is that of somebody of another shop, whose sshd would let it in."""
    assert DENIED in ssh_shop.knock(ssh_shop.key("nobodys"))
    abroad = ssh_shop.key("abroad")
    other = ssh_shop.home.with_name("other")
    shutil.copytree(ssh_shop.home, other)
    here, ssh_shop.home = ssh_shop.home, other
    try:
        ssh_shop.enrol("owner", abroad)
        line = ssh_shop.answer(abroad)
    finally:
        ssh_shop.home = here
    assert f"--home {other}" in line
    assert DENIED in ssh_shop.knock(abroad)


def test_p12_no_password_and_no_other_user_is_taken(ssh_shop: SshShop) -> None:
    """Nothing but keys is offered to the shop's user; a good key is nobody else's."""
    key = ssh_shop.person("strict")
    asked = (
        "-o",
        "PreferredAuthentications=none,password,keyboard-interactive,hostbased",
        "-o",
        "BatchMode=no",
        "-o",
        "NumberOfPasswordPrompts=1",
    )
    assert DENIED in ssh_shop.knock(key, *asked)
    assert "Permission denied" in ssh_shop.knock(key, "-l", "daemon")


# ---- where nothing can be asked


@contextmanager
def _moved(home: Path) -> Iterator[None]:
    home.rename(home.with_name("elsewhere"))
    try:
        yield
    finally:
        home.with_name("elsewhere").rename(home)


@contextmanager
def _damaged(home: Path) -> Iterator[None]:
    kept = (home / "shop.db").read_bytes()
    try:
        (home / "shop.db").write_bytes(kept[:4096] + bytes(len(kept) - 4096))
        yield
    finally:
        (home / "shop.db").write_bytes(kept)


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    with closing(sqlite3.connect(home / "shop.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("harm", [_moved, _damaged, _locked], ids=["moved", "damaged", "locked"])
def test_p12_where_the_data_cannot_be_asked_nobody_is_let_in(
    harm: Callable[[Path], AbstractContextManager[None]], ssh_shop: SshShop
) -> None:
    """And everybody is, as soon as it can."""
    key = ssh_shop.key("yves")
    if not ssh_shop.read("SELECT 1 FROM staff WHERE login = 'yves'"):
        ssh_shop.person("yves")
    ssh_shop.is_empty()
    with harm(ssh_shop.home):
        assert DENIED in ssh_shop.knock(key)
    until(lambda: NO_TERMINAL in ssh_shop.knock(key), "the door to open again")
