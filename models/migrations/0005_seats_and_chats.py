"""Seats that are claimed, bought and end; customers' conversations with staff, the words in them, and who opened which.

A frozen copy, as the first tables are.
"""

from __future__ import annotations

from typing import Any

TABLES = """
    CREATE TABLE seat_in_ledger (
        id INTEGER NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('gifted', 'bought')),
        number INTEGER NOT NULL CHECK (number > 0),
        price INTEGER NOT NULL CHECK (price >= 0),
        since INTEGER NOT NULL,
        until INTEGER,
        recorded_at INTEGER NOT NULL,
        recorded_by TEXT NOT NULL,
        claimed_at INTEGER,
        claimed_by TEXT,
        ended_at INTEGER,
        ended_by TEXT,
        CHECK (kind = 'gifted' OR claimed_at IS NOT NULL),
        CHECK (kind = 'bought' OR price = 0),
        CHECK ((claimed_at IS NULL) = (claimed_by IS NULL)),
        CHECK ((ended_at IS NULL) = (ended_by IS NULL))
    ) STRICT;
    INSERT INTO seat_in_ledger
        SELECT id, kind, number, CASE kind WHEN 'bought' THEN price ELSE 0 END, since, until, since, '', since, '', NULL, NULL FROM seat;
    DROP TABLE seat;
    ALTER TABLE seat_in_ledger RENAME TO seat;
    CREATE TABLE conversation (
        id INTEGER NOT NULL PRIMARY KEY,
        customer TEXT NOT NULL,
        search TEXT NOT NULL,
        staff_id INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        messages INTEGER NOT NULL CHECK (messages > 0),
        waiting_since INTEGER,
        FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
        CHECK (first_at <= last_at)
    ) STRICT;
    CREATE UNIQUE INDEX conversation_between ON conversation (customer, staff_id);
    CREATE INDEX conversation_last ON conversation (last_at, id);
    CREATE INDEX conversation_staff_last ON conversation (staff_id, last_at, id);
    CREATE INDEX conversation_waiting ON conversation (staff_id, waiting_since, id) WHERE waiting_since IS NOT NULL;
    CREATE TABLE message (
        id INTEGER NOT NULL PRIMARY KEY,
        conversation_id INTEGER NOT NULL,
        ref TEXT NOT NULL,
        at INTEGER NOT NULL,
        sender TEXT NOT NULL CHECK (sender IN ('customer', 'staff', 'auto')),
        text TEXT NOT NULL,
        FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE RESTRICT
    ) STRICT;
    CREATE UNIQUE INDEX message_ref ON message (ref);
    CREATE INDEX message_conversation ON message (conversation_id, id);
    CREATE VIRTUAL TABLE message_text USING fts5 (text, whose, content = '', columnsize = 0, tokenize = 'ascii');
    CREATE TABLE chat_opening (
        session_id INTEGER NOT NULL,
        conversation_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (session_id, conversation_id),
        FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE RESTRICT,
        FOREIGN KEY (conversation_id) REFERENCES conversation (id) ON DELETE RESTRICT
    ) STRICT;
"""


def up(_migrator: object, db: Any) -> None:
    """Make the tables of conversations, and that of seats anew with what it had."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        db.execute_sql(statement)
