"""Several processes at once: nothing is lost, nothing is doubled, and nobody is told "locked"."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from models import db, shop, sqlite
from models.errors import ShopstaffError
from models.operations import onboarding, roles
from models.operations.staff import Profile
from models.queries import roles as role_queries
from models.rules.audit_chain import FIRST, link
from models.rules.grants import RoleGift
from tests.factories import CONSOLE, Founded

PROCESSES, EACH = 4, 25


def _onboard_many(home: str, number: int, results: multiprocessing.Queue[object]) -> None:
    """Onboard a row of people, and one whom everybody else tries to onboard as well."""
    shop.open(Path(home))
    done = []
    for each in ["same", *(f"p{number}-{count}" for count in range(EACH))]:
        try:
            newcomer = onboarding.Newcomer(each, Profile("New One"), "service", 1, (RoleGift(1, None),))
            done.append(onboarding.onboard(CONSOLE, newcomer).login)
        except ShopstaffError as error:
            done.append(type(error).__name__)
    results.put(done)


def _edit_role(home: str, version: int, name: str, results: multiprocessing.Queue[object]) -> None:
    """Save a role that others save at the same time."""
    shop.open(Path(home))
    try:
        roles.edit(CONSOLE, 1, version, name=name)
        results.put(name)
    except ShopstaffError as error:
        results.put(type(error).__name__)


def _at_once(work: list[tuple[object, ...]], run: object) -> list[object]:
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[object] = spawn.Queue()
    processes = [spawn.Process(target=run, args=(*arguments, results)) for arguments in work]  # type: ignore[arg-type]  # one of the two above
    for process in processes:
        process.start()
    answers = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    results.close()
    return answers


@pytest.mark.parametrize("journal", [sqlite.DELETE, sqlite.WAL])
def test_people_onboarded_by_several_processes_at_once_are_all_there(little_shop: Founded, journal: str) -> None:
    """Each has role, code and entry; a login that all of them wanted went to one; the log is one unbroken chain."""
    db.rows("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
    shop.close()
    answers = _at_once([(str(little_shop.home), number) for number in range(PROCESSES)], _onboard_many)
    shop.open(little_shop.home)
    assert db.rows("PRAGMA journal_mode") == [(journal,)]
    wanted = {f"p{number}-{count}" for number in range(PROCESSES) for count in range(EACH)} | {"same"}
    told = [login for answer in answers for login in answer]  # type: ignore[attr-defined]  # lists of logins
    assert sorted(told) == sorted([*wanted, *["Taken"] * (PROCESSES - 1)])
    assert {login for (login,) in db.rows("SELECT login FROM staff WHERE is_owner = 0")} == wanted
    for table in ("role_grant", "one_time_code"):
        assert db.rows(f"SELECT count(*), count(DISTINCT staff_id) FROM {table}") == [(len(wanted), len(wanted))]
    assert db.rows("SELECT count(*) FROM audit_entry WHERE action = 'staff.onboard'") == [(len(wanted),)]
    previous = FIRST
    for place, row in enumerate(db.rows("SELECT * FROM audit_entry ORDER BY seq"), 1):
        assert row[0] == place
        previous = link(previous, row[:-1])
        assert row[-1] == previous
    assert db.rows("PRAGMA integrity_check") == [("ok",)]


def test_of_several_processes_that_save_the_same_role_one_does(little_shop: Founded) -> None:
    """The others are told; the name is the one that was saved."""
    version = role_queries.detail(little_shop.owner, 1).row.version
    shop.close()
    answers = _at_once([(str(little_shop.home), version, f"Name {number}") for number in range(PROCESSES)], _edit_role)
    shop.open(little_shop.home)
    (saved,) = [answer for answer in answers if answer != "Stale"]
    assert answers.count("Stale") == PROCESSES - 1
    assert db.rows("SELECT name, version FROM role WHERE id = 1") == [(saved, version + 1)]
