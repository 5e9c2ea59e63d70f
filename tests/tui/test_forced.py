"""What sshd runs for everybody who comes with a device key, read by what reads it: sh, ssh-keygen and sshd itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from models.rules import device_keys
from tests.device_keys import ed25519, rsa
from tests.terminal.sshd import program as found
from tests.tui.keys import bare
from tui import __main__ as entry, forced

PASSED = {"HOME", "LANG", "TERM", "SSH_CONNECTION", "SSH_USER_AUTH", "SSH_TTY"}
TELLS = """#!{python} -I
import json, os, sys
told = dict(each.split("=", 1) for each in open("/proc/self/environ").read().split("\\0") if each)
print(json.dumps([told, sys.argv[1:]]))
"""


@pytest.mark.parametrize("path", ["/srv/shop", "/home/shop/.local/share/shopstaff", "/opt/Shopstaff-1.0/bin/python3.11", "/a+b@c:d_e", "/"])
def test_paths_of_plain_signs_mean_the_same_to_everybody(path: str) -> None:
    """sh, sshd and what reads `authorized_keys`."""
    assert forced.is_plain(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "srv/shop",
        "./shop",
        "~/shop",
        "C:/shop",
        *(f"/srv/{sign}" for sign in " \t\n\r\0'\"\\$`%*?[]{}()<>|&;!#~^=,"),
        "/srv/店",
        "/srv/\udcff",
    ],
)
def test_every_other_path_is_refused(path: str) -> None:
    """Also those that need the current folder or somebody's home."""
    assert not forced.is_plain(path)


def taken_apart(line: str) -> tuple[str, str]:
    """The command and the key of a line, as sshd takes it apart (auth-options.c: of what is quoted, only quotes are)."""
    read = re.fullmatch(r'restrict,pty,command="((?:[^"\\]|\\")*)" (\S+ \S+)', line)
    assert read is not None, line
    return read[1].replace('\\"', '"'), read[2]


def test_p15_the_line_of_a_key_carries_the_command_whole() -> None:
    """Nothing is lost between its quotes; the key is what was enrolled."""
    command, key = taken_apart(forced.key_line(bare("bob"), "/srv/shop", "/opt/python"))
    assert command == forced.screens("/srv/shop", "/opt/python")
    assert key == bare("bob")


@pytest.mark.parametrize("key", [ed25519("bob"), rsa(4096)], ids=["ed25519", "rsa"])
def test_ssh_reads_the_line_as_that_key(tmp_path: Path, key: str) -> None:
    """Fingerprint and all: what an option has in it does not end the options early."""
    parsed = device_keys.parse("key", key)
    file = tmp_path / "authorized_keys"
    file.write_text(forced.key_line(parsed.line, "/srv/shop", "/opt/python") + "\n", encoding="ascii")
    said = subprocess.run([found("ssh-keygen"), "-lf", file], capture_output=True, text=True, check=True).stdout
    assert said.count("\n") == 1
    assert said.split()[:2] == [str(parsed.bits), parsed.fingerprint]


def opened(folder: Path, environment: dict[str, str], shell: str = "/bin/sh") -> tuple[dict[str, str], list[str]]:
    """The environment and the words that the forced command, read by a shell as sshd has it read, gives to the program."""
    python = folder / "python"
    python.write_text(TELLS.format(python=sys.executable), encoding="utf-8")
    python.chmod(0o755)
    command, _key = taken_apart(forced.key_line(bare("bob"), str(folder / "home"), str(python)))
    ran = subprocess.run([shell, "-c", command], env=environment, cwd=folder, capture_output=True, text=True, check=True)
    told, words = json.loads(ran.stdout)
    assert ran.stderr == ""
    return told, words


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_p15_the_program_gets_the_environment_of_the_list_and_no_other(tmp_path: Path, shell: str) -> None:
    """Whatever a client sent, or a configuration of somebody else's let through; what is unset arrives empty."""
    sent = dict.fromkeys(("TEXTUAL_DEBUG", "LC_TERMINAL", "PYTHONPATH", "LD_PRELOAD_", "SHOPSTAFF_HOME", "SSH_ORIGINAL_COMMAND"), "x")
    given = {"HOME": "/home/shop", "LANG": "C", "TERM": "xterm", "SSH_USER_AUTH": "/tmp/a"}
    told, words = opened(tmp_path, {"PATH": "/tmp/evil:/usr/bin:/bin", **given, **sent}, shell)
    assert told == {"PATH": "/usr/local/bin:/usr/bin:/bin", **given, "SSH_CONNECTION": "", "SSH_TTY": ""}
    assert words == ["-I", "-X", "utf8", "-m", "tui", "--home", str(tmp_path / "home")]


def test_where_sshd_tells_nothing_it_is_still_known_that_sshd_opened_it(tmp_path: Path) -> None:
    """Empty is not unset: the screens let nobody in whose key they are not told, and no client unsets it."""
    told, _words = opened(tmp_path, {})
    assert told.pop("PATH")
    assert told == dict.fromkeys(PASSED, "")
    assert PASSED | {"PATH"} == entry.KEPT


@pytest.mark.parametrize(
    "hostile",
    [
        '$(touch {mark})"; touch {mark}; y',
        "`touch {mark}`",
        "x' ; touch {mark} '",
        'x" -m evil --home /tmp "',
        "-S touch {mark}",
        "a b\tc\nd",
        "*",
        "${{IFS}}$HOME\\",
        "%s%n",
        "终端\u202e",
    ],
)
def test_p15_what_a_client_calls_its_terminal_stays_one_value(tmp_path: Path, hostile: str) -> None:
    """TERM is the client's own word, and the shell reads the command before the program is there to look at it."""
    mark = tmp_path / "touched"
    value = hostile.format(mark=mark)
    told, words = opened(tmp_path, {"TERM": value, "HOME": value})
    assert (told["TERM"], told["HOME"], told["LANG"]) == (value, value, "")
    assert words[-2:] == ["--home", str(tmp_path / "home")]
    assert not mark.exists()
