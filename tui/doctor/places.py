"""Where things lie, whose they are and who may write there: the interpreter that sshd starts, the data folder and what is in it."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from models.i18n import N_
from tui.doctor.finding import LOOK, WRONG, Finding, Sentence, fine, wrong

ROOT: Final = 0
OTHERS_WRITE: Final = 0o022
OTHERS_AT_ALL: Final = 0o077
SHOWN: Final = 5
"""Files that are named; of more, it is said how many."""

PROGRAM: Final = N_("Program")
INSTALLED: Final = N_("Installed files")
FOLDER: Final = N_("Way to the data")
FILES: Final = N_("Data folder")

_PROGRAM_RIGHT: Final = N_("Root's alone, all the way: {path}")
_PROGRAM_WRONG: Final = N_("Others can put another program in its place, because they can write to {path} ({mode}, {owner}).")
_TO_ROOT: Final = N_("Give it to root alone: chown root:root {path}; chmod go-w {path}. Or install where everything is root's, as in /opt.")
_ELSEWHERE: Final = N_("Install where everything is root's, as in /opt.")
_INSTALLED_RIGHT: Final = N_("Root's alone: {path}")
_INSTALLED_WRONG: Final = N_("Others than root can change what is installed: {paths}")
_ALL_TO_ROOT: Final = N_("chown -R root:root {path}; chmod -R go-w {path}")
_FOLDER_RIGHT: Final = N_("Nobody else can move it: {path}")
_FOLDER_WRONG: Final = N_("Others can move the data folder away, because they can write in {path} ({mode}, {owner}).")
_FOLDER_TODO: Final = N_("chmod go-w {path}, or move the shop to where only its own user and root can write, as below /var/lib.")
_FILES_RIGHT: Final = N_("{n} files and folders, closed to others, all of them the user {user}'s.")
_LINKS: Final = N_("Neither files nor folders, or links to elsewhere: {paths}")
_LINKS_TODO: Final = N_("Find out who put them there and why, then delete them.")
_OWNERS: Final = N_("Not the user {user}'s: {paths}")
_OWNERS_TODO: Final = N_("chown -hR {user}: {home}")
_MODES: Final = N_("Open to others: {paths}")
_MODES_TODO: Final = N_("chmod -R go= {home}")
_FOLDER_OF_ROOT: Final = N_("The data folder is root's, so that whoever finds a way past the screens is root.")
_FOLDER_OF_ROOT_TODO: Final = N_("Give it to a user of its own: docs/ssh.md.")


class Place(NamedTuple):
    """A file or folder as `lstat` tells of it.

    Attributes:
        mode: type and permission bits.
    """

    path: str
    uid: int
    mode: int
    owner: str = ""

    @property
    def permissions(self) -> str:
        """As `chmod` takes them."""
        return f"{stat.S_IMODE(self.mode):04o}"


def program(way: Sequence[Place], path: str) -> Finding:
    """Whether root owns the interpreter and every folder above it, and nobody else writes there.

    sshd starts it only if that is so of the way that is left once links are followed (sshd_config(5), AuthorizedKeysCommand); on the way as
    it is named, somebody could lead the link elsewhere.
    """
    for place in way:
        if not roots_alone(place):
            return wrong(PROGRAM, _PROGRAM_WRONG, _of_root(place), path=place.path, mode=place.permissions, owner=place.owner)
    return fine(PROGRAM, _PROGRAM_RIGHT, path=path)


def _of_root(place: Place) -> str:
    """What to do about something that has to be root's alone; a folder that is everybody's on purpose, as /tmp is, stays so."""
    return _ELSEWHERE if place.mode & stat.S_ISVTX else _TO_ROOT


def installed(places: Sequence[Place], path: str) -> Finding:
    """Whether what is imported is root's alone: else whoever changes it has everybody's keys and passwords."""
    bad = [place for place in places if not roots_alone(place)]
    if bad:
        inside = bad[0].path == path or bad[0].path.startswith(f"{path}/")
        todo, where = (_ALL_TO_ROOT, path) if inside else (_of_root(bad[0]), bad[0].path)  # never all that is in a folder above
        return wrong(INSTALLED, _INSTALLED_WRONG, todo, paths=_named(bad), path=where)
    return fine(INSTALLED, _INSTALLED_RIGHT, path=path)


def roots_alone(place: Place) -> bool:
    """Whether nobody but root can write here; the permission bits of a link mean nothing."""
    return place.uid == ROOT and (stat.S_ISLNK(place.mode) or not place.mode & OTHERS_WRITE)


def way_to_data(way: Sequence[Place], home: str, uid: int) -> Finding:
    """Whether others could put another folder in place of the data folder: whoever writes in a folder above it can.

    Args:
        way: the folders above it.
        uid: whose the data folder is.
    """
    for place in way:
        theirs = place.mode & OTHERS_WRITE and not place.mode & stat.S_ISVTX  # where that is set, everybody moves only what is theirs
        if place.uid not in {ROOT, uid} or (theirs and not stat.S_ISLNK(place.mode)):
            return wrong(FOLDER, _FOLDER_WRONG, _FOLDER_TODO, path=place.path, mode=place.permissions, owner=place.owner)
    return fine(FOLDER, _FOLDER_RIGHT, path=home)


def data_files(places: Sequence[Place], inbox: str, user: str) -> list[Finding]:
    """Whether the data folder and everything in it is its owner's, closed to others, and nothing but files and folders.

    Args:
        places: the data folder itself first.
        inbox: files that were put here for an import may be open: the folder above them is not.
    """
    home = places[0]
    faults = list(_file_faults(home, places, inbox, user))
    if home.uid == ROOT:
        faults.append(Finding(LOOK, FILES, Sentence(_FOLDER_OF_ROOT, {}), Sentence(_FOLDER_OF_ROOT_TODO, {})))
    return faults or [fine(FILES, _FILES_RIGHT, n=len(places), user=user)]


def _file_faults(home: Place, places: Sequence[Place], inbox: str, user: str) -> Iterator[Finding]:
    others = [place for place in places if not (stat.S_ISREG(place.mode) or stat.S_ISDIR(place.mode))]
    if others:
        yield wrong(FILES, _LINKS, _LINKS_TODO, paths=_named(others))
    foreign = [place for place in places if place.uid != home.uid]
    if foreign:
        yield wrong(FILES, _OWNERS, _OWNERS_TODO, user=user, home=home.path, paths=_named(foreign))
    open_ = [place for place in places if place.mode & OTHERS_AT_ALL and place not in others]
    brought = [place for place in open_ if place.path.startswith(f"{inbox}/")]
    for bad, verdict in (([place for place in open_ if place not in brought], WRONG), (brought, LOOK)):
        if bad:
            yield wrong(FILES, _MODES, _MODES_TODO, home=home.path, paths=_named(bad))._replace(verdict=verdict)


def _named(places: Sequence[Place]) -> str:
    shown = ", ".join(f"{place.path} ({place.permissions}, {place.owner})" for place in places[:SHOWN])
    return f"{shown} (+{len(places) - SHOWN})" if len(places) > SHOWN else shown
