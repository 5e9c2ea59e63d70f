"""A founded shop and people in it, made quickly: what a test is not about is written straight into the tables.

Access is never faked: roles and extras are given by the operations that give them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from models import clock, db, shop
from models.actor import Actor
from models.catalogue import ACTIVE
from models.operations import onboarding
from models.operations.shop import Founding, found
from models.operations.staff import Profile
from models.queries import roles
from models.rules import passwords
from models.rules.grants import ExtraGift, RoleGift
from models.tables import Credential, Seat, Session, Staff

PASSWORD = "plum kettle 47 orbit"
"""Everybody's, in tests."""

CONSOLE = Actor.console("tester")
STRANGER = Actor.stranger()
DAY = 86_400_000_000
"""Microseconds."""

MANAGER, SERVICE, LEAD, OPERATIONS, WAREHOUSE = "manager", "customer_service", "service_lead", "operations", "warehouse"


class Founded(NamedTuple):
    """A shop that stands, open for the calling thread.

    Attributes:
        owner: the owner, signed in.
    """

    home: Path
    owner: Actor

    @property
    def console(self) -> Actor:
        """The operator at the machine."""
        return CONSOLE

    def person(
        self,
        login: str,
        *,
        name: str = "",
        post: str = "operations",
        gave: Iterable[str] = (),
        extras: Iterable[str] = (),
        department_id: int | None = None,
        until: int | None = None,
        status: str = ACTIVE,
        by: Actor | None = None,
    ) -> Actor:
        """Onboard somebody with the roles `gave` (codes or names) and `extras`, and sign them in unless they stay invited."""
        newcomer = onboarding.Newcomer(
            login,
            Profile(name or login.capitalize()),
            post,
            department_id,
            tuple(RoleGift(roles.find(role).id, until) for role in gave),
            tuple(ExtraGift(code, until) for code in extras),
        )
        onboarding.onboard(by or CONSOLE, newcomer)
        staff_id = self.id_of(login)
        if status == ACTIVE:
            now = clock.now()
            Staff.update(status=ACTIVE, activated_at=now).where(Staff.id == staff_id).execute()
            Credential.insert(staff=staff_id, password=digest(), changed_at=now).execute()
        return signed_in(login)

    def id_of(self, login: str) -> int:
        """The id behind a login."""
        return int(Staff.get(Staff.login == login).id)

    def role_id(self, name: str) -> int:
        """The id of a role, by its code or name."""
        return roles.find(name).id

    def log(self, *actions: str) -> list[tuple[str, str, str]]:
        """Who did what to whom, oldest first; of `actions` only, if any are named."""
        found = db.rows("SELECT actor, action, object_label FROM audit_entry ORDER BY seq")
        return [(actor, action, label) for actor, action, label in found if not actions or action in actions]


@cache
def digest() -> str:
    """The kept form of `PASSWORD`, hashed once."""
    return passwords.digest(PASSWORD)


AGELESS = 40_000 * DAY
"""So far ahead a session is stamped that is neither idle nor over however the clock of a test is moved."""


def signed_in(login: str, address: str = "", *, ages: bool = False) -> Actor:
    """The actor of a person in a session of their own, without the hashing.

    Args:
        ages: whether it locks, ends and asks for proof with time, as sessions do; most tests are about something else.
    """
    staff = Staff.get(Staff.login == login)
    now = clock.now() + (0 if ages else AGELESS)
    session_id = Session.insert(staff=staff.id, started_at=now, seen_at=now, proved_at=now, address=address).execute()
    return Actor(login, int(staff.id), int(session_id), "", address)


def seats(number: int, kind: str = "gifted", *, price: int = 0, since: int = 0, until: int | None = None, claimed: bool = True) -> int:
    """A line of the ledger of seats, straight into its table; its id. Whether they are counted at all is the shop's to say.

    Args:
        kind: gifted or bought.
        price: for a seat and month, in hundredths.
        since, until: their first moment and their last, None for no end.
        claimed: whether gifted ones are claimed already.
    """
    claim = {"claimed_at": since, "claimed_by": "owner"} if claimed else {}
    ledger = {"kind": kind, "number": number, "price": price, "since": since, "until": until}
    return int(Seat.insert(**ledger, recorded_at=since, recorded_by="owner", **claim).execute())


def template(home: Path, language: str = "en") -> None:
    """Found the shop that `founded` copies."""
    shop.open(home, create=True)
    found(CONSOLE, Founding("Little Shop", "little-shop", language, "Asia/Shanghai", "owner", "Wang Fang", PASSWORD))
    shop.close()


@contextmanager
def founded(source: Path, home: Path) -> Iterator[Founded]:
    """A copy of the shop in `source`, open for this thread until the end."""
    shutil.copytree(source, home)
    shop.open(home)
    try:
        yield Founded(home, signed_in("owner"))
    finally:
        shop.close()
        clock.set_clock(None)
