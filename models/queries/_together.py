"""Who holds both of two permissions that are kept apart: one statement, whoever asks, and however many people there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from models import clock, db
from models.catalogue import OPERATIONS, in_order, permissions
from models.rules.separation import FOREVER, Pair

_PAIRS: Final = "SELECT one, other FROM separation WHERE ended_at IS NULL ORDER BY one, other"

# Every pair is joined with what everybody holds of what is in the pairs, each code with its last instant. Where it is asked what a role
# would do, `role` is that role and `wanted` what would be in it: its holders hold that in place of what is in it now. CROSS keeps SQLite to
# that order: there are fewer things in roles than grants of them.
_TOGETHER: Final = """
    WITH pair(one, other, kept) AS (VALUES {pairs}),
    code(code) AS (SELECT one FROM pair UNION SELECT other FROM pair),
    wanted(code) AS (VALUES (''){wanted}),
    holder(staff_id, last) AS (
        SELECT staff_id, coalesce(until, ?1) FROM role_grant
        WHERE role_id = ?2 AND ended_at IS NULL AND (until IS NULL OR until >= ?3)
    ),
    given(staff_id, permission, last) AS (
        SELECT g.staff_id, p.permission, coalesce(g.until, ?1)
        FROM role_permission p JOIN code c ON c.code = p.permission CROSS JOIN role_grant g ON g.role_id = p.role_id
        WHERE p.role_id <> ?2 AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?3)
        UNION ALL
        SELECT e.staff_id, e.permission, coalesce(e.until, ?1)
        FROM code c JOIN extra e ON e.permission = c.code
        WHERE e.ended_at IS NULL AND (e.until IS NULL OR e.until >= ?3)
        UNION ALL
        SELECT h.staff_id, c.code, h.last FROM holder h JOIN wanted w JOIN code c ON c.code = w.code
    ),
    held(staff_id, permission, last) AS MATERIALIZED (SELECT staff_id, permission, max(last) FROM given GROUP BY staff_id, permission)
    SELECT {columns}
    FROM pair JOIN held a ON a.permission = pair.one JOIN held b ON b.permission = pair.other AND b.staff_id = a.staff_id
    JOIN staff s ON s.id = a.staff_id
    WHERE s.is_owner = 0 AND s.status <> 'left' AND (pair.kept = 0 OR s.post = ?4)
    AND CASE WHEN ?2 = 0 THEN s.leaves_at IS NULL OR s.leaves_at >= ?3 ELSE s.id IN (SELECT staff_id FROM holder) END
    {end}
"""
_WHO: Final = ("s.id, s.login, s.name, s.status, pair.one, pair.other, min(a.last, b.last)", "ORDER BY s.login, pair.one, pair.other")
_HOW_MANY: Final = ("pair.one, pair.other, count(*)", "GROUP BY pair.one, pair.other")


class Violator(NamedTuple):
    """Somebody who holds, or would hold, what is kept apart.

    Attributes:
        last: the last instant at which both are theirs, UTC microseconds; `separation.FOREVER` without end.
    """

    staff_id: int
    login: str
    name: str
    status: str
    one: str
    other: str
    last: int

    @property
    def until(self) -> int | None:
        """The last instant at which both are theirs, as it is shown: None without end."""
        return None if self.last == FOREVER else self.last


def pairs() -> tuple[Pair, ...]:
    """What is kept apart; one cheap read. What the catalogue does not know (of a newer version's) nobody holds."""
    return tuple(Pair(one, other) for one, other in db.rows(_PAIRS) if one in permissions() and other in permissions())


def violators(pairs: Iterable[Pair], role_id: int = 0, wanted: Collection[str] = ()) -> tuple[Violator, ...]:
    """Who holds both of any of the pairs, by login.

    Args:
        role_id: a role, to look at its holders only, and as if `wanted` were in it.
    """
    return tuple(Violator(*row) for row in _together(pairs, _WHO, role_id, wanted))


def counted(pairs: Iterable[Pair]) -> dict[Pair, int]:
    """How many hold both, by pair; where nobody does, the pair is left out."""
    return {Pair(one, other): people for one, other, people in _together(pairs, _HOW_MANY)}


def _together(pairs: Iterable[Pair], what: tuple[str, str], role_id: int = 0, wanted: Collection[str] = ()) -> Sequence[tuple[Any, ...]]:
    """The rows of the statement; none where there are no pairs. `what`: its columns, and what is done with its rows."""
    known = [pair for pair in pairs if set(pair) <= permissions().keys()]
    if not known:
        return ()
    codes = [code for pair in known for code in pair]
    inside = in_order(set(wanted) & set(codes))
    first, then = 5, 5 + len(codes)  # what is numbered in the statement comes before
    columns, end = what
    sql = _TOGETHER.format(
        pairs=", ".join(f"(?{first + 2 * place}, ?{first + 2 * place + 1}, {int(_kept(pair))})" for place, pair in enumerate(known)),
        wanted="".join(f", (?{then + place})" for place in range(len(inside))),
        columns=columns,
        end=end,
    )
    return db.rows(sql, (FOREVER, role_id, clock.now(), OPERATIONS, *codes, *inside))


def _kept(pair: Pair) -> bool:
    """Whether one of the two is kept for the post operations."""
    return any(permissions()[code].post == OPERATIONS for code in pair)
