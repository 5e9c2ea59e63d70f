"""How somebody came to the screens: from which address, with which device key, at which terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

from models.errors import Invalid
from models.rules import device_keys

_LONGEST: Final = 32_768
"""Characters of what sshd tells that are looked at: one key and its type."""

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
        with open(environ.get("SSH_USER_AUTH", ""), encoding="ascii") as stream:  # noqa: PTH123  as it is named, "" being no file
            proved = stream.read(_LONGEST).splitlines()
        (line,) = proved
        return device_keys.parse("key", line.removeprefix(_METHOD)).fingerprint if line.startswith(_METHOD) else ""
    except (OSError, ValueError, Invalid):
        return ""


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
