"""A shop of any size, made at once: everything in it grows with its people, so that what is slow with many shows.

What `tests.places` puts behind every door is there as well, whatever the size, so that the same keys lead to the same screens.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final, NamedTuple
from unittest import mock

from models import clock, db
from models.catalogue import permissions
from models.clock import DAY, HOUR, MINUTE
from models.queries import standing
from tests.crowd import crowd, founded_ago
from tests.factories import AGELESS, Founded, signed_in
from tests.million import fill
from tests.places import furnish


class Size(NamedTuple):
    """How much of everything there is."""

    people: int
    departments: int
    roles: int
    entries: int


SMALL: Final = Size(100, 10, 10, 10_000)
LARGE: Final = Size(10_000, 300, 500, 1_000_000)

_DEPARTMENT: Final = "INSERT INTO department (version, parent_id, name, position) VALUES (1, ?, ?, ?)"
_ROLE: Final = "INSERT INTO role (version, name) VALUES (1, ?)"
_INSIDE: Final = "INSERT OR IGNORE INTO role_permission (role_id, permission) SELECT id, ? FROM role WHERE name = ?"
_GRANT: Final = "INSERT OR IGNORE INTO role_grant (staff_id, role_id, since, until, granted_by) VALUES (?, ?, ?, ?, 'owner')"
_EXTRA: Final = "INSERT INTO extra (staff_id, permission, since, granted_by) VALUES (?, ?, ?, 'owner')"
_SESSION: Final = """
    INSERT INTO session (staff_id, started_at, seen_at, proved_at, device, address, terminal, enrolling, ended_at, "end", section)
    VALUES (?, ?, ?, ?, '', ?, '', 0, ?, ?, '')
"""
_REQUEST: Final = """
    INSERT INTO request (staff_id, permission, days, reason, asked_at, status, decided_at, decided_by, until, word)
    VALUES (?, ?, 30, 'For the season', ?, ?, ?, ?, ?, '')
"""
_DEVICE: Final = """
    INSERT INTO device (staff_id, name, kind, bits, blob, fingerprint, added_at, added_by, expires_at)
    VALUES (?, 'laptop', 'ssh-ed25519', 256, ?, ?, ?, 'owner', ?)
"""


def tree(count: int) -> None:
    """Departments below the preset ones, up to four levels deep."""
    with db.transaction():
        above = [row[0] for row in db.rows("SELECT id FROM department ORDER BY id")]
        for number in range(1, count + 1):
            above.append(db.database.execute_sql(_DEPARTMENT, (above[number // 5], f"Team {number:03}", number)).lastrowid)


def roles(count: int, *, inside: int = 17, seed: int = 4) -> list[int]:
    """Roles of the shop's own with so many permissions each; their ids. Their names come before those that tests look for."""
    chance, codes = Random(seed), [code for code, each in permissions().items() if not each.owner_only]
    with db.transaction():
        db.write_many(_ROLE, [(f"Duty {number:03}",) for number in range(count)])
        db.write_many(_INSIDE, [(code, f"Duty {number:03}") for number in range(count) for code in chance.sample(codes, inside)])
    return [row[0] for row in db.rows("SELECT id FROM role WHERE name LIKE 'Duty %'")]


def holdings(role_ids: list[int], *, seed: int = 5) -> None:
    """Two more roles and an extra for everybody, old enough to lie unused; some end soon."""
    chance, now = Random(seed), clock.now()
    codes = [code for code, each in permissions().items() if not each.owner_only]
    people = [row[0] for row in db.rows("SELECT id FROM staff WHERE is_owner = 0")]
    ends = [None] * 9 + [now + 9 * DAY]
    with db.transaction():
        given = [(person, chance.choice(role_ids), now - 300 * DAY, chance.choice(ends)) for person in people for _time in range(2)]
        db.write_many(_GRANT, given)
        db.write_many(_EXTRA, [(person, chance.choice(codes), now - 100 * DAY) for person in people])


def lives(*, seed: int = 6) -> None:
    """What people do besides: sessions, of which some go on, requests, of which some wait, and device keys."""
    chance, now = Random(seed), clock.now()
    codes = [code for code, each in permissions().items() if not each.owner_only]
    people = [row[0] for row in db.rows("SELECT id FROM staff WHERE is_owner = 0")]
    sessions: list[tuple[object, ...]] = []
    requests: list[tuple[object, ...]] = []
    for person in people:
        begun = now - chance.randrange(200 * DAY) - DAY
        sessions += [(person, at := begun - turn * DAY, at, at, "10.0.0.7", at + HOUR, "signed_out") for turn in range(4)]
        sessions += [(person, now - HOUR, now - MINUTE, now - HOUR, "10.0.0.8", None, None)] * (person % 20 == 0)
        asked = now - chance.randrange(100 * DAY)
        requests += [(person, chance.choice(codes), asked, "declined", asked + HOUR, "owner", None)]
        requests += [(person, chance.choice(codes), asked, "open", None, None, None)] * (person % 10 == 0)
    with db.transaction():
        db.write_many(_SESSION, sessions)
        db.write_many(_REQUEST, requests)
        db.write_many(
            _DEVICE, [(person, f"blob{person}", f"SHA256:{person:043}", now - 50 * DAY, now + 300 * DAY) for person in people[::2]]
        )
        db.write_many("UPDATE staff SET signed_in_at = ? WHERE id = ?", [(now - DAY, person) for person in people if person % 50])


def build(home: Path, size: Size, *, days: int = 365) -> None:
    """Found a shop of that size in `home`, as if `days` ago, and put what tests look for behind every door; it is closed again."""
    with founded_ago(home, days):
        tree(size.departments)
        duties = roles(size.roles)
        crowd(size.people)
        clock.set_clock(None)
        fill(size.entries, days=days)
        holdings(duties)
        lives()
        with mock.patch.object(standing, "AHEAD", 2 * AGELESS):  # sessions of tests do not age
            furnish(Founded(home, signed_in("owner")))
        # The furnishing leaves nobody signed in; some of the many are.
        with db.transaction():
            db.write_many('UPDATE session SET ended_at = NULL, "end" = NULL WHERE address = ?', [("10.0.0.8",)])
