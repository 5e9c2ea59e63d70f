"""The real program, from nothing to a member of staff who sees what they may do: by keyboard alone, at 80×24, in both languages."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import i18n
from models.catalogue import department_label, permissions
from models.i18n import Language, _
from tests.terminal.terminal import Terminal, terminal
from tui.cli import check
from tui.language import speak

LOCALES: dict[Language, str] = {"en": "en_GB.UTF-8", "zh": "zh_CN.UTF-8"}
OWNER, OWNERS = "wang", "seven grey herons over wet fields"
CAROL, CAROLS = "carol", "eleven copper kettles on a shelf"
GROUP = re.compile(r"[0-9A-Z](?: [0-9A-Z]){3}(?! ?[0-9A-Za-z])")
"""Four characters of a code, as they stand apart on the card."""

SAVE, NEXT, ACTIVATE, LEAVE = "\x13", "\x13", "\x0e", "\x11"
"""ctrl+s twice, ctrl+n, ctrl+q."""


@pytest.fixture(params=i18n.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    """The language that the environment asks for; what is expected is said in it."""
    speak(request.param)
    yield request.param
    speak("en")


def set_up(opened: Terminal) -> None:
    """Found the shop; the owner is signed in by it, and puts phone codes off."""
    opened.shows(_("Short code"))
    opened.settle()
    opened.type(f"Corner Shop\tcorner\t\t\t{OWNER}\tWang Fang 王芳\t{OWNERS}\t{OWNERS}\r")
    opened.shows(_("Later"))
    opened.settle()
    opened.press("esc")
    opened.shows(_("First steps"))


def add_department(opened: Terminal) -> None:
    """One more, below the shop."""
    opened.press("2")
    opened.shows("Corner Shop", department_label("warehouse", None))
    opened.press("n")
    opened.type("Night shift 夜班\r")
    opened.until(lambda: "│" in opened.text and "Night shift" in opened.text, "the department in the tree")


def make_role(opened: Terminal) -> None:
    """One of their own, with one permission and what it needs; what changes for whom is said before it is saved."""
    opened.press("3", "n")
    opened.type("Live host\r")
    opened.shows(_("Permission"), "Live host")
    opened.settle()
    opened.press("down", " ")
    opened.press(SAVE)
    opened.shows("+2")
    opened.press("y")
    opened.until(lambda: "+2" not in opened.text, "the role saved")
    opened.press("esc")
    opened.shows("Live host", "1 ")


def step(number: int) -> str:
    """How the heading of a step of onboarding begins."""
    return _("Onboard · {step} of {steps} · {title}").format(step=number, steps=4, title="").rstrip(" ·")


def begin_onboarding(opened: Terminal) -> None:
    """Person, account and post, and the role ticked."""
    opened.press("4", "n")
    opened.shows(step(1))
    opened.settle()
    opened.type(f"{CAROL}\tCarol Li 李卡\t\t\t\t\t\r")
    opened.shows("│ ", "Corner Shop")
    opened.press("end", "enter")  # the department that was added last; being the last field, it goes on
    opened.shows(step(2))
    opened.press(NEXT)
    opened.shows(step(3), "Live host")
    opened.settle()
    opened.press(*["down"] * 9, " ")
    opened.until(lambda: "✓" in opened.text, "a tick")
    opened.settle()


def finish_onboarding(opened: Terminal) -> str:
    """Go on where the line dropped; check the preview to its end, and take the code off the card."""
    opened.press("4", "n")
    opened.shows(_("Go on"))
    opened.press("enter")
    opened.shows(step(3), "✓")
    opened.settle()
    opened.press("enter")
    opened.shows(step(4), "Live host")
    opened.settle()
    opened.press("end", "y")
    opened.until(lambda: len(GROUP.findall(opened.text)) == 6, "the code")
    return " ".join(GROUP.findall(opened.text))


def activate(opened: Terminal, code: str) -> None:
    """A code and a password of one's own; then one signs in with it."""
    opened.press(ACTIVATE)
    opened.shows(_("Your code"), _("Once more"))
    opened.settle()
    opened.type(f"{CAROL}\t{code.lower()}\t{CAROLS}\t{CAROLS}\r")


def see_own_access(opened: Terminal) -> None:
    """What carol may do and through what, and what her post keeps from her."""
    may, may_not = (permissions()[code].label for code in ("goods.view", "goods.create"))
    opened.shows("corner:carol", "Night shift 夜班", "Live host", may, may_not)
    assert re.search(f"✓ +{may}", opened.text)
    assert re.search(f"✗ +{may_not}", opened.text)


def main_check(home: Path, code: str) -> int:
    """The same question on the command line."""
    return check.run(str(home), check.Asked(CAROL, code, why=False, json=False))


@pytest.mark.slow
def test_from_nothing_to_ones_own_access(tmp_path: Path, language: Language) -> None:
    """Set-up, department, role, onboarding, activation, sign-in, one's own access; and a line that drops in the middle."""
    home, surroundings = tmp_path / "home", {"LANG": LOCALES[language], "HOME": str(tmp_path)}
    with terminal("--home", str(home), environment=surroundings) as opened:
        set_up(opened)
        add_department(opened)
        make_role(opened)
        begin_onboarding(opened)
        os.kill(opened.child.pid, signal.SIGHUP)
        assert opened.ended() == 0
        assert OWNERS.encode() not in opened.raw
    with terminal("--home", str(home), environment=surroundings) as opened:
        opened.shows(_("Password"))
        opened.type(f"{OWNER}\t{OWNERS}\r")
        opened.shows("9 ")
        code = finish_onboarding(opened)
        opened.press("esc", "y")
        opened.until(lambda: "Carol Li 李卡" in opened.text and not GROUP.search(opened.text), "the card put away")
        opened.settle()
        opened.press("q")
        opened.shows(_("Password"))
        activate(opened, code)
        opened.shows(_("What you have"), CAROL)
        opened.settle()
        opened.press("q")
        opened.shows(_("Password"))
        opened.settle()
        opened.type(f"{CAROL}\t{CAROLS}\r")
        opened.shows(_("What you have"))
        opened.settle()
        opened.press("9")
        see_own_access(opened)
        opened.press("q")
        opened.shows(_("Password"))
        opened.press(LEAVE)
        assert opened.ended() == 0
        assert CAROLS.encode() not in opened.raw
    assert [main_check(home, code) for code in ("goods.view", "goods.create")] == [0, 1]
