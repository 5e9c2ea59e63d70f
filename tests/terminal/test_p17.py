"""P17: what is in the data may say what it likes; wherever it is shown, the terminal gets text and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from models import db, shop
from models.actor import Actor
from models.operations._journal import Thing
from models.operations._operation import unattended
from tests.hostile import LITERAL, REFUSED
from tests.places import PLACES, ROSTER, Place, prepare
from tests.rosters import csv_of
from tests.terminal.nursery import Born, Nursery, come
from tests.tui.test_hardening import KNOWN

pytestmark = pytest.mark.slow

CORPUS: Final = {name: text for name, text in (REFUSED | LITERAL).items() if not re.search("[\ud800-\udfff]", text)}
"""Everything hostile that SQLite can hold; halves of pairs are no text to it."""

SPREADS: Final = (2, 4)
"""Over so many shops the corpus is spread, and over more for a screen that shows little: a value has all payloads of its shop in it."""

WIDE: Final = (390, 45)
"""A terminal on which all of that is seen."""

ENOUGH: Final = 40
"""Payloads that each screen has to show, be it in a list, a heading, a field or a sentence."""

COLUMNS: Final = {
    "shop": ("name",),
    "staff": ("name", "nickname", "number", "phone", "email", "created_by", "leaves_by"),
    "department": ("name",),
    "role": ("name",),
    "role_grant": ("granted_by", "confirmed_by"),
    "extra": ("granted_by", "confirmed_by"),
    "session": ("device", "address", "terminal", "end"),
    "device": ("name", "added_by"),
    "separation": ("reason", "declared_by"),
    "conversation": ("customer",),
    "message": ("text",),
    "request": ("reason", "word", "decided_by"),
}
"""Where people's words are kept; logins, drafts, the log and files to import come on top."""

STEERING: Final = "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"


def group(number: int, shops: int) -> list[str]:
    """The payloads of one of `shops` shops, each behind a mark by which it is found on the screen."""
    return [f"{mark(at)}{text}" for at, text in enumerate(CORPUS.values()) if at % shops == number]


def mark(at: int) -> str:
    """What stands in front of a payload."""
    return f"q{at:03}"


def poison(home: Path, payloads: list[str]) -> None:
    """Put all of them into whatever holds people's words, past everything that would refuse them; the log's chain stays whole."""

    def value(begin: str, turn: int) -> str:
        turn %= len(payloads)
        return " ".join(filter(None, (begin, *payloads[turn:], *payloads[:turn])))

    with closing(sqlite3.connect(home / "shop.db", isolation_level=None)) as bare:
        bare.execute("BEGIN IMMEDIATE")
        for table, columns in COLUMNS.items():
            keys = [key for (key,) in bare.execute(f"SELECT rowid FROM {table}")]
            for turn, key in enumerate(keys):
                for column in columns:
                    (begin,) = bare.execute(f'SELECT "{column}" FROM {table} WHERE rowid = ?', (key,)).fetchone()
                    if column in {"end", "decided_by", "leaves_by", "confirmed_by"} and begin is None:
                        continue  # it goes on, or was never done
                    bare.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (value(begin or "", turn * 7), key))
        for turn, (login,) in enumerate(bare.execute("SELECT login FROM staff WHERE login IN ('bob', 'gone')").fetchall()):
            bare.execute("UPDATE staff SET login = lower(?) WHERE login = ?", (value(login, turn * 7).replace("\0", ""), login))
        drafts = bare.execute("SELECT staff_id, payload FROM draft").fetchall()
        for staff_id, kept in drafts:
            person = {"login": "erin", **{field: value(field, 2) for field in ("name", "nickname", "number", "phone", "email")}}
            bare.execute("UPDATE draft SET payload = ? WHERE staff_id = ?", (json.dumps({**json.loads(kept), "person": person}), staff_id))
        bare.execute("COMMIT")
    _poison_log(home, payloads, value)
    rows = [{"name": payload, "nickname": payload} for payload in payloads if "\0" not in payload]
    (home / "inbox" / ROSTER).write_bytes(csv_of(*rows, {"name": "Second"}))
    hostile = re.sub("[/\0]", "", value("", 3)).encode()[:200].decode(errors="ignore")
    for suffix in ("csv", "pub"):
        other = home / "inbox" / f"{hostile}.{suffix}"
        other.write_bytes(b"login")
        os.utime(other, (0, 0))


def _poison_log(home: Path, payloads: list[str], value: Callable[[str, int], str]) -> None:
    """Entries of strangers, of whose name is hostile, and of somebody's own, high-risk ones among them."""
    shop.open(home)
    try:
        staff_id = int(db.rows("SELECT id FROM staff WHERE login = 'alice'")[0][0])
        with unattended(Actor(value("", 4), None, None, value("", 6), value("", 8))) as journal:
            journal.record("staff.edit", Thing("staff", staff_id, value("", 1)), old={"name": value("", 2)}, new={"name": value("", 3)})
            for turn in range(0, len(payloads), 4):
                journal.record("session.refuse", Thing("staff", staff_id, value("", turn)), new={"because": "password"})
        ((carol,),) = db.rows("SELECT id FROM staff WHERE login = 'carol'")
        with unattended(Actor("carol", carol)) as journal:
            for turn in range(1, len(payloads), 4):  # high-risk, and somebody's own
                journal.record("role.edit", Thing("role", None, value("", turn)))
    finally:
        shop.close()


def shown(opened: Born) -> set[str]:
    """The marks that are on the screen."""
    return set(re.findall("q[0-9]{3}", opened.text))


def only_text_came_out(raw: bytes) -> None:
    """Apart from what is known of us, not one byte steers."""
    rest = KNOWN.sub(b"", raw).decode()
    assert not re.search(STEERING, rest), re.findall(f".{{0,20}}{STEERING}.{{0,20}}", rest)[:5]


@pytest.mark.parametrize("place", [place for place in PLACES if place.founded], ids=lambda place: place.name)
def test_p17_only_known_sequences_come_out_wherever_one_is(place: Place, nursery: Nursery, furnished: Path, tmp_path: Path) -> None:
    """Every payload, in everything that the screen shows of what people typed; before a shop is founded nothing was."""
    seen: set[str] = set()
    for shops in SPREADS:
        for number in range(shops):
            home = tmp_path / f"{number} of {shops}"
            shutil.copytree(furnished, home)
            prepare(place, home)
            poison(home, group(number, shops))
            with nursery.terminal(home, size=WIDE) as opened:
                come(opened, place)
                only_text_came_out(opened.raw)
                assert not (home / "errors.log").exists()
                seen |= shown(opened)
        if len(seen) >= ENOUGH or not place.data:
            return
    pytest.fail(f"of what is hostile it shows {len(seen)}")
