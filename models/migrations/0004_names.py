"""Every act has a name: departures on a date, stand-ins, requests, confirmed grants, permissions kept apart, acts in other programs.

A frozen copy, as the first tables are.
"""

from __future__ import annotations

from typing import Any

TABLES = """
    ALTER TABLE staff ADD COLUMN leaves_at INTEGER CHECK (leaves_at IS NULL OR is_owner = 0);
    ALTER TABLE staff ADD COLUMN leaves_by TEXT CHECK ((leaves_at IS NULL) = (leaves_by IS NULL));
    CREATE INDEX staff_leaving ON staff (leaves_at) WHERE leaves_at IS NOT NULL;
    ALTER TABLE session ADD COLUMN section TEXT NOT NULL DEFAULT '';
    ALTER TABLE role_grant ADD COLUMN stands_for_id INTEGER REFERENCES staff (id) ON DELETE RESTRICT;
    ALTER TABLE role_grant ADD COLUMN confirmed_at INTEGER;
    ALTER TABLE role_grant ADD COLUMN confirmed_by TEXT CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL));
    ALTER TABLE extra ADD COLUMN stands_for_id INTEGER REFERENCES staff (id) ON DELETE RESTRICT;
    ALTER TABLE extra ADD COLUMN confirmed_at INTEGER;
    ALTER TABLE extra ADD COLUMN confirmed_by TEXT CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL));
    CREATE TABLE request (
        id INTEGER NOT NULL PRIMARY KEY,
        staff_id INTEGER NOT NULL,
        role_id INTEGER,
        permission TEXT,
        days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 366),
        reason TEXT NOT NULL,
        asked_at INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'approved', 'declined', 'withdrawn')),
        decided_at INTEGER,
        decided_by TEXT,
        until INTEGER,
        word TEXT NOT NULL,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE RESTRICT,
        CHECK ((role_id IS NULL) <> (permission IS NULL)),
        CHECK ((status = 'open') = (decided_at IS NULL)),
        CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
        CHECK ((status = 'approved') = (until IS NOT NULL))
    ) STRICT;
    CREATE INDEX request_staff ON request (staff_id, id);
    CREATE INDEX request_open ON request (asked_at) WHERE status = 'open';
    CREATE TABLE separation (
        id INTEGER NOT NULL PRIMARY KEY,
        one TEXT NOT NULL,
        other TEXT NOT NULL,
        reason TEXT NOT NULL,
        declared_at INTEGER NOT NULL,
        declared_by TEXT NOT NULL,
        ended_at INTEGER,
        ended_by TEXT,
        CHECK (one < other),
        CHECK ((ended_at IS NULL) = (ended_by IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX separation_live ON separation (one, other) WHERE ended_at IS NULL;
    CREATE INDEX auditentry_permission ON audit_entry (object_label, seq) WHERE object_kind = 'permission';
    CREATE INDEX auditentry_actor_permission ON audit_entry (actor, object_label, seq) WHERE action = 'program.allow';
"""


def up(_migrator: object, db: Any) -> None:
    """Add what departures, stand-ins, requests, reviews and separation of duties are kept in."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        db.execute_sql(statement)
