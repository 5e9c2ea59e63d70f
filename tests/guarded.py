"""Protection written straight into the tables, for tests that are not about how it comes to be."""

from __future__ import annotations

from hashlib import sha256

from models import clock, db
from tests.factories import DAY, Founded


def totp_on(shop: Founded, login: str, *, recovery: int = 8) -> None:
    """TOTP of a person is on, with so many recovery codes left."""
    now, staff_id = clock.now(), shop.id_of(login)
    with db.transaction():
        db.database.execute_sql(
            "INSERT INTO totp (staff_id, generation, active, last_step, drift, since, barred) VALUES (?, 1, 1, 0, 0, ?, 0)", (staff_id, now)
        )
        codes = [(staff_id, sha256(f"{staff_id} {place}".encode()).digest(), now, now) for place in range(recovery)]
        db.write_many("INSERT INTO recovery_code (staff_id, digest, created_at, kept_at) VALUES (?, ?, ?, ?)", codes)


def signed_in_days_ago(login: str, days: int) -> None:
    """The last sign-in of a person was so long ago."""
    with db.transaction():
        db.database.execute_sql("UPDATE staff SET signed_in_at = ? WHERE login = ?", (clock.now() - days * DAY, login))
