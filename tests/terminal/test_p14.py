"""P14: whatever ends the program, wherever somebody is, it ends at once and in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import termios
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.places import PLACES, ROSTER, Place, prepare
from tests.rosters import csv_of
from tests.terminal.nursery import Born, Nursery, come

pytestmark = pytest.mark.slow

PATIENCE: Final = 6.0
"""Seconds until it is gone: three times what is promised, for a machine that is busy."""

INPUT, LOCAL = 0, 3
MODE = re.compile(rb"\x1b\[\?([0-9]+)([hl])")
AT_REST: Final = {7: b"h", 25: b"h"}
"""Modes that are on in a terminal that nobody has taken: lines wrap, the cursor shows. All others are off."""

ENDINGS: Final = ("SIGHUP", "SIGTERM", "end of input")


@contextmanager
def bare(home: Path) -> Iterator[sqlite3.Connection]:
    """The database, as any program on the machine could open it, without any patience."""
    with closing(sqlite3.connect(home / "shop.db", timeout=0)) as opened:
        yield opened


def no_lock_is_held(home: Path) -> None:
    """Another process can write at once, and nothing is left half done."""
    with bare(home) as opened:
        opened.execute("BEGIN IMMEDIATE")
        opened.rollback()
        assert opened.execute("PRAGMA quick_check").fetchone() == ("ok",)
    journal = home / "shop.db-journal"
    assert not journal.exists() or journal.stat().st_size == 0


def every_session_has_ended(home: Path, *, had: int) -> None:
    """And the table says why."""
    with bare(home) as opened:
        ended = opened.execute('SELECT ended_at, "end" FROM session WHERE id > ?', (had,)).fetchall()
    assert all(at and why for at, why in ended), ended


def last_session(home: Path) -> int:
    """The id of the latest."""
    if not (home / "shop.db").exists():
        return 0
    with bare(home) as opened:
        return int(opened.execute("SELECT coalesce(max(id), 0) FROM session").fetchone()[0])


def kept_draft(home: Path) -> str:
    """Everything that wizards have kept of the owner's."""
    with bare(home) as opened:
        found = opened.execute("SELECT payload FROM draft JOIN staff ON staff.id = draft.staff_id WHERE staff.is_owner = 1").fetchall()
    return json.dumps([json.loads(payload) for (payload,) in found], ensure_ascii=False)


def modes_are_restored(opened: Born) -> None:
    """Each mode that was set is as it was found, colours too, and a shell can use it: it echoes, waits for lines, takes signals."""
    last = dict(MODE.findall(opened.raw))
    assert last, "a full screen sets some"
    assert {mode: state for mode, state in last.items() if state != AT_REST.get(int(mode), b"l")} == {}
    assert not re.search(rb"\x1b\[>[0-9]*u(?!.*\x1b\[<u)", opened.raw, re.DOTALL)
    attributes = opened.modes()
    for flag in (termios.ECHO, termios.ICANON, termios.ISIG, termios.IEXTEN):
        assert attributes[LOCAL] & flag
    assert attributes[INPUT] & termios.ICRNL
    assert attributes[INPUT] & termios.IXON


def end(opened: Born, how: str) -> None:
    """End the program."""
    if how == "end of input":
        opened.child.hang_up()
    else:
        os.kill(opened.child.pid, signal.Signals[how])


def gone_in_time(opened: Born, *, well: bool = True) -> None:
    """By itself, and `well`: without anything that could not be done."""
    start = time.monotonic()
    while opened.child.isalive():
        assert time.monotonic() - start < PATIENCE, "it is still there"
        if opened.child.child_fd >= 0:
            opened.read(0.05)
        else:
            time.sleep(0.05)
    while opened.child.child_fd >= 0 and opened.read(0):
        pass
    assert opened.child.exitstatus == 0 or opened.child.child_fd < 0 or not well


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_p14_it_is_gone_at_once_wherever_one_is(place: Place, nursery: Nursery, furnished: Path, tmp_path: Path) -> None:
    """No lock, no open session, nothing lost that a wizard was told, the terminal as it was found: by every way of ending."""
    homes = {how: tmp_path / how for how in ENDINGS}
    for home in homes.values():
        if place.founded:
            shutil.copytree(furnished, home)
            prepare(place, home)
    before = last_session(homes["SIGHUP"])
    with ExitStack() as stack:
        opened = {how: stack.enter_context(nursery.terminal(homes[how], controlling=how != "end of input")) for how in ENDINGS}
        for how in ENDINGS:
            come(opened[how], place)
            if place.founded:
                no_lock_is_held(homes[how])
        for how in ENDINGS:
            end(opened[how], how)
        for how in ENDINGS:
            gone_in_time(opened[how])
            assert b"Traceback" not in opened[how].raw
            assert not (homes[how] / "errors.log").exists()
            if how != "end of input":
                modes_are_restored(opened[how])
            if place.founded:
                no_lock_is_held(homes[how])
                every_session_has_ended(homes[how], had=before)
            if place.keeps:
                assert place.keeps in kept_draft(homes[how])


@pytest.mark.parametrize("how", ENDINGS)
def test_p14_work_that_takes_long_is_stopped(how: str, nursery: Nursery, furnished: Path) -> None:
    """In the middle of an import of 4,000 people: all of them are there, or none."""
    people = [{"login": f"p{number}", "name": f"Person {number}"} for number in range(4000)]
    (furnished / "inbox" / ROSTER).write_bytes(csv_of(*people))
    place = Place("Working", ("4", "i", "=1 of 2", "enter", "=4,000 rows", "i", "y"), "%")
    before = last_session(furnished)
    with nursery.terminal(furnished, controlling=how != "end of input") as opened:
        come(opened, place)
        end(opened, how)
        gone_in_time(opened)
    no_lock_is_held(furnished)
    every_session_has_ended(furnished, had=before)
    with bare(furnished) as found:
        assert found.execute("SELECT count(*) FROM staff WHERE login GLOB 'p[0-9]*'").fetchone()[0] in {0, 4000}


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place.name in {"HomeScreen", "OnboardScreen 1", "Ask"}], ids=lambda place: place.name
)
def test_p14_a_terminal_that_hangs_up_ends_it_too(place: Place, nursery: Nursery, furnished: Path) -> None:
    """Everything at once: the signal, the end of input, and nowhere to write to."""
    before = last_session(furnished)
    with nursery.terminal(furnished) as opened:
        come(opened, place)
        opened.child.hang_up()
        gone_in_time(opened)
    no_lock_is_held(furnished)
    every_session_has_ended(furnished, had=before)


def test_p14_somebody_who_writes_for_long_delays_nobody(nursery: Nursery, furnished: Path) -> None:
    """A program that cannot note its end, because another holds the database, ends all the same."""
    with nursery.terminal(furnished) as opened:
        come(opened, next(place for place in PLACES if place.name == "HomeScreen"))
        with bare(furnished) as other:
            other.execute("BEGIN IMMEDIATE")
            end(opened, "SIGTERM")
            gone_in_time(opened, well=False)
            other.rollback()
        modes_are_restored(opened)
    no_lock_is_held(furnished)


def test_p14_a_thread_that_waits_delays_nobody(nursery: Nursery, furnished: Path) -> None:
    """What somebody asked for waits in a thread for the database that another holds, and goes on waiting; the program does not."""
    with nursery.terminal(furnished) as opened:
        come(opened, Place("Confirm", ("4", "/", "alice", "enter", "enter", "=:alice", "z"), "Freeze Alice"))
        with bare(furnished) as other:
            other.execute("BEGIN IMMEDIATE")
            opened.type("y")
            opened.settle(0.3)
            end(opened, "SIGHUP")
            gone_in_time(opened, well=False)
            other.rollback()
        modes_are_restored(opened)
    no_lock_is_held(furnished)
    with bare(furnished) as found:
        assert found.execute("SELECT status FROM staff WHERE login = 'alice'").fetchone() == ("active",)
