"""Everything that takes long to import, behind one name: the screens, and what the sample shop needs."""

from __future__ import annotations

import os
from pathlib import Path

from models.actor import Actor
from tui import app, demo
from tui.cli.console import operator as os_user
from tui.language import of_environment, speak


def run(home: str, *, sample: bool, operator: str) -> int:
    """Open the screens on the shop in `home`, or on the sample shop.

    Raises:
        DataUnusable: the data cannot be used.
    """
    user = os_user(operator)
    if not sample:
        return app.run(Path(home), console=user)
    language = of_environment(os.environ)
    speak(language)
    with demo.sample_shop(language, Actor.console(user)) as (folder, accounts):
        return app.run(folder, console=user, samples=accounts)
