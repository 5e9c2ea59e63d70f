"""A shop that people come to over SSH: one sshd and one data folder for as many tests as there are, each with people of its own."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from models import clock, shop
from models.catalogue import ACTIVE
from models.operations import codes, devices
from models.operations.onboarding import Newcomer, onboard
from models.operations.staff import Profile
from tests.factories import CONSOLE, DAY, OPERATIONS, PASSWORD, Founded
from tests.terminal.processes import environment_of, ports_of, until
from tests.terminal.sshd import USER, Sshd, fingerprint, installed, new_key, program, runs_it, settings
from tests.terminal.terminal import Terminal

NO_TERMINAL: Final = "The screens need a terminal"
"""What is said to somebody who was let in, and asked for something else than the screens."""

DENIED: Final = "Permission denied (publickey)"
"""What ssh says when sshd let nobody in."""

NO_SCREENS: Final = "\x1b[?1049l"
"""What a full screen ends with."""

MADE_UP: Final = "DELETE FROM session WHERE seen_at > ?"
"""The sessions of nobody, by which factories act: they would take the place of those that are looked at."""


class SshShop:
    """A shop behind an sshd whose configuration ends in what `shopstaff ssh config` prints.

    Args:
        template: a shop to copy.
        folder: for the shop, the interpreter it runs in, and everybody's keys.
    """

    def __init__(self, template: Path, folder: Path) -> None:
        self.home = folder / "home"
        self.python = installed(folder / "installed")
        self._keys = folder / "keys"
        self._keys.mkdir()
        shutil.copytree(template, self.home)
        self.home.chmod(0o700)
        self.write("UPDATE policy SET totp = 'nobody', sessions_each = 5")
        self.sshd = Sshd(runs_it(self.python).format(home=self.home) + settings(self.python, self.home))

    def close(self) -> None:
        """Nobody comes any more."""
        self.sshd.close()

    # ---- people and their keys

    @contextmanager
    def office(self) -> Iterator[Founded]:
        """The shop, open in this process, which is another than those that sshd starts."""
        shop.open(self.home)
        try:
            yield Founded(self.home, CONSOLE)
        finally:
            shop.close()
            self.write(MADE_UP, clock.now() + DAY)

    def key(self, name: str, *options: str) -> Path:
        """The private key of that name, made when it is first asked for."""
        path = self._keys / name
        return path if path.exists() else new_key(path, *options)

    def person(self, login: str, *, gave: Sequence[str] = (), status: str = ACTIVE, key: Path | None = None) -> Path:
        """Onboard somebody with a device key; answers the private one."""
        key = key or self.key(login)
        with self.office() as found:
            if status == ACTIVE:
                found.person(login, gave=gave)
            else:
                onboard(CONSOLE, Newcomer(login, Profile(login.capitalize()), OPERATIONS))
            devices.add(CONSOLE, found.id_of(login), _public(key), name=f"{login}-1")
        return key

    def enrol(self, login: str, key: Path) -> None:
        """Enrol one more key of somebody."""
        with self.office() as found:
            devices.add(CONSOLE, found.id_of(login), _public(key), name=key.name)

    def revoke(self, key: Path) -> None:
        """Revoke a key."""
        with self.office():
            ((identity,),) = self.read("SELECT id FROM device WHERE fingerprint = ?", fingerprint(key))
            devices.revoke(CONSOLE, identity)

    def expire(self, key: Path) -> None:
        """The end date of a key passes."""
        self.write("UPDATE device SET expires_at = ? WHERE fingerprint = ?", clock.now() - 1, fingerprint(key))

    def act(self, operation: Callable[..., object], login: str) -> None:
        """Do something to somebody that takes no more than who it is."""
        with self.office() as found:
            operation(CONSOLE, found.id_of(login))

    def code(self, login: str) -> str:
        """A new activation code of somebody invited."""
        with self.office() as found:
            return codes.renew(CONSOLE, found.id_of(login)).code

    # ---- the data, as any program on the machine could read it

    def read(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """Rows."""
        with closing(sqlite3.connect(self.home / "shop.db")) as opened:
            return opened.execute(query, given).fetchall()

    def write(self, statement: str, *given: object) -> None:
        """What no operation does: time passes, a clock is set."""
        with closing(sqlite3.connect(self.home / "shop.db")) as opened, opened:
            opened.execute(statement, given)

    def sessions(self, login: str) -> list[tuple[str, str, str, str | None]]:
        """Device, address, terminal and how it ended, of each session of somebody, the oldest first."""
        whose = "FROM session s JOIN staff w ON w.id = s.staff_id WHERE w.login = ? ORDER BY s.id"
        return self.read(f'SELECT s.device, s.address, s.terminal, s."end" {whose}', login)

    def head(self) -> int:
        """The number of the latest entry of the log."""
        return int(self.read("SELECT max(seq) FROM audit_entry")[0][0])

    # ---- coming

    def answer(self, key: Path) -> str:
        """What sshd is told of a key."""
        command = [str(self.python), "-I", "-m", "tui", "--home", str(self.home), "ssh", "keys", USER, fingerprint(key)]
        said = subprocess.run(command, check=True, capture_output=True, text=True)
        return said.stdout

    @contextmanager
    def kept(self, key: Path) -> Iterator[tuple[str, ...]]:
        """A connection that asks for nothing and stays; yields the options by which ssh uses it, and no other."""
        path = self.sshd.folder / f"kept-{key.name}"
        command = [program("ssh"), *self.sshd.options(key), "-N", "-M", "-S", str(path), self.sshd.at]
        master = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            until(path.exists, "a connection")
            yield ("-S", str(path), "-o", "ProxyCommand=false")
        finally:
            master.kill()
            master.wait()
            path.unlink(missing_ok=True)

    def knock(self, key: Path, *options: str) -> str:
        """Come with a key and without a terminal: what is said, on whichever side."""
        came: subprocess.CompletedProcess[str] = self.sshd.run(key, options=options)
        assert came.stdout == ""
        return came.stderr

    @contextmanager
    def signed_in(self, login: str, key: Path, **how: Any) -> Iterator[Terminal]:
        """A terminal in which somebody has signed in."""
        with self.sshd.terminal(key, **how) as opened:
            opened.shows("Password")
            assert login in opened.text
            opened.settle()
            opened.type(f"{PASSWORD}\r")
            opened.shows("1 Home")
            opened.settle()
            yield opened

    def left(self, opened: Terminal) -> str:
        """What stands on a terminal when the program has gone from it by itself."""
        opened.ended()
        _screens, left, after = opened.raw.decode().rpartition(NO_SCREENS)
        assert left
        return after

    def program_of(self, opened: Terminal) -> int:
        """The process of the screens behind a terminal, by the port that the client came from."""
        ports = ports_of(opened.child.pid)
        (pid,) = [pid for pid in self.sshd.programs() if environment_of(pid)[b"SSH_CONNECTION"].split()[1].decode() in ports]
        return pid

    def is_empty(self) -> None:
        """Wait until everybody has gone."""
        until(lambda: not self.sshd.processes(), "everybody to be gone")


def _public(key: Path) -> str:
    return Path(f"{key}.pub").read_text(encoding="ascii")
