"""What was exploited on stock Textual, tried on ours; most of it in a real terminal."""

from __future__ import annotations

import os
import re
import signal
import stat
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.geometry import Size
from textual.widgets import Input, Static

from screens.widgets.entry import Entry
from tests.bench.terminal import Counting
from tests.tui.victim import SECRET, Victim
from tui import faults
from tui.driver import KeysApart
from tui.hardening import HIGHEST, WIDEST, HardenedDriver, clamped

KNOWN = re.compile(
    rb"\x1b\[[0-9;]*[mH]"  # colours, and where the cursor goes
    rb"|\x1b\[\?(?:1049|1000|1006|25|1004|2004|7|2048|2026)[hl]"  # modes that a full screen takes
    rb"|\x1b\[\?(?:2026|2048)\$p"  # asks what the terminal can
    rb"|\x1b\[<u"
    rb"|[\r\n\x07]"
)
"""Every sequence that may come out of us."""


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Counting]:
    """A program in a terminal, ready to be attacked."""
    with Counting("-m", "tests.tui.victim", str(tmp_path)) as terminal:
        terminal.first_paint(shows="ready")
        yield terminal


def written(folder: Path) -> list[Path]:
    """What lies in a folder."""
    return list(folder.iterdir())


def gone(terminal: Counting, patience: float) -> int | None:
    """The exit code, once the program has ended; None if it has not within `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        terminal.wait()
        if (code := terminal.process.poll()) is not None:
            return code
    return None


def alive(terminal: Counting) -> bool:
    """Whether the program still answers: it leaves with its own code when asked to."""
    terminal.press("\x11")
    return gone(terminal, 10) == 7


def test_p17_only_known_sequences_come_out_of_a_careless_widget(victim: Counting) -> None:
    """Hostile text that a careless widget draws reaches the terminal without a single byte that steers it."""
    rest = KNOWN.sub(b"", victim.painted).decode()
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", rest)
    assert "�" in rest


@pytest.mark.parametrize("key", ["\x12", "\x14"], ids=["in an action", "in a worker"])
def test_p18_a_mistake_tells_nothing(victim: Counting, tmp_path: Path, key: str) -> None:
    """No traceback, no local variable and no message: a reference on the terminal, and where it happened in a file for us alone."""
    victim.press(SECRET)
    victim.press(key)
    assert gone(victim, 10) == 1
    said = victim.painted.decode(errors="replace")
    found = re.search("Internal error, reference (E-[0-9A-F]{4})", said)
    assert found
    assert SECRET not in said
    assert "Traceback" not in said
    assert "victim.py" not in said
    log = tmp_path / "errors.log"
    noted = log.read_text(encoding="utf-8")
    assert found[1] in noted
    assert "action_mistake" in noted
    assert SECRET not in noted
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_p18_a_mistake_that_nobody_waits_for_tells_nothing(victim: Counting, tmp_path: Path) -> None:
    """Python would print those of threads and of what is thrown away, asyncio those of tasks, logging what libraries say."""
    victim.press(SECRET)
    victim.press("\x19")
    assert alive(victim)
    said = victim.painted.decode(errors="replace")
    assert SECRET not in said
    assert "Traceback" not in said
    assert "Error" not in said
    noted = (tmp_path / "errors.log").read_text(encoding="utf-8")
    assert noted.count("action_mistake") == 3
    assert SECRET not in noted


def test_p18_the_log_of_errors_is_for_us_alone(tmp_path: Path) -> None:
    """Also where somebody made the file before, with other habits; and where it is a link it is left alone."""
    log = tmp_path / "errors.log"
    log.touch(mode=0o644)
    log.chmod(0o644)
    faults.note_error(tmp_path, "E-0000", ValueError(SECRET))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert SECRET not in log.read_text(encoding="utf-8")
    log.rename(tmp_path / "elsewhere")
    log.symlink_to(tmp_path / "elsewhere")
    faults.note_error(tmp_path, "E-0001", None)
    assert "E-0001" not in log.read_text(encoding="utf-8")


def test_being_continued_changes_nothing(victim: Counting) -> None:
    """Stock takes the terminal once more, with another thread for its keys; a terminal that hangs up sends this signal, too."""
    before = len(written(Path(f"/proc/{victim.process.pid}/task")))
    os.kill(victim.process.pid, signal.SIGCONT)
    victim.wait()
    assert len(written(Path(f"/proc/{victim.process.pid}/task"))) == before
    assert alive(victim)


def test_a_link_runs_nothing(victim: Counting) -> None:
    """A click on markup that names an action does nothing."""
    for _time in range(2):
        victim.press("\x1b[<0;3;2M\x1b[<0;3;2m")
    assert victim.process.poll() is None
    assert alive(victim)


def test_bytes_that_are_no_text_are_survived(victim: Counting) -> None:
    """Half a character, overlong forms and noise, typed or pasted."""
    for data in [b"\xff\xfe", b"\xe6\x9d", b"\xc0\xaf", bytes(range(128, 256)), b"\x1b[200~\xff\x00\x1b[201~"]:
        os.write(victim._fd, data)
    victim.press("x")
    assert alive(victim)


@pytest.mark.parametrize("report", ["\x1b[48;30000;30000;9;9t", "\x1b[48;0;0;0;0t", "\x1b[8;30000;30000t"])
def test_a_forged_size_takes_no_memory(victim: Counting, report: str) -> None:
    """A terminal that claims to be 30,000 by 30,000 is believed up to 400 by 150."""
    victim.press("\x1b[?2048;2$y")
    victim.press(report)
    assert victim.memory() < 120_000
    assert alive(victim)


def test_a_forged_window_takes_no_memory(victim: Counting) -> None:
    """The same through the window size of the pty."""
    victim.size(30_000, 30_000)
    victim.wait()
    time.sleep(0.5)
    assert victim.memory() < 120_000
    victim.size(80, 24)
    assert alive(victim)


def test_it_cannot_be_stopped_in_the_middle(victim: Counting) -> None:
    """SIGTSTP, by which a process inside a transaction would block everybody who writes, is ignored."""
    os.kill(victim.process.pid, signal.SIGTSTP)
    victim.press("\x1a")
    state = Path(f"/proc/{victim.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    assert state in {"S", "R"}
    assert alive(victim)


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_p14_a_signal_ends_it_in_order(victim: Counting, ending: signal.Signals) -> None:
    """Within two seconds, with the terminal as it was found."""
    os.kill(victim.process.pid, ending)
    assert gone(victim, 6) is not None
    restored = [sequence for sequence in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l") if sequence in victim.painted]
    assert len(restored) == 4


def test_p14_a_terminal_that_is_gone_ends_it(victim: Counting) -> None:
    """A connection that drops in the middle of everything leaves no process behind."""
    victim.press("x")
    victim.hang_up()
    assert victim.process.wait(6) is not None


def test_a_password_never_reaches_the_clipboard(victim: Counting) -> None:
    """Neither copying nor cutting writes the sequence that fills it."""
    victim.press(SECRET)
    for key in ["\x1b[1;2H", "\x03", "\x18", "\x1b[1;6H"]:
        victim.press(key)
    assert b"\x1b]52" not in victim.painted
    assert alive(victim)


async def test_nothing_is_delivered_opened_or_photographed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is written, no browser is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", lambda *_args: pytest.fail("a browser"))
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        app.open_url("http://example.com")
        app.save_screenshot()
        app.deliver_screenshot()
        app.deliver_text(str(__file__))
        app.deliver_binary(str(__file__))
        with app.suspend():
            await pilot.pause()
        assert list(app.get_system_commands(app.screen)) == []
        assert written(tmp_path) == []


async def test_the_scrubber_is_the_last_filter(tmp_path: Path) -> None:
    """Whatever filters there are, none comes after it, and colour is left alone."""
    app = Victim(tmp_path)
    async with app.run_test():
        app.query_one(Static).update("\x1b[31mhello\u202e\x9b")
        assert type(app.get_line_filters()[-1]).__name__ == "Scrub"


@pytest.mark.parametrize("size", [(80, 24), (0, 0), (-1, 5), (10**9, 10**9), (401, 10), (10, 151)])
def test_sizes_are_clamped(size: tuple[int, int]) -> None:
    """To what can be drawn."""
    width, height = clamped(*size)
    assert 1 <= width <= WIDEST
    assert 1 <= height <= HIGHEST


async def test_the_environment_names_no_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`TEXTUAL_DRIVER` imports any module on stock Textual."""
    monkeypatch.setattr("textual.constants.DRIVER", "antigravity:Driver")
    assert Victim(tmp_path).get_driver_class() is HardenedDriver


async def test_no_way_of_asking_copies_a_password(tmp_path: Path) -> None:
    """Stock's own entry, its actions called by name, and the program's clipboard itself."""
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        stock = Input("secret", password=True)
        await app.mount(stock)
        stock.focus()
        await pilot.pause()
        stock.select_all()
        await pilot.press("ctrl+c", "ctrl+x", "super+c")
        stock.action_copy()
        stock.action_cut()
        app.copy_to_clipboard("secret")
        assert app.clipboard == ""


async def test_what_one_copied_the_next_cannot_paste(tmp_path: Path) -> None:
    """Whoever signs in after somebody else at the shop's own terminal."""
    app = Victim(tmp_path)
    async with app.run_test():
        app.query_one(Entry).password = False
        app.copy_to_clipboard("a colleague's number")
        app.empty_clipboard()
        assert app.clipboard == ""


async def test_nothing_is_suggested(tmp_path: Path) -> None:
    """An entry completes nothing of what others typed."""
    app = Victim(tmp_path)
    async with app.run_test():
        assert app.query_one(Entry).suggester is None


async def test_a_password_is_not_copied_in_process(tmp_path: Path) -> None:
    """Not into the program's own clipboard either, from where it could be pasted into a name."""
    app = Victim(tmp_path)
    async with app.run_test() as pilot:
        entry = app.query_one(Entry)
        entry.focus()
        await pilot.press(*"secret")
        entry.select_all()
        await pilot.press("ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        assert entry.value == "secret"
        entry.password = False
        entry.select_all()
        await pilot.press("ctrl+c")
        assert app.clipboard == "secret", "what is no password can be copied"


def test_resize_reports_are_clamped_before_anybody_sees_them() -> None:
    """The packed structure of the terminal itself cannot carry more than 65,535, and we believe far less."""
    assert struct.calcsize("H") == 2
    event = events.Resize(Size(65_535, 65_535), Size(65_535, 65_535))
    assert clamped(*event.size) == (WIDEST, HIGHEST)


@pytest.mark.parametrize("letter", ["1", "8", "-", "f", "b", "q", "n", ":", "你"])
def test_esc_and_the_key_behind_it_are_two_keys(letter: str) -> None:
    """Even in one piece: stock Textual makes `¡` of Esc and 1, and types it into whatever has the focus."""
    parser = KeysApart(debug=False)
    keys = [key for text in (f"\x1b{letter}", "") for key in parser.feed(text) if isinstance(key, events.Key)]
    assert (keys[0].key, keys[0].character) == ("escape", "\x1b")
    assert [key.character for key in keys][1:] == [letter]
    assert not keys[1].key.startswith("alt+")


@pytest.mark.parametrize(("sequence", "key"), [("\x1b[A", "up"), ("\x1b", "escape"), ("x", "x")])
def test_keys_that_are_one_stay_one(sequence: str, key: str) -> None:
    """Arrows, letters, and Esc by itself."""
    parser = KeysApart(debug=False)
    keys = [each for text in (sequence, "") for each in parser.feed(text) if isinstance(each, events.Key)]
    assert [each.key for each in keys] == [key]
