"""Everything that takes long to import, behind one name: the screens."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models import bare
from models.errors import DataUnusable, KeyRefused, ShopMissing
from screens.desk import SampleAccount
from screens.later import later
from tui import arrival, machine
from tui.app import ShopstaffApp
from tui.cli import opening
from tui.language import choose, speak
from tui.machine import operator as os_user

if TYPE_CHECKING:
    from models import actor, shop
    from models.operations import sessions
    from models.queries import devices, shop as shop_queries
    from models.queries.devices import Knock
    from tui import sample
    from tui.cli import faults
else:  # not needed before the first screen is seen
    actor, shop, shop_queries = later("models.actor"), later("models.shop"), later("models.queries.shop")
    sessions, devices = later("models.operations.sessions"), later("models.queries.devices")
    sample, faults = later("tui.sample"), later("tui.cli.faults")


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
    samples = list(samples)
    seen = None if samples or arrival.by_sshd(os.environ) else _glimpse(home)
    start = _open(Path(home)) if seen is None else "sign_in"
    try:
        device, knock = _arrived()
        accounts = [SampleAccount(login, password, sample.ABOUT[login]) for login, password in samples]
        way_in = "" if accounts else machine.way_in(home, os.environ)  # nobody connects to a sample
        app = ShopstaffApp(
            home,
            start=start,
            console=os_user(operator),
            samples=accounts,
            device=device,
            knock=knock,
            way_in=way_in,
            opens=partial(_open_founded, Path(home)) if seen is not None else None,
            shop_name=seen[0] if seen is not None else "",
        )
        speak(choose(None, seen[1], os.environ) if seen is not None else app.wanted_language())
        try:
            app.run()
        finally:
            app.end_session()
        if app.unusable is not None:
            raise app.unusable
        if app.parting:
            opening.clear()
            faults.remark(app.parting)
        return app.return_code or 0
    finally:
        shop.close()


def _glimpse(home: str) -> tuple[str, str | None] | None:
    """The name and language of the shop, to be seen before it is opened; None where opening it tells what is the matter."""
    try:
        return bare.doorway(home)
    except (bare.OutdatedError, DataUnusable):
        return None


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


def _open_founded(home: Path) -> None:
    shop.open(home)


def _arrived() -> tuple[str, Knock | None]:
    """The device key that sshd let somebody in by, and whose it is; nothing of both at the machine itself."""
    if not arrival.by_sshd(os.environ):
        return "", None
    device = arrival.device(os.environ)
    if (knock := devices.knock(device)) is None:
        sessions.turn_away(actor.Actor.stranger(arrival.address(os.environ), device))
        speak(choose(*shop_queries.languages(None), os.environ))
        raise KeyRefused
    return device, knock
