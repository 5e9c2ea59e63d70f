"""Who sees what of the log, page by page; what an entry opens to."""

from __future__ import annotations

import pytest

from models import db
from models.actor import Actor
from models.errors import NotAllowed, SessionEnded, SessionLocked, SignInRefused, Unknown
from models.operations import departments, presence, sessions, staff
from models.queries import audit
from models.queries.audit import Change, Wanted
from models.rules import anchor_codes
from tests import hostile
from tests.factories import CONSOLE, STRANGER, Founded, signed_in

EVERYTHING = Wanted()


@pytest.fixture
def place(little_shop: Founded) -> int:
    """A department with one below it."""
    ((customer_service,),) = db.rows("SELECT id FROM department WHERE preset = 'customer_service'")
    departments.add(CONSOLE, "Night shift", customer_service)
    return int(customer_service)


@pytest.fixture
def below(place: int) -> int:
    """The one below it."""
    return int(db.rows("SELECT id FROM department WHERE parent_id = ?", (place,))[0][0])


def seen(actor: Actor, wanted: Wanted = EVERYTHING) -> set[str]:
    """Whose entries the actor sees."""
    return {row.actor for row in audit.page(actor, wanted, None, 1000).rows}


def acts(*people: Actor) -> None:
    """Each does something that is in the log."""
    for person in people:
        staff.set_language(person, "zh")


def test_ones_own_entries_are_everybodys_and_nobody_elses(little_shop: Founded) -> None:
    """Without a permission, what one did oneself: not what others did to one."""
    bob = little_shop.person("bob", post="service")
    assert audit.reach(bob) == audit.OWN
    assert seen(bob) == set()
    acts(bob)
    assert seen(bob) == {"bob"}
    assert {row.sentence for row in audit.page(bob, EVERYTHING).rows} == {"Changed the language of bob"}


def test_audit_view_reaches_ones_department_and_those_below(little_shop: Founded, place: int, below: int) -> None:
    """People who left included; not those beside or above, nor the console, nor strangers."""
    lead = little_shop.person("lead", extras=["audit.view"], department_id=place)
    night = little_shop.person("night", department_id=below)
    gone = little_shop.person("gone", department_id=below)
    other = little_shop.person("other", department_id=place + 1)
    nowhere = little_shop.person("nowhere")
    acts(lead, night, gone, other, nowhere, little_shop.owner)
    staff.leave(CONSOLE, little_shop.id_of("gone"))
    assert audit.reach(lead) == audit.DEPARTMENT
    assert seen(lead) == {"lead", "night", "gone"}
    low = little_shop.person("low", extras=["audit.view"], department_id=below)
    assert seen(low) == {"night", "gone"}


def test_a_move_takes_effect_at_once(little_shop: Founded, place: int, below: int) -> None:
    """Membership now decides, in both directions; of the department, too, when the tree changes."""
    lead = little_shop.person("lead", extras=["audit.view"], department_id=place)
    night = little_shop.person("night", department_id=below)
    acts(night)
    assert seen(lead) == {"night"}
    staff.move(CONSOLE, little_shop.id_of("night"), None)
    assert seen(lead) == set()
    staff.move(CONSOLE, little_shop.id_of("night"), below)
    assert seen(lead) == {"night"}
    ((version,),) = db.rows("SELECT version FROM department WHERE id = ?", (below,))
    departments.move(CONSOLE, below, version, None)
    assert seen(lead) == set()
    staff.move(CONSOLE, little_shop.id_of("lead"), below)
    assert seen(lead) == {"night"}


def test_who_is_directly_below_the_shop_has_only_their_own(little_shop: Founded) -> None:
    """Without a department there is no team whose log it would be."""
    lead, nowhere = little_shop.person("lead", extras=["audit.view"]), little_shop.person("nowhere")
    acts(lead, nowhere)
    assert audit.reach(lead) == audit.OWN
    assert seen(lead) == {"lead"}


def test_the_auditor_the_owner_and_the_console_see_everything(little_shop: Founded) -> None:
    """The operator's acts and strangers' failed attempts included, which nobody else sees."""
    auditor = little_shop.person("auditor", gave=["auditor"])
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "owner", "not the password")
    for actor in (auditor, little_shop.owner, CONSOLE):
        assert audit.reach(actor) == audit.ALL
        assert {"", CONSOLE.name} <= seen(actor)
        assert audit.page(actor, Wanted(action="session.refuse")).rows[0].name == ""


def test_filters_do_not_widen_what_one_sees(little_shop: Founded, place: int) -> None:
    """Asking for somebody, or for a department, beyond one's own gives nothing of it."""
    bob = little_shop.person("bob", department_id=place)
    acts(bob, little_shop.owner)
    assert seen(bob, Wanted(by="owner")) == set()
    assert seen(bob, Wanted(by=CONSOLE.name)) == set()
    assert seen(bob, Wanted(department_id=place)) == {"bob"}
    assert seen(bob, Wanted(kind="staff", thing_id=little_shop.id_of("owner"))) == set()
    assert seen(bob, Wanted(words="owner")) == set()


def test_about_oneself_is_everybodys_to_read_whoever_acted(little_shop: Founded, place: int) -> None:
    """But not from where they acted; about others, only what one sees anyway."""
    bob = little_shop.person("bob", department_id=place)
    lead = little_shop.person("lead", extras=["audit.view"], department_id=place)
    staff.edit(signed_in("owner", "203.0.113.24"), little_shop.id_of("bob"), 1, staff.Profile("Bob Zhao"))
    told = audit.about(bob, "staff", little_shop.id_of("bob"))
    assert (told.rows[0].actor, told.rows[0].sentence) == ("owner", "Changed the profile of bob")
    assert "203.0.113.24" not in repr(told)
    assert audit.about(lead, "staff", little_shop.id_of("bob")).rows == ()
    acts(bob)
    assert {row.actor for row in audit.about(lead, "staff", little_shop.id_of("bob")).rows} == {"bob"}
    assert audit.about(little_shop.owner, "staff", little_shop.id_of("bob"), None, 1).more
    with pytest.raises(Unknown):
        audit.entry(bob, told.rows[0].seq)


def test_nothing_is_read_in_a_session_that_is_over_or_locked(little_shop: Founded) -> None:
    """Not even one's own."""
    bob = little_shop.person("bob")
    reads = (
        audit.reach,
        lambda one: audit.page(one, EVERYTHING),
        lambda one: audit.entry(one, 1),
        lambda one: audit.about(one, "staff", 1),
    )
    presence.lock(bob)
    for read in reads:
        with pytest.raises(SessionLocked):
            read(bob)
    sessions.sign_out(bob)
    for read in reads:
        with pytest.raises(SessionEnded):
            read(bob)
        with pytest.raises((SessionEnded, NotAllowed)):
            read(STRANGER)


def test_a_log_of_one_entry_is_a_page(little_shop: Founded) -> None:
    """The founding, and nothing older."""
    page = audit.page(CONSOLE, EVERYTHING)
    assert [(row.seq, row.action, row.risk, row.kind, row.thing_id) for row in page.rows] == [(1, "shop.found", "high", "shop", 1)]
    assert (page.more, page.searched_to, page.before) == (False, None, None)
    assert audit.page(CONSOLE, EVERYTHING, 1).rows == ()
    assert audit.page(CONSOLE, Wanted(action="staff.freeze")).rows == ()


def test_pages_stay_put_while_entries_arrive(little_shop: Founded) -> None:
    """Keyset: what comes meanwhile is above, and nothing is seen twice or passed over."""
    bob = little_shop.person("bob")
    for _ in range(10):
        acts(bob)
        staff.set_language(bob, None)
    every = [row.seq for row in audit.page(CONSOLE, EVERYTHING, None, 100).rows]
    found, before = list[int](), None
    while True:
        page = audit.page(CONSOLE, EVERYTHING, before, 3)
        found += [row.seq for row in page.rows]
        staff.set_language(bob, "en" if len(found) % 2 else "zh")
        if page.before is None:
            break
        before = page.before
    assert found == every


def test_an_entry_opens_to_what_it_changed(little_shop: Founded) -> None:
    """By whom, from where, in which session; the code is one that verifying takes."""
    bob = little_shop.person("bob")
    actor = signed_in("owner", "203.0.113.24")
    staff.edit(actor, little_shop.id_of("bob"), 1, staff.Profile("Bob Zhao 赵波", phone="13800000000"))
    (row,) = audit.page(CONSOLE, Wanted(action="staff.edit")).rows
    detail = audit.entry(little_shop.owner, row.seq)
    assert detail.row == row
    assert row.name == "Wang Fang"
    assert (detail.session, detail.device, detail.address) == (actor.session_id, "", "203.0.113.24")
    assert detail.changes == (Change("Name", "Bob", "Bob Zhao 赵波"), Change("Phone", "", "13800000000"))
    assert anchor_codes.read(detail.code) is not None
    assert detail.code.startswith(f"{row.seq}-")
    for stranger, seq in ((bob, row.seq), (CONSOLE, 10**6), (CONSOLE, 0), (CONSOLE, -1), (CONSOLE, 1 << 70)):
        with pytest.raises(Unknown, match="entry"):
            audit.entry(stranger, seq)
    acts(bob)
    assert audit.entry(bob, audit.page(bob, EVERYTHING).rows[0].seq).row.actor == "bob"


@pytest.mark.parametrize("typed", [*hostile.REFUSED.values(), *hostile.LITERAL.values(), "%", "_", "\\", '"', "a " * 5000])
def test_whatever_is_typed_is_only_looked_for(little_shop: Founded, typed: str) -> None:
    """No pattern, no SQL, no fault."""
    little_shop.person("bob")
    every = audit.page(CONSOLE, EVERYTHING).rows
    assert set(audit.page(CONSOLE, Wanted(words=typed)).rows) <= set(every)
    for wanted in (Wanted(by=typed), Wanted(kind=typed), Wanted(action=typed), Wanted(area=typed), Wanted(risk=typed)):
        assert audit.page(CONSOLE, wanted).rows == ()
    assert audit.page(CONSOLE, EVERYTHING).rows == every
