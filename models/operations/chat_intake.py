"""Taking in what customers and staff wrote to each other elsewhere: from a file, or line by line from a program that goes on for weeks.

Both are for the operator at the machine, so for the shop's own programs. A line that was answered with "taken" is on the disk, and one
that comes again is known: whoever hands over can do so again and again until it was answered, and nothing is lost or doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from models import clock, db, text
from models.actor import Actor
from models.clock import HOUR
from models.errors import ConsoleAlone
from models.operations._chat_taking import take
from models.operations._journal import Journal, Thing
from models.operations._operation import housekeeping, operation
from models.operations.settling import settle
from models.queries import damage
from models.rules.chat_lines import Bad, Line, parsed

BATCH: Final = 5_000
"""Lines of a file that are one transaction, with one entry."""

WEIGHT: Final = 4 * 1024 * 1024
"""Bytes after which a transaction is full all the same, so that long lines need no more memory than short ones."""

TOGETHER: Final = 200
"""Lines that are one transaction at most where they are delivered: whoever waits for the first waits for the last."""

_SHOP: Final = "SELECT name FROM shop"


class Answer(NamedTuple):
    """What became of a line.

    Attributes:
        number: of the line, from 1 on, empty ones counted.
        ref: its id, None where not even that could be read.
        is_new: whether it was not there before.
        bad: why it was not taken; None where it is there.
        data: the line itself.
    """

    number: int
    ref: str | None
    is_new: bool
    bad: Bad | None
    data: bytes


class Count(NamedTuple):
    """How many lines were new, known already, and refused."""

    new: int = 0
    known: int = 0
    bad: int = 0

    @property
    def lines(self) -> int:
        """All of them."""
        return self.new + self.known + self.bad

    def and_also(self, answers: Iterable[Answer]) -> Count:
        """These, and what became of more."""
        new, known, bad = self
        for each in answers:
            new += each.is_new
            bad += each.bad is not None
            known += not each.is_new and each.bad is None
        return Count(new, known, bad)


def _unheard(_told: Answer | Count) -> None:
    """Nobody asks."""


def bring_in(
    actor: Actor,
    lines: Iterable[bytes],
    source: str,
    *,
    refused: Callable[[Answer], object] = _unheard,
    so_far: Callable[[Count], object] = _unheard,
) -> Count:
    """Take in the messages of a file, some thousand at a time, each time with an entry; what was taken stays, whatever comes after.

    Args:
        lines: each with its line feed, or without; see `chat_lines.parsed`.
        source: what the log calls the file.
        refused: told every line that cannot be taken, in their order, once those before it are on the disk.
        so_far: told after every transaction what has come of all.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        LogDamaged, DataUnusable: from here on nothing was taken.
    """
    count = Count()
    for batch in _batches(lines):
        answers = _brought_in(actor, batch, text.visible(source))
        count = count.and_also(answers)
        so_far(count)
        for each in answers:
            if each.bad is not None:
                refused(each)
    return count


def _batches(lines: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    batch: list[tuple[int, bytes]] = []
    weight = 0
    for number, data in enumerate(lines, 1):
        if data.isspace() or not data:
            continue
        batch.append((number, data))
        weight += len(data)
        if len(batch) == BATCH or weight > WEIGHT:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _brought_in(actor: Actor, batch: list[tuple[int, bytes]], source: str) -> list[Answer]:
    read = _read(batch)
    with operation(actor, None, "chat.import") as journal:
        _require_console(actor, journal)
        answers = _answered(batch, read)
        place = {"file": source, "from_line": batch[0][0], "through_line": batch[-1][0]}
        journal.record("chat.import", _shop(), new={**place, **Count().and_also(answers)._asdict()})
    return answers


class Delivery:
    """Lines that come one after the other, for as long as the program goes on that brings them.

    The log has an entry with what came first, one an hour at most with what came since, and one at the end.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._number = 0
        self._untold = Count()
        self._told_at: int | None = None
        self.count = Count()

    def take(self, lines: Iterable[bytes]) -> list[Answer]:
        """Take what has come, as one transaction; when this returns it is on the disk.

        Raises:
            ConsoleAlone: it is not the operator at the machine.
            LogDamaged, DataUnusable: nothing of it was taken, and it can be handed over again.
        """
        first = self._number + 1
        data = list(lines)
        self._number += len(data)
        batch = [(number, each) for number, each in enumerate(data, first) if each and not each.isspace()]
        if not batch:
            return []
        read = _read(batch)
        if self._is_due():
            with operation(self._actor, None, "chat.deliver") as journal:
                _require_console(self._actor, journal)
                answers = _answered(batch, read)
                self._tell(journal, self._untold.and_also(answers))
        else:
            settle()
            with housekeeping():
                damage.require_whole()
                answers = _answered(batch, read)
            self._untold = self._untold.and_also(answers)
        self.count = self.count.and_also(answers)
        return answers

    def tell(self, *, at_last: bool = False) -> None:
        """Write into the log what came since it was last told, where the hour is over or nothing more comes; else do nothing.

        Raises:
            LogDamaged, DataUnusable: it cannot be written.
        """
        if self._untold.lines and (at_last or self._is_due()):
            with operation(self._actor, None, "chat.deliver") as journal:
                self._tell(journal, self._untold)

    def _is_due(self) -> bool:
        # A clock that was set back by more than that is no reason to say nothing for as long.
        return self._told_at is None or abs(clock.now() - self._told_at) >= HOUR

    def _tell(self, journal: Journal, count: Count) -> None:
        def told(**_how: bool) -> None:
            self._untold, self._told_at = Count(), journal.now

        journal.record("chat.deliver", _shop(), new=count._asdict())
        db.afterwards(told)


def _require_console(actor: Actor, journal: Journal) -> None:
    journal.subject = _shop()
    if not actor.is_console:
        raise ConsoleAlone


def _read(batch: list[tuple[int, bytes]]) -> list[Line | Bad]:
    now = clock.now()
    return [parsed(data, now) for _number, data in batch]


def _answered(batch: list[tuple[int, bytes]], read: list[Line | Bad]) -> list[Answer]:
    """Write what can be, inside the transaction that is open."""
    verdicts = iter(take([each for each in read if isinstance(each, Line)]))
    answers = []
    for (number, data), each in zip(batch, read, strict=True):
        verdict = each if isinstance(each, Bad) else next(verdicts)
        bad = verdict if isinstance(verdict, Bad) else None
        answers.append(Answer(number, each.ref, verdict is True, bad, data))
    return answers


def _shop() -> Thing:
    ((name,),) = db.rows(_SHOP)
    return Thing("shop", 1, name)
