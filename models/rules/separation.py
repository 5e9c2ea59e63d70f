"""Separation of duties: permissions that no one person may hold together, after the static separation of NIST RBAC (INCITS 359).

What counts is potential access: every grant that has not ended, those that begin later included, as far as the post lets it through.
Whoever held both before the owner kept them apart goes on holding both until somebody takes one away; what is refused is to bring two
together anew, or for longer than they are together already. The owner, who holds everything, is exempt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from models.catalogue import closure, permission_label, permissions
from models.errors import Incompatible, Invalid, OwnerOnly, Unknown
from models.i18n import N_
from models.rules.access import Holding, Person, Source, allows, potential

FOREVER: Final = 2**63 - 1
"""The last instant of what has no end; the largest whole number that SQLite has, so that its `min` and `max` can be used."""

Lasting = Mapping[str, int]
"""What somebody holds, each code with its last instant, UTC microseconds."""


class Pair(NamedTuple):
    """Two codes that are kept apart, `one` before `other`."""

    one: str
    other: str


class Clash(NamedTuple):
    """Two permissions that are kept apart, in one hand.

    Attributes:
        new: whether a change brings them together, or keeps them together for longer; else they were together before.
        one_through: the grants that give `one`, those that begin later included; `other_through` likewise.
    """

    one: str
    other: str
    new: bool
    one_through: tuple[Source, ...] = ()
    other_through: tuple[Source, ...] = ()


def declarable(one: str, other: str) -> Pair:
    """Two permissions as they would be kept apart.

    Raises:
        Unknown: the catalogue does not have one of them.
        OwnerOnly: nobody can be given one of them anyway.
        Invalid: they are one and the same, or one needs the other.
    """
    for code in (one, other):
        if code not in permissions():
            raise Unknown("permission", code)
        if permissions()[code].owner_only:
            raise OwnerOnly(code)
    if one == other:
        raise Invalid("other", N_("Choose two different permissions."))
    if cannot_be_apart(one, other):
        needing, needed = (one, other) if other in closure(one) else (other, one)
        labels = {"one": permission_label(needing), "other": permission_label(needed)}
        raise Invalid("other", N_("“{one}” needs “{other}”: kept apart, nobody could hold it."), **labels)
    return Pair(*sorted((one, other)))


def cannot_be_apart(one: str, other: str) -> bool:
    """Whether two of the catalogue are one and the same, or one needs the other."""
    return one in closure(other) or other in closure(one)


def lasting(person: Person, holdings: Iterable[Holding], now: int) -> Lasting:
    """A person's potential access, each code with its last instant; of the owner nothing, who is exempt."""
    holdings = tuple(holdings)
    staying = person._replace(leaves_at=None)  # a departure that is planned can be taken back
    codes = frozenset() if person.is_owner else potential(staying, holdings, permissions(), now)
    found: dict[str, int] = {}
    for code, source in holdings:
        last = FOREVER if source.until is None else source.until
        if code in codes and last >= now:
            found[code] = max(last, found.get(code, 0))
    return found


def together(pair: Pair, held: Lasting) -> int:
    """The last instant at which both are held; 0 where they never are together."""
    return min(held.get(pair.one, 0), held.get(pair.other, 0))


def clashes(
    pairs: Iterable[Pair], person: Person, post: str, before: Iterable[Holding], after: Iterable[Holding], now: int
) -> tuple[Clash, ...]:
    """What is kept apart and would be in one hand after a change of access.

    Args:
        person: with the post they have now.
        post: the one they are to have.
        before: what they hold now; `after`: what they would hold.
    """
    pairs = tuple(pairs)
    if not pairs:
        return ()
    after = tuple(after)
    had, have = lasting(person, before, now), lasting(person._replace(post=post), after, now)
    return tuple(
        Clash(*pair, together(pair, have) > together(pair, had), *(sources_of(code, after, now) for code in pair))
        for pair in pairs
        if together(pair, have)
    )


def sources_of(code: str, holdings: Iterable[Holding], now: int) -> tuple[Source, ...]:
    """The grants of one permission that have not ended, those that begin later included."""
    sources = (holding.source for holding in holdings if holding.permission == code)
    return tuple(source for source in sources if source.until is None or source.until >= now)


def refuse(found: Iterable[Clash], name: str) -> None:
    """Refuse to bring together what is kept apart.

    Args:
        name: of whoever would hold both.

    Raises:
        Incompatible: names the first two.
    """
    for clash in found:
        if clash.new:
            raise Incompatible(clash.one, clash.other, name)


def first_in(pairs: Iterable[Pair], codes: Collection[str], post: str) -> Pair | None:
    """The first two of `codes` that are kept apart and that `post` lets through both; None where there are none."""
    for pair in pairs:
        if all(code in codes and allows(post, permissions()[code]) for code in pair):
            return pair
    return None


def refuse_role(pairs: Iterable[Pair], before: Collection[str], after: Collection[str], label: str) -> None:
    """Refuse to put both of two that are kept apart into one role; what was in it together before may stay.

    Args:
        label: what the role is called.

    Raises:
        Incompatible: names the first two, and the role.
    """
    for pair in pairs:
        if set(pair) <= set(after) and not set(pair) <= set(before):
            raise Incompatible(*pair, label)
