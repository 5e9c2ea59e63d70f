"""The sections, and the numbers that never shift: who learned `4` for the staff finds them there whatever else is shown."""

from __future__ import annotations

from importlib import import_module
from typing import Final, NamedTuple

from textual.screen import Screen

from models.i18n import N_

OWNER: Final = "owner"
"""In place of a permission: what is for the owner alone."""


CHATS: Final = "chats"
"""In place of a permission: what is for whoever has conversations to read, their own or others'."""


class Section(NamedTuple):
    """A part of the program that a digit opens.

    Attributes:
        number: the digit.
        name: what it is called in code; the name of its mode.
        title: marked (`N_`), as short as the top line needs it.
        needs: a permission, `OWNER` or `CHATS`; "" for a section that is everybody's.
        screen: `module:class`, imported when the section is first opened.
    """

    number: int
    name: str
    title: str
    needs: str
    screen: str


SECTIONS: Final[tuple[Section, ...]] = (
    Section(1, "home", N_("Home"), "", "screens.home:HomeScreen"),
    Section(2, "departments", N_("Depts"), "staff.view", "screens.departments:DepartmentsScreen"),
    Section(3, "roles", N_("Roles"), "staff.view", "screens.roles:RolesScreen"),
    Section(4, "staff", N_("Staff"), "staff.view", "screens.staff:StaffScreen"),
    Section(5, "security", N_("Security"), OWNER, "screens.security:SecurityScreen"),
    Section(6, "audit", N_("Audit"), "audit.view", "screens.audit:AuditScreen"),
    Section(7, "chats", N_("Chats"), CHATS, "screens.chats:ChatsScreen"),
    Section(8, "shop", N_("Shop"), "shop.info.edit", "screens.shop:ShopScreen"),
    Section(9, "me", N_("Me"), "", "screens.my_access:MyAccessScreen"),
)
"""In the order of their numbers."""

ENTRIES: Final[dict[str, str]] = {
    "sign_in": "screens.sign_in:SignInScreen",
    "setup": "screens.setup:SetupScreen",
    "enrol": "screens.enrol_totp:EnrolFirstScreen",
    "lock": "screens.lock:LockScreen",
}
"""The screens that one enters by; the last is for whoever is signed in, and comes before the sections where it is due."""


def section_named(name: str) -> Section:
    """The section that is called `name` in code.

    Raises:
        KeyError: there is none.
    """
    for section in SECTIONS:
        if section.name == name:
            return section
    raise KeyError(name)


def load(name: str) -> type[Screen[object]]:
    """The screen class that `module:class` names."""
    module, _, wanted = name.partition(":")
    found = getattr(import_module(module), wanted)
    if not (isinstance(found, type) and issubclass(found, Screen)):
        raise TypeError(f"{name} is no screen")
    return found
