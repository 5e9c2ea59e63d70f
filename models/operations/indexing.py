"""The index of the words in messages made anew, where it is damaged. It holds nothing that the messages do not."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Final

from models import backup_file, db, sqlite, sqlite_copying, sqlite_damage, sqlite_index
from models.actor import Actor
from models.errors import ConsoleAlone
from models.operations._journal import Thing
from models.operations._operation import housekeeping, operation
from models.rules.progress import Progress, unheard

ANEW: Final = ".anew.db"
"""A copy, while it is written anew; beside it."""

_SHOP: Final = "SELECT name FROM shop"
_KNOWN: Final = "SELECT value FROM setting WHERE name = 'index_damage'"
_KEEP: Final = "INSERT INTO setting (name, value) VALUES ('index_damage', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_FORGET: Final = "DELETE FROM setting WHERE name = ?"


def known() -> str:
    """What a backup found wrong with the index, and nobody has put right; "" where that is nothing."""
    return str((db.row(_KNOWN) or ("",))[0])


def keep(said: str) -> None:
    """Keep in mind what was found wrong with the index, for whoever looks next."""
    with housekeeping():
        db.write_many(_KEEP, [(said,)])


def make_anew(actor: Actor, *, progress: Progress = unheard) -> int:
    """Make the index from the messages, which are only read: at the console only, and nobody can write meanwhile.

    Where its pages are damaged, those stay in the file as nobody's; a backup that is made from then on is without them.

    Args:
        progress: told how many messages were read, and how many there are.

    Returns:
        How many messages there are.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        DataUnusable: as every change; the index is as it was.
    """
    with operation(actor, None, "shop.index") as journal:
        journal.subject = Thing("shop", 1, str((db.row(_SHOP) or ("",))[0]))
        if not actor.is_console:
            raise ConsoleAlone
        with closing(sqlite.connect_read_only(str(db.database.database))) as other:
            drop = sqlite_index.has_sound_pages(other)
        messages = sqlite_index.make_anew(db.database.connection(), drop=drop, progress=progress)
        db.write_many(_FORGET, [("index_damage",)])
        journal.record("shop.index", journal.subject, new={"messages": messages})
    return messages


def damage_in_copy(copy: Path) -> str:
    """What is wrong with the index in a copy that nobody else has open, in SQLite's words; "" where nothing is.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    with closing(sqlite_copying.connect_to_fill(copy)) as other:
        return sqlite_index.find_damage(other) if sqlite_index.is_there(other) else ""


def mend_copy(copy: Path, *, anew: bool) -> bool:
    """Have a copy that nobody else has open be whole, if all that is wrong with it is its index and pages that are nobody's.

    Args:
        anew: whether the index is to be made anew.

    Returns:
        Whether nothing else was found; else it is as it was.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    with closing(sqlite_copying.connect_to_fill(copy)) as other:
        if sqlite_damage.find_damage(other, quick=False):
            return False
    if anew:
        with closing(sqlite_copying.connect_to_fill(copy)) as other:
            other.execute("BEGIN")
            sqlite_index.make_anew(other, drop=False)
            other.execute("COMMIT")
    target = copy.with_name(ANEW)
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, backup_file.MODE))
    try:
        with closing(sqlite_copying.connect_to_fill(copy)) as other:
            sqlite_index.write_anew(other, str(target))
        target.rename(copy)
    finally:
        target.unlink(missing_ok=True)
    return True
