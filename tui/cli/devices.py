"""`shopstaff device …`: whose SSH key opens the screens. The first key of all, which no screen can take yet, comes in by this."""

from __future__ import annotations

import sys
from typing import Final

from models import clock
from models.i18n import N_
from models.operations import devices as operations
from models.queries import devices, staff
from models.queries.devices import DeviceRow
from models.rules import device_keys
from tui.cli.console import Console
from tui.cli.faults import UsageError
from tui.cli.files import read_start
from tui.cli.output import Row, print_rows

_LISTED: Final = ("login", "name", "type", "fingerprint", "added", "until", "last_used")
_ADDED: Final = ("login", "name", "fingerprint", "until")
_REVOKED: Final = ("login", "name", "fingerprint")
_FROM_STDIN: Final = "-"
_TOO_LONG: Final = N_("{file} is too long for an SSH public key, which is one line.")


def listed(console: Console) -> int:
    """Every key that was not revoked, by login; or one person's."""
    with console.shop() as actor:
        if console.asked.login is None:
            found = devices.everybodys(actor)
        else:
            person = staff.find(console.asked.login)
            login = staff.detail(actor, person).login
            found = tuple((login, key) for key in devices.of(actor, person))
        print_rows([_row(login, key) for login, key in found], _LISTED, as_json=console.asked.json)
    return 0


def add(console: Console) -> int:
    """Enrol the public key in a file for somebody: the owner, somebody active, or somebody invited, who then activates over SSH."""
    asked = console.asked
    key = _read(asked.keyfile)
    with console.shop() as actor:
        person = staff.find(asked.login)
        login = staff.detail(actor, person).login
        name = _name_of(asked.keyfile, login) if asked.name is None else asked.name
        identity = operations.add(actor, person, key, name=name, until=console.until())
        return _say(console, login, _one(devices.of(actor, person), identity), _ADDED)


def revoke(console: Console) -> int:
    """Revoke a key for good; every session of the person ends."""
    with console.shop() as actor:
        person = staff.find(console.asked.login)
        login = staff.detail(actor, person).login
        identity = devices.find(person, console.asked.fingerprint)
        key = _one(devices.of(actor, person), identity)
        operations.revoke(actor, identity)
        return _say(console, login, key, _REVOKED)


def _read(path: str) -> str:
    """What may be a key, from a file or from standard input.

    Raises:
        UsageError: it cannot be read, or is too long for a key.
    """
    most = device_keys.LONGEST
    data = _stdin(most + 1) if path == _FROM_STDIN else read_start(path, most + 1)
    if len(data) > most:
        raise UsageError(_TOO_LONG, file=path)
    return data.decode("utf-8-sig", "replace")


def _stdin(most: int) -> bytes:
    return sys.stdin.buffer.read(most) if sys.stdin is not None else b""  # it may be closed


def _name_of(path: str, login: str) -> str:
    """What a device is called that nobody gave a name: as its file, or else as its person."""
    return login if path == _FROM_STDIN else operations.name_of_file(path) or login


def _one(keys: tuple[DeviceRow, ...], identity: int) -> DeviceRow:
    return next(key for key in keys if key.id == identity)


def _row(login: str, key: DeviceRow) -> Row:
    return {
        "login": login,
        "name": key.name,
        "type": key.size,
        "fingerprint": key.fingerprint,
        "added": clock.rfc3339(key.added_at),
        "until": clock.rfc3339_if(key.expires_at),
        "last_used": clock.rfc3339_if(key.used_at),
    }


def _say(console: Console, login: str, key: DeviceRow, columns: tuple[str, ...]) -> int:
    """What has been enrolled or revoked."""
    row = _row(login, key)
    print_rows([{column: row[column] for column in columns}], columns, as_json=console.asked.json)
    return 0
