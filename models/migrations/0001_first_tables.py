"""The first tables, as they were when the first shop was founded.

A frozen copy: `models.tables` goes on, this does not. What it makes and what the tables of today describe are compared by a test.
Where another database is to be served, it begins with a first migration of its own.
"""

from __future__ import annotations

from typing import Any

from models.sqlite import append_only

TABLES = """
    CREATE TABLE setting (
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE shop (
        id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL CHECK (version > 0),
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        language TEXT NOT NULL CHECK (language IN ('en', 'zh')),
        zone TEXT NOT NULL,
        seats_counted INTEGER NOT NULL CHECK (seats_counted IN (0, 1)),
        founded_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE seat (
        id INTEGER NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('gifted', 'bought')),
        number INTEGER NOT NULL CHECK (number > 0),
        price INTEGER NOT NULL CHECK (price >= 0),
        since INTEGER NOT NULL,
        until INTEGER
    ) STRICT;
    CREATE TABLE department (
        id INTEGER NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL CHECK (version > 0),
        parent_id INTEGER,
        preset TEXT,
        name TEXT,
        position INTEGER NOT NULL,
        closed_at INTEGER,
        head_id INTEGER,
        FOREIGN KEY (parent_id) REFERENCES department (id) ON DELETE RESTRICT,
        CHECK (preset IS NOT NULL OR name IS NOT NULL),
        CHECK (parent_id IS NULL OR parent_id <> id)
    ) STRICT;
    CREATE INDEX department_parent_id ON department (parent_id);
    CREATE INDEX department_head_id ON department (head_id);
    CREATE TABLE staff (
        id INTEGER NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL CHECK (version > 0),
        login TEXT NOT NULL CHECK (login = lower(login)),
        name TEXT NOT NULL,
        nickname TEXT NOT NULL,
        number TEXT NOT NULL,
        phone TEXT NOT NULL,
        email TEXT NOT NULL,
        department_id INTEGER,
        post TEXT NOT NULL CHECK (post IN ('service', 'operations')),
        status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'frozen', 'left')),
        is_owner INTEGER NOT NULL CHECK (is_owner IN (0, 1)),
        language TEXT CHECK (language IN ('en', 'zh')),
        pinyin TEXT NOT NULL,
        initials TEXT NOT NULL,
        search TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        activated_at INTEGER,
        signed_in_at INTEGER,
        left_at INTEGER,
        FOREIGN KEY (department_id) REFERENCES department (id) ON DELETE RESTRICT,
        CHECK (is_owner = 0 OR status = 'active'),
        CHECK ((status = 'left') = (left_at IS NOT NULL)),
        CHECK (status <> 'active' OR activated_at IS NOT NULL)
    ) STRICT;
    CREATE UNIQUE INDEX staff_login ON staff (login);
    CREATE INDEX staff_department_id ON staff (department_id);
    CREATE UNIQUE INDEX staff_one_owner ON staff (is_owner) WHERE is_owner = 1;
    CREATE INDEX staff_name ON staff (name);
    CREATE INDEX staff_status_login ON staff (status, login);
    CREATE TABLE credential (
        staff_id INTEGER NOT NULL PRIMARY KEY,
        password TEXT NOT NULL CHECK (password LIKE '$argon2id$%'),
        changed_at INTEGER NOT NULL,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT
    ) STRICT;
    CREATE TABLE one_time_code (
        id INTEGER NOT NULL PRIMARY KEY,
        staff_id INTEGER NOT NULL,
        purpose TEXT NOT NULL CHECK (purpose IN ('activation', 'reset')),
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        used_at INTEGER,
        void_at INTEGER,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK (expires_at > created_at)
    ) STRICT;
    CREATE UNIQUE INDEX onetimecode_one_live ON one_time_code (staff_id) WHERE used_at IS NULL AND void_at IS NULL;
    CREATE TABLE session (
        id INTEGER NOT NULL PRIMARY KEY,
        staff_id INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        proved_at INTEGER NOT NULL,
        device TEXT NOT NULL,
        address TEXT NOT NULL,
        terminal TEXT NOT NULL,
        ended_at INTEGER,
        "end" TEXT,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK ((ended_at IS NULL) = ("end" IS NULL))
    ) STRICT;
    CREATE INDEX session_staff_started ON session (staff_id, started_at);
    CREATE TABLE draft (
        staff_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        saved_at INTEGER NOT NULL,
        PRIMARY KEY (staff_id, kind),
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT
    ) STRICT;
    CREATE TABLE role (
        id INTEGER NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL CHECK (version > 0),
        code TEXT,
        name TEXT,
        closed_at INTEGER,
        CHECK (code IS NOT NULL OR name IS NOT NULL)
    ) STRICT;
    CREATE UNIQUE INDEX role_code ON role (code);
    CREATE TABLE role_permission (
        role_id INTEGER NOT NULL,
        permission TEXT NOT NULL,
        PRIMARY KEY (role_id, permission),
        FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE RESTRICT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE role_grant (
        id INTEGER NOT NULL PRIMARY KEY,
        since INTEGER NOT NULL,
        until INTEGER,
        granted_by TEXT NOT NULL,
        ended_at INTEGER,
        ended_by TEXT,
        staff_id INTEGER NOT NULL,
        role_id INTEGER NOT NULL,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        FOREIGN KEY (role_id) REFERENCES role (id) ON DELETE RESTRICT,
        CHECK (until IS NULL OR until >= since),
        CHECK ((ended_at IS NULL) = (ended_by IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX rolegrant_live ON role_grant (staff_id, role_id) WHERE ended_at IS NULL;
    CREATE INDEX rolegrant_holders ON role_grant (role_id, staff_id) WHERE ended_at IS NULL;
    CREATE TABLE extra (
        id INTEGER NOT NULL PRIMARY KEY,
        since INTEGER NOT NULL,
        until INTEGER,
        granted_by TEXT NOT NULL,
        ended_at INTEGER,
        ended_by TEXT,
        staff_id INTEGER NOT NULL,
        permission TEXT NOT NULL,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK (until IS NULL OR until >= since),
        CHECK ((ended_at IS NULL) = (ended_by IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX extra_live ON extra (staff_id, permission) WHERE ended_at IS NULL;
    CREATE INDEX extra_holders ON extra (permission, staff_id) WHERE ended_at IS NULL;
    CREATE TABLE audit_entry (
        seq INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        session INTEGER,
        device TEXT NOT NULL,
        address TEXT NOT NULL,
        action TEXT NOT NULL,
        object_kind TEXT NOT NULL,
        object_id INTEGER,
        object_label TEXT NOT NULL,
        old TEXT NOT NULL,
        new TEXT NOT NULL,
        hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX auditentry_actor ON audit_entry (actor, seq);
    CREATE INDEX auditentry_action ON audit_entry (action, seq);
    CREATE INDEX auditentry_actor_action ON audit_entry (actor, action, seq);
    CREATE INDEX auditentry_at ON audit_entry (at, seq);
    CREATE INDEX auditentry_actor_at ON audit_entry (actor, at, seq);
    CREATE INDEX auditentry_object ON audit_entry (object_kind, object_id, seq);
"""


def up(_migrator: object, db: Any) -> None:
    """Make everything, and the log append-only."""
    for statement in (*filter(str.strip, TABLES.split(";\n")), *append_only("audit_entry")):
        db.execute_sql(statement)
