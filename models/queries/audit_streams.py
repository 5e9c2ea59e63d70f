"""Finding entries of the log without reading the rest of it: streams of numbers from the indexes, merged, the newest first.

A filter becomes a few `Cut`s, of which an entry has to be in one. Each cut is read by the index that leaves the fewest, as one stream
for every actor, action or thing; what the index does not know is asked of each row. The streams are merged lazily, so a page costs what
is on it. Where that cannot be done within `PATIENCE`, the search says how far it came, and the next page goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from time import perf_counter
from typing import Final, NamedTuple, TypeVar

from models import db, sqlite
from models.events import PERMISSION, PROGRAM_ALLOW

_T = TypeVar("_T")

PATIENCE: Final = 0.05
"""Seconds after which a search stops where it is."""

_FEW: Final = 2000
"""So many of the newest entries are just read, and more while one in `_RARE` matches: then nothing is quicker."""

_RARE: Final = 100

_PAIRS: Final = 40_000
"""More streams than this take longer to open than their rows to read."""

_ENOUGH: Final = 3000
"""Counting stops here when indexes are compared."""

_SMALLEST: Final = 8
_LARGEST: Final = 8192


class Test(NamedTuple):
    """Something that is asked of a row, in SQL.

    Attributes:
        about: what it restricts: "actor", "action", "thing", "at", or the number of a word; an index may have answered it.
    """

    about: str
    sql: str
    terms: tuple[object, ...]


class Cut(NamedTuple):
    """Entries that have one of each; None where it does not matter.

    Attributes:
        labels: codes of permissions, of acts in other programs.
        ids: of things of `kind`; None for all of them.
        extra: what is asked of its rows beside the filter's own tests.
        answers: the test that the cut stands for, which is not asked where its index is one by `by`.
    """

    actors: frozenset[str] | None = None
    actions: frozenset[str] | None = None
    labels: frozenset[str] | None = None
    kind: str = ""
    ids: frozenset[int | None] | None = None
    extra: tuple[Test, ...] = ()
    answers: str = ""
    by: str = ""


class Found(NamedTuple):
    """Numbers of entries, the newest first.

    Attributes:
        reached: nothing above this number was left out; 0 where the whole log was looked through.
    """

    seqs: list[int]
    reached: int


class _Index(NamedTuple):
    """An index of the log by up to two things and the number."""

    name: str
    first: str
    second: str
    answers: frozenset[str]

    @property
    def key(self) -> str:
        """The condition of one stream."""
        return f"{self.first} AND {self.second}"


_PERMISSION: Final = f"object_kind = '{PERMISSION}'"
_LABELLED: Final = f"{_PERMISSION} AND object_label IN {sqlite.LISTED}"
_ANY: Final = "0 = {b}"
_BY_PAIR: Final = _Index("auditentry_actor_action", "actor = {a}", "action = {b}", frozenset({"actor", "action"}))
_BY_ACTOR: Final = _Index("auditentry_actor", "actor = {a}", _ANY, frozenset({"actor"}))
_BY_ACTION: Final = _Index("auditentry_action", "action = {a}", _ANY, frozenset({"action"}))
_BY_THING: Final = _Index("auditentry_object", "object_kind = {a}", "object_id IS {b}", frozenset({"thing"}))
_BY_LABEL: Final = _Index("auditentry_permission", f"{_PERMISSION} AND object_label = {{a}}", _ANY, frozenset({"label"}))
_BY_ACTOR_LABEL: Final = _Index(
    "auditentry_actor_permission",
    f"action = '{PROGRAM_ALLOW}' AND actor = {{a}}",
    "object_label = {b}",
    frozenset({"actor", "action", "label"}),
)
_ALLOWED: Final = frozenset({PROGRAM_ALLOW})
_NONE: Final[tuple[object, ...]] = (0,)

_HEADS: Final = f"""
    SELECT one, other, head FROM (
        SELECT a.value AS one, b.value AS other,
            (SELECT max(seq) FROM audit_entry INDEXED BY {{name}} WHERE {{key}} AND seq < ?3 AND seq >= ?4) AS head
        FROM {sqlite.each("?1")} a, {sqlite.each("?2")} b LIMIT -1)
    WHERE head IS NOT NULL
"""  # noqa: S608  our own text only; the LIMIT keeps SQLite from looking for each of them twice
_COUNT: Final = f"""
    SELECT count(*) FROM (
        SELECT 1 FROM {sqlite.each("?1")} a CROSS JOIN {sqlite.each("?2")} b CROSS JOIN audit_entry e INDEXED BY {{name}}
        WHERE {{key}} AND seq < ?3 AND seq >= ?4 LIMIT ?5)
"""  # noqa: S608  our own text only
_READ: Final = f"""
    SELECT count(*), min(seq), {sqlite.gathered("seq", "passes")} FROM (
        SELECT seq, {{tests}} AS passes FROM audit_entry {{rest}} AND seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?)
"""  # noqa: S608  our own text only
_STREAM: Final = "INDEXED BY {name} WHERE {key}"
_NEWEST: Final = "WHERE 1"
_IDS: Final = """
    WITH RECURSIVE known (id) AS (
        SELECT min(object_id) FROM audit_entry WHERE object_kind = ?1
        UNION ALL SELECT (SELECT min(object_id) FROM audit_entry WHERE object_kind = ?1 AND object_id > id) FROM known WHERE id IS NOT NULL
    ) SELECT id FROM known
"""  # the last of them is NULL, and stands for things without an id


class _Way(NamedTuple):
    """A cut with the index that it is read by: the values of both columns."""

    cut: Cut
    by: _Index
    first: Sequence[object]
    second: Sequence[object]

    @property
    def streams(self) -> int:
        """How many streams that makes."""
        return len(self.first) * len(self.second)


class _Stream:
    """Entries from the newest on, all or those of one value of an index; of them those that pass the tests."""

    def __init__(self, rest: str, tests: Sequence[Test], key: tuple[object, ...], floor: int, size: int) -> None:
        terms = tuple(term for test in tests for term in test.terms)
        self._sql = _READ.format(tests=" AND ".join(f"({test.sql})" for test in tests) or "1", rest=rest)
        self._before = (*terms, *key)
        self._floor, self.size = floor, size
        self.ready: list[int] = []

    def read(self, top: int) -> int:
        """Read on from `top` downwards into `ready` (the newest last); where to go on, 0 at the end."""
        ((number, last, passed),) = db.rows(self._sql, (*self._before, top + 1, self._floor, self.size))
        self.ready = json.loads(passed)[::-1]
        at_end = number < self.size
        self.size = min(self.size * 2, _LARGEST)
        return 0 if at_end else int(last) - 1


def search(cuts: Sequence[Cut], tests: Sequence[Test], bound: int, floor: int, limit: int) -> Found:
    """The newest `limit` entries below the number `bound`, down to `floor`, that are in one of `cuts` and pass all `tests`."""
    until = perf_counter() + PATIENCE
    newest = _Stream(_NEWEST, tests, (), floor, _FEW if tests else limit)
    seqs: list[int] = []
    top = bound - 1
    while top:
        size = newest.size
        top = newest.read(top)
        seqs += newest.ready[::-1]
        if len(seqs) >= limit:
            return Found(seqs[:limit], seqs[limit - 1])
        if len(newest.ready) * _RARE < size:
            break
    if not top:
        return Found(seqs, 0)
    found = _merged(list(_streams(cuts, tests, top + 1, floor, limit)), limit - len(seqs), until)
    return Found(seqs + found.seqs, found.reached)


def estimate(cuts: Iterable[Cut], bound: int, floor: int) -> int:
    """How many entries are in `cuts`, up to some thousands each."""
    return sum(min(_counted(way, bound, floor) for way in _ways(cut)) if not _is_open(cut) else _ENOUGH * 10 for cut in cuts)


def narrowed(cut: Cut, to: Cut) -> Cut | None:
    """What is in both; None where that can be nothing. The second one's `extra` and `answers` are taken."""
    actors, actions = _meet(cut.actors, to.actors), _meet(cut.actions, to.actions)
    labels, ids = _meet(cut.labels, to.labels), _meet(cut.ids, to.ids)
    apart = cut.kind and to.kind and cut.kind != to.kind
    if apart or any(values is not None and not values for values in (actors, actions, labels, ids)):
        return None
    return Cut(actors, actions, labels, cut.kind or to.kind, ids, to.extra, to.answers, to.by)


def _meet(one: frozenset[_T] | None, other: frozenset[_T] | None) -> frozenset[_T] | None:
    return one if other is None else other if one is None else one & other


def _is_open(cut: Cut) -> bool:
    return cut.actors is None and cut.actions is None and cut.labels is None and not cut.kind


def _ways(cut: Cut) -> Iterator[_Way]:
    """The indexes that a cut can be read by."""
    actors, actions, labels = (None if values is None else tuple(values) for values in (cut.actors, cut.actions, cut.labels))
    if cut.kind:
        ids = tuple(id for (id,) in db.rows(_IDS, (cut.kind,))) if cut.ids is None else tuple(cut.ids)
        yield _Way(cut, _BY_THING, (cut.kind,), ids)
    if labels is not None:
        if actors is not None and cut.actions == _ALLOWED and len(actors) * len(labels) <= _PAIRS:
            yield _Way(cut, _BY_ACTOR_LABEL, actors, labels)
            return
        yield _Way(cut, _BY_LABEL, labels, _NONE)
    if actors is not None and actions is not None and len(actors) * len(actions) <= _PAIRS:
        yield _Way(cut, _BY_PAIR, actors, actions)
    elif actions is not None:
        yield _Way(cut, _BY_ACTION, actions, _NONE)
    elif actors is not None:
        yield _Way(cut, _BY_ACTOR, actors, _NONE)


def _sql(text: str, index: _Index, first: str, second: str) -> str:
    return text.format(name=index.name, key=index.key.format(a=first, b=second))


def _counted(way: _Way, bound: int, floor: int) -> int:
    ((number,),) = db.rows(
        _sql(_COUNT, way.by, "a.value", "b.value"), (json.dumps(way.first), json.dumps(way.second), bound, floor, _ENOUGH)
    )
    return int(number)


def _streams(cuts: Iterable[Cut], tests: Sequence[Test], bound: int, floor: int, limit: int) -> Iterator[tuple[int, _Stream]]:
    """Every stream that has something, with its newest entry."""
    for cut in cuts:
        if _is_open(cut):
            yield bound - 1, _Stream(_NEWEST, (*cut.extra, *tests), (), floor, limit)
            continue
        ways = list(_ways(cut))
        way = ways[0] if len(ways) == 1 else min(ways, key=lambda way: _counted(way, bound, floor))
        answered = way.by.answers | ({cut.answers} if not cut.by or cut.by in way.by.answers else set())
        asked = (*cut.extra, *(test for test in tests if test.about not in answered))
        if cut.labels is not None and "label" not in answered:
            asked += (Test("label", _LABELLED, (json.dumps(sorted(cut.labels)),)),)
        rest = _sql(_STREAM, way.by, "?", "?")
        size = max(_SMALLEST, limit // max(way.streams, 1))
        heads = _sql(_HEADS, way.by, "a.value", "b.value")
        for first, second, head in db.rows(heads, (json.dumps(way.first), json.dumps(way.second), bound, floor)):
            yield head, _Stream(rest, asked, (first, second), floor, size)


def _merged(streams: list[tuple[int, _Stream]], limit: int, until: float) -> Found:
    """The newest `limit` of all streams. What lies on the heap is no older than what its stream still has."""
    heap = [(-top, place, False) for place, (top, _stream) in enumerate(streams)]
    heapify(heap)
    rest = [top for top, _stream in streams]
    seqs: list[int] = []
    while heap and len(seqs) < limit:
        top, place, is_found = heap[0]
        stream = streams[place][1]
        if is_found:
            if not seqs or seqs[-1] != -top:
                seqs.append(-top)
        elif perf_counter() > until:
            return Found(seqs, 1 - top)
        else:
            rest[place] = stream.read(-top)
        if stream.ready:
            heapreplace(heap, (-stream.ready.pop(), place, True))
        elif rest[place]:
            heapreplace(heap, (-rest[place], place, False))
        else:
            heappop(heap)
    return Found(seqs, seqs[-1] if len(seqs) == limit else 0)
