"""Who can do what: as each is judged alone, whatever was given to whom."""

from __future__ import annotations

from random import Random

import pytest

from models import access_sql, clock, db
from models.catalogue import permissions
from models.clock import DAY
from models.errors import NotAllowed, Unknown
from models.operations import grants, review as operations, roles as role_operations, staff as staff_operations
from models.queries import review, review_lines
from models.queries._everybody import Everybody, members
from models.queries.review import GrantKey, Wanted
from models.rules.access import Person, access, would_be
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.tables import Extra, RoleGrant, Staff
from tests.crowd import crowd
from tests.factories import Founded
from tests.models.doors import Watch
from tests.models.queries.test_last_use import entry


@pytest.fixture
def peopled(little_shop: Founded) -> Founded:
    """Every status and both posts; Carol's post bars a role of hers, Gone has left."""
    little_shop.person("alice", gave=["manager"], department_id=2)
    little_shop.person("carol", post="service", gave=["service_lead", "operations"], department_id=1)
    little_shop.person("bob", post="service", gave=["customer_service"], extras=["refund.approve"])
    little_shop.person("dave", gave=["warehouse"], status="invited")
    little_shop.person("gone", gave=["finance"])
    staff_operations.freeze(little_shop.owner, little_shop.id_of("bob"))
    staff_operations.leave(little_shop.owner, little_shop.id_of("gone"))
    return little_shop


def alone(staff_id: int, now: int) -> set[str]:
    """What one person's grants amount to, by the one function that judges."""
    ((login, status, post, is_owner),) = db.rows("SELECT login, status, post, is_owner FROM staff WHERE id = ?", (staff_id,))
    person = would_be(Person(login, status, post, bool(is_owner)))
    holdings = access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,)))
    return {code for code, verdict in access(person, holdings, permissions(), now).items() if verdict.granted}


@pytest.mark.parametrize("seed", range(6))
def test_all_at_once_is_as_each_alone(little_shop: Founded, seed: int) -> None:
    """Grants that ended, were taken back, are yet to begin, or are the owner's alone, in every status and post."""
    crowd(60)
    chance, now, codes = Random(seed), clock.now(), list(permissions())
    with db.transaction():
        for staff_id in range(2, 62):
            status = chance.choice(["active", "invited", "frozen"])
            Staff.update(status=status, post=chance.choice(["service", "operations"])).where(Staff.id == staff_id).execute()
            for code in chance.sample(codes, 5):
                since = now + chance.choice([-9, -9, -9, 1]) * DAY
                until = chance.choice([None, since, since + 30 * DAY, since + DAY])
                ended = chance.choice([None, None, now])
                row = {"staff": staff_id, "permission": code, "since": since, "until": until, "granted_by": "x"}
                Extra.insert(**row, ended_at=ended, ended_by="x" if ended else None).execute()
    everybody = Everybody(now)
    for staff_id in range(1, 62):
        assert {code for code in codes if everybody.may(code) >> staff_id & 1} == alone(staff_id, now)
        assert {code for code in codes if Everybody(now, staff_id).may(code) >> staff_id & 1} == alone(staff_id, now)


def test_people_who_left_are_not_reviewed(peopled: Founded) -> None:
    """Nor whose day of leaving is over without anybody having written it down."""
    logins = [row.login for row in review.people(peopled.owner).window(0, 60)]
    assert sorted(logins) == ["alice", "bob", "carol", "dave", "owner"]
    now = clock.now()
    Staff.update(leaves_at=now - DAY, leaves_by="owner").where(Staff.login == "dave").execute()
    Staff.update(leaves_at=now + DAY, leaves_by="owner").where(Staff.login == "carol").execute()
    assert sorted(row.login for row in review.people(peopled.owner).window(0, 60)) == ["alice", "bob", "carol", "owner"]
    with pytest.raises(Unknown):
        review_lines.person(peopled.owner, peopled.id_of("dave"))


def test_a_person_in_a_line(peopled: Founded) -> None:
    """What was given and what it amounts to: of two roles the post lets one and a part of the other through."""
    rows = {row.login: row for row in review.people(peopled.owner).window(0, 60)}
    carol, bob, owner = rows["carol"], rows["bob"], rows["owner"]
    assert (carol.roles, carol.extras, carol.lines, carol.confirmed, carol.until) == (("Operations", "Service lead"), (), 2, 0, None)
    assert (bob.extras, bob.status, bob.high, bob.department) == (("Approve refunds",), "frozen", 1, "")
    assert carol.permissions == len(alone(carol.id, clock.now()))
    assert (owner.permissions, owner.lines, owner.is_owner) == (len(permissions()), 0, True)


def test_the_riskiest_come_first(peopled: Founded) -> None:
    """By high-risk permissions; the other way round on request, and by login or name."""
    order = [row.login for row in review.people(peopled.owner).window(0, 60)]
    assert order == ["owner", "alice", "bob", "carol", "dave"]
    other = [row.login for row in review.people(peopled.owner, Wanted(descending=False)).window(0, 60)]
    assert other == ["dave", "bob", "carol", "alice", "owner"]
    by_login = [row.login for row in review.people(peopled.owner, Wanted(sort="login", descending=True)).window(0, 60)]
    assert by_login == ["owner", "dave", "carol", "bob", "alice"]


def test_people_are_found_as_everywhere(peopled: Founded) -> None:
    """By a part of what they are called; what is not theirs finds nobody, and steers no pattern."""
    found = review.people(peopled.owner, Wanted("ali"))
    assert [row.login for row in found.window(0, 9)] == ["alice"]
    assert review.people(peopled.owner, Wanted("%")).count() == 0
    assert (found.count(), found.position(peopled.id_of("alice")), found.position(peopled.id_of("bob"))) == (1, 0, None)


def test_a_listing_is_read_window_by_window(little_shop: Founded) -> None:
    """Two hundred people: every window is what stands there, and nothing is beyond the end."""
    crowd(200)
    listing = review.people(little_shop.owner, Wanted(sort="login", descending=False))
    every = listing.window(0, 300)
    assert (listing.count(), len(every), listing.window(201, 60)) == (201, 201, [])
    assert listing.window(150, 60) == every[150:]
    assert listing.position(every[77].id) == 77


def test_by_permission_counts_who_may(peopled: Founded) -> None:
    """As many as can be listed, and as many as each alone; high-risk first, in the catalogue's order."""
    rows = review.by_permission(peopled.owner)
    assert [row.risk for row in rows] == sorted((row.risk for row in rows), key=review.RISKS.index)
    now = clock.now()
    for row in rows:
        holders = review.holders(peopled.owner, row.code)
        listed = [holder.login for holder in holders.window(0, 60)]
        assert row.people == holders.count() == len(listed)
        assert listed == [login for login, _name in holders.names()] == sorted(listed)
        assert all(row.code in alone(holder.id, now) for holder in holders.window(0, 60))


def test_permissions_are_found_by_code_or_label(peopled: Founded) -> None:
    """In either language."""
    assert [row.code for row in review.by_permission(peopled.owner, "refund approve")] == ["refund.approve"]
    assert [row.code for row in review.by_permission(peopled.owner, "同意退款")] == ["refund.approve"]
    assert review.by_permission(peopled.owner, "no such") == ()


def test_who_may_says_through_what_and_until_when(peopled: Founded) -> None:
    """The longest of several sources counts; the owner's has no end."""
    now = clock.now()
    bob = peopled.id_of("bob")
    grants.change(peopled.owner, bob, AccessChange(give_extras=(ExtraGift("refund.approve", now + DAY),)))
    rows = {row.login: row for row in review.holders(peopled.owner, "refund.approve").window(0, 60)}
    assert (rows["bob"].until, [source.kind for source in rows["bob"].sources]) == (now + DAY, ["extra"])
    assert [source.name for source in rows["carol"].sources] == ["service_lead"]
    assert (rows["owner"].is_owner, rows["owner"].until) == (True, None)
    with pytest.raises(Unknown):
        review.holders(peopled.owner, "no.such")


def test_lines_of_a_person(peopled: Founded) -> None:
    """Roles first; what the post bars says so; high-risk first; who stands in says for whom."""
    carol = peopled.id_of("carol")
    db.database.execute_sql("UPDATE role_grant SET stands_for_id = ? WHERE staff_id = ?", (peopled.id_of("bob"), carol))
    found = review_lines.person(peopled.owner, carol)
    assert [(line.grant.kind, line.key, line.stands_for) for line in found.lines] == [
        ("role", "service_lead", "bob"),
        ("role", "operations", "bob"),
    ]
    lead, operations_role = found.lines
    assert lead.high == 1
    assert [given.high for given in lead.gives] == sorted((given.high for given in lead.gives), reverse=True)
    assert {given.code for given in operations_role.gives if given.cut}
    assert (found.row.login, found.version, lead.by) == ("carol", 1, "console:tester")
    assert (lead.confirmed_at, lead.confirmed_by, lead.used_at) == (None, "", None)


def test_what_a_line_gives_says_when_it_was_used(peopled: Founded, watch: Watch) -> None:
    """The newest use of anything in a role is the role's; whether the log can tell is the role's if it can of any of it."""
    bob, now = peopled.id_of("bob"), clock.now()
    entry(now - 9, "bob", "program.allow", "permission", "refund.approve")
    extra = next(line for line in review_lines.person(peopled.owner, bob).lines if line.key == "refund.approve")
    assert (extra.used_at, extra.is_told_of, extra.unused(now)) == (now - 9, True, ())
    role = next(line for line in review_lines.person(peopled.owner, bob).lines if line.role_id is not None)
    assert (role.used_at, role.is_told_of) == (None, False)


def test_what_a_line_gives_lies_unused(peopled: Founded, watch: Watch) -> None:
    """Given 400 days ago, told of for as long, and never seen."""
    bob, now = peopled.id_of("bob"), clock.now()
    db.database.execute_sql("UPDATE extra SET since = ?", (now - 400 * DAY,))
    entry(now - 300 * DAY, "alice", "program.allow", "permission", "refund.approve")
    line = next(line for line in review_lines.person(peopled.owner, bob).lines if line.key == "refund.approve")
    assert [given.code for given in line.unused(now)] == ["refund.approve"]


def test_what_the_catalogue_does_not_know_gives_nothing(peopled: Founded) -> None:
    """A role of a newer version's: its permission is listed by its code, last, and cut."""
    alice = peopled.id_of("alice")
    db.database.execute_sql("INSERT INTO extra (staff_id, permission, since, granted_by) VALUES (?, 'new.thing', 1, 'owner')", (alice,))
    line = review_lines.person(peopled.owner, alice).lines[-1]
    (given,) = line.gives
    assert (line.label, given.cut, given.high, line.high) == ("new.thing", True, False, 0)


def test_an_empty_role_is_a_line_that_gives_nothing(peopled: Founded) -> None:
    """It has to be reviewed all the same."""
    role = role_operations.add(peopled.owner, "Empty", ())
    grants.change(peopled.owner, peopled.id_of("dave"), AccessChange(give_roles=(RoleGift(role),)))
    lines = review_lines.person(peopled.owner, peopled.id_of("dave")).lines
    assert [line.gives for line in lines if line.key == "Empty"] == [()]


def test_lines_that_ended_are_none(peopled: Founded, watch: Watch) -> None:
    """Taken back, or past their last instant: neither listed nor counted; the very last instant still counts."""
    dave, now = peopled.id_of("dave"), clock.now()
    before = review.coverage(peopled.owner).lines
    RoleGrant.update(until=now).where(RoleGrant.staff == dave, RoleGrant.ended_at.is_null()).execute()
    assert review.coverage(peopled.owner).lines == before
    watch.now += 1
    assert review.coverage(peopled.owner).lines == before - 1
    assert review_lines.person(peopled.owner, dave).lines == ()


def test_lines_are_found_by_their_keys(peopled: Founded) -> None:
    """In the order asked for; those that there are not are left out."""
    lines = review_lines.person(peopled.owner, peopled.id_of("bob")).lines
    keys = [line.grant for line in reversed(lines)]
    assert [line.grant for line in review_lines.of_grants([*keys, GrantKey("role", 999)])] == keys


def test_coverage_counts_what_was_confirmed_lately(peopled: Founded, watch: Watch) -> None:
    """For 90 days; then it has to be looked at anew."""
    assert review.coverage(peopled.owner) == (6, 0)
    operations.confirm(peopled.owner, [line.grant for line in review_lines.person(peopled.owner, peopled.id_of("carol")).lines])
    assert review.coverage(peopled.owner) == (6, 2)
    watch.now += 90 * DAY
    assert review.coverage(peopled.owner) == (6, 2)
    watch.now += 1
    assert review.coverage(peopled.owner) == (6, 0)


def test_coverage_is_what_the_people_add_up_to(peopled: Founded, watch: Watch) -> None:
    """Also after somebody left, and after somebody's last day, whose grants nobody has ended yet."""

    def is_the_sum() -> bool:
        found = review.people(peopled.owner).window(0, 60)
        return review.coverage(peopled.owner) == (sum(row.lines for row in found), sum(row.confirmed for row in found))

    operations.confirm(peopled.owner, [line.grant for line in review_lines.person(peopled.owner, peopled.id_of("carol")).lines])
    assert is_the_sum()
    before = review.coverage(peopled.owner).lines
    Staff.update(status="left", left_at=clock.now()).where(Staff.login == "bob").execute()
    assert is_the_sum()
    Staff.update(leaves_at=clock.now(), leaves_by="owner").where(Staff.login == "dave").execute()
    after = review.coverage(peopled.owner).lines
    assert is_the_sum()
    watch.now += 1
    assert is_the_sum()
    assert before > after > review.coverage(peopled.owner).lines


def test_a_shop_with_nobody_but_its_owner(little_shop: Founded) -> None:
    """One line of one person who needs no review."""
    assert [row.login for row in review.people(little_shop.owner).window(0, 60)] == ["owner"]
    assert review.coverage(little_shop.owner) == (0, 0)
    assert members(Everybody(clock.now()).all) == [1]


def test_the_review_takes_audit_view_all(peopled: Founded) -> None:
    """Who sees their department's entries only, or manages people, is refused every part; the console is not."""
    nosy = peopled.person("nosy", extras=["audit.view", "staff.manage"])
    for read in (
        lambda: review.people(nosy),
        lambda: review.by_permission(nosy),
        lambda: review.holders(nosy, "goods.view"),
        lambda: review.coverage(nosy),
        lambda: review_lines.person(nosy, nosy.staff_id or 0),
    ):
        with pytest.raises(NotAllowed):
            read()
    assert review.people(peopled.console).count() == 6
