"""A file of people, judged row by row against the shop as it is now: what `operations.importing` will judge again."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from models import clock, text
from models.actor import Actor
from models.catalogue import closure, permission_label
from models.errors import Incompatible, Refusal, SeatNone, Taken, Unknown, UntilTooLate
from models.i18n import N_, _
from models.queries import departments, roles, seats
from models.queries._reading import may_read
from models.queries._together import pairs
from models.queries.shop import zone
from models.queries.staff import logins
from models.rules.delegation import Held, grantable
from models.rules.departments import SEPARATOR
from models.rules.grants import ExtraGift, RoleGift
from models.rules.roster import Problem, Roster, RosterRow, parse
from models.rules.separation import Pair, first_in

PERMISSION: Final = "staff.manage"
ADDING_DEPARTMENTS: Final = "org.department.manage"

_OVER: Final = N_("That day is over.")
_MISSING: Final = N_("There is no department “{path}”, and adding one needs “{permission}”.")


class Examined(NamedTuple):
    """A row of the file and what the shop says to it.

    Attributes:
        row: as the file has it, with every problem: the file's own and the shop's.
        roles: what it would give, `extras` likewise; () where that is a problem.
    """

    row: RosterRow
    roles: tuple[RoleGift, ...]
    extras: tuple[ExtraGift, ...]

    @property
    def good(self) -> bool:
        """Whether it can be imported."""
        return not self.row.problems


class Examination(NamedTuple):
    """What an import of the whole file would do.

    Attributes:
        rows: every row, in the file's order.
        departments: what would be added for the good rows, each by its path, those above before those below.
    """

    rows: tuple[Examined, ...]
    departments: tuple[tuple[str, ...], ...]

    @property
    def good(self) -> int:
        """How many rows can be imported."""
        return sum(row.good for row in self.rows)

    @property
    def bad(self) -> int:
        """How many cannot."""
        return len(self.rows) - self.good

    @property
    def rejected(self) -> tuple[RosterRow, ...]:
        """The rows that cannot be imported, with the reasons."""
        return tuple(examined.row for examined in self.rows if not examined.good)


def look(actor: Actor, data: bytes) -> tuple[Roster, Examination]:
    """Read a file and judge every row of it.

    Raises:
        Invalid: the file as a whole cannot be used; the field is `file`.
        NotAllowed, SessionEnded: it takes `staff.manage`.
    """
    may_read(actor, PERMISSION)
    roster = parse(data, zone=zone(), now=clock.now())
    return roster, examine(actor, roster)


def examine(actor: Actor, roster: Roster) -> Examination:
    """Judge every row.

    Raises:
        NotAllowed, SessionEnded: it takes `staff.manage`.
    """
    return judged(may_read(actor, PERMISSION), roster, clock.now())


def judged(held: Held, roster: Roster, now: int) -> Examination:
    """Judge every row for somebody who holds `held`, at `now`."""
    judge = _Judge(held, now)
    rows = tuple(map(judge.row, roster.rows))
    added: dict[_Place, tuple[str, ...]] = {}
    for path in dict.fromkeys(examined.row.department for examined in rows if examined.good):
        for place, so_far in judge.missing(path):
            added.setdefault(place, so_far)
    return Examination(rows, tuple(added.values()))


_Place = tuple[int | None, tuple[str, ...]]
"""A department that is not there yet: the one above it that is, and the folded names from there down."""

Given = tuple[tuple[RoleGift, ...], tuple[ExtraGift, ...], tuple[Problem, ...]]


class _Judge:
    """Judges rows. A file says the same thing many times: each is judged once."""

    def __init__(self, held: Held, now: int) -> None:
        self._held = held
        self._now = now
        self._taken = logins()
        self._places = departments.places()
        self._by_name = roles.by_name()
        self._inside = roles.content()
        self._seats = seats.counted(now)
        self._room = None if self._seats is None else self._seats.free
        self.missing = cache(self._missing)
        self._department = cache(self._department_problem)
        self._given = cache(self._judge_given)
        self._pairs = pairs()
        self._clash = cache(self._clashing)

    def row(self, row: RosterRow) -> Examined:
        """What the shop says to one row."""
        given_roles, given_extras, problems = self._given(row.roles, row.extras, row.until)
        found = list(problems)
        if self._pairs and (pair := self._clash(given_roles, given_extras, row.post)):
            found.append(Problem("extras" if given_extras else "roles", str(Incompatible(*pair, row.name))))
        if row.login in self._taken:
            found.append(Problem("login", str(Taken("login", row.login))))
        if row.department and (missing := self._department(row.department)):
            found.append(Problem("department", missing))
        if not found and not row.problems and (full := self._seat()):
            found.append(Problem("", full))
        if found:
            row = row._replace(problems=[*row.problems, *found])
        return Examined(row, given_roles, given_extras)

    def _seat(self) -> str:
        """Take a seat; why not, where none is left."""
        if self._seats is None or self._room is None:
            return ""
        if self._room == 0:
            return str(SeatNone(self._seats.used, self._seats.total))
        self._room -= 1
        return ""

    def _missing(self, path: tuple[str, ...]) -> tuple[tuple[_Place, tuple[str, ...]], ...]:
        """The departments on `path` that are not there yet, each with the path down to it."""
        there: int | None = None
        for depth, name in enumerate(path):
            found = self._places.get((there, text.key(name)))
            if found is None:
                names = tuple(map(text.key, path[depth:]))
                return tuple(((there, names[: below + 1]), path[: depth + below + 1]) for below in range(len(names)))
            there = found
        return ()

    def _department_problem(self, path: tuple[str, ...]) -> str:
        if ADDING_DEPARTMENTS in self._held or not self.missing(path):
            return ""
        return _(_MISSING).format(path=SEPARATOR.join(path), permission=permission_label(ADDING_DEPARTMENTS))

    def _judge_given(self, names: tuple[str, ...], codes: tuple[str, ...], until: int | None) -> Given:
        """What the row gives, and what is against it: unknown, beyond the actor's own access, over already."""
        problems: dict[Problem, None] = {}
        if until is not None and until < self._now and (names or codes):
            problems[Problem("until", _(_OVER))] = None
        role_ids: dict[int, None] = {}
        for name in names:
            role_id = self._by_name.get(text.key(name))
            if role_id is None:
                problems[Problem("roles", str(Unknown("role", name)))] = None
            else:
                role_ids[role_id] = None
                self._reach("roles", self._inside.get(role_id, frozenset()), until, problems)
        for code in codes:
            self._reach("extras", closure(code), until, problems)
        if problems:
            return (), (), tuple(problems)
        return tuple(RoleGift(role_id, until) for role_id in role_ids), tuple(ExtraGift(code, until) for code in codes), ()

    def _clashing(self, given_roles: tuple[RoleGift, ...], given_extras: tuple[ExtraGift, ...], post: str) -> Pair | None:
        """The first two of what the row gives that are kept apart; all of it ends together."""
        codes = [self._inside.get(gift.role_id, frozenset()) for gift in given_roles]
        codes += [closure(gift.permission) for gift in given_extras]
        return first_in(self._pairs, frozenset().union(*codes), post)

    def _reach(self, column: str, codes: frozenset[str], until: int | None, problems: dict[Problem, None]) -> None:
        try:
            grantable(self._held, codes, until)
        except UntilTooLate as refusal:
            problems[Problem("until", str(refusal))] = None
        except Refusal as refusal:
            problems[Problem(column, str(refusal))] = None
