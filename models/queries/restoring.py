"""What a restore would change, for whoever decides on it; and what it did."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from models import db, events
from models.backup_file import Manifest
from models.i18n import N_, _, ngettext, pick
from models.queries import audit_changes
from models.queries.newer import Newer
from models.rules.audit_damage import TRUNCATED, Damage

AGAIN: Final = "again"
"""What was revoked since the backup, and is applied again; likewise `BACK`, who comes back or goes; `LOOK`, what somebody has to look at;
`MUST`, who has to do something before they come in as before; `LOST`, what was done since, and is not any more."""

BACK: Final = "people"
LOOK: Final = "look"
MUST: Final = "must"
LOST: Final = "lost"

SENTENCES: Final = {
    "left": (AGAIN, N_("{who} has left, and stays so.")),
    "frozen": (AGAIN, N_("{who} is frozen, and stays so.")),
    "leaves": (AGAIN, N_("{who} leaves on the earlier of both days.")),
    "owner": (AGAIN, N_("{who} is the owner, and stays so.")),
    "post": (AGAIN, N_("{who} keeps the post customer service.")),
    "role": (AGAIN, N_("{who} does not get the role {what} back.")),
    "extra": (AGAIN, N_("{who} does not get “{what}” back.")),
    "until": (AGAIN, N_("{who} holds {what} no longer than was decided since.")),
    "permission": (AGAIN, N_("The role {who} does not get “{what}” back.")),
    "password": (AGAIN, N_("{who} signs in with the password of today, not with the one in the backup.")),
    "phone": (AGAIN, N_("Phone codes of {who} are those of today: an earlier phone gives none that count.")),
    "device": (AGAIN, N_("The device key {what} of {who} stays revoked.")),
    "policy": (AGAIN, N_("The security policy keeps what is stricter: {what}.")),
    "limit": (AGAIN, N_("From where and when {who} may sign in stays as it is.")),
    "separation": (AGAIN, N_("These permissions are still kept apart: {what}.")),
    "request": (AGAIN, N_("The request of {who} stays decided.")),
    "seats_ended": (AGAIN, N_("Seats that {who} ended since stay ended: {what}.")),
    "seats_counted": (AGAIN, N_("Seats are counted, as right before.")),
    "vanished": (
        BACK,
        N_("{who} was onboarded since. The account stands as one that has left; “shopstaff staff reinstate {who}” ends that."),
    ),
    "back": (BACK, N_("{who} is in the backup only, and comes back.")),
    "given": (LOOK, N_("{who} was given {what} since. Give it again if it is still wanted.")),
    "role_made": (LOOK, N_("The role {what} was made since. Make it again if it is still wanted.")),
    "department_made": (LOOK, N_("The department {what} was made since. Make it again if it is still wanted.")),
    "enrolled": (LOOK, N_("{who} enrolled the device key {what} since. It can be enrolled again.")),
    "place": (LOOK, N_("{who} would see more people than now, so they belong to no department. Move them to the right one.")),
    "seats_made": (LOOK, N_("Seats that {who} wrote down since are not in the ledger: {what}. Write them down again.")),
    "seats_claimed": (LOOK, N_("Gifted seats that {who} claimed since are not claimed: {what}. Claim them again.")),
    "conversations": (LOOK, N_("Conversations with customers that began since are not there: {what}.")),
    "messages": (
        LOOK,
        N_("Messages with customers that came in since are not there: {what}. Import or deliver them again; none is doubled by that."),
    ),
    "messages_unknown": (
        LOOK,
        N_("Nobody can tell which messages with customers are missing. Import or deliver them again; none is doubled by that."),
    ),
    "unread": (LOOK, N_("This part of the data that was there cannot be read, so what was revoked in it since may be missing: {what}.")),
    "none": (LOOK, N_("There is no newer data, so nobody can tell what was revoked since the backup. Go through it by memory.")),
    "forked": (LOOK, N_("The data that was there does not follow from this backup: it was restored from an earlier one meanwhile.")),
    "anchor": (LOOK, N_("The log in the backup is not the one of which entry {what} was kept beside the data.")),
    "recovery": (MUST, N_("{who} makes new recovery codes: the old ones are void.")),
    "code": (MUST, N_("{who} needs a new code: “shopstaff staff code {who}”.")),
    "owner_code": (MUST, N_("{who}, the owner, needs a new code: “shopstaff reset-owner”.")),
    "enrol": (MUST, N_("{who} sets up phone codes anew after the password: with the new key no phone's codes count.")),
}
"""What is told of a restore: the part it belongs to, and its sentence, marked."""

PARTS: Final = (LOST, BACK, AGAIN, LOOK, MUST)
"""In the order in which they are told."""

TABLES: Final = {
    "staff": N_("people"),
    "credential": N_("passwords"),
    "spent_password": N_("passwords that were reset"),
    "totp": N_("phone codes"),
    "session": N_("sessions"),
    "device": N_("device keys"),
    "department": N_("departments"),
    "role": N_("roles"),
    "role_permission": N_("what is in roles"),
    "role_grant": N_("who has which role"),
    "extra": N_("permissions beside the roles"),
    "policy": N_("the security policy"),
    "sign_in_limit": N_("from where and when people may sign in"),
    "separation": N_("permissions that are kept apart"),
    "request": N_("requests"),
    "failure": N_("failed attempts to sign in"),
    "seat": N_("seats"),
    "audit_entry": N_("the log"),
}
"""What is called how that may be unreadable, marked; what is not in here has no part in what was revoked."""


class Line(NamedTuple):
    """One thing that a restore changes, or does not.

    Attributes:
        kind: a key of `SENTENCES`; of what is lost, the action.
        who: whom it concerns: a login, a role; of what is lost, who did it.
        number: how many entries were lost of that kind.
    """

    kind: str
    who: str = ""
    what: str = ""
    number: int = 1

    @property
    def part(self) -> str:
        """One of `PARTS`."""
        return SENTENCES[self.kind][0] if self.kind in SENTENCES else LOST

    def __str__(self) -> str:
        """In the language in force."""
        if self.kind in SENTENCES:
            return _(SENTENCES[self.kind][1]).format(who=self.who, what=self._said())
        sentence = _(events.SENTENCES[self.kind]).format(object="…") if self.kind in events.SENTENCES else self.kind
        return ngettext("{n:,} entry by {who}: {sentence}", "{n:,} entries by {who}: {sentence}", self.number).format(
            n=self.number, who=self.who or "?", sentence=sentence
        )

    def _said(self) -> str:
        """What it is about, in words where it is kept as it is written in tables."""
        if self.kind == "unread":
            return _(TABLES[self.what])
        if self.kind == "policy":
            # Device keys are stricter only where they are asked for.
            pairs = (each.split(" ") for each in self.what.split(", "))
            stricter = {field: field == "device_required" or value for field, value in pairs}
            told = audit_changes.changes("policy.edit", "", json.dumps(stricter))
            return pick("; ", "；").join(pick("{}: {}", "{}：{}").format(each.label, each.new) for each in told)
        return self.what


class Preview(NamedTuple):
    """What a restore would change.

    Attributes:
        file: the backup's name.
        manifest: what the backup says of itself.
        gap: the entries of the log that are gone by it; None where none are known to be.
        lines: what changes, in the order of `PARTS`.
        is_new_key: whether the key file is a new one.
    """

    file: str
    manifest: Manifest
    gap: Damage | None
    lines: tuple[Line, ...]
    is_new_key: bool

    def of(self, part: str) -> tuple[Line, ...]:
        """The lines of one part."""
        return tuple(line for line in self.lines if line.part == part)

    @property
    def lost(self) -> int:
        """How many entries were written since."""
        return sum(line.number for line in self.of(LOST))


def preview(file: str, manifest: Manifest, newer: Newer | None, lines: Iterable[Line], *, new_key: bool, kept: int) -> Preview:
    """Put together what is told.

    Args:
        kept: the highest number of an entry that was kept beside the data; 0 for none.
    """
    lost = [Line(action, who, "", number) for action, who, number in newer.since] if newer is not None else []
    ordered = sorted([*lost, *lines], key=lambda line: PARTS.index(line.part))
    return Preview(file, manifest, gap(manifest, newer, kept), tuple(ordered), new_key)


def gap(manifest: Manifest, newer: Newer | None, kept: int) -> Damage | None:
    """The entries that are known to have been there and are not any more."""
    common = newer.common if newer is not None else manifest.entries
    end = max(kept, (newer.end or 0) if newer is not None else 0)
    return Damage(TRUNCATED, common + 1, end) if end > common else None


_MUST: Final = """
    SELECT w.login, w.is_owner, t.active IS NOT NULL, (w.status = 'invited' OR c.staff_id IS NULL OR t.barred = 1)
    FROM staff w LEFT JOIN credential c ON c.staff_id = w.id LEFT JOIN totp t ON t.staff_id = w.id
    WHERE w.status IN ('invited', 'active') ORDER BY w.is_owner DESC, w.login
"""


def must() -> list[Line]:
    """Who has to do something, in the shop that is open, once codes are void."""
    found = []
    for login, is_owner, has_phone, waits in db.rows(_MUST):
        if waits:
            found.append(Line("owner_code" if is_owner else "code", login))
        elif has_phone:
            found.append(Line("recovery", login))
    return found
