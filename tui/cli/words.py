"""What people read in place of keys and codes: headings of columns, posts, states, and times in the shop's time zone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import Final

from models import clock
from models.catalogue import post_label, risk_label, status_label
from models.i18n import N_, _, pick
from models.queries import shop
from models.text import visible
from tui.cli.output import Row, cell
from tui.doctor.finding import FINE, LOOK, WRONG

_HEADINGS: Final = {
    "about": N_("What"),
    "actor": N_("Who acted"),
    "added": N_("Added"),
    "anchor": N_("Code of the log"),
    "answered": N_("Answered"),
    "at": N_("When"),
    "because": N_("Because"),
    "code": N_("Code"),
    "column": N_("Column"),
    "confirmed": N_("Confirmed"),
    "confirmed_by": N_("Confirmed by"),
    "counted": N_("Counted"),
    "day": N_("Day"),
    "department": N_("Department"),
    "done": N_("What was done"),
    "email": N_("E-mail"),
    "entries": N_("Entries"),
    "extras": N_("Extras"),
    "field": N_("Field"),
    "file": N_("File"),
    "first_answer": N_("First answer, seconds"),
    "fingerprint": N_("Fingerprint"),
    "free": N_("Free space"),
    "freed": N_("Given back"),
    "found": N_("Found"),
    "good_until": N_("Good until"),
    "holders": N_("Holders"),
    "id": N_("Id"),
    "kind": N_("Through"),
    "language": N_("Language"),
    "latest": N_("Latest seen"),
    "last_sign_in": N_("Last sign-in"),
    "last_used": N_("Last used"),
    "leaves": N_("Leaves"),
    "line": N_("Line"),
    "login": N_("Login"),
    "mib": N_("MiB"),
    "name": N_("Name"),
    "new": N_("From now on"),
    "next_month": N_("Next month"),
    "nickname": N_("Nickname"),
    "now": N_("Accepted"),
    "number": N_("Staff number"),
    "old": N_("Before"),
    "owner": N_("Owner"),
    "part": N_("What about"),
    "permission": N_("Permission"),
    "permissions": N_("Permissions"),
    "phone": N_("Phone"),
    "post": N_("Post"),
    "preset": N_("Preset"),
    "price": N_("Price"),
    "reason": N_("Reason"),
    "received": N_("Received"),
    "risk": N_("Risk"),
    "role": N_("Role"),
    "roles": N_("Roles"),
    "said": N_("What becomes of it"),
    "seats": N_("Seats"),
    "seq": N_("Entry"),
    "shop": N_("Shop"),
    "since": N_("Since"),
    "source": N_("From"),
    "sources": N_("From"),
    "state": N_("State"),
    "status": N_("Status"),
    "this_month": N_("This month"),
    "totp": N_("TOTP"),
    "type": N_("Type"),
    "unanswered": N_("Unanswered"),
    "unclaimed": N_("To be claimed"),
    "until": N_("Until"),
    "used": N_("Taken"),
    "value": N_("Value"),
    "verdict": " ",  # a mark needs no heading
}
_KINDS: Final = {"role": N_("role"), "extra": N_("extra"), "owner": N_("owner"), "gifted": N_("gifted"), "bought": N_("bought")}
_PARTS: Final = {
    "backup": N_("the backup"),
    "lost": N_("since then, and lost"),
    "people": N_("people"),
    "again": N_("stays as it is now"),
    "look": N_("to look at"),
    "must": N_("to do"),
}
_STATES: Final = {
    "waiting": N_("waits to be claimed"),
    "counts": N_("counts"),
    "later": N_("begins later"),
    "over": N_("over"),
    "ended": N_("ended early"),
}
"""What has become of seats."""
_MARKS: Final = {FINE: "✓", LOOK: "▲", WRONG: "✗"}


def _mark(verdict: str) -> str:
    """The mark of a verdict, or its name at a terminal that has no such characters."""
    try:
        _MARKS[verdict].encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return verdict
    return _MARKS[verdict]


_LABELS: Final[dict[str, Callable[[str], str]]] = {
    "kind": lambda kind: _(_KINDS[kind]),
    "part": lambda part: _(_PARTS[part]),
    "post": post_label,
    "status": status_label,
    "risk": risk_label,
    "state": lambda state: _(_STATES[state]),
    "verdict": _mark,
}
_OF_THINGS: Final = frozenset({"permission", "role"})
_BYTES: Final = frozenset({"free", "freed"})
_TIMES: Final = frozenset(
    {"added", "at", "confirmed", "good_until", "last_sign_in", "last_used", "latest", "leaves", "now", "since", "until"}
)


def heading(column: str, beside: Collection[str] = ()) -> str:
    """What a column is called, by what stands `beside` it: a device has another name than a person, in Chinese a role, too."""
    if column == "name" and "fingerprint" in beside:
        return _("Device")
    if column == "name" and not _OF_THINGS.isdisjoint(beside):
        return pick("Name", "名称")
    if column == "kind" and "seats" in beside:
        return _("Kind")
    return _(_HEADINGS[column])


def told(column: str, value: object) -> str:
    """A value as it is said to people, on one line."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and column in _LABELS:
        return _LABELS[column](value)
    if isinstance(value, str) and column in _TIMES:
        return clock.minute(clock.instant(value), shop.zone())
    if isinstance(value, int) and column in _BYTES:
        return f"{value / 1024 / 1024:,.0f} MiB"
    if isinstance(value, list):
        return ", ".join(_named(each) for each in value)
    return cell(value)


def _named(gift: Row | str) -> str:
    """A grant, or where a permission comes from: its name, and its last day where it has one."""
    if isinstance(gift, str):
        return visible(gift)
    name = visible(str(gift.get("name") or gift.get("role") or gift.get("permission")))
    if gift.get("until") is None:
        return name
    return _("{name} until {day}").format(name=name, day=clock.day(clock.instant(gift["until"]), shop.zone()))
