"""What everybody can do, and sign in with, at a moment; and whether that is more than at another."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from models import access_sql, clock, db, key_file
from models.actor import Actor
from models.operations import backup, restoring
from models.operations.restoring import Restored
from models.queries import chat_scope
from models.queries._reading import held_by_person
from models.queries.audit_filters import logins_in
from models.queries.security import policy
from models.rules import totp
from models.rules.delegation import Held
from models.rules.policy import TOTP_CHOICES, Policy
from tests.factories import CONSOLE

FOREVER: Final = 1 << 62


class Able(NamedTuple):
    """What one person can do.

    Attributes:
        held: what they may use, each code with its last instant.
        sees: whose entries of the log `audit.view` would show them.
        reads: the conversations that they may read, each by whose it is and with whom.
        proofs: everything that they could show to come in, as far as it would count.
    """

    held: dict[str, int]
    is_owner: bool
    sees: frozenset[str]
    reads: frozenset[tuple[str, str]]
    proofs: frozenset[object]


State = tuple[dict[str, Able], Policy, frozenset[tuple[str, str]]]
"""Everybody by login, the policy, and all conversations: one that was not there before is nobody's gain."""


def everybody() -> State:
    """Everybody in the shop that is open."""
    now, found = clock.now(), {}
    for staff_id, login, status, post, is_owner, leaves_at, department_id in db.rows(
        "SELECT id, login, status, post, is_owner, leaves_at, department_id FROM staff"
    ):
        person = access_sql.person((staff_id, login, status, post, is_owner, leaves_at), db.rows, now)
        held = held_by_person(person, staff_id, now)
        sees = logins_in(department_id) if department_id is not None and "audit.view" in held else frozenset()
        if "audit.view.all" in held:
            sees = frozenset(each for (each,) in db.rows("SELECT login FROM staff"))
        can_come = status in {"active", "invited"}
        proofs = _proofs(staff_id, now) if can_come else frozenset()
        able = {code: FOREVER if end is None else end for code, end in held.items()}
        found[login] = Able(able, bool(is_owner), sees, _reads(login, staff_id, held) if can_come else frozenset(), proofs)
    return found, policy().policy, _reads("", 0, dict.fromkeys((chat_scope.ALL_CODE,)))


def _reads(login: str, staff_id: int, held: Held) -> frozenset[tuple[str, str]]:
    """By the one place that says it, as the lists, the reader and the search ask it."""
    who, whose = chat_scope.condition(chat_scope.of(Actor(login, staff_id), held))
    return frozenset(db.rows(f"SELECT s.login, c.customer FROM conversation c JOIN staff s ON s.id = c.staff_id WHERE {who}", whose))


def _proofs(staff_id: int, now: int) -> frozenset[object]:
    def of(kind: str, sql: str, *more: object) -> set[tuple[object, ...]]:
        return {(kind, *row) for row in db.rows(sql, (staff_id, *more))}

    live = "staff_id = ? AND used_at IS NULL AND void_at IS NULL"
    found = of("password", "SELECT password FROM credential WHERE staff_id = ?")
    found |= of("recovery", f"SELECT digest FROM recovery_code WHERE {live} AND kept_at IS NOT NULL")
    found |= of("code", f"SELECT digest, purpose FROM one_time_code WHERE {live} AND expires_at >= ?", now)
    found |= of("device", "SELECT fingerprint FROM device WHERE staff_id = ? AND ended_at IS NULL")
    found |= of("session", "SELECT id FROM session WHERE staff_id = ? AND ended_at IS NULL")
    found |= of("offer", "SELECT id FROM owner_offer WHERE heir_id = ? AND ended_at IS NULL")
    for (active,) in db.rows("SELECT active FROM totp WHERE staff_id = ? AND active IS NOT NULL", (staff_id,)):
        found.add(("totp", totp.seed(key_file.current(), staff_id, active)))
    return frozenset(found)


def wider(before: State, after: State) -> list[tuple[str, str, object]]:
    """Whoever was there before and can do more after, and what; a policy that asks for less."""
    found: list[tuple[str, str, object]] = []
    there = before[2]
    for login, then in before[0].items():
        now = after[0].get(login)
        if now is None:
            found.append((login, "gone", ""))
            continue
        found += [(login, "may", code) for code, end in now.held.items() if end > then.held.get(code, -1)]
        found += [(login, "proves by", proof) for proof in now.proofs - then.proofs]
        found += (
            [(login, "sees", sorted(now.sees - then.sees - {login}))] if now.sees - then.sees - {login} and "audit.view" in now.held else []
        )
        found += [(login, "reads", each) for each in (now.reads & there) - then.reads]
        if now.is_owner and not then.is_owner:
            found.append((login, "owns", ""))
    was, is_now = before[1], after[1]
    if TOTP_CHOICES.index(is_now.totp) > TOTP_CHOICES.index(was.totp) or is_now.device_required < was.device_required:
        found.append(("", "policy", is_now))
    return found


def keep(folder: Path) -> Path:
    """Make a backup into `folder`, under a name of its own, so that none is thinned out."""
    folder.mkdir(exist_ok=True)
    return backup.make(CONSOLE, folder / f"{len(list(folder.iterdir()))}.zip").file


def restore(home: Path, file: Path, **how: object) -> Restored:
    """Restore it."""
    with restoring.prepare(CONSOLE, home, file, **how) as prepared:  # type: ignore[arg-type]  # as it is called
        return prepared.apply()
