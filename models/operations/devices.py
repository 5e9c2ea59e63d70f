"""Device keys: enrolling the SSH key of somebody's device, and revoking it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

from models import catalogue, db, text
from models.actor import Actor
from models.errors import Invalid, OwnerProtected, Unknown
from models.i18n import N_
from models.operations import sessions
from models.operations._journal import Journal, moment
from models.operations._operation import OWNER, operation
from models.operations._people import found, in_status, manageable, thing
from models.operations.codes import RESET
from models.queries import standing
from models.queries.security import policy
from models.rules import device_keys
from models.rules.device_keys import DeviceKey
from models.tables import Device, Session

NAME_LIMIT: Final = 40

_SAYS_NOTHING: Final = frozenset(
    {"id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_ecdsa_sk", "id_rsa", "identity", "authorized_keys", "key", "public", "stdin"}
)
"""Names of files that say nothing of a device: those which `ssh-keygen` gives, and their like."""

_WHOSE: Final = "SELECT staff_id FROM device WHERE id = ?"

_YOURS: Final = N_("This key is enrolled already, as “{name}”.")
SOMEBODY_ELSES: Final = N_("This key is enrolled for somebody else. Every device has a key of its own.")
_SPENT: Final = N_("This key was revoked, and no key comes back. Make a new one with: ssh-keygen -t ed25519")
_MOST: Final = N_("The policy lets one account have {most} device keys. Revoke one first.")
_PAST: Final = N_("This date has passed already.")


def add(actor: Actor, staff_id: int, key: str, *, name: str, until: int | None = None) -> int:
    """Enrol a device's public key: one's own, or as the owner anybody's.

    A key that is past its end date can be enrolled again by whose it is; one that was revoked never.

    Args:
        key: one line as in `id_ed25519.pub`, or a file as PuTTY writes it.
        name: what the device is called.
        until: the last moment that the key opens anything, UTC microseconds; None for no end.

    Returns:
        The id of the key.

    Raises:
        Invalid: the key is private, weak, not whole, enrolled or revoked already, or one too many; the name or the date cannot be used.
        OwnerAlone: it is another's, and only the owner may.
        WrongStatus: the person has left.
        Unknown, ProofNeeded, SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    parsed, name = device_keys.parse("key", key), checked_name(name)
    own = actor.staff_id == staff_id
    with operation(actor, None if own else OWNER, "device.add", proof=True) as journal:
        staff = found(journal, staff_id)
        in_status(staff, catalogue.INVITED, catalogue.ACTIVE, catalogue.FROZEN)
        return enrol(journal, staff, parsed, name, until)


def checked_name(name: str, field: str = "name") -> str:
    """The name of a device as it is kept.

    Args:
        field: what it is called where it is typed.

    Raises:
        Invalid: it cannot be used; it names `field`.
    """
    return text.clean(field, name, limit=NAME_LIMIT, required=True)


def name_of_file(file: str) -> str:
    """What a device may be called by the file that its key came in; "" where that says nothing of a device, or can be no name.

    Args:
        file: its name, or path.
    """
    stem = PurePath(file).stem
    if stem.casefold() in _SAYS_NOTHING:
        return ""
    try:
        return checked_name(stem)
    except Invalid:
        return ""


def enrol(journal: Journal, staff: Any, key: DeviceKey, name: str, until: int | None) -> int:
    """Enrol a key inside an operation that is open; its id.

    Raises:
        Invalid: it is enrolled or revoked already, one too many, or the date has passed.
    """
    if until is not None and until < journal.now:
        raise Invalid("until", _PAST)
    known = Device.get_or_none(Device.fingerprint == key.fingerprint)
    if known is not None:
        _refuse_known(known, staff, journal.now)
    live = (Device.staff == staff.id, Device.ended_at.is_null(), Device.expires_at.is_null() | (Device.expires_at >= journal.now))
    if Device.select().where(*live).count() >= policy().policy.devices_each:
        raise Invalid("key", _MOST, most=policy().policy.devices_each)
    given = {"name": name, "added_at": journal.now, "added_by": journal.actor.name, "expires_at": until}
    if known is None:
        identity = Device.insert(staff=staff.id, **key._asdict(), fingerprint=key.fingerprint, **given).execute()
    else:
        identity = known.id
        Device.update(**given).where(Device.id == identity).execute()
        over = (Session.device == key.fingerprint, Session.ended_at.is_null())  # the key had ended, and its sessions with it
        Session.update(ended_at=journal.now, end=standing.KEY).where(*over).execute()
    journal.record("device.add", thing(staff), new={"name": name, "key": key.fingerprint, "until": moment(until)})
    return int(identity)


def _refuse_known(known: Any, staff: Any, now: int) -> None:
    """Refuse a key that was enrolled before, unless it is the person's own and past its end."""
    if known.staff_id != staff.id:
        raise Invalid("key", SOMEBODY_ELSES)
    if known.ended_at is not None:
        raise Invalid("key", _SPENT)
    if known.expires_at is None or known.expires_at >= now:
        raise Invalid("key", _YOURS, name=known.name)


def revoke(actor: Actor, device_id: int) -> None:
    """Revoke a device key for good, because the device was lost or given away: it opens nothing from now on.

    Every session of the person ends; of one's own, the one that asks goes on unless that very key opened it.

    Raises:
        NotAllowed: it is another's, and takes `staff.security.reset`.
        OwnerProtected, OutOfReach: it is the owner's, or that of somebody whose access is wider than the actor's.
        Unknown: there is no such key, or it was revoked already.
        ProofNeeded, SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    own = actor.staff_id is not None and db.row(_WHOSE, (device_id,)) == (actor.staff_id,)
    with operation(actor, None if own else RESET, "device.revoke", proof=True, damaged=True) as journal:
        device = Device.get_or_none(Device.id == device_id)
        if device is None:
            raise Unknown("device", str(device_id))
        staff = _whose(journal, device.staff.id, own=own)
        live = (Device.id == device_id, Device.ended_at.is_null())
        if not Device.update(ended_at=journal.now, end="revoked").where(*live).execute():
            raise Unknown("device", device.name)
        goes_on = own and actor.device != device.fingerprint
        sessions.end_all(journal, staff, "device", but=actor.session_id if goes_on else None)
        journal.record("device.revoke", thing(staff), old={"name": device.name, "key": device.fingerprint})


def _whose(journal: Journal, staff_id: int, *, own: bool) -> Any:
    staff = found(journal, staff_id)
    if own or (staff.is_owner and journal.actor.is_console):
        return staff
    if staff.is_owner:
        raise OwnerProtected
    return manageable(journal, staff_id)


def void(journal: Journal, staff: Any, why: str) -> int:
    """Void every key of a person inside an operation that is open, as "reset" or "left"; how many those were."""
    live = (Device.staff == staff.id, Device.ended_at.is_null())
    return int(Device.update(ended_at=journal.now, end=why).where(*live).execute())
