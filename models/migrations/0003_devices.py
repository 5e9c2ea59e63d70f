"""Device keys: whose public keys open SSH; and how many the policy allows each.

A frozen copy, as the first tables are.
"""

from __future__ import annotations

from typing import Any

TABLES = """
    CREATE TABLE device (
        id INTEGER NOT NULL PRIMARY KEY,
        staff_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        bits INTEGER NOT NULL,
        blob TEXT NOT NULL,
        fingerprint TEXT NOT NULL CHECK (fingerprint LIKE 'SHA256:%'),
        added_at INTEGER NOT NULL,
        added_by TEXT NOT NULL,
        expires_at INTEGER,
        used_at INTEGER,
        ended_at INTEGER,
        "end" TEXT CHECK ("end" IN ('revoked', 'reset', 'left')),
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK ((ended_at IS NULL) = ("end" IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX device_fingerprint ON device (fingerprint);
    CREATE INDEX device_live ON device (staff_id) WHERE ended_at IS NULL;
    CREATE TABLE policy_with_devices (
        id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL CHECK (version > 0),
        totp TEXT NOT NULL CHECK (totp IN ('everyone', 'high_risk', 'nobody')),
        device_required INTEGER NOT NULL CHECK (device_required IN (0, 1)),
        devices_each INTEGER NOT NULL CHECK (devices_each BETWEEN 1 AND 20),
        idle_minutes INTEGER NOT NULL CHECK (idle_minutes BETWEEN 5 AND 60),
        session_hours INTEGER NOT NULL CHECK (session_hours BETWEEN 1 AND 24),
        sessions_each INTEGER NOT NULL CHECK (sessions_each BETWEEN 1 AND 5),
        proof_minutes INTEGER NOT NULL CHECK (proof_minutes BETWEEN 1 AND 15),
        password_length INTEGER NOT NULL CHECK (password_length BETWEEN 12 AND 64),
        activation_days INTEGER NOT NULL CHECK (activation_days BETWEEN 1 AND 21)
    ) STRICT;
    INSERT INTO policy_with_devices
        SELECT id, version, totp, device_required, 5,
            idle_minutes, session_hours, sessions_each, proof_minutes, password_length, activation_days
        FROM policy;
    DROP TABLE policy;
    ALTER TABLE policy_with_devices RENAME TO policy;
"""


def up(_migrator: object, db: Any) -> None:
    """Make the table of device keys, and that of the policy anew with what it had."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        db.execute_sql(statement)
