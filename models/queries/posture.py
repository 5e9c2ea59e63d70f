"""How well the shop's accounts are protected, as a list of what to do something about. For the owner."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.clock import DAY
from models.device_sql import LIVE
from models.i18n import N_
from models.queries import due, moments, standing
from models.queries.due import Condition
from models.queries.security import FEW_CODES, policy
from models.rules.access import Person, Source, judge
from models.rules.policy import EVERYONE, Policy

HIGH_RISK: Final = "high_risk"
REQUIRED: Final = "required"
CODE: Final = "code"
RECOVERY: Final = "recovery"
FROZEN: Final = "frozen"
SILENT: Final = "silent"
DORMANT: Final = "dormant"

LABELS: Final = {
    HIGH_RISK: N_("High-risk access, no phone codes"),
    REQUIRED: N_("No phone codes, though asked for"),
    CODE: N_("Activation or reset code runs out"),
    RECOVERY: N_("Few recovery codes left"),
    FROZEN: N_("Frozen, holding grants"),
    SILENT: N_("Never signed in"),
    DORMANT: N_("Not here for 30 days"),
}
"""What each is called, the most urgent first; marked (`N_`)."""

DORMANT_DAYS: Final = 30
"""So many days after the last sign-in an account is dormant."""

NAMED: Final = 3
"""So many of the people of a finding are named; the others are counted."""

FROM: Final = "staff s LEFT JOIN totp t ON t.staff_id = s.id LEFT JOIN credential c ON c.staff_id = s.id"
"""What conditions speak of."""

LEFT_CODES: Final = """(SELECT count(*) FROM recovery_code r
    WHERE r.staff_id = s.id AND r.kept_at IS NOT NULL AND r.used_at IS NULL AND r.void_at IS NULL)"""
"""How many recovery codes are good still, in SQL."""

CODE_END: Final = "(SELECT o.expires_at FROM one_time_code o WHERE o.staff_id = s.id AND o.used_at IS NULL AND o.void_at IS NULL)"
"""Until when the person's one-time code is good, in SQL; NULL where there is none."""

AWAITS: Final = "(s.status = 'invited' OR (s.status = 'active' AND (c.staff_id IS NULL OR t.barred = 1)))"
"""Whether somebody waits for a one-time code to come in with, in SQL: newly invited, or after a reset."""

_GIVEN: Final = "coalesce((SELECT max(o.created_at) FROM one_time_code o WHERE o.staff_id = s.id), s.created_at)"

_RISKY: Final = """
    SELECT s.id, s.login, s.status, s.post, g.role_id, NULL, g.granted_by, g.since, g.until
    FROM staff s LEFT JOIN totp t ON t.staff_id = s.id
    JOIN role_grant g ON g.staff_id = s.id AND g.ended_at IS NULL
    WHERE s.status = 'active' AND s.is_owner = 0 AND t.active IS NULL
    AND g.role_id IN (SELECT role_id FROM role_permission WHERE permission IN ({codes}))
    UNION ALL
    SELECT s.id, s.login, s.status, s.post, NULL, e.permission, e.granted_by, e.since, e.until
    FROM staff s LEFT JOIN totp t ON t.staff_id = s.id
    JOIN extra e ON e.staff_id = s.id AND e.ended_at IS NULL AND e.permission IN ({codes})
    WHERE s.status = 'active' AND s.is_owner = 0 AND t.active IS NULL
"""
"""Every role and extra with something high-risk in it that was given to somebody without TOTP, whether or not it takes effect."""
_INSIDE: Final = "SELECT role_id, permission FROM role_permission WHERE permission IN ({codes})"

_OWNER: Final = "SELECT s.id FROM staff s LEFT JOIN totp t ON t.staff_id = s.id WHERE s.is_owner = 1 AND t.active IS NULL"
_BARE: Final = "SELECT s.id FROM staff s LEFT JOIN totp t ON t.staff_id = s.id WHERE s.status = 'active' AND t.active IS NULL"
_DEVICELESS: Final = f"""
    SELECT s.name FROM staff s WHERE s.status = 'active' AND s.is_owner = 0
    AND NOT EXISTS (SELECT 1 FROM device d WHERE d.staff_id = s.id AND {LIVE}) ORDER BY s.login
"""  # noqa: S608  our own text only
_ENDING: Final = """
    SELECT count(*) FROM session e JOIN staff w ON w.id = e.staff_id
    WHERE e.ended_at IS NULL AND e.id <> ?1 AND e.started_at >= ?2 AND (e.started_at <= ?3 OR (?4 AND e.device = '' AND w.is_owner = 0))
"""


class Finding(NamedTuple):
    """Something to do something about.

    Attributes:
        kind: a key of `LABELS`; `protection.listing` shows the people by it.
        number: how many people it is about.
        first: the names of the first few.
    """

    kind: str
    number: int
    first: tuple[str, ...]


class Reach(NamedTuple):
    """Whom a change of the policy would meet.

    Attributes:
        high_risk: how many with high-risk access have no TOTP.
        bare: how many active people have none at all.
        deviceless: names of the active people without a device key, who could not sign in if one were required.
    """

    high_risk: int
    bare: int
    deviceless: tuple[str, ...]


def posture(actor: Actor) -> tuple[Finding, ...]:
    """What there is to do something about, the most urgent first; nothing that is in order.

    Raises:
        OwnerAlone: only the owner may read it, and the operator at the machine.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    standing.require_owner(actor)
    now = clock.now()
    found = []
    for kind in LABELS:
        where = condition(kind, now)
        rows = db.rows(
            f"SELECT count(*) OVER (), s.name FROM {FROM} WHERE {where.sql} ORDER BY s.login LIMIT {NAMED}",  # noqa: S608  our own text only
            where.parameters,
        )
        if rows:
            found.append(Finding(kind, int(rows[0][0]), tuple(name for _number, name in rows)))
    return tuple(found)


def reach(actor: Actor) -> Reach:
    """Whom a change of the policy would meet.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked, EnrolFirst: as `posture`.
    """
    standing.require_owner(actor)
    now = clock.now()
    names = tuple(name for (name,) in db.rows(_DEVICELESS, (moments.reached(now),)))
    return Reach(len(risky(now)), len(db.rows(_BARE)), names)


def sessions_ending(actor: Actor, old: Policy, new: Policy) -> int:
    """How many sessions beside the actor's own would end with a change of the policy: too old for it, or begun without a device key.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked, EnrolFirst: as `posture`.
    """
    standing.require_owner(actor)
    now = clock.now()
    oldest = now - new.session_hours * clock.HOUR if new.session_hours < old.session_hours else 0
    keys_only = new.device_required and not old.device_required
    found = db.row(_ENDING, (actor.session_id or 0, now - old.session_hours * clock.HOUR, oldest, keys_only))
    return int(found[0]) if found else 0


def condition(kind: str, now: int) -> Condition:
    """Who a finding is about, as a condition on `FROM`.

    Raises:
        KeyError: there is no such kind.
    """
    if kind == HIGH_RISK:
        return Condition(f"s.id IN ({', '.join(map(str, risky(now))) or 'NULL'})")
    dues = due.kinds(now)
    early = now - due.SILENT_DAYS * DAY
    return {
        REQUIRED: Condition(f"s.status = 'active' AND t.active IS NULL AND {int(policy().policy.totp == EVERYONE)}"),
        CODE: Condition(f"{AWAITS} AND coalesce({CODE_END}, 0) <= ?", (now + due.CODE_DAYS * DAY,)),
        RECOVERY: Condition(f"s.status = 'active' AND t.active IS NOT NULL AND {LEFT_CODES} <= ?", (FEW_CODES,)),
        FROZEN: dues[due.FROZEN].where,
        SILENT: Condition(
            f"s.signed_in_at IS NULL AND ((s.status = 'active' AND s.activated_at <= ?) OR (s.status = 'invited' AND {_GIVEN} <= ?))",
            (early, early),
        ),
        DORMANT: Condition("s.status = 'active' AND s.signed_in_at <= ?", (now - DORMANT_DAYS * DAY,)),
    }[kind]


def risky(now: int) -> list[int]:
    """Whoever may do something high-risk now and has no TOTP, by their ids: what was given is read, and judged as ever."""
    high = {code: permission for code, permission in permissions().items() if permission.high_risk}
    marks = ", ".join("?" * len(high))
    inside: dict[int, list[str]] = {}
    for role_id, code in db.rows(_INSIDE.format(codes=marks), tuple(high)):
        inside.setdefault(role_id, []).append(code)
    found = {int(staff_id) for (staff_id,) in db.rows(_OWNER)}
    for staff_id, login, status, post, role_id, extra, by, since, until in db.rows(_RISKY.format(codes=marks), (*high, *high)):
        if staff_id not in found:
            person = Person(login, status, post, is_owner=False)
            source = (Source("extra" if extra else "role", extra or str(role_id), by, since, until),)
            if any(judge(person, high[code], source, now).allowed for code in ([extra] if extra else inside[role_id])):
                found.add(staff_id)
    return sorted(found)
