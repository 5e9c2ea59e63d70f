"""What starting costs, and what it must not do.

Nothing that is imported opens files, starts threads, or reads the environment or the clock: a program that imports everything first and
then serves many would carry it along, and the environment is scrubbed only after imports.
"""

from __future__ import annotations

import hmac
import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device_keys import ed25519
from tests.source import PACKAGES, ROOT, modules

HEAVY = ("textual", "rich", "argon2", "peewee", "pypinyin", "zxcvbn", "segno", "asyncio")
"""What the fast paths never import: each would cost more than all that they do."""

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s/])shopstaff (?P<words>[^\s&|][^\n&|]*)", re.MULTILINE)  # what stands apart is a description
SPAN = re.compile(r"`shopstaff (?P<words>[^`\n]+)`")


def python(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python on the source tree; `-m tui` is the program."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, input=stdin, capture_output=True, text=True, check=False, timeout=60)


def probe(root: Path, *packages: str) -> list[str]:
    """What the modules of `packages` do while they are imported."""
    run = python("-m", "tests.import_probe", str(root), *packages)
    assert run.returncode == 0, run.stderr
    assert int(run.stderr.split()[-2]) > 0
    return run.stdout.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "import os\nHOME = os.environ.get('HOME')",
        "import os\nHOME = os.getenv('HOME')",
        "from os import environ\nHOME = environ['PATH']",
        "import time\nSTART = time.time()",
        "from datetime import UTC, datetime\nSTART = datetime.now(UTC)",
        "from datetime import date\nTODAY = date.today()",
        "import threading\nthreading.Thread(target=dict).start()",
        "from pathlib import Path\nTEXT = Path(__file__).read_text()",
        "DATA = open(__file__).read()",
        "import sqlite3\nDB = sqlite3.connect(':memory:')",
        "def read():\n    import os\n    return os.environ.get('HOME')\nclass Screen:\n    HOME = read()",
    ],
)
def test_a_module_that_does_things_when_imported_is_found(text: str, tmp_path: Path) -> None:
    """Also from a class body, and also by way of a function."""
    (tmp_path / "guilty").mkdir()
    (tmp_path / "guilty" / "module.py").write_text(text, encoding="utf-8")
    found = probe(tmp_path, "guilty")
    assert found
    assert all(line.startswith("guilty/module.py:") for line in found)


def test_importing_does_nothing_but_define() -> None:
    """Every module of ours; what the libraries do is theirs."""
    assert probe(ROOT, *PACKAGES) == []


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that the command line set up."""
    home = tmp_path_factory.mktemp("shop") / "home"
    arguments = ("--shop", "Little Shop", "--code", "little-shop", "--owner", "alice", "--name", "Alice Wang")
    made = python("-m", "tui", "--home", str(home), "init", *arguments, stdin="seven grey herons over wet fields\n")
    assert made.returncode == 0, made.stderr
    return home


def told_imports(run: subprocess.CompletedProcess[str]) -> set[str]:
    """The packages that a program started with `-X importtime` imported."""
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(("alice", "goods.price.edit"), 0), (("alice", "goods.price.edit", "--why"), 0), (("nobody", "goods.price.edit"), 2)],
)
def test_check_imports_none_of_what_is_heavy(founded: Path, asked: tuple[str, ...], expected: int) -> None:
    """The exit code is the answer, and other programs ask for it at every click."""
    arguments = ["--home", str(founded), "check", *asked]
    run = python("-X", "importtime", "-m", "tui", *arguments)
    imported = told_imports(run)
    assert run.returncode == expected, run.stderr.splitlines()[-1]
    assert "sqlite3" in imported
    assert imported & set(HEAVY) == set()


AFTER_THE_FORM = (
    *("peewee", "argon2", "pyotp", "ssl", "hashlib", "models.db", "models.shop", "models.tables", "models.operations", "models.queries"),
    *("screens.commands", "screens.dialogs", "screens.widgets.list_view"),
)
"""What is imported when the form to sign in with has been seen, or never."""


def test_the_form_to_sign_in_with_is_seen_before_the_rest_is_imported() -> None:
    """On a weak machine what stands in the way of the first screen takes seconds."""
    program = """
import sys
from tui.cli import opening
opening._import_asyncio()
import tui.cli.screens, screens.sign_in, tui.hardening
print(*sys.modules)
"""
    imported = set(python("-c", program).stdout.split())
    assert imported >= {"screens.sign_in", "textual.app", "models.bare"}
    assert imported & set(AFTER_THE_FORM) == set()


def test_the_screens_hash_without_openssl() -> None:
    """The same digests, and megabytes less on a machine that has few."""
    program = """
import sys
from tui.cli import opening
opening._import_asyncio()
opening._hash_without_openssl()
import hashlib, hmac, tui.app, models.shop, models.operations.sessions, models.operations.backup, models.rules.totp, pyotp
print(hashlib.sha256(b"abc").hexdigest(), hmac.digest(b"key", b"abc", "sha256").hex())
print(pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").at(59))
print(*[line.split("/")[-1].split()[0] for line in open("/proc/self/maps") if "lib" in line])
"""
    digests, code, mapped = python("-c", program).stdout.splitlines()
    assert digests.split() == [
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # FIPS 180-4, B.1
        hmac.new(b"key", b"abc", "sha256").hexdigest(),
    ]
    assert code == "287082"  # RFC 6238, appendix B
    assert "sqlite3" in mapped
    assert "libcrypto" not in mapped


ANSWERING = (*HEAVY, "argparse", "gettext", "pathlib", "urllib", "hashlib", "hmac", "json", "csv", "threading", "locale", "subprocess")
"""What sshd's question does not import either: it is asked at every key that anybody offers, before they have proved a thing."""


def test_answering_sshd_imports_next_to_nothing(founded: Path, tmp_path: Path) -> None:
    """Whether the key opens the shop or not."""
    key = tmp_path / "laptop.pub"
    key.write_text(ed25519("alice"), encoding="ascii")
    enrolled = python("-m", "tui", "--home", str(founded), "device", "add", "alice", str(key))
    fingerprint = enrolled.stdout.split()[-1]
    user = pwd.getpwuid(os.getuid()).pw_name
    for asked, lines in ((fingerprint, 1), (f"{fingerprint[:-1]}_", 0)):
        run = python("-X", "importtime", "-m", "tui", "--home", str(founded), "ssh", "keys", user, asked)
        imported = {
            line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines() if line.startswith("import time:")
        }
        assert (run.returncode, run.stdout.count("\n")) == (0, lines)
        assert "sqlite3" in imported
        assert imported & set(ANSWERING) == set()


def written_commands() -> Iterator[tuple[str, str]]:
    """The commands that the documents tell people to type, and where."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        for block in FENCED.findall(text):
            yield from ((path.name, found["words"]) for found in COMMAND.finditer(block))
        yield from ((path.name, found["words"]) for found in SPAN.finditer(FENCED.sub("", text)))


def subcommand(words: str) -> tuple[str, ...]:
    """The words that choose what is done: `staff freeze` of `staff freeze LOGIN`; options before them are left out."""
    plain = re.sub(r"--home \S+", "", words).split()
    return tuple(word for word in plain[:2] if re.fullmatch(r"[a-z][a-z-]+", word)) if plain and not plain[0].startswith("-") else ()


def test_every_command_in_the_documents_exists() -> None:
    """A reader types what is written: each command, asked for help, gives it."""
    known: dict[tuple[str, ...], bool] = {}
    unknown = []
    for where, words in written_commands():
        command = subcommand(words)
        if command not in known:
            known[command] = any(python("-m", "tui", *asked, "--help").returncode == 0 for asked in (command, command[:1]))
        if not known[command]:
            unknown.append(f"{where}: shopstaff {words}")
    assert known
    assert unknown == []


def test_every_module_is_looked_at() -> None:
    """The tests of the house would pass by looking at nothing."""
    assert {module.name for module in modules()} >= {"models.errors", "models.operations", "screens.widgets", "tui.language"}
