"""Filters of the log against one in plain Python, on a log whose clock jumps about: whatever is asked, the same entries come."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import pytest

from models import clock, db
from models.catalogue import permission_label
from models.events import AREAS, PROGRAMS, SENTENCES, area_of, risk_of
from models.queries import audit, audit_filters, audit_streams
from models.queries.audit import Wanted
from models.queries.departments import within
from models.rules import finding
from models.text import key
from tests.bench.traced import traced
from tests.factories import CONSOLE, Founded, template

MINUTE = clock.MINUTE
INSERT = f"INSERT INTO audit_entry VALUES ({', '.join('?' * 13)})"
ACTIONS = ("session.start", "session.refuse", "role.grant", "role.edit", "staff.freeze", "department.rename", "staff.stranger", *PROGRAMS)
CODES = ("goods.view", "aftersales.refund.approve", "made.up")
TEXTS = ("refund 1", "改价 茶壶", 'say "hi" 100%', "under_score", "back\\slash", "<b>bold</b>")
LOGINS = ("", "owner", "alice", "bob", "carol", "dave", "console:root", "gone")


class Told(NamedTuple):
    """An entry as it was written."""

    seq: int
    at: int
    actor: str
    action: str
    kind: str
    thing_id: int | None
    label: str
    new: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Told]]:
    """A shop with some people, and a log of 3,000 entries whose clock was set wrong at times."""
    from models import shop

    home = tmp_path_factory.mktemp("log") / "shop"
    template(home)
    shop.open(home)
    here = Founded(home, CONSOLE)
    departments = [row[0] for row in db.rows("SELECT id FROM department ORDER BY id")]
    for place, (login, name) in enumerate((("alice", "Alice Wang"), ("bob", "张三"), ("carol", "Carol"), ("dave", "Dave"))):
        here.person(login, name=name, department_id=departments[place % 2])
    chance = Random(5)
    at = db.rows("SELECT max(at) FROM audit_entry")[0][0]
    newest = db.rows("SELECT max(seq) FROM audit_entry")[0][0]
    rows = []
    for seq in range(newest + 1, newest + 3001):
        at += chance.randrange(MINUTE)
        moment = at + (chance.choice((-1, 1)) * 500 * MINUTE if chance.random() < 0.02 else 0)
        rows.append(_made(seq, moment, chance))
    with db.transaction():
        db.write_many(INSERT, rows)
    found = db.rows("SELECT seq, at, actor, action, object_kind, object_id, object_label, new FROM audit_entry ORDER BY seq DESC")
    yield [Told._make(row) for row in found]
    shop.close()


def _made(seq: int, at: int, chance: Random) -> tuple[Any, ...]:
    action = chance.choices(ACTIONS, weights=(30, 5, 9, 3, 1, 2, 1, 30, 5))[0]
    thing: tuple[str, int | None, str] = ("staff", chance.randrange(1, 6), chance.choice(LOGINS))
    new = json.dumps({"why": "idle"})
    if action in PROGRAMS:
        thing, new = ("permission", None, chance.choice(CODES)), json.dumps({"act": chance.choice(TEXTS)}, ensure_ascii=False)
        new = "{damaged" if chance.random() < 0.01 else new
    elif action == "role.edit":
        thing = ("role", chance.randrange(1, 5), "some role")
    elif action == "department.rename":
        thing = ("department", chance.randrange(1, 4), "some department")
    elif chance.random() < 0.1:
        thing = ("staff", None, "?")
    return (seq, at, chance.choice(LOGINS), 1, "", "10.0.0.1", action, *thing, "", new, bytes(32))


def naive(told: list[Told], wanted: Wanted) -> list[int]:
    """The numbers of what a filter lets through, judged entry by entry."""
    inside: set[str] = set()
    if wanted.department_id is not None:
        tree = within(wanted.department_id)
        inside = {login for login, where in db.rows("SELECT login, department_id FROM staff") if where in tree}
    people = db.rows("SELECT id, login, search FROM staff")
    roles = dict(db.rows("SELECT id, code FROM role"))
    departments = dict(db.rows("SELECT id, preset FROM department"))

    def meets(entry: Told, word: str) -> bool:
        needle = re.sub(r"\\(.)", r"\1", finding.needle(word))
        met = {login: id for id, login, search in people if needle in search}
        if entry.actor in met or (entry.actor.startswith("console:") and key(word) in entry.actor):
            return True
        if entry.kind == "staff" and entry.thing_id in met.values():
            return True
        names = {"role": roles, "department": departments}.get(entry.kind, {})
        if key(word) in key(str(names.get(entry.thing_id, "") or "").replace("_", " ")):
            return True
        said = SENTENCES.get(entry.action, "").replace("{object}", "")
        if key(word) in entry.action or key(word) in key(said):
            return True
        if entry.action not in PROGRAMS:
            return False
        act = json.loads(entry.new)["act"] if entry.new != "{damaged" else ""
        return key(word) in entry.label or key(word) in key(permission_label(entry.label)) or key(word) in key(act)

    def passes(entry: Told) -> bool:
        return all(
            (
                not wanted.by or entry.actor == wanted.by,
                wanted.department_id is None or entry.actor in inside,
                not wanted.area or area_of(entry.action) == wanted.area,
                not wanted.action or entry.action == wanted.action,
                not wanted.risk or risk_of(entry.action, entry.label) == wanted.risk,
                not wanted.kind or entry.kind == wanted.kind,
                wanted.thing_id is None or entry.thing_id == wanted.thing_id,
                wanted.since is None or entry.at >= wanted.since,
                wanted.until is None or entry.at <= wanted.until,
                all(meets(entry, word) for word in wanted.words.split()),
            )
        )

    return [entry.seq for entry in told if passes(entry)]


def walked(wanted: Wanted, limit: int = 200) -> list[int]:
    """The numbers of what comes, page by page."""
    found: list[int] = []
    before: int | None = None
    for _page in range(10_000):
        page = audit.page(CONSOLE, wanted, before, limit)
        assert len(page.rows) <= limit
        assert all(row.seq < (before or 1 << 60) for row in page.rows)
        found += [row.seq for row in page.rows]
        assert page.more == (page.before is not None)
        if page.before is None:
            return found
        assert before is None or page.before < before
        before = page.before
    raise AssertionError


def asked(told: list[Told], chance: Random) -> Wanted:
    """Some filter: each field or none."""
    moments = sorted(chance.choice(told).at for _ in range(2))

    def maybe(make: Callable[[], Any], empty: Any, odds: float = 0.35) -> Any:
        return make() if chance.random() < odds else empty

    kind = maybe(lambda: chance.choice(("staff", "role", "department", "permission", "request")), "")
    words = (
        "alice",
        "zhang",
        "张三",
        "root",
        "refund",
        "role",
        "froze",
        "goods",
        "改价",
        "100%",
        "_",
        "\\",
        "nothing",
        '"hi"',
        "customer",
        "e",
        "<b>",
    )
    return Wanted(
        words=maybe(lambda: " ".join(chance.sample(words, chance.choice((1, 1, 2)))), ""),
        by=maybe(lambda: chance.choice((*LOGINS[1:], "nobody")), ""),
        department_id=maybe(lambda: chance.choice((1, 2, 3)), None, 0.2),
        area=maybe(lambda: chance.choice(tuple(AREAS)), "", 0.2),
        action=maybe(lambda: chance.choice((*ACTIONS, "owner.offer")), "", 0.2),
        risk=maybe(lambda: chance.choice(("low", "medium", "high")), "", 0.25),
        kind=kind,
        thing_id=maybe(lambda: chance.randrange(1, 6), None) if kind else None,
        since=maybe(lambda: moments[0], None),
        until=maybe(lambda: moments[1], None),
    )


@pytest.mark.parametrize("seed", range(12))
def test_every_filter_gives_what_judging_each_entry_gives(told: list[Told], seed: int) -> None:
    """In any combination, in pages of any size."""
    chance = Random(seed)
    for _ in range(25):
        wanted = asked(told, chance)
        assert walked(wanted, chance.choice((1000, 200, 60))) == naive(told, wanted), wanted


@pytest.mark.parametrize("seed", range(12))
def test_so_it_does_where_every_stream_is_used(told: list[Told], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of a million is read through indexes at once; with small limits so is this one."""
    chance = Random(100 + seed)
    for name, value in (
        ("_FEW", 40),
        ("_RARE", 3),
        ("_SMALLEST", 2),
        ("_LARGEST", 30),
        ("_ENOUGH", 50),
        ("_PAIRS", chance.choice((1, 9, 99))),
    ):
        monkeypatch.setattr(audit_streams, name, value)
    for _ in range(25):
        wanted = asked(told, chance)
        assert walked(wanted, chance.choice((1000, 100))) == naive(told, wanted), wanted


@pytest.mark.parametrize("seed", range(4))
def test_a_search_that_stops_early_goes_on_where_it_stopped(told: list[Told], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out and nothing comes twice; each page says how far it looked."""
    chance = Random(200 + seed)
    for name, value in (("_FEW", 40), ("_RARE", 1), ("PATIENCE", 0.0)):
        monkeypatch.setattr(audit_streams, name, value)
    for _ in range(8):
        wanted = asked(told, chance)
        assert walked(wanted) == naive(told, wanted), wanted
    page = audit.page(CONSOLE, Wanted(words="nothing-like-this"))
    assert (page.rows, page.more) == ((), True)
    assert page.searched_to is not None
    assert page.searched_to in {entry.at for entry in told}


def test_the_window_of_a_time_holds_all_of_it_from_either_side(told: list[Told]) -> None:
    """Whichever side of it is the smaller one to read; with a clock that jumped, too."""
    newest = told[0].seq
    for entry in told[::150]:
        for since, until in ((entry.at, None), (None, entry.at), (entry.at, entry.at + 90 * MINUTE)):
            inside = [each.seq for each in told if each.at >= (since or 0) and each.at <= (until or 1 << 62)]
            first, bound = audit_filters.between(Wanted(since=since, until=until), None)
            assert first <= min(inside)
            assert bound > max(inside)
            assert 1 <= first < bound <= newest + 1
    moments = sorted(entry.at for entry in told)
    gap = next(at for at, after in pairwise(moments[1500:]) if after - at > 9)
    for nothing in (Wanted(since=1, until=2), Wanted(since=1 << 61), Wanted(until=5), Wanted(since=gap + 1, until=gap + 2)):
        first, bound = audit_filters.between(nothing, None)
        assert first >= bound
        assert walked(nothing) == []


def test_a_page_from_a_time_on_does_not_ask_where_that_time_begins(told: list[Told]) -> None:
    """To be certain takes as long as there are entries before: half a million of them are a frame and a half. Less than a page asks."""
    exact = [f"audit_entry {where}" for where in ("WHERE at <", "INDEXED BY auditentry_at")]
    middle = told[len(told) // 2].at
    for limit, is_asked in ((60, False), (len(told), True)):
        with traced() as seen:
            page = audit.page(CONSOLE, Wanted(since=middle), limit=limit)
        assert [row.seq for row in page.rows] == naive(told, Wanted(since=middle))[:limit]
        assert any(text in sql for sql in seen.texts for text in exact) is is_asked


def test_from_any_time_on_nothing_is_left_out(told: list[Told]) -> None:
    """Also of what was written with a clock that was wrong: before the place where that time seems to begin, too."""
    for entry in told[::100]:
        wanted = Wanted(since=entry.at)
        assert walked(wanted, 300) == naive(told, wanted)
        parts = list(audit_filters.spans(wanted, None))
        assert (parts[-1][0], parts[0][1]) == audit_filters.between(wanted, None)


def test_what_contradicts_itself_matches_nothing(told: list[Told]) -> None:
    """An act outside its area, a risk that it has not, a person outside the department."""
    assert walked(Wanted(area="roles", action="staff.freeze")) == []
    assert walked(Wanted(action="role.edit", risk="low")) == []
    assert walked(Wanted(by="gone", department_id=1)) == []
    assert walked(Wanted(area="no such area")) == []
    assert walked(Wanted(by="  ALICE ")) == walked(Wanted(by="alice"))
    assert walked(Wanted(words="   ")) == [entry.seq for entry in told]
