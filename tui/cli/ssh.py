"""`shopstaff ssh config`: what sshd has to be told of this installation."""

from __future__ import annotations

import pwd
import sys
from pathlib import Path
from typing import Final

from models.i18n import N_, _
from tui import forced
from tui.cli.console import Console
from tui.cli.faults import UsageError, remark
from tui.cli.keys import run as answer_sshd
from tui.cli.output import print_line

UNUSED: Final = "SHOPSTAFF_NOTHING"
"""The one variable that clients may set, of which nothing is read: a list that is not empty replaces the one for everybody."""

_PLAIN: Final = N_("sshd cannot be told of “{path}”: move it to where the path has no spaces and no quotes.")


def settings(home: str, python: str, user: str) -> tuple[tuple[str, str], ...]:
    """What sshd has to do for the OS user `user`, name and value, in the order in which it is written.

    Args:
        home: the data folder.
        python: the interpreter of this installation, whose path sshd wants to be root's all the way.
    """
    return (
        ("ForceCommand", forced.screens(home, python)),
        ("AuthenticationMethods", "publickey"),
        ("AuthorizedKeysCommand", f"{forced.program(home, python)} ssh keys %u %f"),
        ("AuthorizedKeysCommandUser", user),
        ("AuthorizedKeysFile", "none"),
        ("AuthorizedPrincipalsFile", "none"),
        ("TrustedUserCAKeys", "none"),
        ("ExposeAuthInfo", "yes"),
        ("PermitTTY", "yes"),
        ("PermitUserRC", "no"),
        ("AcceptEnv", UNUSED),
        ("DisableForwarding", "yes"),
        ("X11Forwarding", "no"),
        ("AllowAgentForwarding", "no"),
        ("AllowTcpForwarding", "no"),
        ("AllowStreamLocalForwarding", "no"),
        ("PermitTunnel", "no"),
        ("MaxSessions", "1"),
        ("ClientAliveInterval", "30"),
        ("ClientAliveCountMax", "3"),
    )


GLOBAL: Final = (("PermitUserEnvironment", "no"),)
"""What sshd can only be told for everybody."""


def config(console: Console) -> int:
    """Print the part of sshd's configuration that lets people in with their device keys, and to nothing but the screens."""
    with console.shop():
        home = str(console.home.absolute())
        user = pwd.getpwuid(Path(home).stat().st_uid).pw_name
        for path in (home, sys.executable):
            if not forced.is_plain(path):
                raise UsageError(_PLAIN, path=path)
        lines = [f"{name} {value}" for name, value in GLOBAL]
        lines += [f"Match User {user}", *(f"    {name} {value}" for name, value in settings(home, sys.executable, user)), "Match all"]
        for line in lines:
            print_line(line)
        remark(_("Keep this as a file of root's in /etc/ssh/sshd_config.d, then reload sshd. “shopstaff doctor” checks it."))
    return 0


def keys(console: Console) -> int:
    """Answer sshd, in the form that is taken only where the command line has more in it than sshd writes."""
    return answer_sshd(str(console.home), console.asked.user, console.asked.fingerprint[0])
