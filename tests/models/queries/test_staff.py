"""Finding people, listing them window by window, and everything about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import NotAllowed, SessionEnded, Unknown
from models.operations import departments, grants, sessions, staff as operations
from models.operations.staff import Profile
from models.queries import staff
from models.queries.staff import StaffFilter
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests.bench.traced import traced
from tests.crowd import crowd
from tests.factories import DAY, Founded, signed_in
from tests.hostile import LITERAL

EVERYBODY = 99_999


def logins(actor: Actor, **wanted: object) -> list[str]:
    """Who a filter lets through, in its order."""
    return [row.login for row in staff.listing(actor, StaffFilter(**wanted)).window(0, EVERYBODY)]  # type: ignore[arg-type]  # by keyword, of any kind


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Some people in some places."""
    night = departments.add(little_shop.owner, "Night shift", 1)
    little_shop.person("zhangsan", name="张三", post="service", gave=["customer_service"], department_id=1)
    little_shop.person("lisi", name="李四", gave=["operations", "design"], department_id=night)
    little_shop.person("bob", name="Bob Zhao", gave=["warehouse"], department_id=3, status="invited")
    little_shop.person("gone", name="Gone Girl", gave=["finance"])
    operations.leave(little_shop.owner, little_shop.id_of("gone"))
    operations.edit(little_shop.owner, little_shop.id_of("zhangsan"), 1, Profile("张三", "小张", "A-007", "138 0013 8000"))
    return little_shop


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["bob", "lisi", "owner", "zhangsan"]),
        ("zs", ["zhangsan"]),
        ("zhangsan", ["zhangsan"]),
        ("ZhangSan", ["zhangsan"]),
        ("zhang san", ["zhangsan"]),
        ("张", ["zhangsan"]),
        ("小张", ["zhangsan"]),
        ("xiao", []),
        ("007", ["zhangsan"]),
        ("13800138", ["zhangsan"]),
        ("138-0013", ["zhangsan"]),
        ("lisi", ["lisi"]),
        ("ls", ["lisi"]),
        ("zhao", ["bob"]),
        ("o", ["bob", "owner"]),
        ("gone", []),
        ("%", []),
        ("_", []),
        ("'", []),
        (" ", ["bob", "lisi", "owner", "zhangsan"]),
    ],
)
def test_people_are_found_as_they_are_called(shop: Founded, typed: str, found: list[str]) -> None:
    """By login, name, nickname, number, phone, pinyin and initials; signs that mean something to the database mean nothing here."""
    assert logins(shop.owner, query=typed) == found


@pytest.mark.parametrize("typed", LITERAL.values(), ids=LITERAL)
def test_whatever_is_typed_is_only_looked_for(shop: Founded, typed: str) -> None:
    """It finds somebody or nobody; it never fails and changes nothing."""
    assert set(logins(shop.owner, query=typed)) <= {"bob", "lisi", "owner", "zhangsan"}
    assert staff.listing(shop.owner).count() == 4


def test_every_filter_narrows_and_they_go_together(shop: Founded) -> None:
    """A department lets through those below it; who left is shown to who asks for them."""
    assert logins(shop.owner, department_id=1) == ["lisi", "zhangsan"]
    assert logins(shop.owner, department_id=3) == ["bob"]
    assert logins(shop.owner, post="service") == ["zhangsan"]
    assert logins(shop.owner, role_id=shop.role_id("design")) == ["lisi"]
    assert logins(shop.owner, status="invited") == ["bob"]
    assert logins(shop.owner, status="left") == ["gone"]
    assert logins(shop.owner, department_id=1, post="operations", query="ls") == ["lisi"]
    assert logins(shop.owner, department_id=999) == []


def test_a_role_that_is_over_is_not_held(shop: Founded) -> None:
    """Neither shown beside its person nor filtered by."""
    lisi, design = shop.id_of("lisi"), shop.role_id("design")
    grants.change(shop.owner, lisi, AccessChange(give_roles=(RoleGift(design, clock.now() + DAY),)))
    start = clock.now()
    clock.set_clock(lambda: start + 2 * DAY)
    assert logins(shop.owner, role_id=design) == []
    (row,) = staff.listing(shop.owner, StaffFilter(query="lisi")).window(0, 1)
    assert row.roles == ("Operations",)
    assert row.department == "Customer service/Night shift"


@pytest.mark.parametrize("sort", ["login", "name", "department", "signed_in"])
@pytest.mark.parametrize("descending", [False, True])
def test_windows_positions_and_order_agree(little_shop: Founded, sort: str, descending: bool) -> None:
    """However it is sorted: every person is in one place, and the place is where `position` says."""
    crowd(130)
    db.database.execute_sql("UPDATE staff SET signed_in_at = id * 7919 % 1000 WHERE id % 3 = 0")
    listing = staff.listing(little_shop.owner, StaffFilter(sort=sort, descending=descending))
    whole = listing.window(0, EVERYBODY)
    assert len(whole) == listing.count() == 131
    assert [row for start in range(0, 131, 10) for row in listing.window(start, 10)] == whole
    assert [listing.position(row.id) for row in whole] == list(range(131))
    assert listing.position(999) is None
    upward = staff.listing(little_shop.owner, StaffFilter(sort=sort)).window(0, EVERYBODY)
    assert (upward == whole) is not descending
    assert {row.id for row in upward} == {row.id for row in whole}


def test_a_window_is_one_read_for_ten_people_and_for_ten_thousand(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for the people, one for their roles; nothing loops."""
    crowd(300)
    listing = staff.listing(little_shop.owner, StaffFilter(query="zhang"))
    asked: list[str] = []
    rows = db.rows

    def counted(sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return rows(sql, parameters)

    monkeypatch.setattr(db, "rows", counted)
    assert len(listing.window(0, 30)) == 30
    assert len(asked) == 2


@pytest.mark.parametrize("typed", ["z", "zhang", "person0", "person00007", "138", "nobody at all"])
@pytest.mark.parametrize(("sort", "descending"), [("login", False), ("name", True)])
def test_whether_few_or_many_are_found_the_same_come(
    little_shop: Founded, monkeypatch: pytest.MonkeyPatch, typed: str, sort: str, descending: bool
) -> None:
    """Counted first or not, kept or not: windows, places and number agree."""
    crowd(60)
    wanted = StaffFilter(query=typed, sort=sort, descending=descending)
    plain = staff.listing(little_shop.owner, wanted).window(0, EVERYBODY)
    for few in (0, len(plain), len(plain) + 1):
        monkeypatch.setattr(staff, "FEW", few)
        listing = staff.listing(little_shop.owner, wanted)
        assert listing.count() == len(plain)
        assert [row for start in range(0, len(plain), 7) for row in listing.window(start, 7)] == plain
        assert [listing.position(row.id) for row in plain] == list(range(len(plain)))


def test_who_is_no_longer_among_the_few_is_not_shown_and_who_came_is_counted_anew(little_shop: Founded) -> None:
    """What was kept says whom to look at, never what they are; counting looks at everybody again."""
    crowd(20)
    listing = staff.listing(little_shop.owner, StaffFilter(query="person0000"))
    assert listing.count() == 9
    operations.leave(little_shop.owner, little_shop.id_of("person00003"))
    assert [row.login for row in listing.window(0, EVERYBODY)] == [f"person0000{number}" for number in range(1, 10) if number != 3]
    assert listing.position(little_shop.id_of("person00003")) is None
    assert listing.position(little_shop.id_of("person00004")) == 2
    little_shop.person("person0000x")
    assert listing.count() == len(listing.window(0, EVERYBODY)) == 9


def test_who_finds_few_goes_through_everybody_once(little_shop: Founded) -> None:
    """A letter is answered by one look at all of them; the window reads the few by their ids."""
    crowd(60)
    listing = staff.listing(little_shop.owner, StaffFilter(query="person00007"))
    listing.count()
    with traced() as seen:
        (row,) = listing.window(0, 60)
        assert listing.position(row.id) == 0
    plans = [str(step[-1]) for sql in seen.texts for step in db.rows(f"EXPLAIN QUERY PLAN {sql}", (1,) * sql.count("?"))]
    assert not [step for step in plans if step.startswith("SCAN s") or "staff_status_login" in step or "staff_login" in step]


def test_others_are_read_by_who_may_and_oneself_by_everybody(shop: Founded) -> None:
    """List, profile and grants."""
    plain = shop.person("plain", post="service", gave=["customer_service"])
    zhang = shop.id_of("zhangsan")
    for read in (
        lambda: staff.listing(plain),
        lambda: staff.detail(plain, zhang),
        lambda: staff.grants(plain, zhang),
    ):
        with pytest.raises(NotAllowed):
            read()
    own = plain.staff_id or 0
    assert staff.detail(plain, own).login == "plain"
    assert [grant.label for grant in staff.grants(plain, own)] == ["Customer service"]
    sessions.sign_out(plain)
    with pytest.raises(SessionEnded):
        staff.detail(plain, own)


def test_a_profile_has_everything_in_its_place(shop: Founded) -> None:
    """Each field under its own name, times as they were."""
    zhang = shop.id_of("zhangsan")
    departments.set_head(shop.owner, 1, 1, shop.id_of("lisi"))
    found = staff.detail(shop.owner, zhang)
    assert (found.login, found.name, found.nickname, found.number, found.phone) == ("zhangsan", "张三", "小张", "A-007", "138 0013 8000")
    assert (found.department_id, found.department, found.head) == (1, "Customer service", "李四")
    assert (found.post, found.status, found.is_owner, found.sessions) == ("service", "active", False, 1)
    assert (found.created_by, found.left_at, found.signed_in_at, found.version) == ("console:tester", None, None, 2)
    assert found.activated_at is not None
    owner = staff.detail(shop.owner, shop.owner.staff_id or 0)
    assert (owner.is_owner, owner.department, owner.head, owner.code_expires_at) == (True, "", "", None)
    bob = staff.detail(shop.owner, shop.id_of("bob"))
    assert bob.code_expires_at is not None
    assert bob.activated_at is None
    with pytest.raises(Unknown):
        staff.detail(shop.owner, 999)


def test_what_was_given_is_listed_with_who_gave_it(shop: Founded) -> None:
    """Roles first, then extras; what is over is still there, what was taken is not."""
    lisi = shop.id_of("lisi")
    end = clock.now() + DAY
    grants.change(shop.owner, lisi, AccessChange(give_extras=(ExtraGift("audit.view", end),), take_roles=(shop.role_id("design"),)))
    found = staff.grants(shop.owner, lisi)
    assert [(grant.kind, grant.key, grant.label, grant.by, grant.until) for grant in found] == [
        ("role", "operations", "Operations", "console:tester", None),
        ("extra", "audit.view", "View the team's log", "owner", end),
        ("extra", "staff.view", "View staff", "owner", end),
    ]
    start = clock.now()
    clock.set_clock(lambda: start + 2 * DAY)
    assert len(staff.grants(shop.owner, lisi)) == 3


def test_a_login_is_known_in_any_case_and_for_good(shop: Founded) -> None:
    """Also the login of somebody who left."""
    assert staff.find("ZhangSan ") == shop.id_of("zhangsan")
    assert staff.login_taken("GONE")
    assert not staff.login_taken("nobody")
    with pytest.raises(Unknown):
        staff.find("nobody")


def test_phone_and_mail_are_for_whoever_manages_people_and_for_the_person(shop: Founded) -> None:
    """Who may only see who works here gets neither."""
    zhangsan = shop.id_of("zhangsan")
    looker = shop.person("looker", post="service", extras=["staff.view"])
    manager = shop.person("meg", gave=["manager"])
    assert staff.detail(looker, zhangsan).phone == ""
    assert staff.detail(manager, zhangsan).phone == "138 0013 8000"
    assert staff.detail(signed_in("zhangsan"), zhangsan).phone == "138 0013 8000"
