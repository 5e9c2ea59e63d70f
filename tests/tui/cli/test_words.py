"""A table as people read it."""

from __future__ import annotations

import io
import sys

import pytest

from models import i18n
from tests.factories import Founded
from tui import language
from tui.cli import devices, output, people, roles
from tui.cli.words import heading, told


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("post", "service", "Customer service"),
        ("status", "left", "left"),
        ("risk", "high", "high risk"),
        ("preset", True, "yes"),
        ("totp", False, "no"),
        ("until", "2099-12-31T15:59:59.999999Z", "2099-12-31 23:59"),
        ("until", None, ""),
        ("holders", ["ann", "b\x1bb"], "ann, b\ufffdb"),
        (
            "roles",
            [{"role": "finance", "until": None}, {"role": "design", "until": "2099-12-31T15:59:59.999999Z"}],
            "finance, design until 2099-12-31",
        ),
        ("permissions", 8, "8"),
        ("verdict", "wrong", "✗"),
        ("freed", 3 * 1024 * 1024, "3 MiB"),
    ],
)
def test_every_value_is_said_in_words(little_shop: Founded, column: str, value: object, said: str) -> None:
    """Codes by their labels, times in the shop's time zone."""
    assert told(column, value) == said


def test_a_table_has_its_headings_and_nothing_that_steers(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks like markup is text."""

    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Tty()
    monkeypatch.setattr(sys, "stdout", out)
    output.print_rows([{"login": "ann", "name": "[b]x[/b]\x1b[2J"}], ("login", "name"))
    drawn = out.getvalue()
    assert "Login" in drawn
    assert "[b]x[/b]\ufffd[2J" in drawn
    assert "\x1b[2J" not in drawn


@pytest.mark.parametrize(
    ("columns", "english", "chinese"),
    [
        (people._LISTED, "Name", "姓名"),
        (roles._LISTED, "Name", "名称"),
        (roles._CONTENT, "Name", "名称"),
        (devices._LISTED, "Device", "设备"),
    ],
)
def test_a_name_is_headed_as_what_it_is_the_name_of(columns: tuple[str, ...], english: str, chinese: str) -> None:
    """Chinese has a word of its own for the name of a person; no device and no role is headed by it."""
    assert heading("name", columns) == english
    language.speak("zh")
    try:
        assert heading("name", columns) == chinese
    finally:
        i18n.install("en")
