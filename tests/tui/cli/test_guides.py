"""What the guides say of the command line works as it stands there, and their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from models import db
from tests.factories import Founded
from tests.source import ROOT
from tui.cli.commands import COMMANDS

PAGES = ("README.md", "CHANGELOG.md", ".github/CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
AUDIT = "docs/audit.md"

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")

ALWAYS = {"--home", "--help", "--version"}


@cache
def page(name: str) -> str:
    """A page, as it stands there."""
    return (ROOT / name).read_text(encoding="utf-8")


def fragment(heading: str) -> str:
    """What a link to a heading has behind its #, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def blocks(name: str, language: str) -> list[str]:
    """What stands fenced on a page, in a language; "" is none."""
    return [text for _indent, told, text in FENCED.findall(page(name)) if told == language]


def usages() -> list[str]:
    """Every command of the tables of README and guide, a line each; what goes on in the next line is one with it."""
    tables = [*blocks("README.md", ""), *(text.replace("\nFILTERS:", "\nshopstaff audit list") for text in blocks(AUDIT, ""))]
    lines = "\n".join(tables).replace("\n" + " " * 21 + "[", " [").splitlines()
    return [line for line in lines if line.startswith("shopstaff ")]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """To a file that is there, and to a heading of it."""
    lost = []
    for link in LINK.findall(page(name)):
        if "://" in link:
            continue
        path, _hash, wanted = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (wanted and wanted not in map(fragment, HEADING.findall(target.read_text(encoding="utf-8")))):
            lost.append(link)
    assert lost == []


def test_every_command_is_in_the_readme() -> None:
    """Its table is where one looks first."""
    table = next(text for text in blocks("README.md", "") if "shopstaff demo" in text)
    missing = []
    for command in COMMANDS:
        group, _space, verb = command.words.partition(" ")
        if not re.search(rf"^shopstaff {group}\b.*\b{verb}\b" if verb else rf"^shopstaff {group}\b", table, re.MULTILINE):
            missing.append(command.words)
    assert missing == []


def test_a_described_option_is_one_of_its_command() -> None:
    """Where several commands share a line, of one of them."""
    wrong = []
    for line in usages():
        word = line.split()[1]
        known = {argument.name for command in COMMANDS if command.words.split()[0] == word for argument in command.arguments}
        asked, _gap, _told = line.partition("   ")
        if asked != "shopstaff" and not set(OPTION.findall(asked)) <= known | ALWAYS:
            wrong.append(asked)
    assert wrong == []
    assert len(usages()) > len(COMMANDS) / 2


@pytest.fixture
def shopstaff(tmp_path: Path, staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program under its name, first in the path, on this test's shop."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "shopstaff"
    program.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m tui "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("SHOPSTAFF_HOME", str(staffed.home))
    return program


def acts() -> list[tuple[str, str]]:
    """What other programs had written down: by whom, and whether they were allowed."""
    return [
        (actor, action) for actor, action in db.rows("SELECT actor, action FROM audit_entry WHERE action LIKE 'program.%' ORDER BY seq")
    ]


@pytest.mark.parametrize(("login", "code"), [("bob", 0), ("eve", 1), ("nobody", 1)])
def test_the_shell_example_refuses_unless_it_is_told_yes(shopstaff: Path, staffed: Founded, login: str, code: int) -> None:
    """Who may, who may not, and who is not there; the act is in the log by name."""
    staffed.person("eve")
    (example,) = (text for text in blocks(AUDIT, "sh") if text.startswith("#!"))
    script = example.replace("…", "echo refunded").replace("refund.approve", "goods.view")
    done = subprocess.run(["/bin/sh", "-c", script, "refund", login, "1001", "35.00"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "" if code else "refunded\n")
    expected = {"bob": [("bob", "program.allow")], "eve": [("eve", "program.refuse")], "nobody": []}
    assert acts() == expected[login]


@pytest.mark.parametrize(("login", "gone", "code"), [("bob", False, 0), ("eve", False, 1), ("bob", True, 1)])
def test_the_python_example_refuses_unless_it_is_told_yes(shopstaff: Path, staffed: Founded, login: str, gone: bool, code: int) -> None:
    """Who may, who may not, and where the program is not installed."""
    staffed.person("eve")
    if gone:
        shopstaff.unlink()
    (example,) = blocks(AUDIT, "python")
    script = example.replace('"alice", "refund.approve"', f'"{login}", "goods.view"')
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "Not refunded.\n" if code else "")
    assert acts() == ([] if gone else [(login, "program.refuse" if code else "program.allow")])
