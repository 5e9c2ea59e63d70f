"""Whether a copy of the shop's database is whole, and what is in it: a file of its own, which nobody else has open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from models import sqlite, sqlite_copying
from models.anchors import Anchor
from models.errors import Cancelled, ShopDamaged
from models.queries.chain import FROM, WINDOW, by_number, counting, unaccepted
from models.queries.damage import Accepted
from models.rules.audit_damage import TRUNCATED, Damage, Row, Walk
from models.rules.progress import Asked, Progress, unasked, unheard

_SHOP: Final = "SELECT name, code FROM shop"
_SCHEMA: Final = "SELECT name FROM schema_migration ORDER BY name"
_KEY_CHECK: Final = "SELECT value FROM setting WHERE name = 'key_check'"
_FIRST: Final = "SELECT hash FROM audit_entry ORDER BY seq LIMIT 1"
_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"

STEPS: Final = 20_000
"""Of SQLite's machine between two questions whether to stop: some milliseconds."""


STEPS_OF_A_PAGE: Final = 800
"""That looking at a page takes, most of which are the log's: 785 of 10,000 entries, 790 of 100,000."""


class Contents(NamedTuple):
    """What is in a copy.

    Attributes:
        shop: its name; likewise `code`.
        schema: the names of the migrations that it has been through.
        entries: the number of the last entry of its log; 0 of an empty one.
        head: the hash of that entry; likewise `first`, of the first.
        key_check: the check value of the key file that belongs to it; "" where it has none.
        damage: of its log, that nobody has accepted.
    """

    shop: str
    code: str
    schema: tuple[str, ...]
    entries: int
    head: bytes | None
    first: bytes | None
    key_check: str
    damage: tuple[Damage, ...]


def examine(
    file: Path,
    kept: Iterable[Anchor] = (),
    accepted: Sequence[Accepted] = (),
    *,
    progress: Progress = unheard,
    cancelled: Asked = unasked,
) -> Contents:
    """Look at all of the copy `file`: every page, every reference between tables, every entry of the log.

    Args:
        kept: heads of the log that have to be in it.
        accepted: damage to the log that somebody went on with.
        progress: told how far it is, of how much: first half the pages, second half the log.

    Raises:
        ShopDamaged: it is no whole database of a shop.
        Cancelled: it was stopped.
    """
    with _opened(file, cancelled) as copy:
        copy.set_progress_handler(_Pages(copy, progress, cancelled), STEPS)
        if not sqlite_copying.is_whole(copy):
            raise ShopDamaged
        copy.set_progress_handler(cancelled, STEPS)
        shop, code = _one(copy, _SHOP)
        schema = tuple(name for (name,) in copy.execute(_SCHEMA))
        (key_check,) = copy.execute(_KEY_CHECK).fetchone() or ("",)
        (first,) = copy.execute(_FIRST).fetchone() or (None,)
        entries, head = copy.execute(_HEAD).fetchone() or (0, None)
        copy.text_factory = bytes  # a log that holds what is no text is told as damaged, not as a mistake of ours
        damage = _damage(copy, entries, kept, accepted, progress, cancelled)
        return Contents(str(shop), str(code), schema, entries, _hash(head), _hash(first), str(key_check), damage)


class _Pages:
    """Tells how far looking at the pages is, as SQLite does not: by how long its machine ran."""

    def __init__(self, copy: sqlite3.Connection, progress: Progress, cancelled: Asked) -> None:
        self._all = sqlite_copying.pages(copy) * STEPS_OF_A_PAGE // STEPS
        self._done = 0
        self._progress = progress
        self._cancelled = cancelled

    def __call__(self) -> bool:
        """What SQLite asks every `STEPS`: whether to stop."""
        self._done += 1
        self._progress(min(self._done, self._all), 2 * self._all)
        return self._cancelled()


@contextmanager
def _opened(file: Path, cancelled: Asked) -> Iterator[sqlite3.Connection]:
    """The copy, to be read; whoever asks to stop is heard within each query, too."""
    try:
        copy = sqlite.connect_read_only(file)
        try:
            yield copy
        finally:
            copy.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the second: SQLite quotes what is damaged
        if cancelled():
            raise Cancelled from error
        raise ShopDamaged from error


def _one(copy: sqlite3.Connection, sql: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] | None = copy.execute(sql).fetchone()
    if found is None:
        raise ShopDamaged
    return found


def _hash(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _damage(
    copy: sqlite3.Connection, end: int, kept: Iterable[Anchor], accepted: Sequence[Accepted], progress: Progress, cancelled: Asked
) -> tuple[Damage, ...]:
    def around(first: int, last: int) -> list[Row]:
        return list(copy.execute(FROM, (first - 1, last, last - first + 1)))

    walk = Walk(around, by_number(counting(kept, accepted)))
    while rows := list(copy.execute(FROM, (walk.number, end, WINDOW))):
        walk.feed(rows)
        progress(end + walk.number, 2 * end)
        if cancelled():
            raise Cancelled
    walk.end()
    return unaccepted(walk.found if end else walk.found or [Damage(TRUNCATED, 1, 1)], accepted)
