"""The access review as data: one object a person, permission and source, as other programs and spreadsheets read it.

    {"login", "name", "department", "post", "status", "permission", "risk", "kind": "role"|"extra"|"owner", "source", "by", "from", "until",
     "stands_for", "last_used", "log_tells", "confirmed", "confirmed_by"}

The keys are a promise. `source` is the role's code (an own one's name), the permission of an extra, or the owner's login; `by` is who gave
it, `stands_for` the colleague whom the person stands in for. `last_used` is as far as the log knows, and null where `log_tells` is false,
too: then it cannot tell. `confirmed` and `confirmed_by` are of the review that last found it still right. Times are RFC 3339 in UTC; null
where there is none. People who left are not in it, nor what the post keeps from taking effect; who is invited or frozen is judged as if
active, and `status` says that they are not.

Read window by window, so that ten thousand people need the memory of a few hundred. Whoever hands it out records it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from models import clock
from models.actor import Actor
from models.catalogue import permissions
from models.errors import Cancelled
from models.queries import last_use, review
from models.queries.last_use import Holds
from models.queries.review import PersonRow, Wanted
from models.queries.review_lines import Given, Line, of_people
from models.rules.progress import Asked, Progress, unasked, unheard

Row = dict[str, Any]
"""One object of the export."""

COLUMNS: Final = (
    *("login", "name", "department", "post", "status", "permission", "risk", "kind", "source", "by", "from", "until"),
    *("stands_for", "last_used", "log_tells", "confirmed", "confirmed_by"),
)

WINDOW: Final = 100
"""People who are read at once."""


def persons(actor: Actor, wanted: Wanted, progress: Progress, cancelled: Asked) -> Iterator[tuple[PersonRow, tuple[Line, ...]]]:
    """Everybody with their lines, in the order that is wanted.

    Raises:
        Cancelled: it was stopped.
        NotAllowed, SessionEnded: as every read; it takes `audit.view.all`.
    """
    listing = review.people(actor, wanted)
    total, now = listing.count(), clock.now()
    for start in range(0, total, WINDOW):
        if cancelled():
            raise Cancelled
        progress(start, total)
        window = listing.window(start, WINDOW)
        lines: dict[int, list[Line]] = {}
        for line in of_people([person.id for person in window], now):
            lines.setdefault(line.staff_id, []).append(line)
        for person in window:
            yield person, tuple(lines.get(person.id, ()))
    progress(total, total)


def rows(actor: Actor, progress: Progress = unheard, cancelled: Asked = unasked) -> Iterator[Row]:
    """The objects, by login.

    Raises:
        Cancelled, NotAllowed, SessionEnded: as `persons`.
    """
    for person, lines in persons(actor, Wanted(sort="login", descending=False), progress, cancelled):
        if person.is_owner:
            yield from _of_owner(person)
            continue
        for line in lines:
            yield from (_row(person, line, given) for given in line.gives if not given.cut)


def _of_owner(person: PersonRow) -> Iterator[Row]:
    """The owner holds everything, which nobody gave."""
    uses = last_use.uses([Holds(person.login, person.id, code) for code in permissions()])
    for (code, permission), use in zip(permissions().items(), uses, strict=True):
        used = {"last_used": clock.rfc3339_if(use.at), "log_tells": use.known_since is not None}
        of = {"permission": code, "risk": permission.risk, "kind": "owner", "source": person.login}
        yield dict.fromkeys(COLUMNS) | _about(person) | of | used


def _about(person: PersonRow) -> Row:
    about = {"login": person.login, "name": person.name, "department": person.department}
    return about | {"post": person.post, "status": person.status}


def _row(person: PersonRow, line: Line, given: Given) -> Row:
    return _about(person) | {
        "permission": given.code,
        "risk": permissions()[given.code].risk,
        "kind": line.grant.kind,
        "source": line.key,
        "by": line.by,
        "from": clock.rfc3339(line.since),
        "until": clock.rfc3339_if(line.until),
        "stands_for": line.stands_for or None,
        "last_used": clock.rfc3339_if(given.use.at),
        "log_tells": given.use.known_since is not None,
        "confirmed": clock.rfc3339_if(line.confirmed_at),
        "confirmed_by": line.confirmed_by or None,
    }
