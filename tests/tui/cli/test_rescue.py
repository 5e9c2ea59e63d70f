"""`reset-owner` and `doctor`: for the day on which the owner cannot come in, or the machine's clock is wrong."""

from __future__ import annotations

import pytest

from models import clock, db, shop
from models.clock import DAY, HOUR, MINUTE
from models.errors import ClockWrong, SignInRefused
from models.operations import departures, ownership, security, sessions
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded
from tests.models.doors import NEW, come_in, enrol, recovery_codes
from tests.tui.cli.conftest import Run


def sign_in(login: str, password: str) -> str:
    """Whoever comes in like this."""
    return sessions.sign_in(STRANGER, login, password).name


# ---- a new code for the owner


def test_the_owner_comes_back_by_a_code(staffed: Founded, run: Run) -> None:
    """Password, phone codes and recovery codes are void, every session has ended; the code sets a new password."""
    enrol(staffed.owner)
    recovery_codes(staffed.owner)
    ran = run("reset-owner")
    assert ran.code == 0
    assert ran.out.splitlines()[0].split("\t") == ["login", "code", "good_until"]
    ((login, code, until),) = ran.rows
    assert login == "owner"
    assert 0 < clock.instant(until) - clock.now() <= DAY
    assert ran.err.count("\n") == 1
    assert "shopstaff activate owner" in ran.err
    assert code not in ran.err
    assert db.rows("SELECT 1 FROM session WHERE ended_at IS NULL AND staff_id = ?", (staffed.owner.staff_id,)) == []
    with pytest.raises(SignInRefused, match="do not match"):
        sign_in("owner", PASSWORD)
    assert run("activate", "owner", "--json", stdin=f"{code}\n{NEW}\n").json == [{"login": "owner", "status": "active"}]
    assert sign_in("owner", NEW) == "owner"
    assert staffed.log("owner.reset") == [(CONSOLE.name, "owner.reset", "owner")]


def test_the_code_is_in_no_log_and_works_once(staffed: Founded, run: Run) -> None:
    """Nor does one that was made before another."""
    first = run("reset-owner", "--json").json[0]["code"]
    second = run("reset-owner", "--json").json[0]["code"]
    assert db.rows("SELECT 1 FROM audit_entry WHERE new LIKE ?1 OR old LIKE ?1", (f"%{second}%",)) == []
    assert run("activate", "owner", stdin=f"{first}\n{NEW}\n").code == 1
    assert run("activate", "owner", stdin=f"{second}\n{NEW}\n").code == 0
    assert run("activate", "owner", stdin=f"{second}\n{NEW} again\n").code == 1


# ---- another owner


def test_somebody_else_becomes_the_owner(staffed: Founded, run: Run) -> None:
    """For a shop whose owner is gone: the former one is frozen, without grants, and both are said."""
    ran = run("reset-owner", "--to", "Mia", "--post", "service", "--json")
    assert (ran.code, ran.json) == (
        0,
        [
            {"login": "mia", "owner": True, "post": "operations", "status": "active"},
            {"login": "owner", "owner": False, "post": "service", "status": "frozen"},
        ],
    )
    assert ran.err.count("\n") == 1
    assert db.rows("SELECT login FROM staff WHERE is_owner = 1") == [("mia",)]
    assert sign_in("mia", PASSWORD) == "mia"
    assert staffed.log("owner.replace") == [(CONSOLE.name, "owner.replace", "mia")]


def test_a_former_owner_keeps_operations_unless_something_else_is_said(staffed: Founded, run: Run) -> None:
    """As tab-separated text, with the columns named in the first line."""
    ran = run("reset-owner", "--to", "bob")
    assert ran.rows == [["bob", "yes", "operations", "active"], ["owner", "no", "operations", "frozen"]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--to", "owner"), 1),
        (("--to", "ann"), 1),
        (("--to", "nobody"), 2),
        (("--to", ""), 2),
        (("--post", "service"), 2),
        (("--to", "bob", "--post", "owner"), 2),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line_and_changes_nothing(staffed: Founded, run: Run, words: tuple[str, ...], code: int) -> None:
    """Who is the owner already, who is not active, who does not exist; and a post without whose."""
    staffed.person("ann", status="invited")
    ran = run("reset-owner", *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert db.rows("SELECT login FROM staff WHERE is_owner = 1") == [("owner",)]
    assert db.rows("SELECT 1 FROM session WHERE ended_at IS NULL AND staff_id = ?", (staffed.owner.staff_id,)) != []


def test_an_open_offer_ends_when_somebody_else_becomes_the_owner(staffed: Founded, run: Run) -> None:
    """Nobody accepts what a former owner offered."""
    ownership.offer(staffed.owner, staffed.id_of("bob"), "service", PASSWORD)
    assert run("reset-owner", "--to", "mia").code == 0
    assert db.rows('SELECT "end" FROM owner_offer') == [("replaced",)]


# ---- codes after a reset


def test_a_new_code_after_a_reset(staffed: Founded, run: Run) -> None:
    """`staff code` makes one as for an activation, good for a day; the one before it is void."""
    first = security.reset(staffed.owner, staffed.id_of("bob"), password=True).code
    ((login, second, until),) = run("staff", "code", "bob").rows
    assert login == "bob"
    assert 0 < clock.instant(until) - clock.now() <= DAY
    assert run("activate", "bob", stdin=f"{first}\n{NEW}\n").code == 1
    assert run("activate", "bob", stdin=f"{second}\n{NEW}\n").code == 0
    assert sign_in("bob", NEW) == "bob"


def test_the_owners_code_is_made_by_reset_owner_alone(staffed: Founded, run: Run) -> None:
    """Nobody manages the owner, the operator at the machine included."""
    assert run("reset-owner").code == 0
    assert run("staff", "code", "owner").code == 1


# ---- the clock


@pytest.mark.parametrize("ahead", [HOUR, DAY, 30 * 365 * DAY])
def test_d8_the_machines_time_is_accepted(staffed: Founded, run: Run, ahead: int) -> None:
    """The clock was ahead and was set right: old and new are said and in the log, and codes of phones are checked again."""
    phone = enrol(staffed.owner)
    right = clock.now() + MINUTE
    clock.set_clock(lambda: right + ahead)
    with pytest.raises(SignInRefused):
        sign_in("owner", NEW)
    clock.set_clock(lambda: right)
    with pytest.raises(ClockWrong):
        come_in("owner", phone.code())
    ran = run("doctor", "--clock", "--json")
    assert ran.code == 0
    assert [clock.instant(ran.json[0][name]) for name in ("latest", "now")] == [right + ahead, right]
    assert ran.err.count("\n") == 1
    assert staffed.log("clock.accept") == [(CONSOLE.name, "clock.accept", "Little Shop")]
    shop.open(staffed.home)
    assert come_in("owner", phone.code()).name == "owner"


def test_d8_who_left_because_the_clock_was_ahead_is_named(staffed: Founded, run: Run) -> None:
    """Their day had not come: somebody knocked meanwhile, which wrote them down."""
    bob, right = staffed.id_of("bob"), clock.now() + MINUTE
    departures.plan(CONSOLE, bob, clock.day(right + 10 * DAY, "Asia/Shanghai"))
    clock.set_clock(lambda: right + 30 * DAY)
    with pytest.raises(SignInRefused):
        sign_in("owner", NEW)
    clock.set_clock(lambda: right)
    ran = run("doctor", "--clock")
    assert ran.code == 0
    assert ran.err.count("\n") == 2
    assert "as having left: bob. “shopstaff staff reinstate”" in ran.err
    assert run("staff", "reinstate", "bob").code == 0
    assert staffed.log("staff.reinstate") == [(CONSOLE.name, "staff.reinstate", "bob")]


def test_d8_where_the_clock_is_not_behind_there_is_nothing_to_accept(staffed: Founded, run: Run) -> None:
    """It is said; a script that does it at every start does not fail by it."""
    ran = run("doctor", "--clock")
    assert (ran.code, ran.out, ran.err.count("\n")) == (0, "", 1)
    assert "not behind" in ran.err
    assert staffed.log("clock.accept") == []
