"""The sample shop: made by the rules, in both languages, and gone afterwards. What it shows of its life is in `test_sample`."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from models import clock, db, text
from models.actor import Actor
from models.catalogue import permissions
from models.errors import DiskFull
from models.operations import sessions
from models.queries import access, departments, exports, security, staff
from models.rules import passwords
from models.rules.audit_chain import FIRST, link
from models.rules.policy import NOBODY, Policy
from tests.tui.conftest import Made
from tui import demo, sample, throwaway

OPERATOR = Actor.console("tester")
JUST_NOW = 2 * clock.HOUR
HERE = 4
ENDED = "SELECT count(*) FROM session WHERE ended_at IS NOT NULL"
"""Sessions that somebody, or something, ended."""


def test_its_people_are_of_every_kind(made: Made) -> None:
    """Everybody who is in the data, in every state, with every preset role but one in somebody's hands."""
    people = list(exports.staff(OPERATOR))
    assert len(people) == len(sample.PEOPLE) + 1
    assert Counter(person["status"] for person in people) == {"active": 16, "invited": 2, "frozen": 1, "left": 1}
    held = {role["role"] for person in people for role in person["roles"]}
    assert len(held) == 10
    ends = [gift["until"] for person in people for gift in (*person["roles"], *person["extras"]) if gift["until"]]
    assert len(ends) >= 6
    assert all(clock.instant(end) > clock.now() for end in ends)
    assert len(departments.tree(OPERATOR).rows) == len(sample.DEPARTMENTS)


def test_it_speaks_one_language(made: Made) -> None:
    """What its people typed is in the shop's; nothing of the other is left over."""
    language = made.language
    names = {row.label for row in departments.tree(OPERATOR).rows}
    assert {each[language == "zh"].rpartition("/")[2] for each in sample.DEPARTMENTS.values()} == names
    ((shop_name, kept),) = db.rows("SELECT name, language FROM shop")
    assert (shop_name, kept) == (sample.SHOP[language == "zh"], language)


def test_its_log_is_made_of_whole_days(made: Made) -> None:
    """Gapless, chained, never going back or ahead of now, within hours in which people work, but for the nightly backup and just now."""
    previous, last = FIRST, 0
    rows = db.rows(
        "SELECT seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new, hash "
        "FROM audit_entry ORDER BY seq"
    )
    for place, row in enumerate(rows, 1):
        assert row[0] == place
        assert row[1] >= last
        last, previous = row[1], link(previous, row[:-1])
        assert previous == row[-1]
        at_work = "09:00" <= clock.minute(row[1], clock.HOME_ZONE)[11:] <= "20:00"
        assert at_work or row[6] == "backup.make" or row[1] > clock.now() - JUST_NOW
    assert last < clock.now()
    assert clock.day(rows[0][1], clock.HOME_ZONE) == clock.day(clock.now() - sample.FOUNDED * clock.DAY, clock.HOME_ZONE)
    actions = Counter(row[6] for row in rows)
    assert actions["act.refuse"] == actions["session.refuse"] == 1
    assert actions["session.start"] == actions["session.end"] + HERE > 20
    assert len({clock.day(row[1], clock.HOME_ZONE) for row in rows}) >= 50


def test_the_accounts_that_are_shown_open_it(made: Made) -> None:
    """Four by their passwords; the last one is activated with the code."""
    ended = db.rows(ENDED)
    *known, (invited, code) = made.accounts
    assert [login for login, _password in made.accounts] == [*sample.ABOUT]
    for login, password in known:
        actor = sessions.sign_in(Actor.stranger(), login, password)
        sessions.sign_out(actor)
    sessions.activate(Actor.stranger(), invited, code, "seven grey herons over wet fields")
    assert db.rows(ENDED) == [(ended[0][0] + len(known),)]


def test_people_come_over_ssh_with_keys_of_every_kind(made: Made) -> None:
    """In force, revoked, ending soon; every one of them was signed in with, and none by whoever it was revoked of."""
    kept = db.rows("SELECT w.login, d.name, d.expires_at, d.end, d.used_at FROM device d JOIN staff w ON w.id = d.staff_id ORDER BY d.id")
    assert [login for login, *_key in kept] == ["alice", "bob", "carol", "bob", "shanlan"]
    assert [end for *_key, end, _used in kept] == [None, "revoked", None, None, None]
    assert {name for _login, name, *_key in kept} == {key.name[made.language == "zh"] for key in sample.KEYS}
    ends = [until for _login, _name, until, *_key in kept if until is not None]
    assert [clock.now() < until < clock.now() + 14 * clock.DAY for until in ends] == [True]
    assert all(used for *_key, used in kept)
    strays = db.rows(
        "SELECT s.id FROM session s LEFT JOIN device d ON d.fingerprint = s.device "
        "WHERE s.device <> '' AND (d.staff_id IS NOT s.staff_id OR s.address = '' "
        "OR s.started_at NOT BETWEEN d.added_at AND coalesce(d.ended_at, s.started_at))"
    )
    assert strays == []


def test_its_keys_are_those_that_everybody_knows(made: Made) -> None:
    """Published test vectors, so nobody takes them for somebody's; no private half is anywhere near."""
    assert {key.public[:16] for key in sample.KEYS} == {
        "d75a980182b10ab7",
        "3d4017c3e843895a",
        "fc51cd8e6218a1a3",
        "278117fc144c7234",
        "ec172b93ad5e563b",
    }
    assert b"PRIVATE KEY" not in (made.home / "shop.db").read_bytes()


def test_nobody_needs_a_phone_to_look_around(made: Made) -> None:
    """Whoever picks an account has none with its seed. Somebody has set one up all the same, so that protection has something to show."""
    assert security.policy().policy == Policy(totp=NOBODY)
    assert [person["login"] for person in exports.staff(OPERATOR) if person["totp"]] == [sample.PHONE[1]]
    assert sample.PHONE[1] not in sample.ABOUT


def test_its_passwords_are_hashed_at_the_floor(made: Made) -> None:
    """However much this machine could afford: a first visitor waits for every one of them."""
    kept = db.rows("SELECT password FROM credential")
    assert len(kept) > 10
    assert not [phc for (phc,) in kept if passwords.needs_rehash(phc, passwords.FLOOR)]


def test_everything_in_it_passes_the_rules_for_text(made: Made) -> None:
    """Names and what they are called are what a person could have typed."""
    for person in exports.staff(OPERATOR):
        for field in ("name", "nickname", "department"):
            assert text.clean(field, person[field], limit=text.NAME_LIMIT) == person[field]
        assert text.visible(person["name"]) == person["name"]


def test_there_is_something_to_ask_why_about(made: Made) -> None:
    """Somebody whose grant has run out, and somebody who is frozen."""
    why = access.why(OPERATOR, staff.find("wuhao"), "trade.order.export")
    assert [obstacle.kind for obstacle in why.verdict.obstacles] == ["expired"]
    frozen = access.why(OPERATOR, staff.find("heping"), "chat.receive")
    assert [obstacle.kind for obstacle in frozen.verdict.obstacles] == ["status"]
    assert set(sample.OWN_ROLE_HOLDS) <= permissions().keys()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Sample shops that are made here, and soon."""
    monkeypatch.setattr(throwaway, "_MEMORY", tmp_path)
    monkeypatch.setattr(demo, "fill", lambda home, _language, _operator: [(home.name, "password")])
    monkeypatch.setattr(signal, "signal", lambda *_arguments: None)
    return tmp_path


def test_another_process_fills_it_and_tells_the_accounts(quick: Path) -> None:
    """In a folder for nobody else, which is gone afterwards."""
    with demo.sample_shop("en", "tester") as filling:
        assert filling.home.parent == quick
        assert filling.home.stat().st_mode & 0o777 == 0o700
        assert filling.accounts() == ((filling.home.name, "password"),)
    assert list(quick.iterdir()) == []


def test_the_folder_is_gone_when_something_goes_wrong(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while it is still being filled, and that process with it."""
    monkeypatch.setattr(demo, "fill", lambda *_arguments: time.sleep(60))
    before = time.monotonic()
    seen: list[demo.Filling] = []

    def use() -> None:
        with demo.sample_shop("en", "tester") as filling:
            seen.append(filling)
            raise KeyError

    with pytest.raises(KeyError):
        use()
    assert time.monotonic() - before < 30
    assert list(quick.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0].process, 0)


def test_why_it_could_not_be_filled_is_said(quick: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """By the process that tried, with the exit code that goes with it."""

    def full(*_arguments: object) -> None:
        raise DiskFull

    monkeypatch.setattr(demo, "fill", full)
    with demo.sample_shop("en", "tester") as filling, pytest.raises(SystemExit) as ended:
        filling.accounts()
    assert ended.value.code == 3
    assert "The disk is full" in capfd.readouterr().err


def test_the_clock_is_the_machines_again(made: Made) -> None:
    """Nothing that is done in the sample shop happens in the past."""
    assert clock._Source.read is None
