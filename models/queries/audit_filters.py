"""A filter of the log as the tests that a row has to pass, and as the cuts of the log that are worth reading for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from models import db, sqlite
from models.events import PERMISSION, PROGRAMS
from models.queries import audit_words
from models.queries.audit_streams import Cut, Test, estimate, narrowed
from models.queries.departments import within
from models.text import visible


class Wanted(NamedTuple):
    """Which entries; all empty means everything that one may see.

    Attributes:
        words: what was typed: people, things, what was done, what other programs said. Each word has to be met.
        by: the login of who acted; `console:<os user>` for the operator.
        department_id: who acted belongs to it now, or to one below it.
        area: as `models.events.AREAS`; `action`: as `models.events.SENTENCES`; `risk`: "low", "medium" or "high".
        kind: what it was done to: "staff", "role", "department", …; with `thing_id`, that one thing.
        since: the first moment, UTC microseconds; likewise `until`, the last.
    """

    words: str = ""
    by: str = ""
    department_id: int | None = None
    area: str = ""
    action: str = ""
    risk: str = ""
    kind: str = ""
    thing_id: int | None = None
    since: int | None = None
    until: int | None = None


END: Final = 1 << 62
"""Above every number, and later than every moment."""

_NEWEST: Final = "SELECT coalesce(max(seq), 0) FROM audit_entry"
_LOGINS: Final = f"SELECT s.login FROM {sqlite.each()} d CROSS JOIN staff s WHERE s.department_id = d.value"  # noqa: S608  our own text only
_ONE_OF: Final = f"{{column}} IN {sqlite.LISTED}"
_RISK: Final = f"""
    action IN {sqlite.LISTED} OR
    object_kind = '{PERMISSION}' AND action IN {sqlite.LISTED} AND object_label IN {sqlite.LISTED}
"""


def logins_in(department_id: int) -> frozenset[str]:
    """The logins of whoever belongs to a department, or to one below it, now."""
    return frozenset(login for (login,) in db.rows(_LOGINS, (json.dumps(sorted(within(department_id))),)))


def spans(wanted: Wanted, before: int | None) -> Iterator[tuple[int, int]]:
    """As `between`, the newest part first.

    Where a time begins for certain takes as long to find out as there are entries before it. Who asks for no more than a page needs to know
    it only where the first part, which begins where it begins if the clock never jumped, has less than that.
    """
    bound = END if before is None else before
    if wanted.since is not None and wanted.until is None:
        ((newest,),) = db.rows(_NEWEST)
        likely = _about(wanted.since, newest) + 1
        yield likely, min(newest + 1, bound)
        bound = min(likely, bound)
    floor, end = between(wanted, None)
    yield floor, min(end, bound)


def between(wanted: Wanted, before: int | None) -> tuple[int, int]:
    """From which number on, and below which, there are entries of the time that is wanted; a clock that jumped only widens it."""
    ((newest,),) = db.rows(_NEWEST)
    since, until = wanted.since, wanted.until
    ends = [_about(moment, newest) for moment in (since, until) if moment is not None]
    if since is not None and until is not None and ends[1] - ends[0] < sum(min(end, newest - end) for end in ends):
        first, last = db.rows("SELECT min(seq), max(seq) FROM audit_entry WHERE at BETWEEN ? AND ?", (since, until))[0]
        first, bound = (first, last + 1) if first is not None else (1, 0)
    else:
        first = 1 if since is None else _first_since(since, ends[0], newest)
        bound = newest + 1 if until is None else _last_until(until, ends[-1], newest) + 1
    return first, bound if before is None else min(bound, before)


def _first_since(moment: int, about: int, newest: int) -> int:
    """The first entry that is not earlier than `moment`; one after the newest where all are.

    The numbers have no gaps, so where there are as many earlier ones as their highest number, these are all before the first.
    """
    if about * 2 < newest:
        ((number, last),) = db.rows("SELECT count(*), coalesce(max(seq), 0) FROM audit_entry WHERE at < ?", (moment,))
        if number == last:
            return int(last) + 1
    ((first,),) = db.rows("SELECT min(seq) FROM audit_entry INDEXED BY auditentry_at WHERE at >= ?", (moment,))
    return int(first or newest + 1)


def _last_until(moment: int, about: int, newest: int) -> int:
    """The last entry that is not later than `moment`; 0 where all are. As `_first_since`, from the other end."""
    if about * 2 > newest:
        ((number, first),) = db.rows("SELECT count(*), coalesce(min(seq), ?) FROM audit_entry WHERE at > ?", (newest + 1, moment))
        if first + number == newest + 1:
            return int(first) - 1
    ((last,),) = db.rows("SELECT max(seq) FROM audit_entry INDEXED BY auditentry_at WHERE at <= ?", (moment,))
    return int(last or 0)


def _about(moment: int, newest: int) -> int:
    """The place of `moment` in the log, if its times never went back: which of both sides is the smaller one."""
    low, high = 0, newest
    while low < high:
        middle = (low + high) // 2
        found = db.row("SELECT at FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT 1", (middle,))
        if found is not None and found[0] < moment:
            low = middle + 1
        else:
            high = middle
    return low


class Asked:
    """What is wanted, of what may be seen.

    Attributes:
        tests: a row passes all of them.
    """

    def __init__(self, seen: frozenset[str] | None, wanted: Wanted) -> None:
        sets = [seen] if seen is not None else []
        sets += [frozenset({_login(wanted.by)})] if wanted.by else []
        sets += [logins_in(wanted.department_id)] if wanted.department_id is not None else []
        actors = frozenset.intersection(*sets) if sets else None
        done = [audit_words.of_area(wanted.area)] if wanted.area else []
        done += [frozenset({visible(wanted.action)})] if wanted.action else []
        actions = frozenset.intersection(*done) if done else None
        kind = visible(wanted.kind)
        ids = frozenset({wanted.thing_id}) if wanted.kind and wanted.thing_id is not None else None
        self._words = audit_words.words(wanted.words)
        self._base: tuple[Cut, ...] = _possible([Cut(actors, actions, None, kind, ids)])
        self.tests: tuple[Test, ...] = tuple(word.test for word in self._words)
        if actors is not None:
            self.tests += (Test("actor", _ONE_OF.format(column="actor"), (_json(actors),)),)
        if actions is not None:
            self.tests += (Test("action", _ONE_OF.format(column="action"), (_json(actions),)),)
        if wanted.kind:
            self.tests += (Test("thing", "object_kind = ?", (kind,)),)
        if ids is not None:
            self.tests += (Test("thing", "object_id = ?", (wanted.thing_id,)),)
        if wanted.since is not None or wanted.until is not None:
            self.tests += (Test("at", "at BETWEEN ? AND ?", (wanted.since or 0, END if wanted.until is None else wanted.until)),)
        if wanted.risk:
            own, labels = audit_words.of_risk(wanted.risk)
            self.tests += (Test("action", _RISK, (_json(own), _json(PROGRAMS), _json(labels))),)
            self._base = _both(self._base, [Cut(actions=own), *(Cut(actions=frozenset({action}), labels=labels) for action in PROGRAMS)])

    @property
    def can_match(self) -> bool:
        """Whether anything can pass: not where what is wanted contradicts itself, or what one may see."""
        return bool(self._base)

    def cuts(self, bound: int, floor: int) -> Sequence[Cut]:
        """Cuts that hold every entry that passes, as few of others as can be."""
        best = self._base
        if not self._words:
            return best
        least = estimate(best, bound, floor)
        for word in self._words:
            found = _both(self._base, word.cuts)
            number = estimate(found, bound, floor)
            if number < least:
                best, least = (*found, *_both(self._base, [word.texts])), number
        return best


def _both(cuts: Iterable[Cut], others: Iterable[Cut]) -> tuple[Cut, ...]:
    others = tuple(others)
    return tuple(both for cut in cuts for other in others if (both := narrowed(cut, other)) is not None)


def _possible(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    return _both(cuts, [Cut()])


def _login(typed: str) -> str:
    """A login however its capitals were typed; an operator's name is the system's."""
    typed = visible(typed).strip()
    return typed if ":" in typed else typed.casefold()


def _json(values: Iterable[str]) -> str:
    return json.dumps(sorted(values))
