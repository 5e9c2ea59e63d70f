"""Phone codes from end to end: the real program in a real terminal, and programs that nobody here wrote in place of the phone."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.terminal.picture import picture, read_qr
from tests.terminal.terminal import Terminal, terminal

OWNER, OWNERS = "wang", "seven grey herons over wet fields"
RECOVERY = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){5}\b")
STEP = 30
LEAVE = "\x11"
"""ctrl+q."""


def oathtool(secret: str, ahead: int = 0) -> str:
    """The code that `oathtool` shows for a key, so many seconds from now. Skips the test where there is no such program."""
    program = shutil.which("oathtool")
    if program is None:
        pytest.skip("no `oathtool` on this machine")
    command = [program, "--totp", "--base32", "--now", f"@{int(time.time()) + ahead}", secret]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return said.stdout.strip()


def set_up(opened: Terminal) -> None:
    """Found the shop; the owner is led to phone codes."""
    opened.shows("Short code")
    opened.settle()
    opened.type(f"Corner Shop\tcorner\t\t\t{OWNER}\tWang Fang 王芳\t{OWNERS}\t{OWNERS}\r")
    opened.shows("Scan this", "Phone code")
    opened.until(lambda: "█" in opened.text, "the QR code")
    opened.settle()


def seen(opened: Terminal, path: Path) -> str:
    """What `zbarimg` reads off a picture of the terminal."""
    picture(opened.screen, path)
    return read_qr(path)


def key_in(uri: str) -> str:
    """The key that an app takes from what the QR code says; what else is in it is right."""
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", f"/corner:{OWNER}")
    asked = parse_qs(parts.query)
    assert asked["issuer"] == ["corner"]
    return asked["secret"][0]


def answer(opened: Terminal, credentials: str, code: str) -> None:
    """Sign in."""
    opened.shows("Password")
    opened.settle()
    opened.type(f"{credentials}\r")
    opened.shows("The password is right.")
    opened.settle()
    opened.type(f"{code}\r")


def entries(home: Path, action: str) -> list[dict[str, object]]:
    """What the log says of an action, oldest first."""
    with closing(sqlite3.connect(home / "shop.db")) as opened:
        return [json.loads(new) for (new,) in opened.execute("SELECT new FROM audit_entry WHERE action = ? ORDER BY seq", (action,))]


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_p6_zbarimg_reads_the_enrolment(tmp_path: Path, size: tuple[int, int]) -> None:
    """From the first start on: the picture says the shop, the person and the key that stands beside it; its code turns it on."""
    home = tmp_path / "home"
    with terminal("--home", str(home), environment={"HOME": str(tmp_path)}, size=size) as opened:
        set_up(opened)
        secret = key_in(seen(opened, tmp_path / "screen.png"))
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        assert " ".join(groups[:4]) in opened.text
        assert " ".join(groups[4:]) in opened.text
        opened.type(f"{oathtool(secret)}\r")
        opened.shows("Write these down now")
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not any(secret.encode() in each or secret.lower().encode() in each for each in files)


@pytest.mark.slow
def test_p5_oathtool_signs_in(tmp_path: Path) -> None:
    """It turns phone codes on, signs in, and not twice by the same code; a recovery code does once, without it."""
    home = tmp_path / "home"
    with terminal("--home", str(home), environment={"HOME": str(tmp_path)}) as opened:
        set_up(opened)
        secret = key_in(seen(opened, tmp_path / "screen.png"))
        opened.type(f"{oathtool(secret)}\r")
        opened.until(lambda: len(RECOVERY.findall(opened.text)) == 8, "eight recovery codes")
        recovery = RECOVERY.findall(opened.text)
        opened.settle()
        opened.type(f"{recovery[5].lower().replace('-', ' ')}\r")
        opened.shows("First steps")
        opened.settle()
        opened.press("q")

        code = oathtool(secret, STEP)  # the next one: each step is taken once, and a phone may be half a minute ahead
        answer(opened, f"{OWNER}\t{OWNERS}", f"{code[:3]} {code[3:]}")
        opened.shows("First steps")
        opened.settle()
        opened.press("q")
        answer(opened, f"{OWNER}\t{OWNERS}", code)
        opened.shows("was used already")
        opened.press("esc")
        answer(opened, OWNERS, recovery[0])
        opened.shows("First steps")
        opened.settle()
        opened.press("q")
        opened.shows("Password")
        opened.press(LEAVE)
        assert opened.ended() == 0
        assert OWNERS.encode() not in opened.raw
    assert [new["by"] for new in entries(home, "session.start")] == ["password", "totp", "recovery"]
    assert [new["because"] for new in entries(home, "session.refuse")] == ["second factor"]
