"""Onboarding: an account, its access and a one-time code, in one act. It takes `staff.manage`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from models import catalogue, db, text
from models.actor import Actor
from models.clock import DAY
from models.errors import Invalid, Stale, Taken, Unknown, Wrong
from models.i18n import N_, _
from models.operations import devices, staff as people
from models.operations._journal import Journal, Thing, moment
from models.operations._operation import operation
from models.operations._people import require_seats
from models.operations.codes import FreshCode, checked_days
from models.operations.grants import judge_gifts, role_content
from models.operations.staff import Profile, findable
from models.queries._reading import may_read
from models.queries._together import pairs
from models.queries.devices import is_enrolled
from models.queries.security import policy
from models.queries.staff import login_taken
from models.rules import codes, device_keys
from models.rules.access import Person, access
from models.rules.grants import AccessChange, ExtraGift, Outcome, RoleContent, RoleGift, outcome
from models.rules.separation import Pair, clashes, refuse
from models.tables import Staff

PERMISSION = people.MANAGE

FIRST_DEVICE: Final = "{login}-1"
"""What the device is called whose key comes with onboarding, unless somebody says otherwise."""

_STAFF = """
    INSERT INTO staff (id, version, login, name, nickname, number, phone, email, department_id, post, status, is_owner,
                       pinyin, initials, search, created_at, created_by)
    VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 'invited', 0, ?, ?, ?, ?, ?)
"""
_ROLE = "INSERT INTO role_grant (staff_id, role_id, since, until, granted_by) VALUES (?, ?, ?, ?, ?)"
_EXTRA = "INSERT INTO extra (staff_id, permission, since, until, granted_by) VALUES (?, ?, ?, ?, ?)"
_CODE = "INSERT INTO one_time_code (staff_id, purpose, digest, created_at, expires_at) VALUES (?, 'activation', ?, ?, ?)"


class Newcomer(NamedTuple):
    """Somebody to onboard; the code is good for `days`, None for what the policy says.

    `key` is the public key of their device, "" for none; `device` what it is called, "" for a name of ours.
    """

    login: str
    profile: Profile
    post: str
    department_id: int | None = None
    roles: tuple[RoleGift, ...] = ()
    extras: tuple[ExtraGift, ...] = ()
    days: int | None = None
    key: str = ""
    device: str = ""


class Prepared(NamedTuple):
    """A newcomer whose every field was judged, with the columns they will be found by."""

    newcomer: Newcomer
    findable: Mapping[str, str]


def checked(newcomer: Newcomer) -> Newcomer:
    """The same as it will be kept; what only the database knows is judged when onboarding.

    Raises:
        Invalid: a field cannot be used; it names which.
    """
    if newcomer.post not in catalogue.POSTS:
        raise Invalid("post", N_("The post is customer service or operations."))
    if newcomer.days is not None:
        checked_days(newcomer.days)
    login, profile = text.login("login", newcomer.login), people.checked(newcomer.profile)
    if newcomer.key.strip():
        parsed = device_keys.parse("key", newcomer.key)
        name = devices.checked_name(newcomer.device.strip() or FIRST_DEVICE.format(login=login), "device")
        return newcomer._replace(login=login, profile=profile, key=parsed.line, device=name)
    return newcomer._replace(login=login, profile=profile, key="", device="")


def complaints(actor: Actor, newcomer: Newcomer) -> tuple[Wrong, ...]:
    """Everything that is wrong with what was typed of a person, each field at its own.

    A login that is taken is told here already, and a device key that is enrolled for somebody.

    Raises:
        NotAllowed, SessionEnded: it takes `staff.manage`.
    """
    may_read(actor, PERMISSION)
    harmless = Newcomer("ab", Profile("-"), catalogue.SERVICE)  # nothing is wrong with it but what one field at a time brings in
    tries = [
        harmless._replace(login=newcomer.login),
        *(harmless._replace(profile=harmless.profile._replace(**{field: value})) for field, value in newcomer.profile._asdict().items()),
        harmless._replace(post=newcomer.post),
        harmless._replace(days=newcomer.days),
        harmless._replace(key=newcomer.key, device=newcomer.device),
    ]
    found = [wrong for each in tries if (wrong := _complaint(each)) is not None]
    if _complaint(tries[0]) is None and login_taken(login := checked(tries[0]).login):
        found.insert(0, Taken("login", login))
    if newcomer.key.strip() and _complaint(tries[-1]) is None and is_enrolled(device_keys.parse("key", newcomer.key).fingerprint):
        found.append(Invalid("key", devices.SOMEBODY_ELSES))
    return tuple(found)


def _complaint(newcomer: Newcomer) -> Wrong | None:
    try:
        checked(newcomer)
    except Wrong as wrong:
        return wrong
    return None


def prepare(newcomer: Newcomer) -> Prepared:
    """Judge the fields and work out the pinyin, before the transaction begins.

    Raises:
        Invalid: a field cannot be used.
    """
    newcomer = checked(newcomer)
    return Prepared(newcomer, findable(newcomer.login, newcomer.profile))


def onboard(actor: Actor, newcomer: Newcomer, *, seen: Collection[str] | None = None) -> FreshCode:
    """Onboard one person.

    Args:
        seen: the codes that the preview showed as allowed; if it would turn out otherwise, a role was changed meanwhile.

    Returns:
        The activation code, shown once.

    Raises:
        Taken: the login is, or was ever, somebody's.
        SeatNone: no seat is free.
        OutOfReach, UntilTooLate, OwnerOnly: a grant reaches further than the actor's own access.
        Incompatible: they would hold two permissions that are kept apart.
        Stale: what the preview showed has changed.
        Invalid, Unknown, NotAllowed: as elsewhere.
    """
    prepared = prepare(newcomer)
    with operation(actor, PERMISSION, "staff.onboard", proof=True) as journal:
        journal.subject = Thing("staff", None, prepared.newcomer.login)
        require_seats(journal.now)
        (fresh,) = insert(journal, [prepared])
        if seen is not None and _granted(journal, prepared.newcomer) != set(seen):
            raise Stale(_("What {name} would be able to do").format(name=prepared.newcomer.profile.name))
        return fresh


def insert(journal: Journal, prepared: Iterable[Prepared]) -> list[FreshCode]:
    """Onboard people inside an operation that is open: one statement a table, one entry a person.

    Raises:
        Taken, OutOfReach, UntilTooLate, OwnerOnly, Incompatible, Unknown, Invalid: somebody cannot be onboarded as asked.
    """
    taken = {login for (login,) in db.rows("SELECT login FROM staff")}
    departments = {identity for (identity,) in db.rows("SELECT id FROM department WHERE closed_at IS NULL")}
    roles: dict[int, RoleContent] = {}
    judged: dict[tuple[object, ...], Outcome] = {}  # a file gives many people the same
    apart = pairs()
    row = db.row("SELECT coalesce(max(id), 0) FROM staff")
    staff_id = int(row[0]) if row else 0
    staff_rows, role_rows, extra_rows, code_rows, keys, fresh = [], [], [], [], [], []
    by, now, usual = journal.actor.name, journal.now, policy().policy.activation_days
    for newcomer, columns in prepared:
        if newcomer.login in taken:
            raise Taken("login", newcomer.login)
        taken.add(newcomer.login)
        if newcomer.department_id is not None and newcomer.department_id not in departments:
            raise Unknown("department", str(newcomer.department_id))
        asked = (newcomer.roles, newcomer.extras, newcomer.post)
        if asked not in judged:
            judged[asked] = _gifts(journal, newcomer, roles, apart)
        gifts = judged[asked]
        staff_id += 1
        code = codes.new()
        days = usual if newcomer.days is None else newcomer.days
        expires_at = now + days * DAY
        staff_rows.append((staff_id, newcomer.login, *newcomer.profile, newcomer.department_id, newcomer.post, *columns.values(), now, by))
        role_rows += [(staff_id, role.role_id, now, role.until, by) for role in gifts.roles]
        extra_rows += [(staff_id, extra.permission, now, extra.until, by) for extra in gifts.extras]
        code_rows.append((staff_id, codes.digest(code), now, expires_at))
        fresh.append(FreshCode(newcomer.login, code, expires_at))
        journal.record(
            "staff.onboard", Thing("staff", staff_id, newcomer.login), new=_told(newcomer._replace(days=days), gifts.extras, roles)
        )
        if newcomer.key:
            keys.append((staff_id, newcomer))
    for sql, rows in ((_STAFF, staff_rows), (_ROLE, role_rows), (_EXTRA, extra_rows), (_CODE, code_rows)):
        db.write_many(sql, rows)
    for identity, newcomer in keys:
        devices.enrol(journal, Staff.get(Staff.id == identity), device_keys.parse("key", newcomer.key), newcomer.device, None)
    return fresh


def _gifts(journal: Journal, newcomer: Newcomer, roles: dict[int, RoleContent], apart: tuple[Pair, ...]) -> Outcome:
    """What the newcomer is given, judged; `roles` is filled with what is in each."""
    for gift in newcomer.roles:
        if gift.role_id not in roles:
            roles[gift.role_id] = role_content(gift.role_id)
    change = AccessChange(give_roles=newcomer.roles, give_extras=newcomer.extras)
    judge_gifts(journal, change, roles)
    result = outcome((), change, roles, journal.actor.name, journal.now)
    refuse(clashes(apart, _person(newcomer), newcomer.post, (), result.holdings, journal.now), newcomer.profile.name)
    return result


def _granted(journal: Journal, newcomer: Newcomer) -> set[str]:
    """What the newcomer will be able to do once active, as the preview works it out."""
    roles = {gift.role_id: role_content(gift.role_id) for gift in newcomer.roles}
    change = AccessChange(give_roles=newcomer.roles, give_extras=newcomer.extras)
    held = outcome((), change, roles, journal.actor.name, journal.now).holdings
    return {code for code, verdict in access(_person(newcomer), held, catalogue.permissions(), journal.now).items() if verdict.granted}


def _person(newcomer: Newcomer) -> Person:
    """The newcomer as if active: whom a preview judges."""
    return Person(newcomer.login, catalogue.ACTIVE, newcomer.post, is_owner=False)


def _told(newcomer: Newcomer, extras: tuple[ExtraGift, ...], roles: Mapping[int, RoleContent]) -> dict[str, object]:
    """What the log says of a newcomer: account and access, and of the person no more than it takes to tell who it was."""
    return {
        "name": newcomer.profile.name,
        "post": newcomer.post,
        "department": newcomer.department_id,
        "roles": [[roles[gift.role_id].name, moment(gift.until)] for gift in newcomer.roles],
        "extras": [[gift.permission, moment(gift.until)] for gift in extras],
        "days": newcomer.days,
    }
