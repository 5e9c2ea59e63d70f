"""Who may do what, and why: the one function that judges.

    access(person, now) = (permissions of valid roles + valid extras) as far as the post allows

Nothing is stored and nothing is subtracted: access is computed whenever it is asked for, so taking a role away takes exactly
what it gave. The explanation is the verdict itself, so "why" cannot disagree with the decision.

Times are UTC microseconds. An `until` is the last instant at which a grant holds; None means without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from models.catalogue import ACTIVE, INVITED, LEFT, OPERATIONS, Permission


class Person(NamedTuple):
    """What judging needs to know of a person.

    Attributes:
        leaves_at: the last instant of somebody whose departure is planned; past it they have left, and hold nothing.
    """

    login: str
    status: str
    post: str
    is_owner: bool
    leaves_at: int | None = None

    def has_gone(self, now: int) -> bool:
        """Whether the day on which they were to leave is over."""
        return self.leaves_at is not None and now > self.leaves_at


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


Given = tuple[str, int, int | None]
"""The code that a grant gives, since when and until when it holds: a `Holding` for whoever needs no explanation."""


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
        leaves_at: when the person leaves, who holds nothing any longer than that; None where that is not planned.
    """

    permission: str
    allowed: bool
    granted: bool
    sources: tuple[Source, ...]
    obstacles: tuple[Obstacle, ...]
    leaves_at: int | None = None

    @property
    def until(self) -> int | None:
        """The last instant of the longest source, at the latest the person's own; None without end (or without any source)."""
        latest: int | None = None
        for source in self.sources:
            if source.until is None:
                return self.leaves_at
            latest = source.until if latest is None else max(latest, source.until)
        return latest if latest is None or self.leaves_at is None else min(latest, self.leaves_at)


def allows(post: str, permission: Permission) -> bool:
    """Whether the ceiling of `post` lets `permission` through."""
    return post == OPERATIONS or permission.post != OPERATIONS


def lets(post: str, permission: Permission) -> bool:
    """Whether anybody with `post` can be given `permission` with effect; what is the owner's alone is no gift."""
    return not permission.owner_only and (post == OPERATIONS or permission.post != OPERATIONS)


def judge(person: Person, permission: Permission, sources: Iterable[Source], now: int) -> Verdict:
    """Judge one permission of one person.

    Args:
        sources: every grant of this permission to this person that was not taken back, valid or not.
    """
    if person.is_owner:
        source = Source("owner", person.login, "", 0, None)
        return Verdict(permission.code, allowed=True, granted=True, sources=(source,), obstacles=())
    if person.leaves_at is not None and now > person.leaves_at:  # what was given ends with the person, whether or not that was written down
        person, sources = person._replace(status=LEFT), ()
    sources = tuple(sources)
    valid = tuple([source for source in sources if source.since <= now and ((until := source.until) is None or now <= until)])
    granted = bool(valid) and lets(person.post, permission)
    if granted and person.status == ACTIVE:  # the usual case, first: what expired beside a valid grant is history, not an obstacle
        return tuple.__new__(Verdict, (permission.code, True, True, valid, (), person.leaves_at))  # a third of the time of `Verdict(…)`
    return Verdict(permission.code, False, granted, valid, _obstacles(person, permission, sources, valid), person.leaves_at)


def _obstacles(person: Person, permission: Permission, sources: tuple[Source, ...], valid: tuple[Source, ...]) -> tuple[Obstacle, ...]:
    """What keeps somebody from using a permission; at least one thing does."""
    found = [] if valid else [Obstacle("expired", source.name, source) for source in sources]
    if permission.owner_only:
        found.append(Obstacle("owner_only"))
    elif not sources:
        found.append(Obstacle("not_granted"))
    if not allows(person.post, permission) and (sources or not permission.owner_only):
        found.append(Obstacle("post", person.post))
    if person.status != ACTIVE:
        found.append(Obstacle("status", person.status))
    return tuple(found)


def access(person: Person, holdings: Iterable[Holding], catalogue: Mapping[str, Permission], now: int) -> dict[str, Verdict]:
    """Judge everything in `catalogue` for one person, in its order.

    Holdings that the catalogue does not know (of a newer version's) give nothing.
    """
    by_code: dict[str, list[Source]] = {}
    for holding in holdings:
        by_code.setdefault(holding.permission, []).append(holding.source)
    return explained(person, by_code, catalogue, now)


def explained(person: Person, sources: Mapping[str, Sequence[Source]], catalogue: Mapping[str, Permission], now: int) -> dict[str, Verdict]:
    """The same from every grant that was not taken back, by the code it gives.

    One grant of a permission, that holds, to somebody who works here is what nearly everything is: that is written down without asking the
    judge, in half the time; a test compares the two.
    """
    new, post, leaves_at = tuple.__new__, person.post, person.leaves_at
    works = person.status == ACTIVE and not person.is_owner and not person.has_gone(now)
    found: dict[str, Verdict] = {}
    for code, permission in catalogue.items():
        given = sources.get(code, ())
        if works and len(given) == 1 and lets(post, permission):
            _kind, _name, _by, since, until, _title = given[0]
            if since <= now and (until is None or now <= until):
                found[code] = new(Verdict, (code, True, True, (given[0],), (), leaves_at))
                continue
        found[code] = judge(person, permission, given, now)
    return found


def allowed(person: Person, given: Iterable[Given], catalogue: Mapping[str, Permission], now: int) -> dict[str, int | None]:
    """What may be used now, each code with its last instant: `access` for whoever needs no explanation; a test compares the two.

    Args:
        given: every grant that was not taken back.
    """
    if person.is_owner:
        return dict.fromkeys(catalogue)
    if person.status != ACTIVE or person.has_gone(now):
        return {}
    found: dict[str, int | None] = {}
    for code, since, until in given:
        if since <= now and (until is None or now <= until):
            last = found.get(code, until)
            found[code] = None if until is None or last is None else max(last, until)
    post, leaves_at = person.post, person.leaves_at
    able = {code: until for code, until in found.items() if (permission := catalogue.get(code)) and lets(post, permission)}
    return able if leaves_at is None else {code: leaves_at if until is None else min(until, leaves_at) for code, until in able.items()}


def potential(person: Person, holdings: Iterable[Holding], catalogue: Mapping[str, Permission], now: int) -> frozenset[str]:
    """What all unexpired grants, those that start later included, would amount to if the person were active."""
    if person.is_owner:
        return frozenset(catalogue)
    if person.has_gone(now):
        return frozenset()
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
