"""Whether a shop is as its log tells, and has everything that was acknowledged."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from models import db, shop
from models.errors import DataUnusable
from models.queries import chain
from tests.factories import CONSOLE
from tests.faults.writing import Said

_LOG: Final = "SELECT seq, actor, session, action, object_kind, object_id, object_label, old, new FROM audit_entry ORDER BY seq"
_STATUS: Final = {"staff.activate": "active", "staff.leave": "left", "staff.onboard": "invited"}


def wrong(home: Path) -> list[str]:
    """What is wrong with the shop in `home`, each in words: with SQLite's own eyes, with the chain and its anchors, against its log."""
    try:
        shop.open(home)
        return [*_verified(), *_compared(home)]
    except (DataUnusable, sqlite3.Error, ValueError, LookupError, TypeError) as error:  # the last: what was damaged is no such thing
        return [f"cannot be used: {type(error).__name__}: {error}"]
    finally:
        shop.close()


def _verified() -> list[str]:
    found = [f"log: {each}" for each in chain.verify(CONSOLE).new]
    if damage := shop.look_through():
        found.append(f"database: {damage}")
    return found


def _compared(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        (checked,) = bare.execute("PRAGMA integrity_check").fetchone()
        keys = bare.execute("PRAGMA foreign_key_check").fetchall()
        return [
            *([] if checked == "ok" else [f"integrity_check: {checked}"]),
            *(f"foreign key: {each}" for each in keys),
            *against_log(bare),
        ]


def against_log(bare: sqlite3.Connection) -> list[str]:
    """Where the tables are not what the log, told from its first entry on, makes of them."""
    status: dict[int, str] = {}
    held: dict[int, set[tuple[str, str]]] = {}
    places: set[int] = set()
    entered: dict[int, int] = {}
    entries = bare.execute(_LOG).fetchall()
    for _seq, _actor, session, action, kind, identity, _label, old, new in entries:
        told = json.loads(new or "{}")
        if kind == "staff" and identity is not None:
            _replay_person(action, identity, json.loads(old or "{}"), told, status, held)
        if action == "department.add":
            places.add(identity)
        if action == "session.start":
            entered[session] = identity
    return [
        *_gaps(entries),
        *_differ(
            "status", status, dict(bare.execute("SELECT id, status FROM staff WHERE id IN (SELECT value FROM json_each(?))", _in(status)))
        ),
        *_differ("held", {who: what for who, what in held.items() if what}, _grants(bare)),
        *_differ("sessions", entered, dict(bare.execute("SELECT id, staff_id FROM session"))),
        *_differ("departments", places, {row[0] for row in bare.execute("SELECT id FROM department WHERE preset IS NULL")}),
        *_differ("staff", len(status), bare.execute("SELECT count(*) FROM staff WHERE login <> 'owner'").fetchone()[0]),
        *_invariants(bare),
    ]


def _replay_person(
    action: str, who: int, old: dict[str, Any], told: dict[str, Any], status: dict[int, str], held: dict[int, set[tuple[str, str]]]
) -> None:
    mine = held.setdefault(who, set())
    if action in {"staff.freeze", "staff.unfreeze", "staff.reinstate"}:
        status[who] = told["status"]
    elif action in _STATUS:
        status[who] = _STATUS[action]
    if action == "staff.onboard":
        mine |= {("role", role) for role, _until in told["roles"]} | {("extra", code) for code, _until in told["extras"]}
    elif action in {"role.grant", "extra.grant"}:
        mine.add(("role", told["role"]) if action == "role.grant" else ("extra", told["permission"]))
    elif action in {"role.revoke", "extra.revoke"}:
        mine.discard(("role", (told | old)["role"]) if action == "role.revoke" else ("extra", (told | old)["permission"]))
    elif action == "staff.leave":
        mine.clear()


def _in(keys: dict[int, str]) -> tuple[str]:
    return (json.dumps(list(keys)),)


def _grants(bare: sqlite3.Connection) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    roles = "SELECT g.staff_id, coalesce(r.name, r.code) FROM role_grant g JOIN role r ON r.id = g.role_id WHERE g.ended_at IS NULL"
    for kind, sql in (("role", roles), ("extra", "SELECT staff_id, permission FROM extra WHERE ended_at IS NULL")):
        for who, what in bare.execute(sql):
            found.setdefault(who, set()).add((kind, what))
    return found


def _gaps(entries: Sequence[tuple[Any, ...]]) -> list[str]:
    """Numbers of the log run from 1 on without one left out."""
    return _differ("numbers", list(range(1, len(entries) + 1)), [entry[0] for entry in entries])


def _invariants(bare: sqlite3.Connection) -> list[str]:
    """What no interrupted operation may leave: half of what belongs together."""
    halves = {
        "frozen or gone, and in a session": "SELECT s.id FROM session s JOIN staff p ON p.id = s.staff_id"
        " WHERE s.ended_at IS NULL AND p.status IN ('frozen', 'left')",
        "gone, and with a password": "SELECT p.id FROM staff p JOIN credential c ON c.staff_id = p.id WHERE p.status = 'left'",
        "active, and without a password": "SELECT p.id FROM staff p WHERE p.status = 'active'"
        " AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.staff_id = p.id)",
        "invited, and without a code": "SELECT p.id FROM staff p WHERE p.status = 'invited'"
        " AND NOT EXISTS (SELECT 1 FROM one_time_code c WHERE c.staff_id = p.id)",
    }
    return [f"{what}: {found[:3]}" for what, sql in halves.items() if (found := bare.execute(sql).fetchall())]


def _differ(what: str, told: object, there: object) -> list[str]:
    return [] if told == there else [f"{what}: the log tells {str(told)[:300]}, the tables {str(there)[:300]}"]


def lost(home: Path, said: Sequence[Said]) -> list[str]:
    """Acknowledged operations that left no entry, each once for each time that it is missing."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        entries = bare.execute(_LOG).fetchall()
    there: Counter[Said] = Counter()
    for _seq, actor, session, action, _kind, _identity, label, _old, new in entries:
        there[Said(actor, action, label, _mark(action, session, new))] += 1
    return [f"{each} × {times}" for each, times in (Counter(said) - there).items()]


def _mark(action: str, session: int | None, new: str) -> str:
    if action == "session.start":
        return f"session {session}"
    told = json.loads(new or "{}")
    return str(told.get("reason") or (told.get("act") if action.startswith("program.") else "") or "")
