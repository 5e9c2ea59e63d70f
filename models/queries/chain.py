"""Whether the log is as it was written: read whole in windows, its end at every start; its head."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from peewee import PeeweeException

from models import anchors, db
from models.actor import Actor
from models.anchors import Anchor
from models.errors import Cancelled, Invalid, ShopLocked, ShopReadOnly
from models.i18n import N_
from models.queries._reading import may_read
from models.queries.damage import Accepted, known
from models.rules import anchor_codes
from models.rules.anchor_codes import AnchorCode
from models.rules.audit_damage import REWRITTEN, TRUNCATED, UNREADABLE, Damage, Row, Walk
from models.rules.progress import Asked, Progress, unasked, unheard

PERMISSION: Final = "audit.view.all"

WINDOW: Final = 2000
"""Entries that are read at once: 8 ms here, so that even a machine twenty times slower keeps no writer waiting for 200 ms."""

TAIL: Final = 64
"""Entries that are looked at whenever the shop is opened."""

_COLUMNS: Final = "seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new, hash"
FROM: Final = f"SELECT {_COLUMNS} FROM audit_entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"  # noqa: S608  our own text only
"""The entries behind a number, up to another, so many at most: what `Walk` is fed with."""

_LAST: Final = f"SELECT {_COLUMNS} FROM audit_entry WHERE seq >= ? ORDER BY seq DESC LIMIT ?"  # noqa: S608  our own text only
_HEAD: Final = "SELECT seq, hash, at FROM audit_entry ORDER BY seq DESC LIMIT 1"
_ONE: Final = "SELECT hash FROM audit_entry WHERE seq = ?"
_UNKNOWN: Final = 2**62
"""In place of the number of a last entry that cannot be read."""

HOLDS: Final = "holds"
"""What became of a code that somebody had written down: the log still has exactly that past; likewise `REWRITTEN` and `TRUNCATED`."""

_WRONG_CODE: Final = N_("This is no code of the log, or there is a slip in it. One looks like 1234-7KQF-2M9X-8RTA-B3C4.")


class Head(NamedTuple):
    """The last entry.

    Attributes:
        at: when it was written, UTC microseconds.
    """

    number: int
    digest: bytes
    at: int

    @property
    def code(self) -> str:
        """As a person writes it down."""
        return anchor_codes.code(self.number, self.digest)


class Report(NamedTuple):
    """What verifying the log came to.

    Attributes:
        entries: how many there are.
        head: the last; None of an empty log.
        new: damage that nobody has accepted.
        known: damage that was accepted.
        untold: damages more than are listed.
        anchors: how many heads kept beside the database were compared.
        asked: the code that was compared; None where none was asked for.
        answer: `HOLDS`, `REWRITTEN` or `TRUNCATED`; "" where none was asked for.
    """

    entries: int
    head: Head | None
    new: tuple[Damage, ...]
    known: tuple[Accepted, ...]
    untold: int
    anchors: int
    asked: AnchorCode | None
    answer: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found but what was accepted."""
        return not self.new and self.answer in {"", HOLDS}


def head() -> Head | None:
    """The last entry of the log; None of an empty one. For whoever keeps it elsewhere: a backup, its owner, syslog."""
    found = db.row(_HEAD)
    return Head(int(found[0]), bytes(found[1]), int(found[2])) if found is not None else None


# ---- the whole log


def verify(
    actor: Actor,
    *,
    progress: Progress = unheard,
    cancelled: Asked = unasked,
    code: str = "",
) -> Report:
    """Read the whole log and compare it with itself, with the heads that are kept beside it, and with one that somebody wrote down.

    Args:
        progress: told how many entries were read, and how many there are, after every window.
        cancelled: asked after every window whether to stop.
        code: as `Head.code` gave it some time ago; "" for none.

    Raises:
        NotAllowed: it takes `audit.view.all`.
        Invalid: `code` is none.
        Cancelled: somebody stopped it.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, PERMISSION)
    asked = check_code(code)
    accepted = known().accepted
    kept = counting(anchors.read(db.home()), accepted)  # before the log, which may grow meanwhile
    found = _readable(_HEAD, ())
    end = _UNKNOWN if found is None else int(found[0][0]) if found else 0
    walk = Walk(_around, by_number(kept))
    while walk.number < end and _go_on(walk, end, kept):
        progress(walk.number, end)
        if cancelled():
            raise Cancelled
    walk.end()
    new = unaccepted(walk.found if end else walk.found or [Damage(TRUNCATED, 1, 1)], accepted)
    answer = _answer(asked, walk.number) if asked is not None else ""
    return Report(walk.number, _head_if(found), new, accepted, walk.untold, len(kept), asked, answer)


def unaccepted(found: Iterable[Damage], accepted: Iterable[Accepted]) -> tuple[Damage, ...]:
    """What of it nobody has accepted; what was kept beside the log counts by itself, as far as it does."""
    apart = {TRUNCATED, REWRITTEN}
    return tuple(
        each
        for each in found
        if each.kind in apart or not any(before.covers(each.first, each.last) and each.first <= before.head for before in accepted)
    )


def check_code(code: str) -> AnchorCode | None:
    """What somebody meant by a code of some time ago; None where they typed none.

    Raises:
        Invalid: it is none.
    """
    if not code.strip():
        return None
    if (asked := anchor_codes.read(code)) is None:
        raise Invalid("code", _WRONG_CODE)
    return asked


def _answer(asked: AnchorCode, end: int) -> str:
    if asked.number > end:
        return TRUNCATED
    found = _readable(_ONE, (asked.number,))
    return HOLDS if found and isinstance(found[0][0], bytes) and anchor_codes.fits(asked, found[0][0]) else REWRITTEN


def counting(kept: Iterable[Anchor], accepted: Sequence[Accepted]) -> list[Anchor]:
    """The anchors that still count: not those from before somebody accepted that these entries are others, or gone."""
    return [each for each in kept if not any(before.covers(each.number, each.number) and each.at <= before.at for before in accepted)]


def by_number(kept: Iterable[Anchor]) -> dict[int, list[bytes]]:
    """The hashes that were kept of each entry."""
    found: dict[int, list[bytes]] = {}
    for each in kept:
        found.setdefault(each.number, []).append(each.digest)
    return found


def _head_if(found: Sequence[Row] | None) -> Head | None:
    """The last entry, where it can be read and is one."""
    whole = found and isinstance(found[0][1], bytes) and isinstance(found[0][2], int)
    return Head(*found[0]) if found and whole else None


def _go_on(walk: Walk, end: int, kept: Iterable[Anchor]) -> bool:
    """Hand the next entries to `walk`; what cannot be read is told to be unreadable. Whether there can be more."""
    rows = _readable(FROM, (walk.number, end, WINDOW))
    if rows is None:
        rows = _readable(FROM, (walk.number, end, 1))
    if rows:
        walk.feed(rows)
        return True
    after = _next_readable(walk.number, end) if rows is None else end + 1
    if end == _UNKNOWN and after > end:
        if rows is None:
            walk.unreadable(max((each.number for each in kept if each.number > walk.number), default=walk.number + 1))
        return False
    walk.unreadable(after - 1)
    return True


def _next_readable(after: int, end: int) -> int:
    """The first number behind `after` from which on something can be read; one behind `end` where nothing can."""
    low, step = after + 1, 1
    while low + step <= end and _readable(FROM, (low + step - 1, end, 1)) is None:
        step *= 2
    high = min(low + step, end + 1)
    low += step // 2
    while low < high:
        middle = (low + high) // 2
        if _readable(FROM, (middle - 1, end, 1)) is None:
            low = middle + 1
        else:
            high = middle
    found = _readable(FROM, (high - 1, end, 1)) if high <= end else None
    return int(found[0][0]) if found else end + 1


def _around(first: int, last: int) -> list[Row]:
    return _readable(FROM, (first - 1, last, last - first + 1)) or []


def _readable(sql: str, parameters: Sequence[object]) -> list[Row] | None:
    """Rows with text as the database holds it; None where it cannot be read.

    Raises:
        ShopLocked, ShopReadOnly: nobody can read now, which says nothing of the log.
    """
    with db.connection():
        connection = db.database.connection()
        connection.text_factory = bytes
        try:
            return list(connection.execute(sql, parameters))
        except (sqlite3.Error, PeeweeException, OverflowError, UnicodeDecodeError) as error:  # the last: a message quotes it
            plain = db.in_plain_words(error)
            if isinstance(plain, ShopLocked | ShopReadOnly):
                raise plain from error
            return None
        finally:
            connection.text_factory = str


# ---- the end of the log


def judge() -> tuple[Damage, ...]:
    """What is wrong with the end of the log, or with its head by what is kept of it: for every start, in less than 2 ms."""
    accepted = known().accepted
    kept = counting(anchors.newest(db.home()), accepted)
    since = max((each.head for each in accepted), default=0)
    rows = _readable(_LAST, (since, TAIL + 1))
    if rows is None:
        return (Damage(UNREADABLE, since + 1, since + 1),)
    rows.reverse()
    if not rows:
        found = _readable(_HEAD, ())
        end = int(found[0][0]) if found else 0
        return (Damage(TRUNCATED, end + 1, max(since + 1, *(each.number for each in kept), end + 1)),)
    if not since and len(rows) <= TAIL:
        walk = Walk(_around)
    else:
        base = rows.pop(0)
        walk = Walk(_around, after=base[0], previous=base[-1] if isinstance(base[-1], bytes) else None)
    walk.feed(rows)
    return unaccepted(walk.found, accepted) or _against(kept, walk.number)


def _against(kept: Sequence[Anchor], end: int) -> tuple[Damage, ...]:
    """What the heads that were kept tell, of which the newest is compared, the others only where that one is wrong."""
    ordered = sorted(kept, key=lambda each: each.number)
    if not ordered or _holds(ordered[-1]):
        return ()
    first = max((each.number for each in ordered[:-1] if _holds(each)), default=0) + 1
    last = ordered[-1].number
    return (Damage(TRUNCATED, end + 1, last) if last > end else Damage(REWRITTEN, first, last),)


def _holds(anchor: Anchor) -> bool:
    found = _readable(_ONE, (anchor.number,))
    return bool(found) and found is not None and found[0][0] == anchor.digest
