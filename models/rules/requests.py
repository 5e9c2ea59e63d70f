"""What may be asked for, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from models.catalogue import closure, in_order, permissions
from models.errors import HeldAlready, Invalid, OwnerOnly, PostBars
from models.i18n import N_
from models.rules.access import Holding, Person, Source, allows
from models.rules.grants import AccessChange, ExtraGift, RoleGift, outlasts

MOST_DAYS: Final = 366
"""Days that a request may be for: what is needed for longer than a year is a matter of the job, and given as a role without end."""

MOST_OPEN: Final = 5
"""Requests that one person may have open: more of them would hide one another from whoever decides."""

REASON_LIMIT: Final = 300
"""Characters of a reason, and of the word that declines: four lines at 80 columns."""


class Subject(NamedTuple):
    """What a request is about.

    Attributes:
        role_id: the role, or None where it is a permission.
        key: the role's code, for own roles its name; the permission's code.
        codes: the permissions that come with it, known to the catalogue.
    """

    role_id: int | None
    key: str
    codes: frozenset[str]

    @property
    def kind(self) -> str:
        """What the log calls it: a role or a permission."""
        return "permission" if self.role_id is None else "role"

    def change(self, until: int) -> AccessChange:
        """What approving it changes, `until` its last instant, UTC microseconds."""
        if self.role_id is not None:
            return AccessChange(give_roles=(RoleGift(self.role_id, until),))
        return AccessChange(give_extras=(ExtraGift(self.key, until),))


def permission(code: str) -> Subject:
    """A permission of the catalogue as something to ask for, with what it needs."""
    return Subject(None, code, closure(code))


def days(value: int) -> int:
    """For how many days somebody asks.

    Raises:
        Invalid: fewer than one, or more than `MOST_DAYS`.
    """
    if not 1 <= value <= MOST_DAYS:
        raise Invalid("days", N_("From 1 to {most} days."), most=MOST_DAYS)
    return value


def held(holdings: Iterable[Holding], subject: Subject, now: int) -> tuple[Source, ...]:
    """What gives somebody now what a request is about: of a role, that very role."""
    found = (source for code, source in holdings if source.since <= now and (subject.role_id is not None or code == subject.key))
    if subject.role_id is not None:
        found = (source for source in found if (source.kind, source.name) == ("role", subject.key))
    return tuple(dict.fromkeys(source for source in found if outlasts(source.until, now)))


def askable(person: Person, holdings: Iterable[Holding], subject: Subject, until: int, now: int) -> None:
    """Refuse what it makes no sense to ask for, or to give when it was asked for.

    Args:
        holdings: everything that was given to the person and not taken back.
        until: how long it is to hold, UTC microseconds.

    Raises:
        OwnerOnly: it is in no role and no extra.
        PostBars: the post lets no part of it through.
        HeldAlready: it is held as long.
    """
    for code in in_order(subject.codes):
        if permissions()[code].owner_only:
            raise OwnerOnly(code)
    wanted = subject.codes if subject.role_id is not None else {subject.key}
    if not any(allows(person.post, permissions()[code]) for code in wanted):
        raise PostBars
    if any(outlasts(source.until, until) for source in held(holdings, subject, now)):
        raise HeldAlready
