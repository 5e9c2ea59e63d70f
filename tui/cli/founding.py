"""`shopstaff init` and `shopstaff activate`: how a shop and an account come to life."""

from __future__ import annotations

import os
from typing import Final

from models import clock, shop
from models.catalogue import ACTIVE
from models.errors import AlreadyFounded, Invalid, ShopMissing
from models.i18n import N_, _
from models.operations import sessions
from models.operations.shop import Founding, calibrated, checked, found
from models.queries import staff
from tui.cli import asking
from tui.cli.console import Console
from tui.cli.faults import UsageError
from tui.cli.output import print_rows
from tui.language import of_environment

_OPTIONS: Final = {"name": "--shop", "code": "--code", "login": "--owner", "owner": "--name"}
"""Where on the command line each field of a founding is given."""

_WHERE: Final = N_("{option}: {reason}")


def init(console: Console) -> int:
    """Set up the shop; the owner's password is read from standard input."""
    _refuse_founded(console)
    asked = console.asked
    language = asked.lang or of_environment(os.environ)
    wanted = Founding(asked.shop, asked.code, language, clock.machine_zone(), asked.owner, asked.name, asking.new_password())
    try:
        wanted = checked(wanted)
    except Invalid as wrong:
        if wrong.field in _OPTIONS:
            raise UsageError(_WHERE, option=_OPTIONS[wrong.field], reason=wrong) from wrong
        raise
    shop.open(console.home, create=True)
    try:
        found(console.actor, wanted, cost=calibrated())
    finally:
        shop.close()
    print_rows([{"shop": wanted.name, "code": wanted.code, "login": wanted.login}], ("shop", "code", "login"), as_json=asked.json)
    return 0


def _refuse_founded(console: Console) -> None:
    """Before anything is asked for."""
    try:
        shop.open(console.home)
    except ShopMissing:
        return
    finally:
        shop.close()
    raise AlreadyFounded


def activate(console: Console) -> int:
    """Activate an account; its code and its new password are read from standard input, a line each."""
    with console.shop() as actor:
        code = asking.line(_("the activation or reset code"), _("Activation or reset code: "))
        sessions.activate(actor, console.asked.login, code, asking.new_password())
        login = staff.detail(actor, staff.find(console.asked.login)).login
        print_rows([{"login": login, "status": ACTIVE}], ("login", "status"), as_json=console.asked.json)
    return 0
