"""P10 and P11 in a real terminal: sessions end, lock and lose rights in front of whoever sits there, by themselves and quietly."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from models import shop
from models.actor import Actor
from models.operations import security, staff
from models.queries import standing
from tests import factories
from tests.factories import PASSWORD, Founded
from tests.terminal.nursery import Born, Nursery

pytestmark = pytest.mark.slow

PATIENCE: Final = 15.0
"""Seconds until a session that was ended is gone from the screen: three times what is promised, for a machine that is busy."""

QUIET: Final = 8.0
"""Seconds, several looks at the session, in which nothing is written."""


@pytest.fixture
def home(home: Path) -> Path:
    """A shop that asks nobody for phone codes, so that the password opens it."""
    with closing(sqlite3.connect(home / "shop.db")) as opened:
        opened.execute("UPDATE policy SET totp = 'nobody'")
        opened.commit()
    return home


@contextmanager
def signed_in(nursery: Nursery, home: Path, login: str) -> Iterator[Born]:
    """A terminal in which somebody has signed in."""
    with nursery.terminal(home) as opened:
        opened.shows("Password")
        opened.type(f"{login}\t{PASSWORD}\r")
        opened.shows("1 Home")
        opened.settle()
        yield opened


@contextmanager
def office(home: Path) -> Iterator[Founded]:
    """The owner, in another process than the terminal's."""
    shop.open(home)
    try:
        yield Founded(home, factories.signed_in("owner"))
    finally:
        shop.close()


def test_p10_a_revoked_session_closes_within_five_seconds(nursery: Nursery, home: Path) -> None:
    """Three times, each by another hand; the terminal is not touched meanwhile, and says why."""
    with office(home) as found:
        found.person("dana", gave=["manager"])
        dana = found.id_of("dana")
    for how, words in (("frozen", "Your account was frozen."), ("elsewhere", "from another one"), ("reset", "Your sign-in was reset.")):
        with signed_in(nursery, home, "dana") as opened:
            opened.type("4")
            opened.shows("dana")
            opened.settle()
            with office(home) as found:
                if how == "frozen":
                    staff.freeze(found.owner, dana)
                elif how == "elsewhere":
                    mine = factories.signed_in("dana")
                    latest = max(session for session in _ids(home, dana) if session != mine.session_id)
                    security.end_session(mine, latest)
                else:
                    security.reset(found.owner, dana, password=True, totp=False)
            start = time.monotonic()
            opened.until(lambda words=words, opened=opened: words in opened.text, words)  # type: ignore[misc]  # bound in the loop
            assert time.monotonic() - start < PATIENCE
            assert "1 Home" not in opened.text
            assert "Password" in opened.text
            if how == "frozen":
                with office(home) as found:
                    staff.unfreeze(found.owner, dana)


def test_p10_a_session_that_somebody_else_ends_closes_within_five_seconds(nursery: Nursery, home: Path) -> None:
    """By the list of who is signed in, in a terminal of its own: one sees them come, ends it, and sees them gone; they are told."""
    with office(home) as found:
        found.person("dana", gave=["manager"])
    with signed_in(nursery, home, "dana") as theirs, signed_in(nursery, home, "owner") as ours:
        theirs.type("4")
        theirs.shows("Login")
        ours.type("6w")
        ours.shows("Signed in now · 2 people")
        ours.type("\x1b[B")
        ours.shows("Dana · dana")
        ours.type("x")
        ours.shows("End this session of Dana?")
        ours.type("y")
        start = time.monotonic()
        theirs.until(lambda: "Somebody who looks after people here ended this session." in theirs.text, "why it ended")
        assert time.monotonic() - start < PATIENCE
        assert "1 Home" not in theirs.text
        ours.shows("Signed in now · 1 person")
        theirs.type(f"dana\t{PASSWORD}\r")
        theirs.shows("1 Home")
        ours.shows("Signed in now · 2 people")


def _ids(home: Path, staff_id: int) -> list[int]:
    with closing(sqlite3.connect(home / "shop.db")) as opened:
        return [number for (number,) in opened.execute("SELECT id FROM session WHERE staff_id = ? AND ended_at IS NULL", (staff_id,))]


def test_p10_watching_writes_nothing_to_the_terminal_and_hardly_works(nursery: Nursery, home: Path) -> None:
    """Not a byte while nothing happens, signed in, locked and at the door; and next to no time of the processor."""
    with signed_in(nursery, home, "owner") as opened:
        for what in ("", "\x0c", "\x11"):  # signed in; locked; signed out
            opened.type(what)
            opened.settle(1.0)
            ticks, start = _processor(opened.child.pid), time.monotonic()
            written = b""
            while time.monotonic() - start < QUIET:
                written += opened.read(0.5)
            assert written == b""
            assert (_processor(opened.child.pid) - ticks) / QUIET < 0.02  # ten times what is wanted, which the bench measures


def _processor(pid: int) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_p10_the_lock_shows_nothing_of_what_is_below(nursery: Nursery, home: Path) -> None:
    """Of everything that was written to the terminal after the key, nothing is from below; the password leads back."""
    with signed_in(nursery, home, "owner") as opened:
        opened.type("4n")
        opened.shows("Onboard · 1")
        opened.type("newcomer\tSecret Name")
        opened.shows("Secret Name")
        opened.settle()
        at = len(opened.raw)
        opened.type("\x0c")
        opened.shows("The session is locked")
        opened.settle()
        for keys in ("\t", "4", "\x1b", "\x10", "staff", "\x1b", "\x1b[A", "\x1bOP", "\x1b", "?", "\x1b", "\x1b[Z"):
            opened.type(keys)
            opened.settle(0.2)
        assert b"Secret" not in opened.raw[at:]
        assert b"Onboard" not in opened.raw[at:]
        assert "newcomer" not in opened.text
        opened.type(f"\x15{PASSWORD}\r")
        opened.shows("Secret Name")


def test_p10_a_process_that_slept_too_long_asks_for_the_password_first(nursery: Nursery, home: Path) -> None:
    """A session that is locked by time alone: the first key does nothing on the screen that was left."""
    with signed_in(nursery, home, "owner") as opened:
        opened.type("4")
        opened.shows("Login")
        opened.settle()
        with closing(sqlite3.connect(home / "shop.db")) as there:
            there.execute("UPDATE session SET seen_at = seen_at - 1800000000 WHERE ended_at IS NULL")
            there.commit()
        opened.type("n")
        opened.shows("The session is locked")
        opened.settle()
        assert "Onboard" not in opened.text


def test_p11_proof_is_asked_for_in_a_real_terminal(nursery: Nursery, home: Path) -> None:
    """Freezing somebody after the last proof grew old: the password once more, and it is done."""
    with office(home) as found:
        found.person("alice")
    with signed_in(nursery, home, "owner") as opened:
        with closing(sqlite3.connect(home / "shop.db")) as there:
            there.execute("UPDATE session SET proved_at = proved_at - 3600000000 WHERE ended_at IS NULL")
            there.commit()
        opened.type("4/alice\r\r")
        opened.shows("little-shop:alice")
        opened.type("z")
        opened.shows("Freeze Alice?")
        opened.type("y")
        opened.shows("Prove once more that it is you")
        opened.type(f"{PASSWORD}\r")
        opened.shows("Alice is frozen.")
        assert PASSWORD.encode() not in opened.raw


def test_p10_a_lock_is_in_the_table_too(nursery: Nursery, home: Path) -> None:
    """Another process that would act in the same session is refused."""
    with signed_in(nursery, home, "owner") as opened:
        opened.type("\x0c")
        opened.shows("The session is locked")
        with office(home) as found:
            latest = max(_ids(home, 1)[:-1])
            actor = Actor("owner", found.owner.staff_id, latest)
            end = time.monotonic() + PATIENCE
            while not standing.of(actor).is_locked:
                assert time.monotonic() < end
                time.sleep(0.1)
