"""The key file: everybody's seeds follow from it, none of them is kept, and no other key will do."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from pyotp import parse_uri

from models import db, key_file, migrations, shop, sqlite
from models.errors import DiskFull, KeyExposed, KeyMissing, KeyWrong, ShopReadOnly
from models.operations import totp
from models.queries import security
from models.rules import totp as rules
from models.rules.policy import Policy
from tests.factories import Founded, signed_in
from tests.models.doors import enrol


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """A founded shop's folder that nobody has open."""
    return Path(shutil.copytree(shop_template, tmp_path / "home"))


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    shop.close()


@pytest.mark.parametrize("journal", [sqlite.DELETE, sqlite.WAL])
def test_p7_no_seed_is_anywhere_in_the_shops_files(little_shop: Founded, tmp_path: Path, journal: str) -> None:
    """Neither as bytes nor as text, in database, journal and WAL, nor in a backup without the key; and neither is the key."""
    db.rows("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
    shop.close()
    shop.open(little_shop.home)
    little_shop.person("bob")
    secrets = [totp.begin(signed_in("bob")).secret]
    for login in ("owner", "bob"):
        phone = enrol(signed_in(login))
        secrets += [phone.app.secret, phone.app.provisioning_uri()]
    key = key_file.current()
    searched = [rules.seed(key, staff_id, generation) for staff_id in (1, 2) for generation in (1, 2)]
    searched = [*searched, *(seed.hex().encode() for seed in searched), key, key.hex().encode(), key.hex().upper().encode()]
    searched += [secret.replace(" ", "").encode() for secret in secrets]
    backup = sqlite3.connect(tmp_path / "backup.db")
    with backup:
        db.database.connection().backup(backup)
    backup.close()
    files = {path.name: path.read_bytes() for path in (*little_shop.home.rglob("*"), tmp_path / "backup.db") if path.is_file()}
    assert files.pop("key") == key
    assert ("shop.db-wal" in files) == (journal == sqlite.WAL)
    for name, content in files.items():
        for secret in searched:
            assert secret.lower() not in content.lower(), name
    assert rules.check_value(key).encode() in files["backup.db"], "by which a wrong key is noticed"


def test_p7_the_key_is_closed_to_others_and_differs_from_shop_to_shop(tmp_path: Path) -> None:
    """32 random bytes, 0600 whatever the umask; opening again changes nothing."""
    keys = []
    before = os.umask(0)
    try:
        for name in ("one", "two"):
            shop.open(tmp_path / name, create=True)
            shop.close()
            shop.open(tmp_path / name, create=True)
            keys.append(key_file.current())
            shop.close()
            assert stat.S_IMODE((tmp_path / name / "key").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]


def replace(home: Path, content: bytes) -> None:
    """Put something else in place of the key."""
    (home / "key").write_bytes(content)


def link(home: Path) -> None:
    """Put a link to the right key in place of the key."""
    (home / "key").rename(home / "elsewhere")
    (home / "key").symlink_to(home / "elsewhere")


def dangling_link(home: Path) -> None:
    """Put a link to nothing in place of the key."""
    (home / "key").unlink()
    (home / "key").symlink_to(home / "nowhere")


def folder(home: Path) -> None:
    """Put a folder in place of the key."""
    (home / "key").unlink()
    (home / "key").mkdir(0o700)


def pipe(home: Path) -> None:
    """Put something that would be waited for in place of the key."""
    (home / "key").unlink()
    os.mkfifo(home / "key", 0o600)


SPOILT: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "missing": (lambda home: (home / "key").unlink(), KeyMissing),
    "another": (lambda home: replace(home, b"\1" * 32), KeyWrong),
    "empty": (lambda home: replace(home, b""), KeyWrong),
    "short": (lambda home: replace(home, (home / "key").read_bytes()[:-1]), KeyWrong),
    "long": (lambda home: replace(home, (home / "key").read_bytes() + b"\n"), KeyWrong),
    "group may read": (lambda home: (home / "key").chmod(0o640), KeyExposed),
    "others may read": (lambda home: (home / "key").chmod(0o604), KeyExposed),
    "group may write": (lambda home: (home / "key").chmod(0o620), KeyExposed),
    "link": (link, KeyWrong),
    "dangling link": (dangling_link, KeyWrong),
    "folder": (folder, KeyWrong),
    "pipe": (pipe, KeyWrong),
}


@pytest.mark.parametrize(("spoil", "refusal"), SPOILT.values(), ids=SPOILT)
def test_p7_a_key_that_is_not_as_it_was_refuses_to_start(home: Path, spoil: Callable[[Path], object], refusal: type[Exception]) -> None:
    """Nothing is open afterwards, nothing is made in its place, and with the key back the shop opens."""
    kept = (home / "key").read_bytes()
    spoil(home)
    for _time in range(2):
        with pytest.raises(refusal):
            shop.open(home)
        assert db.database.is_closed()
    with pytest.raises(refusal):
        shop.open(home, create=True)
    assert not (home / "key.new").exists()
    path = home / "key"
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.write_bytes(kept)
    path.chmod(0o600)
    shop.open(home)


def test_p7_a_key_that_goes_away_while_the_shop_is_open_lets_nobody_in(little_shop: Founded) -> None:
    """It is read when it is needed, and kept in no variable."""
    (little_shop.home / "key").unlink()
    with pytest.raises(KeyMissing):
        totp.begin(little_shop.owner)
    assert not db.rows("SELECT 1 FROM totp")


def old_shop(home: Path) -> Path:
    """A shop as it was before there were keys: founded today, and taken back to the first tables."""
    with sqlite3.connect(home / db.FILE_NAME) as bare:
        bare.executescript("""
            PRAGMA foreign_keys = OFF;
            DROP TABLE device; DROP TABLE policy; DROP TABLE totp; DROP TABLE recovery_code; DROP TABLE failure;
            DROP TABLE sign_in_limit; DROP TABLE owner_offer; DROP TABLE spent_password; DROP TABLE session;
            DROP TABLE chat_opening; DROP TABLE message_text; DROP TABLE message; DROP TABLE conversation; DROP TABLE seat;
            CREATE TABLE seat (
                id INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('gifted', 'bought')),
                number INTEGER NOT NULL CHECK (number > 0), price INTEGER NOT NULL CHECK (price >= 0), since INTEGER NOT NULL, until INTEGER
            ) STRICT;
            DROP TABLE request; DROP TABLE separation; DROP INDEX staff_leaving;
            DROP INDEX auditentry_permission; DROP INDEX auditentry_actor_permission;
            ALTER TABLE staff DROP COLUMN leaves_by; ALTER TABLE staff DROP COLUMN leaves_at;
            ALTER TABLE role_grant DROP COLUMN confirmed_by; ALTER TABLE role_grant DROP COLUMN confirmed_at;
            ALTER TABLE role_grant DROP COLUMN stands_for_id;
            ALTER TABLE extra DROP COLUMN confirmed_by; ALTER TABLE extra DROP COLUMN confirmed_at;
            ALTER TABLE extra DROP COLUMN stands_for_id;
            DELETE FROM setting WHERE name IN ('key_check', 'clock_seen', 'clock_from', 'password_cost');
            DELETE FROM schema_migration WHERE name > '0001_first_tables';
            CREATE TABLE session (
                id INTEGER NOT NULL PRIMARY KEY, staff_id INTEGER NOT NULL, started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
                proved_at INTEGER NOT NULL, device TEXT NOT NULL, address TEXT NOT NULL, terminal TEXT NOT NULL,
                ended_at INTEGER, "end" TEXT, FOREIGN KEY (staff_id) REFERENCES staff (id) ON DELETE RESTRICT,
                CHECK ((ended_at IS NULL) = ("end" IS NULL))
            ) STRICT;
            CREATE INDEX session_staff_started ON session (staff_id, started_at);
            CREATE INDEX session_live ON session (staff_id) WHERE ended_at IS NULL;
            INSERT INTO session VALUES (7, 1, 10, 20, 30, 'd', 'a', 't', NULL, NULL), (9, 1, 11, 21, 31, '', '', '', 40, 'signed out');
        """)
    bare.close()
    (home / "key").unlink()
    return home


def first_tables(file: Path) -> dict[str, list[str]]:
    """The columns of every table after the first migration alone."""
    namespace: dict[str, object] = {}
    exec((Path(migrations.__file__).parent / "0001_first_tables.py").read_text("utf-8"), namespace)  # noqa: S102  our own file
    bare = sqlite3.connect(file)
    for statement in str(namespace["TABLES"]).split(";\n"):
        bare.execute(statement)
    found = {name: columns(bare, name) for (name,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    bare.close()
    return found


def columns(bare: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns."""
    return [name for _, name, *_ in bare.execute(f"PRAGMA table_info({table})")]


def test_p7_a_shop_from_before_there_were_keys_gets_one(home: Path, tmp_path: Path) -> None:
    """Its sessions, people and log are as they were; its policy is the usual one; a copy was made first."""
    old_shop(home)
    bare = sqlite3.connect(home / db.FILE_NAME)
    theirs = {name: columns(bare, name) for (name,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    bare.close()
    first = first_tables(tmp_path / "first.db")
    assert {name: theirs[name] for name in first} == first, "that is how it was"
    shop.open(home)
    assert key_file.current()
    assert security.policy() == (1, Policy())
    assert db.rows(
        'SELECT id, started_at, seen_at, proved_at, device, address, terminal, locked_at, enrolling, ended_at, "end" FROM session'
    ) == [
        (7, 10, 20, 30, "d", "a", "t", None, 0, None, None),
        (9, 11, 21, 31, "", "", "", None, 0, 40, "signed out"),
    ]
    assert db.rows("SELECT action FROM audit_entry") == [("shop.found",)]
    assert (home / "shop-after-0001_first_tables.db").exists()
    key = key_file.current()
    shop.close()
    shop.open(home)
    assert key_file.current() == key


def _open(home: str, keys: multiprocessing.Queue[bytes]) -> None:
    shop.open(Path(home))
    keys.put(key_file.current())
    shop.close()


def test_p7_processes_that_open_an_old_shop_at_once_make_one_key(home: Path) -> None:
    """One of them makes it, the others take it."""
    old_shop(home)
    spawn = multiprocessing.get_context("spawn")
    keys: multiprocessing.Queue[bytes] = spawn.Queue()
    processes = [spawn.Process(target=_open, args=(str(home), keys)) for _ in range(4)]
    for process in processes:
        process.start()
    found = {keys.get(timeout=120) for _ in processes}
    for process in processes:
        process.join()
    keys.close()
    assert found == {(home / "key").read_bytes()}


def test_p7_a_key_that_was_written_just_before_the_power_went_is_taken(home: Path) -> None:
    """The database did not know of it yet; a half written one beside it does no harm, whoever could read it."""
    old_shop(home)
    (home / "key").write_bytes(b"\7" * 32)
    (home / "key").chmod(0o600)
    shop.open(home)
    assert key_file.current() == b"\7" * 32


def test_p7_half_a_key_from_before_does_no_harm(home: Path) -> None:
    """It is written anew, closed to others."""
    old_shop(home)
    (home / "key.new").write_bytes(b"half")
    (home / "key.new").chmod(0o666)
    shop.open(home)
    assert len(key_file.current()) == 32
    assert not (home / "key.new").exists()


@pytest.mark.parametrize(("number", "refusal"), [(errno.ENOSPC, DiskFull), (errno.EROFS, ShopReadOnly)])
def test_a_key_that_cannot_be_written_is_said_plainly(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, refusal: type[Exception]
) -> None:
    """Nothing stands in its place, so the next start tries again."""
    old_shop(home)

    def full(_file: int, _data: bytes) -> int:
        raise OSError(number, "no")

    with monkeypatch.context() as broken:
        broken.setattr("models.key_file.os.write", full)
        with pytest.raises(refusal):
            shop.open(home)
    assert not (home / "key").exists()
    shop.open(home)
    assert key_file.current()


def test_p7_the_seed_in_the_picture_is_the_derived_one(little_shop: Founded) -> None:
    """HMAC-SHA-256 of the key over label, account and generation; nothing random that would have to be kept."""
    app = parse_uri(totp.begin(little_shop.owner).uri)
    assert app.secret == rules.base32(rules.seed(key_file.current(), 1, 1))


def test_p7_a_shop_that_has_its_key_is_given_no_other(little_shop: Founded) -> None:
    """Whoever comes second, having waited for the folder, finds it done."""
    before = key_file.current()
    key_file.make(little_shop.home)
    assert key_file.current() == before
