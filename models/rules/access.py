"""Who may do what, and why: the one function that judges.

    access(person, now) = (permissions of valid roles + valid extras) as far as the post allows

Nothing is stored and nothing is subtracted: access is computed whenever it is asked for, so taking a role away takes exactly
what it gave. The explanation is the verdict itself, so "why" cannot disagree with the decision.

Times are UTC microseconds. An `until` is the last instant at which a grant holds; None means without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.catalogue import ACTIVE, INVITED, LEFT, OPERATIONS, Permission


class Person(NamedTuple):
    """What judging needs to know of a person."""

    login: str
    status: str
    post: str
    is_owner: bool


class Source(NamedTuple):
    """Where a permission comes from.

    Attributes:
        kind: "role", "extra", or "owner".
        name: the role's code, for own roles its name; the permission's code of an extra; the owner's login.
        by: who gave it, a login or `console:<os user>`; "" for the owner's own.
        title: the name that a preset role was given by the shop, or None; screens show it, exports do not.
    """

    kind: str
    name: str
    by: str
    since: int
    until: int | None
    title: str | None = None


class Holding(NamedTuple):
    """One permission through one grant, as the database holds it, valid or not."""

    permission: str
    source: Source


class Obstacle(NamedTuple):
    """What stands between a person and a permission.

    Attributes:
        kind: "status", "post", "expired", "owner_only", or "not_granted".
        detail: the status; the post; the name of the source that expired or does not hold yet; else "".
        source: the grant that expired or does not hold yet.
    """

    kind: str
    detail: str = ""
    source: Source | None = None


class Verdict(NamedTuple):
    """Whether a person may use a permission now, with every source and every obstacle.

    Attributes:
        sources: the grants that hold now, those that the post or the status keeps from taking effect included.
        granted: whether it would be allowed if the person were active: their *potential* access.
    """

    permission: str
    allowed: bool
    granted: bool
    sources: tuple[Source, ...]
    obstacles: tuple[Obstacle, ...]

    @property
    def until(self) -> int | None:
        """The last instant of the longest source; None without end (or without any source)."""
        ends = [source.until for source in self.sources]
        return None if None in ends else max((end for end in ends if end is not None), default=None)


def holds(source: Source, now: int) -> bool:
    """Whether the grant is valid at `now`: from its start to its end, both included."""
    return source.since <= now and (source.until is None or now <= source.until)


def allows(post: str, permission: Permission) -> bool:
    """Whether the ceiling of `post` lets `permission` through."""
    return post == OPERATIONS or permission.post != OPERATIONS


def judge(person: Person, permission: Permission, sources: Iterable[Source], now: int) -> Verdict:
    """Judge one permission of one person.

    Args:
        sources: every grant of this permission to this person that was not taken back, valid or not.
    """
    if person.is_owner:
        source = Source("owner", person.login, "", 0, None)
        return Verdict(permission.code, allowed=True, granted=True, sources=(source,), obstacles=())
    obstacles = []
    valid = []
    for source in sources:
        if holds(source, now):
            valid.append(source)
        else:
            obstacles.append(Obstacle("expired", source.name, source))
    if permission.owner_only:
        obstacles.append(Obstacle("owner_only"))
    elif not valid and not obstacles:
        obstacles.append(Obstacle("not_granted"))
    barred = not allows(person.post, permission)
    if barred and (valid or obstacles[0].kind != "owner_only"):
        obstacles.append(Obstacle("post", person.post))
    if person.status != ACTIVE:
        obstacles.append(Obstacle("status", person.status))
    granted = bool(valid) and not barred and not permission.owner_only
    allowed = granted and person.status == ACTIVE
    # An expired grant beside a valid one is history, not an obstacle.
    shown = () if allowed else tuple(item for item in obstacles if not (valid and item.kind == "expired"))
    return Verdict(permission.code, allowed, granted, tuple(valid), shown)


def access(person: Person, holdings: Iterable[Holding], catalogue: Mapping[str, Permission], now: int) -> dict[str, Verdict]:
    """Judge everything in `catalogue` for one person, in its order.

    Holdings that the catalogue does not know (of a newer version's) give nothing.
    """
    by_code: dict[str, list[Source]] = {}
    for holding in holdings:
        by_code.setdefault(holding.permission, []).append(holding.source)
    return {code: judge(person, permission, by_code.get(code, ()), now) for code, permission in catalogue.items()}


def allowed(verdicts: Mapping[str, Verdict]) -> dict[str, int | None]:
    """What may be used now, each with the last instant of it."""
    return {code: verdict.until for code, verdict in verdicts.items() if verdict.allowed}


def potential(person: Person, holdings: Iterable[Holding], catalogue: Mapping[str, Permission], now: int) -> frozenset[str]:
    """What all unexpired grants, those that start later included, would amount to if the person were active."""
    if person.is_owner:
        return frozenset(catalogue)
    return frozenset(
        holding.permission
        for holding in holdings
        if (permission := catalogue.get(holding.permission))
        and (holding.source.until is None or now <= holding.source.until)
        and allows(person.post, permission)
        and not permission.owner_only
    )


def would_be(person: Person, post: str | None = None) -> Person:
    """The person as if active, and with another post where one is given: whom a preview judges."""
    return person._replace(status=ACTIVE if person.status in {INVITED, LEFT} else person.status, post=person.post if post is None else post)
