"""Planning that somebody leaves, and everything that must not."""

from __future__ import annotations

import pytest

from models import clock, db, key_file
from models.errors import Invalid, NotAllowed, NothingChanged, OutOfReach, OwnAccount, OwnerProtected, ProofNeeded, Stale, WrongStatus
from models.operations import departures, grants, ownership, staff
from models.queries import staff as queries
from models.rules import totp
from models.rules.grants import AccessChange
from models.tables import Session, Staff, Totp
from tests.factories import DAY, PASSWORD, Founded, signed_in
from tests.models.operations.acts import recorded, refused

DATE, END = "2099-12-31", "2099-12-31T15:59:59.999999Z"


@pytest.fixture
def bob(little_shop: Founded) -> int:
    """Somebody who works here."""
    return little_shop.person("bob", gave=["customer_service"], post="service").staff_id or 0


def planned(shop: Founded, staff_id: int) -> tuple[str | None, str | None]:
    """When somebody leaves, and who planned it."""
    detail = queries.detail(shop.owner, staff_id)
    return clock.rfc3339_if(detail.leaves_at), detail.leaves_by


def test_a_day_is_planned_and_who_planned_it_is_kept(little_shop: Founded, bob: int) -> None:
    """Nothing else changes: neither status, nor what they hold."""
    (entry,) = recorded(lambda: departures.plan(little_shop.owner, bob, DATE, reason=" moves  away "))
    assert entry == ("owner", "staff.leave.plan", "bob", {"on": None}, {"on": END, "reason": "moves away"})
    assert planned(little_shop, bob) == (END, "owner")
    assert queries.detail(little_shop.owner, bob).status == "active"
    assert len(queries.grants(little_shop.owner, bob)) == 1
    (row,) = [row for row in queries.listing(little_shop.owner).window(0, 9) if row.id == bob]
    assert clock.rfc3339_if(row.leaves_at) == END


def test_planning_again_changes_the_day(little_shop: Founded, bob: int) -> None:
    """Whoever did so last planned it; the same day once more is no change."""
    departures.plan(little_shop.owner, bob, DATE)
    (entry,) = recorded(lambda: departures.plan(little_shop.console, bob, "2099-11-30"))
    assert (entry.old, entry.new) == ({"on": END}, {"on": "2099-11-30T15:59:59.999999Z"})
    assert planned(little_shop, bob)[1] == little_shop.console.name
    refused(lambda: departures.plan(little_shop.owner, bob, "2099/11/30"), NothingChanged)


def test_it_is_taken_back(little_shop: Founded, bob: int) -> None:
    """Once; what was never planned is not."""
    departures.plan(little_shop.owner, bob, DATE)
    (entry,) = recorded(lambda: departures.unplan(little_shop.owner, bob))
    assert entry == ("owner", "staff.leave.unplan", "bob", {"on": END}, {"on": None})
    assert planned(little_shop, bob) == (None, None)
    refused(lambda: departures.unplan(little_shop.owner, bob), NothingChanged)


@pytest.mark.parametrize("day", ["", "soon", "2099-02-30", "2001-01-01", "9999-12-31", "\0", "2099-12-31 12:00", "王"])
def test_what_is_no_day_to_come_is_refused_beside_its_field(little_shop: Founded, bob: int, day: str) -> None:
    """Typed, or from the command line."""
    assert refused(lambda: departures.plan(little_shop.owner, bob, day), Invalid).field == "on"


def test_today_is_the_earliest(little_shop: Founded, bob: int) -> None:
    """It ends with today's last moment; yesterday is over."""
    now = clock.now()
    zone = "Asia/Shanghai"
    assert departures.plan(little_shop.owner, bob, clock.day(now, zone)) >= now
    refused(lambda: departures.plan(little_shop.owner, bob, clock.day(now - DAY, zone)), Invalid)


def test_a_reason_has_its_bounds(little_shop: Founded, bob: int) -> None:
    """As everywhere."""
    assert refused(lambda: departures.plan(little_shop.owner, bob, DATE, reason="x" * 201), Invalid).field == "reason"


def test_the_second_to_save_is_told(little_shop: Founded, bob: int) -> None:
    """The person was changed since the screen was opened."""
    version = queries.detail(little_shop.owner, bob).version
    departures.plan(little_shop.owner, bob, DATE, version=version)
    refused(lambda: departures.plan(little_shop.owner, bob, "2099-11-30", version=version), Stale)


def test_it_takes_the_right_to_and_reach(little_shop: Founded, bob: int) -> None:
    """Neither the owner leaves, nor oneself, nor who holds more."""
    lead = little_shop.person("lead", gave=["customer_service"], extras=["staff.offboard", "staff.manage"])
    wide = little_shop.person("wide", gave=["manager"]).staff_id or 0
    helper = little_shop.person("helper", extras=["staff.manage"])
    departures.plan(lead, bob, DATE)
    refused(lambda: departures.plan(lead, wide, DATE), OutOfReach)
    refused(lambda: departures.plan(lead, lead.staff_id or 0, DATE), OwnAccount)
    refused(lambda: departures.plan(lead, little_shop.owner.staff_id or 0, DATE), OwnerProtected)
    refused(lambda: departures.plan(helper, bob, DATE), NotAllowed)
    refused(lambda: departures.unplan(helper, bob), NotAllowed)
    departures.plan(little_shop.owner, lead.staff_id or 0, DATE)
    refused(lambda: departures.unplan(lead, lead.staff_id or 0), OwnAccount)


def test_it_asks_for_proof_again(little_shop: Founded, bob: int) -> None:
    """It changes access."""
    long_ago = signed_in("owner", ages=True)
    Session.update(proved_at=clock.now() - 301 * clock.SECOND).where(Session.id == long_ago.session_id).execute()
    refused(lambda: departures.plan(long_ago, bob, DATE), ProofNeeded)
    refused(lambda: departures.unplan(long_ago, bob), ProofNeeded)


def test_freezing_and_unfreezing_keep_the_day(little_shop: Founded, bob: int) -> None:
    """Whoever is frozen can be planned to leave as well."""
    departures.plan(little_shop.owner, bob, DATE)
    staff.freeze(little_shop.owner, bob)
    assert planned(little_shop, bob)[0] == END
    departures.plan(little_shop.owner, bob, "2099-11-30")
    staff.unfreeze(little_shop.owner, bob)
    assert planned(little_shop, bob)[0] == "2099-11-30T15:59:59.999999Z"


def test_leaving_today_settles_it_and_coming_back_begins_anew(little_shop: Founded, bob: int) -> None:
    """Somebody who is reinstated does not leave on the day that was meant for their former time."""
    departures.plan(little_shop.owner, bob, DATE)
    staff.leave(little_shop.owner, bob)
    assert planned(little_shop, bob) == (None, None)
    refused(lambda: departures.plan(little_shop.owner, bob, DATE), WrongStatus)
    staff.reinstate(little_shop.owner, bob)
    assert planned(little_shop, bob) == (None, None)
    departures.plan(little_shop.owner, bob, DATE)


def test_who_takes_over_the_shop_stays(little_shop: Founded, bob: int) -> None:
    """The owner never leaves: what was planned is taken back, and the log says so."""
    departures.plan(little_shop.owner, bob, DATE)
    told = recorded(lambda: ownership.replace_owner(little_shop.console, "bob"))
    assert [entry.action for entry in told][:1] == ["staff.leave.unplan"]
    assert Staff.get(Staff.id == bob).leaves_at is None


def test_who_accepts_the_shop_stays(little_shop: Founded, bob: int) -> None:
    """Likewise where it is handed over in their own session."""
    heir = signed_in("bob")
    Totp.insert(staff=bob, generation=1, active=1, since=1).execute()
    departures.plan(little_shop.owner, bob, DATE)
    ownership.offer(little_shop.owner, bob, "operations", PASSWORD)
    told = recorded(lambda: ownership.accept(heir, PASSWORD, _code(bob)))
    assert "staff.leave.unplan" in [entry.action for entry in told]
    assert queries.detail(heir, bob).is_owner


def _code(staff_id: int) -> str:
    return totp.code_at(totp.seed(key_file.current(), staff_id, 1), totp.step_at(clock.now()))


def test_a_change_of_access_keeps_the_day(little_shop: Founded, bob: int) -> None:
    """It says nothing of it."""
    departures.plan(little_shop.owner, bob, DATE)
    grants.change(little_shop.owner, bob, AccessChange(post="operations"))
    assert planned(little_shop, bob)[0] == END


def test_the_owner_cannot_be_written_to_leave(little_shop: Founded) -> None:
    """Not even by hand: the tables refuse it."""
    with pytest.raises(Exception, match="CHECK"):
        db.database.execute_sql("UPDATE staff SET leaves_at = 1, leaves_by = 'x' WHERE is_owner = 1")
