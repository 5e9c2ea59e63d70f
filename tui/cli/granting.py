"""`shopstaff role grant|revoke` and `shopstaff extra grant|revoke`: who may do what, until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from models import clock
from models.catalogue import in_order
from models.errors import NothingChanged
from models.operations import grants
from models.queries import roles, staff
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tui.cli.console import Console
from tui.cli.output import Row, print_rows

_ROLE: Final = ("login", "role", "until")
_EXTRA: Final = ("login", "permission", "until")


def role_grant(console: Console) -> int:
    """Give a role to a person, in place of the same with another end."""
    with console.shop() as actor:
        role, until = roles.find(console.asked.role), console.until()
        person = staff.find(console.asked.login)
        grants.change(actor, person, AccessChange(give_roles=(RoleGift(role.id, until),)))
        return _say(console, person, _ROLE, [(role.key, until)])


def role_revoke(console: Console) -> int:
    """Take a role from a person."""
    with console.shop() as actor:
        role = roles.find(console.asked.role)
        person = staff.find(console.asked.login)
        grants.change(actor, person, AccessChange(take_roles=(role.id,)))
        return _say(console, person, _ROLE[:2], [(role.key, None)])


def extra_grant(console: Console) -> int:
    """Give a permission to a person; says what else it gave, because it is needed."""
    with console.shop() as actor:
        person = staff.find(console.asked.login)
        gift = ExtraGift(console.asked.permission, console.until())
        given = grants.change(actor, person, AccessChange(give_extras=(gift,)))
        return _say(console, person, _EXTRA, given)


def extra_revoke(console: Console) -> int:
    """Take a permission from a person; says what else went, because it cannot stand without it."""
    with console.shop() as actor:
        person = staff.find(console.asked.login)
        before = in_order(_extras(console, person))
        if console.asked.permission not in before:
            grants.known(console.asked.permission)
            raise NothingChanged
        grants.change(actor, person, AccessChange(take_extras=(console.asked.permission,)))
        gone = [code for code in before if code not in _extras(console, person)]
        return _say(console, person, _EXTRA[:2], [(code, None) for code in gone])


def _extras(console: Console, person: int) -> tuple[str, ...]:
    return tuple(grant.key for grant in staff.grants(console.actor, person) if grant.kind == "extra")


def _say(console: Console, person: int, columns: tuple[str, ...], what: Iterable[tuple[str, int | None]]) -> int:
    """What was given or taken, a line each."""
    login = staff.detail(console.actor, person).login
    rows: list[Row] = [dict(zip(columns, (login, name, clock.rfc3339_if(until)), strict=False)) for name, until in what]
    print_rows(rows, columns, as_json=console.asked.json)
    return 0
