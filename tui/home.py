"""The data folder where nobody names one."""

from __future__ import annotations


def default() -> str:
    """The platform's own folder for a program's data."""
    from platformdirs import user_data_dir  # here, because most starts name a folder

    return user_data_dir("shopstaff", appauthor=False)
