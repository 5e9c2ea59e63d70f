"""D6: whatever was used, revoked or changed after a backup is still refused when the backup is restored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models import clock, db, shop
from models.errors import (
    CodeRefused,
    ConsoleAlone,
    KeyLost,
    KeyMissing,
    KeyUnfit,
    NotAllowed,
    SessionEnded,
    SignInRefused,
    Unknown,
    WrongProof,
)
from models.operations import (
    codes,
    departments,
    departures,
    devices,
    log,
    ownership,
    policy,
    requests,
    restoring,
    roles,
    security,
    separation,
    sessions,
    staff,
    totp,
)
from models.operations.restoring import Restored
from models.queries import chain, security as security_queries, standing
from models.queries._reading import held_by
from models.queries.devices import opens
from models.rules import device_keys
from models.rules.passwords import Cost
from tests.device_keys import ed25519
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import NEW, Watch, come_in, enrol, recovery_codes
from tests.models.restoring.able import keep, restore

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def again(little_shop: Founded, tmp_path: Path) -> Callable[..., Callable[[], object]]:
    """Makes a backup; what it gives restores that."""

    def backed_up() -> Callable[[], object]:
        file = keep(tmp_path / "stick")
        return lambda: restore(little_shop.home, file)

    return backed_up


Again = Callable[[], Callable[[], object]]


def test_d6_a_recovery_code_and_a_phone_code_that_were_used_are_refused(little_shop: Founded, watch: Watch, again: Again) -> None:
    """And so are the recovery codes that were not: nobody can tell which were."""
    bob = little_shop.person("bob")
    phone, recovery = enrol(bob), recovery_codes(bob)
    watch.passes(60)
    back = again()
    used = phone.code()
    come_in("bob", used)
    come_in("bob", recovery[0])
    back()
    for code in (used, recovery[0], recovery[1]):
        with pytest.raises(WrongProof):
            come_in("bob", code)
    watch.passes(60)
    assert come_in("bob", phone.code()).name == "bob"


def test_d6_one_time_codes_are_void(little_shop: Founded, again: Again) -> None:
    """Used since or not."""
    little_shop.person("ann", status="invited")
    fresh = codes.renew(CONSOLE, little_shop.id_of("ann"))
    back = again()
    sessions.activate(STRANGER, "ann", fresh.code, NEW)
    sessions.sign_in(STRANGER, "ann", NEW)
    back()
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "ann", fresh.code, PASSWORD)
    assert sessions.sign_in(STRANGER, "ann", NEW).name == "ann", "who has activated since need not do so again"


def test_d6_a_device_key_that_was_revoked_opens_nothing(little_shop: Founded, again: Again) -> None:
    """Also one that was enrolled and revoked since: no key comes back."""
    bob = little_shop.person("bob")
    device = devices.add(bob, bob.staff_id or 0, ed25519("old"), name="Laptop")
    back = again()
    devices.revoke(bob, device)
    devices.revoke(bob, devices.add(bob, bob.staff_id or 0, ed25519("since"), name="Phone"))
    back()
    for name in ("old", "since"):
        assert not opens(device_keys.parse("key", ed25519(name)).fingerprint, bob.staff_id or 0, 0)
        with pytest.raises(Exception, match="revoked"):
            devices.add(signed_in("bob"), bob.staff_id or 0, ed25519(name), name="Again")


def test_d6_who_was_shut_out_stays_out(little_shop: Founded, again: Again) -> None:
    """Frozen, or left; and nobody's session goes on."""
    bob, ann = little_shop.person("bob"), little_shop.person("ann")
    back = again()
    staff.freeze(CONSOLE, bob.staff_id or 0)
    staff.leave(CONSOLE, ann.staff_id or 0)
    back()
    assert dict(db.rows("SELECT login, status FROM staff")) == {"owner": "active", "bob": "frozen", "ann": "left"}
    for login in ("bob", "ann"):
        with pytest.raises(SignInRefused):
            sessions.sign_in(STRANGER, login, PASSWORD)
    for actor in (bob, ann, little_shop.owner):
        with pytest.raises(SessionEnded):
            standing.require(actor)
    assert "restored from a backup" in str(SessionEnded("restored"))


def test_d6_access_that_was_taken_stays_taken(little_shop: Founded, again: Again) -> None:
    """A grant that was ended, a permission taken out of a role, a post that became narrower, an earlier end, two kept apart."""
    narrow = roles.add(CONSOLE, "Narrow", ["staff.view", "audit.view"])
    people = {name: little_shop.person(name, gave=["Narrow"], extras=["goods.create"]) for name in ("role", "extra", "post", "until")}
    back = again()
    _revoke(little_shop, narrow)
    roles.edit(CONSOLE, narrow, None, codes=["staff.view"])
    db.database.execute_sql("UPDATE staff SET post = 'service' WHERE login = 'post'")
    db.database.execute_sql("UPDATE extra SET ended_at = 1, ended_by = 'x' WHERE staff_id = ?", (people["extra"].staff_id,))
    db.database.execute_sql("UPDATE extra SET until = since + ? WHERE staff_id = ?", (DAY, people["until"].staff_id))
    separation.declare(CONSOLE, "refund.approve", "finance.bill.view")
    back()
    held = {name: held_by(signed_in(name)) for name in people}
    assert "staff.view" not in held["role"]
    assert "goods.create" not in held["extra"]
    assert "goods.create" not in held["post"]
    assert held["until"]["goods.create"] is not None
    assert not any("audit.view" in each for each in held.values())
    assert db.rows("SELECT one, other FROM separation WHERE ended_at IS NULL")


def _revoke(little_shop: Founded, role_id: int) -> None:
    db.database.execute_sql(
        "UPDATE role_grant SET ended_at = 1, ended_by = 'x' WHERE role_id = ? AND staff_id = ?", (role_id, little_shop.id_of("role"))
    )


def test_d6_a_password_that_was_changed_does_not_come_back(little_shop: Founded, again: Again) -> None:
    """Nor one that was reset: its person needs a new code."""
    bob, ann = little_shop.person("bob"), little_shop.person("ann")
    back = again()
    security.change_password(bob, PASSWORD, NEW)
    security.reset(CONSOLE, ann.staff_id or 0, password=True)
    back()
    for login in ("bob", "ann"):
        with pytest.raises(SignInRefused):
            sessions.sign_in(STRANGER, login, PASSWORD)
    assert sessions.sign_in(STRANGER, "bob", NEW).name == "bob"
    fresh = codes.renew(CONSOLE, ann.staff_id or 0)
    with pytest.raises(Exception, match="was reset"):
        sessions.activate(STRANGER, "ann", fresh.code, PASSWORD)


def test_d6_a_phone_that_was_lost_gives_no_codes(little_shop: Founded, watch: Watch, again: Again) -> None:
    """The one enrolled since does; and no enrolment after the restore ever has the seed of one that was forgotten by it."""
    bob, ann = little_shop.person("bob"), little_shop.person("ann")
    lost = enrol(bob)
    watch.passes(60)
    back = again()
    found, seen = enrol(bob), enrol(ann)
    watch.passes(60)
    back()
    watch.passes(60)
    with pytest.raises(WrongProof):
        come_in("bob", lost.code())
    assert come_in("bob", found.code()).name == "bob"
    assert come_in("ann", seen.code()).name == "ann"
    totp.turn_off(signed_in("ann"))
    seeds = {phone.app.secret for phone in (lost, found, seen, enrol(signed_in("ann")), enrol(signed_in("bob")))}
    assert len(seeds) == 5


def test_d6_a_newcomer_who_was_forgotten_leaves_no_seed_behind(little_shop: Founded, watch: Watch, again: Again) -> None:
    """Whoever was onboarded since stands as having left, so login, number and seed are nobody else's; a code brings them back."""
    back = again()
    old = enrol(little_shop.person("ann"))
    back()
    assert db.rows("SELECT login, status FROM staff WHERE login = 'ann'") == [("ann", "left")]
    fresh = staff.reinstate(CONSOLE, little_shop.id_of("ann"))
    sessions.activate(STRANGER, "ann", fresh.code, NEW)
    assert enrol(signed_in("ann")).app.secret != old.app.secret


def test_d6_the_former_owner_does_not_own_again(little_shop: Founded, again: Again) -> None:
    """Nor can an offer of the shop from then be accepted."""
    bob, ann = little_shop.person("bob"), little_shop.person("ann")
    enrol(ann)
    ownership.offer(little_shop.owner, ann.staff_id or 0, "service", PASSWORD)
    back = again()
    ownership.replace_owner(CONSOLE, "bob", "service")
    back()
    assert db.rows("SELECT login FROM staff WHERE is_owner") == [("bob",)]
    assert db.rows("SELECT post, status FROM staff WHERE login = 'owner'") == [("service", "frozen")]
    assert not db.rows("SELECT 1 FROM owner_offer WHERE ended_at IS NULL")
    assert bob.staff_id


def test_d6_an_owner_who_came_since_stays_the_owner(little_shop: Founded, again: Again) -> None:
    """Though the backup does not know them."""
    back = again()
    little_shop.person("new")
    ownership.replace_owner(CONSOLE, "new")
    back()
    assert db.rows("SELECT login, status FROM staff WHERE is_owner") == [("new", "active")]
    assert sessions.sign_in(STRANGER, "new", PASSWORD).name == "new"


def test_d6_the_policy_keeps_what_is_stricter(little_shop: Founded, again: Again) -> None:
    """Of each part."""
    now = security_queries.policy()
    policy.edit(CONSOLE, now.version, now.policy._replace(idle_minutes=5))
    back = again()
    now = security_queries.policy()
    policy.edit(CONSOLE, now.version, now.policy._replace(idle_minutes=60, totp="everyone", password_length=20, device_required=True))
    back()
    kept = security_queries.policy().policy
    assert (kept.idle_minutes, kept.totp, kept.password_length, kept.device_required) == (5, "everyone", 20, True)


def test_d6_failed_attempts_are_still_counted(little_shop: Founded, again: Again, cheap: Cost) -> None:
    """Whoever was guessing waits as long as before."""
    little_shop.person("bob")
    back = again()
    for _ in range(4):
        with pytest.raises(SignInRefused):
            sessions.sign_in(STRANGER, "bob", "wrong kettle 99")
    back()
    assert db.row("SELECT count(*) FROM failure") == (4,)


def test_d6_the_log_goes_on_and_names_the_gap_once(little_shop: Founded, again: Again) -> None:
    """Who restored, what, and what is gone; restored a second time, two gaps; nothing else is damage, and a backup of it is good."""
    bob = little_shop.person("bob")
    back = again()
    staff.freeze(CONSOLE, bob.staff_id or 0)
    sessions.sign_out(little_shop.owner)
    end = chain.head()
    assert end is not None
    back()
    report = log.verify(CONSOLE)
    (gap,) = report.known
    assert report.is_whole
    assert (gap.damage.kind, gap.damage.last, gap.by) == ("truncated", end.number, CONSOLE.name)
    assert little_shop.log("shop.restore") == [(CONSOLE.name, "shop.restore", "Little Shop")]
    later = again()
    staff.unfreeze(CONSOLE, bob.staff_id or 0)
    later()
    assert len(log.verify(CONSOLE).known) == 2
    back()
    assert log.verify(CONSOLE).is_whole
    assert len(log.verify(CONSOLE).known) == 1, "the log of the first backup, and what is gone behind it"
    assert db.rows("SELECT status FROM staff WHERE login = 'bob'") == [("frozen",)], "of what two states say, the stricter"


def test_d6_only_the_operator_restores(little_shop: Founded, tmp_path: Path) -> None:
    """Whoever else tries is refused, and told of."""
    file = keep(tmp_path / "stick")
    with pytest.raises(ConsoleAlone), restoring.prepare(little_shop.owner, little_shop.home, file):
        pass
    assert little_shop.log("act.refuse")[-1][0] == "owner"
    assert db.rows("SELECT 1 FROM shop"), "the shop is open still"


def test_d6_a_new_key_voids_every_phone_and_nothing_else_is_broken(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """Also where damage to the log was accepted by the old key; people come in by their password, and enrol anew."""
    bob = little_shop.person("bob", gave=["manager"])
    old = enrol(bob)
    file = keep(tmp_path / "stick")
    new = tmp_path / "new"
    with pytest.raises(KeyLost):
        restore(new, file)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(bytes(32))
    with pytest.raises(KeyUnfit):
        restore(new, file, key=wrong)
    with pytest.raises(KeyMissing):
        restore(new, file, key=tmp_path / "none")
    assert not new.exists()
    done = restore(new, file, new_key=True)
    assert ("enrol", "bob") in [(line.kind, line.who) for line in done.preview.lines]
    shop.open(new)
    assert log.verify(CONSOLE).is_whole
    assert sessions.sign_in(STRANGER, "bob", PASSWORD).name == "bob"
    assert enrol(signed_in("bob")).app.secret != old.app.secret
    assert (new / "key").read_bytes() != (little_shop.home / "key").read_bytes()
    assert (new / "key").stat().st_mode & 0o777 == 0o600


def test_d6_what_is_not_restored_yet_is_refused_as_before(little_shop: Founded, tmp_path: Path) -> None:
    """Looking changes nothing at all: not a byte of the database, no file."""
    bob = little_shop.person("bob")
    file = keep(tmp_path / "stick")
    staff.freeze(CONSOLE, bob.staff_id or 0)
    before = {path.name: path.read_bytes() for path in little_shop.home.iterdir() if path.is_file()}
    with restoring.prepare(CONSOLE, little_shop.home, file) as prepared:
        assert [(line.kind, line.who) for line in prepared.preview.of("again")] == [("frozen", "bob")]
    assert {path.name: path.read_bytes() for path in little_shop.home.iterdir() if path.is_file()} == {**before, "lock": b""}
    with pytest.raises((NotAllowed, SessionEnded, Unknown)):
        standing.require(bob)


def test_d6_nobody_sees_the_log_of_more_people_by_older_departments(little_shop: Founded, again: Again) -> None:
    """Somebody who may read the log of theirs, and was put into a smaller one since, belongs to none; the rest is as in the backup."""
    wide, narrow = departments.add(CONSOLE, "Wide"), departments.add(CONSOLE, "Narrow")
    eve = little_shop.person("eve", extras=["audit.view"], department_id=wide)
    bob = little_shop.person("bob", department_id=wide)
    back = again()
    staff.move(CONSOLE, eve.staff_id or 0, narrow)
    staff.move(CONSOLE, bob.staff_id or 0, narrow)
    staff.move(CONSOLE, bob.staff_id or 0, wide)
    departments.add(CONSOLE, "Since")
    done = back()
    assert isinstance(done, Restored)
    assert dict(db.rows("SELECT login, department_id FROM staff WHERE login IN ('eve', 'bob')")) == {"eve": None, "bob": wide}
    assert {("place", "eve", ""), ("department_made", "", "Since")} <= {(each.kind, each.who, each.what) for each in done.preview.lines}


def test_d6_what_was_decided_or_planned_since_stays_so(little_shop: Founded, again: Again) -> None:
    """A request that was declined; the earlier of two days to leave on; an end that came nearer; where somebody may sign in from."""
    people = {name: little_shop.person(name, extras=["goods.create"]) for name in ("ann", "bob", "dan")}
    ids = {name: actor.staff_id or 0 for name, actor in people.items()}
    asked = requests.ask(people["ann"], permission="staff.view", days=7, reason="please")
    departures.plan(CONSOLE, ids["dan"], "2099-01-01")
    back = again()
    requests.decline(CONSOLE, asked, "no")
    departures.plan(CONSOLE, ids["dan"], "2098-01-01")
    until = clock.now() + DAY
    db.database.execute_sql("UPDATE extra SET until = ? WHERE staff_id = ?", (until, ids["bob"]))
    security.limit(CONSOLE, ids["bob"], addresses="10.0.0.1", hours="")
    roles.add(CONSOLE, "Since", ["staff.view"])
    done = back()
    assert isinstance(done, Restored)
    assert db.rows("SELECT status FROM request") == [("declined",)]
    assert set(db.rows("SELECT until FROM extra WHERE staff_id = ? AND ended_at IS NULL", (ids["bob"],))) == {(until,)}
    assert {"request", "leaves", "until", "limit", "role_made"} <= {each.kind for each in done.preview.lines}
    assert all(str(each) for each in done.preview.lines)


def test_d6_a_log_that_is_another_is_told_of(little_shop: Founded, tmp_path: Path) -> None:
    """Of two pasts of one shop the one that is not there any more is restored; and one that a kept head does not fit, without the data."""
    first = keep(tmp_path / "stick")
    little_shop.person("ann")
    second = keep(tmp_path / "stick")
    sessions.sign_out(little_shop.owner)
    restore(little_shop.home, first)
    staff.reinstate(CONSOLE, little_shop.id_of("ann"))
    sessions.sign_out(signed_in("owner"))
    assert "forked" in {each.kind for each in restore(little_shop.home, second).preview.lines}
    assert log.verify(CONSOLE).is_whole
    restore(little_shop.home, first)
    for _ in range(9):
        sessions.sign_out(signed_in("owner"))
    shop.close()
    (little_shop.home / "shop.db").unlink()
    assert "anchor" in {each.kind for each in restore(little_shop.home, second).preview.lines}
    shop.open(little_shop.home)
    assert log.verify(CONSOLE).is_whole


def test_d6_two_people_of_one_number_are_two_people(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """The data was lost, somebody else got the number since, and a later backup turns up: nobody comes in with what is the other's."""
    bob = little_shop.person("bob")
    first = keep(tmp_path / "stick")
    lost, old = enrol(bob), enrol(little_shop.person("ann"))
    second = keep(tmp_path / "stick")
    shop.close()
    (little_shop.home / "shop.db").unlink()
    restore(little_shop.home, first)
    shop.open(little_shop.home)
    eve = little_shop.person("eve")
    new = enrol(eve)
    number = eve.staff_id
    watch.passes(60)
    done = restore(little_shop.home, second)
    watch.passes(60)
    assert ("back", "ann") in {(each.kind, each.who) for each in done.preview.lines}
    assert little_shop.id_of("ann") == number != little_shop.id_of("eve")
    assert db.rows("SELECT active FROM totp WHERE staff_id IN (?, ?)", (little_shop.id_of("eve"), bob.staff_id)) == [(None,), (None,)]
    assert len({phone.app.secret for phone in (lost, old, new)}) == 3
    assert come_in("ann", old.code()).name == "ann"
