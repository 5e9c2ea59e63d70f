"""What the sample shop shows of its life: every screen has something worth reading, in both languages, and none of it is in the future."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import DAY, MINUTE
from models.i18n import Language
from models.operations import log, sessions
from models.queries import (
    backups,
    due,
    high_risk,
    home,
    review,
    review_findings,
    review_lines,
    review_unused,
    separation,
    signed_in,
    staff,
)
from tests.tui.conftest import Made
from tui import sample, sample_acts, sample_control
from tui.sample_days import Days

OPERATOR = Actor.console("tester")
HAN = re.compile("[\u4e00-\u9fff]")


@contextmanager
def signed_in_as(login: str) -> Iterator[Actor]:
    """One of the accounts that the sign-in screen shows."""
    actor = sessions.sign_in(Actor.stranger(), login, sample.PASSWORDS[login])
    yield actor
    sessions.sign_out(actor)


def acts() -> list[tuple[int, str, str, str, dict[str, Any]]]:
    """Acts in other programs: when, who, whether they might, the permission, what was told."""
    found = db.rows("SELECT at, actor, action, object_label, new FROM audit_entry WHERE object_kind = 'permission' ORDER BY seq")
    return [(at, actor, action, code, json.loads(new)) for at, actor, action, code, new in found]


def newest(action: str) -> dict[str, Any]:
    """What the last entry of an action tells."""
    ((new,),) = db.rows("SELECT new FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1", (action,))
    told: dict[str, Any] = json.loads(new)
    return told


def test_people_act_in_other_programs(made: Made) -> None:
    """A few hundred times, some of them refused, for every reason that there is, in the language of the shop."""
    found = acts()
    assert 300 <= len(found) <= 500
    refused = [each for each in found if each[2] == "program.refuse"]
    assert 6 <= len(refused) <= 20
    assert {kind for each in refused for kind in each[4]["because"]} == {"not_granted", "post", "expired", "status"}
    assert len({each[1] for each in found} - {"alice"}) == 17
    assert {bool(HAN.search(each[4]["act"])) for each in found} == {made.language == "zh"}
    assert not any("{" in each[4]["act"] for each in found)


def test_nobody_acts_before_they_came_or_after_they_left(made: Made) -> None:
    """Who tries to is refused."""
    activated = dict(db.rows("SELECT actor, min(at) FROM audit_entry WHERE action = 'staff.activate' GROUP BY actor"))
    ended = dict(db.rows("SELECT object_label, min(at) FROM audit_entry WHERE action IN ('staff.leave', 'staff.freeze') GROUP BY 1"))
    for at, actor, action, *_rest in acts():
        if action == "program.allow":
            assert activated.get(actor, 0) < at < ended.get(actor, at + 1)


def test_high_risk_acts_have_quiet_and_busy_days(made: Made) -> None:
    """So that the line of days shows something."""
    days = [day.acts for day in high_risk.daily(OPERATOR)]
    assert min(days) <= 1
    assert max(days) >= 4 * median(days)
    assert max(days[-2:]) >= 3  # just after midnight nothing was done yet today
    assert sum(each > 0 for each in days) > 20


def test_requests_are_of_every_kind(made: Made) -> None:
    """Approved until a date, declined with a word, withdrawn; two are open, and say so to whoever may decide."""
    rows = db.rows("SELECT w.login, q.status, q.until, q.word, q.reason FROM request q JOIN staff w ON w.id = q.staff_id ORDER BY q.id")
    assert Counter(row[1] for row in rows) == {"open": 2, "approved": 1, "declined": 1, "withdrawn": 1}
    assert {bool(HAN.search(row[4])) for row in rows} == {made.language == "zh"}
    ((who, _status, until, *_rest),) = [row for row in rows if row[1] == "approved"]
    assert until > clock.now() + 20 * DAY
    assert db.rows("SELECT 1 FROM extra e JOIN staff w ON w.id = e.staff_id WHERE w.login = ? AND e.until = ?", (who, until))
    assert [row[3] for row in rows if row[1] == "declined"] == [sample_control.WORD[made.language == "zh"]]


@pytest.mark.parametrize("login", ["alice", "bob"])
def test_home_says_what_is_due(made: Made, login: str) -> None:
    """To the owner and to the manager."""
    with signed_in_as(login) as actor:
        today = home.today(actor)
    assert today.requests is not None
    assert (today.requests.number, len(today.requests.first)) == (2, 2)
    kinds = {each.kind for each in today.due}
    assert {due.LEAVING, due.ENDING, due.FROZEN, due.CODE} <= kinds
    assert today.headless is not None


def test_its_last_backup_is_of_last_night(made: Made) -> None:
    """And whole, and the key file was copied: the owner is not reminded of either."""
    found = backups.status(OPERATOR)
    assert found.is_well
    assert found.last is not None
    assert clock.now() - 2 * DAY < found.last.at < clock.now()
    assert [(each.manifest is not None, str(each.file)) for each in backups.listing(OPERATOR)] == [(True, found.last.where)]
    with signed_in_as("alice") as actor:
        assert home.today(actor).reminders.backup is None


def test_whoever_asked_reads_the_answer(made: Made) -> None:
    """The account from customer service that the sign-in screen shows has one."""
    with signed_in_as("lilei") as actor:
        assert [answer.status for answer in home.today(actor).answers] == ["approved"]


def test_people_leave_stand_in_and_take_over(made: Made) -> None:
    """Somebody leaves in the coming days, somebody left and a colleague took over what they had, somebody stands in until a day."""
    leaving = db.rows("SELECT login, leaves_at, leaves_by FROM staff WHERE leaves_at IS NOT NULL")
    assert [(login, by) for login, _at, by in leaving] == [("chenjie", "bob")]
    assert clock.now() < leaving[0][1] < clock.now() + due.LEAVING_DAYS * DAY
    assert db.rows("SELECT login FROM staff WHERE status = 'left'") == [("xuan",)]
    assert newest("staff.replace")["for"] == "xuan"
    standing = db.rows(
        "SELECT s.login, w.login, g.until FROM role_grant g JOIN staff s ON s.id = g.staff_id JOIN staff w ON w.id = g.stands_for_id"
    )
    assert [row[:2] for row in standing] == [("sunyue", "carol")]
    assert standing[0][2] > clock.now()


def test_one_person_holds_what_is_kept_apart(made: Made) -> None:
    """From before it was; everybody else keeps to it."""
    pairs = separation.listed(OPERATOR)
    assert [{pair.one, pair.other} for pair in pairs] == [set(sample_control.KEPT_APART)]
    assert [violation.login for violation in separation.violations(OPERATOR)] == ["bob"]


def test_the_review_finds_what_lies_unused_and_what_does_not(made: Made) -> None:
    """Of a manager who may do nearly everything; some lines were confirmed, by the owner."""
    bob = staff.find("bob")
    unused = review_unused.unused(OPERATOR)
    lying = {row.found.code for row in unused.window(0, unused.count()) if row.found.staff_id == bob}
    assert 10 < len(lying) < 40
    assert {"goods.delete", "shop.app.authorize", "staff.security.reset"} <= lying
    assert not {"refund.approve", "goods.price.edit", "staff.manage", "staff.offboard"} & lying
    found = {each.kind for each in review_findings.findings(OPERATOR)}
    assert {review_findings.SEPARATION, review_findings.ENDING} <= found
    coverage = review.coverage(OPERATOR)
    assert 0 < coverage.confirmed < coverage.lines
    (line,) = review_lines.person(OPERATOR, bob).lines
    assert line.confirmed_by == "alice"


def test_colleagues_are_here_now(made: Made) -> None:
    """None of them by an account that the sign-in screen shows, so nobody is in a visitor's way; one over SSH, one went for a coffee."""
    here = signed_in.listing(OPERATOR).window(0, 10)
    assert len(here) == 4
    assert not {each.login for each in here} & sample.ABOUT.keys()
    assert [(each.login, each.device) for each in here if each.address] == [("shanlan", sample.KEYS[-1].name[made.language == "zh"])]
    assert [each.login for each in here if each.is_locked] == ["emma"]
    assert {each.section for each in here} == {"audit", "home", "me"}
    idle = [each.idle(clock.now()) // MINUTE for each in here]
    assert idle == sorted(idle)
    assert len(set(idle)) >= 3


def test_the_log_was_verified_and_taken_out(made: Made) -> None:
    """And it is whole still."""
    assert newest("audit.verify")["whole"] is True
    exported = newest("export.audit")
    assert exported["risk"] == "high"
    assert exported["rows"] > 20
    assert log.verify(OPERATOR).is_whole


MOMENTS = {
    "request": ("asked_at", "decided_at"),
    "separation": ("declared_at",),
    "role_grant": ("since", "confirmed_at", "ended_at"),
    "extra": ("since", "confirmed_at", "ended_at"),
    "session": ("started_at", "seen_at", "ended_at"),
    "staff": ("created_at", "activated_at", "left_at", "signed_in_at"),
    "audit_entry": ("at",),
}


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, columns in MOMENTS.items() for column in columns])
def test_nothing_of_it_is_in_the_future(made: Made, table: str, column: str) -> None:
    """Everything that happened has happened."""
    ((last,),) = db.rows(f"SELECT max({column}) FROM {table}")
    assert 0 < last <= clock.now()


@pytest.mark.parametrize("hour", [0.01, 3, 9.5, 20, 23.9])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_time_it_is_things_happen_in_order(hour: float, language: Language) -> None:
    """A sample shop opened at midnight has had its day, and what was done just now was done after it."""
    noon = clock.end_of_day("2026-03-01", clock.HOME_ZONE) + 1
    clock.set_clock(lambda: noon + round(hour * clock.HOUR))
    try:
        days = Days(language)
        events = [*sample_acts.events(days), *sample_control.events(days, lambda _days_ago: 700)]
    finally:
        clock.set_clock(None)
    assert max(event.at for event in events) < days.now
    before = [event.at for event in events if event.at < days.midnight]
    recent = [event.at for event in events if event.at > days.now - 100 * MINUTE]
    assert len(before) + len(recent) >= len(events)
    assert max(at for at in before if at not in recent) < min(recent)
