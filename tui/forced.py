"""What sshd runs for everybody who comes with a device key: the screens, with an environment of ours, and nothing else.

It stands in sshd's configuration (`ForceCommand`) and, for the day on which somebody takes it out of there, in front of every key.
"""

from __future__ import annotations

TYPE_CHECKING = False  # in place of typing's own: importing that takes half as long as starting Python
if TYPE_CHECKING:
    from typing import Final

_PASSED: Final = ("HOME", "LANG", "TERM", "SSH_CONNECTION", "SSH_USER_AUTH", "SSH_TTY")
"""What is handed on of the environment that sshd made. What of it is unset arrives empty, so that it is known that sshd opened this."""

_PATH: Final = "/usr/local/bin:/usr/bin:/bin"
_PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@:")


def is_plain(path: str) -> bool:
    """Whether sshd and every shell take `path` for what it is: absolute, without spaces, quotes and the like."""
    return path.startswith("/") and set(path) <= _PLAIN


def program(home: str, python: str) -> str:
    """How this installation is started on the shop in `home`: nothing of the environment or the current folder chooses what is imported."""
    return f"{python} -I -X utf8 -m tui --home {home}"


def screens(home: str, python: str) -> str:
    """The command that opens the screens, for a shell to read."""
    passed = " ".join(f'{name}="${{{name}-}}"' for name in _PASSED)
    return f"exec /usr/bin/env -i PATH={_PATH} {passed} {program(home, python)}"


def key_line(key: str, home: str, python: str) -> str:
    """A line of `authorized_keys` by which `key` opens the screens, in a terminal, and nothing else."""
    command = screens(home, python).replace('"', '\\"')  # sshd takes nothing else back; of backslashes there are none in plain paths
    return f'restrict,pty,command="{command}" {key}'
