"""What must not come back with a backup: applied to the shop that is open, a copy of the backup, before anybody else sees it.

What holds for every restore is voided here; what the newer data knows is applied by `_revoked_since`.
"""

from __future__ import annotations

import secrets
from typing import Final

from models import db
from models.operations import _revoked_since
from models.operations._applying import END, Applying
from models.queries import restoring
from models.queries.newer import Newer
from models.queries.restoring import Line
from models.rules import totp
from models.tables import OwnerOffer

JUMP: Final = 1 << 40
"""Within this a number is drawn that enrolments of phones go on from: nobody knows how many there were since the backup."""

_RAISE: Final = "UPDATE totp SET generation = max(generation, ?1) + ?2, pending = NULL"
_FLOOR: Final = """
    INSERT INTO setting (name, value) SELECT 'totp_generation', max(coalesce((SELECT max(generation) FROM totp), 0), ?)
    WHERE 1 ON CONFLICT (name) DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))
"""
_STEPS: Final = "UPDATE totp SET last_step = max(last_step, ? + max(drift, 0) + ?)"
_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_NO_PHONES: Final = "UPDATE totp SET active = NULL, pending = NULL, since = NULL, drift = 0"
_SESSIONS: Final = 'UPDATE session SET ended_at = ?, "end" = ? WHERE ended_at IS NULL'
_OPENED: Final = "DELETE FROM chat_opening"
"""What a session that has ended had opened keeps no other from being recorded."""

_RECOVERY: Final = "UPDATE recovery_code SET void_at = ? WHERE used_at IS NULL AND void_at IS NULL"
_CODES: Final = "UPDATE one_time_code SET void_at = ? WHERE used_at IS NULL AND void_at IS NULL"
_END: Final = "SELECT coalesce(max(seq), 0) FROM audit_entry"
_PHONES: Final = "SELECT w.login FROM totp t JOIN staff w ON w.id = t.staff_id WHERE t.active IS NOT NULL ORDER BY w.login"


def apply(newer: Newer | None, by: str, now: int, *, no_phones: bool) -> list[Line]:
    """Void and revoke, inside the transaction that is open.

    Args:
        newer: what is known of the data that goes; None where there is none.
        by: who restores; now: when.
        no_phones: no phone's codes count any more.

    Returns:
        What was done, for the preview.
    """
    lines = _revoked_since.apply(Applying(newer, by, now)) if newer is not None else [Line("none")]
    highest = max((int(row["generation"] or 0) for row in newer.tables["totp"]), default=0) if newer is not None else 0
    execute = db.database.execute_sql
    execute(_SESSIONS, (now, END))
    execute(_OPENED)
    execute(_RECOVERY, (now,))
    execute(_CODES, (now,))
    OwnerOffer.update(ended_at=now, end="withdrawn").where(OwnerOffer.ended_at.is_null()).execute()
    execute(_RAISE, (highest, JUMP + secrets.randbelow(JUMP)))
    execute(_FLOOR, (highest + JUMP + secrets.randbelow(JUMP),))
    execute(_STEPS, _steps(newer, now))
    if no_phones:
        lines += [Line("enrol", login) for (login,) in db.rows(_PHONES)]
        execute(_NO_PHONES)
        execute("DELETE FROM failure")  # counted by the old key, so that none of them would be found
    ((head,),) = db.rows(_END)
    if newer is not None and newer.latest:
        db.write_many(_SET, [("clock_seen", str(newer.latest)), ("clock_from", str(head))])
    return lines + restoring.must()


def _steps(newer: Newer | None, now: int) -> tuple[int, int]:
    """Up to which step no code counts any more, and how many more are taken for used.

    Not up to the latest time that was seen, where it is known which codes were used: a clock that was ahead for a while, which is what
    somebody may restore a backup for, would keep everybody's phone out until that time comes.
    """
    if newer is None:
        return totp.step_at(now), totp.WINDOW
    if newer.knows_all("totp"):
        return totp.step_at(now), 0
    return totp.step_at(max(now, newer.latest)), totp.WINDOW
