"""Walking along the log without a database: places that only a damaged file, or a very thorough attacker, has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from models.rules import audit_damage
from models.rules.audit_chain import FIRST, link
from models.rules.audit_damage import CHANGED, INSERTED, KEPT, MISSING, MOVED, REWRITTEN, TRUNCATED, UNREADABLE, Damage, Row, Walk


def log(length: int) -> list[Row]:
    """A whole log, as the database has it."""
    made: list[Row] = []
    previous = FIRST
    for number in range(1, length + 1):
        fields = (number, number * 10, b"alice", None, b"", b"", b"role.add", b"role", number, b"Role %d" % number, b"", b'{"a":1}')
        previous = link(previous, fields)
        made.append((*fields, previous))
    return made


def reading(rows: Sequence[Row]) -> Callable[[int, int], list[Row]]:
    """Looks at a log as a query would."""
    return lambda first, last: [row for row in rows if isinstance(row[0], int) and first <= row[0] <= last]


def walked(rows: Sequence[Row], anchored: Mapping[int, Sequence[bytes]] | None = None) -> Walk:
    """A walk along all of `rows`, to the end."""
    walk = Walk(reading(rows), anchored)
    walk.feed(rows)
    walk.end()
    return walk


def put(row: Row, **at: object) -> Row:
    """`row` with other fields: their places behind a `_`."""
    return tuple(at.get(f"_{place}", value) for place, value in enumerate(row))


@pytest.mark.parametrize("kept", [None, 7, b"", b"x" * 31, "text"])
def test_a_hash_that_is_none_is_told_and_the_entry_behind_it_taken_as_it_is(kept: object) -> None:
    """What stands there instead is nothing to go on from, where the entry itself was changed, too."""
    rows = log(6)
    rows[2] = put(rows[2], _2=b"eve", _12=kept)
    assert walked(rows).found == [Damage(CHANGED, 3, 3)]


@pytest.mark.parametrize("value", [1.5, None, 7, "text"])
@pytest.mark.parametrize("place", [1, 2, 8, 10, 11])
def test_a_field_of_a_kind_that_was_never_written_is_told(place: int, value: object) -> None:
    """As a bit that fell over leaves it: never anything but damage."""
    rows = log(5)
    if rows[2][place] != value:
        rows[2] = put(rows[2], **{f"_{place}": value})
        assert walked(rows).found == [Damage(CHANGED, 3, 3)]


def test_rows_out_of_order_come_to_an_end() -> None:
    """Only a damaged file gives them so; the walk gets on with every one of them."""
    rows = log(6)
    walk = Walk(reading(rows))
    walk.feed([rows[0], rows[1], rows[1], rows[0], *rows[2:]])
    assert walk.number >= 6
    assert [(each.kind, each.first) for each in walk.found] == [(CHANGED, 3)]


def test_what_cannot_be_read_is_told_and_what_follows_is_verified() -> None:
    """From the entry behind it on, which is taken as it is."""
    rows = log(9)
    rows[7] = put(rows[7], _2=b"eve")
    walk = Walk(reading(rows))
    walk.feed(rows[:2])
    walk.unreadable(4)
    walk.feed(rows[4:])
    walk.end()
    assert walk.found == [Damage(UNREADABLE, 3, 4), Damage(CHANGED, 8, 8)]


def test_a_walk_can_begin_anywhere() -> None:
    """Behind an entry whose hash is known, or is not."""
    rows = log(6)
    for previous in (rows[2][KEPT], None):
        walk = Walk(reading(rows), after=3, previous=previous)
        walk.feed(rows[3:])
        assert (walk.found, walk.number) == ([], 6)


@pytest.mark.parametrize("taken", [1, 2, 3])
@pytest.mark.parametrize("first", [1, 4, 20])
def test_entries_taken_out_and_put_in_at_two_places(first: int, taken: int) -> None:
    """The numbers run on; those in between fit under others, those behind again under their own."""
    rows = log(40)
    false = [put(rows[0], _2=b"eve", _12=bytes([number]) * 32) for number in range(taken)]
    mixed = [*rows[: first - 1], *rows[first - 1 + taken : 30], *false, *rows[30:]]
    renumbered = [(number, *row[1:]) for number, row in enumerate(mixed, 1)]
    found = walked(renumbered).found
    assert found == [Damage(MISSING, first, first + taken - 1), Damage(INSERTED, 31, 30 + taken)]


def test_an_anchor_in_a_shifted_part_is_looked_for_under_its_own_number() -> None:
    """What was kept of entry 10 is compared with entry 10, wherever it stands now."""
    rows = log(12)
    renumbered = [(number, *row[1:]) for number, row in enumerate([*rows[:4], *rows[5:]], 1)]
    anchored = {12: [rows[11][KEPT]], 10: [rows[9][KEPT]], 2: [rows[1][KEPT]]}
    assert walked(renumbered, anchored).found == [Damage(MISSING, 5, 5)]


def test_what_is_known_to_be_bad_is_not_told_again_by_an_anchor() -> None:
    """The hash of an entry was changed, and is anchored: once is enough. One that is behind the end is told in any case."""
    rows = log(6)
    right = rows[2][KEPT]
    rows[2] = put(rows[2], _12=bytes(32))
    assert walked(rows, {3: [right]}).found == [Damage(CHANGED, 3, 3)]
    assert walked(rows, {3: [right], 9: [right]}).found == [Damage(CHANGED, 3, 3), Damage(TRUNCATED, 7, 9)]


def test_two_hashes_of_one_number_are_both_to_be_found() -> None:
    """One of them is of another log."""
    rows = log(6)
    assert walked(rows, {2: [rows[1][KEPT]], 4: [rows[3][KEPT], bytes(32)]}).found == [Damage(REWRITTEN, 3, 4)]


def test_where_everything_is_bad_it_is_still_quick_and_told_once() -> None:
    """The neighbours are looked at a bounded number of times."""
    rows = [put(row, _2=b"eve", _12=bytes([row[0] % 256]) * 32) for row in log(400)]
    looked: list[int] = []

    def around(first: int, last: int) -> list[Row]:
        looked.append(last - first)
        return reading(rows)(first, last)

    walk = Walk(around)
    walk.feed(rows)
    assert walk.found == [Damage(CHANGED, 1, 400)]
    assert sum(reach > 2 for reach in looked) == audit_damage.LOOKS


def test_more_damages_than_are_told_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second entry was edited."""
    monkeypatch.setattr(audit_damage, "MOST", 5)
    rows = [put(row, _2=b"eve") if row[0] % 2 else row for row in log(40)]
    walk = walked(rows)
    assert (len(walk.found), walk.untold) == (5, 15)


def test_nothing_near_can_be_read_and_it_is_told_all_the_same() -> None:
    """A look that fails says nothing."""
    rows = log(5)
    rows[2] = put(rows[2], _2=b"eve")
    walk = Walk(lambda _first, _last: [])
    walk.feed(rows)
    assert walk.found == [Damage(CHANGED, 3, 3)]


def test_an_entry_moved_behind_a_gap_is_told() -> None:
    """The last two changed places, and what stood before the last is gone."""
    rows = log(6)
    mixed = [*rows[:2], (3, *rows[5][1:]), rows[3], (6, *rows[2][1:])]
    assert walked(mixed).found == [Damage(MOVED, 3, 3), Damage(MISSING, 5, 5)]


@pytest.mark.parametrize("kind", audit_damage.SENTENCES)
def test_every_kind_has_words_for_one_and_for_several(kind: str) -> None:
    """With its numbers."""
    assert "5" in str(Damage(kind, 5, 5))
    assert "9" in str(Damage(kind, 5, 9))
    assert str(Damage(kind, 5, 5)) != str(Damage(kind, 5, 9))
