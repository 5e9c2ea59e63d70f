"""What sshd says it does for the shop's user (`sshd -T -C user=…`), compared with what it was to be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from models.i18n import N_
from tui.doctor.finding import LOOK, Finding, fine, look, wrong

Settings = Sequence[tuple[str, str]]
Said = Mapping[str, Sequence[str]]

ABOUT: Final = N_("sshd")

ASSUMED: Final = (("PubkeyAuthentication", "yes"), ("FingerprintHash", "SHA256"), ("ChrootDirectory", "none"))
"""What sshd does unless it is told otherwise, and what letting anybody in relies on."""

_PATIENCE: Final = frozenset({"ClientAliveInterval", "ClientAliveCountMax"})
"""What changes how soon a dead connection is noticed, and opens nothing."""

_OURS: Final = ("forcecommand", "authorizedkeyscommand")

_RIGHT: Final = N_("All {n} settings for the user {user} are as they have to be.")
_NOT_SET_UP: Final = N_("sshd was told nothing of Shopstaff for the user {user}: nobody comes in with a device key.")
_SET_UP: Final = N_("Put what “shopstaff ssh config” prints into /etc/ssh/sshd_config.d, and reload sshd. docs/ssh.md has the steps.")
_DIFFERS: Final = N_("{name} is “{is_now}”, and has to be “{wanted}”.")
_ALIKE: Final = N_(
    "Put what “shopstaff ssh config” prints in place of what is there, look for {name} in the rest of sshd's configuration, reload sshd."
)
_SHUT_OUT: Final = N_("{name} shuts the user {user} out.")
_LET_IN: Final = N_("Let the user {user} in by {name} in sshd's configuration, and reload sshd.")


def said(text: str) -> dict[str, list[str]]:
    """What `sshd -T` printed: the names small, as it prints them, each with every value that it has."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _space, value = line.strip().partition(" ")
        if name:
            found.setdefault(name.lower(), []).append(_plain(value))
    return found


def is_set_up(text: str) -> bool:
    """Whether sshd was told anything of ours: a command in place of a shell, or whom to ask for keys."""
    found = said(text)
    return any(found.get(name, ["none"]) != ["none"] for name in _OURS)


def judged(text: str, variants: Sequence[Settings], user: str, groups: Iterable[str], *, keys: bool) -> list[Finding]:
    """What is wrong with sshd's settings.

    Args:
        text: what `sshd -T` printed for `user`.
        variants: what it has to do; several, where an interpreter or a folder goes by several names. The one that fits best counts.
        groups: the user's.
        keys: somebody has a device key that is good, so that sshd is expected to ask for it.
    """
    found = said(text)
    if not is_set_up(text):
        return [(wrong if keys else look)(ABOUT, _NOT_SET_UP, _SET_UP, user=user)]
    faults = min((list(_differing(found, [*wanted, *ASSUMED])) for wanted in variants), key=len)
    faults += _shut_out(found, user, list(groups))
    return faults or [fine(ABOUT, _RIGHT, user=user, n=len(variants[0]) + len(ASSUMED))]


def _differing(found: Said, wanted: Settings) -> Iterator[Finding]:
    for name, value in wanted:
        is_now = found.get(name.lower(), [])
        if is_now == [_plain(value)]:
            continue
        fault = wrong(ABOUT, _DIFFERS, _ALIKE, name=name, is_now=", ".join(is_now) or "–", wanted=value)
        yield fault._replace(verdict=LOOK) if name in _PATIENCE else fault


def _shut_out(found: Said, user: str, groups: Sequence[str]) -> Iterator[Finding]:
    """Lists of users and groups, of which sshd goes through all four."""
    for name, ours, admits in (
        ("DenyUsers", [user], False),
        ("AllowUsers", [user], True),
        ("DenyGroups", groups, False),
        ("AllowGroups", groups, True),
    ):
        patterns = [pattern.partition("@")[0] for value in found.get(name.lower(), []) for pattern in value.split()]
        named = any(fnmatchcase(one, pattern) for one in ours for pattern in patterns)
        if patterns and named != admits:
            yield wrong(ABOUT, _SHUT_OUT, _LET_IN, name=name, user=user)


def _plain(value: str) -> str:
    return " ".join(value.split())
