"""What passes from one person to another: for a while to whoever stands in, for good to whoever takes over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from models.rules.grants import AccessChange, ExtraGift, RoleGift, outlasts


class Held(NamedTuple):
    """A role or an extra that somebody holds.

    Attributes:
        role_id: None of an extra.
        permission: the code of an extra; "" of a role.
        until: its last instant; None without end.
        stands_for: the id of whom they stand in for with it, None where it is their own.
    """

    role_id: int | None
    permission: str
    since: int
    until: int | None
    stands_for: int | None = None

    def is_same(self, other: Held) -> bool:
        """Whether it is the same role, or the same permission."""
        return (self.role_id, self.permission) == (other.role_id, other.permission)

    def holds(self, now: int) -> bool:
        """Whether it is valid at `now`."""
        return self.since <= now and (self.until is None or now <= self.until)


def passed_on(held: Iterable[Held], has: Iterable[Held], now: int, until: int | None = None) -> tuple[Held, ...]:
    """What of `held` somebody is to get who `has` some of it already: never less, nor for shorter, than they have.

    Args:
        held: what the colleague holds; what is over, or has not begun, is not passed on.
        until: the last instant that any of it is for; None for as long as the colleague would hold it.
    """
    has = tuple(has)
    wanted = []
    for each in held:
        shorter = each if until is None or (each.until is not None and each.until <= until) else each._replace(until=until)
        there = any(own.is_same(each) and own.holds(now) and outlasts(own.until, shorter.until) for own in has)
        if each.holds(now) and not there:
            wanted.append(shorter)
    return tuple(wanted)


def giving(gifts: Iterable[Held]) -> AccessChange:
    """The change of access that gives all of that."""
    gifts = tuple(gifts)
    return AccessChange(
        give_roles=tuple(RoleGift(gift.role_id, gift.until) for gift in gifts if gift.role_id is not None),
        give_extras=tuple(ExtraGift(gift.permission, gift.until) for gift in gifts if gift.role_id is None),
    )


def taking(held: Iterable[Held]) -> AccessChange:
    """The change of access that takes all of that."""
    held = tuple(held)
    return AccessChange(
        take_roles=tuple(each.role_id for each in held if each.role_id is not None),
        take_extras=tuple(each.permission for each in held if each.role_id is None),
    )
