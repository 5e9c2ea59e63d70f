"""What follows from damage: nothing is changed until somebody at the console goes on with it, and it stays known who did."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

import pytest

from models import anchors, clock, db, shop
from models.errors import Cancelled, ConsoleAlone, DiskFull, Invalid, LogDamaged, NotAllowed, NothingChanged
from models.operations import (
    departments,
    devices,
    exports,
    log,
    monitoring,
    onboarding,
    policy,
    presence,
    roles,
    sessions,
    staff,
)
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries import chain, damage, shop as shop_queries
from models.queries.chain_words import answer, holds, known, whole
from models.queries.staff import find
from models.rules import anchor_codes
from models.rules.audit_damage import CHANGED, MISSING, REWRITTEN, TRUNCATED, UNREADABLE, Damage
from models.rules.passwords import Cost
from models.rules.policy import Policy
from tests.device_keys import enrolled
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import NEW, Watch, told
from tests.tampering import attacker, forged, recomputed, rewrite, rows

TOM: Final = Newcomer("tom", Profile("Tom"), "service", days=7)


@pytest.fixture
def damaged(little_shop: Founded) -> Founded:
    """A shop whose second entry of six was edited; verifying it has found that."""
    for name in ("bob", "eve", "kim", "lin", "max"):
        little_shop.person(name)
    tamper(little_shop)
    log.verify(CONSOLE)
    return little_shop


def tamper(founded: Founded, number: int = 2) -> None:
    """Edit an entry."""
    with attacker(founded.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = ?", (number,))


def again(founded: Founded) -> None:
    """Close the shop and open it."""
    shop.close()
    shop.open(founded.home)


CHANGES: Final[dict[str, Callable[[Founded], object]]] = {
    "departments.add": lambda f: departments.add(f.owner, "Night shift"),
    "onboard": lambda f: onboarding.onboard(f.owner, TOM),
    "roles.add": lambda f: roles.add(f.owner, "New", ["staff.view"]),
    "edit": lambda f: staff.edit(f.owner, f.id_of("bob"), 1, Profile("Bobby")),
    "policy": lambda f: policy.edit(f.owner, 1, Policy()),
    "by the console": lambda _f: departments.add(CONSOLE, "Night shift"),
    "activate": lambda _f: sessions.activate(STRANGER, "bob", "x", NEW),
}


@pytest.mark.parametrize("act", CHANGES)
def test_d9_while_the_log_is_damaged_nothing_is_changed(damaged: Founded, act: str) -> None:
    """Whoever asks, the operator included; the first bad entry is named, and nothing is written of it."""
    before = damaged.log()
    with pytest.raises(LogDamaged, match="from entry 2 on") as refused:
        CHANGES[act](damaged)
    assert refused.value.exit_code == 3
    assert damaged.log() == before


def test_d9_while_the_log_is_damaged_people_can_be_shut_out(little_shop: Founded) -> None:
    """Who did the damage may be signed in: freezing, ending a session and revoking a device key go on; letting back in does not."""
    bob, eve, owner = little_shop.person("bob"), little_shop.person("eve"), little_shop.owner
    enrolled(eve.staff_id or 0, "laptop")
    ((device,),) = db.rows("SELECT id FROM device")
    tamper(little_shop)
    log.verify(CONSOLE)
    staff.freeze(owner, bob.staff_id or 0)
    monitoring.end_session(owner, eve.session_id or 0)
    devices.revoke(owner, device)
    assert [action for _who, action, _what in little_shop.log()][-3:] == ["staff.freeze", "session.end", "device.revoke"]
    with pytest.raises(LogDamaged):
        staff.unfreeze(owner, bob.staff_id or 0)


def test_d9_while_the_log_is_damaged_people_come_and_go_and_look(damaged: Founded, cheap: Cost) -> None:
    """With their entries: the owner has to come in and see; a list is read, data is taken out."""
    owner = sessions.sign_in(STRANGER, "owner", PASSWORD)
    presence.seen(owner)
    presence.lock(owner)
    presence.unlock(owner, PASSWORD)
    presence.prove(owner, PASSWORD)
    assert find("bob") == damaged.id_of("bob")
    exports.record(owner, "staff", 6)
    log.verify(owner)
    sessions.sign_out(owner)
    actions = [action for _who, action, _what in damaged.log()][-7:]
    assert actions == ["session.start", "session.lock", "session.unlock", "session.prove", "export.staff", "audit.verify", "session.end"]
    with pytest.raises(NotAllowed):
        departments.add(signed_in("bob"), "Mine")


def test_d9_it_lasts_until_the_console_accepts_it(damaged: Founded) -> None:
    """Not the owner, not a restart; the entry names what was found, and then everything goes on."""
    for _each in range(2):
        again(damaged)
        with pytest.raises(LogDamaged):
            departments.add(CONSOLE, "Night shift")
    with pytest.raises(ConsoleAlone):
        log.accept(damaged.owner)
    assert log.accept(CONSOLE) == (Damage(CHANGED, 2, 2),)
    assert json.loads(told("audit.accept")[0]) == {"damage": [{"kind": CHANGED, "first": 2, "last": 2}]}
    departments.add(CONSOLE, "Night shift")
    again(damaged)
    departments.add(CONSOLE, "Day shift")
    with pytest.raises(NothingChanged):
        log.accept(CONSOLE)


def test_d9_what_was_accepted_stays_named_and_what_is_new_is_found(damaged: Founded) -> None:
    """By whom, and when; the new one makes the shop read-only again, and is accepted beside it."""
    log.accept(CONSOLE)
    report = log.verify(CONSOLE)
    (accepted,) = report.known
    assert (report.new, report.is_whole, accepted.damage, accepted.by) == ((), True, Damage(CHANGED, 2, 2), CONSOLE.name)
    zone = shop_queries.zone()
    assert known(accepted, zone) == f"Entry 2 is not as it was written. Accepted by console:tester on {clock.minute(accepted.at, zone)}."
    tamper(damaged, 4)
    report = log.verify(CONSOLE)
    assert (report.new, [each.damage for each in report.known]) == ((Damage(CHANGED, 4, 4),), [Damage(CHANGED, 2, 2)])
    with pytest.raises(LogDamaged, match="from entry 4 on"):
        departments.add(CONSOLE, "Night shift")
    log.accept(CONSOLE)
    assert [each.damage.first for each in log.verify(CONSOLE).known] == [2, 4]


def test_d9_more_than_there_is_cannot_be_slipped_under_what_is_accepted(damaged: Founded) -> None:
    """Whoever had the database writes that all of it was found damaged, so that what is done to it next would pass for known."""
    with attacker(damaged.home) as bare:
        bare.execute("UPDATE setting SET value = '[[\"changed\", 1, 999999]]' WHERE name = 'log_damage'")
    assert log.accept(CONSOLE) == (Damage(CHANGED, 2, 2),)
    tamper(damaged, 4)
    assert log.verify(CONSOLE).new == (Damage(CHANGED, 4, 4),)


def test_d9_what_is_not_found_any_more_is_let_go(little_shop: Founded) -> None:
    """As where the file could not be read for a while: changes are possible again, and nothing is accepted."""
    log.keep((Damage(UNREADABLE, 1, 1),))
    assert log.accept(CONSOLE) == ()
    assert (damage.known().found, damage.known().accepted) == ((), ())
    departments.add(CONSOLE, "Night shift")


def _truncate(founded: Founded) -> None:
    rewrite(founded.home, rows(founded.home)[:3])


def _rewrite_all(founded: Founded) -> None:
    log_ = rows(founded.home)
    rewrite(founded.home, recomputed([forged(log_[0], actor="x"), *log_[1:]]))


def _empty(founded: Founded) -> None:
    rewrite(founded.home, [])


def _last(founded: Founded) -> None:
    tamper(founded, len(rows(founded.home)))


def _gap(founded: Founded) -> None:
    with attacker(founded.home) as bare:
        bare.execute("DELETE FROM audit_entry WHERE seq = 3")


@pytest.mark.parametrize("harm", [_truncate, _rewrite_all, _empty, _last, _gap])
def test_d9_whatever_is_found_at_the_start_can_be_accepted_and_is_not_found_again(
    little_shop: Founded, harm: Callable[[Founded], None]
) -> None:
    """Nor does what is written afterwards, under numbers that were there before, look damaged."""
    for name in ("bob", "eve", "kim", "lin"):
        little_shop.person(name)
    sessions.sign_out(little_shop.owner)
    shop.close()
    harm(little_shop)
    shop.open(little_shop.home)
    assert damage.is_damaged()
    log.accept(CONSOLE)
    again(little_shop)
    assert not damage.is_damaged()
    for number in range(8):
        departments.add(CONSOLE, f"Shift {number}")
        anchors.keep(now=True)
    again(little_shop)
    report = log.verify(CONSOLE)
    assert (report.new, len(report.known)) == ((), 1)
    assert not damage.is_damaged()


@pytest.fixture
def cut_accepted(little_shop: Founded) -> Founded:
    """A shop whose last entries were cut off, which was accepted, and in which something was done since."""
    for name in ("bob", "eve", "kim", "lin"):
        little_shop.person(name)
    sessions.sign_out(little_shop.owner)
    shop.close()
    _truncate(little_shop)
    shop.open(little_shop.home)
    log.accept(CONSOLE)
    departments.add(CONSOLE, "Night shift")
    return little_shop


def test_d9_after_a_cut_end_was_accepted_another_cut_is_found(cut_accepted: Founded) -> None:
    """What was accepted covers what was gone by then, and nothing later."""
    anchors.keep(now=True)
    shop.close()
    rewrite(cut_accepted.home, rows(cut_accepted.home)[:-1])
    shop.open(cut_accepted.home)
    assert damage.is_damaged()
    (found,) = log.verify(CONSOLE).new
    assert found.kind == TRUNCATED


def test_d9_what_is_written_after_a_cut_end_was_accepted_is_no_less_safe(cut_accepted: Founded) -> None:
    """Though its numbers are those that were accepted as gone."""
    departments.add(CONSOLE, "Day shift")
    tamper(cut_accepted, 5)
    assert log.verify(CONSOLE).new == (Damage(CHANGED, 5, 5),)
    again(cut_accepted)
    assert damage.is_damaged()


def test_d9_only_the_key_accepts(damaged: Founded) -> None:
    """Whoever has the database alone can take the mark away, and verifying puts it back; nothing they write says that it was accepted."""
    db.rows("DELETE FROM setting WHERE name = 'log_damage'")
    text = json.dumps([[[CHANGED, 1, 99], "console:x", clock.now(), 99]])
    for value in (text, f"{'0' * 64} {text}", "nonsense", ""):
        db.rows("INSERT OR REPLACE INTO setting (name, value) VALUES ('log_accepted', ?)", (value,))
        assert damage.known().accepted == ()
    assert log.verify(CONSOLE).new == (Damage(CHANGED, 2, 2),)
    assert damage.is_damaged()


def test_a_mark_that_nobody_can_read_still_means_that_something_was_found(little_shop: Founded) -> None:
    """It is not taken for nothing."""
    for value in ("", "{", "[1]", '[["x"]]', "null"):
        db.rows("INSERT OR REPLACE INTO setting (name, value) VALUES ('log_damage', ?)", (value,))
        assert damage.known().found == (Damage(UNREADABLE, 1, 1),)
    log.accept(CONSOLE)
    departments.add(CONSOLE, "Night shift")


def test_without_the_key_nothing_counts_as_accepted(damaged: Founded) -> None:
    """And nothing fails: what needs the key says so itself."""
    log.accept(CONSOLE)
    (damaged.home / "key").unlink()
    assert damage.known().accepted == ()


def test_verifying_is_in_the_log_with_what_came_of_it(little_shop: Founded) -> None:
    """How many entries, whole or not, and a code that was compared."""
    code = chain.head().code  # type: ignore[union-attr]  # a founded shop has a log
    report = log.verify(little_shop.owner, code=code)
    assert (report.answer, report.is_whole, holds(report)) == (chain.HOLDS, True, True)
    assert answer(report).startswith("Entry 1 is the one")
    assert whole(report) == "The log is whole: 1 entry."
    assert json.loads(told("audit.verify")[-1]) == {"entries": 1, "whole": True, "compared": 1, "answer": "holds"}
    tamper(little_shop, 1)
    report = log.verify(little_shop.owner)
    assert answer(report) == ""
    assert json.loads(told("audit.verify")[-1]) == {"entries": 2, "whole": False, "damage": [{"kind": CHANGED, "first": 1, "last": 1}]}


def test_a_code_says_nothing_good_of_damage_before_it(damaged: Founded) -> None:
    """Its entry may be there unchanged while another before it is not: then the log has not that past, accepted or not."""
    code = chain.head().code  # type: ignore[union-attr]  # a founded shop has a log
    report = log.verify(CONSOLE, code=code)
    assert (report.answer, holds(report)) == (chain.HOLDS, False)
    assert answer(report).endswith("but the log before it is not as it was written.")
    log.accept(CONSOLE)
    report = log.verify(CONSOLE, code=code)
    assert (report.is_whole, holds(report)) == (True, False)
    assert answer(report).endswith("but the log before it is not as it was written.")
    assert not holds(log.verify(CONSOLE))


def test_a_code_that_does_not_fit_is_said_and_shuts_nobody_out(little_shop: Founded) -> None:
    """Whoever may verify could have made it up; it is in the log all the same."""
    made_up = anchor_codes.code(1, bytes(32))
    beyond = anchor_codes.code(99, bytes(32))
    for code, expected in ((made_up, REWRITTEN), (beyond, TRUNCATED)):
        report = log.verify(CONSOLE, code=code)
        assert (report.answer, report.new, report.is_whole) == (expected, (), False)
    departments.add(CONSOLE, "Night shift")
    with pytest.raises(Invalid):
        log.verify(CONSOLE, code="1234")


def test_verifying_that_is_stopped_leaves_no_trace(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says nothing about the log."""
    monkeypatch.setattr(chain, "WINDOW", 1)
    little_shop.person("bob")
    before = little_shop.log()
    seen: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        log.verify(CONSOLE, progress=lambda done, total: seen.append((done, total)), cancelled=lambda: len(seen) == 2)
    assert seen == [(1, len(before)), (2, len(before))]
    assert little_shop.log() == before


def test_what_cannot_be_written_down_is_still_said(damaged: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, say: the report comes all the same; so does opening."""

    def full(*_args: object) -> None:
        raise DiskFull

    db.rows("DELETE FROM setting WHERE name = 'log_damage'")
    monkeypatch.setattr(db, "write_many", full)
    assert log.verify(CONSOLE).new == (Damage(CHANGED, 2, 2),)
    monkeypatch.setattr(log, "keep", full)
    monkeypatch.setattr(chain, "judge", lambda: (Damage(MISSING, 1, 1),))
    log.judge()
    assert not damage.is_damaged()


def test_an_act_in_between_is_covered_by_the_minute(little_shop: Founded, watch: Watch) -> None:
    """Heads are kept with the time of the machine's clock."""
    watch.passes(120)
    departments.add(CONSOLE, "Night shift")
    assert anchors.read(little_shop.home)[-1].at == watch.now
