"""Which journal the shop's file is written with: chosen when the shop was made, changed here and nowhere else."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db, sqlite
from models.actor import Actor
from models.errors import ConsoleAlone, Invalid, NothingChanged
from models.i18n import N_
from models.operations._journal import Thing
from models.operations._operation import operation

JOURNALS: Final = (sqlite.DELETE, sqlite.WAL)

_SET: Final = "INSERT INTO setting (name, value) VALUES ('journal_mode', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_SHOP: Final = "SELECT name FROM shop"


class Journals(NamedTuple):
    """The journal of the shop that is open.

    Attributes:
        mode: `delete` or `wal`.
        is_safe: whether this machine's SQLite loses nothing with it that was acknowledged.
        version: of this machine's SQLite.
    """

    mode: str
    is_safe: bool
    version: str


def current() -> Journals:
    """What is in use."""
    mode = db.database.journal
    return Journals(mode, mode != sqlite.WAL or sqlite.wal_is_safe(), sqlite.VERSION)


def change(actor: Actor, mode: str) -> str:
    """Write with another journal from now on: at the console only, while nobody else has the shop open.

    Returns:
        What it was.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        Invalid: this machine's SQLite can lose what was acknowledged with it; or there is no such journal.
        NothingChanged: it is that already.
        ShopLocked: somebody has the shop open.
    """
    before = db.database.journal
    if not actor.is_console:
        mode = before  # it is refused below, and recorded
    elif mode not in JOURNALS:
        raise Invalid("journal", N_("It is “delete” or “wal”."))
    elif mode == before:
        raise NothingChanged
    elif mode == sqlite.WAL and not sqlite.wal_is_safe():
        raise Invalid("journal", N_("SQLite {version} on this machine can lose with “wal” what was done."), version=sqlite.VERSION)
    db.set_journal(mode)
    try:
        with operation(actor, None, "shop.journal") as journal:
            journal.subject = Thing("shop", 1, str((db.row(_SHOP) or ("",))[0]))
            if not actor.is_console:
                raise ConsoleAlone  # noqa: TRY301  what is caught below is everything, to take the journal back
            db.write_many(_SET, [(mode,)])
            journal.record("shop.journal", journal.subject, old={"journal": before}, new={"journal": mode})
    except BaseException:
        db.set_journal(before)
        raise
    return before
