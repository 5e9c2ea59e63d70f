"""Attempts to come in that failed, as the log has them. For the owner."""

from __future__ import annotations

from json import loads
from typing import Final, NamedTuple

from models import db
from models.actor import Actor
from models.clock import DAY
from models.i18n import N_
from models.queries import standing

ACTIONS: Final = ("session.refuse", "session.prove.refuse", "staff.activate.refuse")
"""What the log calls them: signing in, proving once more, coming in with a one-time code."""

REASONS: Final = {
    "unknown": N_("nobody has that login"),
    "password": N_("wrong password"),
    "status": N_("the account may not sign in"),
    "locked": N_("too many attempts"),
    "second factor": N_("wrong code"),
    "clock": N_("the machine's clock is wrong"),
    "NotFromHere": N_("not from this address"),
    "NotNow": N_("not at this hour"),
    "DeviceNeeded": N_("no device key"),
    "device": N_("device key not theirs, or ended"),
    "code": N_("wrong activation or reset code"),
}
"""What the log writes of why somebody was not let in, and its words; marked."""

# Each part comes in the index's order, so that SQLite merges them and stops at the end of the window.
_SEQS: Final = " UNION ALL ".join(f"SELECT seq FROM audit_entry WHERE action = '{action}'" for action in ACTIONS)  # noqa: S608  our own text only
_COUNT: Final = f"SELECT count(*) FROM ({_SEQS})"  # noqa: S608  our own text only
_WINDOW: Final = f"""
    SELECT e.seq, e.at, e.action, e.object_id, e.object_label, e.address, coalesce(d.name, e.device), coalesce(w.login, ''), e.new
    FROM audit_entry e LEFT JOIN device d ON d.fingerprint = e.device LEFT JOIN staff w ON w.id = d.staff_id
    WHERE e.seq IN (SELECT seq FROM ({_SEQS} ORDER BY seq DESC LIMIT ? OFFSET ?)) ORDER BY e.seq DESC
"""  # noqa: S608  our own text only
_BEFORE: Final = f"SELECT count(*) FROM ({_SEQS}) WHERE seq > ?"  # noqa: S608  our own text only
_LATELY: Final = f"SELECT count(*) FROM audit_entry WHERE at > ? AND action IN {ACTIONS}"  # noqa: S608  our own text only


class Failure(NamedTuple):
    """An attempt that failed.

    Attributes:
        at: when, UTC microseconds.
        action: one of `ACTIONS`.
        staff_id: whose account it was about; None where nobody has the login that was typed.
        login: "?" where nobody has it: it may be a password in the wrong field.
        address: where from, "" at the machine itself.
        device: the device key by its name; by its fingerprint where it is not known; "" without one.
        device_of: the login of whose key it is; "" where nobody's is known.
        because: why, as the log writes it.
    """

    seq: int
    at: int
    action: str
    staff_id: int | None
    login: str
    address: str
    device: str
    device_of: str
    because: str


class Listing:
    """Failed attempts, the newest first, window by window."""

    def count(self) -> int:
        """How many there are."""
        ((number,),) = db.rows(_COUNT)
        return int(number)

    def window(self, offset: int, limit: int) -> list[Failure]:
        """The rows from `offset` on, at most `limit`."""
        return [Failure._make((*row[:-1], str(loads(row[-1]).get("because", "")))) for row in db.rows(_WINDOW, (limit, offset))]

    def position(self, key: object) -> int | None:
        """Where the one with the number `key` stands; None when it is none of them."""
        ((place,),) = db.rows(_BEFORE, (key,))
        return int(place) if any(row.seq == key for row in self.window(int(place), 1)) else None


def listing(actor: Actor) -> Listing:
    """Every failed attempt.

    Raises:
        OwnerAlone: only the owner may read it, and the operator at the machine.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    standing.require_owner(actor)
    return Listing()


def lately(actor: Actor, now: int) -> int:
    """How many failed within a day before `now`, UTC microseconds.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked, EnrolFirst: as `listing`.
    """
    standing.require_owner(actor)
    ((number,),) = db.rows(_LATELY, (now - DAY,))
    return int(number)
