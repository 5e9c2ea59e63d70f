"""The sample shop: a month of work in a throwaway folder, done by the same operations as any other, each at its own past moment."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from models import clock, shop
from models.actor import Actor
from models.errors import Refusal
from models.i18n import Language
from models.operations import departments, exports, grants, onboarding, roles, sessions, staff
from models.operations.shop import Founding, found
from models.operations.staff import Profile
from models.queries import departments as department_queries, exports as export_queries, roles as role_queries, staff as staff_queries
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tui import sample, throwaway
from tui.cli import faults
from tui.language import speak
from tui.sample import Gift, Sample

_CODE: Final = "little-shop"
_FROM_HOME: Final = Actor.stranger("203.0.113.24")  # RFC 5737: an address for examples
_AT_COUNTER: Final = Actor.stranger()


class _Event(NamedTuple):
    """Something that happened: how many days ago, when on that day (minutes since midnight), what."""

    days_ago: int
    minute: int
    act: Callable[[], object]


class Filling(NamedTuple):
    """A sample shop that is being filled by a process of its own.

    Attributes:
        home: its folder.
        process: who fills it; `answer` is where that says what it did.
    """

    home: Path
    process: int
    answer: int

    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Wait until it is filled: logins and passwords of the accounts that the sign-in screen shows.

        Raises:
            SystemExit: it could not be filled, and why has been said.
        """
        said = b""
        while part := os.read(self.answer, 4096):
            said += part
        _process, status = os.waitpid(self.process, 0)
        if code := os.waitstatus_to_exitcode(status):
            raise SystemExit(code)
        return tuple((login, password) for login, password in json.loads(said))


@contextmanager
def sample_shop(language: Language, operator: str) -> Iterator[Filling]:
    """A sample shop in a folder of its own, gone when the block ends.

    It is filled by another process, so that meanwhile this one can import the screens, and what hashing and pinyin take of memory is
    given back.

    Args:
        language: the shop's; its people have the names they have.
        operator: the user of the operating system who founds it.
    """
    home = throwaway.folder()
    answer, told = os.pipe()
    process = -1
    try:
        process = os.fork()
        if not process:
            _fill_and_end(home, language, operator, told)
        os.close(told)
        yield Filling(home, process, answer)
    finally:
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):  # on the way out already: nothing is to be left behind
            signal.signal(each, signal.SIG_IGN)
        _end(process)
        os.close(answer)
        shutil.rmtree(home, ignore_errors=True)


def _end(process: int) -> None:
    """End a process of ours, unless it has ended, or never began."""
    with suppress(ChildProcessError):
        if process > 0 and os.waitpid(process, os.WNOHANG) == (0, 0):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _fill_and_end(home: Path, language: Language, operator: str, told: int) -> NoReturn:
    """What the other process does. It never comes back: whatever is open belongs to the one it came from."""
    code = 1
    try:
        speak(language)
        code = faults.guarded(lambda: _fill_and_tell(home, language, operator, told), str(home))
    finally:
        os._exit(code)


def _fill_and_tell(home: Path, language: Language, operator: str, told: int) -> int:
    accounts = json.dumps(fill(home, language, Actor.console(operator))).encode()
    with os.fdopen(told, "wb") as answer:
        answer.write(accounts)
    return 0


def fill(home: Path, language: Language, operator: Actor) -> list[tuple[str, str]]:
    """Found a shop in `home` and let its first month happen; it is closed again afterwards.

    Returns:
        Logins and passwords of the accounts that the sign-in screen shows; of who was only invited, the activation code.
    """
    shop.open(home, create=True)
    try:
        month = _Month(language, operator)
        month.happen()
        return [(login, sample.PASSWORDS.get(login) or month.codes[login]) for login in sample.ABOUT]
    finally:
        clock.set_clock(None)
        shop.close()


class _Month:
    """What happens, and what has to be remembered of it: who is signed in, their passwords, the codes that were handed over."""

    def __init__(self, language: Language, operator: Actor) -> None:
        self._language: Language = language
        self._operator = operator
        self._zone = clock.HOME_ZONE
        self._now = clock.now()
        self._midnight = clock.end_of_day(clock.day(self._now, self._zone), self._zone) + 1 - clock.DAY
        self._moment = 0
        self._signed_in: dict[str, Actor] = {}
        self._passwords = dict(sample.PASSWORDS)
        self.codes: dict[str, str] = {}

    def happen(self) -> None:
        """Let everything happen, in its order, each at its moment."""
        clock.set_clock(lambda: self._moment)
        today = sample.FOUNDED + 1
        for event in sorted(self._events(), key=lambda event: (-event.days_ago, event.minute)):
            if event.days_ago != today:
                self._go_home()
                today = event.days_ago
            self._go_to(self._midnight - event.days_ago * clock.DAY + event.minute * clock.MINUTE)
            event.act()
        self._go_home()

    def _events(self) -> Iterator[_Event]:
        """The month, in no order."""
        yield _Event(sample.FOUNDED, 602, self._found)
        for key in ("night", "design"):
            yield _Event(sample.FOUNDED, 640, partial(self._add_department, key))
        yield _Event(sample.FOUNDED, 655, self._add_own_role)
        for place, person in enumerate(sample.PEOPLE):
            yield _Event(person.came, 570 + 11 * place, partial(self._onboard, person))
            if person.activated is not None:
                yield _Event(person.activated, 800 + 7 * place, partial(self._activate, person.login))
        for key, login in sample.HEADS.items():
            yield _Event(25, 620, partial(self._set_head, key, login))
        for gift in sample.GIFTS:
            yield _Event(gift.days_ago, 660, partial(self._give, gift))
        for days_ago, login, key in sample.MOVES:
            yield _Event(days_ago, 1010, partial(self._move, login, key))
        for days_ago, login in sample.SIGN_INS:
            yield _Event(days_ago, 550, partial(self._as, login))
        yield _Event(17, 940, self._overreach)
        yield _Event(21, 700, self._widen_role)
        yield _Event(14, 1075, self._part)
        yield _Event(12, 545, self._mistype)
        yield _Event(9, 1130, self._freeze)
        yield _Event(6, 1020, partial(self._export, "staff"))
        yield _Event(3, 1025, partial(self._export, "access"))

    # ---- time, and who is there

    def _go_to(self, moment: int) -> None:
        """To `moment` or a little later: never back, never beyond now."""
        moment += secrets.randbelow(50 * clock.SECOND)
        self._moment = min(max(moment, self._moment + clock.SECOND), self._now)

    def _as(self, login: str) -> Actor:
        """Somebody, signed in: the owner from home, everybody else at the shop's terminal."""
        if login not in self._signed_in:
            whence = _FROM_HOME if login == sample.OWNER[0] else _AT_COUNTER
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
