"""Onboarding many from a file."""

from __future__ import annotations

import csv
import io
import multiprocessing
import stat
from itertools import count
from pathlib import Path

import pytest

from models import clock, db, shop
from models.errors import Cancelled, DiskFull, Invalid, NotAllowed, RowsRefused, SessionEnded, Stale
from models.operations import importing, onboarding, outbox, sessions
from models.operations.importing import codes_csv, run, run_into_outbox
from models.operations.staff import Profile
from models.queries import access, departments
from models.queries.importing import examine, look
from models.queries.staff import StaffFilter, listing
from models.rules import codes
from models.rules.audit_chain import FIRST, link
from models.rules.grants import ExtraGift, RoleGift
from models.rules.roster import parse
from models.tables import Department, OneTimeCode, Shop, Staff
from tests.factories import CONSOLE, Founded, seats
from tests.rosters import BAD, csv_of, mixed, roster_of

TABLES = ("staff", "role_grant", "extra", "one_time_code", "department", "audit_entry")


def counts() -> dict[str, int]:
    """How many rows there are of everything that an import touches."""
    return {table: db.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_everybody_in_a_good_file_is_onboarded_as_if_one_by_one(little_shop: Founded) -> None:
    """Profile, department, post, grants and a code that opens; one entry each, and the same access as by hand."""
    row = {
        "login": "Carol",
        "name": " 李  卡 ",
        "nickname": "Kiki",
        "number": "A-7",
        "phone": "＋86 138 0000 1111",
        "email": "carol@example.com",
        "department": "客服部/夜班",
        "post": "客服",
        "roles": "客服主管",
        "extras": "goods.price.edit",
        "until": "2099-12-31",
    }
    imported = run(little_shop.owner, roster_of(row, {}))
    assert [fresh.login for fresh in imported.codes] == ["carol", "person2"]
    carol = Staff.get(Staff.login == "carol")
    assert (carol.name, carol.nickname, carol.number, carol.phone, carol.email) == (
        "李 卡",
        "Kiki",
        "A-7",
        "+86 138 0000 1111",
        "carol@example.com",
    )
    assert (carol.status, carol.post, carol.created_by) == ("invited", "service", "owner")
    assert carol.department is not None
    assert departments.paths()[carol.department.id].endswith("/夜班")
    assert codes.matches(imported.codes[0].code, OneTimeCode.get(OneTimeCode.staff == carol.id).digest)
    assert listing(little_shop.owner, StaffFilter("lika")).count() == 1
    assert little_shop.log("staff.onboard", "department.add") == [
        ("owner", "department.add", "夜班"),
        ("owner", "staff.onboard", "carol"),
        ("owner", "staff.onboard", "person2"),
    ]
    until = clock.end_of_day("2099-12-31", "Asia/Shanghai")
    by_hand = onboarding.Newcomer(
        "dave",
        Profile("Dave"),
        "service",
        None,
        (RoleGift(little_shop.role_id("service_lead"), until),),
        (ExtraGift("goods.price.edit", until),),
    )
    onboarding.onboard(little_shop.owner, by_hand)
    granted = [
        {
            (code, *[(source.kind, source.name, source.until) for source in verdict.sources])
            for code, verdict in found.items()
            if verdict.granted
        }
        for found in (access.of(little_shop.owner, little_shop.id_of(login)) for login in ("carol", "dave"))
    ]
    assert granted[0] == granted[1] != set()


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: "{}={}".format(*next(iter(bad.items()))).encode("unicode_escape").decode()[:40])
def test_one_bad_row_stops_everything_until_somebody_goes_on_without_it(little_shop: Founded, bad: dict[str, str]) -> None:
    """Nothing is imported; going on imports the others, and the bad one comes back with its reason."""
    roster = roster_of({}, {}, bad)
    before = counts()
    with pytest.raises(RowsRefused) as refused:
        run(little_shop.owner, roster)
    assert str(refused.value) == "1 of 3 rows cannot be used. Nothing was imported."
    assert counts() == before
    imported = run(little_shop.owner, roster, skip_bad=True)
    assert [fresh.login for fresh in imported.codes] == ["person1", "person2"]
    (rejected,) = imported.rejected
    assert [problem.column for problem in rejected.problems] == [next(iter(bad))]
    assert rejected.line == 4


def test_a_file_in_which_nothing_is_good_is_refused_even_then(little_shop: Founded) -> None:
    """Going on without the bad rows has to leave something."""
    before = counts()
    with pytest.raises(RowsRefused, match="30 of 30"):
        run(
            little_shop.owner,
            roster_of(*[{**bad, **({"login": "owner"} if bad.get("login") == "person1" else {})} for bad in BAD]),
            skip_bad=True,
        )
    assert counts() == before


def test_a_thousand_rows_with_a_hundred_bad_ones(little_shop: Founded) -> None:
    """What the examination announced is what happens, and nothing else; the chain of the log holds."""
    roster = roster_of(*mixed(1000, 100))
    announced = examine(little_shop.owner, roster)
    assert (announced.good, announced.bad) == (1000, 100)
    before = counts()
    imported = run(little_shop.owner, roster, skip_bad=True)
    after = {table: count - before[table] for table, count in counts().items()}
    assert len(imported.codes) == after["staff"] == after["one_time_code"] == 1000
    assert imported.rejected == announced.rejected
    assert after["department"] == imported.departments == len(announced.departments) == 3
    assert after["audit_entry"] == 1003
    assert after["role_grant"] == sum(len(row.roles) for row in announced.rows if row.good)
    assert after["extra"] >= sum(len(row.extras) for row in announced.rows if row.good)
    previous = FIRST
    for place, row in enumerate(db.rows("SELECT * FROM audit_entry ORDER BY seq"), 1):
        assert row[0] == place
        previous = link(previous, row[:-1])
        assert row[-1] == previous


def test_rows_with_the_same_missing_path_add_it_once(little_shop: Founded) -> None:
    """However it is written; places among siblings follow the file."""
    rows = [{"department": path} for path in ("New/B", "new/A", "ＮＥＷ / b", "客服部/Night", "Customer service/night", "Other")]
    imported = run(little_shop.owner, roster_of(*rows))
    assert imported.departments == 5
    new = Department.get(Department.name == "New")
    children = Department.select().where(Department.parent == new.id).order_by(Department.position)
    assert [child.name for child in children] == ["B", "A"]
    assert Department.get(Department.name == "Other").position == new.position + 1
    people = dict(db.rows("SELECT login, department_id FROM staff"))
    assert people["person1"] == people["person3"]
    assert people["person4"] == people["person5"] is not None


@pytest.mark.parametrize("asked", [1, 3, 10])
def test_whoever_cancels_finds_nothing_imported(little_shop: Founded, asked: int) -> None:
    """While names are read, and while rows are written."""
    looks = count(1)
    before = counts()
    with pytest.raises(Cancelled):
        run(little_shop.owner, roster_of(*mixed(300, 0)), cancelled=lambda: next(looks) == asked)
    assert counts() == before
    assert next(looks) == asked + 1


def test_progress_rises_to_the_end(little_shop: Founded) -> None:
    """From nothing to everything, bad rows included, never back."""
    told: list[tuple[int, int]] = []
    run(little_shop.owner, roster_of(*mixed(200, 20)), skip_bad=True, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 440)
    assert told[-1] == (440, 440)
    assert told == sorted(told)
    assert len(told) > 5


def test_the_files_in_the_outbox_hold_the_codes_and_what_was_left_out(little_shop: Founded) -> None:
    """For nobody else to read; the rejected rows can be corrected and imported again; the codes open."""
    roster = roster_of({"login": "alice", "name": "=1+1"}, {"login": "bob", "name": "Bob", "roles": "wizard", "until": "2099-12-31"})
    delivered = run_into_outbox(little_shop.owner, roster, skip_bad=True)
    assert delivered.rejects is not None
    for path in (delivered.codes, delivered.rejects):
        assert path.parent == little_shop.home / "outbox"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (line,) = csv.DictReader(io.StringIO(delivered.codes.read_text(encoding="utf-8-sig"), newline=""))
    ((login, code, expires_at),) = delivered.imported.codes
    assert line == {"login": login, "name": "'=1+1", "code": code, "good_until": clock.rfc3339(expires_at)}
    assert codes_csv(delivered.imported).encode("utf-8-sig") == delivered.codes.read_bytes()
    again = delivered.rejects.read_bytes().replace(b"wizard", b"finance")
    roster = parse(again, zone="Asia/Shanghai", now=clock.now())
    assert roster.notices == ()
    assert [fresh.login for fresh in run(little_shop.owner, roster).codes] == ["bob"]


def test_a_file_without_bad_rows_leaves_no_file_of_them(little_shop: Founded) -> None:
    """Only the codes."""
    delivered = run_into_outbox(little_shop.owner, roster_of({}))
    assert delivered.rejects is None
    assert list((little_shop.home / "outbox").iterdir()) == [delivered.codes]


def test_if_the_codes_cannot_be_kept_nobody_is_imported(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code is seen once: people whose codes were lost could not come in. Nothing is left in the outbox, either."""
    real = outbox.put

    def full(what: str, kind: str, content: str | bytes) -> Path:
        if what == "rejected-rows":
            raise DiskFull
        return real(what, kind, content)

    monkeypatch.setattr(outbox, "put", full)
    before = counts()
    with pytest.raises(DiskFull):
        run_into_outbox(little_shop.owner, roster_of({}, {"roles": "wizard"}), skip_bad=True)
    assert counts() == before
    assert list((little_shop.home / "outbox").iterdir()) == []


def test_if_it_cannot_be_committed_the_files_are_taken_back(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes that open nothing would send people to the terminal in vain."""

    def fail(*_args: object) -> None:
        raise DiskFull

    before = counts()
    monkeypatch.setattr("models.operations._operation.write", fail)
    with pytest.raises(DiskFull):
        run_into_outbox(little_shop.owner, roster_of({}))
    assert counts() == before
    assert list((little_shop.home / "outbox").iterdir()) == []


def test_what_changed_since_the_preview_is_judged_again(little_shop: Founded) -> None:
    """A login that somebody took, a seat that somebody filled, a right that was taken away: nothing is imported."""
    bob = little_shop.person("bob", extras=["staff.manage", "chat.receive"])
    roster = roster_of({"extras": "chat.receive"})
    assert examine(bob, roster).bad == 0
    little_shop.person("person1")
    with pytest.raises(RowsRefused):
        run(bob, roster)
    Shop.update(seats_counted=True).execute()
    seats(2)
    with pytest.raises(RowsRefused):
        run(bob, roster_of({"login": "fresh"}))
    Shop.update(seats_counted=False).execute()
    db.database.execute_sql("UPDATE extra SET ended_at = since, ended_by = 'owner' WHERE permission = 'chat.receive'")
    with pytest.raises(RowsRefused):
        run(bob, roster_of({"login": "fresh", "extras": "chat.receive"}))
    db.database.execute_sql("UPDATE extra SET ended_at = since, ended_by = 'owner' WHERE ended_at IS NULL")
    with pytest.raises(NotAllowed):
        run(bob, roster_of({"login": "fresh"}))
    assert not Staff.select().where(Staff.login == "fresh").exists()
    assert ("bob", "act.refuse", "staff.onboard") in little_shop.log("act.refuse")


@pytest.mark.parametrize("skip_bad", [True, False])
def test_only_what_was_seen_is_imported(little_shop: Founded, *, skip_bad: bool) -> None:
    """Whoever agreed to go on without one row did not agree to go on without two."""
    roster = roster_of({}, {}, *([{"roles": "wizard"}] if skip_bad else []))
    seen = examine(little_shop.owner, roster)
    little_shop.person("person1")
    before = counts()
    with pytest.raises(Stale, match="What the file would do"):
        run(little_shop.owner, roster, skip_bad=skip_bad, seen=seen)
    assert counts() == before
    seen = examine(little_shop.owner, roster)
    assert [fresh.login for fresh in run(little_shop.owner, roster, skip_bad=True, seen=seen).codes] == ["person2"]


def test_a_session_that_ended_imports_nothing(little_shop: Founded) -> None:
    """Between the preview and the yes."""
    roster = roster_of({})
    sessions.sign_out(little_shop.owner)
    before = counts()
    with pytest.raises(SessionEnded):
        run(little_shop.owner, roster)
    assert counts() == before


def test_everybody_is_looked_at_even_when_many_bad_rows_are_skipped(little_shop: Founded) -> None:
    """The reasons of a row do not pile up when it is judged a second time."""
    roster = roster_of({}, {"login": "owner"})
    examine(little_shop.owner, roster)
    examine(little_shop.owner, roster)
    assert len(run(little_shop.owner, roster, skip_bad=True).rejected[0].problems) == 1


def _import_some(home: str, number: int, results: multiprocessing.Queue[object]) -> None:
    shop.open(Path(home))
    rows = [{"login": f"p{number}-{place}", "department": "客服部/夜班", "roles": "customer_service"} for place in range(100)]
    roster = parse(csv_of({"login": "same"}, *rows), zone="Asia/Shanghai", now=clock.now())
    delivered = run_into_outbox(CONSOLE, roster, skip_bad=True)
    results.put([fresh.login for fresh in delivered.imported.codes])


def test_processes_that_import_at_once_lose_nothing(little_shop: Founded) -> None:
    """Everybody is there once, in a department that was made once; whoever came second is told that a login is taken."""
    shop.close()
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[object] = spawn.Queue()
    processes = [spawn.Process(target=_import_some, args=(str(little_shop.home), number, results)) for number in range(3)]
    for process in processes:
        process.start()
    answers = [results.get(timeout=120) for _process in processes]
    for process in processes:
        process.join()
    shop.open(little_shop.home)
    imported = [login for answer in answers for login in answer]  # type: ignore[attr-defined]  # lists of logins
    assert sorted(imported) == sorted(["same", *(f"p{number}-{place}" for number in range(3) for place in range(100))])
    assert {person.login for person in Staff.select().where(~Staff.is_owner)} == set(imported)
    assert Department.select().where(Department.name == "夜班").count() == 1
    outcome = sorted(path.name.partition("-2")[0] for path in (little_shop.home / "outbox").iterdir())
    assert outcome == ["activation-codes"] * 3 + ["rejected-rows"] * 2
    assert db.rows("PRAGMA integrity_check") == [("ok",)]


def test_looking_up_every_few_rows_is_often_enough(little_shop: Founded) -> None:
    """Asking at each row would cost more than the row."""
    looks = count(1)
    run(little_shop.owner, roster_of(*mixed(500, 0)), cancelled=lambda: next(looks) < 0)
    assert next(looks) - 1 <= 2 * (500 // importing.STEP + 1) + 2


def test_a_path_that_is_too_deep_is_refused_whoever_read_the_file(little_shop: Founded) -> None:
    """The operation judges it again: a file is not the only way to it."""
    roster = roster_of({"login": "ann"})
    deep = roster._replace(rows=(roster.rows[0]._replace(department=tuple("abcdefg")),))
    with pytest.raises(Invalid) as wrong:
        run(little_shop.owner, deep)
    assert wrong.value.field == "department"
    assert Department.select().count() == 4


def test_looking_at_a_file_takes_what_importing_takes(little_shop: Founded) -> None:
    """Its people are nobody's to see who could not onboard them; a file that is none is refused as a whole."""
    data = csv_of({"login": "ann"})
    roster, examination = look(little_shop.owner, data)
    assert (len(roster.rows), examination.good) == (1, 1)
    with pytest.raises(NotAllowed):
        look(little_shop.person("bob"), data)
    with pytest.raises(Invalid) as wrong:
        look(little_shop.owner, b"")
    assert wrong.value.field == "file"
