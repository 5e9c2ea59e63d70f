"""Device keys as they are read: by whom, in which order, how each is called; and whom one lets in."""

from __future__ import annotations

from itertools import product

import pytest

from models import authorized_keys, bare, clock, db, shop as shops
from models.actor import Actor
from models.errors import NotAllowed, OutOfReach, OwnerAlone, OwnerProtected, SessionEnded, SessionLocked, ShopMissing, Unknown
from models.operations import codes, devices, presence, staff
from models.queries import devices as queries, posture
from models.tables import Device, OneTimeCode, Staff
from tests import device_keys as keys
from tests.crowd import crowd
from tests.device_keys import ed25519, enrolled, fingerprint
from tests.factories import CONSOLE, DAY, STRANGER, Founded
from tests.models.doors import Watch


@pytest.fixture
def bob(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody with nothing special, and a clock that stands still."""
    return little_shop.person("bob")


def named(rows: tuple[queries.DeviceRow, ...]) -> list[str]:
    """What keys are called."""
    return [row.name for row in rows]


@pytest.mark.parametrize(
    ("line", "size"),
    [
        (ed25519("x"), "ED25519"),
        (keys.ecdsa("nistp256"), "ECDSA 256"),
        (keys.ecdsa("nistp384"), "ECDSA 384"),
        (keys.ecdsa("nistp521"), "ECDSA 521"),
        (keys.rsa(3072), "RSA 3072"),
        (keys.rsa(4096), "RSA 4096"),
        (keys.sk_ed25519(), "ED25519-SK"),
        (keys.sk_ecdsa(), "ECDSA-SK 256"),
    ],
)
def test_a_key_is_called_as_ssh_keygen_calls_it(bob: Actor, line: str, size: str) -> None:
    """Type and bits in short; of Ed25519 there is one size."""
    devices.add(bob, bob.staff_id or 0, line, name="laptop")
    (row,) = queries.own(bob)
    assert (row.size, row.fingerprint) == (size, fingerprint(line))


def test_ones_own_keys_come_the_oldest_first(bob: Actor, watch: Watch) -> None:
    """Those past their end are there still; those revoked are not, nor anybody else's."""
    enrolled(1, "the owner's")
    for name in ("z", "a", "m"):
        enrolled(bob.staff_id or 0, name, days=1 if name == "a" else None)
        watch.passes(60)
    assert named(queries.own(bob)) == ["z", "a", "m"]
    watch.passes(25 * 3600)
    assert [row.has_ended(watch.now) for row in queries.own(bob)] == [False, True, False]
    devices.revoke(bob, queries.find(bob.staff_id or 0, fingerprint(ed25519("m"))))
    assert named(queries.own(bob)) == ["z", "a"]
    assert queries.own(CONSOLE) == ()


def test_an_end_is_the_last_moment(bob: Actor, watch: Watch) -> None:
    """One microsecond later it is over."""
    enrolled(bob.staff_id or 0, "laptop", days=1)
    (row,) = queries.own(bob)
    assert [row.has_ended(row.expires_at or 0), row.has_ended((row.expires_at or 0) + 1)] == [False, True]


def test_anothers_keys_are_for_who_could_reset_them(little_shop: Founded, bob: Actor) -> None:
    """Within reach; the owner's for the owner and the operator; everybody's for those two."""
    wide = little_shop.person("wide", extras=["finance.bill.view"])
    resetter = little_shop.person("rob", extras=["staff.security.reset"])
    for login in ("bob", "wide", "owner"):
        enrolled(little_shop.id_of(login), login)
    for actor, login in ((bob, "bob"), (wide, "wide"), (resetter, "bob"), (little_shop.owner, "wide"), (CONSOLE, "owner")):
        assert named(queries.of(actor, little_shop.id_of(login))) == [login]
    refusals = [(bob, "wide", NotAllowed), (resetter, "wide", OutOfReach), (resetter, "owner", OwnerProtected)]
    for actor, login, refusal in [*refusals, (STRANGER, "bob", SessionEnded)]:
        with pytest.raises(refusal):
            queries.of(actor, little_shop.id_of(login))
    with pytest.raises(Unknown):
        queries.of(little_shop.owner, 99)
    for actor in (little_shop.owner, CONSOLE):
        assert [(login, row.name) for login, row in queries.everybodys(actor)] == [("bob", "bob"), ("owner", "owner"), ("wide", "wide")]
    for actor in (bob, resetter, little_shop.person("meg", gave=["manager"])):
        with pytest.raises(OwnerAlone):
            queries.everybodys(actor)
    with pytest.raises(SessionEnded):
        queries.everybodys(STRANGER)
    presence.lock(bob)
    for read in (queries.own, queries.everybodys):
        with pytest.raises(SessionLocked):
            read(bob)


def test_a_key_is_found_by_its_fingerprint_among_ones_own(little_shop: Founded, bob: Actor) -> None:
    """As it is pasted; nobody finds another's by it, nor one that is gone."""
    key = enrolled(bob.staff_id or 0, "laptop")
    identity = queries.find(bob.staff_id or 0, f" {key}\n")
    assert Device.get(Device.id == identity).name == "laptop"
    for staff_id, asked in ((1, key), (bob.staff_id or 0, "laptop"), (bob.staff_id or 0, ""), (bob.staff_id or 0, key.lower())):
        with pytest.raises(Unknown):
            queries.find(staff_id, asked)
    assert queries.is_enrolled(key)
    devices.revoke(CONSOLE, identity)
    with pytest.raises(Unknown):
        queries.find(bob.staff_id or 0, key)
    assert queries.is_enrolled(key), "for good"
    assert not queries.is_enrolled(fingerprint(ed25519("new")))


def test_p12_an_invited_persons_key_opens_as_long_as_their_code_is_good(little_shop: Founded, watch: Watch) -> None:
    """To its last moment; a new code opens again."""
    little_shop.person("carol", status="invited")
    carol = little_shop.id_of("carol")
    codes.renew(CONSOLE, carol, days=1)
    key = enrolled(carol, "laptop")
    watch.passes(24 * 3600)
    assert queries.knock(key) == (carol, "carol", True)
    watch.passes(0.000001)
    assert queries.knock(key) is None
    codes.renew(CONSOLE, carol)
    assert queries.knock(key) == (carol, "carol", True)
    staff.freeze(CONSOLE, carol)
    assert queries.knock(key) is None


def test_p13_who_has_no_key_that_opens_is_known_beforehand(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Active people, by login; the owner is exempt, and who is invited or frozen signs in by nothing yet."""
    little_shop.person("carol", status="invited")
    little_shop.person("adam", name="Adam")
    little_shop.person("zoe")
    staff.freeze(CONSOLE, little_shop.id_of("zoe"))
    assert posture.reach(little_shop.owner).deviceless == ("Adam", "Bob")
    enrolled(bob.staff_id or 0, "laptop", days=1)
    assert posture.reach(little_shop.owner).deviceless == ("Adam",)
    watch.passes(24 * 3600 + 0.000001)
    assert posture.reach(little_shop.owner).deviceless == ("Adam", "Bob")


# ---- what sshd is told, and what the screens know

STATUSES = ("invited", "active", "frozen", "left")
ENDS = (None, -DAY, -1, 0, 1, DAY)
"""When a key ends, from now."""
CODES = (None, "good", "ends now", "over", "used", "void", "of a reset")


def code_of(staff_id: int, kind: str | None, now: int) -> None:
    """Give somebody a one-time code."""
    row = {"staff": staff_id, "purpose": "activation", "digest": b"x" * 32, "created_at": now - DAY, "expires_at": now + DAY}
    other: dict[str | None, dict[str, object]] = {
        "ends now": {"expires_at": now},
        "over": {"expires_at": now - 1},
        "used": {"used_at": now},
        "void": {"void_at": now},
        "of a reset": {"purpose": "reset"},
    }
    if kind is not None:
        OneTimeCode.insert(**row | other.get(kind, {})).execute()


def test_p12_sshd_and_the_screens_agree_on_every_key(little_shop: Founded, watch: Watch) -> None:
    """Every status, end, code, and revoked or not; now, later, and with a clock that was set back."""
    states = list(product(STATUSES, ENDS, (False, True), CODES))
    crowd(len(states))
    now, expected = watch.now, {}
    with db.transaction():
        for staff_id, (status, end, revoked, code) in enumerate(states, 2):
            Staff.update(status=status, left_at=now if status == "left" else None).where(Staff.id == staff_id).execute()
            code_of(staff_id, code, now)
            line = ed25519(str(staff_id)).rsplit(" ", 1)[0]
            kind, blob = line.split()
            row = {"name": "x", "kind": kind, "bits": 256, "blob": blob, "added_at": now - DAY, "added_by": "owner"}
            ended = {"ended_at": now, "end": "revoked"} if revoked else {}
            until = None if end is None else now + end
            Device.insert(staff=staff_id, fingerprint=fingerprint(line), expires_at=until, **row, **ended).execute()
            at_all = not revoked and (end is None or end >= 0)
            expected[line] = at_all and (status == "active" or (status == "invited" and code in {"good", "ends now"}))
    assert sum(expected.values()) == 4 * (len(CODES) + 2)
    assert agreed(little_shop, expected) == expected
    watch.passes(0.000001)
    later = agreed(little_shop, expected)
    assert sum(later.values()) == 3 * (len(CODES) + 1)
    assert all(expected[line] for line, opens in later.items() if opens)
    enrolled(1, "an entry in the log")
    for back in (1, 3 * 86_400):
        watch.passes(-back)
        assert agreed(little_shop, expected) == later
        watch.passes(back)
    watch.passes(2 * 86_400)
    assert sum(agreed(little_shop, expected).values()) == len(CODES), "those of active people without an end"


def agreed(little_shop: Founded, lines: dict[str, bool]) -> dict[str, bool]:
    """Which keys open, asked either way."""
    opens = {}
    for line in lines:
        name = fingerprint(line)
        found, told = queries.knock(name), authorized_keys.key(str(little_shop.home), name)
        assert told == (line if found is not None else "")
        opens[line] = found is not None
    return opens


@pytest.mark.parametrize("asked", ["", "SHA256:", "%", "' OR '1'='1", "SHA256:%", "\x00", "x" * 10_000, "SHA256:" + "A" * 43])
def test_p12_what_is_no_fingerprint_opens_nothing(little_shop: Founded, bob: Actor, asked: str) -> None:
    """Either way."""
    enrolled(bob.staff_id or 0, "laptop")
    assert (authorized_keys.key(str(little_shop.home), asked), queries.knock(asked)) == ("", None)


def test_p12_a_shop_that_cannot_be_read_opens_nothing(little_shop: Founded, bob: Actor) -> None:
    """It says why: there is none, or it is of an older Shopstaff."""
    key = enrolled(bob.staff_id or 0, "laptop")
    assert authorized_keys.key(str(little_shop.home), key) == " ".join(ed25519("laptop").split()[:2])
    db.rows("DELETE FROM schema_migration WHERE name = '0003_devices'")
    with pytest.raises(bare.OutdatedError):
        authorized_keys.key(str(little_shop.home), key)
    shops.close()
    with pytest.raises(ShopMissing):
        authorized_keys.key(str(little_shop.home / "nowhere"), key)


def test_sshd_is_answered_at_once(little_shop: Founded, bob: Actor) -> None:
    """Among ten thousand people with a key each; measured with room for a machine that is busy."""
    from time import perf_counter  # here, because nothing else measures

    crowd(10_000)
    with db.transaction():
        db.database.execute_sql(
            "INSERT INTO device (staff_id, name, kind, bits, blob, fingerprint, added_at, added_by) "
            "SELECT id, 'x', 'ssh-ed25519', 256, 'AAAA', 'SHA256:' || id, ?, 'owner' FROM staff",
            (clock.now(),),
        )
    started = perf_counter()
    assert authorized_keys.key(str(little_shop.home), "SHA256:7000") == "ssh-ed25519 AAAA"
    assert perf_counter() - started < 0.2
