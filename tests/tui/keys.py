"""Device keys that somebody has, and what sshd tells of them."""

from __future__ import annotations

import sys
from pathlib import Path

from models.operations import devices, staff
from models.rules import device_keys
from models.tables import Device
from tests.device_keys import ed25519, fingerprint as of_key
from tests.factories import CONSOLE, Founded
from tui import forced


def fingerprint(whose: str) -> str:
    """What ssh calls the key `ed25519(whose)`."""
    return of_key(ed25519(whose))


def bare(whose: str) -> str:
    """That key as it stands in `authorized_keys`: without its comment."""
    return device_keys.parse("key", ed25519(whose)).line


def enrolled(shop: Founded, login: str, whose: str = "", until: int | None = None) -> str:
    """Enrol the key `ed25519(whose or login)` for `login` at the console; its fingerprint."""
    whose = whose or login
    devices.add(CONSOLE, shop.id_of(login), ed25519(whose), name=f"{whose}-laptop", until=until)
    return fingerprint(whose)


def opening_line(home: Path, whose: str) -> str:
    """What `ssh keys` prints where that key opens the shop in `home`."""
    return forced.key_line(bare(whose), str(home), sys.executable) + "\n"


def told(folder: Path, proved: str) -> dict[str, str]:
    """The environment by which sshd tells what was proved (ExposeAuthInfo): it names a file of its own."""
    file = folder / "sshauth"
    file.write_text(proved, encoding="ascii")
    return {"SSH_USER_AUTH": str(file)}


def revoked(_shop: Founded) -> None:
    """An act that shuts bob out: the very key is revoked, by which the session ends, too."""
    devices.revoke(CONSOLE, Device.get(Device.fingerprint == fingerprint("bob")).id)


def frozen(shop: Founded) -> None:
    """Another: the person."""
    staff.freeze(CONSOLE, shop.id_of("bob"))


def left(shop: Founded) -> None:
    """Another: the person, for good."""
    staff.leave(CONSOLE, shop.id_of("bob"))
