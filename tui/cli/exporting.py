"""`shopstaff export staff|roles|access|review|figures|audit`: data that leaves the shop, each time with an entry in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from models.actor import Actor
from models.i18n import N_
from models.operations import review as review_operations
from models.operations.exports import record
from models.queries import exports, review, review_export
from tui.cli.arguments import FILTERS
from tui.cli.console import Console
from tui.cli.faults import UsageError
from tui.cli.files import new_file
from tui.cli.output import CSV, HTML, JSON, TABLE, TSV, Row, Write, form_for, print_rows, to_stdout, write_rows

REVIEW: Final = "review"
AUDIT: Final = "audit"
FIGURES: Final = "figures"

_FILTERS: Final = tuple(argument.name.removeprefix("--") for argument in FILTERS)
_ONLY_LOG: Final = N_("Only the log can be filtered, and figures by day: export audit, export figures.")

_READERS: Final[dict[str, Callable[[Actor], Iterator[Row]]]] = {
    "staff": exports.staff,
    "roles": exports.roles,
    "access": exports.access,
    REVIEW: review_export.rows,
}
_COLUMNS: Final = {
    "staff": (
        *("login", "name", "nickname", "number", "phone", "email", "department", "post", "status"),
        *("roles", "extras", "totp", "last_sign_in"),
    ),
    "roles": ("role", "name", "preset", "permissions", "holders"),
    "access": ("login", "status", "permission", "risk", "sources"),
    REVIEW: review_export.COLUMNS,
}
TITLES: Final = {"staff": N_("Staff"), "roles": N_("Roles"), "access": N_("Access"), REVIEW: N_("Access review")}
_SHOWN: Final = {REVIEW: ("login", "permission", "risk", "kind", "source", "until", "last_used", "confirmed", "confirmed_by")}
"""What a terminal has room for, where that is not everything."""


def take_out(console: Console) -> int:
    """Export, to standard output or into a new file; recorded before the first line of it leaves."""
    asked = console.asked
    what, form = asked.what, _form(console)
    if what == AUDIT:
        from tui.cli.auditing import take_out as take_log_out

        return take_log_out(console, form)
    if what == FIGURES:
        from tui.cli.figures import take_out as take_figures_out

        return take_figures_out(console, form)
    if any(getattr(asked, name) is not None for name in _FILTERS):
        raise UsageError(_ONLY_LOG)
    with console.shop() as actor:
        rows = _READERS[what](actor)
        number = review.count() if what == REVIEW else exports.count(what)
        if asked.o is None:
            record(actor, what, number)
            _write(actor, what, rows, form, to_stdout())
        else:
            with new_file(asked.o, "utf-8-sig" if form == CSV else "utf-8") as file:  # spreadsheets want the mark
                record(actor, what, number)
                _write(actor, what, rows, form, file.write)
    return 0


def _form(console: Console) -> str:
    """What was asked for; else what the name of the file says; else what goes to where standard output goes."""
    asked = console.asked
    for form in (CSV, JSON, HTML):
        if getattr(asked, form):
            return form
    if asked.o is None:
        return form_for(as_json=False)
    suffix = Path(asked.o).suffix.removeprefix(".").casefold()
    return suffix if suffix in {CSV, JSON, HTML} else TSV


def _write(actor: Actor, what: str, rows: Iterator[Row], form: str, write: Write) -> None:
    columns = _COLUMNS[what]
    if form == TABLE:
        print_rows(rows, _SHOWN.get(what, columns))
    elif form == HTML and what == REVIEW:
        for piece in review_operations.pieces(actor, HTML):
            write(piece)
    elif form == HTML:
        from tui.cli.paper import write_page

        write_page(TITLES[what], rows, columns, write)
    else:
        write_rows(rows, columns, form, write)
