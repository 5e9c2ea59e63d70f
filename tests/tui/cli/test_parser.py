"""Which commands there are, and what is said to who asks for others."""

from __future__ import annotations

import pytest

from models import __version__, i18n
from models.events import AREAS
from tests.tui.cli.conftest import Run
from tui.cli.arguments import FILTERS
from tui.cli.commands import COMMANDS, GROUPS
from tui.cli.parser import build
from tui.language import speak

PROMISED = (
    ("backup", "/media/stick"),
    ("backup", "--list"),
    ("backup", "--key", "/media/other/key"),
    ("demo",),
    ("init", "--shop", "Shop", "--code", "shop", "--owner", "alice", "--name", "Alice", "--lang", "zh"),
    ("import", "people.csv", "--dry-run", "--skip-bad", "--rejects", "bad.csv", "--codes", "codes.csv"),
    *(
        ("export", what, form, "-o", "file")
        for what in ("staff", "roles", "access", "review", "figures", "audit")
        for form in ("--csv", "--json", "--html")
    ),
    ("chat", "import", "chats.jsonl", "--rejects", "bad.jsonl", "--json"),
    ("chat", "deliver"),
    ("staff", "list"),
    *(("staff", verb, "alice") for verb in ("show", "freeze", "unfreeze", "leave", "reinstate", "code")),
    ("staff", "move", "alice", "Operations"),
    ("extra", "grant", "goods.view", "alice", "--until", "2026-12-31"),
    ("extra", "revoke", "goods.view", "alice"),
    ("activate", "alice"),
    ("role", "list"),
    ("role", "show", "manager"),
    ("role", "set", "Host", "goods.view", "chat.receive"),
    ("role", "grant", "manager", "alice", "--until", "2026-12-31"),
    ("role", "revoke", "manager", "alice"),
    ("check", "alice", "goods.view", "--why", "--act", "Open the till"),
    ("reset-owner",),
    ("reset-owner", "--to", "alice", "--post", "service"),
    ("doctor",),
    ("doctor", "--clock"),
    ("doctor", "--index"),
    ("device", "list"),
    ("device", "list", "alice"),
    ("device", "add", "alice", "laptop.pub", "--name", "laptop", "--until", "2026-12-31"),
    ("device", "add", "alice", "-"),
    ("device", "revoke", "alice", "SHA256:x"),
    ("audit", "list", "--by", "alice", "--action", "staff.freeze", "--since", "2026-01-01", "--until", "2026-12-31", "--json"),
    ("audit", "list", "--limit", "9"),
    ("staff", "leave", "alice", "--on", "2026-12-31"),
    ("staff", "leave", "alice", "--on", "never"),
    ("check", "alice", "goods.view", "--act=-1 teapot"),
    ("audit", "list", "--department", "Operations/Night shift", "--area", "access", "--risk", "high", "--words", "refund"),
    ("export", "audit", "--since", "2026-01-01", "--csv", "-o", "file"),
    ("export", "figures", "--since", "2026-01-01", "--until", "2026-01-31"),
    ("audit", "verify"),
    ("audit", "verify", "--anchor", "1234-7KQF-2M9X-8RTA-B3C4", "--json"),
    ("audit", "accept"),
    ("restore", "a.zip"),
    ("restore", "a.zip", "--key", "a.key", "--dry-run", "--json"),
    ("restore", "a.zip", "--new-key", "--yes"),
    ("seat", "list", "--json"),
    ("seat", "gift", "5", "--since", "2026-11-01", "--until", "2026-12-31"),
    ("seat", "claim", "1"),
    ("seat", "buy", "5", "--price", "2.00", "--months", "12", "--since", "2026-11-01"),
    ("seat", "renew", "2"),
    ("seat", "end", "2"),
    ("seat", "count", "on"),
    ("ssh", "config"),
    ("ssh", "keys", "shop", "SHA256:x"),
)
"""Every command that exists, as it is described."""

HALF = (
    ("staff",),
    ("chat",),
    ("audit",),
    ("device",),
    ("ssh",),
    ("device", "add", "alice"),
    ("device", "revoke", "alice"),
    ("ssh", "keys", "shop"),
)


@pytest.mark.parametrize("words", PROMISED, ids=" ".join)
def test_every_promised_command_is_understood(words: tuple[str, ...]) -> None:
    """With every option, and `--home` before or behind it."""
    asked = build().parse_args(words)
    assert asked.command == words[0]
    assert build().parse_args(["--home", "x", *words, "--home", "y"]).home == "y"


def test_no_command_is_there_that_was_not_promised() -> None:
    """What does not work yet is not offered."""
    promised = {" ".join(words[:2]) if words[0] in GROUPS else words[0] for words in PROMISED}
    assert {command.words for command in COMMANDS} == promised


@pytest.mark.parametrize(
    "words",
    [*HALF, ("export", "chats"), ("check", "a", "b", "--act")],
    ids=" ".join,
)
def test_what_is_not_there_is_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    """One line on standard error, which says where help is, and exit code 2."""
    ran = run(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert "--help" in ran.err


def test_the_areas_of_the_log_are_in_the_help() -> None:
    """All of them, since their list is no part of the usage line."""
    said = next(argument.help for argument in FILTERS if argument.name == "--area")
    assert [area for area in AREAS if area not in said.replace(",", "").split()] == []


def test_an_abbreviated_option_is_no_option(run: Run) -> None:
    """A script that says `--dry` would mean something else once there is `--dryer`."""
    assert run("import", "people.csv", "--dry").code == 2


def test_the_version_is_printed(run: Run) -> None:
    """On standard output, and that is all."""
    assert run("--version") == (0, f"shopstaff {__version__}\n", "")


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_help_is_in_the_language_in_force(language: i18n.Language) -> None:
    """argparse's own words, too."""
    speak(language)
    try:
        text = build().format_help()
    finally:
        speak("en")
    assert {command.words.partition(" ")[0] for command in COMMANDS} <= {line.split()[0] for line in text.splitlines() if line.strip()}
    assert ("usage:" in text) == (language == "en")
    assert ("用法" in text) == (language == "zh")


def test_a_complaint_is_in_the_language_of_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is signed in, so nobody's choice counts."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    ran = run("staff", "show")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "缺少" in ran.err
