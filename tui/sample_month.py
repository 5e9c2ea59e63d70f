"""What happens in the sample shop: who does what and when, by the same operations as in any other shop. Its last month is a busy one."""

from __future__ import annotations

import secrets
from base64 import b32decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from models import acting, clock
from models.acting import Asked
from models.actor import Actor
from models.errors import Refusal
from models.i18n import Language
from models.operations import (
    backup,
    departments,
    devices,
    grants,
    key_copies,
    onboarding,
    policy,
    roles,
    sessions,
    staff,
    totp as totp_operations,
)
from models.operations.shop import Founding, found
from models.operations.staff import Profile
from models.queries import (
    departments as department_queries,
    devices as device_queries,
    roles as role_queries,
    security as security_queries,
    staff as staff_queries,
)
from models.rules import device_keys, totp
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.rules.policy import NOBODY
from tui import sample, sample_acts, sample_chats, sample_control, sample_seats
from tui.sample import Gift, Key, Sample
from tui.sample_days import AT_COUNTER, Days, Event

_CODE: Final = "little-shop"

_TOGETHER: Final = 4 * clock.MINUTE
"""Between two things that are done before going home: whoever comes back later signs in anew, which costs a hash."""

_STAYING: Final = 30 * clock.MINUTE
"""Whoever came since is still there."""


class Month(Days):
    """What happens, and the codes that were handed over."""

    def __init__(self, home: Path, language: Language, operator: Actor) -> None:
        super().__init__(language)
        self._home = home
        self._operator = operator
        self.codes: Final[dict[str, str]] = {}

    def happen(self) -> None:
        """Let everything happen, in its order, each at its moment. Whoever came a moment ago is still there."""
        self.begin()
        last = 0
        for elsewhere, group in groupby(sorted(self._events(), key=attrgetter("at")), lambda event: event.asked is not None):
            events = [*group]
            if elsewhere:
                self._part(last, events[-1].at)
                acting.ask_all(str(self._home), self._drawn(events), sample_acts.OPERATOR)
                continue
            for event in events:
                self._part(last, event.at)
                last = event.at
                self.go_to(event.at)
                event.act()

    def _drawn(self, events: Iterable[Event]) -> Iterator[Asked]:
        """What is asked in other programs, each at its moment."""
        for event in events:
            if event.asked is not None:
                self.go_to(event.at)
                yield event.asked

    def _part(self, last: int, at: int) -> None:
        """Everybody goes home when the last thing to do was done, unless that was a moment before now."""
        if last + _TOGETHER < at < self.now - _STAYING:
            self.go_home()

    def _events(self) -> Iterator[Event]:
        """All of it, in no order."""
        yield from sample_control.events(self, _office_hour)
        yield from sample_acts.events(self)
        yield from sample_chats.events(self, self._operator)
        yield from sample_seats.events(self, _office_hour)
        yield from (Event(self.day(days_ago, minute), act) for days_ago, minute, act in self._past())

    def _past(self) -> Iterator[tuple[int, int, Callable[[], object]]]:
        """How people came and went, and what they were given: how many days ago, at which minute of that day."""
        yield sample.FOUNDED, 602, self._found
        for key in ("night", "design"):
            yield sample.FOUNDED, 640, partial(self._add_department, key)
        yield sample.FOUNDED, 641, self._do_without_phones
        yield sample.FOUNDED, 641, self._add_own_role
        yield sample.FOUNDED, 642, self._copy_key
        for place, person in enumerate(sample.PEOPLE):
            yield person.came, _office_hour(person.came), partial(self._onboard, person)
            if person.activated is not None:
                yield person.activated, 800 + 7 * place, partial(self._activate, person.login)
        for key, login in sample.HEADS.items():
            yield 25, 620, partial(self._set_head, key, login)
        for gift in sample.GIFTS:
            yield gift.days_ago, _office_hour(gift.days_ago) + 1, partial(self._give, gift)
        for days_ago, login, key in sample.MOVES:
            yield days_ago, _office_hour(days_ago) + 2, partial(self._move, login, key)
        yield from self._keys_of_devices()
        for days_ago, login in sample.SIGN_INS:
            yield days_ago, 550, partial(self.actor, login)
        for days_ago, act in ((17, self._overreach), (21, self._widen_role), (9, self._freeze)):
            yield days_ago, _office_hour(days_ago) + 2, act
        yield 12, 545, self._mistype
        yield sample.PHONE[0], 551, self._set_up_phone
        yield 1, 1400, lambda: backup.make(self._operator)

    def _keys_of_devices(self) -> Iterator[tuple[int, int, Callable[[], object]]]:
        for key in sample.KEYS:
            yield key.days_ago, _office_hour(key.days_ago) + 3, partial(self._enrol, key)
            if key.revoked is not None:
                yield key.revoked, _office_hour(key.revoked) + 2, partial(self._revoke, key)

    def _department(self, key: str) -> int:
        return department_queries.find(self.said(sample.DEPARTMENTS[key]))

    def _found(self) -> None:
        login, name = sample.OWNER
        wanted = Founding(self.said(sample.SHOP), _CODE, self.language, self.zone, login, name, self.passwords[login])
        found(self._operator, wanted)

    def _do_without_phones(self) -> None:
        """Ask nobody for phone codes: whoever tries the sample out picks an account, and has no phone with its seed."""
        known = security_queries.policy()
        policy.edit(self.actor("alice"), known.version, known.policy._replace(totp=NOBODY))

    def _set_up_phone(self) -> None:
        """Somebody has phone codes nevertheless."""
        actor = self.actor(sample.PHONE[1])
        seed = b32decode(totp_operations.begin(actor).secret.replace(" ", ""))
        totp_operations.confirm(actor, totp.code_at(seed, totp.step_at(clock.now())))

    def _copy_key(self) -> None:
        """Onto a stick that is then put away."""
        with TemporaryDirectory() as stick:
            key_copies.copy_key(self._operator, Path(stick))

    def _add_department(self, key: str) -> None:
        above, _slash, name = self.said(sample.DEPARTMENTS[key]).partition("/")
        departments.add(self.actor("alice"), name, department_queries.find(above))

    def _add_own_role(self) -> None:
        roles.add(self.actor("alice"), self.said(sample.OWN_ROLE), sample.OWN_ROLE_HOLDS)

    def _onboard(self, person: Sample) -> None:
        profile = Profile(person.name, self.said(person.nickname), person.number, person.phone, person.email)
        gifts = (RoleGift(role_queries.find(person.role).id),)
        newcomer = onboarding.Newcomer(person.login, profile, person.post, self._department(person.department), gifts)
        self.codes[person.login] = onboarding.onboard(self.actor(person.by), newcomer).code

    def _activate(self, login: str) -> None:
        password = self.passwords.setdefault(login, secrets.token_urlsafe(18))
        sessions.activate(AT_COUNTER, login, self.codes[login], password)

    def _set_head(self, key: str, login: str) -> None:
        actor, place = self.actor("alice"), self._department(key)
        version = department_queries.detail(actor, place).row.version
        departments.set_head(actor, place, version, staff_queries.find(login))

    def _give(self, gift: Gift) -> None:
        change = AccessChange(give_extras=(ExtraGift(gift.what, self.end(gift.days)),))
        if "." not in gift.what:
            role = self.said(sample.OWN_ROLE) if gift.what == sample.OWN else gift.what
            change = AccessChange(give_roles=(RoleGift(role_queries.find(role).id, self.end(gift.days)),))
        grants.change(self.actor(gift.by), staff_queries.find(gift.login), change)

    def _move(self, login: str, key: str) -> None:
        staff.move(self.actor("bob"), staff_queries.find(login), self._department(key))

    def _enrol(self, key: Key) -> None:
        staff_id, line = staff_queries.find(key.login), _line(key.public)
        devices.add(self.actor("alice"), staff_id, line, name=self.said(key.name), until=self.end(key.days))
        self.keys[key.login] = device_keys.parse("key", line).fingerprint

    def _revoke(self, key: Key) -> None:
        fingerprint = device_keys.parse("key", _line(key.public)).fingerprint
        devices.revoke(self.actor("alice"), device_queries.find(staff_queries.find(key.login), fingerprint))
        del self.keys[key.login]

    def _overreach(self) -> None:
        """A manager tries to give himself more: refused, and in the log."""
        wanted = AccessChange(give_extras=(ExtraGift("goods.delete"),))
        with suppress(Refusal):
            grants.change(self.actor("bob"), staff_queries.find("bob"), wanted)

    def _widen_role(self) -> None:
        actor = self.actor("alice")
        design = role_queries.detail(actor, role_queries.find("design").id)
        roles.edit(actor, design.row.id, design.row.version, codes=(*design.permissions, "goods.create"))

    def _mistype(self) -> None:
        with suppress(Refusal):
            sessions.sign_in(AT_COUNTER, "carol", self.passwords["carol"].upper())

    def _freeze(self) -> None:
        staff.freeze(self.actor("bob"), staff_queries.find("heping"), reason=self.said(("Lost the phone", "手机丢了")))


def _office_hour(days_ago: int) -> int:
    """When on that day the owner and the manager see to the staff, all of it in one session: the minute since midnight."""
    return 600 + 53 * days_ago % 190


def _line(public: str) -> str:
    """An Ed25519 key as OpenSSH writes it (RFC 8709, 4): its type and itself, each with its length before it."""
    parts = (b"ssh-ed25519", bytes.fromhex(public))
    return f"ssh-ed25519 {b64encode(b''.join(len(part).to_bytes(4, 'big') + part for part in parts)).decode()}"
