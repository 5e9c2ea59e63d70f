"""The SQL that tells whom a device key lets in, kept as text: peewee's connection and the bare one that sshd's question takes run it."""

from __future__ import annotations

from typing import Final

LIVE: Final = "d.ended_at IS NULL AND (d.expires_at IS NULL OR d.expires_at >= ?1)"
"""Whether a key is neither revoked nor past its end; takes the present, UTC microseconds."""

KNOCKS: Final = f"""
    SELECT d.kind, d.blob, w.id, w.login, w.status
    FROM device d JOIN staff w ON w.id = d.staff_id
    WHERE d.fingerprint = ?2 AND {LIVE} AND (w.leaves_at IS NULL OR w.leaves_at >= ?1)
    AND (w.status = 'active' OR (w.status = 'invited' AND EXISTS (
        SELECT 1 FROM one_time_code o
        WHERE o.staff_id = w.id AND o.purpose = 'activation' AND o.used_at IS NULL AND o.void_at IS NULL AND o.expires_at >= ?1)))
"""  # noqa: S608  our own text only
"""The key with a fingerprint, and whose it is: at most one row, none where it opens nothing.

It opens for somebody active, and for somebody invited as long as their activation code is good; for nobody past the day
on which they leave.
"""
