"""D6: a restore works whatever state the data is in, takes from it what can be read, says what cannot; what goes wrong changes nothing."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from models import anchors, backup_file, db, key_file, migrations, shop, sqlite
from models.errors import AnotherShop, BackupUnusable, Cancelled, DataUnusable, DiskFull, KeyWrong, ShopDamaged, ShopLocked, ShopNewer
from models.operations import _staging, _swap, departments, log, restoring, staff
from models.operations.restoring import Restored
from tests import factories
from tests.factories import CONSOLE, Founded
from tests.models.restoring.able import keep, restore
from tests.tampering import leaf_of

SEED = 11


@pytest.fixture
def shut(little_shop: Founded, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A data folder whose shop is closed, with a backup of before somebody was frozen."""
    bob = little_shop.person("bob", gave=["manager"])
    for number in range(40):
        departments.add(CONSOLE, f"Shift {number}")
    db.database.execute_sql(
        "INSERT INTO request (staff_id, permission, days, reason, asked_at, status, word) VALUES (?, 'goods.view', 7, '', 1, 'open', '')",
        (bob.staff_id,),
    )
    file = keep(tmp_path / "stick")
    staff.freeze(CONSOLE, bob.staff_id or 0)
    shop.close()
    yield little_shop.home, file
    shop.close()


def looked_at(home: Path) -> dict[str, str]:
    """That the shop there is whole; the status of everybody."""
    shop.open(home)
    assert db.rows("PRAGMA integrity_check") == [("ok",)]
    assert log.verify(CONSOLE).is_whole
    departments.add(CONSOLE, "Afterwards")
    return dict(db.rows("SELECT login, status FROM staff"))


def kinds(done: Restored) -> set[str]:
    """What was told."""
    return {line.kind for line in done.preview.lines}


def files(home: Path) -> dict[str, bytes]:
    """Every file there, but for the lock."""
    return {path.name: path.read_bytes() for path in home.iterdir() if path.is_file() and path.name != "lock"}


@pytest.mark.parametrize("damage", [b"", b"garbage", b"SQLite format 3\x00" + bytes(84), b"\x00" * 5000])
def test_d6_what_is_no_database_is_replaced(shut: tuple[Path, Path], damage: bytes) -> None:
    """And kept as it lay there; nobody can tell what was revoked, which is said."""
    home, file = shut
    (home / "shop.db").write_bytes(damage)
    (home / "shop.db-journal").write_bytes(b"half done")
    done = restore(home, file)
    assert {"unread", "none"} & kinds(done)
    assert not (home / "shop.db-journal").exists()
    if damage:
        assert done.kept is not None and done.kept.read_bytes() == damage
    assert looked_at(home) == {"owner": "active", "bob": "active"}


def test_d6_what_is_half_done_beside_it_is_kept_with_it(shut: tuple[Path, Path], tmp_path: Path) -> None:
    """It may be what somebody could save the old data by."""
    home, _file = shut
    Path(f"{home / 'shop.db'}-wal").write_bytes(b"half done")
    old = _swap.Old(home / "shop.db")
    old.keep_all(tmp_path / "kept.db")
    old.close()
    assert (tmp_path / "kept.db-wal").read_bytes() == b"half done"
    Path(f"{home / 'shop.db'}-wal").unlink()


def test_d6_a_database_that_is_gone_is_made_anew(shut: tuple[Path, Path]) -> None:
    """By the anchors beside it one knows at least how long the log was."""
    home, file = shut
    (home / "shop.db").unlink()
    done = restore(home, file)
    assert done.kept is None
    assert looked_at(home) == {"owner": "active", "bob": "active"}


def test_d6_half_a_database_tells_what_it_can(shut: tuple[Path, Path]) -> None:
    """The first pages are there still; what the rest said is told to be unknown."""
    home, file = shut
    whole = (home / "shop.db").read_bytes()
    (home / "shop.db").write_bytes(whole[: len(whole) // 2])
    done = restore(home, file)
    assert "unread" in kinds(done)
    assert looked_at(home)["owner"] == "active"


@pytest.mark.parametrize("round_", range(12))
def test_d6_flipped_bits_never_keep_a_backup_from_being_restored(shut: tuple[Path, Path], round_: int) -> None:
    """Wherever they are."""
    home, file = shut
    random = Random(SEED + round_)
    data = bytearray((home / "shop.db").read_bytes())
    for _ in range(300):
        data[random.randrange(16 if round_ % 2 else 0, len(data))] ^= 1 << random.randrange(8)
    (home / "shop.db").write_bytes(bytes(data))
    restore(home, file)
    assert {"owner", "bob"} <= looked_at(home).keys()


def test_d6_a_log_that_cannot_be_read_takes_nothing_from_the_rest(shut: tuple[Path, Path]) -> None:
    """A page of the log is bad; who was frozen is known all the same."""
    home, file = shut
    leaf = leaf_of(home, 20)
    data = bytearray((home / "shop.db").read_bytes())
    data[(leaf - 1) * 4096 : leaf * 4096] = bytes(4096)
    (home / "shop.db").write_bytes(bytes(data))
    done = restore(home, file)
    assert [line.what for line in done.preview.lines if line.kind == "unread"] == ["audit_entry"]
    assert looked_at(home)["bob"] == "frozen"


def test_d6_tables_that_are_gone_are_told_of_and_nothing_is_taken_for_it(shut: tuple[Path, Path]) -> None:
    """What is not there was not revoked: it is not known, which is another thing."""
    home, file = shut
    with closing(sqlite3.connect(home / "shop.db")) as bare:
        for table in ("role_grant", "credential", "totp", "device", "role_permission", "department", "failure", "setting", "extra"):
            bare.execute(f"DROP TABLE {table}")
        bare.commit()
    before = len(restore(home, file).preview.of("look"))
    assert before >= 6
    shop.open(home)
    assert db.rows("SELECT 1 FROM role_grant WHERE ended_at IS NULL")
    assert db.rows("SELECT 1 FROM credential")


def test_d6_values_that_cannot_be_are_left_out(shut: tuple[Path, Path]) -> None:
    """Somebody wrote into the data: the restore goes on, and says that it is not to be trusted."""
    home, file = shut
    with closing(sqlite3.connect(home / "shop.db")) as bare:
        bare.execute("PRAGMA ignore_check_constraints = 1")
        bare.execute("UPDATE staff SET status = 'gone', post = 'boss' WHERE login = 'bob'")
        bare.execute("UPDATE policy SET totp = 'never', idle_minutes = 1")
        bare.execute("UPDATE credential SET password = 'plain' WHERE staff_id = 2")
        bare.execute("UPDATE request SET status = 'maybe'")
        bare.execute("INSERT INTO totp (staff_id, generation, active, last_step, drift, barred) VALUES (2, 1, 5, 0, 0, 7)")
        bare.execute(
            "INSERT INTO staff SELECT 77, 1, 'NEW', name, nickname, number, phone, email, department_id, 'x', status, 0, language,"
            " pinyin, initials, search, created_at, created_by, activated_at, signed_in_at, left_at, leaves_at, leaves_by"
            " FROM staff WHERE id = 2"
        )
        bare.commit()
    done = restore(home, file)
    assert {line.what for line in done.preview.lines if line.kind == "unread"} >= {"staff", "policy", "credential", "totp"}
    looked_at(home)
    assert not db.rows("SELECT 1 FROM credential WHERE staff_id = 2"), "what nobody can sign in with is not what was there before"


def test_d6_another_shop_is_not_written_over(shut: tuple[Path, Path], tmp_path: Path) -> None:
    """Nor where its log cannot be read, by which it is told first."""
    home, file = shut
    other = tmp_path / "other"
    factories.template(other)
    before = files(other)
    with pytest.raises(AnotherShop, match="Little Shop"):
        restore(other, file, key=home / "key")
    assert files(other) == before
    with closing(sqlite3.connect(other / "shop.db")) as bare:
        bare.execute("DROP TABLE audit_entry")
        bare.commit()
    with pytest.raises(AnotherShop):
        restore(other, file, key=home / "key")


def test_d6_a_full_disk_changes_nothing(shut: tuple[Path, Path]) -> None:
    """At whichever size: what is there stays as it is, and nothing is left behind."""
    home, file = shut
    before = files(home)
    size = (home / "shop.db").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for limit in (16, 4096, size // 2, size - 4096):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
            with pytest.raises(DiskFull):
                restore(home, file)
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            assert {name: data for name, data in files(home).items() if name in before} == before
            assert files(home).keys() == before.keys()
            assert not (home / "restoring").exists()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, kept)
    assert restore(home, file).number


@pytest.mark.parametrize("name", ["write", "begin_anew", "take_over"])
def test_d6_what_fails_half_way_is_undone(shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The key that cannot be laid ready; the anchors and the key that follow: then the shop is restored, and the next start sees to it."""
    home, file = shut
    before = files(home)
    module = anchors if name == "begin_anew" else key_file
    real = getattr(module, name)

    def fails(*given: object) -> object:
        if name == "write" and given[0] != home:
            return real(*given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, name, fails)
    if name == "begin_anew":
        restore(home, file)
        assert looked_at(home)["bob"] == "frozen"
        return
    with pytest.raises((DataUnusable, OSError)):
        restore(home, file)
    monkeypatch.undo()
    if name == "write":
        assert files(home) == before
    assert looked_at(home)["bob"] == "frozen"


def test_d6_a_restore_that_was_cut_off_is_tidied_up_at_the_start(shut: tuple[Path, Path]) -> None:
    """The folder that was left, and a key that lies ready: it counts where the database belongs to it, and nowhere else."""
    home, file = shut
    (home / "restoring").mkdir()
    (home / "restoring" / "shop.db").write_bytes(b"x")
    key = (home / "key").read_bytes()
    (home / "key").write_bytes(bytes(32))
    (home / "key.restored").write_bytes(bytes(31))
    (home / "key.restored").chmod(0o600)
    with pytest.raises(KeyWrong):
        shop.open(home)
    (home / "key.restored").write_bytes(key)
    assert looked_at(home)["bob"] == "frozen"
    assert (home / "key").read_bytes() == key
    assert len(list(home.glob("key-before-restore-*"))) == 1
    assert not (home / "restoring").exists()
    assert restore(home, file).number


def test_d6_one_restore_at_a_time(shut: tuple[Path, Path]) -> None:
    """The second is told to wait, and leaves the first alone; so does the start."""
    home, file = shut
    with restoring.prepare(CONSOLE, home, file) as first:
        with pytest.raises(ShopLocked), restoring.prepare(CONSOLE, home, file):
            pass
        _staging.tidy(home)
        assert (home / "restoring").exists()
        assert first.preview.lines


def test_d6_a_backup_that_is_not_whole_is_refused(shut: tuple[Path, Path], tmp_path: Path) -> None:
    """Damaged, another's content, with things in it that act by themselves, with a damaged log, of a newer Shopstaff."""
    home, file = shut
    before = files(home)

    def made(change: str, **said: object) -> Path:
        copy, target = tmp_path / "copy.db", tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
        copy.unlink(missing_ok=True)
        found = backup_file.extract(file, copy)
        with closing(sqlite3.connect(copy)) as bare:
            bare.executescript(change)
        backup_file.write(copy, target, found._replace(**said))  # type: ignore[arg-type]  # fields by name
        return target

    bad = {
        "its log is damaged": made("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET actor = 'x' WHERE seq = 3"),
        "does things by itself": made("CREATE TRIGGER t AFTER INSERT ON session BEGIN UPDATE staff SET status = 'active'; END"),
        "of itself": made("", entries=3),
        "what it says of itself": made("", code="another"),
        "hold what it says of itself": made("", shop="Another"),
        "it is damaged": made("DELETE FROM shop"),
    }
    for words, each in bad.items():
        with pytest.raises(BackupUnusable, match=words):
            restore(home, each)
    view = made("CREATE VIEW v AS SELECT 1")
    with pytest.raises(BackupUnusable, match="by itself"):
        restore(home, view)
    with pytest.raises(ShopNewer):
        restore(home, made("", schema=("9999_later",)))
    with pytest.raises(BackupUnusable):
        restore(home, home / "key")
    with pytest.raises(Cancelled):
        restore(home, file, cancelled=lambda: True)
    assert files(home) == before
    assert zipfile.is_zipfile(file)


def test_d6_with_a_new_key_damage_that_was_accepted_by_the_old_one_stays_accepted(little_shop: Founded, tmp_path: Path) -> None:
    """The seal of the old key cannot be told any more; what verifying finds is accepted anew, by the restore."""
    from tests.tampering import attacker

    for number in range(3):
        departments.add(CONSOLE, f"Shift {number}")
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = 2")
    log.verify(CONSOLE)
    log.accept(CONSOLE)
    file = keep(tmp_path / "stick")
    restore(tmp_path / "new", file, new_key=True)
    shop.open(tmp_path / "new")
    assert log.verify(CONSOLE).is_whole
    assert len(log.verify(CONSOLE).known) == 1


def test_d6_the_write_ahead_log_is_restored_into_as_well(shut: tuple[Path, Path]) -> None:
    """Where the shop is written with it, what is in it counts, and whoever has it open sees the new content."""
    home, file = shut
    with closing(sqlite3.connect(home / "shop.db")) as bare:
        bare.execute("UPDATE setting SET value = 'wal' WHERE name = 'journal_mode'")
        bare.commit()
    with closing(sqlite.connect_to_write(home / "shop.db")) as reader:
        shop.open(home)
        staff.leave(CONSOLE, 2)
        done = restore(home, file)
        assert ("left", "bob") in [(line.kind, line.who) for line in done.preview.lines]
        assert reader.execute("SELECT count(*) FROM audit_entry WHERE action = 'shop.restore'").fetchone() == (1,)
    assert looked_at(home)["bob"] == "left"


def test_d6_whoever_holds_the_database_for_too_long_is_told_of(shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was changed."""
    home, file = shut
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.3)
    with closing(sqlite3.connect(home / "shop.db", isolation_level=None)) as other, restoring.prepare(CONSOLE, home, file) as prepared:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ShopLocked):
            prepared.apply()
        other.execute("ROLLBACK")
        assert prepared.apply().number


def test_d6_a_shop_that_is_no_database_any_more_is_not_pulled_away_from_under_anybody(
    shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who still has it open is waited for; and what they have open afterwards is empty, so that nothing is kept in it."""
    home, file = shut
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    program = "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX, 512, 0x40000000); print(); input()"
    data = (home / "shop.db").read_bytes()
    (home / "shop.db").write_bytes(b"garbage" + data[7:])
    with (home / "shop.db").open("rb") as held, restoring.prepare(CONSOLE, home, file) as prepared:
        other = subprocess.Popen([sys.executable, "-c", program, home / "shop.db"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        with pytest.raises(ShopLocked):
            prepared.apply()
        other.communicate(b"\n")
        assert prepared.apply().kept is not None
        assert held.read() == b""
    assert looked_at(home)["owner"] == "active"


def test_d6_a_folder_that_cannot_be_written_is_said(shut: tuple[Path, Path], tmp_path: Path) -> None:
    """A file in the place of the folder; a folder in the place of the lock, or of the key."""
    home, file = shut
    (home / "lock").unlink()
    (home / "lock").mkdir()
    with pytest.raises((DataUnusable, OSError)):
        restore(home, file)
    (home / "lock").rmdir()
    (home / "restoring").write_bytes(b"")
    with pytest.raises((DataUnusable, OSError)):
        restore(home, file)
    (home / "restoring").unlink()
    with pytest.raises(BackupUnusable, match="directory"):
        restore(home, file, key=tmp_path)
    _staging.tidy(home)
    assert looked_at(home)["bob"] == "frozen"


def test_d6_what_turns_out_to_be_no_database_while_it_is_written_into_is_replaced(
    shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is made anew for it, since what it was to be has changed."""
    home, file = shut
    real = _swap.write_into

    def fails(*given: object) -> None:
        given[2]()  # type: ignore[operator]  # it is made ready
        raise ShopDamaged

    monkeypatch.setattr(_swap, "write_into", fails)
    done = restore(home, file)
    assert real is not fails
    assert done.kept is not None
    assert len(list(home.glob("shop-before-restore-*.db"))) == 1
    assert looked_at(home)["bob"] == "frozen"


def test_d6_a_shop_of_an_older_version_is_brought_up_to_date_in_the_copy(shut: tuple[Path, Path], tmp_path: Path) -> None:
    """What the newer one lacks, since it is older itself, says nothing; who is there and who is not is told all the same."""
    home, file = shut
    with closing(sqlite3.connect(home / "shop.db")) as bare:
        for table in ("request", "separation"):
            bare.execute(f"DROP TABLE {table}")
        bare.commit()
    assert "unread" not in kinds(restore(home, file))
    assert looked_at(home)["bob"] == "frozen"
    assert tmp_path.exists()


def test_d6_what_fails_before_anything_is_written_leaves_everything(shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Held by somebody while it is looked at; a staging folder that takes no key; words that are none; nothing open, nothing there."""
    home, file = shut
    before = files(home)
    with monkeypatch.context() as patch, closing(sqlite3.connect(home / "shop.db", isolation_level=None)) as other:
        patch.setattr(sqlite, "BUSY_SECONDS", 0.2)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ShopLocked):
            restore(home, file)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    def unreadable(*_given: object) -> None:
        raise UnicodeDecodeError("utf-8", b"x", 0, 1, "bad")

    with monkeypatch.context() as patch:
        patch.setattr(key_file, "write", full)
        with pytest.raises(DiskFull):
            restore(home, file)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "bring_up_to_date", unreadable)
        with pytest.raises(BackupUnusable):
            restore(home, file)
    with monkeypatch.context() as patch:
        patch.setattr(db.database, "deferred", True)
        with pytest.raises(BackupUnusable):
            restore(home, home / "key")
    assert files(home) == before
    shop.open(home)
    (home / "shop.db").unlink()
    with pytest.raises(BackupUnusable):
        restore(home, home / "key")
    with monkeypatch.context() as patch:
        patch.setattr(_swap, "rename_over", full)
        with pytest.raises(OSError, match="No space"):
            restore(home, file)
    assert not (home / "key.restored").exists()
    assert restore(home, file).kept is None
