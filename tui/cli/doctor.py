"""`shopstaff doctor`: whether the machine, its sshd and the data folder are as they have to be, and what to do where they are not."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from models.i18n import N_, _
from tui import forced
from tui.cli import output
from tui.cli.console import Console
from tui.cli.faults import UNUSABLE
from tui.cli.ssh import GLOBAL, settings
from tui.doctor import account, places, sight, sshd
from tui.doctor.data import opened
from tui.doctor.finding import WRONG, Finding, fine, look, softened, wrong
from tui.doctor.room import DATABASE, MIB, judged as judged_room

OLDEST: Final = (3, 11)
LONG: Final = 16
"""MiB of data from which on one is told that looking through them takes a while."""

SLOW: Final = 3.0
"""Seconds for an answer to sshd, after which somebody who connects begins to wonder."""

_COLUMNS: Final = ("verdict", "about", "found", "todo")
_AT_TERMINAL: Final = ("verdict", "about", "found")

_PYTHON, _COMPILED, _ANSWER = N_("Python"), N_("Compiled modules"), N_("Answer to sshd")
_PYTHON_SAID: Final = N_("{version}")
_PYTHON_OLD: Final = N_("{version}, and Shopstaff takes {oldest} or newer.")
_PYTHON_TODO: Final = N_("Install Shopstaff anew with a newer Python.")
_COMPILED_RIGHT: Final = N_("All {n} are compiled.")
_COMPILED_WRONG: Final = N_("{missing} of {n} are compiled anew at every start, which takes up to four times as long.")
_COMPILED_TODO: Final = N_("As whoever installed it: {python} -m compileall -q {path}")
_BUSY: Final = N_("Looking through {mib} MiB of data …")
_NO_SSHD: Final = N_("Not set up: sshd is not installed, so that the shop opens at this machine alone.")
_NO_SSHD_TODO: Final = N_("docs/ssh.md has the steps, should anybody want to come in from elsewhere.")
_TAKES_ROOT: Final = N_("What sshd does for the user {user} takes root to know.")
_TAKES_ROOT_TODO: Final = N_("sudo {program} --home {home} doctor")
_UNREADABLE: Final = N_("sshd does not say what it does: {trouble}")
_UNREADABLE_TODO: Final = N_("Correct its configuration; “sshd -t” says where.")
_STALE: Final = N_("sshd runs with settings older than those on the disk.")
_STALE_TODO: Final = N_("systemctl reload ssh")
_NOT_PLAIN: Final = N_("sshd cannot be told of {path}, which has spaces, quotes or the like in it.")
_NOT_PLAIN_TODO: Final = N_("Move it.")
_ANSWERS: Final = N_("Asked as sshd asks, it answers in {seconds} seconds.")
_SLOW_TODO: Final = N_("Everybody who connects waits for it. Compiled modules and a quicker disk help.")
_NO_ANSWER: Final = N_("Asked as sshd asks, it does not answer: {said}")
_NO_ANSWER_TODO: Final = N_("Install it as docs/ssh.md says: “{python} -I -m tui --version” has to work in any folder.")


class _Told(NamedTuple):
    """What everything else is judged by.

    Attributes:
        user: the owner of the data folder, by name; "" where there is no such folder or no such user.
        keys: how many device keys are good now.
    """

    home: str
    user: str
    root: sight.Root | None
    keys: int


def examine(console: Console, root: sight.Root | None) -> int:
    """Print what is found, a line each.

    Args:
        root: what root was told before it became the owner of the data folder; None for whoever is not root.

    Returns:
        0 where nothing is wrong, 1 where something is, 3 where the data cannot be used.
    """
    home = str(console.home.absolute())
    with busy(console.home):
        data = opened(console.home, console.shop)
    told = _Told(home, _user(home), root, data.keys)
    findings = [*_machine(), *_folder(told), *data.findings, *_ssh(told)]
    _print(findings, as_json=console.asked.json)
    if not data.usable:
        return UNUSABLE
    return int(any(each.verdict == WRONG for each in findings))


@contextmanager
def busy(home: Path) -> Iterator[None]:
    """Say on a terminal that somebody has to wait, where the data is so long that they do; taken away at the end."""
    file = home / DATABASE
    mib = file.stat().st_size // MIB if file.is_file() else 0
    is_long = mib >= LONG and sys.stderr.isatty()
    if is_long:
        print(_(_BUSY).format(mib=mib), end="\r", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if is_long:
            print("\x1b[K", end="", file=sys.stderr, flush=True)


def _print(findings: Iterable[Finding], *, as_json: bool) -> None:
    table = output.form_for(as_json=as_json) == output.TABLE
    output.print_rows([_row(each, table=table) for each in findings], _AT_TERMINAL if table else _COLUMNS, as_json=as_json)


def _row(finding: Finding, *, table: bool) -> dict[str, str]:
    facts = getattr(finding.found, "facts", {})
    found, todo = str(finding.found), str(finding.todo or "")
    if table and todo:
        found = f"{found} → {todo}"
    return {"verdict": finding.verdict, "about": _(finding.about).format(**facts), "found": found, "todo": todo}


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST:
        yield fine(_PYTHON, _PYTHON_SAID, version=version)
    else:
        yield wrong(_PYTHON, _PYTHON_OLD, _PYTHON_TODO, version=version, oldest=".".join(map(str, OLDEST)))
    missing, n = sight.uncompiled()
    path = sight.installation()
    if missing:
        yield look(_COMPILED, _COMPILED_WRONG, _COMPILED_TODO, missing=missing, n=n, python=sys.executable, path=path)
    else:
        yield fine(_COMPILED, _COMPILED_RIGHT, n=n)


def _user(home: str) -> str:
    try:
        return pwd.getpwuid(Path(home).stat().st_uid).pw_name
    except (OSError, KeyError):
        return ""


def _folder(told: _Told) -> Iterator[Finding]:
    """Modes, owners and room of the data folder, where there is one."""
    home = Path(told.home)
    try:
        found = list(sight.below(home))
        above = sight.way(home.absolute().parent) + sight.way(home.resolve().parent)
        room = list(judged_room(home, told.user))
    except OSError:  # there is none, or it is closed to whoever asks: opening it tells
        return
    yield places.way_to_data(above, told.home, home.stat().st_uid)
    yield from places.data_files(found, f"{home}/inbox", told.user)
    yield from room


def _ssh(told: _Told) -> list[Finding]:
    """What matters to whoever comes from elsewhere; nothing of it is wrong where nobody can or wants to."""
    if sight.sshd_program() is None:
        return [look(sshd.ABOUT, _NO_SSHD, _NO_SSHD_TODO)]
    if not told.user:
        return []
    around = [*_program(told), *_account(told)]
    if told.root is None or told.root.sshd is None:
        return [*around, look(sshd.ABOUT, _TAKES_ROOT, _TAKES_ROOT_TODO, user=told.user, program=_shopstaff(), home=told.home)]
    said = told.root.sshd
    if said.trouble:
        return [*around, wrong(sshd.ABOUT, _UNREADABLE, _UNREADABLE_TODO, trouble=said.trouble)]
    found = _settings(said.text, told)
    return [*(around if told.keys or sshd.is_set_up(said.text) else softened(around)), *found]


def _settings(text: str, told: _Told) -> list[Finding]:
    homes = dict.fromkeys((told.home, os.path.realpath(told.home)))
    variants = [[*GLOBAL, *settings(home, python, told.user)] for home in homes for python in sight.names_of(sys.executable)]
    found = sshd.judged(text, variants, told.user, sight.groups(told.user), keys=bool(told.keys))
    (pid_file,) = sshd.said(text).get("pidfile", ["none"])[:1]
    return [*found, look(sshd.ABOUT, _STALE, _STALE_TODO)] if sight.is_stale(pid_file) else found


def _program(told: _Told) -> Iterator[Finding]:
    """Whether sshd would start this installation, and get an answer."""
    plain = True
    for path in (told.home, sys.executable):
        if not forced.is_plain(path):
            plain = False
            yield wrong(sshd.ABOUT, _NOT_PLAIN, _NOT_PLAIN_TODO, path=path)
    yield places.program(sight.way(Path(sys.executable)), sys.executable)
    yield places.installed(sight.installed(), str(sight.installation()))
    if not plain:
        return
    right, seconds, said = sight.answers(told.home, told.user)
    if not right:
        yield wrong(_ANSWER, _NO_ANSWER, _NO_ANSWER_TODO, said=said or "–", python=sys.executable)
    elif seconds > SLOW:
        yield look(_ANSWER, _ANSWERS, _SLOW_TODO, seconds=f"{seconds:.2f}")
    else:
        yield fine(_ANSWER, _ANSWERS, seconds=f"{seconds:.2f}")


def _account(told: _Told) -> list[Finding]:
    root = told.root
    pam = root is None or root.sshd is None or sshd.said(root.sshd.text).get("usepam", ["no"]) == ["yes"]
    return account.judged(sight.account(told.user, root.shadow if root else None), pam=pam)


def _shopstaff() -> str:
    """How this program is called by its full path: sudo has a `PATH` of its own."""
    return str(Path(sys.executable).parent / "shopstaff")
