"""`shopstaff chat import` and `shopstaff chat deliver`, with real files and pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from models import db, sqlite
from models.operations import log
from models.rules.audit_damage import CHANGED, Damage
from tests.factories import Founded
from tests.tui.cli.conftest import Run
from tests.tui.cli.test_guides import FENCED
from tui.cli import chats, faults
from tui.cli.inlet import Inlet, Outlet, Stop, Stopped, stopping

ROOT = Path(__file__).parents[3]
PATIENCE = 30
"""Seconds until something is taken to hang."""


def line(ref: str, said: str = "有货吗", **changes: Any) -> str:
    """A message, as a program hands it over."""
    told = {"id": ref, "customer": "小河", "staff": "bob", "at": "2026-01-05T09:00:00+08:00", "from": "customer", "text": said}
    return json.dumps(told | changes, ensure_ascii=False) + "\n"


def refs() -> list[str]:
    """The ids of all messages that are there."""
    return [ref for (ref,) in db.rows("SELECT ref FROM message ORDER BY ref")]


def told(action: str) -> list[dict[str, Any]]:
    """What the log says of such acts."""
    return [json.loads(new) for (new,) in db.rows("SELECT new FROM audit_entry WHERE action = ? ORDER BY seq", (action,))]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its lines."""
    return tmp_path / "chats.jsonl"


# ---- from a file


def test_a_file_is_imported_and_once_more(staffed: Founded, run: Run, file: Path) -> None:
    """0 where everything was taken; the second time everything is known."""
    file.write_text(line("1") + line("2"), encoding="utf-8-sig")
    assert run("chat", "import", str(file)) == (0, "", "New: 2. Known already: 0. Refused: 0.\n")
    ran = run("chat", "import", str(file), "--json")
    assert (ran.code, ran.json) == (0, [{"new": 0, "known": 2, "bad": 0, "refused": []}])


def test_what_cannot_be_taken_is_told(staffed: Founded, run: Run, file: Path, tmp_path: Path) -> None:
    """Good lines are taken, exit code 1; twenty bad ones on the screen, all in the file, which is new and nobody else's."""
    bad = tmp_path / "bad.jsonl"
    file.write_text(line("1") + "\r\n" + "[\x1b[2J\n" * 30 + line("2", staff="zoe") + line("3") + line("4")[:-5], encoding="utf-8")
    ran = run("chat", "import", str(file), "--rejects", str(bad))
    assert ran.code == 1
    assert [row[0] for row in ran.rows] == [str(number) for number in range(3, 23)]
    assert "\x1b" not in ran.out + ran.err
    assert ran.err.splitlines()[0] == "New: 2. Known already: 0. Refused: 32."
    kept = [json.loads(each) for each in bad.read_text(encoding="utf-8").splitlines()]
    assert [(each["line"], each["because"]) for each in kept[-3:]] == [(32, "json"), (33, "staff"), (35, "cut")]
    assert json.loads(kept[-2]["was"])["id"] == kept[-2]["id"] == "2"
    assert bad.stat().st_mode & 0o777 == 0o600
    assert run("chat", "import", str(file), "--rejects", str(bad)).code == 2
    assert refs() == ["1", "3"]


@pytest.mark.parametrize("place", ["nowhere/bad.jsonl", "chats.jsonl/bad.jsonl", "dangling", "chats.jsonl", ".", "\0", ""])
def test_where_refused_lines_cannot_be_kept_nothing_is_taken(staffed: Founded, run: Run, file: Path, tmp_path: Path, place: str) -> None:
    """No folder, a link to nothing, what is there: said before the first line, not when one is refused half way through a million."""
    file.write_text(line("1") + "[]\n", encoding="utf-8")
    (tmp_path / "dangling").symlink_to("nothing")
    ran = run("chat", "import", str(file), "--rejects", str(file.parent / place) if place else "")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert refs() == []


def test_refused_lines_are_not_kept_in_a_folder_of_somebody_elses(
    staffed: Founded, run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may not write there is told so first."""
    file.write_text(line("1"), encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_asked: False)
    ran = run("chat", "import", str(file), "--rejects", str(tmp_path / "bad.jsonl"))
    assert (ran.code, "Permission denied" in ran.err) == (2, True)
    assert refs() == []


def test_of_a_line_that_is_long_the_beginning_is_kept(staffed: Founded, run: Run, file: Path, tmp_path: Path) -> None:
    """And nothing of it is taken; the next one is."""
    file.write_bytes(b"x" * 5_000_000 + b"\n" + line("1").encode())
    assert run("chat", "import", str(file), "--rejects", str(tmp_path / "bad")).code == 1
    assert len((tmp_path / "bad").read_text()) < 3_000
    assert refs() == ["1"]


def test_a_good_file_leaves_no_file_of_bad_lines(staffed: Founded, run: Run, file: Path, tmp_path: Path) -> None:
    """There is nothing to look at."""
    file.write_text(line("1"))
    assert run("chat", "import", str(file), "--rejects", str(tmp_path / "bad")).code == 0
    assert not (tmp_path / "bad").exists()


@pytest.mark.parametrize("path", ["missing", ".", "/dev/zero", "/dev/null", "a\0b", "loop"])
def test_what_is_no_file_is_wrong_usage(staffed: Founded, run: Run, tmp_path: Path, path: str) -> None:
    """A folder, a device without end, a link to itself: one line, and it ends."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    ran = run("chat", "import", str(tmp_path / path))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_a_file_that_cannot_be_read_is_wrong_usage(staffed: Founded, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is opened, and when its disk fails later."""
    file.write_text(line("1"))

    def refuse(*_arguments: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Inlet, "piece", refuse)
        assert run("chat", "import", str(file)).code == 2
    if os.geteuid():
        file.chmod(0)
        assert run("chat", "import", str(file)).code == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_file_in_utf_16_is_said_to_be_one(staffed: Founded, run: Run, file: Path, encoding: str) -> None:
    """Once, not line by line."""
    file.write_bytes(("\ufeff" if encoding == "utf-16-be" else "").encode(encoding) + line("1").encode(encoding))
    ran = run("chat", "import", str(file))
    assert ran.code == 2
    assert "UTF-16" in ran.err


def test_a_pipe_is_read_to_its_end(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """As of a program that unpacks; who writes may come later."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        time.sleep(0.05)
        with pipe.open("wb") as stream:
            for number in range(50):
                stream.write(line(str(number)).encode())
                stream.flush()

    writer = threading.Thread(target=write)
    writer.start()
    assert run("chat", "import", str(pipe)).code == 0
    writer.join(PATIENCE)
    assert len(refs()) == 50


def test_c1_what_was_taken_before_the_disk_was_full_is_said_to_stay(
    staffed: Founded, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3; the same file goes on from there."""
    file.write_text("".join(line(str(number)) for number in range(3)))
    monkeypatch.setattr("models.operations.chat_intake.BATCH", 1)
    real, calls = log_write(), []

    def full(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise sqlite3_full()
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("models.operations._chat_taking._write", full)
        ran = run("chat", "import", str(file))
    assert ran.code == 3
    assert ran.err.count("\n") == 2
    assert refs() == ["0", "1"]
    assert run("chat", "import", str(file)).code == 0


def log_write() -> Any:
    """What writes messages."""
    from models.operations import _chat_taking

    return _chat_taking._write


def sqlite3_full() -> Exception:
    """What SQLite says when the disk is full."""
    import sqlite3

    return sqlite3.OperationalError("database or disk is full")


def test_who_stops_an_import_keeps_what_was_taken(staffed: Founded, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction that is open is finished, and the same file goes on."""
    file.write_text("".join(line(str(number)) for number in range(2000)))
    real = Inlet.piece

    def interrupted(self: Inlet, seconds: float | None = None) -> bytes | None:
        piece = real(self, seconds)
        os.kill(os.getpid(), signal.SIGINT)
        return piece

    with monkeypatch.context() as patch:
        patch.setattr(Inlet, "piece", interrupted)
        ran = run("chat", "import", str(file))
    assert ran.code == faults.INTERRUPTED
    some = len(refs())
    assert 0 < some < 2000
    assert run("chat", "import", str(file), "--json").json == [{"new": 2000 - some, "known": some, "bad": 0, "refused": []}]


def test_a_damaged_log_takes_nothing(staffed: Founded, run: Run, file: Path) -> None:
    """Exit code 3, by either way in."""
    log.keep((Damage(CHANGED, 1, 1),))
    file.write_text(line("1"))
    ran = run("chat", "import", str(file))
    assert (ran.code, ran.err.count("\n")) == (3, 1)
    with delivering(staffed) as bridge:
        out, err = bridge.communicate(line("1").encode(), timeout=PATIENCE)
    assert (bridge.returncode, out, err.count(b"\n")) == (3, b"", 1)


# ---- delivered


@contextmanager
def delivering(shop_of: Founded) -> Iterator[subprocess.Popen[bytes]]:
    """`shopstaff chat deliver`, in a process of its own."""
    words = [sys.executable, "-m", "tui", "--home", str(shop_of.home), "chat", "deliver"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def hand_over(bridge: subprocess.Popen[bytes], *lines: str) -> list[dict[str, Any]]:
    """Write lines, and read as many answers."""
    assert bridge.stdin is not None
    assert bridge.stdout is not None
    bridge.stdin.write("".join(lines).encode())
    bridge.stdin.flush()
    return [json.loads(bridge.stdout.readline()) for _ in lines]


def test_c1_each_line_is_answered_once_it_is_there(staffed: Founded) -> None:
    """Without waiting for more, while input stays open; the end of input is the end."""
    with delivering(staffed) as bridge:
        assert hand_over(bridge, line("1")) == [{"line": 1, "id": "1", "ok": True, "new": True}]
        assert refs() == ["1"]
        second, third, fourth = hand_over(bridge, line("1"), "[]\n", line("2", staff="zoe"))
        assert second == {"line": 2, "id": "1", "ok": True, "new": False}
        assert (third["line"], third["id"], third["ok"], third["because"]) == (3, None, False, "json")
        assert fourth["because"] == "staff"
        assert "zoe" in fourth["error"]
        out, err = bridge.communicate(line("3").encode() + line("4").encode()[:-9], timeout=PATIENCE)
    assert [json.loads(each).get("because") for each in out.splitlines()] == [None, "cut"]
    assert (bridge.returncode, err) == (1, b"")
    assert refs() == ["1", "3"]
    assert [sum(each[key] for each in told("chat.deliver")) for key in ("new", "known", "bad")] == [2, 1, 3]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_c1_who_is_told_to_stop_stops_in_order(staffed: Founded, number: signal.Signals) -> None:
    """Exit code 0, the log is told, nothing that was acknowledged is missing."""
    with delivering(staffed) as bridge:
        hand_over(bridge, line("1"))
        hand_over(bridge, line("2"), line("3", staff="zoe"))
        bridge.send_signal(number)
        assert bridge.wait(PATIENCE) == 0
    assert refs() == ["1", "2"]
    assert [each["new"] for each in told("chat.deliver")] == [1, 1]


def test_who_does_not_read_the_answers_is_waited_for_until_told_to_stop(staffed: Founded) -> None:
    """A pipe runs full; the rest is not taken, and a signal still ends it."""
    with delivering(staffed) as bridge:
        assert bridge.stdin is not None
        os.set_blocking(bridge.stdin.fileno(), False)
        sent = "".join(line(str(number)) for number in range(9000)).encode()
        moved = time.monotonic()
        while time.monotonic() < moved + 0.6:
            with suppress(BlockingIOError):
                sent = sent[os.write(bridge.stdin.fileno(), sent[:65536]) :]
                moved = time.monotonic()
            time.sleep(0.01)
        assert sent
        bridge.send_signal(signal.SIGTERM)
        assert bridge.wait(PATIENCE) == 0
    assert 0 < len(refs()) < 9000


def test_c1_where_nobody_reads_the_answers_any_more_it_ends(staffed: Founded) -> None:
    """With one line, and exit code 1; what was taken stays, and the log is told."""
    with delivering(staffed) as bridge:
        hand_over(bridge, line("1"))
        assert bridge.stdin is not None
        assert bridge.stdout is not None
        bridge.stdout.close()
        bridge.stdin.write(line("2").encode())
        bridge.stdin.flush()
        assert bridge.wait(PATIENCE) == 1
        assert bridge.stderr is not None
        assert bridge.stderr.read().count(b"\n") == 1
    assert refs() == ["1", "2"]
    assert len(told("chat.deliver")) == 2


def test_without_input_or_output_there_is_nothing_to_do(staffed: Founded) -> None:
    """Closed before it began: wrong usage."""
    for closed in ("<&-", ">&-"):
        words = f'exec "{sys.executable}" -m tui --home "{staffed.home}" chat deliver {closed}'
        ran = subprocess.run(["sh", "-c", words], cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        assert (ran.returncode, ran.stderr.count(b"\n")) == (2, 1)


@pytest.mark.slow  # it looks every four seconds
def test_an_older_program_leaves_where_a_newer_one_takes_over(staffed: Founded) -> None:
    """Within five seconds, though nothing comes."""
    with delivering(staffed) as bridge:
        hand_over(bridge, line("1"))
        with db.transaction():
            db.rows("INSERT INTO schema_migration (name, applied) VALUES ('9999_newer', '2027-01-01')")
            sqlite.set_version(db.database.connection(), 9999)
        assert bridge.wait(chats.WATCH + PATIENCE) == 3
        assert bridge.stderr is not None
        assert b"newer" in bridge.stderr.read()


def test_what_comes_from_a_program_that_has_ended_is_taken(staffed: Founded, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file as well; answers go into one, too."""
    file.write_text(line("1") + line("2", staff="zoe") + "\n")
    answers = file.with_name("answers")
    with file.open("rb") as lines, answers.open("wb") as said:
        monkeypatch.setattr(chats, "standard", lambda: (lines.fileno(), said.fileno()))
        assert run("chat", "deliver") == (1, "", "")
    assert [json.loads(each)["ok"] for each in answers.read_text().splitlines()] == [True, False]


def test_who_stops_listening_is_told(staffed: Founded, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error; what was taken stays."""
    file.write_text(line("1"))
    end, begin = os.pipe()
    os.close(end)
    monkeypatch.setattr(chats, "print_no_more", lambda: None)
    try:
        with file.open("rb") as lines:
            monkeypatch.setattr(chats, "standard", lambda: (lines.fileno(), begin))
            assert run("chat", "deliver").code == 1
    finally:
        os.close(begin)
    assert refs() == ["1"]


def test_c1_the_bridge_of_the_guide_hands_everything_over(staffed: Founded, tmp_path: Path) -> None:
    """As it stands there, though the other end is killed; what is refused for good lies aside, what may be good later stays."""
    (bridge,) = (text for _, told, text in FENCED.findall((ROOT / "docs/chats.md").read_text(encoding="utf-8")) if told == "python")
    spool, refused, program = tmp_path / "spool", tmp_path / "refused", tmp_path / "shopstaff"
    spool.mkdir()
    refused.mkdir()
    for number in range(120):
        (spool / f"{number:03}.json").write_text(line(str(number), "a  b\nc").replace(", ", ",\r\n"))
    (spool / "later.json").write_text(line("later", staff="zoe"))
    (spool / "empty.json").write_text("")
    (spool / "wrong.json").write_text("{")
    program.write_text(f'#!/bin/sh\necho $$ >> {tmp_path}/started\ncd {ROOT}\nexec {sys.executable} -m tui --home {staffed.home} "$@"\n')
    program.chmod(0o700)
    quickly = bridge.replace("time.sleep(5)", "time.sleep(0.1)").replace("time.sleep(1)", "time.sleep(0.1)")
    words = [sys.executable, "-c", quickly, str(spool), str(refused)]
    with subprocess.Popen(words, env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}) as process:
        try:
            soon(refs)
            os.kill(int((tmp_path / "started").read_text().split()[-1]), signal.SIGKILL)
            soon(lambda: [each.name for each in spool.iterdir()] == ["later.json"])
        finally:
            process.kill()
            for started in (tmp_path / "started").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(started), signal.SIGKILL)
    assert len(refs()) == 120
    assert db.rows("SELECT DISTINCT text FROM message") == [("a  b\nc",)]
    assert sorted(each.name for each in refused.iterdir()) == ["empty.json", "wrong.json"]


def soon(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


# ---- the pipes themselves


@pytest.fixture
def stop() -> Iterator[Stop]:
    """Told by whoever calls it."""
    with stopping() as stop:
        yield stop


def test_lines_that_have_come_are_taken_together(stop: Stop) -> None:
    """So many at most, in order, and without waiting for one more."""
    end, begin = os.pipe()
    try:
        arrivals = chats._Arrivals(Inlet(end, stop))
        os.write(begin, b"".join(b"%d\n" % number for number in range(450)) + b"half")
        taken = [arrivals.together() for _ in range(3)]
        assert [len(each or ()) for each in taken] == [200, 200, 50]
        os.close(begin)
        assert arrivals.together() == [b"half"]
        assert arrivals.together() is None
    finally:
        os.close(end)


def test_where_nothing_comes_there_is_a_look_around(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then."""
    monkeypatch.setattr(chats, "WATCH", 0.01)
    end, begin = os.pipe()
    try:
        assert chats._Arrivals(Inlet(end, stop)).together() == []
    finally:
        os.close(end)
        os.close(begin)


def test_what_others_have_read_is_waited_for(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that does not block says so; a full one is tried again."""
    end, begin = os.pipe()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "read", lambda *_: (_ for _ in ()).throw(BlockingIOError))
            os.write(begin, b"x")
            assert Inlet(end, stop).piece(0) is None
        real, turns = os.write, []

        def once_full(number: int, data: Any) -> int:
            turns.append(number)
            if len(turns) == 1:
                raise BlockingIOError
            return real(number, data)

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", once_full)
            Outlet(begin, stop).say(b"answer")
        assert os.read(end, 99) == b"xanswer"
    finally:
        os.close(end)
        os.close(begin)


def test_what_is_said_to_stop_while_nobody_reads_stops(stop: Stop) -> None:
    """And being told again and again does no harm."""
    end, begin = os.pipe()
    try:
        outlet = Outlet(begin, stop)
        for _ in range(70_000):
            stop(signal.SIGTERM, None)
        with pytest.raises(Stopped):
            outlet.say(b"x" * 200_000)
    finally:
        os.close(end)
        os.close(begin)


def test_signals_are_as_they_were_afterwards() -> None:
    """Whoever ran the command in this process keeps their own."""
    before = signal.getsignal(signal.SIGTERM)
    with stopping() as stop:
        assert signal.getsignal(signal.SIGTERM) is stop
    assert signal.getsignal(signal.SIGTERM) is before
