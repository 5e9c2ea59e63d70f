"""What somebody with a key could try to get more than the screens, each told by what comes of it: a file, a connection, an output.

An attempt takes an sshd and a key, and answers whether anything came through. Of an sshd that allows it, each says yes: see test_p15.py.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from tests.terminal.processes import command_line, has_open, until
from tests.terminal.sshd import HOST, Sshd, program
from tests.terminal.terminal import PATIENCE, Terminal

SECRET: Final = "what nobody is to carry off\n"
REACHED: Final = b"reached"
"""What is said to whoever comes through to where nobody is to come."""

A_MOMENT: Final = 0.3
"""Seconds, in which a command that was started leaves its mark many times over."""

TUN: Final = "/dev/net/tun"
TUNSETIFF, IFF_TUN = 0x400454CA, 0x1001
"""Of linux/if_tun.h: make this the other end of a network, of IP packets without a header."""


class Trying(NamedTuple):
    """Somebody who tries.

    Attributes:
        folder: theirs, for what they carry off, and to leave something behind.
    """

    sshd: Sshd
    key: Path
    folder: Path

    def path(self, name: str) -> Path:
        """A file in the folder."""
        return self.folder / name

    def transfer(self, *words: str, said: str = "") -> bool:
        """Run a program that carries files both ways: whether either came over."""
        source, fetched, left = self.path("secret"), self.path("fetched"), self.path("left")
        source.write_text(SECRET, encoding="ascii")
        for from_, to in ((f"{self.sshd.at}:{source}", str(fetched)), (str(source), f"{self.sshd.at}:{left}")):
            command = [word.replace("FROM", from_).replace("TO", to) for word in words]
            subprocess.run(command, input=said, capture_output=True, text=True, check=False, timeout=2 * PATIENCE)
        return fetched.exists() or left.exists()

    @property
    def is_marked(self) -> bool:
        """Whether something ran that was to leave a mark, or is about to: it is given a moment."""
        end = time.monotonic() + A_MOMENT
        while not self.path("marker").exists() and time.monotonic() < end:
            time.sleep(0.05)
        return self.path("marker").exists()

    def begun(self, opened: Terminal) -> None:
        """Wait until a session has begun: the screens are there, or what else was asked for runs."""
        words = [b"sleep", b"30", b""]
        opened.until(
            lambda: "Password" in opened.text or any(command_line(pid).split(b"\0") == words for pid in self.sshd.others()), "a session"
        )

    @contextmanager
    def connected(self, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """An ssh that asks for no session, only for what `options` say."""
        command = [program("ssh"), *self.sshd.options(self.key), "-N", *options, self.sshd.at]
        client = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield client
        finally:
            client.kill()
            client.wait()


@contextmanager
def witness(path: Path | None = None) -> Iterator[str]:
    """Something on this machine that says `REACHED` to whoever connects; yields where, as ssh wants it.

    Args:
        path: of its socket; None for a port of 127.0.0.1.
    """
    if path is None:
        listener = socket.create_server((HOST, 0))
        where = f"{HOST}:{listener.getsockname()[1]}"
    else:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        where = str(path)

    def answer() -> None:
        with suppress(OSError):
            while True:
                there, _address = listener.accept()
                with there:
                    there.sendall(REACHED)

    answering = threading.Thread(target=answer, daemon=True)
    answering.start()
    try:
        yield where
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        answering.join(PATIENCE)


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


def heard(port: int, *said: bytes) -> bytes:
    """What is said by whatever listens on a port as soon as it does, after `said`, an answer to each but the last waited for."""
    connection = _connected(port)
    with connection, suppress(ConnectionError):
        for each in said:
            connection.sendall(each)
            if each is not said[-1]:
                connection.recv(64)
        parts = []
        while part := connection.recv(64):
            parts.append(part)
        return b"".join(parts)
    return b""


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection((HOST, port), PATIENCE)
        except ConnectionRefusedError:
            assert time.monotonic() < end, "the client listens"
            time.sleep(0.02)


# ---- files


def sftp(trying: Trying) -> bool:
    """`sftp`, which asks for a subsystem."""
    source, fetched, left = (trying.path(name) for name in ("secret", "fetched", "left"))
    said = f"get {source} {fetched}\nput {source} {left}\n"
    return trying.transfer(program("sftp"), *trying.sshd.options(trying.key), "-b", "-", trying.sshd.at, said=said)


def scp(trying: Trying) -> bool:
    """`scp` as it is now, over SFTP."""
    return trying.transfer(program("scp"), "-s", *trying.sshd.options(trying.key), "FROM", "TO")


def old_scp(trying: Trying) -> bool:
    """`scp` as it was, by a command on the other side."""
    return trying.transfer(program("scp"), "-O", *trying.sshd.options(trying.key), "FROM", "TO")


def rsync(trying: Trying) -> bool:
    """`rsync`, by a command on the other side."""
    shell = " ".join([program("ssh"), *trying.sshd.options(trying.key)])
    return trying.transfer(program("rsync"), "-e", shell, "FROM", "TO")


# ---- ports and sockets


def local_port(trying: Trying) -> bool:
    """`-L`: a port here that leads there."""
    port = free_port()
    with witness() as there, trying.connected("-L", f"{HOST}:{port}:{there}"):
        return heard(port) == REACHED


def local_to_socket(trying: Trying) -> bool:
    """`-L`: a port here that leads to a socket there."""
    port = free_port()
    with witness(trying.path("there.sock")) as there, trying.connected("-L", f"{HOST}:{port}:{there}"):
        return heard(port) == REACHED


def dynamic(trying: Trying) -> bool:
    """`-D`: a port here that leads anywhere (SOCKS 5, RFC 1928)."""
    port = free_port()
    with witness() as there, trying.connected("-D", f"{HOST}:{port}"):
        target = bytes([5, 1, 0, 1]) + socket.inet_aton(HOST) + int(there.rpartition(":")[2]).to_bytes(2, "big")
        return heard(port, bytes([5, 1, 0]), target).endswith(REACHED)


def through(trying: Trying) -> bool:
    """`-W`: standard input and output lead there."""
    with witness() as there:
        return trying.sshd.run(trying.key, options=("-W", there)).stdout == REACHED.decode()


def remote_port(trying: Trying) -> bool:
    """`-R`: a port there that leads here."""
    with witness() as here:
        return _listens(trying, "-R", f"0:{here}")


def remote_socks(trying: Trying) -> bool:
    """`-R` alone: a port there that leads anywhere from here."""
    return _listens(trying, "-R", "0")


def remote_socket(trying: Trying) -> bool:
    """`-R`: a socket there that leads here."""
    with witness() as here:
        return _listens(trying, "-R", f"{trying.path('far.sock')}:{here}") or trying.path("far.sock").exists()


def _listens(trying: Trying, *options: str) -> bool:
    """Whether sshd comes to listen on anything, by the time at which ssh either stays or gives up."""
    with trying.connected("-o", "ExitOnForwardFailure=yes", *options) as client:
        until(lambda: trying.sshd.listening() or client.poll() is not None, "an answer")
        return bool(trying.sshd.listening())


def tunnel(trying: Trying) -> bool:
    """`-w`: a network of its own."""
    with trying.connected("-o", "ExitOnForwardFailure=yes", "-w", "any:any") as client:
        until(lambda: client.poll() is not None or has_open(trying.sshd.processes(), TUN), "an answer")
        return has_open(trying.sshd.processes(), TUN)


def can_tunnel() -> bool:
    """Whether whoever runs this may have a network of their own; where not, not even ssh can ask for one."""
    with suppress(OSError):
        with open(TUN, "r+b", buffering=0) as device:  # noqa: PTH123  a device
            fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"", IFF_TUN))
        return True
    return False


ATTEMPTS: Final[tuple[Callable[[Trying], bool], ...]] = (
    *(sftp, scp, old_scp, rsync),
    *(local_port, local_to_socket, dynamic, through, remote_port, remote_socks, remote_socket, tunnel),
)
"""Those that need no session, or none that lasts."""
