"""What this machine says of its own accord: where programs keep their data, and who runs this."""

from __future__ import annotations

import os


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
