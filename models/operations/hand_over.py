"""Printing a hand-over card. The code on it was shown once, when it was made; only whoever has it can print it."""

from __future__ import annotations

from pathlib import Path

from models import clock
from models.actor import Actor
from models.operations import outbox
from models.operations.codes import MANAGE, RESET, FreshCode
from models.queries import shop, way_in
from models.queries._reading import may_read
from models.rules.hand_over import AT_TERMINAL, Card, Reset, Way, html


def account(login: str) -> str:
    """The whole account, as it is written everywhere: `little-shop:alice`."""
    return f"{shop.current().code}:{login}"


def card(name: str, fresh: FreshCode, reset: Reset | None = None, way: Way = AT_TERMINAL) -> Card:
    """What stands on the card of a person whose code was just made."""
    known = shop.current()
    until = f"{clock.minute(fresh.expires_at, known.zone)} ({known.zone})"
    return Card(known.name, account(fresh.login), name, fresh.code, until, reset, way)


def print_card(actor: Actor, name: str, fresh: FreshCode, reset: Reset | None = None, *, command: str = "") -> Path:
    """Write the card as a page that prints into the outbox.

    Args:
        reset: what was reset; None for who comes in for the first time.
        command: what connects to this machine over SSH; "" where that is not known.

    Returns:
        Where it is.

    Raises:
        NotAllowed, SessionEnded: it takes `staff.manage`, after a reset `staff.security.reset`.
        DiskFull, ShopReadOnly: it could not be written.
    """
    may_read(actor, MANAGE if reset is None else RESET)
    way = way_in.of(actor, fresh.login, reset, command)
    return outbox.put(f"hand-over-{fresh.login}", "html", html(card(name, fresh, reset, way)))
