"""D9: somebody who has the database and not the key file does something to the log, at random places."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from models import shop
from models.errors import DataUnusable
from models.operations import departments, sessions
from models.queries import chain, damage
from tests import factories
from tests.factories import CONSOLE
from tests.faults.registry import Counted
from tests.tampering import Row, forged, recomputed, renumbered, rewrite, rows

LENGTH: Final = 60
"""Entries of the log that is tampered with."""

FIELDS: Final[dict[str, object]] = {
    "at": 1,
    "actor": "nobody",
    "session": 77,
    "device": "SHA256:other",
    "address": "203.0.113.99",
    "action": "department.close",
    "object_kind": "role",
    "object_id": 999_999,
    "object_label": "Elsewhere",
    "old": '{"name":"x"}',
    "new": "",
    "hash": bytes(32),
}


def _edited(log: list[Row], random: Random) -> list[Row]:
    place, field = random.randrange(len(log)), random.choice(tuple(FIELDS))
    return [*log[:place], forged(log[place], **{field: FIELDS[field]}), *log[place + 1 :]]


def _deleted(log: list[Row], random: Random) -> list[Row]:
    gone = set(random.sample(range(len(log)), random.randint(1, 5)))
    left = [row for place, row in enumerate(log) if place not in gone]
    return random.choice((left, renumbered(left)))


def _reordered(log: list[Row], random: Random) -> list[Row]:
    moved = list(log)
    moved.insert(random.randrange(len(log) - 1), moved.pop(random.randrange(1, len(log))))
    if moved == log:
        moved[0], moved[-1] = moved[-1], moved[0]
    return renumbered(moved)


def _put_in(log: list[Row], random: Random) -> list[Row]:
    place = random.randrange(len(log))
    return renumbered([*log[:place], forged(log[random.randrange(len(log))], actor="nobody"), *log[place:]])


def _truncated(log: list[Row], random: Random) -> list[Row]:
    return log[: random.randrange(len(log))]


def _rewritten(log: list[Row], random: Random) -> list[Row]:
    """Edited, and every hash from there on made to fit."""
    place = random.randrange(len(log))
    return recomputed([*log[:place], forged(log[place], actor="nobody"), *log[place + 1 :]])


def _written_anew(log: list[Row], random: Random) -> list[Row]:
    """Another log altogether, as long or not."""
    return recomputed([forged(row, actor="nobody", at=row[1] + 1) for row in log[: random.randint(1, len(log))]])


WAYS: Final[tuple[Callable[[list[Row], Random], list[Row]], ...]] = (
    *(_edited, _deleted, _reordered, _put_in, _truncated, _rewritten, _written_anew),
)


def tampered(rounds: int) -> Counted:
    """Do each in turn; what is counted are those that verifying found, and those lost that it did not."""
    random, found, missed, bad = Random(rounds), 0, 0, list[str]()
    with TemporaryDirectory(prefix="faults-") as folder:
        whole, home = Path(folder) / "whole", Path(folder) / "home"
        _logged(whole, Path(folder) / "template")
        if _found(whole) != (0, False):
            return Counted(0, 0, 0, ("a log that nobody touched is not whole",))
        log = rows(whole)
        for number in range(rounds):
            shutil.copytree(whole, home)
            way = WAYS[number % len(WAYS)]
            changed = way(log, random)
            rewrite(home, changed)
            try:
                finds, _at_the_start = _found(home)
            except DataUnusable:
                finds = 1
            except Exception as error:  # noqa: BLE001  that is what is looked for
                finds = 1
                bad.append(f"round {number}, {way.__name__}: {error!r}")
            if finds:
                found += 1
            elif changed != log:
                missed += 1
                bad.append(f"round {number}, {way.__name__}: not found")
            shutil.rmtree(home)
    return Counted(rounds, found, missed, tuple(bad), "acknowledged: found")


def _logged(whole: Path, template: Path) -> None:
    factories.template(template)
    with factories.founded(template, whole) as founded:
        for number in range(LENGTH - 2):
            departments.add(founded.owner, f"Night shift {number} 夜班")
        sessions.sign_out(founded.owner)


def _found(home: Path) -> tuple[int, bool]:
    """How many damages verifying finds, and whether opening alone did."""
    shop.open(home)
    try:
        at_the_start = damage.is_damaged()
        return len(chain.verify(CONSOLE).new), at_the_start
    finally:
        shop.close()
