"""A real sshd on 127.0.0.1, and the real ssh that comes to it."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.source import ROOT
from tests.terminal.processes import GONE, command_line, descendants, listening
from tests.terminal.terminal import PATIENCE, Terminal, terminal

HOST: Final = "127.0.0.1"

USER: Final = pwd.getpwuid(os.getuid()).pw_name
"""The user of the operating system who runs the tests: the interpreter may lie where nobody else can start it."""

SYSTEM: Final = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where sshd is, which is not on everybody's path."""

OPEN: Final = """
AcceptEnv *
AllowAgentForwarding yes
AllowStreamLocalForwarding yes
AllowTcpForwarding yes
GatewayPorts yes
PermitTTY yes
PermitTunnel yes
PermitUserRC yes
StreamLocalBindUnlink yes
Subsystem sftp internal-sftp
X11Forwarding yes
XAuthLocation /bin/true
"""
"""What an administrator of everything else may have allowed: none of it may count for the shop's user."""

LAX: Final = """
AuthorizedKeysFile {folder}/authorized_keys
PermitUserEnvironment yes
"""
"""The end of a configuration by which a key is a shell, files and tunnels: where whatever is tried has to be seen to work."""


def program(name: str) -> str:
    """The path of a program of the system. Skips the test where there is none."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:{SYSTEM}")
    if found is None:
        pytest.skip(f"no `{name}` on this machine")
    return found


def new_key(path: Path, *options: str) -> Path:
    """A new pair of keys, the public one in `.pub` beside it."""
    subprocess.run([program("ssh-keygen"), "-q", "-N", "", "-C", "", "-f", path, *(options or ("-t", "ed25519"))], check=True)
    return path


def fingerprint(key: Path) -> str:
    """The fingerprint of a key as `ssh-keygen` says it."""
    said = subprocess.run([program("ssh-keygen"), "-lf", f"{key}.pub"], check=True, capture_output=True, text=True)
    return said.stdout.split()[1]


def installed(folder: Path) -> Path:
    """An interpreter in `folder` that runs this work tree wherever it is started, as one does that Shopstaff was installed in."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "shopstaff.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return folder / "bin" / "python"


@cache
def version() -> tuple[int, ...]:
    """Of OpenSSH here, as (9, 2)."""
    said = subprocess.run([program("ssh"), "-V"], check=True, capture_output=True, text=True)
    found = re.match(r"OpenSSH_(\d+)\.(\d+)", said.stderr)
    assert found, said.stderr
    return tuple(map(int, found.groups()))


def hands_out_terminals() -> bool:
    """Whether an sshd of whoever runs this can: one that is not root's takes only what is the group's of terminals already, as usual."""
    ours, theirs = os.openpty()
    try:
        return os.getuid() == 0 or os.fstat(theirs).st_gid == grp.getgrnam("tty").gr_gid
    finally:
        os.close(ours)
        os.close(theirs)


def is_roots(path: Path) -> bool:
    """Whether sshd would run this program: it, and every folder above it, is root's and nobody else may write there."""
    real = path.resolve()
    return all(each.stat().st_uid == 0 and not each.stat().st_mode & 0o022 for each in (real, *real.parents))


def settings(python: Path, home: Path) -> str:
    """What `shopstaff ssh config` prints for the shop in `home`."""
    said = subprocess.run([python, "-I", "-m", "tui", "--home", home, "ssh", "config"], check=True, capture_output=True, text=True)
    return said.stdout


def runs_it(python: Path) -> str:
    """Lets sshd run an interpreter of somebody's own, as those of CI are, by a program of root's. First come, first served: it precedes."""
    if is_roots(python):
        return ""
    return (
        f"Match User {USER}\n    AuthorizedKeysCommand /usr/bin/env {python} -I -X utf8 -m tui --home {{home}} ssh keys %u %f\nMatch all\n"
    )


class Sshd:
    """An sshd of our own, which ends with whoever started it, however that ends.

    Args:
        end: the end of its configuration.
    """

    def __init__(self, end: str) -> None:
        if not hands_out_terminals():
            pytest.skip("the devpts of this machine is mounted without `gid=5`")
        self._short = tempfile.TemporaryDirectory(prefix="sshd-")  # a socket's path has 107 characters at most
        self.folder = Path(self._short.name)
        self.log = self.folder / "log"
        self._host = new_key(self.folder / "host")
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # the system's own is made by its service
        self._end = end.replace("{folder}", str(self.folder))
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start it on a port that is free, even if somebody else takes it this very moment."""
        end = time.monotonic() + PATIENCE
        while True:
            with socket.create_server((HOST, 0)) as free:
                self.port = int(free.getsockname()[1])
            configuration = self.folder / "sshd_config"
            configuration.write_text(self._configured(), encoding="utf-8")
            command = [program("setpriv"), "--pdeathsig", "KILL", program("sshd"), "-D", "-e", "-f", str(configuration)]
            with self.log.open("ab") as log:
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            while process.poll() is None:
                if self._answers():
                    return process
                time.sleep(0.02)
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")

    def _configured(self) -> str:
        own = [
            f"ListenAddress {HOST}",
            f"Port {self.port}",
            f"HostKey {self._host}",
            f"PidFile {self.folder}/pid",
            "LogLevel VERBOSE",
            "MaxStartups 50",
            "PermitRootLogin yes",
            "StrictModes no",  # of what is in temporary folders; the shop's keys are in no file of anybody's
            "UsePAM no",
        ]
        if version() >= (9, 8):
            own.append("PerSourcePenalties no")  # every refusal here is one address's, and on purpose
        return "\n".join(own) + OPEN + self._end

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 5) as there:
                return there.recv(4) == b"SSH-"
        except OSError:
            return False

    def close(self) -> None:
        """End it, and whatever it has started."""
        left = self.processes()
        self._process.kill()
        self._process.wait()
        for pid in left:
            with suppress(*GONE):
                os.kill(pid, 9)
        self._short.cleanup()

    # ---- coming to it

    def options(self, key: Path, *, port: int = 0) -> list[str]:
        """For ssh, scp and sftp: nothing of the machine's or of the person's who runs the tests, and that key alone.

        Args:
            port: of something in between; 0 for its own.
        """
        known, port = self.folder / "known", port or self.port
        known.write_text(f"[{HOST}]:{port} {Path(f'{self._host}.pub').read_text(encoding='ascii')}", encoding="ascii")
        told = {
            "BatchMode": "yes",
            "IdentitiesOnly": "yes",
            "IdentityFile": key,
            "LogLevel": "ERROR",
            "Port": port,
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": known,
        }
        return ["-F", "none", *(word for name, value in told.items() for word in ("-o", f"{name}={value}"))]

    @property
    def at(self) -> str:
        """Whom and where to connect to."""
        return f"{USER}@{HOST}"

    @contextmanager
    def terminal(
        self,
        key: Path,
        *words: str,
        options: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        size: tuple[int, int] = (80, 24),
    ) -> Iterator[Terminal]:
        """A terminal with ssh in it.

        Args:
            words: the command that is asked for.
            options: for ssh.
        """
        command = [program("ssh"), *self.options(key), "-tt", *options, self.at, *words]
        with terminal(command=command, environment=environment, size=size) as opened:
            yield opened

    def run(
        self, key: Path, *words: str, options: Sequence[str] = (), said: str = "", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run ssh without a terminal.

        Args:
            words: the command that is asked for.
            options: for ssh.
            said: what is written to it.
        """
        command = [program("ssh"), *self.options(key), *options, self.at, *words]
        around = os.environ | (environment or {})
        return subprocess.run(command, input=said, capture_output=True, text=True, check=False, timeout=2 * PATIENCE, env=around)

    # ---- what it does

    def said(self) -> str:
        """What it has noted so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def processes(self) -> list[int]:
        """Everything that it has started and that runs."""
        return descendants(self._process.pid)

    def programs(self) -> list[int]:
        """The processes in which the screens run."""
        return [pid for pid in self.others() if command_line(pid).split(b"\0")[4:6] == [b"-m", b"tui"]]

    def others(self) -> list[int]:
        """Whatever runs for somebody who came, and is not sshd itself."""
        return [pid for pid in self.processes() if b"sshd" not in command_line(pid).split(b"\0")[0]]

    def listening(self) -> set[str]:
        """Everything that it listens on for somebody who came: `127.0.0.1:6010`, paths of sockets."""
        return listening(self.processes())
