"""The shop's own facts."""

from __future__ import annotations

from typing import NamedTuple

from models import db
from models.actor import Actor


class ShopDetail(NamedTuple):
    """The shop and its settings."""

    name: str
    code: str
    language: str
    zone: str
    seats_counted: bool
    version: int
    founded_at: int
    owner: str


class Doorway(NamedTuple):
    """What the sign-in screen shows before anybody has proved anything."""

    name: str
    language: str
    zone: str


_SHOP = """
    SELECT p.name, p.code, p.language, p.zone, p.seats_counted, p.version, p.founded_at, s.login
    FROM shop p JOIN staff s ON s.is_owner = 1
"""


def current() -> ShopDetail:
    """The shop that is open; it has been founded."""
    ((name, code, language, zone, counted, version, founded_at, owner),) = db.rows(_SHOP)
    return ShopDetail(name, code, language, zone, bool(counted), version, founded_at, owner)


def doorway() -> Doorway | None:
    """What a stranger may see; None when no shop was founded here yet."""
    found = db.row("SELECT name, language, zone FROM shop")
    return Doorway(*found) if found else None


def zone() -> str:
    """The shop's time zone."""
    found = db.row("SELECT zone FROM shop")
    return str(found[0]) if found else "UTC"


def languages(actor: Actor | None) -> tuple[str | None, str | None]:
    """The language that a person chose and the shop's, each None where nothing was chosen."""
    found = db.row(
        "SELECT (SELECT language FROM staff WHERE id = ?), (SELECT language FROM shop)", (actor.staff_id if actor is not None else None,)
    )
    return (found[0], found[1]) if found else (None, None)
