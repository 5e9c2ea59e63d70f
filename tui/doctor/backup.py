"""Whether there is a good backup of late, and a copy of the key file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models import clock
from models.actor import Actor
from models.i18n import N_
from models.queries import backups
from models.queries.shop import zone
from tui.doctor.finding import Finding, fine, look

_BACKUP, _KEY_COPY = N_("Backup"), N_("Copy of the key file")
_LAST: Final = N_("The last good one is of {when} ({distance}): {where}")
_NEVER: Final = N_("There never was one.")
_FAILED: Final = N_("The last attempt, {when}, failed: {why}")
_TODO: Final = N_("“shopstaff backup” makes one; docs/recovery.md says how one is made every day.")
_COPIED: Final = N_("There is one.")
_NOT_COPIED: Final = N_("There is none that was made here, and it is in no backup.")
_KEY_TODO: Final = N_("“shopstaff backup --key FILE”, onto another stick than the backups.")


def judged(actor: Actor) -> Iterator[Finding]:
    """Two lines or three."""
    found, tz = backups.status(actor), zone()
    if found.last is None:
        yield look(_BACKUP, _NEVER, _TODO)
    else:
        told = {"when": clock.minute(found.last.at, tz), "distance": clock.distance(found.last.at), "where": found.last.where}
        yield look(_BACKUP, _LAST, _TODO, **told) if found.is_overdue else fine(_BACKUP, _LAST, **told)
    if found.failed is not None:
        yield look(_BACKUP, _FAILED, _TODO, when=clock.minute(found.failed.at, tz), why=found.failed)
    yield fine(_KEY_COPY, _COPIED) if found.key_copied else look(_KEY_COPY, _NOT_COPIED, _KEY_TODO)
