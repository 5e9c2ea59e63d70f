"""The backups there are, and whether the last one is long ago."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from models import backup_file, clock, db
from models.actor import Actor
from models.backup_file import Manifest
from models.clock import HOUR
from models.errors import BackupUnusable
from models.i18n import _
from models.queries import standing

FOLDER: Final = "backups"
"""Where backups lie in the data folder, unless somebody names another place."""

OVERDUE: Final = 36 * HOUR
"""So long after the last good one, or after the shop was set up, the next is overdue, microseconds: one every day, and half a day for a
machine that was off."""

MADE: Final = "backup_made"
"""The setting that has the last good one; likewise `FAILED`, why the last attempt since made none, and `KEY_COPIED`."""

FAILED: Final = "backup_failed"
KEY_COPIED: Final = "key_copied"

_SETTINGS: Final = """
    SELECT name, value FROM setting WHERE name IN ('backup_made', 'backup_failed', 'key_copied', 'key_check')
    UNION ALL SELECT 'founded', founded_at FROM shop
"""


class Last(NamedTuple):
    """The last good backup.

    Attributes:
        at: when its copy was begun, UTC microseconds.
        where: the file.
        entries: how long the log in it is.
    """

    at: int
    where: str
    entries: int


class Failed(NamedTuple):
    """Why there was none since.

    Attributes:
        at: when that was tried, UTC microseconds.
        reason: a marked sentence, which `facts` fill.
    """

    at: int
    reason: str
    facts: dict[str, str]

    def __str__(self) -> str:
        """In the language in force."""
        return _(self.reason).format(**self.facts)


class Status(NamedTuple):
    """How things stand with backups.

    Attributes:
        last: None where there never was a good one.
        is_overdue: whether there ought to be another by now.
        failed: None where the last attempt came to a good one.
        key_copied: whether the key file that the shop has now was ever copied.
    """

    last: Last | None
    is_overdue: bool
    failed: Failed | None
    key_copied: bool

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to remind of. Of the key file one is reminded from the first backup on."""
        return not self.is_overdue and self.failed is None and (self.key_copied or self.last is None)


class Listed(NamedTuple):
    """A file among the backups.

    Attributes:
        manifest: what it says of itself; None where it cannot be used, as `trouble` says.
        size: of the file, bytes.
    """

    file: Path
    size: int
    manifest: Manifest | None
    trouble: BackupUnusable | None


def status(actor: Actor) -> Status:
    """How things stand with backups.

    Raises:
        OwnerAlone: it is not the owner, nor the operator at the machine.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    standing.require_owner(actor)
    return judged(clock.now())


def judged(now: int) -> Status:
    """As `status`, for whoever may read it."""
    found = dict(db.rows(_SETTINGS))
    last = _last(_read(found.get(MADE)))
    failed = _failed(_read(found.get(FAILED)))
    since = last.at if last is not None else int(found.get("founded", 0))
    overdue = not now - OVERDUE <= since <= now + OVERDUE  # one that is of a later day tells of a clock that was wrong
    copied = _read(found.get(KEY_COPIED)).get("check")
    return Status(last, overdue, failed, copied is not None and copied == found.get("key_check"))


def told_of_made(at: int, where: str, entries: int) -> str:
    """What the setting `MADE` keeps."""
    return json.dumps({"at": at, "where": where, "entries": entries})


def told_of_failed(at: int, reason: str, facts: Mapping[str, object]) -> str:
    """What the setting `FAILED` keeps."""
    return json.dumps({"at": at, "reason": reason, "facts": {name: str(fact) for name, fact in facts.items()}})


def told_of_key(at: int, where: str, check: str) -> str:
    """What the setting `KEY_COPIED` keeps."""
    return json.dumps({"at": at, "where": where, "check": check})


def _read(value: str | None) -> dict[str, Any]:
    """What a setting keeps; nothing where it keeps what was not written by us."""
    try:
        found = json.loads(value or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last(found: dict[str, Any]) -> Last | None:
    try:
        return Last(int(found["at"]), str(found["where"]), int(found["entries"]))
    except (KeyError, TypeError, ValueError):
        return None


def _failed(found: dict[str, Any]) -> Failed | None:
    try:
        failed = Failed(int(found["at"]), str(found["reason"]), dict(found["facts"]))
        str(failed)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return None
    return failed


def listing(actor: Actor, folder: Path | None = None) -> list[Listed]:
    """The backups in a folder, the newest first; files that look like one and are none, last. For the whole folder some milliseconds.

    Args:
        folder: None for the data folder's own. Another one is read for the operator at the machine alone.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked, EnrolFirst: as `status`.
        BackupUnusable: `folder` cannot be read.
    """
    standing.require_owner(actor)
    return in_folder(folder if folder is not None and actor.is_console else db.home() / FOLDER)


def in_folder(folder: Path) -> list[Listed]:
    """As `listing`, for whoever may read it; a folder of ours that is not there yet is empty."""
    try:
        found = [_listed(file) for file in folder.iterdir() if file.name.endswith(backup_file.SUFFIX) and not file.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BackupUnusable(str(folder), backup_file.SYSTEM, said=error.strerror) from error
    return sorted(found, key=_order, reverse=True)


def _order(listed: Listed) -> tuple[int, str]:
    return (listed.manifest.made_at if listed.manifest is not None else -1, listed.file.name)


def _listed(file: Path) -> Listed:
    try:
        size = file.stat().st_size
    except OSError:  # gone this very moment, or a link to nowhere: reading it says so
        size = 0
    try:
        return Listed(file, size, backup_file.manifest(file), None)
    except BackupUnusable as trouble:
        return Listed(file, size, None, trouble)
