"""A table as people read it."""

from __future__ import annotations

import io
import sys

import pytest

from tests.factories import Founded
from tui.cli import output
from tui.cli.words import told


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
