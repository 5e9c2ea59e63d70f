"""One-time codes: given out once, good for so many days, and for one person."""

from __future__ import annotations

from functools import partial

import pytest

from models import clock, db
from models.errors import CodeRefused, Invalid, NotAllowed, OutOfReach, WrongStatus
from models.operations import codes, onboarding, sessions, staff
from models.operations.codes import MAX_DAYS, MIN_DAYS
from models.operations.staff import Profile
from models.queries import staff as queries
from models.rules import codes as rules
from tests.factories import DAY, STRANGER, Founded
from tests.models.operations.acts import entries, recorded, refused

NEW_PASSWORD = "violet harbour 93 lantern"


@pytest.fixture
def carol(little_shop: Founded) -> int:
    """Somebody who was invited."""
    onboarding.onboard(little_shop.owner, onboarding.Newcomer("carol", Profile("Carol"), "service"))
    return little_shop.id_of("carol")


def test_a_new_code_voids_the_one_before(little_shop: Founded, carol: int) -> None:
    """However many are made, one is good."""
    made = [codes.renew(little_shop.owner, carol) for _ in range(3)]
    for old in made[:-1]:
        with pytest.raises(CodeRefused):
            sessions.activate(STRANGER, "carol", old.code, NEW_PASSWORD)
    ((live,),) = db.rows("SELECT count(*) FROM one_time_code WHERE void_at IS NULL AND used_at IS NULL")
    assert live == 1
    sessions.activate(STRANGER, "carol", made[-1].code, NEW_PASSWORD)
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "carol", made[-1].code, NEW_PASSWORD)


def test_a_code_is_kept_nowhere(little_shop: Founded, carol: int) -> None:
    """Not in the tables, not in the log: only its digest, which is none of a password's."""
    fresh = codes.renew(little_shop.owner, carol)
    everything = "\n".join(little_shop_bytes(little_shop))
    assert fresh.code not in everything
    assert rules.normalised(fresh.code) not in everything
    assert "code" not in entries()[-1].new


def little_shop_bytes(shop: Founded) -> list[str]:
    """Every file of the shop, as text."""
    db.database.execute_sql("PRAGMA wal_checkpoint")
    return [path.read_bytes().decode("latin-1") for path in shop.home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("days", [MIN_DAYS, 7, MAX_DAYS])
def test_a_code_is_good_for_its_days_and_no_longer(little_shop: Founded, carol: int, days: int) -> None:
    """To the last instant; the log says for how many days it was made."""
    start = clock.now()
    clock.set_clock(lambda: start)
    (entry,) = recorded(lambda: codes.renew(little_shop.owner, carol, days=days))
    assert (entry.action, entry.label, entry.new) == ("staff.code", "carol", {"days": days})
    fresh = codes.renew(little_shop.owner, carol, days=days)
    assert fresh.expires_at == start + days * DAY == queries.detail(little_shop.owner, carol).code_expires_at
    clock.set_clock(lambda: fresh.expires_at)
    sessions.activate(STRANGER, "carol", fresh.code, NEW_PASSWORD)


def test_d8_a_clock_that_is_set_back_makes_no_old_code_good_again(little_shop: Founded, carol: int) -> None:
    """What was too old once stays too old: the latest time seen counts."""
    fresh = codes.renew(little_shop.owner, carol, days=1)
    for moment in (fresh.expires_at + 1, fresh.expires_at - DAY):
        clock.set_clock(partial(int, moment))
        with pytest.raises(CodeRefused):
            sessions.activate(STRANGER, "carol", fresh.code, NEW_PASSWORD)


@pytest.mark.parametrize("days", [MIN_DAYS - 1, MAX_DAYS + 1, -1])
def test_days_have_bounds(little_shop: Founded, carol: int, days: int) -> None:
    """The refusal names its field, and the code before stays good."""
    assert refused(lambda: codes.renew(little_shop.owner, carol, days=days), Invalid).field == "days"


def test_a_code_is_for_who_waits_to_be_activated(little_shop: Founded, carol: int) -> None:
    """Nobody's password is set anew by it: who is active, frozen or gone gets none."""
    bob = little_shop.person("bob", post="service").staff_id or 0
    refused(lambda: codes.renew(little_shop.owner, bob), WrongStatus)
    staff.freeze(little_shop.owner, carol)
    refused(lambda: codes.renew(little_shop.owner, carol), WrongStatus)
    staff.leave(little_shop.owner, carol)
    refused(lambda: codes.renew(little_shop.owner, carol), WrongStatus)


def test_a_code_opens_an_account_so_it_is_for_who_reaches_it(little_shop: Founded) -> None:
    """Whoever could make a code for somebody wider could become them."""
    wide = little_shop.person("wide", extras=["finance.bill.view"], status="invited").staff_id or 0
    lead = little_shop.person("lead", extras=["staff.manage"])
    refused(lambda: codes.renew(lead, wide), OutOfReach)
    plain = little_shop.person("plain", gave=["service_lead"])
    refused(lambda: codes.renew(plain, wide), NotAllowed)


def test_a_code_is_good_for_its_own_account_only(little_shop: Founded, carol: int) -> None:
    """Another invited person's code opens nothing of Carol's."""
    onboarding.onboard(little_shop.owner, onboarding.Newcomer("dave", Profile("Dave"), "service"))
    mine, other = codes.renew(little_shop.owner, carol), codes.renew(little_shop.owner, little_shop.id_of("dave"))
    for login, code in (("carol", other.code), ("dave", mine.code), ("nobody", mine.code)):
        with pytest.raises(CodeRefused):
            sessions.activate(STRANGER, login, code, NEW_PASSWORD)


def test_p18_a_code_stands_in_no_message(little_shop: Founded, carol: int) -> None:
    """Whoever prints what was made, in an error for one, prints no code."""
    fresh = codes.renew(little_shop.owner, carol)
    assert fresh.code not in f"{fresh!r} {fresh}"
    assert "carol" in repr(fresh)
