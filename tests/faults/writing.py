"""Writers: processes that do real operations, one after another, and say of each that it is done once it has returned.

What is acknowledged is a line of JSON in a file of the writer's own: a killed process loses nothing that it has written.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from models import acting, anchors, clock, db, shop, sqlite
from models.actor import Actor
from models.errors import Refusal
from models.operations import _hashing, departments, grants, onboarding, sessions, staff
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries import roles
from models.rules import passwords
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.rules.passwords import Cost
from models.tables import Credential
from tests import factories
from tests.factories import PASSWORD

CONTEXT: Final = multiprocessing.get_context("forkserver")
"""Writers are forked from a process that has imported everything and has no threads: 10 ms each, and a fork that cannot hang."""

CONTEXT.set_forkserver_preload(["tests.faults.writing"])

DISK: Final = Path("/var/tmp")
"""Where a commit takes its time, as it does at work: what is to strike inside one does so there."""

CHEAP: Final = Cost(memory=64, passes=1, lanes=1)
PEOPLE: Final = tuple(f"p{number}" for number in range(8))
CODE: Final = "staff.view"
"""A permission that people are given, and that another program asks for."""


class Said(NamedTuple):
    """An operation that was acknowledged.

    Attributes:
        actor: in whose name.
        action: the entry that it has to have left.
        label: of the entry's object.
        mark: what stands in the entry besides; "" for nothing that only this one has.
    """

    actor: str
    action: str
    label: str
    mark: str = ""


def stand(home: Path, journal: str = sqlite.DELETE) -> None:
    """Found a shop whose passwords cost nothing, with people to act on, written with that journal."""
    factories.template(home)
    db.point_at(home / db.FILE_NAME, sqlite.DELETE)
    with shop.connection():
        db.set_journal(journal)
        with db.transaction():
            _hashing.keep_cost(CHEAP)
            db.write_many("INSERT OR REPLACE INTO setting (name, value) VALUES ('journal_mode', ?)", [(journal,)])
    shop.open(home)
    console, digest = Actor.console("faults"), passwords.digest(PASSWORD, CHEAP)
    for login in PEOPLE:
        code = onboarding.onboard(console, Newcomer(login, Profile(login.capitalize()), "operations")).code
        sessions.activate(Actor.stranger(), login, code, PASSWORD)
        grants.change(console, identity(login), AccessChange(give_extras=(ExtraGift(CODE, None),)))
    Credential.update(password=digest).execute()
    shop.close()


@contextmanager
def shops(journal: str, *, on_disk: bool = False) -> Iterator[tuple[Path, Path]]:
    """A folder with a shop in it, and a folder for what is acknowledged; both are gone afterwards.

    Args:
        on_disk: not in memory, where temporary files may be.
    """
    with TemporaryDirectory(prefix="faults-", dir=DISK if on_disk else None) as folder:
        home, said = Path(folder) / "home", Path(folder) / "said"
        said.mkdir()
        stand(home, journal)
        yield home, said


def identity(login: str) -> int:
    """The id behind a login."""
    ((found,),) = db.rows("SELECT id FROM staff WHERE login = ?", (login,))
    return int(found)


# ---- the operations, each by a console of the writer's own; all of them can be refused, since others act on the same people


class Writer:
    """One of several, with a name that nobody else has."""

    def __init__(self, home: Path, name: str, seed: int) -> None:
        self.home, self.name, self.random = home, name, Random(seed)
        self.actor = Actor.console(name)
        self.turn = 0
        self.acts: tuple[Callable[[], Said], ...] = (
            self.onboards,
            self.freezes,
            self.unfreezes,
            self.gives,
            self.takes,
            self.asks,
            self.asks,
            self.signs_in,
            self.adds,
            self.leaves,
            self.reinstates,
        )

    def act(self) -> Said | None:
        """Do something; None where it was refused."""
        self.turn += 1
        with suppress(Refusal):
            return self.random.choice(self.acts)()
        return None

    def _somebody(self) -> str:
        return self.random.choice(PEOPLE)

    def onboards(self) -> Said:
        """A newcomer with a role."""
        login = f"{self.name}-{self.turn}"
        gift = RoleGift(roles.find("operations").id, None)
        onboarding.onboard(self.actor, Newcomer(login, Profile(login), "operations", None, (gift,)))
        return self._said("staff.onboard", login)

    def freezes(self) -> Said:
        """Somebody is frozen."""
        login, reason = self._somebody(), f"{self.name} {self.turn}"
        staff.freeze(self.actor, identity(login), reason=reason)
        return self._said("staff.freeze", login, reason)

    def unfreezes(self) -> Said:
        """And let back in."""
        login = self._somebody()
        staff.unfreeze(self.actor, identity(login))
        return self._said("staff.unfreeze", login)

    def gives(self) -> Said:
        """A role is given."""
        login = self._somebody()
        grants.change(self.actor, identity(login), AccessChange(give_roles=(RoleGift(roles.find("operations").id, None),)))
        return self._said("role.grant", login)

    def takes(self) -> Said:
        """And taken."""
        login = self._somebody()
        grants.change(self.actor, identity(login), AccessChange(take_roles=(roles.find("operations").id,)))
        return self._said("role.revoke", login)

    def asks(self) -> Said:
        """Another program asks, as the till does at every click."""
        login, act = self._somebody(), f"{self.name} {self.turn}"
        answer = acting.ask(str(self.home), login, CODE, act, self.name)
        return Said(login, "program.allow" if answer.verdict.allowed else "program.refuse", CODE, act)

    def signs_in(self) -> Said:
        """Somebody comes in, from an address of the writer's own."""
        login, address = self._somebody(), f"10.{self.random.randrange(256)}.{self.random.randrange(256)}.{self.random.randrange(256)}"
        actor = sessions.sign_in(Actor.stranger(address), login, PASSWORD)
        return Said(login, "session.start", login, f"session {actor.session_id}")

    def adds(self) -> Said:
        """A department is added."""
        name = f"{self.name} {self.turn}"
        departments.add(self.actor, name)
        return self._said("department.add", name)

    def leaves(self) -> Said:
        """Somebody leaves, one in five times: whoever has left can do nothing."""
        login = self._somebody()
        if self.turn % 5:
            return self.asks()
        staff.leave(self.actor, identity(login), reason=f"{self.name} {self.turn}")
        return self._said("staff.leave", login, f"{self.name} {self.turn}")

    def reinstates(self) -> Said:
        """Comes back, sets a password anew, and is let in again; three commits, the last of which is told."""
        login = self._somebody()
        code = staff.reinstate(self.actor, identity(login)).code
        sessions.activate(Actor.stranger(), login, code, PASSWORD)
        return Said(login, "staff.activate", login)

    def _said(self, action: str, label: str, mark: str = "") -> Said:
        return Said(self.actor.name, action, label, mark)


def write(home: Path, said: Path, name: str, seed: int, count: int, behind: Any = None, jumps: Sequence[int] = ()) -> None:
    """Do `count` operations; what goes wrong is acknowledged as that.

    Args:
        said: the folder for acknowledgements.
        behind: a barrier to wait at.
        jumps: how far the clock is off, one of them at each operation.
    """
    anchors.keep_out_of_syslog()
    file = os.open(said / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        shop.open(home)
        if behind is not None:
            behind.wait(120)
        writer = Writer(home, name, seed)
        for _ in range(count):
            if jumps:
                clock.set_clock(jumped(writer.random.choice(jumps)))
            if (done := writer.act()) is not None:
                os.write(file, f"{json.dumps(done)}\n".encode())
        shop.close()
        os.write(file, b"null\n")
    except Exception as error:  # noqa: BLE001  whatever it is, it is for the parent to tell
        os.write(file, f"{json.dumps({'error': f'{type(error).__name__}: {error}'})}\n".encode())


IN_1970: Final = -(10**18)
"""A jump to where a machine is whose battery is empty."""


def jumped(jump: int) -> Callable[[], int]:
    """The machine's clock, off by so many microseconds."""
    if jump == IN_1970:
        return lambda: clock.DAY + time.monotonic_ns() // 1000 % clock.HOUR
    return lambda: time.time_ns() // 1000 + jump


def heard(said: Path) -> tuple[list[Said], list[str], int]:
    """What was acknowledged so far: operations, errors, and how many writers came to their end."""
    done: list[Said] = []
    errors: list[str] = []
    ended = 0
    for file in sorted(said.iterdir()):
        for line in file.read_bytes().split(b"\n")[:-1]:  # a line that was cut off was not said
            told = json.loads(line)
            if told is None:
                ended += 1
            elif isinstance(told, dict):
                errors.append(f"{file.name}: {told['error']}")
            else:
                done.append(Said(*told))
    return done, errors, ended


def acknowledgement(line: bytes) -> Said | None:
    """What a line of a writer acknowledges."""
    told = json.loads(line)
    return Said(*told) if isinstance(told, list) else None


def main(arguments: list[str]) -> None:
    """Write in a process that somebody watches: `python -m tests.faults.writing HOME SAID SEED COUNT HOW`.

    `HOW` is "careless" for one that syncs nothing, so that whoever watches sees that they would see it; else "".
    """
    home, said, seed, count, how = arguments
    if how == "careless":
        sqlite._SYNCHRONOUS.update(dict.fromkeys(sqlite._SYNCHRONOUS, 0))
    write(Path(home), Path(said), f"w{seed}", int(seed), int(count))


if __name__ == "__main__":
    main(sys.argv[1:])
