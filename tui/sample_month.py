"""The first month of the sample shop: who does what and when, by the same operations as in any other shop."""

from __future__ import annotations

import secrets
from base64 import b32decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from models import clock
from models.actor import Actor
from models.errors import Refusal
from models.i18n import Language
from models.operations import departments, devices, exports, grants, onboarding, policy, roles, sessions, staff, totp as totp_operations
from models.operations.shop import Founding, found
from models.operations.staff import Profile
from models.queries import (
    departments as department_queries,
    devices as device_queries,
    exports as export_queries,
    roles as role_queries,
    security as security_queries,
    staff as staff_queries,
)
from models.rules import device_keys, totp
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.rules.policy import NOBODY
from tui import sample
from tui.sample import Gift, Key, Sample

_CODE: Final = "little-shop"
_AT_COUNTER: Final = Actor.stranger()

_TOGETHER: Final = 4
"""Minutes between two things that are done before going home: whoever comes back later signs in anew, which costs a hash."""


class _Event(NamedTuple):
    """Something that happened: how many days ago, when on that day (minutes since midnight), what."""

    days_ago: int
    minute: int
    act: Callable[[], object]


class Month:
    """What happens, and what has to be remembered of it: who is signed in, passwords, device keys, codes that were handed over."""

    def __init__(self, language: Language, operator: Actor) -> None:
        self._language: Language = language
        self._operator = operator
        self._zone = clock.HOME_ZONE
        self._now = clock.now()
        self._midnight = clock.end_of_day(clock.day(self._now, self._zone), self._zone) + 1 - clock.DAY
        self._moment = 0
        self._signed_in: dict[str, Actor] = {}
        self._keys: dict[str, str] = {}
        self._passwords = dict(sample.PASSWORDS)
        self.codes: dict[str, str] = {}

    def happen(self) -> None:
        """Let everything happen, in its order, each at its moment."""
        clock.set_clock(lambda: self._moment)
        before = (sample.FOUNDED + 1, 0)
        for event in sorted(self._events(), key=lambda event: (-event.days_ago, event.minute)):
            if event.days_ago != before[0] or event.minute > before[1] + _TOGETHER:
                self._go_home()
            before = event.days_ago, event.minute
            self._go_to(self._midnight - event.days_ago * clock.DAY + event.minute * clock.MINUTE)
            event.act()
        self._go_home()

    def _events(self) -> Iterator[_Event]:
        """The month, in no order."""
        yield _Event(sample.FOUNDED, 602, self._found)
        for key in ("night", "design"):
            yield _Event(sample.FOUNDED, 640, partial(self._add_department, key))
        yield _Event(sample.FOUNDED, 641, self._do_without_phones)
        yield _Event(sample.FOUNDED, 641, self._add_own_role)
        for place, person in enumerate(sample.PEOPLE):
            yield _Event(person.came, _office_hour(person.came), partial(self._onboard, person))
            if person.activated is not None:
                yield _Event(person.activated, 800 + 7 * place, partial(self._activate, person.login))
        for key, login in sample.HEADS.items():
            yield _Event(25, 620, partial(self._set_head, key, login))
        for gift in sample.GIFTS:
            yield _Event(gift.days_ago, _office_hour(gift.days_ago) + 1, partial(self._give, gift))
        for days_ago, login, key in sample.MOVES:
            yield _Event(days_ago, _office_hour(days_ago) + 2, partial(self._move, login, key))
        yield from self._keys_of_devices()
        for days_ago, login in sample.SIGN_INS:
            yield _Event(days_ago, 550, partial(self._as, login))
        for days_ago, act in ((17, self._overreach), (21, self._widen_role), (14, self._part), (9, self._freeze)):
            yield _Event(days_ago, _office_hour(days_ago) + 2, act)
        yield _Event(12, 545, self._mistype)
        yield _Event(sample.PHONE[0], 551, self._set_up_phone)
        yield _Event(6, _office_hour(6) + 2, partial(self._export, "staff"))
        yield _Event(3, 1025, partial(self._export, "access"))

    def _keys_of_devices(self) -> Iterator[_Event]:
        for key in sample.KEYS:
            yield _Event(key.days_ago, _office_hour(key.days_ago) + 3, partial(self._enrol, key))
            if key.revoked is not None:
                yield _Event(key.revoked, _office_hour(key.revoked) + 2, partial(self._revoke, key))

    # ---- time, and who is there

    def _go_to(self, moment: int) -> None:
        """To `moment` or a little later: never back, never beyond now."""
        moment += secrets.randbelow(50 * clock.SECOND)
        self._moment = min(max(moment, self._moment + clock.SECOND), self._now)

    def _as(self, login: str) -> Actor:
        """Somebody, signed in: over SSH whoever has a device key by then, and the owner; everybody else at the shop's terminal."""
        if login not in self._signed_in:
            key = self._keys.get(login, "")
            whence = Actor.stranger(sample.ADDRESSES[login], key) if key or login == sample.OWNER[0] else _AT_COUNTER
            self._signed_in[login] = sessions.sign_in(whence, login, self._passwords[login], terminal="pts/1")
            self._go_to(self._moment + clock.MINUTE)
        return self._signed_in[login]

    def _go_home(self) -> None:
        """Everybody signs out."""
        for actor in self._signed_in.values():
            self._go_to(self._moment + 4 * clock.MINUTE)
            sessions.sign_out(actor)
        self._signed_in.clear()

    def _said(self, both: tuple[str, str]) -> str:
        """What is called one thing in English and another in Chinese."""
        return both[self._language == "zh"]

    def _department(self, key: str) -> int:
        return department_queries.find(self._said(sample.DEPARTMENTS[key]))

    def _end(self, days: int | None) -> int | None:
        """The end of the day in so many days from today."""
        return self._midnight + (days + 1) * clock.DAY - 1 if days is not None else None

    # ---- what happens

    def _found(self) -> None:
        login, name = sample.OWNER
        wanted = Founding(self._said(sample.SHOP), _CODE, self._language, self._zone, login, name, self._passwords[login])
        found(self._operator, wanted)

    def _do_without_phones(self) -> None:
        """Ask nobody for phone codes: whoever tries the sample out picks an account, and has no phone with its seed."""
        known = security_queries.policy()
        policy.edit(self._as("alice"), known.version, known.policy._replace(totp=NOBODY))

    def _set_up_phone(self) -> None:
        """Somebody has phone codes nevertheless."""
        actor = self._as(sample.PHONE[1])
        seed = b32decode(totp_operations.begin(actor).secret.replace(" ", ""))
        totp_operations.confirm(actor, totp.code_at(seed, totp.step_at(clock.now())))

    def _add_department(self, key: str) -> None:
        above, _slash, name = self._said(sample.DEPARTMENTS[key]).partition("/")
        departments.add(self._as("alice"), name, department_queries.find(above))

    def _add_own_role(self) -> None:
        roles.add(self._as("alice"), self._said(sample.OWN_ROLE), sample.OWN_ROLE_HOLDS)

    def _onboard(self, person: Sample) -> None:
        profile = Profile(person.name, self._said(person.nickname), person.number, person.phone, person.email)
        gifts = (RoleGift(role_queries.find(person.role).id),)
        newcomer = onboarding.Newcomer(person.login, profile, person.post, self._department(person.department), gifts)
        self.codes[person.login] = onboarding.onboard(self._as(person.by), newcomer).code

    def _activate(self, login: str) -> None:
        password = self._passwords.setdefault(login, secrets.token_urlsafe(18))
        sessions.activate(_AT_COUNTER, login, self.codes[login], password)

    def _set_head(self, key: str, login: str) -> None:
        actor, place = self._as("alice"), self._department(key)
        version = department_queries.detail(actor, place).row.version
        departments.set_head(actor, place, version, staff_queries.find(login))

    def _give(self, gift: Gift) -> None:
        change = AccessChange(give_extras=(ExtraGift(gift.what, self._end(gift.days)),))
        if "." not in gift.what:
            role = self._said(sample.OWN_ROLE) if gift.what == sample.OWN else gift.what
            change = AccessChange(give_roles=(RoleGift(role_queries.find(role).id, self._end(gift.days)),))
        grants.change(self._as(gift.by), staff_queries.find(gift.login), change)

    def _move(self, login: str, key: str) -> None:
        staff.move(self._as("bob"), staff_queries.find(login), self._department(key))

    def _enrol(self, key: Key) -> None:
        staff_id, line = staff_queries.find(key.login), _line(key.public)
        devices.add(self._as("alice"), staff_id, line, name=self._said(key.name), until=self._end(key.days))
        self._keys[key.login] = device_keys.parse("key", line).fingerprint

    def _revoke(self, key: Key) -> None:
        fingerprint = device_keys.parse("key", _line(key.public)).fingerprint
        devices.revoke(self._as("alice"), device_queries.find(staff_queries.find(key.login), fingerprint))
        del self._keys[key.login]

    def _overreach(self) -> None:
        """A manager tries to give himself more: refused, and in the log."""
        wanted = AccessChange(give_extras=(ExtraGift("goods.delete"),))
        with suppress(Refusal):
            grants.change(self._as("bob"), staff_queries.find("bob"), wanted)

    def _widen_role(self) -> None:
        actor = self._as("alice")
        design = role_queries.detail(actor, role_queries.find("design").id)
        roles.edit(actor, design.row.id, design.row.version, codes=(*design.permissions, "goods.create"))

    def _part(self) -> None:
        staff.leave(self._as("alice"), staff_queries.find("xuan"), reason=self._said(("Moved to another city", "搬去外地了")))

    def _mistype(self) -> None:
        with suppress(Refusal):
            sessions.sign_in(_AT_COUNTER, "carol", self._passwords["carol"].upper())

    def _freeze(self) -> None:
        staff.freeze(self._as("bob"), staff_queries.find("heping"), reason=self._said(("Lost the phone", "手机丢了")))

    def _export(self, what: str) -> None:
        exports.record(self._as("alice"), what, export_queries.count(what))


def _office_hour(days_ago: int) -> int:
    """When on that day the owner and the manager see to the staff, all of it in one session: the minute since midnight."""
    return 600 + 53 * days_ago % 190


def _line(public: str) -> str:
    """An Ed25519 key as OpenSSH writes it (RFC 8709, 4): its type and itself, each with its length before it."""
    parts = (b"ssh-ed25519", bytes.fromhex(public))
    return f"ssh-ed25519 {b64encode(b''.join(len(part).to_bytes(4, 'big') + part for part in parts)).decode()}"
