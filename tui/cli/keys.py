"""`shopstaff ssh keys USER FINGERPRINT`: what sshd asks (`AuthorizedKeysCommand`) before it believes anybody.

It answers at every key that a client offers, so nothing is imported that answering does not need. Where anything is wrong it prints
nothing, by which sshd lets nobody in.
"""

from __future__ import annotations

import os
import sys

from models import authorized_keys, bare
from tui import forced


def run(home: str, user: str, fingerprint: str) -> int:
    """Print the line by which the key with `fingerprint` opens the screens, or nothing.

    Args:
        home: the data folder; a key opens for nobody but the user of the operating system who owns it.

    Returns:
        0, whether or not there is such a key; 3 the data cannot be used.
    """
    from tui.cli.faults import guarded

    return guarded(lambda: _answer(home, user, fingerprint), home)


def _answer(home: str, user: str, fingerprint: str) -> int:
    if not (fingerprint.isascii() and _owns(user, home) and forced.is_plain(home) and forced.is_plain(sys.executable)):
        return 0
    try:
        key = authorized_keys.key(home, fingerprint)
    except bare.OutdatedError:
        from tui.cli.check import bring_up_to_date

        bring_up_to_date(home)
        key = authorized_keys.key(home, fingerprint)
    if key:
        print(forced.key_line(key, home, sys.executable))
    return 0


def _owns(user: str, home: str) -> bool:
    import pwd

    try:
        return pwd.getpwnam(user).pw_uid == os.stat(home).st_uid  # noqa: PTH116  pathlib is not worth importing for this
    except (KeyError, OSError):
        return False
