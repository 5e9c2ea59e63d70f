"""The sample shop: a month of work in a throwaway folder, done by the same operations as any other, each at its own past moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from models import anchors, clock, shop
from models.actor import Actor
from models.i18n import Language
from tui import sample, throwaway
from tui.cli import faults
from tui.language import speak
from tui.sample_month import Month


class Filling(NamedTuple):
    """A sample shop that is being filled by a process of its own.

    Attributes:
        home: its folder.
        process: who fills it; `answer` is where that says what it did.
    """

    home: Path
    process: int
    answer: int

    def accounts(self) -> tuple[tuple[str, str], ...]:
        """Wait until it is filled: logins and passwords of the accounts that the sign-in screen shows.

        Raises:
            SystemExit: it could not be filled, and why has been said.
        """
        said = b""
        while part := os.read(self.answer, 4096):
            said += part
        _process, status = os.waitpid(self.process, 0)
        if code := os.waitstatus_to_exitcode(status):
            raise SystemExit(code)
        return tuple((login, password) for login, password in json.loads(said))


@contextmanager
def sample_shop(language: Language, operator: str) -> Iterator[Filling]:
    """A sample shop in a folder of its own, gone when the block ends.

    It is filled by another process, so that meanwhile this one can import the screens, and what hashing and pinyin take of memory is
    given back.

    Args:
        language: the shop's; its people have the names they have.
        operator: the user of the operating system who founds it.
    """
    anchors.keep_out_of_syslog()
    home = throwaway.folder()
    answer, told = os.pipe()
    process = -1
    try:
        process = os.fork()
        if not process:
            _fill_and_end(home, language, operator, told)
        os.close(told)
        yield Filling(home, process, answer)
    finally:
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):  # on the way out already: nothing is to be left behind
            signal.signal(each, signal.SIG_IGN)
        _end(process)
        os.close(answer)
        shutil.rmtree(home, ignore_errors=True)


def _end(process: int) -> None:
    """End a process of ours, unless it has ended, or never began."""
    with suppress(ChildProcessError):
        if process > 0 and os.waitpid(process, os.WNOHANG) == (0, 0):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _fill_and_end(home: Path, language: Language, operator: str, told: int) -> NoReturn:
    """What the other process does. It never comes back: whatever is open belongs to the one it came from."""
    code = 1
    try:
        speak(language)
        code = faults.guarded(lambda: _fill_and_tell(home, language, operator, told), str(home))
    finally:
        os._exit(code)


def _fill_and_tell(home: Path, language: Language, operator: str, told: int) -> int:
    accounts = json.dumps(fill(home, language, Actor.console(operator))).encode()
    with os.fdopen(told, "wb") as answer:
        answer.write(accounts)
    return 0


def fill(home: Path, language: Language, operator: Actor) -> list[tuple[str, str]]:
    """Found a shop in `home` and let its first month happen; it is closed again afterwards.

    Returns:
        Logins and passwords of the accounts that the sign-in screen shows; of who was only invited, the activation code.
    """
    shop.open(home, create=True)
    try:
        month = Month(home, language, operator)
        month.happen()
        return [(login, sample.PASSWORDS.get(login) or month.codes[login]) for login in sample.ABOUT]
    finally:
        clock.set_clock(None)
        shop.close()
