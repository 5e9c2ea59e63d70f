"""What became of access since a backup: applied to the copy of the backup that is open, so that nobody may do more than right before."""

from __future__ import annotations

from typing import Any, Final

from models import access_sql, db
from models.catalogue import department_label, permission_label, role_label
from models.operations._applying import Applying, attempt, change, here, listed, put
from models.queries.newer import Row
from models.rules import never_revive
from models.rules.policy import BOUNDS, TOTP_CHOICES, Policy

_BY_PLACE: Final = frozenset({"audit.view", "chat.record.team"})
"""Permissions that reach as far as one's own department, and those below it."""

_NAMES: Final = "SELECT id, code, name FROM role"


def apply(each: Applying) -> None:
    """Apply all of it, inside the transaction that is open."""
    names = {identity: role_label(code, name) for identity, code, name in db.rows(_NAMES)}
    _roles(each, names)
    _grants(each, "role_grant", "role_id", names)
    _grants(each, "extra", "permission", {})
    _places(each)
    _policy(each)
    _separations(each)
    _requests(each)


def _roles(each: Applying, names: dict[int, str]) -> None:
    """What was taken out of a role since is not in it."""
    for row in each.newer.tables["role"]:
        if row["id"] not in names and row["closed_at"] is None:
            each.tell("role_made", what=role_label(row["code"], row["name"]))
    if not each.knows_all("role", "role_permission"):
        return
    there = {(row["role_id"], row["permission"]) for row in each.newer.tables["role_permission"]}
    known = {row["id"] for row in each.newer.tables["role"]}
    for row in here("role_permission"):
        role_id, code = row["role_id"], row["permission"]
        if role_id in known and (role_id, code) not in there:
            db.database.execute_sql("DELETE FROM role_permission WHERE role_id = ? AND permission = ?", (role_id, code))
            each.tell("permission", names[role_id], permission_label(code))


def _grants(each: Applying, table: str, what: str, names: dict[int, str]) -> None:
    """Who has a role, or an extra, has it where they have it now too, and for as long as both say."""
    live: dict[tuple[int, Any], Row] = {}
    ended: set[tuple[int, Any]] = set()
    for row in each.newer.tables[table]:
        if (staff_id := each.same.get(row["staff_id"])) is not None:
            if row["ended_at"] is None:
                live[(staff_id, row[what])] = row
            else:
                ended.add((staff_id, row[what]))
    mine = {(row["staff_id"], row[what]): row for row in here(table) if row["ended_at"] is None}
    known = set(each.same.values())
    for key, row in mine.items():
        staff_id, of = key
        if staff_id not in known:
            continue
        other = live.get(key)
        if other is None and not each.knows_all(table) and key not in ended:
            continue
        _narrow(each, table, row, other, names[of] if names else permission_label(of))
    for staff_id, of in live.keys() - mine.keys():
        if each.people[each.logins[staff_id]]["status"] != "left":
            each.tell("given", each.logins[staff_id], names.get(of, "?") if names else permission_label(of))


def _narrow(each: Applying, table: str, row: Row, other: Row | None, title: str) -> None:
    """Keep a grant for as long as it holds there too; end it where it does not."""
    who, kind = each.logins[row["staff_id"]], "role" if table == "role_grant" else "extra"
    common = never_revive.overlap((row["since"], row["until"]), (other["since"], other["until"])) if other is not None else None
    if common is None:
        change(table, {"id": row["id"]}, ended_at=each.now, ended_by=each.by)
        each.tell(kind, who, title)
    elif common != (row["since"], row["until"]) and attempt(table, {"id": row["id"]}, since=common[0], until=common[1]):
        each.tell("until", who, title)


def _places(each: Applying) -> None:
    """Whoever sees the log, or reads the chat records, of their department sees nobody whom they do not see now.

    Departments themselves are the backup's, and so is who belongs to which, those who have left included.
    """
    if not each.knows_all("department"):
        return
    known = {row["id"] for row in here("department")}
    for row in each.newer.tables["department"]:
        if row["id"] not in known and row["closed_at"] is None:
            each.tell("department_made", what=department_label(row["preset"], row["name"]))
    before = _reach(each.newer.tables["department"], each.newer.tables["staff"])
    while True:
        staff = here("staff")
        after = _reach(here("department"), staff)
        there = {row["login"]: row["department_id"] for row in each.newer.tables["staff"]}
        wider = [
            row
            for row in staff
            if row["login"] in there
            and row["department_id"] is not None
            and not (after[row["department_id"]] & there.keys()) - {row["login"]} <= before.get(there[row["login"]], set())
            and _BY_PLACE.intersection(code for code, *_ in db.rows(access_sql.HOLDINGS, (row["id"],)))
        ]
        if not wider:
            return
        for row in wider:
            change("staff", {"id": row["id"]}, department_id=None)
            each.tell("place", row["login"])


def _reach(departments: list[Row], staff: list[Row]) -> dict[int, set[str]]:
    """The logins of whoever belongs to each department, or to one below it."""
    above = {row["id"]: row["parent_id"] for row in departments}
    found: dict[int, set[str]] = {identity: set() for identity in above}
    for row in staff:
        at, seen = row["department_id"], set()
        while at in above and at not in seen:
            found[at].add(row["login"])
            seen.add(at)
            at = above[at]
    return found


def _policy(each: Applying) -> None:
    """Of what is asked of everybody, the stricter."""
    (mine,) = here("policy")
    for row in each.newer.tables["policy"]:
        usable = all(isinstance(row[field], int) and least <= row[field] <= most for field, (least, most) in BOUNDS.items())
        if not usable or row["totp"] not in TOTP_CHOICES:
            each.unread("policy")
            continue
        one, other = (Policy(*(kept[field] for field in Policy._fields)) for kept in (mine, row))
        stricter = never_revive.policy(one, other)._asdict()
        narrower = {field: value for field, value in stricter.items() if value != mine[field]}
        if narrower:
            change("policy", {"id": 1}, **narrower)
            each.tell("policy", what=listed(f"{field} {value}" for field, value in narrower.items()))


def _separations(each: Applying) -> None:
    """Permissions that are kept apart now stay so."""
    live = {(row["one"], row["other"]) for row in here("separation") if row["ended_at"] is None}
    for row in each.newer.tables["separation"]:
        if row["ended_at"] is None and (row["one"], row["other"]) not in live:
            put("separation", {name: value for name, value in row.items() if name != "id"})
            each.tell("separation", what=listed((permission_label(row["one"]), permission_label(row["other"]))))


def _requests(each: Applying) -> None:
    """What was decided since is not open again."""
    there = {row["id"]: row for row in each.newer.tables["request"]}
    for row in here("request"):
        other = there.get(row["id"])
        if row["status"] != "open" or other is None or other["status"] == "open" or other["asked_at"] != row["asked_at"]:
            continue
        decided = {name: other[name] for name in ("status", "decided_at", "decided_by", "until", "word")}
        if attempt("request", {"id": row["id"]}, **decided):
            each.tell("request", each.logins[row["staff_id"]])
