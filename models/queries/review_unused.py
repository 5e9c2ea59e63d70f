"""What an access review finds to lie unused: the log is asked about each permission of each person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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
_MAY: Final = f"""({{table}}.permission IN (SELECT value FROM json_each(?1))
        OR (s.post = '{OPERATIONS}' AND {{table}}.permission IN (SELECT value FROM json_each(?2))))"""  # noqa: S608  our own text only
_HELD: Final = f"""
    SELECT s.login, s.id, p.permission FROM role_grant g JOIN staff s ON s.id = g.staff_id JOIN role_permission p ON p.role_id = g.role_id
    WHERE g.staff_id IN ({{ids}}) AND {HOLDS} AND g.since <= {{early}}
    AND {_MAY.format(table="p")}
    AND g.role_id || ':' || p.permission NOT IN (SELECT value FROM json_each(?3))
    UNION
    SELECT s.login, s.id, g.permission FROM extra g JOIN staff s ON s.id = g.staff_id
    WHERE g.staff_id IN ({{ids}}) AND {HOLDS} AND g.since <= {{early}}
    AND {_MAY.format(table="g")}
"""  # noqa: S608  our own text only
"""What each person has held for as long as what is let lie has to have been held."""

_ADDED: Final = """
    SELECT e.object_id || ':' || a.value FROM audit_entry e, json_each(CASE WHEN json_valid(e.new) THEN e.new ELSE '{}' END, '$.added') a
    WHERE e.action = 'role.edit' AND e.at > ?
"""
"""What came into roles since; an entry that was damaged tells nothing."""


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
        operations = [code for code in told if permissions()[code].post == OPERATIONS]
        self._terms = (json.dumps(anybody), json.dumps(operations), json.dumps(_recent(self._early)))
        self._order = {code: place for place, code in enumerate(permissions())}

    def of(self, ids: list[int]) -> Iterator[Found]:
        """Those of a few people, by login, in the catalogue's order."""
        sql = _HELD.format(ids=", ".join(map(str, ids)), now=int(self._now), early=int(self._early))
        holds = [Holds(*row) for row in db.rows(sql, self._terms)]
        holds.sort(key=lambda each: (each.login, self._order[each.code]))
        for each, at in zip(holds, last_use.last(holds), strict=True):
            if at is None or at <= self._early:
                yield Found(each.staff_id, code=each.code, high=permissions()[each.code].high_risk, at=at)


def _recent(early: int) -> list[str]:
    """What came into a role since `early`, as `role:permission`: its holders have held it for no longer than that."""
    return [str(added) for (added,) in db.rows(_ADDED, (early,))]
