"""What this machine says of its own accord: where programs keep their data, who runs this, and how one connects to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

SSH_PORT: Final = "22"
"""What `ssh` takes where it is told of no other port (RFC 4251, 4.1)."""


def data_folder() -> str:
    """The platform's own folder for a program's data."""
    from platformdirs import user_data_dir  # here, because most starts name a folder

    return user_data_dir("shopstaff", appauthor=False)


def operator(named: str = "") -> str:
    """The user of the operating system who runs this.

    Args:
        named: who it was before root became the owner of the data folder; "" where nobody did.
    """
    import pwd  # here, because it is for whoever acts

    if named:
        return named
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user without a name
        return str(os.getuid())


def way_in(home: str, environ: Mapping[str, str]) -> str:
    """What connects to this machine over SSH: `ssh shop@counter`, with the port where it is known to be another than usual.

    The user is whoever owns the data folder, as sshd is told. The host is called as it calls itself, which nobody has to be asked for; one
    that has no name of its own, by the address that this connection came to.

    Args:
        home: the data folder.
        environ: what sshd says of this connection, if it is one.

    Returns:
        The command; "" where user or host have no name.
    """
    import pwd  # here, because it is for whoever acts

    *_client, address, port = environ.get("SSH_CONNECTION", "").split() or ("", "")
    host = os.uname().nodename
    host = address if host in ("", "localhost", "(none)") else host
    try:
        user = pwd.getpwuid(os.stat(home).st_uid).pw_name  # noqa: PTH116  this starts without pathlib
    except (KeyError, OSError):
        return ""
    other = f"-p {port} " if port not in ("", SSH_PORT) else ""
    return f"ssh {other}{user}@{host}" if host else ""
