"""What giving and taking amounts to, before anything is written: the same for the preview and for the act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.catalogue import closure, in_order, needed_by, permissions
from models.rules.access import Holding, Person, Source, potential, would_be


class RoleGift(NamedTuple):
    """A role to give, until its last instant (None: without end)."""

    role_id: int
    until: int | None = None


class ExtraGift(NamedTuple):
    """A permission to give beside the roles, until its last instant (None: without end)."""

    permission: str
    until: int | None = None


class AccessChange(NamedTuple):
    """What is to become of a person's access, all of it at once.

    Attributes:
        post: the new post, None for the one they have.
        give_roles: roles to give; one that is held already gets the new end.
        take_roles: ids of roles to take.
        give_extras: permissions to give; what they need is given along where nothing else gives it as long.
        take_extras: codes of extras to take; extras that cannot stand without them go along.
    """

    post: str | None = None
    give_roles: tuple[RoleGift, ...] = ()
    take_roles: tuple[int, ...] = ()
    give_extras: tuple[ExtraGift, ...] = ()
    take_extras: tuple[str, ...] = ()


class RoleContent(NamedTuple):
    """What a role is called and what is in it: its code (an own role's name), its name where the shop gave one, its permissions."""

    name: str
    title: str | None
    permissions: frozenset[str]


def outlasts(one: int | None, other: int | None) -> bool:
    """Whether an end at `one` is no earlier than an end at `other`; None is without end."""
    return one is None or (other is not None and one >= other)


def extras_with_needs(gifts: Iterable[ExtraGift], holdings: Iterable[Holding], now: int) -> tuple[ExtraGift, ...]:
    """`gifts` and what they need, where no grant among `holdings` and no other gift gives it as long; in the catalogue's order."""
    holdings = tuple(holdings)
    ends: dict[str, int | None] = {}
    for gift in gifts:
        for code in closure(gift.permission):
            there = any(
                holding.permission == code and holding.source.since <= now and outlasts(holding.source.until, gift.until)
                for holding in holdings
            )
            if code != gift.permission and there:
                continue
            if code not in ends or outlasts(gift.until, ends[code]):
                ends[code] = gift.until
    return tuple(ExtraGift(code, ends[code]) for code in in_order(ends))


def extras_to_take(codes: Iterable[str], holdings: Iterable[Holding]) -> tuple[str, ...]:
    """`codes` and the other extras that cannot stand without them, as far as no role gives what they need."""
    holdings = tuple(holdings)
    by_role = {holding.permission for holding in holdings if holding.source.kind == "role"}
    extras = {holding.permission for holding in holdings if holding.source.kind == "extra"}
    taken = set(codes)
    for code in tuple(taken):
        if code not in by_role:
            taken |= needed_by(code, extras)
    return in_order(taken)


class Outcome(NamedTuple):
    """What a change amounts to.

    Attributes:
        holdings: what the person would hold.
        roles: the roles to give that are not held with that very end already.
        extras: likewise the extras, with those that the wanted ones need.
        taken: the extras to take, with those that cannot stand without them; in the catalogue's order.
    """

    holdings: tuple[Holding, ...]
    roles: tuple[RoleGift, ...]
    extras: tuple[ExtraGift, ...]
    taken: tuple[str, ...]


def outcome(holdings: Iterable[Holding], change: AccessChange, roles: Mapping[int, RoleContent], by: str, now: int) -> Outcome:
    """What the person would hold after `change`.

    Args:
        holdings: what they hold now.
        roles: the content of every role that `change` gives or takes.
        by: who gives, a login or `console:<os user>`.
    """
    # What is to begin later is not held yet: giving it makes it begin now.
    held = {(source.kind, source.name, source.until) for _code, source in holdings if source.since <= now}
    last = {gift.role_id: gift for gift in change.give_roles}  # a role is held once: of two gifts of it the second counts
    new_roles = tuple(gift for gift in last.values() if ("role", roles[gift.role_id].name, gift.until) not in held)
    going = {roles[role_id].name for role_id in (*change.take_roles, *(gift.role_id for gift in new_roles))}
    kept = [holding for holding in holdings if holding.source.kind != "role" or holding.source.name not in going]
    for role_gift in new_roles:
        role = roles[role_gift.role_id]
        source = Source("role", role.name, by, now, role_gift.until, role.title)
        kept += [Holding(code, source) for code in role.permissions]
    taken = extras_to_take(change.take_extras, kept)
    kept = _without_extras(kept, taken)
    extras = tuple(
        gift
        for gift in extras_with_needs(change.give_extras, kept, now)
        if gift.permission in taken or ("extra", gift.permission, gift.until) not in held
    )
    kept = _without_extras(kept, [gift.permission for gift in extras])
    kept += [Holding(gift.permission, Source("extra", gift.permission, by, now, gift.until)) for gift in extras]
    return Outcome(tuple(kept), new_roles, extras, taken)


def woken(person: Person, post: str, before: Iterable[Holding], after: Iterable[Holding], now: int) -> tuple[Holding, ...]:
    """What a wider post lets through although others gave it: of `after`, what was no part of the person's potential access.

    Args:
        person: with the post they have now.
        post: the one they are to have.
    """
    if post == person.post:
        return ()
    had = potential(person, before, permissions(), now)
    wider = would_be(person, post)
    return tuple(holding for holding in after if holding.permission not in had and potential(wider, [holding], permissions(), now))


def _without_extras(holdings: Iterable[Holding], codes: Iterable[str]) -> list[Holding]:
    gone = frozenset(codes)
    return [holding for holding in holdings if holding.source.kind != "extra" or holding.permission not in gone]
