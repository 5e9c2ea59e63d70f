"""Founding the shop, and its settings."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import catalogue, clock, text
from models.actor import Actor
from models.errors import AlreadyFounded, Invalid, NothingChanged
from models.i18n import N_, Language, known_language
from models.operations import _hashing
from models.operations._journal import Journal, Thing
from models.operations._operation import operation, save, unattended
from models.rules import finding, passwords
from models.rules.passwords import Cost
from models.tables import Credential, Department, Role, RolePermission, Shop, Staff

NAME_LIMIT: Final = text.NAME_LIMIT


class Founding(NamedTuple):
    """What set-up asks for."""

    name: str
    code: str
    language: str
    zone: str
    login: str
    owner: str
    password: str


def checked(wanted: Founding) -> Founding:
    """The same as it will be kept.

    Raises:
        Invalid: a field cannot be used; it names which.
        PasswordWeak: the password would be guessed.
    """
    shop = text.clean("name", wanted.name, limit=NAME_LIMIT, required=True)
    code = text.shop_code("code", wanted.code)
    login = text.login("login", wanted.login)
    owner = text.clean("owner", wanted.owner, limit=NAME_LIMIT, required=True)
    passwords.check(wanted.password, passwords.known((shop, code, login, owner)))
    return Founding(shop, code, _language(wanted.language), clock.known_zone("zone", wanted.zone), login, owner, wanted.password)


def calibrated() -> Cost:
    """What a hash of a password is to cost on this machine, for `found`: measured, which takes a second or two."""
    return _hashing.calibrated()


def found(actor: Actor, wanted: Founding, *, cost: Cost = passwords.FLOOR) -> int:
    """Found the shop: its settings, the preset departments and roles, and the owner's account, ready to sign in.

    Args:
        cost: what a hash of a password is to cost on this machine; `calibrated` measures it.

    Returns:
        The owner's id.

    Raises:
        AlreadyFounded: there is a shop here.
        Wrong: a field cannot be used.
    """
    wanted = checked(wanted)
    digest = passwords.digest(wanted.password, cost)
    pinyin = finding.pinyin(wanted.owner)
    with unattended(actor) as journal:
        if Shop.select().exists():
            raise AlreadyFounded
        Shop.create(id=1, code=wanted.code, name=wanted.name, language=wanted.language, zone=wanted.zone, founded_at=journal.now)
        owner = Staff.create(
            login=wanted.login,
            name=wanted.owner,
            post=catalogue.OPERATIONS,
            status=catalogue.ACTIVE,
            is_owner=True,
            pinyin=pinyin.full,
            initials=pinyin.initials,
            search=finding.search_text(wanted.login, wanted.owner, "", "", "", *pinyin),
            created_at=journal.now,
            created_by=actor.name,
            activated_at=journal.now,
        )
        Credential.insert(staff=owner, password=digest, changed_at=journal.now).execute()
        _presets()
        _hashing.keep_cost(cost)
        new = {"code": wanted.code, "language": wanted.language, "zone": wanted.zone, "owner": wanted.login}
        journal.record("shop.found", Thing("shop", 1, wanted.name), new=new)
        return int(owner.id)


def _presets() -> None:
    for position, department in enumerate(catalogue.PRESET_DEPARTMENTS):
        Department.insert(preset=department.code, position=position).execute()
    for role in catalogue.preset_roles().values():
        role_id = Role.insert(code=role.code).execute()
        RolePermission.insert_many([(role_id, code) for code in role.permissions], ("role", "permission")).execute()


def edit(actor: Actor, version: int, *, name: str, code: str, language: str, zone: str) -> None:
    """Change the shop's settings.

    Raises:
        NotAllowed: it takes `shop.info.edit`.
        Stale: somebody else saved them first.
        Wrong: a field cannot be used.
    """
    new = {
        "name": text.clean("name", name, limit=NAME_LIMIT, required=True),
        "code": text.shop_code("code", code),
        "language": _language(language),
        "zone": clock.known_zone("zone", zone),
    }
    with operation(actor, "shop.info.edit", "shop.edit") as journal:
        shop = Shop.get()
        old = {field: getattr(shop, field) for field in new}
        journal.subject = Thing("shop", 1, shop.name)
        save(Shop, 1, version, shop.name, **new)
        _record_difference(journal, Thing("shop", 1, shop.name), old, new)


def _record_difference(journal: Journal, shop: Thing, old: dict[str, str], new: dict[str, str]) -> None:
    changed = [field for field in new if old[field] != new[field]]
    if not changed:
        raise NothingChanged
    journal.record("shop.edit", shop, old={field: old[field] for field in changed}, new={field: new[field] for field in changed})


def _language(value: str) -> Language:
    language = known_language(value)
    if language is None:
        raise Invalid("language", N_("Choose English or Chinese."))
    return language
