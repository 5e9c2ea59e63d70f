"""Whatever may happen in a shop between a backup and its restore, by chance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final

from peewee import IntegrityError

from models import catalogue, clock, db
from models.errors import ShopstaffError
from models.operations import (
    codes,
    departments,
    devices,
    grants,
    ownership,
    policy,
    recovery,
    roles,
    seats,
    security,
    separation,
    staff,
    totp,
)
from models.queries import security as security_queries
from models.rules import sharing
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests.chats import CUSTOMER, STAFF, conversation
from tests.device_keys import ed25519
from tests.factories import CONSOLE, DAY, Founded, signed_in
from tests.models.doors import enrol, recovery_codes

CODES: Final = tuple(code for code, each in catalogue.permissions().items() if not each.owner_only)


class Chance:
    """One act after another, on a shop that is open."""

    def __init__(self, founded: Founded, random: Random) -> None:
        self._founded = founded
        self._random = random
        self._made = 0
        self.done: list[str] = []

    def acts(self, number: int) -> None:
        """So many acts, of which some are refused."""
        names = [name.removeprefix("_do_") for name in dir(self) if name.startswith("_do_")]
        for _ in range(number):
            name = self._random.choice(names)
            act: Callable[[], object] = getattr(self, f"_do_{name}")
            with suppress(ShopstaffError, IntegrityError):
                act()
                self.done.append(name)

    def _one(self, sql: str) -> int:
        return int(self._random.choice(db.rows(sql) or [(0,)])[0])

    def _somebody(self) -> int:
        return self._one("SELECT id FROM staff")

    def _login(self) -> str:
        return str(self._random.choice(db.rows("SELECT login FROM staff WHERE status = 'active'"))[0])

    def _new(self) -> int:
        self._made += 1
        return self._random.randrange(10**9)

    def _codes(self) -> list[str]:
        return self._random.sample(CODES, self._random.randint(1, 6))

    def _do_onboard(self) -> None:
        roles_there = [name or code for name, code in db.rows("SELECT name, code FROM role WHERE closed_at IS NULL")]
        self._founded.person(
            f"p{self._new()}",
            post=self._random.choice(("service", "operations")),
            gave=self._random.sample(roles_there, self._random.randint(0, 2)),
            department_id=self._one("SELECT id FROM department WHERE closed_at IS NULL"),
        )

    def _do_freeze(self) -> None:
        staff.freeze(CONSOLE, self._somebody())

    def _do_unfreeze(self) -> None:
        staff.unfreeze(CONSOLE, self._somebody())

    def _do_leave(self) -> None:
        staff.leave(CONSOLE, self._somebody())

    def _do_reinstate(self) -> None:
        staff.reinstate(CONSOLE, self._somebody())

    def _do_code(self) -> None:
        codes.renew(CONSOLE, self._somebody())

    def _do_move(self) -> None:
        staff.move(CONSOLE, self._somebody(), self._one("SELECT id FROM department WHERE closed_at IS NULL"))

    def _do_department(self) -> None:
        departments.add(CONSOLE, f"D{self._new()}", self._one("SELECT id FROM department WHERE closed_at IS NULL"))

    def _do_move_department(self) -> None:
        departments.move(CONSOLE, self._one("SELECT id FROM department"), 1, self._one("SELECT id FROM department"))

    def _do_converse(self) -> None:
        sender, words = self._random.choice(((CUSTOMER, "在吗"), (STAFF, "在的")))
        conversation(self._login(), f"customer {self._random.randrange(30)}", (sender, words), at=clock.now())

    def _do_share(self) -> None:
        person, setting = self._somebody(), self._random.choice(sharing.SETTINGS)
        held = db.rows("SELECT permission, until FROM extra WHERE staff_id = ? AND ended_at IS NULL", (person,))
        until = self._random.choice((None, clock.now() + DAY))
        grants.change(CONSOLE, person, sharing.change(dict(held), setting, until))

    def _do_seats(self) -> None:
        act = self._random.choice((seats.claim, seats.end))
        if self._random.random() < 0.5:
            seats.gift(CONSOLE, self._random.randint(1, 9), None, None)
        else:
            act(CONSOLE, self._one("SELECT id FROM seat"))

    def _do_role(self) -> None:
        roles.add(CONSOLE, f"R{self._new()}", self._codes())

    def _do_edit_role(self) -> None:
        roles.edit(CONSOLE, self._one("SELECT id FROM role WHERE closed_at IS NULL"), None, codes=self._codes())

    def _do_close_role(self) -> None:
        roles.close(CONSOLE, self._one("SELECT id FROM role WHERE closed_at IS NULL"), None)

    def _do_change_access(self) -> None:
        until = self._random.choice((None, clock.now() + self._random.randint(1, 9) * DAY))
        there = "SELECT id FROM role WHERE closed_at IS NULL"
        give = dict.fromkeys(self._one(there) for _ in range(self._random.randint(0, 2)))
        person = self._somebody()
        held = [int(each) for (each,) in db.rows("SELECT role_id FROM role_grant WHERE staff_id = ? AND ended_at IS NULL", (person,))]
        extras = [str(each) for (each,) in db.rows("SELECT permission FROM extra WHERE staff_id = ? AND ended_at IS NULL", (person,))]
        wanted = AccessChange(
            self._random.choice((None, "service", "operations")),
            tuple(RoleGift(each, until) for each in give),
            tuple(each for each in held if each not in give and self._random.random() < 0.5),
            tuple(ExtraGift(code, until) for code in self._codes()),
            tuple(each for each in extras if self._random.random() < 0.3),
        )
        grants.change(CONSOLE, person, wanted)

    def _do_reset(self) -> None:
        security.reset(CONSOLE, self._somebody(), password=self._random.random() < 0.5, totp=True)

    def _do_limit(self) -> None:
        security.limit(CONSOLE, self._somebody(), addresses=self._random.choice(("", "10.0.0.1", "192.0.2.0/24")), hours="")

    def _do_enrol(self) -> None:
        enrol(signed_in(self._login()))

    def _do_phone_off(self) -> None:
        totp.turn_off(signed_in(self._login()))

    def _do_recovery(self) -> None:
        recovery_codes(signed_in(self._login()))

    def _do_password(self) -> None:
        db.database.execute_sql(
            "UPDATE credential SET password = ? WHERE staff_id = ?", (f"$argon2id$v=19$m=64,t=1,p=1${self._new()}", self._somebody())
        )

    def _do_add_device(self) -> None:
        devices.add(CONSOLE, self._somebody(), ed25519(f"d{self._new()}"), name="Laptop")

    def _do_revoke_device(self) -> None:
        devices.revoke(CONSOLE, self._one("SELECT id FROM device"))

    def _do_policy(self) -> None:
        known = security_queries.policy()
        wanted = known.policy._replace(
            totp=self._random.choice(("everyone", "high_risk", "nobody")),
            idle_minutes=self._random.randint(5, 60),
            device_required=self._random.random() < 0.5,
        )
        policy.edit(CONSOLE, known.version, wanted)

    def _do_owner(self) -> None:
        if self._random.random() < 0.3:
            ownership.replace_owner(CONSOLE, self._login())

    def _do_reset_owner(self) -> None:
        if self._random.random() < 0.2:
            ownership.reset_owner(CONSOLE)

    def _do_separate(self) -> None:
        separation.declare(CONSOLE, *self._random.sample(CODES, 2))

    def _do_waste_recovery(self) -> None:
        recovery.make(signed_in(self._login()))
