"""Passwords as they are kept: at the shop's cost, brought up to it, and never more than two hashes at once."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import argon2
import pytest

from models import db
from models.errors import ShopReadOnly
from models.operations import _hashing, sessions, shop
from models.operations.shop import Founding, found
from models.rules import password_cost, passwords
from models.rules.passwords import FLOOR, Cost
from models.tables import Credential
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded
from tests.models.doors import NEW

DEARER = Cost(memory=20_480, passes=3, lanes=1)


def kept() -> str:
    """What is kept of the owner's password."""
    return str(Credential.get(Credential.staff == 1).password)


def test_p1_what_is_kept_is_argon2id_at_or_above_the_floor(little_shop: Founded) -> None:
    """19 MiB, two passes, one lane at least; 16 bytes of salt, 32 of hash: read from the stored string itself."""
    kind, version, costs, salt, digest = kept().lstrip("$").split("$")
    memory, passes, lanes = (int(part.partition("=")[2]) for part in costs.split(","))
    assert (kind, version) == ("argon2id", "v=19")
    assert memory >= 19 * 1024
    assert passes >= 2
    assert lanes >= 1
    assert (len(b64decode(salt + "==")), len(b64decode(digest + "="))) == (16, 32)


def test_p1_the_argon2_program_computes_what_is_kept(little_shop: Founded) -> None:
    """Debian's own, from the same salt: whoever has the password could verify it without us."""
    program = shutil.which("argon2")
    if program is None:
        pytest.skip("no `argon2` on this machine")
    salt = "sixteen bytes ok"
    cost = FLOOR
    theirs = subprocess.run(
        [program, salt, "-id", "-t", str(cost.passes), "-k", str(cost.memory), "-p", "1", "-l", "32", "-e"],
        input=PASSWORD,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    Credential.update(password=theirs).where(Credential.staff == 1).execute()
    sessions.sign_in(STRANGER, "owner", PASSWORD)
    assert kept() == theirs, "it is as we would have made it"
    ours = argon2.low_level.hash_secret(PASSWORD.encode(), salt.encode(), 2, 19_456, 1, 32, argon2.Type.ID).decode()
    assert ours == theirs


def test_p1_a_password_follows_the_shops_cost_at_the_next_sign_in(little_shop: Founded) -> None:
    """The password is unchanged; at a cost that was lowered again, too, but never below the floor."""
    for cost in (DEARER, FLOOR):
        with db.transaction():
            _hashing.keep_cost(cost)
        before = kept()
        sessions.sign_in(STRANGER, "owner", PASSWORD)
        assert kept() != before
        assert f"$m={cost.memory},t={cost.passes},p=1$" in kept()
        between = kept()
        sessions.sign_in(STRANGER, "owner", PASSWORD)
        assert kept() == between
    assert db.rows("SELECT count(*) FROM audit_entry WHERE action = 'security.password'") == [(0,)]


@pytest.mark.parametrize("setting", ["m=8,t=1,p=1", "m=19456,t=1,p=1", "", "m=99999999,t=2,p=1", "nonsense"])
def test_p1_a_cost_that_was_never_chosen_is_the_floor(little_shop: Founded, setting: str) -> None:
    """Whoever can write the setting makes no hash cheap, nor the shop unusable."""
    db.rows("UPDATE setting SET value = ? WHERE name = 'password_cost'", (setting,))
    assert _hashing.cost() == FLOOR
    db.rows("DELETE FROM setting WHERE name = 'password_cost'")
    assert _hashing.cost() == FLOOR


def test_p1_a_wrong_password_is_not_hashed_anew(little_shop: Founded) -> None:
    """Only the right one is."""
    with db.transaction():
        _hashing.keep_cost(DEARER)
    before = kept()
    with pytest.raises(Exception, match="do not match"):
        sessions.sign_in(STRANGER, "owner", NEW)
    assert kept() == before


def test_p1_of_many_threads_two_hash_at_once(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others wait their turn, and each gets an answer."""
    lock, running, most = Lock(), 0, 0
    real = passwords.verify

    def counted(phc: str | None, password: str, cost: Cost) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return real(phc, password, cost)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(passwords, "verify", counted)
    phc = kept()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: _hashing.verify(phc, PASSWORD if number % 2 else NEW), range(12)))
    assert answers == [bool(number % 2) for number in range(12)]
    assert most == 2


HOLDER = """
import fcntl, sys, time
with open(sys.argv[1], "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    time.sleep(60)
"""


def test_p1_a_place_comes_free_when_its_process_dies(little_shop: Founded) -> None:
    """The system sees to it: nobody is shut out for good by a process that was killed while it hashed."""
    holders = [
        subprocess.Popen([sys.executable, "-c", HOLDER, str(little_shop.home / f"hash-{number}.lock")], stdout=subprocess.PIPE)
        for number in (1, 2)
    ]
    for holder in holders:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_hashing.verify, kept(), PASSWORD)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        holders[1].kill()
        assert waiting.result(timeout=30)
    for holder in holders:
        holder.kill()
        holder.communicate()


def test_p1_places_are_given_back_after_a_failure(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the hash itself fails; their files are closed to others, and no link is followed."""
    monkeypatch.setattr(passwords, "verify", lambda *_arguments: 1 // 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            _hashing.verify(None, PASSWORD)
    for number in (1, 2):
        path = little_shop.home / f"hash-{number}.lock"
        assert path.stat().st_mode & 0o777 == 0o600
        file = os.open(path, os.O_RDWR)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(file)
    (little_shop.home / "hash-1.lock").unlink()
    (little_shop.home / "hash-1.lock").symlink_to(little_shop.home / "elsewhere")
    with pytest.raises(ShopReadOnly):
        _hashing.verify(None, PASSWORD)
    assert not (little_shop.home / "elsewhere").exists()


def test_p1_founding_keeps_the_cost_that_was_measured(little_shop: Founded) -> None:
    """For everybody's passwords from then on."""
    db.rows("DELETE FROM setting WHERE name = 'password_cost'")
    for table in ("credential", "role_permission", "role", "department", "staff", "shop"):
        db.rows("PRAGMA foreign_keys = OFF")
        db.rows(f"DELETE FROM {table}")
    found(CONSOLE, Founding("Other Shop", "other-shop", "en", "UTC", "boss", "Li Na", NEW), cost=DEARER)
    assert _hashing.cost() == DEARER
    assert "$m=20480,t=3,p=1$" in db.rows("SELECT password FROM credential")[0][0]


@pytest.mark.parametrize(("limit", "expected"), [("max\n", 8 << 30), (f"{2 << 30}\n", 2 << 30), (f"{1 << 40}\n", 8 << 30), (None, 8 << 30)])
def test_p1_memory_is_the_machines_or_its_containers_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, expected: int
) -> None:
    """Whichever is less; where there is no container there is no file."""
    if limit is not None:
        (tmp_path / "max").write_text(limit)
    monkeypatch.setattr(_hashing, "_CONTAINER", tmp_path / "max")
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2 << 20, "SC_PAGE_SIZE": 4096}.__getitem__)
    assert _hashing.memory() == expected
    costs: list[int] = []

    def calibrate(memory: int, *, timer: object) -> Cost:
        costs.append(memory)
        return DEARER

    monkeypatch.setattr(password_cost, "calibrate", calibrate)
    assert shop.calibrated() == DEARER
    assert costs == [expected]


def test_p1_a_system_that_says_nothing_of_its_memory_gets_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows, so little is taken."""

    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(os, "sysconf", unknown)
    assert _hashing.memory() == 0
