"""`shopstaff audit list` and `shopstaff export audit`: who did what, on a terminal, for other programs, and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from models import clock
from models.actor import Actor
from models.errors import Unknown
from models.events import SENTENCES
from models.i18n import N_
from models.operations import log_export
from models.queries import audit_export, departments, shop, staff
from models.queries.audit import PAGE, Wanted
from models.queries.audit_export import COLUMNS, Row
from models.rules.handing_out import as_csv, as_json
from tui.cli.console import Console
from tui.cli.faults import UsageError
from tui.cli.files import new_file
from tui.cli.output import CSV, HTML, JSON, TABLE, Write, form_for, print_rows, to_stdout, write_rows

_SHOWN: Final = ("seq", "at", "actor", "risk", "done")
"""What a terminal has room for."""

_NO_NUMBER: Final = N_("--limit takes a number from 1 on, not “{value}”.")


def listed(console: Console) -> int:
    """The entries that were asked for, the newest first: on a terminal so many as one reads, elsewhere all of them."""
    form = form_for(as_json=console.asked.json)
    with console.shop() as actor:
        limit = _limit(console)
        if limit is None and form == TABLE:
            limit = PAGE
        _write(audit_export.newest(actor, _wanted(console), limit), form, to_stdout())
    return 0


def take_out(console: Console, form: str) -> int:
    """Export the log, the oldest first, to standard output or into a new file; recorded before the first line of it leaves."""
    with console.shop() as actor:
        wanted = _wanted(console)
        if console.asked.o is None:
            _take_out(actor, wanted, form, to_stdout())
        else:
            with new_file(console.asked.o, "utf-8-sig" if form == CSV else "utf-8") as file:  # spreadsheets want the mark
                _take_out(actor, wanted, form, file.write)
    return 0


def _take_out(actor: Actor, wanted: Wanted, form: str, write: Write) -> None:
    selection = log_export.taken(actor, wanted)
    if form == HTML:
        for piece in selection.html():
            write(piece)
    else:
        _write(selection.rows(), form, write)


def _write(rows: Iterator[Row], form: str, write: Write) -> None:
    if form == TABLE:
        while page := list(islice(rows, PAGE)):  # a table is as wide as what is in it, which has to be known: page by page
            print_rows(_told(page), _SHOWN)
    elif form in {JSON, CSV}:
        for line in as_json(rows) if form == JSON else as_csv(audit_export.flat(rows), COLUMNS):
            write(line)
    else:
        write_rows(audit_export.flat(rows), COLUMNS, form, write)


def _told(rows: Iterable[Row]) -> Iterator[Row]:
    return (row | {"risk": audit_export.risk(row), "done": audit_export.said(row)} for row in rows)


def _wanted(console: Console) -> Wanted:
    """The filter that was asked for.

    Raises:
        Unknown: there is no such person, act or department.
        Invalid: a day is none.
    """
    asked, zone = console.asked, shop.zone()
    if asked.by is not None and ":" not in asked.by:
        staff.find(asked.by)
    if asked.action is not None and asked.action not in SENTENCES:
        raise Unknown("action", asked.action)
    return Wanted(
        words=asked.words or "",
        by=asked.by or "",
        department_id=departments.find(asked.department) if asked.department is not None else None,
        area=asked.area or "",
        action=asked.action or "",
        risk=asked.risk or "",
        since=clock.start_of_day(asked.since, zone) if asked.since is not None else None,
        until=clock.end_of_day(asked.until, zone) if asked.until is not None else None,
    )


def _limit(console: Console) -> int | None:
    given = console.asked.limit
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and int(given)):
        raise UsageError(_NO_NUMBER, value=given)
    return int(given)
