"""What the sample shop shows of its life: every screen has something worth reading, in both languages, and none of it is in the future."""

from __future__ import annotations

import json
import re
from collections import Counter
from statistics import median

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import DAY, MINUTE
from models.i18n import Language
from models.operations import log
from models.queries import (
    backups,
    chats,
    due,
    high_risk,
    home,
    review,
    review_findings,
    review_lines,
    review_unused,
    seats,
    separation,
    signed_in,
    staff,
)
from tests.tui.conftest import Made
from tests.tui.life import HAN, acts, at_hour, newest, signed_in_as
from tui import sample, sample_acts, sample_chats, sample_control, sample_seats
from tui.sample_days import Days

OPERATOR = Actor.console("tester")


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


def test_customers_wait_some_of_them_for_somebody_who_is_away(made: Made) -> None:
    """For minutes, hours and days; each is shown to whoever may read it, and to the colleague whom it is about."""
    waiting = db.rows(
        "SELECT s.login, s.status, c.waiting_since FROM conversation c JOIN staff s ON s.id = c.staff_id WHERE c.waiting_since IS NOT NULL"
    )
    assert Counter(login for login, *_rest in waiting) == Counter(["davidwei", "hanmeimei", "heping", "lilei", "sunyue", "zhouxin"])
    assert [login for login, status, _since in waiting if status != "active"] == ["heping"]
    ages = sorted(clock.now() - since for *_who, since in waiting)
    assert ages[0] < clock.HOUR
    assert ages[-1] > 7 * DAY
    reached = {}
    for login in ("alice", "carol", "lilei"):
        with signed_in_as(login) as actor:
            reached[login] = (chats.waiting(actor), chats.listing(actor).count())
    assert reached["alice"][0] == reached["carol"][0] == (0, 6)
    assert reached["lilei"][0] == (1, 1)
    assert reached["alice"][1] > reached["carol"][1] > 3 * reached["lilei"][1] > 30


def test_a_customer_writes_to_two_colleagues_on_one_day(made: Made) -> None:
    """Also to somebody who left that day: what was said with her stays where it is."""
    met: dict[tuple[str, str], set[str]] = {}
    for customer, login, at in db.rows(
        "SELECT c.customer, s.login, m.at FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN staff s ON s.id = c.staff_id"
    ):
        met.setdefault((customer, clock.day(at, clock.HOME_ZONE)), set()).add(login)
    assert sorted(map(sorted, (both for both in met.values() if len(both) > 1))) == [["carol", "lilei"], ["xuan", "zhouxin"]]
    with signed_in_as("carol") as actor:
        rows = chats.listing(actor, chats.Filter(staff_id=staff.find("xuan"))).window(0, 10)
    assert len(rows) == 3


def test_what_is_said_of_orders_is_what_the_log_says(made: Made) -> None:
    """Refunds, coupons, notes, closed orders, changed addresses: whoever says so did so. One order was for the courier to put right."""
    said = " ".join(text for (text,) in db.rows("SELECT text FROM message"))
    done = " ".join(act[4]["act"] for act in acts())
    named = set(re.findall(r"\d{8}-\d{3}", said))
    assert len(named) > 20
    assert len(named - set(re.findall(r"\d{8}-\d{3}", done))) == 1


def test_how_chats_came_in_and_who_read_them_is_in_the_log(made: Made) -> None:
    """A file, then what the bridge brings; the service lead looked for a word and read what a colleague wrote, and nobody else did."""
    rows = db.rows("SELECT actor, action, object_label, new FROM audit_entry WHERE action LIKE 'chat.%' ORDER BY seq")
    entries = [(actor, action, label, json.loads(new)) for actor, action, label, new in rows]
    assert Counter(action for _actor, action, *_rest in entries) == {
        "chat.import": 1,
        "chat.deliver": len(sample_chats.DELIVERED),
        "chat.search": 1,
        "chat.read": 1,
    }
    told = [new for _actor, action, _label, new in entries if action in {"chat.import", "chat.deliver"}]
    assert sum(new["new"] for new in told) == db.rows("SELECT count(*) FROM message")[0][0]
    assert {(new["known"], new["bad"]) for new in told} == {(0, 0)}
    ((actor, _action, colleague, new),) = [entry for entry in entries if entry[1] == "chat.read"]
    assert (actor, colleague, new["customer"]) == ("carol", "lilei", sample_chats.READ[1][made.language == "zh"])
    assert newest("chat.search")["found"] > 3


def test_seats_are_counted_and_some_are_free(made: Made) -> None:
    """Enough to try onboarding; some end soon, which Home says to the owner, and a gift waits to be claimed."""
    with signed_in_as("alice") as actor:
        summary = seats.summary(actor)
        kept = [(row.kind, row.number, row.state) for row in seats.ledger(actor)]
    assert summary.counted
    assert summary.seats.free >= 3
    assert summary.unclaimed == sample_seats.WAITING
    assert summary.ending is not None
    assert clock.now() + 7 * DAY < summary.ending.until < clock.now() + 12 * DAY
    assert summary.ending.left < summary.seats.used
    assert kept == [("gifted", 2, "waiting"), ("bought", 6, "counts"), ("bought", 6, "counts"), ("gifted", 10, "counts")]


MOMENTS = {
    "request": ("asked_at", "decided_at"),
    "separation": ("declared_at",),
    "role_grant": ("since", "confirmed_at", "ended_at"),
    "extra": ("since", "confirmed_at", "ended_at"),
    "session": ("started_at", "seen_at", "ended_at"),
    "staff": ("created_at", "activated_at", "left_at", "signed_in_at"),
    "audit_entry": ("at",),
    "message": ("at",),
    "conversation": ("first_at", "last_at", "waiting_since"),
    "seat": ("recorded_at", "claimed_at"),
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
    with at_hour(hour):
        days = Days(language)
        events = [
            *sample_acts.events(days),
            *sample_chats.events(days, OPERATOR),
            *sample_control.events(days, lambda _days_ago: 700),
            *sample_seats.events(days, lambda _days_ago: 700),
        ]
    assert max(event.at for event in events) < days.now
    before = [event.at for event in events if event.at < days.midnight]
    recent = [event.at for event in events if event.at > days.now - 100 * MINUTE]
    assert len(before) + len(recent) >= len(events)
    assert max(at for at in before if at not in recent) < min(recent)
