"""When a permission was last used, compared with reading the whole log."""

from __future__ import annotations

import json
from random import Random

import pytest

from models import clock, db
from models.catalogue import permissions
from models.clock import DAY
from models.events import PROGRAM_ALLOW, PROGRAM_REFUSE, USES
from models.operations import chat_reading, departures, staff as staff_operations
from models.operations.staff import Profile
from models.queries import access, last_use
from models.queries.last_use import Holds, Use
from tests.chats import CUSTOMER, conversation
from tests.factories import CONSOLE, Founded
from tests.models.doors import Watch

NOW = 1_772_337_600_000_000


def entry(at: int, actor: str, action: str, kind: str, label: str, object_id: int | None = None, new: str = "") -> None:
    """Append an entry; the chain does not matter here."""
    db.rows(
        "INSERT INTO audit_entry SELECT coalesce(max(seq), 0) + 1, ?, ?, NULL, '', '', ?, ?, ?, ?, '', ?, zeroblob(32) FROM audit_entry",
        (at, actor, action, kind, object_id, label, new),
    )


def naive(login: str, staff_id: int, code: str) -> int | None:
    """The same by reading everything."""
    found = None
    for at, actor, action, kind, object_id, label in db.rows(
        "SELECT at, actor, action, object_kind, object_id, object_label FROM audit_entry ORDER BY seq"
    ):
        by_program = action == PROGRAM_ALLOW and label == code
        takes = {"chat.record.all": {"chat.record.all", "chat.record.team"}}.get(USES.get(action, ""), {USES.get(action)})
        ours = code in takes and not (kind == "staff" and object_id == staff_id) and action != "staff.leave"  # in no session
        if actor == login and (by_program or ours):
            found = at
    return found


@pytest.mark.parametrize("seed", range(5))
def test_last_use_is_what_a_scan_of_the_log_finds(little_shop: Founded, seed: int) -> None:
    """Of a thousand entries of every sort, by people whose names begin alike, refused ones and acts on oneself among them."""
    chance, logins = Random(seed), {"ann": 11, "anna": 12, "ann.b": 13}
    codes = [*permissions()]
    for step in range(1000):
        actor = chance.choice([*logins, "console:ann", ""])
        at = NOW + step * clock.MINUTE
        if chance.random() < 0.5:
            entry(at, actor, chance.choice([PROGRAM_ALLOW, PROGRAM_REFUSE]), "permission", chance.choice(codes))
        else:
            kind, object_id = chance.choice([("staff", 11), ("staff", 12), ("role", 11), ("shop", 1), ("staff", None)])
            entry(at, actor, chance.choice([*USES, "session.start", "act.refuse"]), kind, actor or "x", object_id)
    wanted = [Holds(login, staff_id, code) for login, staff_id in logins.items() for code in codes]
    assert last_use.last(wanted) == [naive(*each) for each in wanted]


def test_nobody_and_nothing_costs_nothing(little_shop: Founded) -> None:
    """No people, no answers."""
    assert last_use.last([]) == []
    assert last_use.uses([]) == []


def test_what_one_does_to_ones_own_account_uses_nothing(little_shop: Founded) -> None:
    """A manager who corrects their own telephone number has not managed anybody; who corrects another's has."""
    meg = little_shop.person("meg", gave=["manager"])
    tom = little_shop.person("tom")
    hold = Holds("meg", meg.staff_id or 0, "staff.manage")
    staff_operations.edit(meg, meg.staff_id or 0, 1, Profile("Meg", phone="13800138000"))
    assert last_use.last([hold]) == [None]
    staff_operations.edit(meg, tom.staff_id or 0, 1, Profile("Tom", phone="13800138000"))
    assert last_use.last([hold]) != [None]


def test_a_departure_was_used_when_it_was_planned_not_when_it_was_written_down(little_shop: Founded, watch: Watch) -> None:
    """Which happens under the name of who planned it, who may not have been there for months."""
    meg = little_shop.person("meg", gave=["manager"])
    ann, tom = little_shop.person("ann").staff_id or 0, little_shop.person("tom").staff_id or 0
    hold, planned = Holds("meg", meg.staff_id or 0, "staff.offboard"), watch.now
    departures.plan(meg, tom, clock.day(planned + 100 * DAY, "Asia/Shanghai"))
    watch.now += 120 * DAY
    staff_operations.freeze(CONSOLE, ann)
    assert [actor for actor, _act, label in little_shop.log("staff.leave") if label == "tom"] == ["meg"]
    assert last_use.last([hold]) == [planned]
    staff_operations.leave(meg, ann)
    assert last_use.last([hold]) == [watch.now]


def test_a_refused_use_is_none(little_shop: Founded) -> None:
    """Of a thousand attempts that another program refused, none is a use, and they do not hide the one before."""
    entry(NOW, "tom", PROGRAM_ALLOW, "permission", "refund.approve")
    for step in range(1000):
        entry(NOW + step, "tom", PROGRAM_REFUSE, "permission", "refund.approve")
    assert last_use.last([Holds("tom", 9, "refund.approve"), Holds("tom", 9, "goods.view")]) == [NOW, None]


def test_last_use_is_a_probe_of_an_index(little_shop: Founded) -> None:
    """No query reads the log from end to end: each says `SEARCH`, with the index that is there for it."""
    for sql, asked in (
        (last_use._BEGAN, "('a', 'b')"),
        (last_use._OF_PROGRAMS, "(0, 'a', 'b')"),
        (last_use._OF_OURS, "(0, 'a', 'b', 1)"),
        (last_use._FIRST, "('a')"),
    ):
        plan = " ".join(row[-1] for row in db.rows(f"EXPLAIN QUERY PLAN {sql.format(asked=asked)}"))
        assert "SEARCH e USING" in plan
        assert "SCAN e" not in plan
        assert "TEMP B-TREE" not in plan


def test_the_log_tells_of_what_is_reported_or_our_own(little_shop: Founded) -> None:
    """Since the first entry of a program, allowed or refused; of our own acts since ever; of looking never."""
    entry(NOW, "tom", PROGRAM_REFUSE, "permission", "refund.approve")
    entry(NOW + DAY, "tom", PROGRAM_ALLOW, "permission", "refund.approve")
    found = last_use.known_since(["refund.approve", "goods.view", "staff.manage", "staff.view", "audit.view.all"])
    assert found == {"refund.approve": NOW, "staff.manage": 0}
    assert last_use.uses([Holds("tom", 9, "goods.view")]) == [Use(None, None)]


def test_a_shop_whose_programs_tell_of_looking_is_believed(little_shop: Founded) -> None:
    """Where another program asks for `staff.view`, its absence says something from then on."""
    entry(NOW, "tom", PROGRAM_ALLOW, "permission", "staff.view")
    assert last_use.known_since(["staff.view"]) == {"staff.view": NOW}


def test_reading_a_colleagues_conversation_is_a_use_and_reading_ones_own_is_none(little_shop: Founded, watch: Watch) -> None:
    """By opening it and by searching; of the wider permission a use is one of the narrower, too, which it cannot be held without."""
    codes = ("chat.record.team", "chat.record.all")
    eve = little_shop.person("eve", extras=codes, department_id=1)
    for login, place in (("eve", 1), ("bob", 1), ("ann", 2)):
        if login != "eve":
            little_shop.person(login, department_id=place)
        conversation(login, "river", (CUSTOMER, "还有货吗"))
    hold = [Holds("eve", eve.staff_id or 0, code) for code in codes]
    chat_reading.open_conversation(eve, 1)
    assert last_use.last(hold) == [None, None], "her own"
    watch.passes(60)
    chat_reading.open_conversation(eve, 2)
    team = clock.now()
    assert last_use.last(hold) == [team, None]
    watch.passes(60)
    chat_reading.open_conversation(eve, 3)
    assert last_use.last(hold) == [clock.now(), clock.now()]
    watch.passes(60)
    chat_reading.find(eve, chat_reading.Filter("有货"))
    assert last_use.last(hold) == [clock.now(), clock.now()]
    assert access.why(eve, eve.staff_id or 0, "chat.record.all").verdict.allowed


def test_nobody_has_let_lie_what_there_was_nothing_of(little_shop: Founded, watch: Watch) -> None:
    """Before conversations were brought in, the log cannot tell of reading any; a program may have told of it before."""
    assert last_use.known_since(["chat.record.team", "chat.record.all"]) == {}
    entry(NOW, "console:x", "chat.deliver", "shop", "Little Shop")
    assert last_use.known_since(["chat.record.team", "chat.record.all"]) == {"chat.record.team": NOW, "chat.record.all": NOW}
    entry(NOW - DAY, "tom", PROGRAM_REFUSE, "permission", "chat.record.all")
    entry(NOW + DAY, "tom", PROGRAM_REFUSE, "permission", "chat.record.team")
    assert last_use.known_since(["chat.record.team", "chat.record.all"]) == {"chat.record.team": NOW, "chat.record.all": NOW - DAY}


def test_looking_at_work_figures_leaves_no_trace_so_none_is_missed(little_shop: Founded) -> None:
    """Who never exported them may look at them every day."""
    assert last_use.known_since(["data.staffperf.view"]) == {}


EDGE = NOW - 90 * DAY


@pytest.mark.parametrize(
    ("use", "since", "unused"),
    [
        (Use(None, 0), EDGE, True),
        (Use(None, 0), EDGE + 1, False),  # given since
        (Use(None, EDGE), 0, True),
        (Use(None, EDGE + 1), 0, False),  # programs have not told of it for that long
        (Use(None, None), 0, False),  # the log cannot tell
        (Use(EDGE, 0), 0, True),
        (Use(EDGE + 1, 0), 0, False),  # used since
    ],
)
def test_unused_is_judged_to_the_microsecond(use: Use, since: int, unused: bool) -> None:
    """Held, told of, and not used for 90 days: all three, or nothing is said."""
    assert use.unused(since, NOW) is unused


def test_the_clock_and_the_log_of_a_real_act_agree(little_shop: Founded, watch: Watch) -> None:
    """The owner onboards somebody: that is a use of `staff.manage` at that moment."""
    little_shop.person("tom", by=little_shop.owner)
    ((told,),) = db.rows("SELECT new FROM audit_entry WHERE action = 'staff.onboard' ORDER BY seq DESC LIMIT 1")
    assert json.loads(told)["name"] == "Tom"
    assert last_use.last([Holds("owner", 1, "staff.manage")]) == [clock.now()]
