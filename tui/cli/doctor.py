"""`shopstaff doctor`: whether the machine, its sshd and the data folder are as they have to be, and what to do where they are not."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from models import clock
from models.errors import DataUnusable, KeyExposed, KeyMissing, KeyWrong, ShopMissing
from models.i18n import N_, _
from models.queries import chain, damage, devices, moments
from tui import forced
from tui.cli import output
from tui.cli.console import Console
from tui.cli.faults import UNUSABLE
from tui.cli.ssh import GLOBAL, settings
from tui.doctor import account, backup, places, sight, sshd
from tui.doctor.finding import FINE, LOOK, WRONG, Finding, fine, look, softened, wrong

OLDEST: Final = (3, 11)
LITTLE: Final = 64 * 1024 * 1024
"""Bytes: below so much free space, writing may fail any day."""

SLOW: Final = 3.0
"""Seconds for an answer to sshd, after which somebody who connects begins to wonder."""

_MARKS: Final = {FINE: "✓", LOOK: "▲", WRONG: "✗"}
_COLUMNS: Final = ("verdict", "about", "found", "todo")
_AT_TERMINAL: Final = ("verdict", "about", "found")

_PYTHON, _COMPILED, _ROOM = N_("Python"), N_("Compiled modules"), N_("Free space")
_DATA, _KEY, _LOG, _CLOCK, _ANSWER = N_("Data"), N_("Key file"), N_("Log"), N_("Clock"), N_("Answer to sshd")
_PYTHON_SAID: Final = N_("{version}")
_PYTHON_OLD: Final = N_("{version}, and Shopstaff takes {oldest} or newer.")
_PYTHON_TODO: Final = N_("Install Shopstaff anew with a newer Python.")
_COMPILED_RIGHT: Final = N_("All {n} are compiled.")
_COMPILED_WRONG: Final = N_("{missing} of {n} are compiled anew at every start, which takes up to four times as long.")
_COMPILED_TODO: Final = N_("As whoever installed it: {python} -m compileall -q {path}")
_ROOM_SAID: Final = N_("{mib} MiB")
_ROOM_TODO: Final = N_("Make room where {home} lies: on a full disk nothing can be changed any more.")
_DATA_RIGHT: Final = N_("Opens, and the tables are this version's.")
_DATA_TODO: Final = N_("Nothing else works before this does. docs/security.md and docs/ssh.md say more.")
_KEY_RIGHT: Final = N_("There, closed to others, and this shop's.")
_LOG_RIGHT: Final = N_("{n} entries; its end is as it was written. Its code now: {code}")
_LOG_DAMAGED: Final = N_("Damaged, so nothing can be changed: {damage}")
_LOG_TODO: Final = N_("Find out who could have done it: “shopstaff audit verify” reads it all; “shopstaff audit accept” goes on with it.")
_LOG_ACCEPTED: Final = N_("Damaged in {n} places, which {by} accepted.")
_LOG_LOOK: Final = N_("“shopstaff audit verify” names them.")
_CLOCK_RIGHT: Final = N_("Not behind what was seen.")
_CLOCK_BEHIND: Final = N_("Behind the latest time seen, {latest}: phone codes are refused.")
_CLOCK_TODO: Final = N_("Set the machine's clock; if it is right, “shopstaff doctor --clock” accepts it.")
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
    data, keys, usable = _opened(console)
    told = _Told(home, _user(home), root, keys)
    findings = [*_machine(), *_folder(told), *data, *_ssh(told)]
    _print(findings, as_json=console.asked.json)
    if not usable:
        return UNUSABLE
    return int(any(each.verdict == WRONG for each in findings))


def _print(findings: Iterable[Finding], *, as_json: bool) -> None:
    table = output.form_for(as_json=as_json) == output.TABLE
    output.print_rows([_row(each, table=table) for each in findings], _AT_TERMINAL if table else _COLUMNS, as_json=as_json)


def _row(finding: Finding, *, table: bool) -> dict[str, str]:
    facts = getattr(finding.found, "facts", {})
    found, todo = str(finding.found), str(finding.todo or "")
    if table and todo:
        found = f"{found} → {todo}"
    verdict = _mark(finding.verdict) if table else finding.verdict
    return {"verdict": verdict, "about": _(finding.about).format(**facts), "found": found, "todo": todo}


def _mark(verdict: str) -> str:
    """The mark of a verdict, or its name at a terminal that has no such characters."""
    try:
        _MARKS[verdict].encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return verdict
    return _MARKS[verdict]


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
        room = sight.free(home)
    except OSError:  # there is none, or it is closed to whoever asks: opening it tells
        return
    yield places.way_to_data(above, told.home, home.stat().st_uid)
    yield from places.data_files(found, f"{home}/inbox", told.user)
    mib = room // (1024 * 1024)
    yield fine(_ROOM, _ROOM_SAID, mib=mib) if room >= LITTLE else look(_ROOM, _ROOM_SAID, _ROOM_TODO, mib=mib, home=told.home)


def _opened(console: Console) -> tuple[list[Finding], int, bool]:
    """What opening the data tells, how many device keys are good, and whether it can be used."""
    try:
        with console.shop() as actor:
            now = clock.now()
            behind = moments.is_behind(now)
            latest = clock.rfc3339(moments.latest())
            log = _log()
            kept = list(backup.judged(actor))
            keys = sum(not key.has_ended(now) for _login, key in devices.everybodys(actor))
    except (KeyMissing, KeyExposed, KeyWrong) as error:
        return [fine(_DATA, _DATA_RIGHT), Finding(WRONG, _KEY, error)], 0, False
    except ShopMissing as error:
        return [Finding(WRONG, _DATA, error)], 0, False
    except DataUnusable as error:
        return [wrong(_DATA, _DATA_RIGHT, _DATA_TODO)._replace(found=error)], 0, False
    time = look(_CLOCK, _CLOCK_BEHIND, _CLOCK_TODO, latest=latest) if behind else fine(_CLOCK, _CLOCK_RIGHT)
    return [fine(_DATA, _DATA_RIGHT), fine(_KEY, _KEY_RIGHT), log, time, *kept], keys, True


def _log() -> Finding:
    """What is known of the log; finding out takes longer than anybody waits for this."""
    known, head = damage.known(), chain.head()
    if known.found or head is None:
        return wrong(_LOG, _LOG_DAMAGED, _LOG_TODO, damage="; ".join(map(str, known.found)) or "–")
    if known.accepted:
        return look(_LOG, _LOG_ACCEPTED, _LOG_LOOK, n=len(known.accepted), by=known.accepted[-1].by)
    return fine(_LOG, _LOG_RIGHT, n=head.number, code=head.code)


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
