"""`shopstaff staff …`: who works here, and what becomes of them."""

from __future__ import annotations

from typing import Any, Final

from models import clock
from models.actor import Actor
from models.operations import codes, departures, staff as operations
from models.operations.codes import FreshCode
from models.queries import departments, exports, staff
from tui.cli.console import Console
from tui.cli.output import print_json, print_rows

_LISTED: Final = ("login", "name", "department", "post", "status", "roles", "last_sign_in")
_SHOWN: Final = (
    "login",
    "name",
    "nickname",
    "number",
    "phone",
    "email",
    "department",
    "post",
    "status",
    "leaves",
    "roles",
    "extras",
    "last_sign_in",
)
_CODE: Final = ("login", "code", "good_until")
_LEAVES: Final = ("login", "leaves")

NEVER: Final = "never"
"""In place of a day: whoever was to leave stays."""


def listed(console: Console) -> int:
    """Everybody, by login."""
    with console.shop() as actor:
        rows = ({key: person[key] for key in _LISTED} for person in exports.staff(actor))
        print_rows(rows, _LISTED, as_json=console.asked.json)
    return 0


def show(console: Console) -> int:
    """One person: a line a field, in JSON as in an export, with the moment at which they leave."""
    with console.shop() as actor:
        person = exports.person(actor, _id(console))
        person["leaves"] = clock.rfc3339_if(staff.detail(actor, _id(console)).leaves_at)
        if console.asked.json:
            print_json([person])
        else:
            _print_fields(person)
    return 0


def freeze(console: Console) -> int:
    """Shut a person out at once."""
    with console.shop() as actor:
        operations.freeze(actor, _id(console))
        return _say(console, actor, "status")


def unfreeze(console: Console) -> int:
    """Let a frozen person back in."""
    with console.shop() as actor:
        operations.unfreeze(actor, _id(console))
        return _say(console, actor, "status")


def leave(console: Console) -> int:
    """End a person's access for good: now, or at the end of a day; or take such a day back."""
    with console.shop() as actor:
        person, on = _id(console), console.asked.on
        if on is None:
            operations.leave(actor, person)
            return _say(console, actor, "status")
        at = None
        if on.strip().lower() == NEVER:
            departures.unplan(actor, person)
        else:
            at = departures.plan(actor, person, on)
        row = {"login": staff.detail(actor, person).login, "leaves": clock.rfc3339_if(at)}
        print_rows([row], _LEAVES, as_json=console.asked.json)
        return 0


def move(console: Console) -> int:
    """Put a person into another department, or directly below the shop."""
    with console.shop() as actor:
        path = console.asked.department
        operations.move(actor, _id(console), None if path.strip() == "/" else departments.find(path))
        return _say(console, actor, "department")


def reinstate(console: Console) -> int:
    """Bring a person back who left; the activation code is printed, once."""
    with console.shop() as actor:
        return _say_code(console, operations.reinstate(actor, _id(console)))


def code(console: Console) -> int:
    """Make a new activation or reset code and print it, once."""
    with console.shop() as actor:
        return _say_code(console, codes.renew(actor, _id(console)))


def _id(console: Console) -> int:
    return staff.find(console.asked.login)


def _say(console: Console, actor: Actor, what: str) -> int:
    """What has become of a person."""
    person = exports.person(actor, _id(console))
    print_rows([{"login": person["login"], what: person[what]}], ("login", what), as_json=console.asked.json)
    return 0


def _say_code(console: Console, fresh: FreshCode) -> int:
    row = {"login": fresh.login, "code": fresh.code, "good_until": clock.rfc3339(fresh.expires_at)}
    print_rows([row], _CODE, as_json=console.asked.json)
    return 0


def _print_fields(person: dict[str, Any]) -> None:
    """A person as fields and values, a line each."""
    from tui.cli.output import TABLE, cell, form_for
    from tui.cli.words import heading, told

    table = form_for(as_json=False) == TABLE
    rows = (
        {"field": heading(key) if table else key, "value": told(key, person[key]) if table else cell(person[key])}
        for key in _SHOWN
        if person[key] not in ("", None, [])
    )
    print_rows(rows, ("field", "value"))
