"""Opening the screens, as far as it can be seen from inside: what holds the terminal, and what lets it go."""

from __future__ import annotations

import gc
import io
import os
import pty
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from models import shop
from models.errors import ShopLocked
from screens.desk import SampleAccount
from tests.factories import Founded
from tui import demo, throwaway
from tui.app import ShopstaffApp
from tui.cli import opening, screens

LOCAL = 3


class Seat:
    """A terminal that the program can be opened at, in place of the standard streams."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._hand, self._line = pty.openpty()
        self._monkeypatch = monkeypatch

    def open(self, home: Path | str, *, sample: bool = False, operator: str = "") -> int:
        """Open the screens at it."""
        with self._monkeypatch.context() as patch, ExitStack() as streams:
            for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
                stream = streams.enter_context(os.fdopen(os.dup(self._line), mode, encoding="utf-8"))
                patch.setattr(sys, name, stream)
            return opening.run(str(home), sample=sample, operator=operator)

    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._line)[LOCAL] & termios.ECHO)

    def written(self) -> str:
        """What stands on it."""
        seen = b""
        while select.select([self._hand], [], [], 0.2)[0]:
            seen += os.read(self._hand, 4096)
        return seen.decode()

    def close(self) -> None:
        """Take it away."""
        os.close(self._hand)
        os.close(self._line)


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """A terminal; afterwards signals and the collector are as they were."""
    handlers = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    made = Seat(monkeypatch)
    yield made
    made.close()
    for each, handler in handlers.items():
        signal.signal(each, handler)
    gc.unfreeze()
    gc.enable()


def screens_that(does: Callable[[], int]) -> Callable[..., int]:
    """Screens that do something else than open."""
    return lambda *_arguments, **_options: does()


@pytest.mark.parametrize(("language", "line"), [("en_GB.UTF-8", "Shopstaff opens…"), ("zh_CN.UTF-8", "Shopstaff 正在打开…")])
def test_there_is_something_to_read_while_nothing_is_echoed(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, line: str
) -> None:
    """And the collector is at work again when the screens begin."""
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setattr(screens, "run", screens_that(lambda: 7 if gc.isenabled() and not seat.echoes() else 8))
    assert seat.open(tmp_path) == 7
    assert seat.echoes()
    assert seat.written() == f"{line}\r\x1b[K"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(ShopLocked(), 3, "Another program"), (ValueError("secret"), 3, "reference E-"), (KeyboardInterrupt(), 130, "")],
)
def test_whatever_goes_wrong_is_said_on_a_line_of_its_own(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    """After the terminal was given back."""

    def fail() -> int:
        raise error

    monkeypatch.setattr(screens, "run", screens_that(fail))
    assert seat.open(tmp_path) == code
    assert seat.echoes()
    after = seat.written().partition("\x1b[K")[2]
    assert said in after
    assert "secret" not in after


def test_the_last_word_stands_on_a_line_of_its_own(seat: Seat, little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there to read while the screens opened shows again when they close."""

    def run(program: ShopstaffApp) -> None:
        program._parting = "Your session was ended."

    monkeypatch.setattr(ShopstaffApp, "run", run)
    shop.close()
    assert seat.open(little_shop.home) == 0
    opens, *wiped = seat.written().split("\r\x1b[K")
    assert opens.startswith("Shopstaff")
    assert wiped == ["Your session was ended.\r\n", ""]


def test_a_signal_lets_the_terminal_go(seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the exit code that a shell gives it."""

    def killed() -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError

    monkeypatch.setattr(screens, "run", screens_that(killed))
    with pytest.raises(SystemExit) as ended:
        seat.open(tmp_path)
    assert ended.value.code == 128 + signal.SIGTERM
    assert seat.echoes()


def test_the_sample_shop_is_opened_in_its_own_folder(seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the accounts that were told; it is founded by whoever is there, and gone afterwards."""
    seen: list[tuple[Path, str, list[SampleAccount]]] = []

    def run(program: ShopstaffApp) -> None:
        seen.append((Path(program.home), program.operator.name, [*program.sample_accounts]))

    monkeypatch.setattr(throwaway, "_MEMORY", tmp_path)
    monkeypatch.setattr(demo, "fill", lambda *_arguments: [("alice", "password")])
    monkeypatch.setattr(ShopstaffApp, "run", run)
    assert seat.open("", sample=True, operator="sudoer") == 0
    ((home, operator, (account,)),) = seen
    assert (home.parent, operator, account.login, account.password) == (tmp_path, "console:sudoer", "alice", "password")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_is_lost_while_importing_still_ends_it(
    seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    """What is raised inside a callback of the interpreter's is dropped there; no screen opens all the same."""
    collect = gc.disable

    def losing() -> None:
        collect()
        with suppress(SystemExit):  # as the interpreter does
            os.kill(os.getpid(), how)

    monkeypatch.setattr(gc, "disable", losing)
    monkeypatch.setattr(screens, "run", screens_that(lambda: 0))
    with pytest.raises(SystemExit) as ended:
        seat.open(tmp_path)
    assert ended.value.code == 128 + how
    assert seat.echoes()


def test_a_terminal_that_is_gone_needs_nothing_back(seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is raised on the way out."""

    def hang_up() -> int:
        sys.stdin.close()
        return 5

    monkeypatch.setattr(screens, "run", screens_that(hang_up))
    assert seat.open(tmp_path) == 5


@pytest.mark.parametrize(("came", "told"), [(True, "ssh -t"), (False, "shopstaff --help")])
def test_without_a_terminal_one_is_told_what_can_be_done_from_there(
    little_shop: Founded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], came: bool, told: str
) -> None:
    """Who came over SSH has no command line to be sent to."""
    shop.close()
    monkeypatch.delenv("SSH_USER_AUTH", raising=False)
    if came:
        monkeypatch.setenv("SSH_USER_AUTH", "")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert opening.run(str(little_shop.home), sample=False, operator="") == 2
    said = capsys.readouterr().err
    assert said.startswith("shopstaff: The screens need a terminal")
    assert [each in said for each in ("ssh -t", "shopstaff --help")] == [told == "ssh -t", told == "shopstaff --help"]
