"""P12 with a real sshd: a device key lets in whose it is, as long as it does, and nobody else."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import pyotp
import pytest

from models import clock
from models.operations import staff, totp
from models.rules import passwords
from tests import factories
from tests.factories import CONSOLE, PASSWORD
from tests.terminal.ssh_shop import DENIED, NO_TERMINAL, SshShop
from tests.terminal.sshd import HOST, environment_of, fingerprint, until

pytestmark = pytest.mark.slow

SOON: Final = 15.0
"""Seconds until a session that was ended is gone from the screen: three times what is promised, for a machine that is busy."""

REFUSED: Final = "Login and password do not match"
SHIFT_TAB: Final = "\x1b[Z"


def test_p12_the_key_says_who_it_is_and_the_log_says_which_key(ssh_shop: SshShop) -> None:
    """The login is filled in and stays, no other password will do; session and log have the key and the address, from first to last."""
    key = ssh_shop.person("alice", gave=["manager"])
    with ssh_shop.office() as found:
        found.person("bella")
    before = ssh_shop.head()
    with ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Login      alice", "Password")
        opened.settle()
        for _each in range(3):  # once around
            opened.press(SHIFT_TAB, "x")
        assert "Login      alice\n" in opened.text
        opened.type("x\r")
        opened.shows(REFUSED, "Login      alice\n")
        opened.type(f"{PASSWORD}\r")
        opened.shows("1 Home")
        opened.settle()
        opened.type("4/bella\r\r")
        opened.shows("little-shop:bella")
        opened.type("z")
        opened.shows("Freeze Bella?")
        opened.type("y")
        opened.shows("Bella is frozen.")
        opened.press("esc")
        opened.type("q")
        assert opened.ended() == 0
        assert PASSWORD.encode() not in opened.raw
    shown = fingerprint(key)
    ((device, address, terminal, end),) = ssh_shop.sessions("alice")
    assert (device, address, end) == (shown, HOST, "signed out")
    assert terminal.startswith("pts/")
    entries = ssh_shop.read("SELECT action, device, address FROM audit_entry WHERE seq > ? ORDER BY seq", before)
    assert [action for action, _device, _address in entries] == ["session.refuse", "session.start", "staff.freeze", "session.end"]
    assert {(device, address) for _action, device, address in entries} == {(shown, HOST)}
    ((used_at,),) = ssh_shop.read("SELECT used_at FROM device WHERE fingerprint = ?", shown)
    assert used_at


def test_p12_a_password_opens_nothing_with_another_ones_key(ssh_shop: SshShop) -> None:
    """Two people with two passwords: each is good with the own key only."""
    key = ssh_shop.person("carla")
    ssh_shop.write(
        "UPDATE credential SET password = ? WHERE staff_id = (SELECT id FROM staff WHERE login = 'carla')",
        passwords.digest("seven grey herons over wet fields"),
    )
    with ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Login      carla", "Password")
        opened.settle()
        opened.type(f"{PASSWORD}\r")
        opened.shows(REFUSED)
        opened.type("seven grey herons over wet fields\r")
        opened.shows("1 Home")


def test_p12_the_phone_is_asked_for_as_well(ssh_shop: SshShop) -> None:
    """The key is no second factor for whoever has TOTP on."""
    key = ssh_shop.person("tilda")
    with ssh_shop.office():
        tilda = factories.signed_in("tilda")
        secret = totp.begin(tilda).secret.replace(" ", "")
        totp.confirm(tilda, pyotp.TOTP(secret).now())
    with ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Login      tilda", "Password")
        opened.settle()
        opened.type(f"{PASSWORD}\r")
        opened.shows("the phone code that your app")
        opened.settle()
        opened.type(f"{pyotp.TOTP(secret).at(int(time.time()) + 30)}\r")
        opened.shows("1 Home")
    ((device, address, _terminal, _end),) = ssh_shop.sessions("tilda")
    assert (device, address) == (fingerprint(key), HOST)


# ---- who is not let in


def _expire(shop: SshShop, key: Path) -> None:
    shop.write("UPDATE device SET expires_at = ? WHERE fingerprint = ?", clock.now() - 1, fingerprint(key))


def _code_expires(shop: SshShop, login: str) -> None:
    whose = "(SELECT id FROM staff WHERE login = ?)"
    shop.write(f"UPDATE one_time_code SET created_at = 0, expires_at = ? WHERE staff_id = {whose}", clock.now() - 1, login)


def _act(shop: SshShop, act: Callable[..., object], login: str) -> None:
    with shop.office() as found:
        act(CONSOLE, found.id_of(login))


OUT: Final[dict[str, Callable[[SshShop, Path, str], None]]] = {
    "revoked": lambda shop, key, _login: shop.revoke(key),
    "expired": lambda shop, key, _login: _expire(shop, key),
    "frozen": lambda shop, _key, login: _act(shop, staff.freeze, login),
    "left": lambda shop, _key, login: _act(shop, staff.leave, login),
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
    _act(ssh_shop, staff.freeze, "thaw")
    assert DENIED in ssh_shop.knock(key)
    _act(ssh_shop, staff.unfreeze, "thaw")
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


# ---- while somebody is there


def test_p12_somebody_connected_is_out_at_once(ssh_shop: SshShop) -> None:
    """Key revoked, key past its end, account frozen: what was open closes by itself, and the terminal says why."""
    logins = ("rita", "stan", "thea")
    keys = {login: ssh_shop.person(login) for login in logins}
    with ExitStack() as stack:
        opened = {login: stack.enter_context(ssh_shop.signed_in(login, keys[login])) for login in logins}
        begun = time.monotonic()
        ssh_shop.revoke(keys["rita"])
        _expire(ssh_shop, keys["stan"])
        _act(ssh_shop, staff.freeze, "thea")
        assert "A device key of yours was revoked" in ssh_shop.left(opened["rita"])
        assert "This session was open" in ssh_shop.left(opened["stan"])
        assert "Your account was frozen." in ssh_shop.left(opened["thea"])
        assert time.monotonic() - begun < SOON
    assert [end for *_rest, end in ssh_shop.sessions("rita")] == ["device"]
    assert [end for *_rest, end in ssh_shop.sessions("thea")] == ["frozen"]


def test_p12_at_the_sign_in_screen_a_revoked_key_is_as_good_as_none(ssh_shop: SshShop) -> None:
    """Whoever was connected before opens nothing afterwards, with the right password, nor by a connection that was kept."""
    key = ssh_shop.person("urs")
    with ssh_shop.kept(key) as kept, ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Login      urs", "Password")
        opened.settle()
        ssh_shop.revoke(key)
        opened.type(f"{PASSWORD}\r")
        opened.shows(REFUSED)
        with ssh_shop.sshd.terminal(key, options=kept) as later:
            assert later.ended() == 1
            assert "Password" not in later.raw.decode()
    assert ssh_shop.sessions("urs") == []


def test_p12_somebody_invited_comes_to_activation_and_is_in_afterwards(ssh_shop: SshShop) -> None:
    """Nothing else is open before, and Esc leaves; from then on the key asks for the password."""
    key = ssh_shop.person("vera", status="invited")
    code = ssh_shop.code("vera")
    with ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Activate an account", "Your code", "vera")
        opened.settle()
        opened.press("esc")
        assert opened.ended() == 0
    with ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Activate an account", "Your code")
        opened.settle()
        opened.type(f"{code}\t{PASSWORD}\t{PASSWORD}\r")
        opened.shows("1 Home")
    with ssh_shop.sshd.terminal(key) as opened:
        opened.shows("Login      vera", "Password")
    assert {(device, address) for device, address, *_rest in ssh_shop.sessions("vera")} == {(fingerprint(key), HOST)}
    entries = ssh_shop.read("SELECT action, device, address FROM audit_entry WHERE actor = 'vera' ORDER BY seq")
    assert entries[0][0] == "staff.activate"
    assert {(device, address) for _action, device, address in entries} == {(fingerprint(key), HOST)}


def test_p12_what_a_client_sends_along_changes_nothing(ssh_shop: SshShop, tmp_path: Path) -> None:
    """Another's key, another address, another shop, all in the client's environment and in the name of its terminal."""
    key = ssh_shop.person("wanda")
    forged = tmp_path / "auth"
    owners = ssh_shop.key("owners")
    forged.write_text(f"publickey {Path(f'{owners}.pub').read_text(encoding='ascii')}", encoding="ascii")
    ssh_shop.enrol("owner", owners)
    marker = tmp_path / "marker"
    sent = {
        "SSH_USER_AUTH": str(forged),
        "SSH_CONNECTION": "203.0.113.9 1 203.0.113.9 22",
        "SSH_TTY": "/dev/tty1",
        "SHOPSTAFF_HOME": str(tmp_path),
        "LC_ALL": f"$(touch {marker})",
        "LC_TERMINAL": "zh_CN.UTF-8",
        "LANG": "zh_CN.UTF-8",
        "TERM": f"x\"; touch {marker}; $(touch {marker}) `touch {marker}` '\n\x1b]0;x\x07",
    }
    options = [word for name in sent for word in ("-o", f"SendEnv={name}")]
    with ssh_shop.signed_in("wanda", key, options=options, environment=sent) as opened:
        got = environment_of(ssh_shop.program_of(opened))
        assert set(got) == {b"PATH", b"HOME", b"LANG", b"TERM", b"SSH_CONNECTION", b"SSH_USER_AUTH", b"SSH_TTY"}
        assert got[b"TERM"].decode() == sent["TERM"]
        assert got[b"SSH_USER_AUTH"].startswith(b"/tmp/sshauth.")
        assert "wanda" in opened.text
    ((device, address, terminal, _end),) = ssh_shop.sessions("wanda")
    assert (device, address) == (fingerprint(key), HOST)
    assert terminal.startswith("pts/")
    assert not marker.exists()


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
