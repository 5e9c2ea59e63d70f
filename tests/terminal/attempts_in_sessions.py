"""What somebody with a key could try to get out of a session that is to be the screens; see tests/terminal/attempts.py."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Final

from tests.terminal.attempts import Trying
from tests.terminal.processes import environment_of, until
from tests.terminal.sshd import program

SFTP_INIT: Final = b"\0\0\0\5\1\0\0\0\3"
"""What an SFTP client says first: that it speaks version 3 (draft-ietf-secsh-filexfer-02, 4)."""


def agent(trying: Trying) -> bool:
    """`-A`: whoever is root there uses the keys of here."""
    where = trying.path("agent.sock")
    keeper = subprocess.Popen([program("ssh-agent"), "-D", "-a", str(where)], stdout=subprocess.DEVNULL)
    try:
        until(where.exists, "an agent")
        return _listens_in_a_session(trying, "-A", environment={"SSH_AUTH_SOCK": str(where)})
    finally:
        keeper.kill()
        keeper.wait()


def untrusted_x11(trying: Trying) -> bool:
    """`-X`: windows of there, here."""
    return _listens_in_a_session(trying, "-X", "-o", "XAuthLocation=/bin/true", environment={"DISPLAY": ":77"})


def trusted_x11(trying: Trying) -> bool:
    """`-Y`: windows of there, here, which may do anything here."""
    return _listens_in_a_session(trying, "-Y", "-o", "XAuthLocation=/bin/true", environment={"DISPLAY": ":77"})


def _listens_in_a_session(trying: Trying, *options: str, environment: dict[str, str]) -> bool:
    """Whether sshd has come to listen on anything by the time at which a session has begun: ssh asks for everything else first."""
    with trying.sshd.terminal(trying.key, "sleep 30", options=options, environment=environment) as opened:
        trying.begun(opened)
        return bool(trying.sshd.listening())


# ---- commands


def command(trying: Trying) -> bool:
    """`ssh host command`."""
    return "came through" in trying.sshd.run(trying.key, f"echo came through; touch {trying.path('marker')}").stdout or trying.is_marked


def command_in_a_terminal(trying: Trying) -> bool:
    """`ssh -t host /bin/sh -c command`."""
    with trying.sshd.terminal(trying.key, f"/bin/sh -c 'touch {trying.path('marker')}; sleep 30'") as opened:
        trying.begun(opened)
        return trying.is_marked


def shell_without_a_terminal(trying: Trying) -> bool:
    """`ssh -T host`, with commands for the shell that one would be in."""
    said = trying.sshd.run(trying.key, options=("-T",), said=f"echo came through\ntouch {trying.path('marker')}\n").stdout
    return "came through" in said or trying.is_marked


def subsystem(trying: Trying) -> bool:
    """`ssh -s host sftp`, and the first word of an SFTP client."""
    asked = [program("ssh"), *trying.sshd.options(trying.key), "-s", trying.sshd.at, "sftp"]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(SFTP_INIT)
        client.stdin.flush()
        came = client.stdout.read(5)  # its length, and that it is an answer
        client.kill()
    return len(came) == 5


def environment(trying: Trying) -> bool:
    """`SetEnv` of everything that a shell, Python, Textual, the loader of programs or we would read."""
    script, marker = trying.path("script"), trying.path("marker")
    script.write_text(f"touch {marker}\n", encoding="ascii")
    for file in ("sitecustomize.py", "usercustomize.py", "textual.py"):
        trying.path(file).write_text(f"open({str(marker)!r}, 'w')\n", encoding="ascii")
    sent = {name: value.format(folder=trying.folder) for name, value in SENT.items()}
    sends = f"SetEnv={' '.join(f'{name}={value}' for name, value in sent.items())}"
    with trying.sshd.terminal(trying.key, "sleep 30", options=("-o", sends)) as opened:
        trying.begun(opened)
        got = {name.decode(): value.decode() for pid in trying.sshd.others() for name, value in environment_of(pid).items()}
        return trying.is_marked or bool(got.items() & sent.items()) or "SHOPSTAFF_HOME" in got


def second_session(trying: Trying) -> bool:
    """Another session in the connection of the first (`ControlMaster`)."""
    shared = str(trying.sshd.folder / "shared")
    with trying.sshd.terminal(trying.key, "sleep 30", options=("-M", "-S", shared)) as first:
        trying.begun(first)
        there = len(trying.sshd.others())
        with trying.sshd.terminal(trying.key, "sleep 30", options=("-S", shared, "-o", "ProxyCommand=false")) as second:
            until(lambda: not second.child.isalive() or len(trying.sshd.others()) > there, "an answer")
            return len(trying.sshd.others()) > there


SENT: Final = {
    "BASH_ENV": "{folder}/script",
    "ENV": "{folder}/script",
    "LC_ALL": "zh_CN.UTF-8",
    "LC_TERMINAL": "x",
    "LD_LIBRARY_PATH": "{folder}",
    "LD_PRELOAD": "{folder}/no.so",
    "PYTHONHOME": "{folder}",
    "PYTHONINSPECT": "1",
    "PYTHONPATH": "{folder}",
    "PYTHONSTARTUP": "{folder}/sitecustomize.py",
    "SHOPSTAFF_HOME": "{folder}",
    "SHOPSTAFF_NOTHING": "x",
    "SSH_USER_AUTH": "{folder}/script",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_DRIVER": "textual:Marker",
    "TEXTUAL_LOG": "{folder}/marker",
    "TEXTUAL_SCREENSHOT": "1",
    "TEXTUAL_SCREENSHOT_LOCATION": "{folder}",
    "COLUMNS": "10000",
    "LINES": "10000",
}
"""What is sent along, each of which does harm in a program that reads it."""

ATTEMPTS: Final[tuple[Callable[[Trying], bool], ...]] = (
    *(agent, untrusted_x11, trusted_x11),
    *(command, command_in_a_terminal, shell_without_a_terminal, subsystem, environment, second_session),
)
"""Those that take a session, or more than one."""
