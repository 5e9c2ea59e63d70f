"""What became of seats since a backup, and what customers and staff wrote: applied to the copy of the backup that is open, or told.

The ledger is the backup's, but for what came to an end; messages are the backup's, and those that are missing can be had again from where
they came from.
"""

from __future__ import annotations

from typing import Final

from models import db
from models.operations._applying import Applying, attempt, change, here
from models.queries.newer import COUNTED, Row

_COUNT: Final = {table: f"SELECT count(*) FROM {table}" for table in COUNTED}  # noqa: S608  our own text only
_KEY: Final = ("id", "kind", "number", "since")
"""What a line of the ledger is known by: that of two pasts may have the same number."""


def apply(each: Applying) -> None:
    """Apply all of it, inside the transaction that is open."""
    _seats(each)
    _messages(each)


def _seats(each: Applying) -> None:
    """Seats that ended since stay so, and are counted where they were; what was written down or claimed since is somebody's to repeat."""
    mine = {_key(row): row for row in here("seat")}
    for row in each.newer.tables["seat"]:
        kept = mine.get(_key(row))
        if kept is None:
            if row.get("ended_at") is None:
                each.tell("seats_made", row.get("recorded_by") or "?", f"{row['number']:,}")
            continue
        ended = {"ended_at": row.get("ended_at"), "ended_by": row.get("ended_by")}
        if None not in ended.values():
            if kept["ended_at"] is None and attempt("seat", {"id": kept["id"]}, **ended):
                each.tell("seats_ended", str(row["ended_by"]), f"{row['number']:,}")
        elif row.get("claimed_at") is not None and kept["claimed_at"] is None:
            each.tell("seats_claimed", str(row.get("claimed_by") or "?"), f"{row['number']:,}")
    (shop,) = here("shop")
    if not shop["seats_counted"] and any(row.get("seats_counted") for row in each.newer.tables["shop"]):
        change("shop", {"id": 1}, seats_counted=1)
        each.tell("seats_counted")


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _KEY)


def _messages(each: Applying) -> None:
    """How many are missing. None is ever deleted, so that where the one state follows from the other, it is the difference."""
    missing: dict[str, int] = {}
    for table in COUNTED:
        there = each.newer.counts[table]
        ((number,),) = db.rows(_COUNT[table])
        if there is None or there < number or (each.newer.is_forked and there):
            each.tell("messages_unknown")
            return
        missing[table] = there - number
    for table, kind in (("conversation", "conversations"), ("message", "messages")):
        if missing[table]:
            each.tell(kind, what=f"{missing[table]:,}")
