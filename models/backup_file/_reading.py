"""What is in a backup, and getting it out: the file may have been on anybody's stick, so that nothing in it is trusted."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from models.backup_file._manifest import DATABASE, FORMAT, MANIFEST, Manifest, read
from models.backup_file._writing import MODE, NO_ROOM, PIECE, sync, user
from models.errors import BackupUnusable, Cancelled, DiskFull, ShopReadOnly
from models.i18n import N_
from models.rules.progress import Asked, Progress, unasked, unheard

if TYPE_CHECKING:
    from zipfile import ZipFile

_LONGEST_MANIFEST: Final = 64 * 1024
_PACKED: Final = (0, 8)
"""How a ZIP may hold it: as it is, or deflated. What else zipfile unpacks takes memory as it likes, and fails in ways of its own."""

_ROOM: Final = 8 * 1024 * 1024
"""Bytes that are left free beside what is unpacked: restoring writes more than the file."""

NO_BACKUP: Final = N_("it is no backup of Shopstaff's")
DAMAGED: Final = N_("it is damaged")
NEWER: Final = N_("a newer Shopstaff made it")
_MISSING: Final = N_("there is no such file")
SYSTEM: Final = N_("{said}")
_NOT_ALLOWED: Final = N_("{said}; whoever asks for it, it is read as {user}, who owns the shop's data and has to be allowed to")


def manifest(file: Path) -> Manifest:
    """What the backup `file` says of itself; that its database is whole is found by `extract`.

    Raises:
        BackupUnusable: it is no backup, damaged, or a newer Shopstaff's.
    """
    with _opened(file) as archive:
        return _manifest_in(archive, file)


def extract(file: Path, into: Path, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Manifest:
    """Unpack the database into the new file `into`, 0600, and on the disk; what was packed is what comes out, or nothing.

    Args:
        progress: told how many bytes were unpacked, and how many there are.

    Raises:
        BackupUnusable: it is no backup, damaged, or a newer Shopstaff's.
        DiskFull: there is no room for it.
        ShopReadOnly: `into` is there already, or cannot be written.
        Cancelled: it was stopped.
    """
    with _opened(file) as archive, _in_plain_words():
        found = _manifest_in(archive, file)
        room = os.statvfs(into.parent)
        if found.bytes + _ROOM > room.f_bavail * room.f_frsize:
            raise DiskFull
        number = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
        try:
            with os.fdopen(number, "wb") as stream:
                _unpack(archive, file, found, stream, progress, cancelled)
                stream.flush()
                os.fsync(stream.fileno())
            sync(into.parent)
        except BaseException:
            with suppress(OSError):
                into.unlink()
            raise
        return found


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (DiskFull if error.errno in NO_ROOM else ShopReadOnly) from error


def unreadable(file: Path, error: OSError | ValueError) -> BackupUnusable:
    """Why `file`, a backup or what belongs to it, cannot be read."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if isinstance(error, PermissionError):
        return BackupUnusable(str(file), _NOT_ALLOWED, said=said, user=user())
    return BackupUnusable(str(file), SYSTEM, said=said)


@contextmanager
def _opened(file: Path) -> Iterator[ZipFile]:
    """The archive; what is wrong with it, in words of ours."""
    from zipfile import BadZipFile, ZipFile  # here, because hardly any command reads a backup

    try:
        number = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # not to wait for ever at what is no file
    except FileNotFoundError as error:
        raise BackupUnusable(str(file), _MISSING) from error
    except (OSError, ValueError) as error:  # a null character is the ValueError
        raise unreadable(file, error) from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise BackupUnusable(str(file), NO_BACKUP)
    with os.fdopen(number, "rb") as stream:
        try:
            archive = ZipFile(stream)
        except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise BackupUnusable(str(file), NO_BACKUP) from error
        with archive:
            yield archive


def _manifest_in(archive: ZipFile, file: Path) -> Manifest:
    names = sorted(archive.namelist())
    if names != [MANIFEST, DATABASE] or any(each.compress_type not in _PACKED for each in archive.infolist()):
        raise BackupUnusable(str(file), NO_BACKUP)
    if archive.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
        raise BackupUnusable(str(file), NO_BACKUP)
    try:
        told = json.loads(b"".join(_pieces(archive, MANIFEST, file)))
        if isinstance(told["format"], int) and told["format"] > FORMAT:
            raise BackupUnusable(str(file), NEWER)
        found = read(told)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise BackupUnusable(str(file), DAMAGED) from error
    if archive.getinfo(DATABASE).file_size != found.bytes:
        raise BackupUnusable(str(file), DAMAGED)
    return found


def _unpack(archive: ZipFile, file: Path, found: Manifest, stream: IO[bytes], progress: Progress, cancelled: Asked) -> None:
    done, digest = 0, sha256()
    for piece in _pieces(archive, DATABASE, file):
        if cancelled():
            raise Cancelled
        stream.write(piece)
        digest.update(piece)
        done += len(piece)
        progress(done, found.bytes)
    if done != found.bytes or digest.hexdigest() != found.sha256:
        raise BackupUnusable(str(file), DAMAGED)


def _pieces(archive: ZipFile, name: str, file: Path) -> Iterator[bytes]:
    """What is packed under `name`, piece by piece; never more than the size that it is said to have, which the caller has looked at.

    Raises:
        BackupUnusable: it is damaged, or packed in no way of ours.
    """
    from zipfile import BadZipFile  # here, because hardly any command reads a backup
    from zlib import error as packed_wrongly  # here, because as above

    try:
        with archive.open(name) as packed:
            while piece := packed.read(PIECE):
                yield piece
    except (BadZipFile, packed_wrongly, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise BackupUnusable(str(file), DAMAGED) from error
