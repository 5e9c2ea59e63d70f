"""Passwords and codes: read from standard input, never from the command line, which everybody on the machine can see.

At a terminal they are asked for with the echo off; otherwise each is one line.
"""

from __future__ import annotations

import sys
from typing import Final

from models.i18n import N_, _
from tui.cli.faults import UsageError

_LINE: Final = 4096  # bytes of a line: many times what a password may have
_NOTHING: Final = N_("Nothing came on standard input: it takes {what}, on a line of its own.")
_NO_TEXT: Final = N_("What came on standard input is no text in UTF-8.")
_DIFFERENT: Final = N_("These are two different passwords. Nothing was changed.")


def line(what: str, prompt: str) -> str:
    """One line that nobody is to see.

    Args:
        what: what it is, as it stands in a sentence; translated already. `prompt`: what a terminal asks, likewise.

    Raises:
        UsageError: there is none.
    """
    if sys.stdin.isatty():
        return _asked(prompt)
    data = sys.stdin.buffer.readline(_LINE).rstrip(b"\r\n")
    if not data:
        raise UsageError(_NOTHING, what=what)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(_NO_TEXT) from error


def new_password() -> str:
    """A new password; asked for twice at a terminal, where nobody sees what they type.

    Raises:
        UsageError: there is none, or they differ.
    """
    password = line(_("the password"), _("New password: "))
    if sys.stdin.isatty() and _asked(_("The same again: ")) != password:
        raise UsageError(_DIFFERENT)
    return password


def _asked(prompt: str) -> str:
    from getpass import getpass

    try:
        return getpass(prompt)
    except EOFError as error:
        raise UsageError(_NOTHING, what=prompt.rstrip(":： ")) from error
