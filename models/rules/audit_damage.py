"""Walking along the log: does each entry follow from the one before, and where one does not, what was done to it.

What was done is told from what still fits: an entry that fits elsewhere was moved; entries that all fit under other numbers had some taken
out, or put in, before them. Where nothing else fits the entry was changed. Only one thing at a time is looked for at each place, so several
at the same place are told as what they look like together; the first bad entry is right all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from models.i18n import N_, _
from models.rules.audit_chain import FIRST, Pieces, link

CHANGED: Final = "changed"
MISSING: Final = "missing"
MOVED: Final = "moved"
INSERTED: Final = "inserted"
TRUNCATED: Final = "truncated"
REWRITTEN: Final = "rewritten"
UNREADABLE: Final = "unreadable"

SENTENCES: Final = {
    CHANGED: (N_("Entry {first} is not as it was written."), N_("Entries {first} to {last} are not as they were written.")),
    MISSING: (N_("Entry {first} is missing."), N_("Entries {first} to {last} are missing.")),
    MOVED: (N_("Entry {first} is not where it was written."), N_("Entries {first} to {last} are not where they were written.")),
    INSERTED: (N_("Entry {first} was put in later."), N_("Entries {first} to {last} were put in later.")),
    TRUNCATED: (
        N_("Entry {first}, which was the last, is gone."),
        N_("The end of the log is gone: it had entries {first} to {last}."),
    ),
    REWRITTEN: (
        N_("The log was written anew: entry {first} is not the one that was there."),
        N_("The log was written anew, from entry {first} or later: entry {last} is not the one that was there."),
    ),
    UNREADABLE: (N_("Entry {first} cannot be read."), N_("Entries {first} to {last} cannot be read.")),
}
"""What is said of damage: to one entry, to several; marked."""

NEAR: Final = 1000
"""So many entries to either side an entry is looked for that is not in its place; a look takes milliseconds."""

LOOKS: Final = 32
"""So often: where every entry is bad, its neighbours say nothing."""

MOST: Final = 200
"""Damages that are told one by one."""

KEPT: Final = 12
"""The place of the hash in a row, behind the fields that it covers."""

Row = tuple[Any, ...]
"""An entry as the database holds it, text as bytes: the number first, the hash last."""

Around = Callable[[int, int], Sequence[Row]]
"""The entries from a number to another, as far as they can be read."""


class Damage(NamedTuple):
    """What was done to the log.

    Attributes:
        kind: a key of `SENTENCES`.
        first: the first number that it concerns, likewise `last`.
    """

    kind: str
    first: int
    last: int

    def __str__(self) -> str:
        """In the language in force."""
        one, several = SENTENCES[self.kind]
        return _(one if self.first == self.last else several).format(first=self.first, last=self.last)


class Walk:
    """Goes along the log, which is handed to it piece by piece.

    Args:
        around: reads entries again, where one has to look for what was done.
        anchored: hashes of entries, by number, that were kept apart from the log.
        after: the number of the entry that the walk begins behind, whose hash is `previous`, None where that is not known.
    """

    def __init__(
        self, around: Around, anchored: Mapping[int, Iterable[bytes]] | None = None, *, after: int = 0, previous: bytes | None = FIRST
    ) -> None:
        self.found: Final[list[Damage]] = []
        self.untold = 0
        self._around = around
        self._anchored = {number: set(hashes) for number, hashes in (anchored or {}).items()}
        self._agreed: set[int] = set()
        self._number = after
        self._previous = previous
        self._shift = 0
        self._skip = 0
        self._looks = LOOKS
        self._pieces = Pieces()

    @property
    def number(self) -> int:
        """The number that was come to."""
        return self._number

    def feed(self, rows: Iterable[Row]) -> None:
        """Go on along `rows`, in the order of their numbers."""
        previous: Any = self._previous  # which is None where it is not known, and joins with nothing
        number, pieces, anchored = self._number, self._pieces, self._anchored
        for row in rows:
            seq, at, actor, session, device, address, action, kind, thing, label, old, new, kept = row
            try:  # what `link` does, without what calls of functions cost: the time of the whole is spent here
                text = b"%bi%d:%di%d:%d%b%b%b%b%b%b%b%bt%d:%bt%d:%b" % (
                    previous,
                    len(str(seq)),
                    seq,
                    len(str(at)),
                    at,
                    pieces[actor],
                    pieces[session],
                    pieces[device],
                    pieces[address],
                    pieces[action],
                    pieces[kind],
                    pieces[thing],
                    pieces[label],
                    len(old),
                    old,
                    len(new),
                    new,
                )
                fits = sha256(text).digest() == kept and seq == number + 1
            except TypeError:  # the hash before is not known; or a field holds what was never written
                fits = False
            if fits:
                number, previous, self._shift = seq, kept, 0
                if number in anchored:
                    self._see(number, kept)
                continue
            self._number, self._previous = number, previous
            self._step(row)
            number, previous = self._number, self._previous
        self._number, self._previous = number, previous

    def unreadable(self, last: int) -> None:
        """Go on behind the number `last`; nothing up to there can be read."""
        self._tell(UNREADABLE, self._number + 1 + self._shift, last + self._shift)
        self._number, self._previous = last, None

    def end(self) -> None:
        """The log ends here: tell what only hashes that were kept apart from it can."""
        end = self._number + self._shift
        told = list(self.found)
        wrong = sorted(
            number
            for number, hashes in self._anchored.items()
            if hashes and not any(each.first <= number <= each.last for each in told)  # else it is known why
        )
        anew = [number for number in wrong if number <= end]
        if anew:
            self._tell(REWRITTEN, max((number for number in self._agreed if number < anew[0]), default=0) + 1, anew[-1])
        if wrong and wrong[-1] > end:
            self._tell(TRUNCATED, end + 1, wrong[-1])

    # ---- where the chain does not go on

    def _step(self, row: Row) -> None:
        seq, kept = row[0], row[KEPT]
        if seq <= self._number:  # out of order, as only a damaged file has it
            self._number += 1
            self._tell(CHANGED, self._number, self._number)
            self._previous = None
            return
        if seq != self._number + 1:
            self._tell(MISSING, self._number + 1 + self._shift, seq - 1 + self._shift)
            self._previous = None
        self._number = seq
        if seq < self._skip:
            return
        number = seq + self._shift
        if self._previous is None:
            self._previous = _digest(kept)
        elif link(self._previous, (number, *row[1:KEPT])) == kept:
            self._previous = kept
        else:
            self._look(row, number)
        self._see(seq + self._shift, kept)

    def _look(self, row: Row, number: int) -> None:
        """Find out what was done to the entry that is to have `number`, and where to go on."""
        reach = NEAR if self._looks > 0 else 1
        self._looks -= 1
        near = {each[0]: each for each in self._around(row[0] - reach, row[0] + reach)}
        if self._is_elsewhere(row, number, near) or self._is_renumbered(row, number, near.get(row[0] + 1), reach):
            return
        self._tell(CHANGED, number, number)
        previous = self._previous or FIRST
        made = link(previous, (number, *row[1:KEPT]))
        after = near.get(row[0] + 1)
        rehashed = after is not None and link(made, (number + 1, *after[1:KEPT])) == after[KEPT]
        self._previous = made if rehashed else _digest(row[KEPT])

    def _is_elsewhere(self, row: Row, number: int, near: Mapping[int, Row]) -> bool:
        """Whether the entry that was written as `number` stands somewhere else: because of others before it, or because it was moved."""
        here = row[0]
        for place, other in near.items():
            if place == here:
                continue
            true = link(self._previous or FIRST, (number, *other[1:KEPT]))
            if true == other[KEPT] and place > here and self._goes_on(row, near, place, true, number):
                self._tell(INSERTED, number, number + place - here - 1)
                self._shift -= place - here
                self._skip = place
                return True
            if true in {other[KEPT], row[KEPT]}:
                self._tell(MOVED, number, number)
                self._previous = true
                return True
        return False

    def _goes_on(self, row: Row, near: Mapping[int, Row], place: int, true: bytes, number: int) -> bool:
        """Whether the log goes on from `place`, with numbers as they would be without what is before it."""
        after = near.get(place + 1)
        if after is not None:
            return bool(link(true, (number + 1, *after[1:KEPT])) == after[KEPT])
        if place - 1 not in near:
            return False
        before = true if place - 1 == row[0] else _digest(near[place - 1][KEPT]) or FIRST
        there = link(before, (place + self._shift, *row[1:KEPT]))
        return there not in {row[KEPT], near[place][KEPT]}  # else the two have changed places

    def _is_renumbered(self, row: Row, number: int, after: Row | None, reach: int) -> bool:
        """Whether the entries from here on fit under other numbers."""
        kept = _digest(row[KEPT])
        if after is None or kept is None:
            return False
        for by in range(-min(reach, number), reach + 1):
            if by and link(kept, (number + 1 + by, *after[1:KEPT])) == after[KEPT]:
                self._tell(*((MISSING, number, number + by - 1) if by > 0 else (INSERTED, number + by, number - 1)))
                self._shift += by
                self._previous = kept
                return True
        return False

    def _see(self, number: int, kept: object) -> None:
        """Compare an entry with what was kept of it elsewhere."""
        hashes = self._anchored.get(number)
        if hashes is not None and kept in hashes:
            hashes.discard(_digest(kept) or b"")
            self._agreed.add(number)

    def _tell(self, kind: str, first: int, last: int) -> None:
        before = self.found[-1] if self.found else None
        if before is not None and before.kind == kind and before.last + 1 == first:
            self.found[-1] = before._replace(last=last)
        elif len(self.found) < MOST:
            self.found.append(Damage(kind, first, last))
        else:
            self.untold += 1


def _digest(kept: object) -> bytes | None:
    """A hash as it is kept; None for what is none."""
    return kept if isinstance(kept, bytes) and len(kept) == len(FIRST) else None
