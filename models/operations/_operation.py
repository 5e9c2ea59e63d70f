"""The frame of every write: one transaction, a fresh judgement, an entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from models import clock, db
from models.actor import Actor
from models.errors import NotAllowed, OwnerAlone, Stale, Unauthorised
from models.operations._journal import Entry, Journal, Thing, write
from models.operations.settling import settle
from models.queries import damage, standing
from models.queries._reading import held_in_standing
from models.rules.delegation import Held


class SilentOperationError(RuntimeError):
    """A mistake of ours: an operation recorded nothing, so it was rolled back."""


OWNER: Final = "owner"
"""In place of a permission: what the owner alone may do, and the operator at the machine."""


@contextmanager
def operation(
    actor: Actor, permission: str | None, act: str, *, proof: bool = False, enrolling: bool = False, damaged: bool = False
) -> Iterator[Journal]:
    """Open the one transaction in which `actor` may use `permission`.

    What a screen offered a moment ago is not trusted: session, account and permission are read again in here. A refused
    attempt is itself an entry, and a change that records nothing is rolled back, so no operation can be silent.

    Args:
        permission: the code it takes, or `OWNER`; None for what everybody may do to what is theirs.
        act: the action that is attempted, named in the entry if it is refused.
        proof: whether it changes access or security, and so asks for proof again where the last is too old.
        enrolling: whether it can be done before TOTP is set up.
        damaged: whether it can be done while the log is known to be damaged, because it changes nothing of the shop, or shuts
            somebody out who may be why it is damaged.

    Raises:
        SessionEnded: the session was ended meanwhile.
        SessionLocked, EnrolFirst: the password, or TOTP, comes first.
        NotAllowed, OwnerAlone: the actor does not hold `permission`, or is not the owner.
        LogDamaged: somebody has to look at the log first.
        ProofNeeded: with `proof`; `presence.prove` gives it.
        DataUnusable: locked, full, read-only or damaged.
    """
    settle()
    now = clock.now()
    journal = Journal(actor, now, {})
    try:
        with db.transaction():
            stands = standing.require(actor, now, enrolling=enrolling)
            journal = Journal(actor, now, held_in_standing(actor, now))
            _require(permission, journal, stands)
            if not damaged:
                damage.require_whole()
            if proof:
                standing.require_proof(stands, now)
            yield journal
            if not journal.entries:
                raise SilentOperationError(act)
            write(journal.actor, now, journal.entries)
    except Unauthorised as refusal:
        _record_refusal(journal, act, refusal)
        raise


def _require(permission: str | None, journal: Journal, stands: standing.Standing | None) -> None:
    if permission == OWNER:
        if stands is not None and not stands.is_owner:
            raise OwnerAlone
    elif permission is not None and permission not in journal.held:
        raise NotAllowed(permission)


@contextmanager
def unattended(actor: Actor, held: Held | None = None) -> Iterator[Journal]:
    """Open the transaction of an act that no permission covers: founding, signing in, activating.

    It records like any other; whoever calls it decides who may.
    """
    with db.transaction():
        journal = Journal(actor, clock.now(), held or {})
        yield journal
        if not journal.entries:
            raise SilentOperationError(actor.name)
        write(journal.actor, journal.now, journal.entries)


@contextmanager
def housekeeping() -> Iterator[None]:
    """Open a transaction for what is nobody's act: wizard drafts, a session's last-seen."""
    with db.transaction():
        yield


def _record_refusal(journal: Journal, act: str, refusal: Unauthorised) -> None:
    """Write who was refused what; the attempt itself has been rolled back."""
    thing = journal.subject or Thing("", None, act)
    new: dict[str, object] = {"act": act, "because": type(refusal).__name__, **refusal.facts}
    with db.transaction():
        write(journal.actor, clock.now(), [Entry("act.refuse", thing, {}, new)])


def save(table: Any, row_id: int, version: int | None, what: str, **values: object) -> None:
    """Update one row and its version, if nobody else has saved it since `version` was read.

    Args:
        version: what the editor saw; None when the row was read in this very transaction.

    Raises:
        Stale: somebody else has; nothing was overwritten.
    """
    condition = table.id == row_id
    if version is not None:
        condition &= table.version == version
    if not table.update(version=table.version + 1, **values).where(condition).execute():
        raise Stale(what)
