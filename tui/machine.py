"""What this machine says of its own accord: where programs keep their data, and who runs this."""

from __future__ import annotations

import os


def data_folder() -> str:
    """The platform's own folder for a program's data."""
    from platformdirs import user_data_dir  # here, because most starts name a folder

    return user_data_dir("shopstaff", appauthor=False)


def operator(sudo_user: str = "") -> str:
    """The user of the operating system who runs this; by sudo, in their own name."""
    import pwd  # here, because it is for whoever acts

    if sudo_user:
        return sudo_user
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user without a name
        return str(os.getuid())
