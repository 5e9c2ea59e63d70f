"""How somebody came, as sshd tells it: what cannot be told for sure is not believed."""

from __future__ import annotations

import os
import pty
import sys
import threading
from pathlib import Path

import pytest

from tests.device_keys import ed25519, rsa
from tests.tui.keys import bare, fingerprint, told
from tui import arrival


def test_p12_the_key_that_sshd_let_in_is_known_by_its_fingerprint(tmp_path: Path) -> None:
    """One line, as sshd writes it, with and without its end."""
    for end in ("\n", ""):
        assert arrival.device(told(tmp_path, f"publickey {bare('bob')}{end}")) == fingerprint("bob")
    assert arrival.device(told(tmp_path, f"publickey {rsa(3072)}\n")).startswith("SHA256:")


@pytest.mark.parametrize(
    "proved",
    [
        "",
        "\n",
        "publickey",
        "publickey \n",
        "password\n",
        f"password {bare('bob')}\n",
        "keyboard-interactive/pam\n",
        "hostbased ssh-ed25519 AAAA\n",
        f"publickey {bare('bob')}\npublickey {bare('eve')}\n",
        f"publickey {bare('bob')}\npassword\n",
        f"publickey {bare('bob')}\n\n",
        f"\npublickey {bare('bob')}\n",
        f"publickey {bare('bob')[:60]}\n",
        f"{bare('bob')}\n",
        f"Publickey {bare('bob')}\n",
        "publickey ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t\n",
        f"publickey {bare('bob').replace('ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com')}\n",
        f"publickey {rsa(1024)}\n",
        f"publickey {bare('bob')}\n" + " " * 40_000,
        f"publickey {bare('bob')}\n" * 1000,
        "x" * 5_000_000,
    ],
)
def test_p12_what_is_not_one_key_tells_nothing(tmp_path: Path, proved: str) -> None:
    """Two ways of proving, none, a certificate, half a key, one of a kind that is not taken, and far too much."""
    assert arrival.device(told(tmp_path, proved)) == ""


def test_bytes_that_are_no_text_tell_nothing(tmp_path: Path) -> None:
    """Nothing is raised for them either."""
    file = tmp_path / "sshauth"
    for content in (b"\xff\xfe\0p", b"\0" * 100, "publickey 终".encode(), b"publickey \x1b]52;c;\x07"):
        file.write_bytes(content)
        assert arrival.device({"SSH_USER_AUTH": str(file)}) == ""


def test_where_there_is_no_file_nothing_is_told(tmp_path: Path) -> None:
    """Not named, empty, gone, a folder, not to be read as a name, a device without an end."""
    assert arrival.device({}) == ""
    for path in ("", str(tmp_path / "gone"), str(tmp_path), "nul\0l", "/dev/zero", "/dev/null", "x" * 10_000):
        assert arrival.device({"SSH_USER_AUTH": path}) == ""


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    """The person would sit before an empty terminal; and what somebody writes to one is not sshd's word."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(arrival.device({"SSH_USER_AUTH": str(pipe)})), daemon=True)
    asking.start()
    asking.join(5)
    assert answers == [""]
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(pipe, os.O_WRONLY)
    try:
        os.write(writer, f"publickey {ed25519('bob')}\n".encode())
        assert arrival.device({"SSH_USER_AUTH": str(pipe)}) == ""
    finally:
        os.close(reader)
        os.close(writer)


def test_no_file_stays_open(tmp_path: Path) -> None:
    """Whatever came of it."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for environ in (told(tmp_path, f"publickey {bare('bob')}\n"), {"SSH_USER_AUTH": str(tmp_path)}, {"SSH_USER_AUTH": "/dev/zero"}):
        arrival.device(environ)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(("environ", "came"), [({}, False), ({"SSH_CONNECTION": "x"}, False), ({"SSH_USER_AUTH": ""}, True)])
def test_that_sshd_opened_this_is_known_though_it_tells_nothing_else(environ: dict[str, str], came: bool) -> None:
    """The forced command hands the variable on, empty where it is unset."""
    assert arrival.by_sshd(environ) is came


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ("", ""),
        ("203.0.113.9 50022 192.0.2.7 22", "203.0.113.9"),
        ("2001:db8::9 50022 2001:db8::7 22", "2001:db8::9"),
        ("fe80::1%eth0 1 ::1 22", "fe80::1%eth0"),
    ],
)
def test_the_address_is_the_clients(connection: str, address: str) -> None:
    """The first of the four that sshd tells."""
    assert arrival.address({"SSH_CONNECTION": connection} if connection else {}) == address


def test_the_terminal_is_called_without_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """As sshd tells it; as it is, where this is one; and by no name where it is none."""
    assert arrival.terminal({"SSH_TTY": "/dev/pts/7"}) == "pts/7"
    hand, line = pty.openpty()
    name = os.ttyname(line)
    with os.fdopen(line) as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        assert arrival.terminal({"SSH_TTY": ""}) == name.removeprefix("/dev/")
    assert arrival.terminal({}) == ""  # closed
    os.close(hand)
    monkeypatch.setattr(sys, "__stdin__", None)
    assert arrival.terminal({}) == ""
