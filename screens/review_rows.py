"""The rows of the access review: people, permissions, findings, lines; and when something was last used, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Generic, Protocol, TypeVar

from textual.content import Content

from models import clock
from models.catalogue import HIGH, risk_label
from models.explain import source_label
from models.i18n import N_, _, ngettext
from models.queries import review_findings
from models.queries.last_use import Use
from models.queries.review import CONFIRMED_DAYS, Coverage, HolderRow, PermissionRow, PersonRow
from models.queries.review_findings import EMPTY, ENDING, UNCONFIRMED, UNPLACED, UNUSED, Finding, FoundRow
from models.queries.review_lines import Line
from screens.home_rows import BETWEEN
from screens.staff_rows import status_mark
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

PEOPLE: Final = (
    Column("status", width=1, keep=ALWAYS),
    Column("login", N_("Login"), width=12, sortable=True, keep=ALWAYS),
    Column("name", N_("Name"), least=14, sortable=True, keep=ALWAYS, flex=2),
    Column("risk", words.HIGH_RISK, width=4, align="right", sortable=True, keep=ALWAYS),
    Column("permissions", N_("Permissions"), width=11, align="right", keep=5),
    Column("given", N_("Roles and extras"), least=12, keep=8, flex=2),
    Column("until", N_("First end"), width=10, keep=6),
    Column("confirmed", N_("Confirmed"), width=9, align="right", keep=7),
)
PERMISSIONS: Final = (
    Column("mark", width=1, keep=ALWAYS),
    Column("permission", N_("Permission"), least=20, keep=ALWAYS),
    Column("code", N_("Code"), width=24, keep=3),
    Column("people", N_("Who may"), width=8, align="right", keep=ALWAYS),
)
FINDINGS: Final = (
    Column("number", width=7, align="right", keep=ALWAYS),
    Column("what", width=46, keep=ALWAYS),
    Column("about", least=12, keep=8),
)
FOUND: Final = (
    Column("mark", width=1, keep=ALWAYS),
    Column("login", N_("Login"), width=12, keep=ALWAYS),
    Column("name", N_("Name"), least=8, keep=5),
    Column("what", N_("What"), least=16, keep=ALWAYS, flex=4),
    Column("when", N_("When"), width=24, keep=ALWAYS),
)
HOLDERS: Final = (
    Column("status", width=1, keep=ALWAYS),
    Column("login", N_("Login"), width=12, keep=ALWAYS),
    Column("name", N_("Name"), least=8, keep=6),
    Column("through", N_("Through"), least=14, keep=ALWAYS, flex=2),
    Column("until", N_("Until"), width=10, keep=7),
    Column("used", N_("Last used"), width=15, keep=ALWAYS),
)
LINES: Final = (
    Column("what", N_("Role or extra"), least=14, keep=ALWAYS, flex=2),
    Column("risk", words.HIGH_RISK, width=3, align="right", keep=ALWAYS),
    Column("since", N_("Since"), width=10, keep=4),
    Column("by", N_("Given by"), width=10, keep=3),
    Column("until", N_("Until"), width=10, keep=7),
    Column("used", N_("Last used"), width=15, keep=8),
    Column("confirmed", N_("Confirmed"), width=10, keep=ALWAYS),
    Column("confirmed_by", N_("by"), width=10, keep=5),
)
"""What each part shows in a line; where it is narrow, what is kept least goes first."""

NEVER: Final = "$text-warning"


T_co = TypeVar("T_co", covariant=True)


class Listing(Protocol[T_co]):
    """People, holders, or what was found, as the queries give them."""

    def count(self) -> int:
        """How many there are."""
        ...

    def window(self, offset: int, limit: int) -> Sequence[T_co]:
        """Those from `offset` on."""
        ...

    def position(self, key: object) -> int | None:
        """Where one stands."""
        ...


class Rows(Generic[T_co]):
    """What a query lists, as rows.

    Args:
        make: a row of one of them.
    """

    def __init__(self, listing: Listing[T_co], make: Callable[[T_co], Row]) -> None:
        self._listing = listing
        self._make = make

    def count(self) -> int:
        """How many there are."""
        return self._listing.count()

    def window(self, offset: int, limit: int) -> list[Row]:
        """The rows from `offset` on."""
        return [self._make(each) for each in self._listing.window(offset, limit)]

    def position(self, key: Key) -> int | None:
        """Where a row stands."""
        return self._listing.position(key)


def coverage_words(found: Coverage) -> str:
    """How much of it all was confirmed lately."""
    said = ngettext(
        "{confirmed} of {lines} line confirmed in the last {days} days",
        "{confirmed} of {lines} lines confirmed in the last {days} days",
        found.lines,
    )
    return said.format(confirmed=f"{found.confirmed:,}", lines=f"{found.lines:,}", days=CONFIRMED_DAYS)


def used(use: Use, zone: str) -> Content:
    """When something was last used, as far as the log knows."""
    if use.at is not None:
        return words.plain(clock.day(use.at, zone))
    return words.plain(_("log cannot tell"), "$text-muted") if use.known_since is None else words.plain(_("never seen"), NEVER)


def _day(us: int | None, zone: str) -> str:
    return "" if us is None else clock.day(us, zone)


def _marked(number: int) -> Content:
    return words.plain(str(number) if number else "", "$text-error")


def person_row(person: PersonRow, zone: str) -> Row:
    """Somebody and what they can do."""
    confirmed = f"{person.confirmed}/{person.lines}" if person.lines else ""
    given = _("owner") if person.is_owner else BETWEEN.join((*person.roles, *person.extras))
    about = (status_mark(person.status), person.login, person.name, _marked(person.high), str(person.permissions), given)
    return Row(person.id, (*about, _day(person.until, zone), confirmed))


def permission_rows(found: Sequence[PermissionRow]) -> Iterator[Row]:
    """Permissions under the risk they have."""
    risk = ""
    for each in found:
        if each.risk != risk:
            risk = each.risk
            yield Row(f"risk:{risk}", (risk_label(risk),), heading=True)
        mark = words.plain(words.HIGH_RISK, "$text-error") if risk == HIGH else ""
        yield Row(each.code, (mark, each.label, each.code, str(each.people)), dim=not each.people)


def holder_row(holder: HolderRow, zone: str) -> Row:
    """Somebody who may use a permission, through what, and when they last did."""
    through = BETWEEN.join(source_label(source) for source in holder.sources)
    cells = (status_mark(holder.status), holder.login, holder.name, through, _day(holder.until, zone), used(holder.use, zone))
    return Row(holder.id, cells)


def finding_row(found: Finding) -> Row:
    """How much of a kind was found, and about whom."""
    people, high = found.people(), found.high()
    about = [ngettext("{n:,} person", "{n:,} people", people).format(n=people)] if people else []
    about += [f"{words.HIGH_RISK} {high:,}"] if high else []
    number = words.plain(f"{found.count():,}", "bold $text-warning")
    return Row(found.kind, (number, _(review_findings.LABELS[found.kind]), BETWEEN.join(about)))


def found_row(kind: str, row: FoundRow, zone: str) -> Row:
    """One thing that was found."""
    mark = words.plain(words.HIGH_RISK, "$text-error") if row.found.high else ""
    return Row(row.key, (mark, row.login, row.name, row.label, _when(kind, row.found.at, zone)), tickable=row.found.grant is not None)


def _when(kind: str, at: int | None, zone: str) -> str | Content:
    if at is None:
        return words.plain(_("never seen"), NEVER) if kind == UNUSED else ""
    day = clock.day(at, zone)
    said = {UNUSED: _("last used {day}"), UNCONFIRMED: _("since {day}"), ENDING: _("{day} ({distance})")}
    return said.get(kind, _("until {day}")).format(day=day, distance=clock.distance(at))


def line_row(line: Line, zone: str) -> Row:
    """A role or an extra, and when it was confirmed."""
    use = Use(line.used_at, 0 if line.is_told_of else None)
    cells = (line.label, _marked(line.high), _day(line.since, zone), line.by, _day(line.until, zone), used(use, zone))
    confirmed = words.plain(_("never"), NEVER) if line.confirmed_at is None else _day(line.confirmed_at, zone)
    return Row(f"{line.grant.kind}:{line.grant.id}", (*cells, confirmed, line.confirmed_by))


ADVICE: Final = {
    review_findings.SEPARATION: N_("One person can do what takes two here. `enter` shows their lines: take one of the two away."),
    UNUSED: N_(
        "Given 90 days ago or longer and not used since, as far as the log knows. Ask whether it is needed; `enter` shows their lines."
    ),
    ENDING: N_("Let it end, or give it anew in time: `enter` shows their lines."),
    UNCONFIRMED: N_("Given, or last confirmed, a year ago or longer. `enter` shows them; `c` confirms, there."),
    UNPLACED: N_("Whoever may see a department's entries does not see theirs. `enter` shows who; their profile moves them."),
    EMPTY: N_("A role that nobody holds can be given by mistake. `enter` shows which; who does not need one closes it."),
}
"""What to do about a finding; marked (`N_`), with the keys between backquotes."""
