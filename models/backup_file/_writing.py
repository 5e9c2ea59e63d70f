"""Packing a database into a backup that has its name when it is whole."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from models import clock, disk
from models.backup_file._manifest import DATABASE, MANIFEST, SUFFIX, Manifest, is_ours, told
from models.errors import BackupImpossible, Cancelled
from models.i18n import N_
from models.rules.progress import Asked, Progress, unasked, unheard

if TYPE_CHECKING:
    from zipfile import ZipInfo

PART: Final = ".part"
MODE: Final = 0o600
PIECE: Final = 256 * 1024
"""Bytes that are packed at once: 3 ms here."""

_LEVEL: Final = 1
"""Of compression: a sixth of the size, three times as fast as the usual 6."""

_EXISTS: Final = N_("{file} is there already, and nothing is written over")
_NOT_WRITTEN: Final = N_("{file} cannot be written ({said})")
_NO_ROOM: Final = N_("there is not enough room in {folder}")
_NOT_ALLOWED: Final = N_(
    "{file} cannot be written ({said}); whoever asks for it, it is written as {user}, who owns the shop's data and has to be allowed to"
)
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says of a disk that is full, or as good as."""


def write(database: Path, target: Path, manifest: Manifest, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Manifest:
    """Pack `database` into the new file `target`, which has its name when all of it is on the disk, and not before.

    Args:
        manifest: `bytes` and `sha256` are filled in here.
        progress: told how many bytes were packed, and how many there are.

    Returns:
        The manifest as it is in the file.

    Raises:
        BackupImpossible: there is such a file already; it cannot be written; there is no room for it.
        Cancelled: it was stopped.
    """
    found: list[Manifest] = []
    put(target, lambda stream: found.append(_pack(database, stream, manifest, progress, cancelled)))
    return found[0]


def put(target: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Have `fill` write the new file `target`, 0600, which has its name when all of it is on the disk, and not before.

    Raises:
        BackupImpossible: there is such a file already; it cannot be written; there is no room for it.
    """
    part = target.with_name(f".{target.name}{PART}")
    with in_plain_words(target):
        require_new(target)
        _remove_if_left(part)
        file = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
        try:
            with os.fdopen(file, "w+b") as stream:
                with suppress(OSError):  # a file system without locks: nobody tidies up there
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever tidies up sees by it that this is not left over
                fill(stream)
                stream.flush()
                os.fsync(file)
                _name(part, target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        try:
            sync(target.parent)
        except OSError:
            with suppress(OSError):
                target.unlink()
            raise


def sweep(folder: Path) -> None:
    """Remove what backups that were killed left in `folder`: parts that nobody holds any more, under names of ours."""
    with suppress(OSError):
        for part in folder.glob(f".*{SUFFIX}{PART}"):
            if is_ours(part.name.removeprefix(".").removesuffix(PART)):
                _remove_if_left(part)


def _remove_if_left(part: Path) -> None:
    with suppress(OSError):
        file = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
        finally:
            os.close(file)


def _pack(database: Path, stream: IO[bytes], manifest: Manifest, progress: Progress, cancelled: Asked) -> Manifest:
    from zipfile import ZIP_DEFLATED, ZipFile  # here, because a backup is made once a day and the start is not to wait for it

    total, done, digest = database.stat().st_size, 0, sha256()
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        with database.open("rb") as source, archive.open(_entry(DATABASE, manifest.made_at), "w", force_zip64=True) as packed:
            while piece := source.read(PIECE):
                if cancelled():
                    raise Cancelled
                packed.write(piece)
                digest.update(piece)
                done += len(piece)
                progress(done, total)
        manifest = manifest._replace(bytes=done, sha256=digest.hexdigest())
        archive.writestr(_entry(MANIFEST, manifest.made_at), told(manifest))
    return manifest


def _entry(name: str, made_at: int) -> ZipInfo:
    from zipfile import ZIP_DEFLATED, ZipInfo  # here, because as in `_pack`

    day, _t, time = clock.rfc3339(made_at)[:19].partition("T")
    year, month, date = (int(part) for part in day.split("-"))
    hour, minute, second = (int(part) for part in time.split(":"))
    entry = ZipInfo(name, (max(1980, year), month, date, hour, minute, second))  # before 1980 ZIP knows no time
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | MODE) << 16
    return entry


def require_new(target: Path) -> None:
    if os.path.lexists(target):
        raise BackupImpossible(_EXISTS, file=target)


def _name(part: Path, target: Path) -> None:
    """Give a whole file its name, never another's.

    A second name that is refused where it is taken, and then the first goes; file systems without second names, as of most sticks, leave
    the instant between looking and renaming.
    """
    try:
        os.link(part, target, follow_symlinks=False)
    except FileExistsError as error:
        raise BackupImpossible(_EXISTS, file=target) from error
    except OSError:
        require_new(target)
        part.rename(target)


def sync(folder: Path) -> None:
    """Have the names in `folder` on the disk.

    Raises:
        OSError: the disk says no.
    """
    try:
        disk.settle(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # which is what file systems say that keep names in no such way
            raise


@contextmanager
def in_plain_words(target: Path) -> Iterator[None]:
    """Turn what the system says of writing `target` into words of ours.

    Raises:
        BackupImpossible: instead of OSError.
    """
    try:
        yield
    except OSError as error:
        raise impossible(error, target) from error


def impossible(error: OSError, target: Path) -> BackupImpossible:
    """Why `target` could not be written."""
    if error.errno in NO_ROOM:
        return BackupImpossible(_NO_ROOM, folder=target.parent)
    said = error.strerror or type(error).__name__
    if error.errno in {errno.EACCES, errno.EPERM}:
        return BackupImpossible(_NOT_ALLOWED, file=target, said=said, user=user())
    return BackupImpossible(_NOT_WRITTEN, file=target, said=said)


def user() -> str:
    """Whose rights we have: the data folder's owner's, also where root asked."""
    import pwd  # here, because hardly anybody ever sees it

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
