"""Device keys: one's own, another's, and whom the key opens for that sshd let in."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import INVITED
from models.device_sql import KNOCKS, LIVE
from models.errors import Unknown
from models.queries import moments, protection, standing
from models.queries._reading import may_read

_COLUMNS: Final = "d.id, d.name, d.kind, d.bits, d.fingerprint, d.added_at, d.added_by, d.expires_at, d.used_at"
_OF: Final = f"SELECT {_COLUMNS} FROM device d WHERE d.staff_id = ? AND d.ended_at IS NULL ORDER BY d.added_at, d.id"  # noqa: S608  our own text
_ALL: Final = f"""
    SELECT w.login, {_COLUMNS} FROM device d JOIN staff w ON w.id = d.staff_id WHERE d.ended_at IS NULL ORDER BY w.login, d.added_at, d.id
"""  # noqa: S608  our own text
_IDENTITY: Final = "SELECT id FROM device WHERE staff_id = ? AND fingerprint = ? AND ended_at IS NULL"
_EVER: Final = "SELECT 1 FROM device WHERE fingerprint = ?"
_OPENS: Final = f"SELECT 1 FROM device d WHERE {LIVE} AND d.fingerprint = ?2 AND d.staff_id = ?3"  # noqa: S608  our own text


class DeviceRow(NamedTuple):
    """A device key that was not revoked. Times are UTC microseconds.

    Attributes:
        kind: its type, as OpenSSH names it; `bits` its size.
        fingerprint: as ssh prints it.
        added_by: login, or `console:<os user>`.
        expires_at: the last moment that it opens anything; None for no end.
        used_at: the last sign-in with it; None where there was none.
    """

    id: int
    name: str
    kind: str
    bits: int
    fingerprint: str
    added_at: int
    added_by: str
    expires_at: int | None
    used_at: int | None

    def has_ended(self, now: int) -> bool:
        """Whether it is past its end date."""
        return self.expires_at is not None and self.expires_at < now

    @property
    def size(self) -> str:
        """As the function of that name says it."""
        return size(self.kind, self.bits)


def size(kind: str, bits: int) -> str:
    """Type and size in short, as `ssh-keygen -l` ends its line: `ED25519`, `RSA 4096`, `ECDSA 256`; with `-SK` where a token signs."""
    name = kind.removeprefix("sk-").removeprefix("ssh-").split("-")[0].split("@")[0].upper()
    token = "-SK" if kind.startswith("sk-") else ""
    return f"{name}{token}" if name == "ED25519" else f"{name}{token} {bits}"


class Knock(NamedTuple):
    """Whoever comes with a device key that opens for them.

    Attributes:
        invited: whether they have to activate their account before anything else.
    """

    staff_id: int
    login: str
    invited: bool


def own(actor: Actor) -> tuple[DeviceRow, ...]:
    """The actor's own, the oldest first.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return _of(actor.staff_id)


def of(actor: Actor, staff_id: int) -> tuple[DeviceRow, ...]:
    """Those of one person, the oldest first. One's own is everybody's to read.

    Raises:
        NotAllowed, OwnerProtected, OutOfReach, Unknown: as `protection.of`.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    protection.of(actor, staff_id)
    return _of(staff_id)


def everybodys(actor: Actor) -> tuple[tuple[str, DeviceRow], ...]:
    """Everybody's, each with the login of whose it is, by login.

    Raises:
        OwnerAlone: only the owner may read it, and the operator at the machine.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    standing.require_owner(actor)
    return tuple((login, DeviceRow(*row)) for login, *row in db.rows(_ALL))


def find(staff_id: int, fingerprint: str) -> int:
    """The id of somebody's key with that fingerprint.

    Raises:
        Unknown: there is none.
    """
    found = db.row(_IDENTITY, (staff_id, fingerprint.strip()))
    if found is None:
        raise Unknown("device", fingerprint)
    return int(found[0])


def is_enrolled(fingerprint: str) -> bool:
    """Whether the key with this fingerprint is, or was ever, somebody's."""
    return bool(db.rows(_EVER, (fingerprint,)))


def opens(fingerprint: str, staff_id: int, now: int) -> bool:
    """Whether the key is that person's, and neither revoked nor past its end. A clock that is set back makes none good again."""
    return bool(db.rows(_OPENS, (moments.reached(now), fingerprint, staff_id)))


def knock(fingerprint: str) -> Knock | None:
    """Whom the key with this fingerprint lets in, whoever asks; None where it opens nothing."""
    found = db.row(KNOCKS, (moments.reached(clock.now()), fingerprint))
    if found is None:
        return None
    _kind, _blob, staff_id, login, status = found
    return Knock(int(staff_id), login, status == INVITED)


def _of(staff_id: int | None) -> tuple[DeviceRow, ...]:
    return tuple(DeviceRow(*row) for row in db.rows(_OF, (staff_id,)))
