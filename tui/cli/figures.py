"""`shopstaff export figures`: how many customers each colleague answered, day by day, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from models.actor import Actor
from models.i18n import N_
from models.operations import figures_export as operations
from models.queries import figures, figures_export
from models.queries.figures_export import COLUMNS
from models.rules.figures import WEEK, Period
from tui.cli.arguments import FILTERS
from tui.cli.console import Console
from tui.cli.faults import UsageError
from tui.cli.files import new_file
from tui.cli.output import CSV, HTML, TABLE, Write, print_rows, to_stdout, write_rows

_DAYS: Final = ("since", "until")
_OTHERS: Final = tuple(name for argument in FILTERS if (name := argument.name.removeprefix("--")) not in _DAYS)
_SHOWN: Final = ("day", "login", "received", "answered", "first_answer", "unanswered")
"""What a terminal has room for."""

_ONLY_DAYS: Final = N_("Of figures, only days can be chosen: --since and --until.")


def take_out(console: Console, form: str) -> int:
    """Export the figures of some days, to standard output or into a new file; recorded before the first line of it leaves."""
    asked = console.asked
    if any(getattr(asked, name) is not None for name in _OTHERS):
        raise UsageError(_ONLY_DAYS)
    with console.shop() as actor:
        period = _period(asked)
        if asked.o is None:
            _write(actor, period, form, to_stdout())
        else:
            with new_file(asked.o, "utf-8-sig" if form == CSV else "utf-8") as file:  # spreadsheets want the mark
                _write(actor, period, form, file.write)
    return 0


def _period(asked: Any) -> Period:
    """The days that were asked for: the last seven; from a day on, until today; through a day, the seven up to it.

    Raises:
        Invalid: a day is none, or they are no such period.
    """
    if asked.since is None and asked.until is None:
        return figures.usual(WEEK)
    if asked.until is None:
        return figures.typed(asked.since, figures.usual(WEEK).until)
    if asked.since is not None:
        return figures.typed(asked.since, asked.until)
    last = date.fromisoformat(figures.typed(asked.until, asked.until).until)
    return figures.typed((last - timedelta(days=6)).isoformat(), last.isoformat())


def _write(actor: Actor, period: Period, form: str, write: Write) -> None:
    found = operations.taken(actor, period)
    if form == HTML:
        for piece in figures_export.html(found):
            write(piece)
        return
    rows: Iterator[figures_export.Row] = figures_export.rows(found)
    if form == TABLE:
        print_rows(rows, _SHOWN)
    else:
        write_rows(rows, COLUMNS, form, write)
