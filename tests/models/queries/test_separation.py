"""Who holds what is kept apart, and what keeping it apart would meet: the statement says what the rule says of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import access_sql, clock, db
from models.catalogue import permissions
from models.errors import Invalid, NotAllowed, OwnerAlone, Unknown
from models.operations import grants, roles, separation as operations, staff
from models.queries import _together, separation as queries
from models.rules.access import Person
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.rules.separation import FOREVER, Pair, lasting, together
from tests.factories import DAY, Founded

REFUND, BILLS = "refund.approve", "finance.bill.view"
PAIR = Pair(BILLS, REFUND)


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Two who hold both: by roles, and by an extra until a day; one of them cannot be reached for the post; three who do not."""
    little_shop.person("ann", gave=["service_lead", "finance"])
    little_shop.person("bob", extras=[BILLS])
    grants.change(little_shop.owner, little_shop.id_of("bob"), AccessChange(give_extras=(ExtraGift(REFUND, clock.now() + DAY),)))
    little_shop.person("cut", post="service", gave=["service_lead", "finance"])
    little_shop.person("dan", gave=["finance"])
    little_shop.person("eve", gave=["service_lead"])
    little_shop.person("gone", gave=["service_lead", "finance"])
    staff.leave(little_shop.owner, little_shop.id_of("gone"))
    return little_shop


def test_nothing_is_kept_apart_at_first(shop: Founded) -> None:
    """And nobody holds it."""
    assert not (_together.pairs() or queries.listed(shop.owner) or queries.violations(shop.owner))


def test_the_list_says_what_why_since_when_by_whom_and_how_many_hold_both(shop: Founded) -> None:
    """Oldest first."""
    first = operations.declare(shop.owner, REFUND, BILLS, reason="who pays does not book")
    second = operations.declare(shop.console, "goods.view", "staff.freeze")
    assert _together.pairs() == (PAIR, Pair("goods.view", "staff.freeze"))
    row, other = queries.listed(shop.owner)
    assert (row.id, row.one, row.other, row.reason, row.declared_by, row.people) == (first, *PAIR, "who pays does not book", "owner", 2)
    assert (other.id, other.reason, other.declared_by, other.people) == (second, "", "console:tester", 0)
    assert queries.detail(shop.owner, second) == other
    operations.withdraw(shop.owner, first)
    assert [row.id for row in queries.listed(shop.owner)] == [second]
    with pytest.raises(Unknown, match="not kept apart"):
        queries.detail(shop.owner, first)


def test_violations_name_everybody_with_what_each_of_the_two_comes_through(shop: Founded) -> None:
    """Roles and extras; the owner, who left, and whom the post bars are no violations."""
    declared = operations.declare(shop.owner, REFUND, BILLS)
    operations.declare(shop.owner, BILLS, "goods.view")
    ann, bob = queries.violations(shop.owner, declared)
    assert (ann.login, ann.name, ann.status, ann.until) == ("ann", "Ann", "active", None)
    assert [source.name for source in ann.one_through] == ["finance"]
    assert [source.name for source in ann.other_through] == ["service_lead"]
    assert (bob.login, bob.until) == ("bob", bob.other_through[0].until)
    assert bob.until is not None
    assert [source.kind for source in (*bob.one_through, *bob.other_through)] == ["extra", "extra"]
    row, people = queries.holders(shop.owner, declared)
    assert (row, [who.login for who in people]) == (queries.detail(shop.owner, declared), ["ann", "bob"])
    with pytest.raises(Unknown):
        queries.holders(shop.owner, 99)
    assert queries.through(shop.owner, ann.staff_id, *PAIR) == (ann.one_through, ann.other_through)
    assert [(each.login, each.one, each.other) for each in queries.violations(shop.owner)] == [
        ("ann", BILLS, "goods.view"),
        ("ann", *PAIR),
        ("bob", *PAIR),
        ("dan", BILLS, "goods.view"),
    ]


def test_a_violation_ends_with_its_grant_and_with_the_person(shop: Founded) -> None:
    """Nobody has to do anything; whose departure is over is gone."""
    operations.declare(shop.owner, REFUND, BILLS)
    later = clock.now() + 2 * DAY
    db.rows("UPDATE staff SET leaves_at = ?, leaves_by = 'owner' WHERE login = 'ann'", (later,))
    assert len(queries.violations(shop.owner)) == 2
    clock.set_clock(lambda: later)
    (violation,) = queries.violations(shop.owner)
    (violator,) = queries.together(shop.owner)
    assert violation[:7] == (*violator[:6], violator.until)
    assert (violation.login, violation.until) == ("ann", None)
    clock.set_clock(lambda: later + 1)
    assert queries.violations(shop.owner) == ()


def test_reading_takes_the_whole_log(shop: Founded) -> None:
    """It says of everybody what they hold; what declaring meets is the owner's to know."""
    operations.declare(shop.owner, REFUND, BILLS)
    auditor, meg = shop.person("aud", extras=["audit.view.all"]), shop.person("meg", extras=["audit.view", "org.role.manage"])
    assert len(queries.violations(auditor)) == 2
    assert len(queries.listed(auditor)) == 1
    reads: list[Callable[[], object]] = [
        lambda: queries.listed(meg),
        lambda: queries.violations(meg),
        lambda: queries.together(meg),
        lambda: queries.holders(meg, 1),
        lambda: queries.through(meg, 1, *PAIR),
    ]
    for read in reads:
        with pytest.raises(NotAllowed):
            read()
    for actor in (auditor, meg):
        with pytest.raises(OwnerAlone):
            queries.impact(actor, REFUND, BILLS)
    with pytest.raises(NotAllowed):
        queries.saving(auditor, 1, ())


def test_what_declaring_would_meet_is_known_before(shop: Founded) -> None:
    """The people, and the roles that nobody could be given any more; what cannot be kept apart is refused here already."""
    found = queries.impact(shop.owner, REFUND, BILLS)
    assert [who.login for who in found.people] == ["ann", "bob"]
    assert found.people[0].last == FOREVER
    assert found.roles == ("Manager",)
    assert queries.impact(shop.console, "rate.reply", "decor.edit") == ((), ("Manager",))
    with pytest.raises(Invalid):
        queries.impact(shop.owner, REFUND, "refund.view")


def test_what_the_catalogue_no_longer_knows_is_listed_and_judges_nobody(shop: Founded) -> None:
    """A shop that was kept by a newer version."""
    declared = operations.declare(shop.owner, REFUND, BILLS)
    db.rows("UPDATE separation SET one = 'a.b'")
    assert _together.pairs() == ()
    assert queries.detail(shop.owner, declared).people == 0
    assert queries.violations(shop.owner) == ()


def test_a_role_is_judged_before_it_is_saved(shop: Founded) -> None:
    """By itself, with what its permissions need; and by its holders, of whom the first is named and the others counted."""
    operations.declare(shop.owner, REFUND, BILLS)
    operations.declare(shop.owner, BILLS, "rate.reply")
    host = roles.add(shop.owner, "Host", ["goods.view"])
    for login in ("dan", "cut", "eve"):
        grants.change(shop.owner, shop.id_of(login), AccessChange(give_roles=(RoleGift(host),)))
    assert queries.saving(shop.owner, host, ["goods.view", "goods.edit"]) is None
    assert queries.saving(shop.owner, host, ["goods.view", "goods.fly"]) is None
    itself = queries.saving(shop.owner, host, [BILLS, REFUND])
    assert itself is not None
    assert (str(itself.refusal).partition(" would")[0], itself.people) == ("Host", ())
    one = queries.saving(shop.owner, host, [REFUND])
    assert one is not None
    assert str(one.refusal).startswith("Dan would hold both “View bills” and “Approve refunds”")
    grants.change(shop.owner, shop.id_of("dan"), AccessChange(take_roles=(shop.role_id("finance"),)))
    assert queries.saving(shop.owner, host, [REFUND]) is None
    fay, guy = (shop.person(login, gave=["finance", "Host"]).staff_id for login in ("fay", "guy"))
    more = queries.saving(shop.owner, host, [REFUND, "rate.reply"])
    assert more is not None
    assert str(more.refusal).startswith("Fay and 1 more person would hold both")
    assert [(who.staff_id, who.other) for who in more.people] == [(fay, "rate.reply"), (fay, REFUND), (guy, "rate.reply"), (guy, REFUND)]
    with pytest.raises(Unknown):
        queries.saving(shop.owner, 99, [REFUND])


GIVE_ROLE = "INSERT OR REPLACE INTO role_grant (staff_id, role_id, since, until, granted_by) VALUES (?, ?, ?, ?, 'x')"
GIVE_EXTRA = "INSERT OR REPLACE INTO extra (staff_id, permission, since, until, granted_by) VALUES (?, ?, ?, ?, 'x')"
CODES = sorted(code for code in permissions() if not permissions()[code].owner_only)
gifts = st.tuples(
    st.sampled_from(["ann", "bob", "cut", "dan", "eve"]),
    st.one_of(
        st.builds(RoleGift, st.integers(1, 8), st.sampled_from([None, DAY, 3 * DAY])),
        st.builds(ExtraGift, st.sampled_from(CODES), st.sampled_from([None, DAY, 3 * DAY])),
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    given_=st.lists(gifts, max_size=6),
    two=st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)).filter(lambda two: two[0] < two[1]), min_size=1, max_size=4),
    role_id=st.integers(1, 8),
    codes=st.frozensets(st.sampled_from(CODES), max_size=6),
    later=st.sampled_from([0, 2 * DAY]),
)
def test_the_statement_says_what_the_rule_says_of_each(
    shop: Founded,
    given_: list[tuple[str, RoleGift | ExtraGift]],
    two: list[tuple[str, str]],
    role_id: int,
    codes: frozenset[str],
    later: int,
) -> None:
    """Whatever was given to whom, for how long; and if a role were another, of those who hold it."""
    now = clock.now()
    pairs = sorted({Pair(*each) for each in two})
    with db.database.atomic() as everything:
        try:
            for login, gift in given_:
                until = None if gift.until is None else now + gift.until
                if isinstance(gift, RoleGift):
                    db.rows(GIVE_ROLE, (shop.id_of(login), gift.role_id, now, until))
                else:
                    db.rows(GIVE_EXTRA, (shop.id_of(login), gift.permission, now, until))
            clock.set_clock(lambda: now + later)
            assert list(_together.violators(pairs)) == judged(pairs, now + later)
            found = _together.violators(pairs, role_id, codes)
            db.rows("DELETE FROM role_permission WHERE role_id = ?", (role_id,))
            db.write_many("INSERT INTO role_permission VALUES (?, ?)", [(role_id, code) for code in codes])
            live = "SELECT staff_id FROM role_grant WHERE role_id = ? AND ended_at IS NULL AND (until IS NULL OR until >= ?)"
            holders = {who for (who,) in db.rows(live, (role_id, now + later))}
            assert list(found) == [who for who in judged(pairs, now + later) if who.staff_id in holders]
        finally:
            clock.set_clock(None)
            everything.rollback()


def judged(pairs: list[Pair], now: int) -> list[_together.Violator]:
    """The same, person by person."""
    found = []
    for staff_id, login, name, status, post, is_owner in db.rows(
        "SELECT id, login, name, status, post, is_owner FROM staff WHERE status <> 'left' ORDER BY login"
    ):
        held = lasting(Person(login, status, post, bool(is_owner)), access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,))), now)
        found += [_together.Violator(staff_id, login, name, status, *pair, last) for pair in pairs if (last := together(pair, held))]
    return found
