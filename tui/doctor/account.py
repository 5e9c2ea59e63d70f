"""Whether the operating system lets anybody in as the shop's user at all: its shell, its password, its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from models.i18n import N_
from tui.doctor.finding import Finding, fine, look, wrong

ABOUT: Final = N_("User {user}")

_REFUSING: Final = frozenset({"nologin", "false", "true", "sync", "git-shell"})
_UNLIKE: Final = frozenset({"csh", "tcsh", "fish", "nu", "elvish", "xonsh", "pwsh", "rc", "es"})
"""Shells that do not read what sshd hands them as the Bourne shell does."""

_RIGHT: Final = N_("Its login shell {shell} runs the screens.")
_NO_SHELL: Final = N_("Its login shell {shell} runs nothing, and sshd starts the screens through it.")
_OTHER_SHELL: Final = N_("Its login shell {shell} does not read what sshd hands it.")
_SHELL_TODO: Final = N_("usermod -s /bin/sh {user}")
_LOCKED: Final = N_("Its account is locked, and without UsePAM sshd lets nobody into such a one.")
_LOCKED_TODO: Final = N_("usermod -p '*' {user}: no password opens it, and keys do.")
_EXPIRED: Final = N_("Its account has ended.")
_EXPIRED_TODO: Final = N_("chage -E -1 {user}")
_EMPTY: Final = N_("Its password is empty: anybody at the machine becomes that user.")
_PASSWORD: Final = N_("It has a password, by which one comes to a shell at the machine.")


class Shadow(NamedTuple):
    """What /etc/shadow says of somebody, without what a password could be guessed from.

    Attributes:
        locked: no password opens it, marked by "!" as `passwd -l` does.
        empty: it takes no password.
        password: there is one.
        ended: the day on which the account ends has come.
    """

    locked: bool = False
    empty: bool = False
    password: bool = False
    ended: bool = False


class Account(NamedTuple):
    """A user of the operating system.

    Attributes:
        runs: there is such a file, and it can be run.
        shadow: None where it takes root to know.
    """

    user: str
    shell: str
    runs: bool
    shadow: Shadow | None = None


def judged(account: Account, *, pam: bool) -> list[Finding]:
    """What is wrong with the account.

    Args:
        pam: sshd asks PAM, for which a locked password is no locked account.
    """
    return list(_faults(account, pam=pam)) or [fine(ABOUT, _RIGHT, user=account.user, shell=account.shell)]


def _faults(account: Account, *, pam: bool) -> Iterator[Finding]:
    facts = {"user": account.user, "shell": account.shell}
    name = account.shell.rpartition("/")[2]
    if name in _REFUSING or not account.runs:
        yield wrong(ABOUT, _NO_SHELL, _SHELL_TODO, **facts)
    elif name in _UNLIKE:
        yield wrong(ABOUT, _OTHER_SHELL, _SHELL_TODO, **facts)
    shadow = account.shadow or Shadow()
    if shadow.locked and not pam:
        yield wrong(ABOUT, _LOCKED, _LOCKED_TODO, **facts)
    if shadow.ended:
        yield wrong(ABOUT, _EXPIRED, _EXPIRED_TODO, **facts)
    if shadow.empty:
        yield wrong(ABOUT, _EMPTY, _LOCKED_TODO, **facts)
    elif shadow.password:
        yield look(ABOUT, _PASSWORD, _LOCKED_TODO, **facts)


def shadow_in(text: str, user: str, today: int) -> Shadow | None:
    """What the text of /etc/shadow says of `user`; None where it does not name them.

    Args:
        today: days since 1970, as shadow(5) counts them.
    """
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] == user and len(fields) >= 8:
            word, end = fields[1], fields[7]
            return Shadow(
                locked=word.startswith("!"),
                empty=word == "",
                password=not word.startswith("!") and len(word) >= 13,  # crypt(5): the oldest form has 13 characters
                ended=end.isdigit() and int(end) <= today,
            )
    return None
