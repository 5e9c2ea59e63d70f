"""The program `shopstaff`: what has to be done before anything else is imported, and which way to go on.

Three ways are taken before the command line is read in full: answering `check`, for programs that ask at every click, and sshd, for which
somebody waits; and opening the screens, so that there is something to read before they are imported.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # in place of typing's own: importing that takes half as long as starting Python
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from tui.doctor.sight import Root

KEPT: Final = frozenset({"PATH", "HOME", "LANG", "TERM", "SSH_CONNECTION", "SSH_USER_AUTH", "SSH_TTY"})
"""What is kept of the environment: anybody who comes over SSH may have a hand in the rest."""

KEPT_AT_CONSOLE: Final = frozenset({"SHOPSTAFF_HOME", "NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE"})
"""What is kept as well where no sshd opened the session for the screens (`ExposeAuthInfo` tells that it did)."""

TEXTUAL: Final = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_DISABLE_KITTY_KEY": "1",  # with it, input methods lose Chinese text in several terminals
}
TEXTUAL_OVER_SSH: Final = {"TEXTUAL_FPS": "15"}
TEXTUAL_AT_TERMINAL: Final = {"ESCDELAY": "25"}  # ms; over a network the rest of a sequence may come later


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: without the program's name; None for those of the process.

    Returns:
        The exit code: 0 done or allowed, 1 refused or not allowed, 2 wrong usage or unknown name, 3 the data cannot be used.
    """
    os.umask(0o077)
    operator = scrub()
    words = list(sys.argv[1:] if arguments is None else arguments)
    home = home_of(words)
    rest = without_home(words)
    root = _seen_by_root(home) if rest[:1] == ["doctor"] else None
    become_owner(home)
    if rest in ([], ["demo"]):
        from tui.cli.opening import run as open_screens

        return open_screens(home, sample=bool(rest), operator=operator)
    if rest[:2] == ["ssh", "keys"] and len(rest) > 3 and "-" not in (rest[2][:1], rest[3][:1]):
        from tui.cli.keys import run as answer_sshd

        return answer_sshd(home or _default_home(), rest[2], rest[3])
    if rest[0] == "check":
        from tui.cli.check import run as check, understood

        if (asked := understood(rest[1:])) is not None:
            return check(home or _default_home(), asked, operator=operator)
    from tui.cli.program import run

    return run(words, home or _default_home(), operator=operator, root=root)


def scrub() -> str:
    """Take everything out of the environment that is not known to be harmless, then put in what Textual is to find.

    Returns:
        Who the log is to name where root runs this, who will soon be somebody else: whoever called sudo, else "root"; "" elsewhere.
    """
    operator = (os.environ.get("SUDO_USER") or "root") if os.geteuid() == 0 else ""
    kept = KEPT if "SSH_USER_AUTH" in os.environ else KEPT | KEPT_AT_CONSOLE
    for name in [name for name in os.environ if name not in kept]:
        del os.environ[name]
    os.environ.update(TEXTUAL, **(TEXTUAL_OVER_SSH if "SSH_CONNECTION" in os.environ else TEXTUAL_AT_TERMINAL))
    return operator


def home_of(words: Sequence[str]) -> str:
    """The data folder that the command line or the environment names; "" for the platform's own."""
    for place, word in enumerate(words):
        if word == "--":
            break
        if word == "--home" and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--home="):
            return word.removeprefix("--home=")
    return os.environ.get("SHOPSTAFF_HOME", "")


def without_home(words: Sequence[str]) -> list[str]:
    """The command line without the option that `home_of` reads first; as it is where that is not in front."""
    if words[:1] == ["--home"] and len(words) > 1:
        return list(words[2:])
    if words and words[0].startswith("--home="):
        return list(words[1:])
    return list(words)


def become_owner(home: str) -> None:
    """As root, become whoever owns the data folder, so that no file of root's is left in it."""
    if os.geteuid() != 0:
        return
    try:
        owner = os.stat(home or _default_home())  # noqa: PTH116  before pathlib is worth its time
    except OSError:
        return
    if owner.st_uid != 0:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)
        if not all(os.access(path, os.R_OK) for path in (__file__, os.__file__)):  # nothing more can be imported, no other language either
            os.write(2, b"shopstaff: the owner of the data folder cannot read the program; install it where everybody can\n")
            sys.exit(3)


def _seen_by_root(home: str) -> Root | None:
    """What takes root to know; None for whoever is not root."""
    from tui.doctor.sight import as_root

    return as_root(home or _default_home())


def _default_home() -> str:
    from tui.machine import data_folder

    return data_folder()


if __name__ == "__main__":
    sys.exit(main())
