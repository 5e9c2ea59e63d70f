"""What is known of damage to the log: what was found, by which nothing is changed any more, and what somebody went on with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from models import anchors, db, key_file
from models.errors import DataUnusable, LogDamaged
from models.rules.audit_damage import UNREADABLE, Damage

DAMAGE: Final = "log_damage"
"""The setting that says what was found and not accepted; likewise `ACCEPTED`, what was."""

ACCEPTED: Final = "log_accepted"

_FOUND: Final = "SELECT value FROM setting WHERE name = 'log_damage'"
_SETTINGS: Final = "SELECT name, value FROM setting WHERE name IN ('log_damage', 'log_accepted')"


class Accepted(NamedTuple):
    """Damage that somebody at the console went on with.

    Attributes:
        at: when, UTC microseconds; likewise `by`, who.
        head: the last entry there was then.
    """

    damage: Damage
    by: str
    at: int
    head: int

    def covers(self, first: int, last: int) -> bool:
        """Whether this is about all of those entries."""
        return self.damage.first <= first and last <= self.damage.last


class Known(NamedTuple):
    """What is known of damage to the log.

    Attributes:
        found: what was found, and that nothing is changed until somebody has accepted it.
        accepted: what was accepted.
    """

    found: tuple[Damage, ...]
    accepted: tuple[Accepted, ...]


def known() -> Known:
    """What is known of damage. What was accepted counts with the seal of the key file alone: whoever had the database cannot accept."""
    settings = dict(db.rows(_SETTINGS))
    return Known(_found(settings.get(DAMAGE)), _accepted(settings.get(ACCEPTED)))


def is_damaged() -> bool:
    """Whether the log was found damaged, and nobody has accepted that."""
    return bool(_found_now())


def require_whole() -> None:
    """Refuse a change while the log is known to be damaged.

    Raises:
        LogDamaged: it is, from that entry on.
    """
    if found := _found_now():
        raise LogDamaged(min(each.first for each in found))


def _found_now() -> tuple[Damage, ...]:
    (value,) = db.row(_FOUND) or (None,)
    return _found(value)


def told(found: Iterable[Damage]) -> str:
    """`found` as the setting `DAMAGE` keeps it."""
    return json.dumps(list(found))


def sealed(accepted: Iterable[Accepted]) -> str:
    """`accepted` as the setting `ACCEPTED` keeps it.

    Raises:
        KeyMissing, KeyExposed, KeyWrong: the key file is not as it has to be.
    """
    text = json.dumps(list(accepted))
    return f"{anchors.seal(key_file.current(), text)} {text}"


def _found(value: str | None) -> tuple[Damage, ...]:
    if value is None:
        return ()
    try:
        return tuple(Damage(str(kind), int(first), int(last)) for kind, first, last in json.loads(value))
    except (ValueError, TypeError):  # something was found, whatever it was
        return (Damage(UNREADABLE, 1, 1),)


def _accepted(value: str | None) -> tuple[Accepted, ...]:
    mac, _space, text = (value or "").partition(" ")
    try:
        if not text or anchors.seal(key_file.current(), text) != mac:
            return ()
    except DataUnusable:  # said by whoever needs the key
        return ()
    return tuple(Accepted(Damage(*damage), *others) for damage, *others in json.loads(text))
