"""Who may do what: tests/models/matrix.csv says it of every operation and every kind of actor, and each cell is tried.

The file is the specification. `takes` is the permission that an operation asks for (`owner`: the owner's alone; empty: what everybody may
do to what is theirs); a cell is `done`, or the name of the refusal. Operations that begin with somebody at the door are tried as the
person of that kind, with everything right that they would type. Where an operation is judged by other rules when one does it to
oneself, it has a second row, `devices.add:own`. An operation that is missing fails the tests.
"""

from __future__ import annotations

import csv
import inspect
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

import models.operations
from models import clock, db, shop
from models.actor import Actor
from models.catalogue import permissions
from models.errors import ShopstaffError
from models.operations import _hashing, departments, grants, roles
from models.queries import roles as role_queries
from models.rules import passwords
from models.rules.grants import AccessChange, ExtraGift
from models.tables import Credential, Session, Staff
from tests import factories
from tests.factories import CONSOLE, STRANGER, Founded
from tests.models.doors import CHEAP, Watch
from tests.models.matrix_acts import ACTS, Try

FILE: Final = Path(__file__).with_name("matrix.csv")
ADMINISTRATION: Final = (
    "staff.manage",
    "staff.freeze",
    "staff.offboard",
    "staff.security.reset",
    "org.role.manage",
    "org.department.manage",
    "shop.info.edit",
)
KINDS: Final = (
    "console",  # the operator at the machine
    "owner",
    "manager",  # holds everything that can be given; whom they act on is in reach
    "beyond",  # somebody who may administer, tries it on somebody, or a role, with more than they have
    "on_owner",  # a manager tries it on the owner
    "own",  # a manager tries it on themselves, or on a role they hold
    "holder",  # staff with exactly the permission that it takes, and what that needs
    "staff",  # staff with none
    "invited",  # a manager who has not activated the account, in a session that should not be
    "frozen",  # as before, frozen
    "left",  # as before, gone
    "ended",  # the owner, in a session that was ended
    "locked",  # the owner, in a session that waits for the password
    "enrolling",  # a manager who has to set up TOTP first
    "stale",  # the owner, whose last proof is more than five minutes old
    "stranger",  # nobody
)
EXEMPT: Final = {
    "codes.checked_days": "judges a number",
    "devices.checked_name": "judges a field",
    "devices.name_of_file": "makes a name of another",
    "grants.known": "looks a permission up",
    "grants.role_content": "reads a role, for operations",
    "hand_over.account": "writes a name",
    "hand_over.card": "lays out what its caller has",
    "importing.codes_csv": "writes what its caller has",
    "indexing.damage_in_copy": "looks at a file of a backup's, whose maker was judged",
    "indexing.keep": "keeps what was found of the index; nobody's act",
    "indexing.known": "reads, for doctor",
    "indexing.mend_copy": "writes to a file of a backup's, whose maker was judged",
    "journaling.current": "reads, for doctor",
    "log.judge": "looks at the end of the log, as it is opened; nobody's act",
    "log.keep": "keeps what was found of the log; nobody's act",
    "onboarding.checked": "judges fields",
    "onboarding.prepare": "judges fields",
    "outbox.put": "writes what its caller has; who may have it is judged before",
    "outbox.take_back": "removes what its caller wrote a moment ago",
    "ownership.checked_post": "judges a field",
    "ownership.open_offer": "reads an offer, for operations",
    "roles.content": "reads a role, for operations",
    "sessions.check_new": "judges a password",
    "sessions.meant": "judges a login",
    "settling.settle": "writes down what time has brought, whoever comes first",
    "shop.calibrated": "measures the machine",
    "shop.checked": "judges fields",
    "staff.checked": "judges fields",
    "staff.findable": "works out columns",
}
"""Public functions of operations that nobody acts by, and why; those that are handed a journal are parts of operations that are open."""


def written() -> dict[str, dict[str, str]]:
    """The matrix, by operation."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["operation"]: row for row in csv.DictReader(file)}


MATRIX: Final = written()


def operations() -> dict[str, str]:
    """Every public function of operations, by module and name, and what its first parameter is called."""
    found = {}
    for file in sorted(Path(models.operations.__file__).parent.glob("[a-z]*.py")):
        module = import_module(f"models.operations.{file.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{file.stem}.{name}"] = next(iter(inspect.signature(function).parameters), "")
    return found


class World:
    """A shop with one of every kind in it."""

    def __init__(self, founded: Founded, watch: Watch) -> None:
        self.founded, self.watch = founded, watch
        self.tom = founded.person("tom")  # 2
        self.meg = founded.person("meg", gave=["manager"])
        self.max = founded.person("max", extras=ADMINISTRATION)
        self.wide = founded.person("wide", extras=["finance.bill.view"])
        self.sue = founded.person("sue", post="service", gave=["customer_service"])
        self.exact = founded.person("exact")
        self.out = {status: founded.person(status, gave=["manager"]) for status in ("invited", "frozen", "left")}
        for status in self.out:
            left_at = watch.now if status == "left" else None
            Staff.update(status=status, left_at=left_at).where(Staff.login == status).execute()
        Credential.delete().where(Credential.staff == self.out["left"].staff_id).execute()
        Credential.delete().where(Credential.staff == self.out["invited"].staff_id).execute()
        self.roles = {
            name: roles.add(CONSOLE, name, codes) for name, codes in (("Narrow", ["staff.view"]), ("Wide", ["finance.bill.view"]))
        }
        self.department = departments.add(CONSOLE, "Night shift")

    def attempt(self, kind: str, takes: str) -> Try:
        """Somebody of a kind, and what they would act on."""
        tom, narrow = self.tom.staff_id or 0, self.roles["Narrow"]
        others = {
            "beyond": Try(self.max, self.wide.staff_id or 0, self.roles["Wide"], self.department),
            "on_owner": Try(self.meg, 1, narrow, self.department),
            "own": Try(self.meg, self.meg.staff_id or 0, role_queries.find("manager").id, self.department),
        }
        return others[kind] if kind in others else Try(self.actor(kind, takes), tom, narrow, self.department)

    def actor(self, kind: str, takes: str) -> Actor:
        """Somebody of a kind."""
        if kind in self.out:
            return self.out[kind]
        if kind == "holder":
            if takes in permissions():
                grants.change(CONSOLE, self.exact.staff_id or 0, AccessChange(give_extras=(ExtraGift(takes, None),)))
            return self.exact
        usual = {"console": CONSOLE, "stranger": STRANGER, "staff": self.sue, "manager": self.meg}
        if kind in usual:
            return usual[kind]
        return self.session(kind)

    def session(self, kind: str) -> Actor:
        """A session in some state: the owner's, who could otherwise do everything; a manager's where the owner is exempt."""
        actor, now = self.meg if kind == "enrolling" else self.founded.owner, self.watch.now
        states: dict[str, dict[str, Any]] = {
            "owner": {},
            "ended": {"ended_at": now, "end": "elsewhere"},
            "locked": {"locked_at": now},
            "enrolling": {"enrolling": True},
            "stale": {"proved_at": now - 301 * clock.SECOND},
        }
        Session.update(started_at=now, seen_at=now, proved_at=now).where(Session.id == actor.session_id).execute()
        if states[kind]:
            Session.update(**states[kind]).where(Session.id == actor.session_id).execute()
        return actor

    def outcome(self, name: str, kind: str) -> str:
        """Try it, and take it all back."""
        with db.database.atomic() as everything:
            try:
                result = ACTS[name](self.attempt(kind, MATRIX[name]["takes"]))
            except ShopstaffError as refusal:
                return type(refusal).__name__
            finally:
                everything.rollback()
        return result if result == "skipped" else "done"


@pytest.fixture(scope="module")
def world(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One shop for all cells: each is rolled back."""
    home = tmp_path_factory.mktemp("matrix") / "home"
    shutil.copytree(shop_template, home)
    shop.close()
    shop.open(home)
    watch = Watch()
    with pytest.MonkeyPatch.context() as cheap:
        cheap.setattr(_hashing, "cost", lambda: CHEAP)
        kept = passwords.digest(factories.PASSWORD, CHEAP)
        cheap.setattr(factories, "digest", lambda: kept)
        Credential.update(password=kept).execute()
        clock.set_clock(watch)
        yield World(Founded(home, factories.signed_in("owner")), watch)
    clock.set_clock(None)
    shop.close()


def test_p16_every_operation_is_in_the_matrix() -> None:
    """One that is missing, or exempt without a reason, or written of one that is gone, fails."""
    found = operations()
    acted = {name for name, first in found.items() if first in {"actor", "stranger"}}
    parts = {name for name, first in found.items() if first == "journal"}
    assert set(MATRIX) == set(ACTS)
    assert acted == {name.partition(":")[0] for name in MATRIX}
    assert set(found) - acted - parts == set(EXEMPT)
    assert list(MATRIX) == sorted(MATRIX)
    for row in MATRIX.values():
        assert row["takes"] in {"", "owner", "console", "door", *permissions()}
        assert list(row) == ["operation", "takes", *KINDS]
        assert all(row[kind] for kind in KINDS)


@pytest.mark.parametrize("name", MATRIX)
def test_p16_who_may_do_it_and_who_may_not(world: World, name: str) -> None:
    """Every cell of its row, for real."""
    tried = {kind: world.outcome(name, kind) for kind in KINDS}
    assert tried == {kind: MATRIX[name][kind] for kind in KINDS}


FREE: Final = {"drafts.keep", "drafts.drop", "sessions.sign_out", "shop.found"}
"""What is harmless in whatever session: keeping a half filled wizard of one's own, going away, founding what stands already."""


@pytest.mark.parametrize("name", [name for name in MATRIX if name not in FREE and MATRIX[name]["takes"] != "door"])
def test_p16_no_cell_lets_in_who_has_to_stay_out(name: str) -> None:
    """What holds of every row, whatever is written in it: a mistake in the file is no permission."""
    row = MATRIX[name]
    for kind in ("invited", "frozen", "left", "ended", "stranger"):
        assert row[kind] == "SessionEnded"
    if name not in {"presence.unlock", "presence.lock", "presence.seen"}:
        assert row["locked"] == "SessionLocked"
    if not name.startswith("presence.") and name not in {"totp.begin", "totp.confirm"}:
        assert row["enrolling"] == "EnrolFirst"
    if row["takes"] in permissions():
        assert row["staff"] == "NotAllowed"
        assert row["console"] == row["owner"] == row["manager"] == row["holder"] == "done"
    if row["takes"] == "owner":
        assert {row[kind] for kind in ("manager", "beyond", "on_owner", "own", "holder", "staff")} == {"OwnerAlone"}
    if row["takes"] == "console":
        assert {row[kind] for kind in ("owner", "manager", "holder", "staff")} == {"ConsoleAlone"}
