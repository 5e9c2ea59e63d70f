"""The rows of the security section: findings, people with their protection, failed sign-ins."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from models import clock
from models.i18n import N_, _
from models.queries import failures, posture, protection
from models.queries.failures import Failure
from models.queries.posture import Finding
from models.queries.protection import Protected
from screens.home_rows import BETWEEN
from screens.security_facts import device, reason
from screens.staff_rows import status_mark
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, ListView, Row

FINDINGS: Final = (
    Column("number", width=6, align="right", keep=ALWAYS),
    Column("what", width=33, keep=ALWAYS),
    Column("who", least=12, keep=8),
)
PEOPLE: Final = (
    Column("status", width=1, keep=ALWAYS),
    Column("login", N_("Login"), width=14, sortable=True, keep=ALWAYS),
    Column("name", N_("Name"), least=10, sortable=True, keep=ALWAYS),
    Column("totp", N_("TOTP"), width=10, sortable=True, keep=ALWAYS),
    Column("codes", N_("Codes"), width=6, align="right", keep=7),
    Column("devices", N_("Keys"), width=4, align="right", keep=5),
    Column("signed_in", N_("Signed in"), width=10, sortable=True, keep=8),
    Column("password", N_("Password"), width=10, sortable=True, keep=6),
    Column("sessions", N_("Sessions"), width=8, align="right", keep=5),
    Column("limits", N_("Limits"), least=12, keep=4),
)
FAILURES: Final = (
    Column("at", N_("When"), width=16, keep=ALWAYS),
    Column("login", N_("Login"), width=14, keep=ALWAYS),
    Column("reason", N_("Why"), least=21, keep=ALWAYS, flex=2),
    Column("address", N_("From"), least=14, keep=8),
    Column("device", N_("Device key"), least=10, keep=5),
)
"""What each part shows in a line; where it is narrow, what is kept least goes first."""

ADVICE: Final = {
    posture.HIGH_RISK: N_(
        "Whoever learns such a person's password can do harm at once. If the policy (`8`, `p`) asks for phone codes, these people set them "
        "up at their next sign-in; `enter` shows who they are."
    ),
    posture.REQUIRED: N_("The policy asks everybody for phone codes. They set them up at their next sign-in; remind them."),
    posture.CODE: N_("They cannot come in without an activation or reset code. `enter`, then `c` makes one; hand it over in person."),
    posture.RECOVERY: N_("Whoever loses the phone then cannot come in. They make new ones themselves, under “Me”; remind them."),
    posture.FROZEN: N_("Unfreezing gives everything back at once. Whoever will not come back leaves: `enter`, their profile, `l`."),
    posture.SILENT: N_("An account that nobody uses is one that nobody misses. Ask the person, or freeze it: `enter`, then `z`."),
    posture.DORMANT: N_("Nobody would notice somebody else in such an account. Freeze it: `enter`, then `z`."),
}
"""What to do about a finding; marked (`N_`), with the keys between backquotes."""


def finding_row(found: Finding) -> Row:
    """A finding: how many, what, and who comes first."""
    who = BETWEEN.join([*found.first, words.ELLIPSIS] if found.number > len(found.first) else found.first)
    return Row(found.kind, (words.plain(str(found.number), "bold $text-warning"), _(posture.LABELS[found.kind]), who))


class PeopleList(ListView):
    """A list whose sorting the line of keys has no room for."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "sort", N_("Sort"), show=False, tooltip=N_("Sort by another column"))]


class PeopleSource:
    """People and their protection as rows.

    Args:
        zone: the shop's time zone.
    """

    def __init__(self, listing: protection.Listing, zone: str) -> None:
        self._listing = listing
        self._zone = zone
        self._people: dict[Key, Protected] = {}

    def count(self) -> int:
        """How many there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        found = self._listing.window(offset, limit)
        self._people = {person.id: person for person in found}
        return [self._row(person) for person in found]

    def position(self, key: Key) -> int | None:
        """Where a person stands."""
        return self._listing.position(key)

    def person(self, key: Key | None) -> Protected | None:
        """A person of the window that was read last."""
        return None if key is None else self._people.get(key)

    def _row(self, person: Protected) -> Row:
        totp = words.plain(self._day(person.totp_since)) if person.has_totp else words.plain(_("off"), "$text-warning")
        codes = words.plain(str(person.recovery_left), "$text-warning" if person.few_codes else "") if person.has_totp else ""
        limits = [_("address")] * bool(person.addresses) + [_("hours")] * bool(person.hours)
        return Row(
            person.id,
            (
                status_mark(person.status),
                person.login,
                person.name,
                totp,
                codes,
                str(person.devices or ""),
                self._day(person.signed_in_at) or _("never"),
                self._day(person.password_changed_at),
                str(person.sessions or ""),
                BETWEEN.join(limits),
            ),
        )

    def _day(self, us: int | None) -> str:
        return "" if us is None else clock.day(us, self._zone)


class FailureSource:
    """Failed sign-ins as rows.

    Args:
        zone: the shop's time zone.
    """

    def __init__(self, listing: failures.Listing, zone: str) -> None:
        self._listing = listing
        self._zone = zone
        self._failures: dict[Key, Failure] = {}

    def count(self) -> int:
        """How many there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        found = self._listing.window(offset, limit)
        self._failures = {failure.seq: failure for failure in found}
        return [
            Row(
                failure.seq,
                (
                    clock.minute(failure.at, self._zone),
                    failure.login,
                    reason(failure),
                    failure.address or _("at the machine itself"),
                    device(failure),
                ),
            )
            for failure in found
        ]

    def position(self, key: Key) -> int | None:
        """Where a failure stands."""
        return self._listing.position(key)

    def failure(self, key: Key | None) -> Failure | None:
        """A failure of the window that was read last."""
        return None if key is None else self._failures.get(key)
