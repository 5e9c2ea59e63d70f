"""What somebody ticks on the way to another access: kept apart from what the person has, so that it survives a fresh look at that."""

from __future__ import annotations

from typing import NamedTuple

from models.queries.staff import Grant
from models.rules.grants import AccessChange, ExtraGift, RoleGift

ROLE = "role"
EXTRA = "extra"


class What(NamedTuple):
    """Something that can be given.

    Attributes:
        kind: "role" or "extra".
        key: the role's id; the permission's code.
    """

    kind: str
    key: int | str


class Given(NamedTuple):
    """That something is given; `until` its last instant, UTC microseconds, None without end."""

    until: int | None = None


class AccessDraft:
    """Changes to roles, extras and post that were ticked and not yet made.

    Attributes:
        post: the post that was chosen; None while none was.
    """

    def __init__(self) -> None:
        self.post: str | None = None
        self._post_now = ""
        self._now: dict[What, Given] = {}
        self._wanted: dict[What, Given | None] = {}

    def see(self, grants: tuple[Grant, ...], post: str, now: int) -> None:
        """Take note of what the person has at `now`; what is over already counts as not given."""
        live = (grant for grant in grants if grant.until is None or grant.until >= now)
        self._now = {what_of(grant): Given(grant.until) for grant in live}
        self._post_now = post

    @property
    def wanted_post(self) -> str:
        """The post that the person is to have."""
        return self.post or self._post_now

    @property
    def wanted(self) -> dict[What, Given]:
        """Everything that is to be theirs."""
        merged = {**self._now, **self._wanted}
        return {what: given for what, given in merged.items() if given is not None}

    def now(self, what: What) -> Given | None:
        """How it is theirs now; None where it is not."""
        return self._now.get(what)

    def toggle(self, what: What) -> None:
        """Tick it, or take the tick away; what was theirs comes back with the end it had."""
        self._wanted[what] = None if what in self.wanted else self._now.get(what, Given())

    def end_on(self, what: What, until: int | None) -> None:
        """Give it until another day."""
        self._wanted[what] = Given(until)

    def change(self) -> AccessChange:
        """The difference to what the person has now."""
        give = {what: given for what, given in self._wanted.items() if given is not None and given != self._now.get(what)}
        take = [what for what, given in self._wanted.items() if given is None and what in self._now]
        return AccessChange(
            post=self.post if self.post != self._post_now else None,
            give_roles=tuple(RoleGift(int(what.key), given.until) for what, given in give.items() if what.kind == ROLE),
            take_roles=tuple(int(what.key) for what in take if what.kind == ROLE),
            give_extras=tuple(ExtraGift(str(what.key), given.until) for what, given in give.items() if what.kind == EXTRA),
            take_extras=tuple(str(what.key) for what in take if what.kind == EXTRA),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return self.change() == AccessChange()


def what_of(grant: Grant) -> What:
    """What was given."""
    return What(ROLE, grant.role_id) if grant.role_id is not None else What(EXTRA, grant.key)
