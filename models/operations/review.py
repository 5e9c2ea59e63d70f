"""The access review: confirming that what people hold is still right, and taking the whole of it out as a file.

Taking something away is `operations.grants.change`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

from models.actor import Actor
from models.errors import NothingChanged, Refusal, Stale, Unauthorised, Unknown
from models.operations import exports, outbox
from models.operations._journal import Journal, moment
from models.operations._operation import operation
from models.operations._people import manageable, thing
from models.operations.staff import Bulk
from models.queries import review_export, review_page
from models.queries.review import GrantKey, count
from models.queries.review_lines import Line, of_grants
from models.rules.delegation import within_reach
from models.rules.handing_out import as_csv, as_json
from models.rules.progress import Asked, Progress, unasked, unheard
from models.tables import Extra, RoleGrant

PERMISSION: Final = "staff.manage"
"""What confirming takes: it upholds a grant, so it is for those who could have given it."""

ACT: Final = "review.confirm"

_TABLES: Final[dict[str, Any]] = {"role": RoleGrant, "extra": Extra}


def confirm(actor: Actor, grants: Iterable[GrantKey]) -> Bulk:
    """Confirm lines as still right: when and by whom is kept with each.

    Nobody's access changes, so no proof is asked for anew. Nobody confirms what they hold themselves, nor what reaches further than
    their own access. All of one person's lines are confirmed, or none; of several people, who cannot be is left out, and told.

    Returns:
        How many lines were confirmed, and who was left out and why.

    Raises:
        NotAllowed: it takes `staff.manage`.
        OwnAccount, OwnerProtected, OutOfReach, Stale: of the first person, where it goes for nobody. Stale: a line ended meanwhile.
        Unknown: there never was such a line.
        NothingChanged: there was nothing to confirm.
    """
    wanted = list(dict.fromkeys(grants))
    with operation(actor, PERMISSION, ACT) as journal:
        people: dict[int, list[Line]] = {}
        lines = {line.grant: line for line in of_grants(wanted)}
        for key in wanted:
            if key not in lines:
                raise Unknown("role" if key.kind == "role" else "permission", str(key.id))
            people.setdefault(lines[key].staff_id, []).append(lines[key])
        if not people:
            raise NothingChanged
        return _confirm_all(journal, people)


def _confirm_all(journal: Journal, people: dict[int, list[Line]]) -> Bulk:
    done, refused = 0, list[tuple[str, Refusal]]()
    for staff_id, lines in people.items():
        try:
            _confirm(journal, staff_id, lines)
            done += len(lines)
        except Refusal as refusal:
            refused.append((lines[0].login, refusal))
            if len(refused) == len(people):
                raise refused[0][1] from None
            if isinstance(refusal, Unauthorised) and journal.subject:
                journal.record("act.refuse", journal.subject, new={"act": ACT, "because": type(refusal).__name__})
    return Bulk(done, tuple((login, str(refusal)) for login, refusal in refused))


def _confirm(journal: Journal, staff_id: int, lines: list[Line]) -> None:
    staff = manageable(journal, staff_id)
    for line in lines:
        within_reach(journal.held, [given.code for given in line.gives])
        if not _live(journal, line).exists():
            raise Stale(line.label)
    for line in lines:
        table = _TABLES[line.grant.kind]
        table.update(confirmed_at=journal.now, confirmed_by=journal.actor.name).where(table.id == line.grant.id).execute()
    said = [(line.role_id is not None, [line.key, moment(line.until)]) for line in lines]
    roles, extras = [each for is_role, each in said if is_role], [each for is_role, each in said if not is_role]
    journal.record(ACT, thing(staff), new={**({"roles": roles} if roles else {}), **({"extras": extras} if extras else {})})


def _live(journal: Journal, line: Line) -> Any:
    """The grant, where it was not taken back and has not come to its end."""
    table = _TABLES[line.grant.kind]
    return table.select().where(table.id == line.grant.id, table.ended_at.is_null(), table.until.is_null() | (table.until >= journal.now))


FORMS: Final = ("html", "csv", "json")
"""What the review is taken out as."""


def pieces(actor: Actor, form: str, progress: Progress = unheard, cancelled: Asked = unasked) -> Iterator[str]:
    """The review as a file of the form `form`, piece by piece; whoever hands it out has recorded it.

    Raises:
        Cancelled: it was stopped.
        NotAllowed, SessionEnded: it takes `audit.view.all`.
    """
    if form == "html":
        return review_page.html(actor, progress, cancelled)
    rows = review_export.rows(actor, progress, cancelled)
    return as_csv(rows, review_export.COLUMNS) if form == "csv" else as_json(rows)


def put_into_outbox(actor: Actor, form: str, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Path:
    """Write the review into the outbox; recorded before a line of it is read.

    Returns:
        Where it is.

    Raises:
        NotAllowed: it takes `audit.view.all`.
        Cancelled, DiskFull, ShopReadOnly: no part of the file is left; that it was asked for stays in the log.
    """
    exports.record(actor, "review", count())
    written = pieces(actor, form, progress, cancelled)
    return outbox.put("access-review", form, chain(["\ufeff"], written) if form == "csv" else written)  # spreadsheets want the mark
