"""What an access review finds to lie unused: the log is asked about each permission of each person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from models import clock, db
from models.actor import Actor
from models.catalogue import OPERATIONS, permissions
from models.clock import DAY
from models.errors import Cancelled
from models.queries import last_use
from models.queries._everybody import HOLDS, working
from models.queries._reading import may_read
from models.queries.last_use import UNUSED_DAYS, Holds
from models.queries.review import PERMISSION
from models.queries.review_findings import UNUSED, Finding, Found

WINDOW: Final = 250
"""People whose use is looked up at once."""

_PEOPLE: Final = "SELECT s.id FROM staff s WHERE {who} AND s.is_owner = 0 ORDER BY s.login"
_HELD: Final = f"""
    SELECT s.login, s.id, p.permission, g.role_id
    FROM role_grant g JOIN staff s ON s.id = g.staff_id JOIN role_permission p ON p.role_id = g.role_id
    WHERE g.staff_id IN ({{ids}}) AND {HOLDS} AND g.since <= {{early}} AND p.permission IN ({{codes}})
    AND (s.post = '{OPERATIONS}' OR p.permission IN ({{anybody}}))
    UNION
    SELECT s.login, s.id, g.permission, NULL FROM extra g JOIN staff s ON s.id = g.staff_id
    WHERE g.staff_id IN ({{ids}}) AND {HOLDS} AND g.since <= {{early}} AND g.permission IN ({{codes}})
    AND (s.post = '{OPERATIONS}' OR g.permission IN ({{anybody}}))
"""  # noqa: S608  our own text only
"""What each person has held for as long as what is let lie has to have been held, and through which role."""

_EDITS: Final = "SELECT object_id, new FROM audit_entry WHERE action = 'role.edit' AND at > ?"


def unused(
    actor: Actor, progress: Callable[[int, int], object] = lambda _done, _total: None, cancelled: Callable[[], bool] = lambda: False
) -> Finding:
    """What was given and not used for `UNUSED_DAYS`, as far as the log knows: each permission of each person, high-risk first.

    Left out is what was given since, what came into a role since, and what the log has not told of for that long.

    Args:
        progress: told how many people were looked at, out of how many.
        cancelled: asked now and then whether to stop.

    Raises:
        Cancelled: it was stopped.
        NotAllowed, SessionEnded: as `findings`.
    """
    may_read(actor, PERMISSION)
    now = clock.now()
    people = [row[0] for row in db.rows(_PEOPLE.format(who=working(now)))]
    high: list[Found] = []
    others: list[Found] = []
    judging = _Judging(now)
    for start in range(0, len(people), WINDOW):
        if cancelled():
            raise Cancelled
        progress(start, len(people))
        for found in judging.of(people[start : start + WINDOW]):
            (high if found.high else others).append(found)
    progress(len(people), len(people))
    return Finding(UNUSED, high + others)


class _Judging:
    """Which permissions people have let lie."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._early = now - UNUSED_DAYS * DAY
        told = [code for code, since in last_use.known_since(list(permissions())).items() if since <= self._early]
        told = [code for code in told if not permissions()[code].owner_only]
        anybody = [code for code in told if permissions()[code].post != OPERATIONS]
        self._codes = {"codes": _quoted(told), "anybody": _quoted(anybody)}
        self._recent = _recent(self._early)
        self._order = {code: place for place, code in enumerate(permissions())}

    def of(self, ids: list[int]) -> Iterator[Found]:
        """Those of a few people, by login, in the catalogue's order."""
        sql = _HELD.format(ids=", ".join(map(str, ids)), now=int(self._now), early=int(self._early), **self._codes)
        found = {Holds(login, staff_id, code) for login, staff_id, code, role_id in db.rows(sql) if (role_id, code) not in self._recent}
        holds = sorted(found, key=lambda each: (each.login, self._order[each.code]))
        for each, at in zip(holds, last_use.last(holds), strict=True):
            if at is None or at <= self._early:
                yield Found(each.staff_id, code=each.code, high=permissions()[each.code].high_risk, at=at)


def _quoted(codes: list[str]) -> str:
    """Codes of the catalogue, in SQL."""
    return ", ".join(f"'{code}'" for code in codes)


def _recent(early: int) -> set[tuple[int | None, str]]:
    """What came into which role since `early`: its holders have held it for no longer. An entry that was damaged tells nothing."""
    found: set[tuple[int | None, str]] = set()
    for role_id, new in db.rows(_EDITS, (early,)):
        with suppress(ValueError, AttributeError, TypeError):
            found |= {(role_id, code) for code in json.loads(new).get("added", ())}
    return found
