"""Whom a device key lets in, soon: what sshd asks at every key that somebody offers, before anybody has proved anything."""

from __future__ import annotations

from models import clock
from models.bare import opened, shop
from models.device_sql import KNOCKS
from models.latest import latest


def key(home: str, fingerprint: str) -> str:
    """The key with that fingerprint as `authorized_keys` has it, without options; "" where it opens nothing.

    It opens for somebody active, and for somebody invited as long as their activation code is good.

    Args:
        fingerprint: as ssh prints it, `SHA256:` and 43 characters.

    Raises:
        OutdatedError: the tables have to be brought up to date first.
        DataUnusable: there is no shop, or it cannot be read.
    """
    with opened(home) as connection:
        shop(connection, home)
        now = max(clock.now(), latest(lambda sql, given: connection.execute(sql, given).fetchall()))
        row = connection.execute(KNOCKS, (now, fingerprint)).fetchone()
    return f"{row[0]} {row[1]}" if row is not None else ""
