"""Everything that takes long to import, behind one name: the screens."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from screens.desk import SampleAccount
from tui import app, sample
from tui.machine import operator as os_user


def run(home: str, *, operator: str, samples: Iterable[tuple[str, str]] = ()) -> int:
    """Open the screens.

    Args:
        home: the data folder.
        operator: who ran this as root, "" for nobody.
        samples: logins and passwords of the sample shop.

    Raises:
        DataUnusable: the data cannot be used.
    """
    accounts = [SampleAccount(login, password, sample.ABOUT[login]) for login, password in samples]
    return app.run(Path(home), console=os_user(operator), samples=accounts)
