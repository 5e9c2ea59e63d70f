"""P12 with a real sshd: a device key lets in whose it is, as long as it does, and nobody else."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pyotp
import pytest

from models.operations import staff, totp
from models.rules import passwords
from tests import factories
from tests.factories import PASSWORD
from tests.terminal.processes import environment_of
from tests.terminal.ssh_shop import SshShop
from tests.terminal.sshd import HOST, fingerprint

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


# ---- while somebody is there


def test_p12_somebody_connected_is_out_at_once(ssh_shop: SshShop) -> None:
    """Key revoked, key past its end, account frozen: what was open closes by itself, and the terminal says why."""
    logins = ("rita", "stan", "thea")
    keys = {login: ssh_shop.person(login) for login in logins}
    with ExitStack() as stack:
        opened = {login: stack.enter_context(ssh_shop.signed_in(login, keys[login])) for login in logins}
        begun = time.monotonic()
        ssh_shop.revoke(keys["rita"])
        ssh_shop.expire(keys["stan"])
        ssh_shop.act(staff.freeze, "thea")
        assert "A device key of yours was revoked" in ssh_shop.left(opened["rita"])
        assert "Your device key has come to its end date." in ssh_shop.left(opened["stan"])
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
