"""Confirming in an access review, and taking it out: by whom, of whom, and what it leaves in the log and in the outbox."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import DAY
from models.errors import Cancelled, DiskFull, NotAllowed, NothingChanged, OutOfReach, OwnAccount, OwnerProtected, Stale, Unknown
from models.operations import grants, outbox, review, staff as staff_operations
from models.queries import review_lines
from models.queries.review import GrantKey
from models.rules.grants import AccessChange, RoleGift
from models.tables import Extra, RoleGrant, Staff
from tests.factories import Founded
from tests.models.doors import Watch


@pytest.fixture
def staffed(little_shop: Founded) -> Founded:
    """Meg manages; Bob and Eve hold a role and an extra each."""
    little_shop.person("meg", gave=["manager"])
    for login in ("bob", "eve"):
        little_shop.person(login, gave=["finance"], extras=["refund.approve"])
    return little_shop


def lines(shop: Founded, login: str) -> list[GrantKey]:
    """All lines of somebody."""
    return [line.grant for line in review_lines.of_people([shop.id_of(login)], clock.now())]


def told(action: str = "review.confirm") -> list[tuple[str, str, object]]:
    """Who confirmed what of whom."""
    found = db.rows("SELECT actor, object_label, new FROM audit_entry WHERE action = ? ORDER BY seq", (action,))
    return [(actor, label, json.loads(new)) for actor, label, new in found]


def confirmed() -> set[tuple[str, int]]:
    """Every grant that somebody confirmed."""
    kept = [("role", row) for row in RoleGrant.select()] + [("extra", row) for row in Extra.select()]
    return {(kind, row.id) for kind, row in kept if row.confirmed_at is not None}


def by(shop: Founded, login: str) -> Actor:
    """Somebody who is signed in."""
    from tests.factories import signed_in  # here, because the fixture of that name is another

    return signed_in(login)


def test_a_line_is_confirmed_by_name_and_date(staffed: Founded, watch: Watch) -> None:
    """With the grant, and in one entry a person, which tells what and until when."""
    keys = lines(staffed, "bob")
    assert review.confirm(by(staffed, "meg"), keys) == (len(keys), ())
    assert confirmed() == set(keys)
    for line in review_lines.of_grants(keys):
        assert (line.confirmed_by, line.confirmed_at) == ("meg", clock.now())
    ((actor, label, new),) = told()
    assert (actor, label) == ("meg", "bob")
    assert new == {
        "roles": [["finance", None]],
        "extras": [[line.key, None] for line in review_lines.of_grants(keys) if line.role_id is None],
    }


def test_one_of_several_lines_is_confirmed_alone(staffed: Founded) -> None:
    """The entry tells of that one; twice the same is once."""
    role, *_others = lines(staffed, "bob")
    assert review.confirm(staffed.owner, [role, role]).done == 1
    assert told()[0][2] == {"roles": [["finance", None]]}
    assert confirmed() == {tuple(role)}
    extra = lines(staffed, "bob")[-1]
    review.confirm(staffed.owner, [extra])
    assert told()[1][2] == {"extras": [["refund.approve", None]]}


def test_confirming_changes_nobodys_access(staffed: Founded) -> None:
    """Neither the end, nor the start, nor the version of the person: who edits them meanwhile is not in anybody's way."""
    before = db.rows("SELECT staff_id, role_id, since, until, granted_by, ended_at FROM role_grant ORDER BY id")
    review.confirm(staffed.owner, lines(staffed, "bob"))
    assert db.rows("SELECT staff_id, role_id, since, until, granted_by, ended_at FROM role_grant ORDER BY id") == before
    grants.change(staffed.owner, staffed.id_of("bob"), AccessChange(take_extras=("refund.approve",)), version=1)


def test_several_people_at_once(staffed: Founded) -> None:
    """One entry each."""
    keys = [*lines(staffed, "bob"), *lines(staffed, "eve")]
    assert review.confirm(staffed.owner, keys) == (len(keys), ())
    assert [label for _actor, label, _new in told()] == ["bob", "eve"]


def test_nobody_confirms_what_they_hold_themselves(staffed: Founded) -> None:
    """Alone it is refused, and the attempt is an entry; among others it is left out, and told."""
    meg = by(staffed, "meg")
    with pytest.raises(OwnAccount):
        review.confirm(meg, lines(staffed, "meg"))
    assert told("act.refuse")[0][2]["act"] == "review.confirm"  # type: ignore[index]  # JSON
    done, ((login, why),) = review.confirm(meg, [*lines(staffed, "meg"), *lines(staffed, "bob")])
    assert (done, login) == (len(lines(staffed, "bob")), "meg")
    assert "their own access" in why
    assert confirmed() == set(lines(staffed, "bob"))
    assert len(told("act.refuse")) == 2


def test_nobody_confirms_what_reaches_further_than_they_do(staffed: Founded) -> None:
    """To say that it is right is for who could have given it: the person's access, and all that is in the role."""
    small = staffed.person("small", extras=["staff.manage", "audit.view.all"])
    with pytest.raises(OutOfReach):
        review.confirm(small, lines(staffed, "bob"))
    low = staffed.person("low", post="service", gave=["operations"])
    Extra.delete().where(Extra.staff == low.staff_id).execute()
    most = frozenset(given.code for given in review_lines.of_people([low.staff_id or 0], clock.now())[0].gives if not given.cut)
    manager = staffed.person("manager2", extras=["staff.manage", *most])
    with pytest.raises(OutOfReach):  # the post bars the rest today; who upholds the role upholds that too
        review.confirm(manager, lines(staffed, "low"))
    assert confirmed() == set()


def test_the_owners_own_need_no_confirming(staffed: Founded) -> None:
    """A grant from before the shop was handed over."""
    RoleGrant.insert(staff=1, role=1, since=1, granted_by="x").execute()
    with pytest.raises(OwnerProtected):
        review.confirm(staffed.console, [GrantKey("role", int(RoleGrant.select().order_by(RoleGrant.id.desc()).get().id))])


def test_what_ended_meanwhile_is_stale(staffed: Founded, watch: Watch) -> None:
    """Taken back or past its end, and nothing of that person is confirmed; at its last instant it still is."""
    keys = lines(staffed, "bob")
    grants.change(staffed.owner, staffed.id_of("bob"), AccessChange(take_extras=("refund.approve",)))
    with pytest.raises(Stale):
        review.confirm(staffed.owner, keys)
    assert confirmed() == set()
    done, skipped = review.confirm(staffed.owner, [*keys, *lines(staffed, "eve")])
    assert (done, [login for login, _why in skipped]) == (len(lines(staffed, "eve")), ["bob"])
    assert told("act.refuse") == []  # nobody reached too far
    (role,) = lines(staffed, "bob")[:1]
    RoleGrant.update(until=clock.now()).where(RoleGrant.id == role.id).execute()
    assert review.confirm(staffed.owner, [role]).done == 1
    watch.now += 1
    with pytest.raises(Stale):
        review.confirm(staffed.owner, [role])


def test_a_grant_given_anew_has_to_be_confirmed_anew(staffed: Founded) -> None:
    """With another end it is another decision."""
    review.confirm(staffed.owner, lines(staffed, "bob"))
    finance = staffed.role_id("finance")
    grants.change(staffed.owner, staffed.id_of("bob"), AccessChange(give_roles=(RoleGift(finance, clock.now() + DAY),)))
    role = review_lines.of_people([staffed.id_of("bob")], clock.now())[0]
    assert (role.key, role.confirmed_at) == ("finance", None)


def test_what_there_never_was_is_unknown(staffed: Founded) -> None:
    """And nothing to confirm is nothing changed."""
    for kind in ("role", "extra"):
        with pytest.raises(Unknown):
            review.confirm(staffed.owner, [GrantKey(kind, 999), *lines(staffed, "bob")])
    with pytest.raises(NothingChanged):
        review.confirm(staffed.owner, [])
    assert confirmed() == set()


def test_confirming_asks_for_no_proof(staffed: Founded) -> None:
    """It gives nothing and takes nothing."""
    db.database.execute_sql("UPDATE session SET proved_at = 0")
    assert review.confirm(staffed.owner, lines(staffed, "bob")).done


# ---- taking it out


def kept(shop: Founded) -> list[Path]:
    """What lies in the outbox."""
    return sorted((shop.home / "outbox").iterdir()) if (shop.home / "outbox").exists() else []


@pytest.mark.parametrize("form", review.FORMS)
def test_the_review_goes_into_the_outbox(staffed: Founded, form: str) -> None:
    """A new file for nobody else to read, and an entry of who took it out and how many lines it tells of."""
    file = review.put_into_outbox(by(staffed, "meg"), form)
    assert kept(staffed) == [file]
    assert (stat.S_IMODE(file.stat().st_mode), file.suffix, file.stem.startswith("access-review-")) == (0o600, f".{form}", True)
    start = {"html": b"<!DOCTYPE html>", "csv": b"\xef\xbb\xbflogin,name,", "json": b"["}[form]
    assert file.read_bytes().startswith(start)
    count = db.rows("SELECT (SELECT count(*) FROM role_grant) + (SELECT count(*) FROM extra)")[0][0]
    assert told("export.review") == [("meg", "Little Shop", {"rows": count})]
    assert review.put_into_outbox(staffed.owner, form) != file


def test_taking_it_out_takes_audit_view_all(staffed: Founded) -> None:
    """The refusal is an entry; no file is made."""
    staffed.person("nosy", extras=["audit.view", "staff.manage"])
    with pytest.raises(NotAllowed):
        review.put_into_outbox(by(staffed, "nosy"), "csv")
    assert told("act.refuse")[0][2]["act"] == "export.review"  # type: ignore[index]  # JSON
    assert kept(staffed) == []


def test_it_is_recorded_before_it_is_read(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens then, the log knows that it was asked for."""

    def broken(*_args: object) -> Iterable[str]:
        assert len(told("export.review")) == 1
        raise Cancelled

    monkeypatch.setattr(review, "pieces", broken)
    with pytest.raises(Cancelled):
        review.put_into_outbox(staffed.owner, "json")


@pytest.mark.parametrize("form", review.FORMS)
def test_what_is_stopped_leaves_no_half_file(staffed: Founded, form: str) -> None:
    """However far it was."""
    with pytest.raises(Cancelled):
        review.put_into_outbox(staffed.owner, form, cancelled=lambda: True)
    assert kept(staffed) == []


def test_a_full_disk_leaves_no_half_file(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is told in plain words."""

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        outbox.put("access-review", "html", iter(["<!DOCTYPE html>", "…"]))
    assert kept(staffed) == []


def test_progress_is_told(staffed: Founded) -> None:
    """From nothing to everybody."""
    seen: list[tuple[int, int]] = []
    review.put_into_outbox(staffed.owner, "csv", progress=lambda done, total: seen.append((done, total)))
    assert (seen[0], seen[-1]) == ((0, 4), (4, 4))


def test_taking_away_is_a_change_of_access(staffed: Founded) -> None:
    """The one operation that gives and takes; whoever changed the person meanwhile is not overwritten."""
    review_found = review_lines.person(staffed.owner, staffed.id_of("bob"))
    Staff.update(version=2).where(Staff.login == "bob").execute()
    with pytest.raises(Stale):
        grants.change(staffed.owner, staffed.id_of("bob"), AccessChange(take_extras=("refund.approve",)), version=review_found.version)
    staff_operations.freeze(staffed.owner, staffed.id_of("bob"))
    assert review_lines.person(staffed.owner, staffed.id_of("bob")).row.status == "frozen"
