"""P15: of what a client sends into the environment nothing is left when the first module of ours, or of anybody's, is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from models import shop
from tests.factories import Founded
from tests.source import ROOT
from tui import __main__ as program

TEXTUALS = ("DEBUG", "LOG", "SCREENSHOT", "SCREENSHOT_LOCATION", "DRIVER", "DEVTOOLS_HOST", "PRESS", "FILTERS", "THEME", "COLOR_SYSTEM")
PYTHONS = ("PATH", "STARTUP", "HOME", "INSPECT", "BREAKPOINT", "WARNINGS", "MALLOC", "ASYNCIODEBUG", "PROFILEIMPORTTIME")
SENT = (
    *(f"TEXTUAL_{each}" for each in TEXTUALS),
    *(f"PYTHON{each}" for each in PYTHONS),
    *("LC_TERMINAL", "LC_TERMINAL_VERSION", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANGUAGE", "NO_COLOR", "COLORTERM", "FORCE_COLOR"),
    *("SHOPSTAFF_HOME", "XDG_DATA_HOME", "TMPDIR", "COLUMNS", "LINES", "ESCDELAY", "EDITOR", "PAGER", "BROWSER", "DISPLAY"),
    *("LD_PRELOAD", "LD_LIBRARY_PATH", "GCONV_PATH", "LOCPATH", "NLSPATH", "TERMINFO", "TERMCAP", "TZ", "TZDIR", "HOSTALIASES"),
    *("SQLITE_TMPDIR", "OPENSSL_CONF", "SUDO_USER", "SSH_ORIGINAL_COMMAND", "SSH_CLIENT", "SSH_AUTH_SOCK", "BASH_ENV", "ENV", "IFS"),
    *("\udcff", "LC_终端", "X" * 10_000),
)
SEEN = """
import os, sys
sys.path.insert(0, {root!r})
STDLIB, first = sys.stdlib_module_names, []
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in STDLIB and name not in ("tui", "tui.__main__") and not first:
            import json, subprocess
            inherited = subprocess.run(["/usr/bin/env", "-0"], capture_output=True).stdout.decode(errors="surrogateescape")
            first.append(name)
            print(json.dumps([name, dict(os.environ), inherited.split(chr(0))]))
sys.meta_path.insert(0, Watch())
from tui.__main__ import main
sys.exit(main({words!r}))
"""


def at_first_import(environment: dict[str, str], *words: str) -> tuple[str, dict[str, str], set[str]]:
    """The first module that is neither Python's nor the start of ours, the environment then, and what a program would inherit of it."""
    script = SEEN.format(root=str(ROOT), words=list(words))
    ran = subprocess.run([sys.executable, "-I", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=60)
    name, seen, inherited = json.loads(ran.stdout.splitlines()[0])
    return name, seen, {each.partition("=")[0] for each in inherited if each}


OURS = program.TEXTUAL | program.TEXTUAL_OVER_SSH
ARRIVED = {
    "HOME": "/h",
    "LANG": "zh_CN.UTF-8",
    "TERM": "xterm",
    "SSH_CONNECTION": "203.0.113.9 50022 192.0.2.7 22",
    "SSH_TTY": "/dev/pts/3",
}
WAYS = ("", "demo", "check owner goods.view", "ssh keys root SHA256:x", "staff list")


@pytest.mark.parametrize("auth", ["", "/tmp/sshauth.x"])
@pytest.mark.parametrize("words", WAYS)
def test_p15_all_that_a_client_sends_is_gone_before_the_first_import(auth: str, words: str) -> None:
    """On every way through the program, also where sshd tells nothing of the key; and a program that it starts inherits none of it."""
    sent = {name: "/tmp/evil" for name in SENT if ("=" not in name and name.isprintable()) or name == "\udcff"}
    _name, seen, inherited = at_first_import({"PATH": "/usr/bin:/bin", **ARRIVED, "SSH_USER_AUTH": auth, **sent}, *words.split())
    assert seen == {"PATH": "/usr/bin:/bin", **ARRIVED, "SSH_USER_AUTH": auth, **OURS}
    assert inherited == set(seen)


def test_what_is_ours_is_first_imported_by_a_way_that_was_chosen() -> None:
    """The watch above would see nothing if all were imported before it looks."""
    name, seen, _inherited = at_first_import({"LC_ALL": "C"}, "check", "owner", "goods.view")
    assert name.startswith("tui.")
    assert seen == {"LC_ALL": "C"} | program.TEXTUAL | program.TEXTUAL_AT_TERMINAL


def run(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script on the source tree in that environment."""
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("auth", ["", "/tmp/sshauth.x"])
def test_p15_who_comes_over_ssh_names_no_folder(little_shop: Founded, auth: str) -> None:
    """Nor does an empty word of sshd's make them the operator at the machine, who may."""
    shop.close()
    home = little_shop.home
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home.parent), "SHOPSTAFF_HOME": str(home)}
    asks = "from tui.__main__ import main; sys.exit(main(['check', 'owner', 'goods.view']))"
    at_machine, over_ssh = run(asks, environment), run(asks, {**environment, "SSH_USER_AUTH": auth})
    assert (at_machine.returncode, at_machine.stderr) == (0, "")
    assert over_ssh.returncode == 3
    assert str(home) not in over_ssh.stderr


READ = """
from tui.__main__ import scrub
scrub()
from textual import constants as read
print(read.DEBUG, read.LOG_FILE, read.DRIVER, read.SCREENSHOT_DELAY, repr(read.PRESS), read.TEXTUAL_ANIMATIONS, read.MAX_FPS)
"""


def test_p15_textual_reads_nothing_that_was_sent(tmp_path: Path) -> None:
    """It reads its settings while it is imported: what it finds is what we put there. Unscrubbed, it would find the others."""
    log = tmp_path / "keys"
    hostile = {"TEXTUAL_DEBUG": "1", "TEXTUAL_LOG": str(log), "TEXTUAL_DRIVER": "os:path", "TEXTUAL_SCREENSHOT": "5", "TEXTUAL_PRESS": "q"}
    environment = {**ARRIVED, "SSH_USER_AUTH": "", **hostile}
    assert run(READ, environment).stdout == "False None None -1 '' none 15\n"
    assert not log.exists()
    assert run(READ.replace("scrub()", ""), environment).stdout.startswith(f"True {log} os:path 5 'q' ")
