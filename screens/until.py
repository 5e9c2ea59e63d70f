"""The end of a grant, as people type it."""

from __future__ import annotations

import re
from typing import Final

from models import clock
from models.errors import Invalid
from models.i18n import N_, _
from models.text import half_width
from screens.dialogs.ask import Ask

_FROM_NOW: Final = re.compile(r"\+\s*(\d{1,9})\s*([dwDW天日周]?)", re.ASCII)
_DAYS: Final = {"": 1, "d": 1, "天": 1, "日": 1, "w": 7, "周": 7}
_MOST: Final = 3_660  # days: ten years; whoever means longer means no end


def parsed(value: str, zone: str, *, field: str = "until") -> int | None:
    """The last instant of the day that was typed: `2026-12-31`, `+30d`, `+6w`, or nothing for no end.

    Args:
        zone: the shop's time zone.
        field: the name that the error bears.

    Raises:
        Invalid: it is neither, or over.
    """
    text = half_width(value).strip()
    if not text:
        return None
    now = clock.now()
    if found := _FROM_NOW.fullmatch(text):
        days = int(found[1]) * _DAYS[found[2].lower()]
        if not 0 < days <= _MOST:
            raise Invalid(field, N_("Count at least one day and at most ten years."))
        text = clock.day(now + days * clock.DAY, zone)
    return clock.end_of_day(text, zone, field=field, not_before=now)


def ask_until(what: str, until: int | None, zone: str) -> Ask:
    """A dialog that asks for the end of a grant; its answer goes through `parsed`.

    Args:
        what: what is given, as a title; data is safe in it.
        until: the end that it has now.
    """
    return Ask(
        what,
        label=_("Until"),
        name="until",
        value=clock.day(until, zone) if until is not None else "",
        hint=_("2026-12-31, or +30d from today; empty for no end"),
        limit=20,
        check=lambda typed: parsed(typed, zone),
    )
