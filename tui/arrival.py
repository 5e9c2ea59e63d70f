"""How somebody came to the screens: from which address, with which device key, at which terminal."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from models.errors import Invalid
from screens.later import later

if TYPE_CHECKING:
    from models.rules import device_keys
else:  # of use only to whoever comes over SSH
    device_keys = later("models.rules.device_keys")

_LONGEST: Final = 32_768
"""Characters; one key and its type have less."""

_METHOD: Final = "publickey "
"""How a line of what sshd tells begins that a key was shown by (sshd_config, ExposeAuthInfo)."""


def by_sshd(environ: Mapping[str, str]) -> bool:
    """Whether sshd opened this for whoever has a device key, so that the key tells who it is. Set and empty, it tells nothing."""
    return "SSH_USER_AUTH" in environ


def device(environ: Mapping[str, str]) -> str:
    """The fingerprint of the one key that sshd let this connection in by; "" where it cannot be told.

    sshd writes what was proved into a file of its own and names it in the environment, which nobody who connects has a hand in.
    """
    try:
        (line,) = _proved(environ.get("SSH_USER_AUTH", "")).splitlines()
        return device_keys.parse("key", line.removeprefix(_METHOD)).fingerprint if line.startswith(_METHOD) else ""
    except (OSError, ValueError, Invalid):
        return ""


def _proved(path: str) -> str:
    """What sshd has written down; "" for anything that it has not: no file of its own, or a longer one.

    Raises:
        OSError, ValueError: it cannot be read, or is no text of sshd's.
    """
    with open(path, encoding="ascii", opener=_at_once) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return ""
        proved = stream.read(_LONGEST + 1)
    return proved if len(proved) <= _LONGEST else ""


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is not waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def address(environ: Mapping[str, str]) -> str:
    """The client's address as sshd told it; "" at the machine itself."""
    return environ.get("SSH_CONNECTION", "").partition(" ")[0]


def terminal(environ: Mapping[str, str]) -> str:
    """The terminal's name without its folder, as `pts/3`; "" when there is none."""
    name = environ.get("SSH_TTY", "")
    if not name and sys.__stdin__ is not None:
        try:
            name = os.ttyname(sys.__stdin__.fileno())
        except (OSError, ValueError):  # no terminal; closed
            return ""
    return name.removeprefix("/dev/")
