"""What protects accounts: the policy, TOTP, recovery codes, counted failures, limits, offers of the shop; and locks of sessions.

A frozen copy, as the first tables are.
"""

from __future__ import annotations

from typing import Any

TABLES = """
    CREATE TABLE session_with_locks (
        id INTEGER NOT NULL PRIMARY KEY,
        staff_id INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL,
        proved_at INTEGER NOT NULL,
        device TEXT NOT NULL,
        address TEXT NOT NULL,
        terminal TEXT NOT NULL,
        locked_at INTEGER,
        enrolling INTEGER NOT NULL CHECK (enrolling IN (0, 1)),
        ended_at INTEGER,
        "end" TEXT,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK ((ended_at IS NULL) = ("end" IS NULL))
    ) STRICT;
    INSERT INTO session_with_locks
        SELECT id, staff_id, started_at, seen_at, proved_at, device, address, terminal, NULL, 0, ended_at, "end" FROM session;
    DROP TABLE session;
    ALTER TABLE session_with_locks RENAME TO session;
    CREATE INDEX session_staff_started ON session (staff_id, started_at);
    CREATE INDEX session_live ON session (staff_id) WHERE ended_at IS NULL;
    CREATE TABLE policy (
        id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL CHECK (version > 0),
        totp TEXT NOT NULL CHECK (totp IN ('everyone', 'high_risk', 'nobody')),
        device_required INTEGER NOT NULL CHECK (device_required IN (0, 1)),
        idle_minutes INTEGER NOT NULL CHECK (idle_minutes BETWEEN 5 AND 60),
        session_hours INTEGER NOT NULL CHECK (session_hours BETWEEN 1 AND 24),
        sessions_each INTEGER NOT NULL CHECK (sessions_each BETWEEN 1 AND 5),
        proof_minutes INTEGER NOT NULL CHECK (proof_minutes BETWEEN 1 AND 15),
        password_length INTEGER NOT NULL CHECK (password_length BETWEEN 12 AND 64),
        activation_days INTEGER NOT NULL CHECK (activation_days BETWEEN 1 AND 21)
    ) STRICT;
    INSERT INTO policy VALUES (1, 1, 'high_risk', 0, 10, 12, 3, 5, 12, 7);
    CREATE TABLE totp (
        staff_id INTEGER NOT NULL PRIMARY KEY,
        generation INTEGER NOT NULL,
        active INTEGER,
        pending INTEGER,
        last_step INTEGER NOT NULL,
        drift INTEGER NOT NULL,
        since INTEGER,
        put_off_at INTEGER,
        barred INTEGER NOT NULL CHECK (barred IN (0, 1)),
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK (active IS NULL OR active BETWEEN 1 AND generation),
        CHECK (pending IS NULL OR pending BETWEEN 1 AND generation),
        CHECK ((active IS NULL) = (since IS NULL))
    ) STRICT;
    CREATE TABLE recovery_code (
        id INTEGER NOT NULL PRIMARY KEY,
        staff_id INTEGER NOT NULL,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        created_at INTEGER NOT NULL,
        kept_at INTEGER,
        used_at INTEGER,
        void_at INTEGER,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT
    ) STRICT;
    CREATE INDEX recoverycode_live ON recovery_code (staff_id) WHERE used_at IS NULL AND void_at IS NULL;
    CREATE TABLE spent_password (
        staff_id INTEGER NOT NULL PRIMARY KEY,
        password TEXT NOT NULL CHECK (password LIKE '$argon2id$%'),
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT
    ) STRICT;
    CREATE TABLE failure (
        id INTEGER NOT NULL PRIMARY KEY,
        account BLOB NOT NULL CHECK (length(account) = 32),
        source TEXT NOT NULL,
        factor TEXT NOT NULL CHECK (factor IN ('password', 'second', 'code')),
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX failure_account ON failure (account, source, factor, at);
    CREATE INDEX failure_at ON failure (at);
    CREATE TABLE sign_in_limit (
        staff_id INTEGER NOT NULL PRIMARY KEY,
        addresses TEXT NOT NULL,
        hours TEXT NOT NULL,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT
    ) STRICT;
    CREATE TABLE owner_offer (
        id INTEGER NOT NULL PRIMARY KEY,
        heir_id INTEGER NOT NULL,
        post TEXT NOT NULL CHECK (post IN ('service', 'operations')),
        offered_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        ended_at INTEGER,
        "end" TEXT CHECK ("end" IN ('accepted', 'declined', 'withdrawn', 'replaced')),
        FOREIGN KEY (heir_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK ((ended_at IS NULL) = ("end" IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX owneroffer_one_open ON owner_offer ((ended_at IS NULL)) WHERE ended_at IS NULL;
"""


def up(_migrator: object, db: Any) -> None:
    """Make the tables, and make that of sessions anew with what it had."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        db.execute_sql(statement)
