"""How somebody came to the screens: from which address, at which terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


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
