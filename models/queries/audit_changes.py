"""What an entry changed, in words: every key that operations write into old and new values has a label, every code what it is called.

A key or value of a newer version is shown as it is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from models import clock
from models.catalogue import (
    POSTS,
    STATUSES,
    permission_label,
    permissions,
    post_label,
    preset_roles,
    risk_label,
    role_label,
    status_label,
)
from models.events import AREAS, RISKS, SENTENCES, sentence
from models.i18n import N_, _, pick
from models.queries import failures
from models.queries.departments import paths
from models.queries.shop import zone
from models.rules.policy import EVERYONE, HIGH_RISK, NOBODY
from models.text import visible


class Change(NamedTuple):
    """One thing that an act changed, or said, in words; "" where there was, or is, nothing."""

    label: str
    old: str
    new: str


LABELS: Final = {
    "act": N_("What was to be done"),
    "action": N_("Kind of act"),
    "activation_days": N_("Activation code, days"),
    "added": N_("Added"),
    "again": N_("Applied again"),
    "address": N_("Address"),
    "addresses": N_("Addresses"),
    "answer": N_("Comparison"),
    "area": N_("Area"),
    "bad": N_("Refused"),
    "because": N_("Because"),
    "by": N_("By"),
    "anchor": N_("Code of the log"),
    "code": N_("Code"),
    "codes": N_("Recovery codes"),
    "colleague": N_("Colleague"),
    "compared": N_("Compared with"),
    "counted": N_("Counted"),
    "customer": N_("Customer"),
    "damage": N_("Damage"),
    "days": N_("Days"),
    "department": N_("Department"),
    "device_required": N_("Device keys only"),
    "devices_each": N_("Device keys each"),
    "email": N_("E-mail"),
    "entries": N_("Entries"),
    "extras": N_("Extras"),
    "for": N_("In place of"),
    "from_line": N_("From line"),
    "found": N_("Messages found"),
    "generation": N_("Phone, in turn"),
    "file": N_("File"),
    "head": N_("Head"),
    "heads": N_("Departments led"),
    "hours": N_("Working hours"),
    "idle_minutes": N_("Idle lock, minutes"),
    "journal": N_("Journal"),
    "key": N_("Key"),
    "kind": N_("Kind"),
    "known": N_("Known already"),
    "language": N_("Language"),
    "latest": N_("Latest seen"),
    "leaves": N_("Leaves"),
    "left": N_("Codes left"),
    "line": N_("Line of the ledger"),
    "look": N_("To look at"),
    "lost": N_("Entries lost"),
    "made": N_("Backup made"),
    "months": N_("Months"),
    "messages": N_("Messages"),
    "must": N_("To be done"),
    "name": N_("Name"),
    "new": N_("Taken in"),
    "nickname": N_("Nickname"),
    "now": N_("Accepted"),
    "number": N_("Staff number"),
    "object": N_("Done to"),
    "on": N_("Leaves on"),
    "one": N_("One permission"),
    "other": N_("The other"),
    "owner": N_("Owner"),
    "parent": N_("Part of"),
    "password_length": N_("Password length"),
    "people": N_("People"),
    "permission": N_("Permission"),
    "permissions": N_("Permissions"),
    "phone": N_("Phone"),
    "place": N_("Place"),
    "post": N_("Post"),
    "price": N_("Price, a seat and month"),
    "proof_minutes": N_("Proof holds, minutes"),
    "reason": N_("Reason"),
    "removed": N_("Taken away"),
    "reset": N_("Reset"),
    "risk": N_("Risk"),
    "role": N_("Role"),
    "roles": N_("Roles"),
    "rows": N_("Rows"),
    "seats": N_("Seats"),
    "session_hours": N_("Session ends after, hours"),
    "sessions": N_("Sessions"),
    "sessions_each": N_("Sessions at once"),
    "since": N_("Since"),
    "status": N_("Status"),
    "through": N_("Through"),
    "through_line": N_("Through line"),
    "totp": N_("Phone codes (TOTP)"),
    "until": N_("Until"),
    "unanswered": N_("Unanswered only"),
    "what": N_("What"),
    "whole": N_("As it was written"),
    "why": N_("Why"),
    "word": N_("Answer"),
    "words": N_("Searched for"),
    "zone": N_("Time zone"),
}
"""What each key is called; marked."""

_OF_ACTIONS: Final = {("export.audit", "by"): N_("Who acted")}
"""Keys that of one action mean something else."""

_REASONS: Final = failures.REASONS | {
    "owner.accept": N_("wrong code"),
    "NotAllowed": N_("a permission was missing"),
    "OutOfReach": N_("it reaches further than their own access"),
    "UntilTooLate": N_("it would outlive their own"),
    "OwnerProtected": N_("it was done to the owner"),
    "OwnAccount": N_("it was their own account"),
    "OwnRole": N_("it was a role of their own"),
    "OwnerOnly": N_("it is the owner's alone to hold"),
    "OwnerAlone": N_("it is the owner's alone to do"),
    "ConsoleAlone": N_("it is done at the machine only"),
    "Incompatible": N_("two permissions would come together that are kept apart"),
    "SamePerson": N_("it was a request of their own"),
    "post": N_("the post bars it"),
    "expired": N_("it has ended"),
    "owner_only": N_("it is the owner's alone"),
    "not_granted": N_("it was never given"),
}
_ENDS: Final = {
    "signed out": N_("signed out"),
    "ended": N_("ended by somebody else"),
    "elsewhere": N_("ended from another session"),
    "too many": N_("one session too many"),
    "expired": N_("its hours were over"),
    "idle": N_("nobody was there"),
    "asked": N_("asked for"),
    "key": N_("the device key ended"),
    "clock": N_("the clock was set back"),
    "device": N_("the device key was revoked"),
    "left": N_("they left"),
    "frozen": N_("they were frozen"),
    "handed over": N_("the shop was handed over"),
    "restored": N_("the shop was restored"),
    "password": N_("the password was changed"),
    "reset": N_("the protection was reset"),
    "policy": N_("the policy asks for a device key"),
}
_PROOFS: Final = {
    "password": N_("password"),
    "totp": N_("phone code"),
    "recovery": N_("recovery code"),
    "devices": N_("device keys"),
    "device": N_("device key"),
}
_TOTP: Final = {EVERYONE: N_("for everyone"), HIGH_RISK: N_("for high-risk access"), NOBODY: N_("for nobody")}
_KINDS: Final = {"gifted": N_("gifted"), "bought": N_("bought")}
_LANGUAGES: Final = {"en": "English", "zh": "中文"}
_TIMES: Final = frozenset({"since", "until", "on", "latest", "now", "made"})
_PERMISSIONS: Final = frozenset({"permission", "permissions", "extras", "one", "other", "added", "removed"})
_ROLES: Final = frozenset({"role", "roles"})
_DEPARTMENTS: Final = frozenset({"department", "parent", "heads"})


def values(text: str) -> dict[str, Any]:
    """Old or new values as they are kept; none where there are none, or they are damaged."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {"?": text}
    return found if isinstance(found, dict) else {"?": text}


def changes(action: str, old: str, new: str) -> tuple[Change, ...]:
    """What stands in old and new values, in words: what both know first, as they were written."""
    before, after = values(old), values(new)
    say = _Words(action)
    keys = dict.fromkeys([*(key for key in before if key in after), *before, *after])
    told = (Change(_label(action, key), *(say(key, each[key]) if key in each else "" for each in (before, after))) for key in keys)
    return tuple(change for change in told if change.old or change.new)


def _label(action: str, key: str) -> str:
    label = _OF_ACTIONS.get((action, key)) or LABELS.get(key)
    return visible(key) if label is None else _(label)


class _Words:
    """Values in words, of one entry: times in the shop's zone, departments by path."""

    def __init__(self, action: str) -> None:
        self._action = action
        self._zone = ""
        self._paths: dict[int, str] | None = None

    def __call__(self, key: str, value: object) -> str:
        """A value of `key` in words; "" of nothing."""
        if value is None or value == "":
            return _("without end") if key == "until" else ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return pick(", ", "、").join(self._listed(key, each) for each in value)
        if key in _DEPARTMENTS and isinstance(value, int):
            return self._path(value)
        if isinstance(value, str):
            return visible(self._text(key, value))
        return visible(str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False))

    def _listed(self, key: str, value: object) -> str:
        """Something in a list: of what was given, a pair of a name and its end."""
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
            name, until = self(key, value[0]), value[1]
            return name if until is None else _("{name} until {day}").format(name=name, day=self("until", until))
        return self(key, value)

    def _text(self, key: str, value: str) -> str:
        if key in _TIMES:
            return self._moment(value)
        if key in _PERMISSIONS and value in permissions():
            return permission_label(value)
        if key in _ROLES and value in preset_roles():
            return role_label(value, None)
        if key in {"act", "action"} and value in SENTENCES:
            return sentence(value, "…")
        known = self._known(key)
        return known(value) if known is not None else value

    def _known(self, key: str) -> Callable[[str], str] | None:
        tables: dict[str, dict[str, str]] = {
            "because": _REASONS,
            "why": _ENDS,
            "by": _PROOFS,
            "reset": _PROOFS,
            "totp": _TOTP,
            "language": _LANGUAGES,
            "area": AREAS,
            "kind": _KINDS,
        }
        if key == "post":
            return lambda value: post_label(value) if value in POSTS else value
        if key == "risk":
            return lambda value: risk_label(value) if value in RISKS else value
        if key == "status":
            return lambda value: status_label(value) if value in STATUSES else value
        if key not in tables:
            return None
        return lambda value: _(tables[key][value]) if value in tables[key] else value

    def _moment(self, value: str) -> str:
        self._zone = self._zone or zone()
        try:
            return clock.minute(clock.instant(value), self._zone)
        except ValueError:
            return value

    def _path(self, department_id: int) -> str:
        if self._paths is None:
            self._paths = paths()
        return self._paths.get(department_id, str(department_id))
