"""What is told of a restore, in words."""

from __future__ import annotations

import pytest

from models import i18n
from models.queries.restoring import TABLES, Line
from tests.factories import Founded
from tui import language

POLICY = "totp everyone, idle_minutes 5, device_required 1"


@pytest.mark.parametrize(
    ("spoken", "said"),
    [("en", "Phone codes (TOTP): for everyone; Idle lock, minutes: 5; Device keys only: yes"), ("zh", "只用设备证书：是")],
)
def test_what_is_stricter_is_said_as_people_know_it(little_shop: Founded, spoken: i18n.Language, said: str) -> None:
    """By what the policy's lines are called, never by the names of columns."""
    assert little_shop
    language.speak(spoken)
    try:
        told = str(Line("policy", what=POLICY))
    finally:
        language.speak("en")
    assert said in told
    assert "_" not in told


@pytest.mark.parametrize("table", TABLES)
def test_what_cannot_be_read_is_said_as_people_know_it(table: str) -> None:
    """No table is named."""
    told = str(Line("unread", what=table))
    assert TABLES[table] in told
    assert "_" not in told


def test_what_is_no_code_is_said_as_it_is() -> None:
    """A name."""
    assert "“Night [bold]”" in str(Line("extra", "ann", "Night [bold]"))
