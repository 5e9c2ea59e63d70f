"""Everything that takes long to import, behind one name: the screens."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from models import shop
from models.actor import Actor
from models.errors import KeyRefused, ShopMissing, ShopNewer
from models.operations import sessions
from models.queries import devices, shop as shop_queries
from models.queries.devices import Knock
from screens.desk import SampleAccount
from tui import arrival, machine, sample
from tui.app import ShopstaffApp
from tui.cli import opening
from tui.cli.faults import remark
from tui.language import choose, speak
from tui.machine import operator as os_user


def run(home: str, *, operator: str, samples: Iterable[tuple[str, str]] = ()) -> int:
    """Open the screens; where there is no shop yet, those that set one up.

    Args:
        home: the data folder.
        operator: who ran this as root, "" for nobody.
        samples: logins and passwords of the sample shop, offered on the sign-in screen.

    Returns:
        The exit code.

    Raises:
        DataUnusable: the data cannot be used.
        KeyRefused: sshd opened this, and does not tell for whom, or the key opens nothing.
    """
    start = _open(Path(home))
    try:
        device, knock = _arrived()
        accounts = [SampleAccount(login, password, sample.ABOUT[login]) for login, password in samples]
        way_in = "" if accounts else machine.way_in(home, os.environ)  # nobody connects to a sample
        app = ShopstaffApp(home, start=start, console=os_user(operator), samples=accounts, device=device, knock=knock, way_in=way_in)
        speak(app.wanted_language())
        try:
            app.run()
        finally:
            with suppress(ShopNewer):  # it cannot be written here any more; the session ends by itself
                app.end_session()
        if app.parting:
            opening.clear()
            remark(app.parting)
        return app.return_code or 0
    finally:
        shop.close()


def _open(home: Path) -> Literal["sign_in", "setup"]:
    """Open the shop, or where there is none and nobody came over a network, what one is founded in; the screen that comes first."""
    try:
        shop.open(home)
    except ShopMissing:
        if arrival.by_sshd(os.environ):
            raise
        shop.open(home, create=True)
        return "setup"
    return "sign_in"


def _arrived() -> tuple[str, Knock | None]:
    """The device key that sshd let somebody in by, and whose it is; nothing of both at the machine itself."""
    if not arrival.by_sshd(os.environ):
        return "", None
    device = arrival.device(os.environ)
    if (knock := devices.knock(device)) is None:
        sessions.turn_away(Actor.stranger(arrival.address(os.environ), device))
        speak(choose(*shop_queries.languages(None), os.environ))
        raise KeyRefused
    return device, knock
