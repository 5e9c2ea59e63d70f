"""Onboarding many from a file: all of them in one transaction, or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from models import clock, text
from models.actor import Actor
from models.errors import Cancelled, RowsRefused, Stale
from models.i18n import _
from models.operations import departments, onboarding, outbox
from models.operations._operation import operation
from models.operations.codes import FreshCode
from models.operations.onboarding import Newcomer, Prepared
from models.operations.staff import Profile
from models.queries.importing import PERMISSION, Examination, judged
from models.rules.progress import Asked, Progress, unasked, unheard
from models.rules.roster import Roster, RosterRow, rejects_csv

T = TypeVar("T")

STEP: Final = 50
"""Rows between two looks at whether somebody cancelled."""


class Imported(NamedTuple):
    """What became of a file.

    Attributes:
        codes: of everybody who was onboarded, in the file's order; this is the only time that they can be seen.
        names: by their logins.
        rejected: the rows that were left out, with the reasons.
        departments: how many paths were added.
    """

    codes: tuple[FreshCode, ...]
    names: dict[str, str]
    rejected: tuple[RosterRow, ...]
    departments: int


class Delivered(NamedTuple):
    """An import whose files lie in the outbox. `rejects` is None where no row was left out."""

    imported: Imported
    codes: Path
    rejects: Path | None


def run(
    actor: Actor,
    roster: Roster,
    *,
    skip_bad: bool = False,
    seen: Examination | None = None,
    progress: Progress = unheard,
    cancelled: Asked = unasked,
    hand_out: Callable[[Imported], object] | None = None,
) -> Imported:
    """Onboard everybody in the file.

    Args:
        skip_bad: go on without the rows that cannot be used.
        seen: what the person was shown of the rows; if they would turn out otherwise, nothing is imported.
        progress: told now and then.
        cancelled: asked now and then; when it says yes, nothing is imported.
        hand_out: given the codes before anything is final: if it raises, nothing is imported, and no code is lost.

    Raises:
        NotAllowed: it takes `staff.manage`.
        RowsRefused: rows cannot be used and `skip_bad` is not set, or none can.
        Stale: what was `seen` has changed.
        Cancelled: somebody did.
    """
    watch = _Watch(2 * len(roster.rows), progress, cancelled)
    if not skip_bad and any(row.problems for row in roster.rows):
        raise RowsRefused(sum(bool(row.problems) for row in roster.rows), len(roster.rows))
    prepared = {row.login: _prepared(row) for row in watch.over(roster.rows) if not row.problems}  # pinyin: before the transaction
    with operation(actor, PERMISSION, "staff.onboard", proof=True) as journal:
        examination = judged(journal.held, roster, journal.now)
        if seen is not None and examination != seen:
            raise Stale(_("What the file would do"))
        if not examination.good or (examination.bad and not skip_bad):
            raise RowsRefused(examination.bad, len(examination.rows))
        places = departments.at_paths(journal, (examined.row.department for examined in examination.rows if examined.good))
        fresh = onboarding.insert(journal, watch.over(_placed(examination, prepared, places)))
        names = {login: each.newcomer.profile.name for login, each in prepared.items()}
        imported = Imported(tuple(fresh), names, examination.rejected, len(examination.departments))
        if hand_out is not None:
            hand_out(imported)
    watch.done()
    return imported


def run_into_outbox(
    actor: Actor,
    roster: Roster,
    *,
    skip_bad: bool = False,
    seen: Examination | None = None,
    progress: Progress = unheard,
    cancelled: Asked = unasked,
) -> Delivered:
    """The same, with the codes and the rejected rows written into the outbox; if they cannot be, nothing is imported.

    Raises:
        DiskFull, ShopReadOnly: the files could not be written.
        NotAllowed, RowsRefused, Stale, Cancelled: as `run`.
    """
    written: list[Path] = []

    def hand_out(imported: Imported) -> None:
        written.append(outbox.put("activation-codes", "csv", codes_csv(imported).encode("utf-8-sig")))
        if imported.rejected:
            written.append(outbox.put("rejected-rows", "csv", rejects_csv(imported.rejected, roster.header).encode("utf-8-sig")))

    try:
        imported = run(actor, roster, skip_bad=skip_bad, seen=seen, progress=progress, cancelled=cancelled, hand_out=hand_out)
    except BaseException:
        for path in written:
            outbox.take_back(path)
        raise
    return Delivered(imported, written[0], written[1] if len(written) > 1 else None)


def codes_csv(imported: Imported) -> str:
    """Everybody's activation code, a line each: `login,name,code,good_until`, the last as RFC 3339, UTC."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(("login", "name", "code", "good_until"))
    for login, code, expires_at in imported.codes:
        writer.writerow((login, text.csv_cell(imported.names[login]), code, clock.rfc3339(expires_at)))
    return lines.getvalue()


def _prepared(row: RosterRow) -> Prepared:
    return onboarding.prepare(Newcomer(row.login, Profile(row.name, row.nickname, row.number, row.phone, row.email), row.post))


def _placed(examination: Examination, prepared: dict[str, Prepared], places: dict[tuple[str, ...], int]) -> Iterator[Prepared]:
    """The good rows as they are to be onboarded."""
    for row, roles, extras in examination.rows:
        if not row.problems:
            each = prepared[row.login]
            newcomer = each.newcomer._replace(department_id=places.get(row.department), roles=roles, extras=extras)
            yield each._replace(newcomer=newcomer)


class _Watch:
    """Tells how far it is, and asks whether to go on, every few rows."""

    def __init__(self, total: int, progress: Progress, cancelled: Asked) -> None:
        self._total = total
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """The items, watched.

        Raises:
            Cancelled: somebody did.
        """
        for item in items:
            if self._done % STEP == 0:
                self._look()
            self._done += 1
            yield item
        self._look()

    def done(self) -> None:
        """Tell that everything is done."""
        self._progress(self._total, self._total)

    def _look(self) -> None:
        if self._cancelled():
            raise Cancelled
        self._progress(min(self._done, self._total), self._total)
