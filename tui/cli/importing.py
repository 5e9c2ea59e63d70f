"""`shopstaff import FILE.csv`: onboard many, all of them or, with `--skip-bad`, all that can be; or nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from models import clock
from models.actor import Actor
from models.errors import RowsRefused
from models.i18n import _
from models.operations import importing
from models.operations.importing import Imported, codes_csv
from models.queries import shop
from models.queries.importing import examine
from models.rules import roster, sheets
from models.rules.roster import Roster, RosterRow
from tui.cli.console import Console
from tui.cli.faults import UsageError, remark
from tui.cli.files import EXISTS, keep, new_file, read_file
from tui.cli.output import Row, print_rows
from tui.cli.progress import percent

_PROBLEM: Final = ("line", "login", "column", "reason")
_CODE: Final = ("login", "name", "code", "good_until")


def bring_in(console: Console) -> int:
    """Onboard the people in a file, or with `--dry-run` only judge them."""
    asked = console.asked
    data = read_file(asked.file, sheets.MAX_BYTES)
    if asked.rejects and Path(asked.rejects).exists():
        raise UsageError(EXISTS, file=asked.rejects)
    with console.shop() as actor:
        found = roster.parse(data, zone=shop.zone(), now=clock.now())
        for notice in found.notices:
            remark(notice)
        if asked.dry_run:
            _judge(console, actor, found)
        else:
            _import(console, actor, found)
    return 0


def _judge(console: Console, actor: Actor, found: Roster) -> None:
    """Say what would happen.

    Raises:
        RowsRefused: nothing would.
    """
    asked = console.asked
    examination = examine(actor, found)
    print_rows(_problems(examination.rejected), _PROBLEM, as_json=asked.json)
    _write_rejects(asked.rejects, found, examination.rejected)
    if not examination.good or (examination.bad and not asked.skip_bad):
        raise RowsRefused(examination.bad, len(examination.rows))
    remark(_("{good} of {all} rows can be imported. Nothing was changed.").format(good=examination.good, all=len(examination.rows)))


def _import(console: Console, actor: Actor, found: Roster) -> None:
    """Onboard; the codes are on the disk before anything is final.

    Raises:
        RowsRefused: rows cannot be used; which, and why, is printed.
    """
    asked = console.asked
    with ExitStack() as files:
        codes = files.enter_context(new_file(asked.codes)) if asked.codes else None

        def hand_out(imported: Imported) -> None:
            if codes is not None:
                _write_codes(codes, asked.codes, imported)
            _write_rejects(asked.rejects, found, imported.rejected)

        try:
            with percent() as progress:
                imported = importing.run(actor, found, skip_bad=asked.skip_bad, progress=progress, hand_out=hand_out)
        except RowsRefused:
            rejected = examine(actor, found).rejected
            print_rows(_problems(rejected), _PROBLEM, as_json=asked.json)
            _write_rejects(asked.rejects, found, rejected)
            raise
    if not asked.codes:
        print_rows(_codes(imported), _CODE, as_json=asked.json)
    remark(_("Onboarded: {done}. Left out: {rejected}.").format(done=len(imported.codes), rejected=len(imported.rejected)))


def _write_codes(file: IO[str], path: str, imported: Imported) -> None:
    file.write(codes_csv(imported))
    keep(file, path)


def _write_rejects(path: str | None, found: Roster, rejected: tuple[RosterRow, ...]) -> None:
    if path and rejected:
        with new_file(path, "utf-8-sig") as file:  # to be corrected in a spreadsheet, which wants the mark
            file.write(roster.rejects_csv(rejected, found.header))


def _problems(rejected: Iterable[RosterRow]) -> Iterator[Row]:
    for row in rejected:
        for problem in row.problems:
            yield {"line": row.line, "login": row.raw.get("login", ""), "column": problem.column, "reason": problem.message}


def _codes(imported: Imported) -> Iterator[Row]:
    for login, code, expires_at in imported.codes:
        yield {"login": login, "name": imported.names[login], "code": code, "good_until": clock.rfc3339(expires_at)}
