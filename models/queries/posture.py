"""How well the shop's accounts are protected, as a list of what to do something about. For the owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import OPERATIONS, permissions
from models.clock import DAY
from models.device_sql import LIVE
from models.i18n import N_
from models.queries import due, moments, standing
from models.queries._everybody import HOLDS
from models.queries.due import Condition
from models.queries.security import FEW_CODES, policy
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

_RISKY: Final = f"""(s.status = 'active' AND t.active IS NULL AND (s.is_owner = 1
    OR EXISTS (SELECT 1 FROM role_grant g WHERE g.staff_id = s.id AND {HOLDS} AND (g.role_id IN ({{anybody}})
        OR (s.post = '{OPERATIONS}' AND g.role_id IN ({{all}}))))
    OR EXISTS (SELECT 1 FROM extra g WHERE g.staff_id = s.id AND {HOLDS} AND g.permission IN ({{codes}})
        AND (s.post = '{OPERATIONS}' OR g.permission NOT IN ({{kept}})))
))"""  # noqa: S608  our own text only
"""Whether somebody may do something high-risk and has no TOTP, as `rules.access` says; a test compares the two."""
_INSIDE: Final = "SELECT role_id FROM role_permission WHERE permission IN ({codes})"
_MANY: Final = f"SELECT count(*) FROM {FROM} WHERE {{where}}"  # noqa: S608  our own text only

_BARE: Final = "SELECT count(*) FROM staff s LEFT JOIN totp t ON t.staff_id = s.id WHERE s.status = 'active' AND t.active IS NULL"
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
    ((high_risk,),) = db.rows(_MANY.format(where=_risky(now)))
    ((bare,),) = db.rows(_BARE)
    return Reach(int(high_risk), int(bare), names)


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
        return Condition(_risky(now))
    if kind == REQUIRED:
        return Condition(f"s.status = 'active' AND t.active IS NULL AND {int(policy().policy.totp == EVERYONE)}")
    dues = due.kinds(now)
    early = now - due.SILENT_DAYS * DAY
    return {
        CODE: Condition(f"{AWAITS} AND coalesce({CODE_END}, 0) <= ?", (now + due.CODE_DAYS * DAY,)),
        RECOVERY: Condition(f"s.status = 'active' AND t.active IS NOT NULL AND {LEFT_CODES} <= ?", (FEW_CODES,)),
        FROZEN: dues[due.FROZEN].where,
        SILENT: Condition(
            f"s.signed_in_at IS NULL AND ((s.status = 'active' AND s.activated_at <= ?) OR (s.status = 'invited' AND {_GIVEN} <= ?))",
            (early, early),
        ),
        DORMANT: Condition("s.status = 'active' AND s.signed_in_at <= ?", (now - DORMANT_DAYS * DAY,)),
    }[kind]


def _risky(now: int) -> str:
    """Whoever may do something high-risk now and has no TOTP, as a condition on `FROM`."""
    high = [permission for permission in permissions().values() if permission.high_risk and not permission.owner_only]
    kept = [permission.code for permission in high if permission.post == OPERATIONS]
    free = [permission.code for permission in high if permission.post != OPERATIONS]
    inside = {name: _INSIDE.format(codes=_quoted(codes)) for name, codes in (("anybody", free), ("all", [*free, *kept]))}
    return _RISKY.format(now=int(now), codes=_quoted([*free, *kept]), kept=_quoted(kept), **inside)


def _quoted(codes: Iterable[str]) -> str:
    """Codes of the catalogue, in SQL."""
    return ", ".join(f"'{code}'" for code in codes)
