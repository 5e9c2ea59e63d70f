"""Stylesheets that are read once for each set of colours."""

from __future__ import annotations

import pytest
from textual.css.errors import StylesheetError
from textual.css.parse import parse
from textual.css.stylesheet import StylesheetParseError

from tui.styles import LastingStylesheet


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every sheet that was parsed, in order."""
    seen: list[str] = []

    def counting(scope: str, css: str, *rest: object, **more: object) -> object:
        seen.append(css)
        return parse(scope, css, *rest, **more)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr("textual.css.stylesheet.parse", counting)
    return seen


def test_each_sheet_is_read_once(read: list[str]) -> None:
    """However often another one comes along, as with every section that is first opened."""
    sheet = LastingStylesheet(variables={"accent": "red"})
    sheet.add_source("Button { color: $accent; }", read_from=("a", ""))
    sheet.parse()
    sheet.add_source("Input { color: blue; }", read_from=("b", ""))
    for _again in range(3):
        sheet.set_variables({"accent": "red"})
        sheet.reparse()
    assert read == ["Button { color: $accent; }", "Input { color: blue; }"]
    assert [rule.css.split("{")[0].strip() for rule in sheet.rules] == ["Button", "Input"]


def test_other_colours_are_taken(read: list[str]) -> None:
    """From dark to light everything is read with the other colours."""
    sheet = LastingStylesheet(variables={"accent": "red"})
    sheet.add_source("Button { color: $accent; }", read_from=("a", ""))
    sheet.parse()
    before = sheet.rules[0].css
    sheet.set_variables({"accent": "blue"})
    sheet.reparse()
    assert len(read) == 2
    assert sheet.rules[0].css != before


def test_a_sheet_with_a_mistake_leaves_the_rules_as_they_were() -> None:
    """It is said, and what is on the screen stays styled."""
    sheet = LastingStylesheet()
    sheet.add_source("Button { color: red; }", read_from=("a", ""))
    sheet.parse()
    kept = list(sheet.rules)
    sheet.add_source("Button { colour: red; }", read_from=("b", ""))
    with pytest.raises((StylesheetError, StylesheetParseError)):
        sheet.reparse()
    assert sheet._rules == kept
