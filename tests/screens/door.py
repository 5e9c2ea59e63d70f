"""At the door of the real program: typing login, password and code, and what is said there."""

from __future__ import annotations

import gc
import hashlib
import secrets
from pathlib import Path
from typing import Final

from textual import events
from textual.pilot import Pilot

from models import db, key_file
from models.rules import totp
from screens.widgets.entry import Entry
from screens.widgets.verdict import Verdict
from tests.factories import PASSWORD
from tests.screens.look import settle
from tui.app import ShopstaffApp

KEY: Final = bytes(range(key_file.BYTES))
"""A key that makes the same seeds every time."""


async def to_code(pilot: Pilot[int], login: str = "owner", password: str = PASSWORD) -> None:
    """Give login and password, with the focus on the login."""
    await enter(pilot, login, password)


async def enter(pilot: Pilot[int], *typed: str) -> None:
    """Give each to its field, and Enter after it. In one piece: after each key a pilot waits, which for a password is seconds."""
    for each in typed:
        if each:
            field = pilot.app.focused
            assert isinstance(field, Entry)
            field.post_message(events.Paste(each))
        await pilot.press("enter")
    await settle(pilot)


async def paste(app: ShopstaffApp, pilot: Pilot[int], text: str) -> None:
    """Paste into the field that has the focus."""
    assert isinstance(app.focused, Entry)
    app.focused.post_message(events.Paste(text))
    await settle(pilot)


def at(app: ShopstaffApp) -> type[object]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


def said(app: ShopstaffApp) -> str:
    """What the line below the form says, without the mark."""
    return str(app.screen.query_one(Verdict).content).removeprefix("✗ ")


def told(app: ShopstaffApp) -> list[str]:
    """What was said in passing, oldest first."""
    return [notification.message for notification in app._notifications]


def fix_key(home: Path) -> None:
    """Give the open shop in `home` the key `KEY`, before anybody has a phone."""
    (home / key_file.NAME).write_bytes(KEY)
    with db.transaction():
        db.database.execute_sql("UPDATE setting SET value = ? WHERE name = 'key_check'", (totp.check_value(KEY),))


class Secret:
    """Words that stand nowhere but where they were put, so that one can look who holds them; `text` gives them away once."""

    def __init__(self) -> None:
        self.text: str | None = " ".join(secrets.token_hex(4) for _word in range(4))
        self._length = len(self.text)
        self._digest = hashlib.sha256(self.text.encode()).digest()

    def given_away(self) -> str:
        """The words, which are forgotten here."""
        text, self.text = self.text, None
        assert text is not None
        return text

    def is_held(self) -> bool:
        """Whether anything in this process refers to the words."""
        gc.collect()
        held = (each for holder in gc.get_objects() for each in gc.get_referents(holder))
        likely = (each for each in held if type(each) is str and len(each) == self._length)
        return any(hashlib.sha256(each.encode("utf-8", "surrogatepass")).digest() == self._digest for each in likely)
