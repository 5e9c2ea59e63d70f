"""What became of people since a backup, and of what they prove who they are with: applied to the copy of the backup that is open."""

from __future__ import annotations

from typing import Final

from models import db
from models.catalogue import ACTIVE, FROZEN, LEFT, OPERATIONS
from models.operations import _access_since, _records_since
from models.operations._applying import END, Applying, attempt, change, drop, here, put
from models.queries.newer import Row
from models.queries.restoring import TABLES, Line
from models.rules import never_revive

_FROM_THERE: Final = ("backup_made", "backup_failed", "key_copied")
"""Facts that are as true after a restore as before."""

_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_OF_THE_LEFT: Final = tuple(
    f"{act} staff_id IN (SELECT id FROM staff WHERE status = 'left')"  # noqa: S608  our own text only
    for act in (
        "DELETE FROM credential WHERE",
        "DELETE FROM spent_password WHERE",
        "UPDATE totp SET active = NULL, since = NULL, pending = NULL WHERE",
        "UPDATE device SET ended_at = ?, \"end\" = 'left' WHERE ended_at IS NULL AND",
        "UPDATE role_grant SET ended_at = ?, ended_by = 'restore' WHERE ended_at IS NULL AND",
        "UPDATE extra SET ended_at = ?, ended_by = 'restore' WHERE ended_at IS NULL AND",
    )
)
"""Whoever has left has nothing to come in with, and holds nothing: as leaving does it."""

_NOT_LEAVING: Final = {"leaves_at": None, "leaves_by": None}


def apply(each: Applying) -> list[Line]:
    """Apply all of it, inside the transaction that is open; what was done."""
    _vanished(each)
    _owner(each)
    _accounts(each)
    _passwords(each)
    _phones(each)
    _devices(each)
    _limits(each)
    _sessions(each)
    _access_since.apply(each)
    _records_since.apply(each)
    for statement in _OF_THE_LEFT:
        db.database.execute_sql(statement, (each.now,) * statement.count("?"))
    db.write_many(_SET, [(name, value) for name in _FROM_THERE if (value := each.newer.setting(name)) is not None])
    return [*each.lines, *(Line("unread", what=table) for table in TABLES if table in each.newer.unread)]


def _vanished(each: Applying) -> None:
    """Whoever was onboarded since stands as having left: no login, and no number that phone codes follow from, is anybody else's later."""
    for row in each.newer.tables["staff"]:
        if row["login"] in each.people:
            continue
        taken = row["id"] in each.logins
        identity = max(each.logins, default=0) + 1 if taken else row["id"]
        gone = {"status": LEFT, "left_at": row.get("left_at") or each.now, "activated_at": None, "department_id": None}
        if not put("staff", {**row, "id": identity, **gone, "is_owner": 0, **_NOT_LEAVING}):
            each.unread("staff")
            continue
        (each.people[row["login"]],) = here("staff", identity)
        each.logins[identity] = row["login"]
        each.same[row["id"]] = identity
        if row["status"] != LEFT and not row["is_owner"]:
            each.tell("vanished", row["login"])
    if each.knows_all("staff"):
        known = {row["login"] for row in each.newer.tables["staff"]}
        for login in each.people.keys() - known:
            each.tell("back", login)


def _owner(each: Applying) -> None:
    """Whoever is the owner now stays so, and whoever was does not become it again."""
    now = next((row for row in each.newer.tables["staff"] if row["is_owner"]), None)
    former = next(row for row in each.people.values() if row["is_owner"])
    if now is None or now["login"] == former["login"] or now["id"] not in each.same:
        return
    change("staff", {"id": former["id"]}, is_owner=0)
    former["is_owner"] = 0
    active = {"status": ACTIVE, "left_at": None, "activated_at": now["activated_at"] or each.now, "post": OPERATIONS, "is_owner": 1}
    change("staff", {"id": each.same[now["id"]]}, **active, **_NOT_LEAVING)
    each.people[now["login"]].update(**active, **_NOT_LEAVING)
    each.tell("owner", now["login"])


def _accounts(each: Applying) -> None:
    """Who was frozen or left, whose post became the narrower one, and who leaves on a day."""
    for row in each.newer.tables["staff"]:
        person = each.people.get(row["login"])
        if person is None or person["is_owner"]:
            continue
        narrower: dict[str, object] = {}
        status = never_revive.status(person["status"], row["status"])
        if status != person["status"]:
            narrower |= {"status": status, "left_at": row.get("left_at") if status == LEFT else None, "activated_at": row["activated_at"]}
        post = never_revive.post(person["post"], row["post"])
        if post != person["post"]:
            narrower["post"] = post
        leaves_at = never_revive.sooner(person["leaves_at"], row.get("leaves_at"))
        if status == LEFT:
            narrower |= _NOT_LEAVING if person["leaves_at"] is not None else {}
        elif leaves_at != person["leaves_at"]:
            narrower |= {"leaves_at": leaves_at, "leaves_by": row["leaves_by"]}
        if narrower and not attempt("staff", {"id": person["id"]}, **narrower):
            each.unread("staff")
            continue
        for kind, happened in (
            ("left", narrower.get("status") == LEFT),
            ("frozen", narrower.get("status") == FROZEN),
            ("post", "post" in narrower),
            ("leaves", narrower.get("leaves_at") is not None),
        ):
            if happened:
                each.tell(kind, row["login"])
        person |= narrower


def _passwords(each: Applying) -> None:
    """Passwords are those of now: one that was changed or reset since does not come back."""
    for table in ("credential", "spent_password"):
        mine = {row["staff_id"]: row["password"] for row in here(table)}
        theirs = each.there(table)
        for staff_id in each.same.values():
            row, kept = theirs.get(staff_id), mine.get(staff_id)
            if row is not None and row["password"] != kept:
                if not put(table, {**row, "staff_id": staff_id}):
                    each.unread(table)
                    drop(table, staff_id)
            elif row is None and kept is not None and table == "credential" and each.knows_all(table):
                drop(table, staff_id)
            else:
                continue
            if table == "credential" and kept is not None:
                each.tell("password", each.logins[staff_id])


def _phones(each: Applying) -> None:
    """Phones are those of now. Whoever has another number than then has no seed in common with then: they begin anew by a code."""
    mine = {row["staff_id"]: row for row in here("totp")}
    theirs = each.there("totp")
    for there_id, staff_id in each.same.items():
        row, kept = theirs.get(staff_id), mine.get(staff_id)
        if row is None:
            if kept is not None and each.knows_all("totp"):
                change("totp", {"staff_id": staff_id}, active=None, pending=None, since=None)
            continue
        generation = max(row["generation"] or 0, kept["generation"] if kept is not None else 0)
        last_step = max(row["last_step"] or 0, kept["last_step"] if kept is not None else 0)
        phone: Row = {**row, "staff_id": staff_id, "generation": generation, "last_step": last_step, "pending": None}
        if there_id != staff_id and row["active"] is not None:
            phone |= {"active": None, "since": None, "barred": 1}
        if not put("totp", phone):
            each.unread("totp")
            put("totp", {"staff_id": staff_id, "generation": generation, "last_step": last_step, "drift": 0, "barred": 1})
        if kept is not None and kept["active"] is not None and kept["active"] != row["active"]:
            each.tell("phone", each.logins[staff_id])


def _devices(each: Applying) -> None:
    """Keys that were revoked since stay so, also those that were enrolled since; one ends when it was to end."""
    mine = {row["fingerprint"]: row for row in here("device")}
    seen = set()
    for row in each.newer.tables["device"]:
        staff_id, kept = each.same.get(row["staff_id"]), mine.get(row["fingerprint"])
        seen.add(row["fingerprint"])
        who = each.logins.get(staff_id or 0, "")
        if kept is None:
            if row["ended_at"] is None:
                each.tell("enrolled", who, row["name"])
            else:
                put("device", {**{name: value for name, value in row.items() if name != "id"}, "staff_id": staff_id})
        elif kept["ended_at"] is None:
            if row["ended_at"] is not None or staff_id != kept["staff_id"]:
                _end_device(each, kept)
            else:
                attempt("device", {"id": kept["id"]}, expires_at=never_revive.sooner(kept["expires_at"], row["expires_at"]))
    if each.knows_all("device"):
        known = set(each.same.values())
        for fingerprint, kept in mine.items():
            if fingerprint not in seen and kept["ended_at"] is None and kept["staff_id"] in known:
                _end_device(each, kept)


def _end_device(each: Applying, device: Row) -> None:
    change("device", {"id": device["id"]}, ended_at=each.now, end="revoked")
    each.tell("device", each.logins[device["staff_id"]], device["name"])


def _limits(each: Applying) -> None:
    """From where and when people may sign in; where nothing is said of it any more, what was said then."""
    mine = {row["staff_id"]: (row["addresses"], row["hours"]) for row in here("sign_in_limit")}
    for staff_id, row in each.there("sign_in_limit").items():
        is_owner = each.people[each.logins[staff_id]]["is_owner"]
        if not is_owner and (row["addresses"], row["hours"]) != mine.get(staff_id) and put("sign_in_limit", {**row, "staff_id": staff_id}):
            each.tell("limit", each.logins[staff_id])


def _sessions(each: Applying) -> None:
    """Sessions since are kept, ended: nobody else's ever has the number of one, which a screen may still be open with."""
    last = max((row["id"] for row in here("session")), default=0)
    for row in each.newer.tables["session"]:
        if row["id"] > last and row["staff_id"] in each.same:
            ended = {"ended_at": row["ended_at"] or each.now, "end": row["end"] or END, "locked_at": None}
            put("session", {**row, "staff_id": each.same[row["staff_id"]], **ended})
    if each.knows_all("failure"):
        db.database.execute_sql("DELETE FROM failure")
        for row in each.newer.tables["failure"]:
            put("failure", {name: value for name, value in row.items() if name != "id"})
