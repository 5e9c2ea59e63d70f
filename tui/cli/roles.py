"""`shopstaff role list|show|set`: the roles and what is in them."""

from __future__ import annotations

from typing import Final

from models.catalogue import in_order, permissions, with_needs
from models.errors import Unknown
from models.i18n import _
from models.operations import roles as operations
from models.queries import exports, roles
from tui.cli.console import Console
from tui.cli.output import Row, print_json, print_rows

_LISTED: Final = ("role", "name", "preset", "permissions", "holders")
_CONTENT: Final = ("permission", "name", "risk")
_PUT: Final = ("role", "permission", "because")


def listed(console: Console) -> int:
    """Every role; in a table with how many permissions and holders it has, in JSON with which."""
    with console.shop() as actor:
        rows = exports.roles(actor)
        if console.asked.json:
            print_json(rows)
        else:
            counted = ({**row, "permissions": len(row["permissions"]), "holders": len(row["holders"])} for row in rows)
            print_rows(counted, _LISTED)
    return 0


def show(console: Console) -> int:
    """What is in a role; in JSON as in an export, with who holds it."""
    with console.shop() as actor:
        key = roles.find(console.asked.role).key
        (role,) = (row for row in exports.roles(actor) if row["role"] == key)
        if console.asked.json:
            print_json([role])
        else:
            known = (permissions()[code] for code in role["permissions"] if code in permissions())
            print_rows(({"permission": each.code, "name": each.label, "risk": each.risk} for each in known), _CONTENT)
    return 0


def replace(console: Console) -> int:
    """Make a role, or put permissions and what they need in place of what is in it; says what is in it now, and why."""
    with console.shop() as actor:
        codes = tuple(dict.fromkeys(console.asked.permission))
        try:
            found = roles.find(console.asked.role)
        except Unknown:
            role_id = operations.add(actor, console.asked.role, codes)
        else:
            role_id = found.id
            operations.edit(actor, role_id, None, codes=codes)
        key = roles.detail(actor, role_id).row.key
        print_rows((_put(key, code, codes) for code in in_order(with_needs(codes))), _PUT, as_json=console.asked.json)
    return 0


def _put(role: str, code: str, asked: tuple[str, ...]) -> Row:
    """One permission of a role, with what asked for it: the command line, or another permission that needs it."""
    needing = in_order(other for other in asked if other != code and code in with_needs([other]))
    because = _("asked for") if code in asked else _("needed by {permissions}").format(permissions=", ".join(needing))
    return {"role": role, "permission": code, "because": because}
