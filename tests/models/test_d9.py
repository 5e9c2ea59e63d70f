"""D9: whatever is done to the log is found, named, and lets nothing be changed until somebody at the console goes on with it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from models import db, shop
from models.errors import DataUnusable
from models.operations import departments, sessions
from models.queries import chain, damage
from models.queries.chain import Report
from models.rules.audit_chain import link
from models.rules.audit_damage import CHANGED, INSERTED, MISSING, MOVED, REWRITTEN, TRUNCATED
from tests import factories
from tests.factories import CONSOLE
from tests.tampering import COLUMNS, Row, attacker, forged, leaf_of, recomputed, renumbered, rewrite, rows

LENGTH: Final = 30
"""Entries of the log that is tampered with."""


@pytest.fixture(scope="module")
def logged_template(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed shop with a log to tamper with, whose head was kept when the owner signed out at the end."""
    home = tmp_path_factory.mktemp("logged") / "home"
    with factories.founded(shop_template, home) as founded:
        for number in range(LENGTH - 2):
            departments.add(founded.owner, f"Night shift {number} 夜班")
        sessions.sign_out(founded.owner)
        assert chain.head() is not None and chain.head().number == LENGTH  # type: ignore[union-attr]  # asserted before
    return home


@pytest.fixture
def home(logged_template: Path, tmp_path: Path) -> Path:
    """The same, this test's own."""
    return Path(shutil.copytree(logged_template, tmp_path / "home"))


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    shop.close()


def verified(home: Path, code: str = "") -> Report:
    """What verifying the log of the shop in `home` comes to."""
    shop.open(home)
    try:
        return chain.verify(CONSOLE, code=code)
    finally:
        shop.close()


def found(home: Path) -> list[tuple[str, int, int]]:
    """What is found in the shop in `home`."""
    return [(each.kind, each.first, each.last) for each in verified(home).new]


def is_said_at_the_start(home: Path) -> bool:
    """Whether opening the shop finds it out."""
    shop.open(home)
    try:
        return damage.is_damaged()
    finally:
        shop.close()


def test_d9_a_log_that_nobody_touched_is_whole(home: Path) -> None:
    """All of it, and every head that was kept of it."""
    report = verified(home)
    assert (report.entries, report.new, report.known, report.is_whole) == (LENGTH, (), (), True)
    assert report.anchors >= 1
    assert report.head is not None and report.head.number == LENGTH
    assert not is_said_at_the_start(home)


OTHER: Final[dict[str, object]] = {
    "at": 1,
    "actor": "nobody",
    "session": 77,
    "device": "SHA256:other",
    "address": "203.0.113.99",
    "action": "department.close",
    "object_kind": "role",
    "object_id": 999,
    "object_label": "Day shift",
    "old": '{"name":"x"}',
    "new": "",
    "hash": bytes(32),
}


@pytest.mark.parametrize("number", [1, 15, LENGTH])
@pytest.mark.parametrize("column", COLUMNS[1:])
def test_d9_an_entry_that_was_edited_is_found(home: Path, column: str, number: int) -> None:
    """Whichever column, wherever it stands; and nothing else is blamed."""
    with attacker(home) as bare:
        bare.execute(f"UPDATE audit_entry SET {column} = ? WHERE seq = ?", (OTHER[column], number))
    assert found(home) == [(CHANGED, number, number)]


@pytest.mark.parametrize(("column", "value"), [("session", None), ("object_id", None), ("old", "x\0y"), ("new", " ")])
def test_d9_the_least_of_edits_is_found(home: Path, column: str, value: object) -> None:
    """Nothing in the place of something, a character that cannot be seen."""
    with attacker(home) as bare:
        bare.execute("UPDATE audit_entry SET session = 5, object_id = 5 WHERE seq = 15")
        before = rows_of(bare, 15)
        bare.execute(f"UPDATE audit_entry SET {column} = ? WHERE seq = 15", (value,))
        assert rows_of(bare, 15) != before
    assert found(home) == [(CHANGED, 15, 15)]


def rows_of(bare: sqlite3.Connection, number: int) -> list[Any]:
    """An entry, as whoever has the database sees it."""
    return bare.execute("SELECT * FROM audit_entry WHERE seq = ?", (number,)).fetchall()


def test_d9_several_places_are_named_one_by_one(home: Path) -> None:
    """Neighbours together; what stands between them is not blamed."""
    with attacker(home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq IN (4, 10, 11, 12, 25)")
    assert found(home) == [(CHANGED, 4, 4), (CHANGED, 10, 12), (CHANGED, 25, 25)]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ((1,), (MISSING, 1, 1)),
        ((2,), (MISSING, 2, 2)),
        ((15,), (MISSING, 15, 15)),
        ((14, 15, 16), (MISSING, 14, 16)),
        ((LENGTH,), (TRUNCATED, LENGTH, LENGTH)),
        (range(20, LENGTH + 1), (TRUNCATED, 20, LENGTH)),
        (range(1, LENGTH + 1), (TRUNCATED, 1, LENGTH)),
    ],
)
def test_d9_entries_that_were_deleted_are_found(home: Path, gone: Sequence[int], expected: tuple[str, int, int]) -> None:
    """The first, one in the middle, several; those at the end by the head that was kept, and at the start already."""
    with attacker(home) as bare:
        bare.executemany("DELETE FROM audit_entry WHERE seq = ?", [(number,) for number in gone])
    assert found(home) == [expected]
    if expected[0] == TRUNCATED:
        assert is_said_at_the_start(home)


def test_d9_entries_that_were_deleted_and_the_rest_renumbered_are_found(home: Path) -> None:
    """No gap is left, and everything behind stands under another number."""
    log = rows(home)
    rewrite(home, renumbered([row for row in log if row[0] not in {11, 12}]))
    assert found(home) == [(MISSING, 11, 12)]


@pytest.mark.parametrize(("one", "other"), [(10, 11), (1, 2), (LENGTH - 1, LENGTH), (1, LENGTH), (7, 21)])
def test_d9_entries_that_changed_places_are_found(home: Path, one: int, other: int) -> None:
    """Neighbours, the first and the last; with the hashes that they had, and with those of their new places."""
    log = rows(home)
    for keep_hash in (False, True):
        swapped = list(log)
        for here, there in ((one, other), (other, one)):
            kept = log[here - 1][-1] if keep_hash else log[there - 1][-1]
            swapped[here - 1] = (here, *log[there - 1][1:-1], kept)
        rewrite(home, swapped)
        said = [(MOVED, one, other)] if one + 1 == other else [(MOVED, one, one), (MOVED, other, other)]
        assert found(home) == said, keep_hash


def test_d9_an_entry_that_was_moved_along_is_found(home: Path) -> None:
    """Those between move up by one."""
    log = rows(home)
    rewrite(home, renumbered([*log[:9], *log[10:20], log[9], *log[20:]]))
    assert found(home) == [(MOVED, 10, 20)]


@pytest.mark.parametrize("honest", [False, True])
@pytest.mark.parametrize("number", [1, 2, 15, LENGTH])
def test_d9_entries_that_were_put_in_are_found(home: Path, number: int, honest: bool) -> None:
    """With any hash, and with the very one that fits there."""
    log = rows(home)
    false = forged(log[3], seq=number, actor="nobody")
    previous = log[number - 2][-1] if number > 1 else bytes(32)
    false = (*false[:-1], link(previous, false[:-1]) if honest else bytes(32))
    rewrite(home, renumbered([*log[: number - 1], false, *log[number - 1 :]]))
    said = found(home)
    if number == LENGTH and honest:  # nothing stands behind the true last entry that would fit under another number
        assert said[0] == (CHANGED, LENGTH + 1, LENGTH + 1)
        assert (said[1][0], said[1][2]) == (REWRITTEN, LENGTH)
    else:
        assert said == [(INSERTED, number, number)]


def test_d9_an_entry_behind_the_last_that_does_not_fit_is_found(home: Path) -> None:
    """It is none that was written."""
    log = rows(home)
    rewrite(home, [*log, forged(log[-1], seq=LENGTH + 1)])
    assert found(home) == [(CHANGED, LENGTH + 1, LENGTH + 1)]
    assert is_said_at_the_start(home)


@pytest.mark.parametrize("number", [1, 12, LENGTH])
def test_d9_a_log_recomputed_from_an_entry_on_is_found_by_an_anchor(home: Path, number: int) -> None:
    """The chain is whole, so that nothing else tells; the head that was kept does, also at the start."""
    log = rows(home)
    log[number - 1] = forged(log[number - 1], actor="nobody")
    rewrite(home, recomputed(log))
    ((kind, first, last),) = found(home)
    assert (kind, last) == (REWRITTEN, LENGTH)
    assert first <= number
    assert is_said_at_the_start(home)


def test_d9_everything_written_anew_is_found_by_an_anchor(home: Path) -> None:
    """As many entries, more, or fewer: each of another shop."""
    log = [forged(row, actor="nobody", at=row[1] + 1) for row in rows(home)]
    for anew, said in ((log, REWRITTEN), (log + log, REWRITTEN), (log[:5], TRUNCATED)):
        rewrite(home, recomputed(anew))
        assert said in [kind for kind, _first, _last in found(home)]
        assert is_said_at_the_start(home)


def test_d9_what_the_operator_can_do_is_not_seen_but_by_a_head_kept_elsewhere(home: Path) -> None:
    """Who has the whole machine rewrites the log and what was kept of it beside it: a code on paper tells."""
    code = verified(home).head.code  # type: ignore[union-attr]  # the log is whole
    log = rows(home)
    rewrite(home, recomputed([forged(log[0], actor="nobody"), *log[1:]]))
    (home / "anchors").unlink()
    report = verified(home, code)
    assert (report.new, report.answer, report.is_whole) == ((), REWRITTEN, False)
    rewrite(home, log[:12])
    assert verified(home, code).answer == TRUNCATED
    rewrite(home, log)
    assert verified(home, code).answer == chain.HOLDS


def test_d9_an_anchor_cannot_be_made_without_the_key(home: Path) -> None:
    """Whoever has another key writes lines that say nothing, and takes none of those that were there."""
    lines = (home / "anchors").read_text()
    log = rows(home)
    rewrite(home, recomputed([forged(log[0], actor="nobody"), *log[1:]]))
    head = rows(home)[-1]
    (home / "anchors").write_text(f"{lines}{LENGTH} 2026-11-22T10:00:00.000000Z {head[-1].hex()} {bytes(32).hex()}\nnonsense\n\xff 1 2 3\n")
    assert [kind for kind, _first, _last in found(home)] == [REWRITTEN]


# ---- bits that fall over


def plain_rows(file: Path) -> list[Row] | None:
    """The log as SQLite alone reads it, text as bytes; None where it cannot."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as bare:
            bare.text_factory = bytes
            return bare.execute(f"SELECT {', '.join(COLUMNS)} FROM audit_entry ORDER BY seq").fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        return None


def test_d9_three_hundred_bits_that_fell_over_are_found_where_they_hit_the_log(home: Path, tmp_path: Path) -> None:
    """Never anything but a report, or that the data cannot be used; what hit something else is not blamed on the log."""
    chance, sane, hits, elsewhere = Random(11), (home / db.FILE_NAME).read_bytes(), 0, 0
    before = plain_rows(home / db.FILE_NAME)
    shop.open(home)
    size = int(db.rows("PRAGMA page_size")[0][0])
    leaves = [leaf_of(home, number) for number in range(1, LENGTH + 1)]
    shop.close()
    for turn in range(300):
        data = bytearray(sane)
        page = chance.choice(leaves) if turn % 2 else chance.randint(1, len(data) // size)  # of the log, or any
        data[(page - 1) * size + chance.randrange(100 if page == 1 else 0, size)] ^= 1 << chance.randrange(8)
        (home / db.FILE_NAME).write_bytes(data)
        after = plain_rows(home / db.FILE_NAME)
        try:
            report = verified(home)
        except DataUnusable:
            continue
        finally:
            for rest in home.glob("shop.db-*"):
                rest.unlink()
        if after == before:
            elsewhere += 1
            assert report.new == ()
        else:
            hits += 1
            assert report.new
    assert hits > 20 and elsewhere > 20


def test_d9_where_only_the_head_cannot_be_asked_for_the_rest_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry after entry, until there are no more."""
    readable = chain._readable
    monkeypatch.setattr(chain, "_readable", lambda sql, given: None if sql == chain._HEAD else readable(sql, given))
    report = verified(home)
    assert (report.entries, report.head, report.new) == (LENGTH, None, ())
