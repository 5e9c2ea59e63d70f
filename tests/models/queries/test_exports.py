"""What other programs read: the keys that were promised, and nothing left out at the edge of a window."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable, Iterator

import pytest

from models import clock
from models.actor import Actor
from models.catalogue import permissions
from models.errors import NotAllowed
from models.operations import staff, totp
from models.queries import exports
from models.queries.exports import Row
from models.rules import totp as rules
from tests.factories import CONSOLE, DAY, Founded

READERS = (exports.staff, exports.roles, exports.access)


def test_a_person_has_the_promised_keys(little_shop: Founded) -> None:
    """With grants as they were given: role or permission, from, until, by."""
    little_shop.person(
        "bob",
        name="Bob",
        post="service",
        gave=("customer_service",),
        extras=("refund.view",),
        until=clock.instant("2099-12-31T15:59:59.999999Z"),
    )
    bob, owner = exports.staff(CONSOLE)
    assert list(bob) == [
        *(
            "login",
            "name",
            "nickname",
            "number",
            "phone",
            "email",
            "department",
            "post",
            "status",
            "roles",
            "extras",
            "totp",
            "last_sign_in",
        )
    ]
    (role,) = bob["roles"]
    assert clock.instant(role.pop("from")) <= clock.now()
    assert role == {"role": "customer_service", "until": "2099-12-31T15:59:59.999999Z", "by": CONSOLE.name}
    assert [list(extra) for extra in bob["extras"]] == [["permission", "from", "until", "by"]] * len(bob["extras"])
    assert {extra["permission"] for extra in bob["extras"]} >= {"refund.view"}
    assert owner["roles"] == owner["extras"] == []
    assert exports.person(CONSOLE, little_shop.id_of("owner")) == owner


def test_a_grant_that_is_over_is_no_longer_told(little_shop: Founded) -> None:
    """Nor is one that was taken back; who left is told, without grants."""
    little_shop.person("bob", gave=("operations",), until=clock.now() + DAY)
    little_shop.person("ann", gave=("operations",))
    staff.leave(CONSOLE, little_shop.id_of("ann"))
    later = clock.now() + 2 * DAY
    clock.set_clock(lambda: later)
    ann, bob, _owner = exports.staff(CONSOLE)
    assert (bob["roles"], ann["roles"], ann["status"]) == ([], [], "left")
    assert [row["login"] for row in exports.access(CONSOLE) if row["login"] != "owner"] == []


def test_a_role_has_the_promised_keys(little_shop: Founded) -> None:
    """Called by its code; permissions in the catalogue's order; who holds it now."""
    little_shop.person("bob", gave=("warehouse",))
    little_shop.person("ann", gave=("warehouse",), status="invited")
    roles = {row["role"]: row for row in exports.roles(CONSOLE)}
    assert list(roles["warehouse"]) == ["role", "name", "preset", "permissions", "holders"]
    assert (roles["warehouse"]["name"], roles["warehouse"]["preset"]) == ("Warehouse", True)
    assert roles["warehouse"]["holders"] == ["ann", "bob"]
    order = list(permissions())
    assert all(role["permissions"] == sorted(role["permissions"], key=order.index) for role in roles.values())


def test_access_is_what_grants_amount_to_under_the_post(little_shop: Founded) -> None:
    """What the post takes away is not there; who is not active yet is, as if they were."""
    little_shop.person("bob", post="service", gave=("operations", "customer_service"), status="invited")
    rows = [row for row in exports.access(CONSOLE) if row["login"] == "bob"]
    assert all(list(row) == ["login", "status", "permission", "risk", "sources"] for row in rows)
    assert {row["status"] for row in rows} == {"invited"}
    assert {permissions()[row["permission"]].post for row in rows} == {"service"}
    view = next(row for row in rows if row["permission"] == "goods.view")
    assert {(source["kind"], source["name"]) for source in view["sources"]} == {("role", "operations"), ("role", "customer_service")}


def test_the_owner_holds_everything_by_themselves(little_shop: Founded) -> None:
    """Nobody gave it."""
    rows = list(exports.access(CONSOLE))
    assert [row["permission"] for row in rows] == list(permissions())
    assert {tuple(source.items()) for row in rows for source in row["sources"]} == {
        (("kind", "owner"), ("name", "owner"), ("by", None), ("from", None), ("until", None))
    }


@pytest.mark.parametrize("window", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("read", [exports.staff, exports.access])
def test_windows_leave_nobody_out_and_tell_nobody_twice(
    little_shop: Founded, monkeypatch: pytest.MonkeyPatch, read: Callable[[Actor], Iterator[Row]], window: int
) -> None:
    """However many are read at once."""
    for login in ("ann", "bob", "cid", "dan", "eve", "fay"):
        little_shop.person(login, gave=("finance",))
    whole = list(read(CONSOLE))
    monkeypatch.setattr(exports, "WINDOW", window)
    assert list(read(CONSOLE)) == whole
    assert list(dict.fromkeys(row["login"] for row in whole)) == ["ann", "bob", "cid", "dan", "eve", "fay", "owner"]
    assert exports.count("staff") == exports.count("access") == 7
    assert exports.count("roles") == 9


@pytest.mark.parametrize("read", READERS)
def test_reading_everybody_takes_a_permission(little_shop: Founded, read: Callable[[Actor], Iterator[Row]]) -> None:
    """Refused when it is asked for, not when the first row is."""
    bob = little_shop.person("bob", post="service")
    with pytest.raises(NotAllowed):
        read(bob)
    little_shop.person("ann")
    with pytest.raises(NotAllowed):
        exports.person(bob, little_shop.id_of("ann"))
    assert exports.person(bob, little_shop.id_of("bob"))["login"] == "bob"


def test_whether_somebody_has_one_time_codes_is_told(little_shop: Founded) -> None:
    """Once they are on; begun is not on, and turned off is off again."""
    bob = little_shop.person("bob")
    seed = b32decode(totp.begin(bob).secret.replace(" ", ""))
    assert [row["totp"] for row in exports.staff(CONSOLE)] == [False, False]
    totp.confirm(bob, rules.code_at(seed, rules.step_at(clock.now())))
    assert [(row["login"], row["totp"]) for row in exports.staff(CONSOLE)] == [("bob", True), ("owner", False)]
    totp.turn_off(bob)
    assert exports.person(CONSOLE, little_shop.id_of("bob"))["totp"] is False
