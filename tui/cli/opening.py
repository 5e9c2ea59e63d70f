"""Opening the screens: something to read at once, nothing typed meanwhile lost or shown, and the terminal as it was on every way out.

What is imported before that first line is the interpreter's own: the rest takes a weak machine seconds, and runs while it is read.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import termios

TYPE_CHECKING = False  # in place of typing's own: importing that takes half as long as starting Python
if TYPE_CHECKING:
    from typing import Any, Final

_OPENING: Final = {
    "en": "Shopstaff opens…",
    "zh": "Shopstaff 正在打开…",
}  # gettext would take longer to import than this may take to appear
_CLEAR: Final = "\r\x1b[K"
_asked_to_leave: list[int] = []
_LOCAL, _INPUT = 3, 0  # places in what termios.tcgetattr gives


def run(home: str, *, sample: bool, operator: str) -> int:
    """Open the screens.

    Args:
        home: the data folder, "" for the platform's own.
        sample: open the sample shop in a throwaway folder instead.
        operator: who ran this as root, "" for nobody.

    Returns:
        The exit code.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        return _no_terminal(home)
    before = termios.tcgetattr(sys.stdin.fileno())
    _asked_to_leave.clear()
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):  # until the screens have a way of their own to end
        signal.signal(each, _leave)
    try:
        try:
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, _quiet(before))
            _say(_OPENING["zh" if _chinese() else "en"])
            return _open(home, sample=sample, operator=operator)
        finally:
            _restore(before)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  as every command: a line and an exit code, below a terminal as it was
        from tui.cli.faults import told
        from tui.machine import data_folder

        return told(error, home or data_folder())


def _open(home: str, *, sample: bool, operator: str) -> int:
    """Import the screens and run them."""
    gc.disable()
    _import_asyncio()
    _hash_without_openssl()
    if sample:
        return _open_sample(operator)
    from tui.cli import screens
    from tui.machine import data_folder

    _go_on()
    return screens.run(home or data_folder(), operator=operator)


def _import_asyncio() -> None:
    """Import asyncio without the encryption of network connections, of which it makes none here: a third of its time and some memory."""
    sys.modules["ssl"] = None  # type: ignore[assignment]  # how the import system is told that there is none (Library Reference, sys.modules)
    try:
        import asyncio  # noqa: F401  for those who import it from now on
    finally:
        del sys.modules["ssl"]


def _hash_without_openssl() -> None:
    """Have Python's own SHA-256 taken wherever it has one, also for HMAC: OpenSSL's is the same, and takes 3.5 MB beside."""
    own = "_sha2" if sys.version_info >= (3, 12) else "_sha256"
    if "_hashlib" not in sys.modules and any(own in names for names in (sys.builtin_module_names, _extensions())):
        sys.modules["_hashlib"] = None  # type: ignore[assignment]  # as above; hashlib and hmac then take what Python has


def _extensions() -> set[str]:
    """The modules of the interpreter that are files of their own in its folder."""
    folders = [path for path in sys.path if path.endswith("lib-dynload") and os.path.isdir(path)]  # noqa: PTH112  before pathlib is worth its time
    return {name.partition(".")[0] for folder in folders for name in os.listdir(folder)}  # noqa: PTH208  as above


def _open_sample(operator: str) -> int:
    """Import the screens and run them on the sample shop, which is filled meanwhile."""
    from tui import demo
    from tui.language import of_environment
    from tui.machine import operator as os_user

    with demo.sample_shop(of_environment(os.environ), os_user(operator)) as filling:
        from tui.cli import screens

        _go_on()
        return screens.run(str(filling.home), operator=operator, samples=filling.accounts())


def clear() -> None:
    """Take the line away that was there to read, below which the screens opened and which shows again when they close."""
    try:
        sys.stdout.flush()
        _say(_CLEAR)
    except (OSError, ValueError):  # the terminal is gone
        pass


def _restore(before: list[Any]) -> None:
    """Give the terminal back as it was; where it is gone there is nothing to give back."""
    try:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)
        _say(_CLEAR)
    except (OSError, ValueError, termios.error):
        pass


def _quiet(before: list[Any]) -> list[Any]:
    """Like `before`, without echo, without waiting for the end of a line, and Enter as what it is: as the screens will have it."""
    attributes: list[Any] = [*before]
    attributes[_LOCAL] &= ~(termios.ECHO | termios.ICANON)
    attributes[_INPUT] &= ~(termios.ICRNL | termios.INLCR)
    return attributes


def _leave(number: int, _frame: object) -> None:
    """Leave whatever is being done by its way out.

    Some callbacks of importing let nothing out; Python would say so on the terminal, and `_go_on` leaves a moment later.
    """
    _asked_to_leave.append(number)
    sys.unraisablehook = _unheard
    raise SystemExit(128 + number)


def _unheard(_unraisable: object) -> None:
    """Say nothing."""


def _go_on() -> None:
    """Everything is imported. Whoever wanted it to end meanwhile may not have been heard: some callbacks of importing lose what is raised.

    Raises:
        SystemExit: somebody wanted it to end.
    """
    if _asked_to_leave:
        raise SystemExit(128 + _asked_to_leave[0])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.freeze()
    gc.enable()


def _chinese() -> bool:
    wanted = next((value for name in ("LC_ALL", "LANG") if (value := os.environ.get(name))), "")
    return wanted.lower().startswith("zh")


def _say(text: str) -> None:
    os.write(sys.stdout.fileno(), text.encode(sys.stdout.encoding or "utf-8", "replace"))


def _no_terminal(home: str) -> int:
    from models import bare
    from models.i18n import _
    from tui import arrival
    from tui.cli.faults import USAGE, complain
    from tui.language import of_console, speak
    from tui.machine import data_folder

    speak(of_console(os.environ, lambda: bare.language(home or data_folder())))
    if arrival.by_sshd(os.environ):
        complain(_("The screens need a terminal: connect with “ssh -t”, and ask for no command."))
    else:
        complain(_("The screens need a terminal, and there is none here. “shopstaff --help” shows what can be done without one."))
    return USAGE
