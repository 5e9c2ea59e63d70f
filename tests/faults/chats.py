"""C1: two that deliver messages and one that imports them, killed at any moment; each begins anew until all of it is there.

Who hands over is modelled as docs/chats.md tells it to be: it keeps a line until that was acknowledged, and starts the other end again
where it died.
"""

from __future__ import annotations

import json
import os
import select
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Final

from models import anchors, clock, db, sqlite
from models.operations import chat_intake
from tests.faults import writing
from tests.faults.registry import Counted
from tests.faults.state import wrong
from tui.cli import chats, program

HANDS: Final = 3
"""Two that deliver and one that imports."""

KILLS: Final = 4
"""Of each, before it is let come to its end."""

SECONDS: Final = (0.01, 0.3)
"""From the start of a process to its kill: the first ones die while they open the shop."""

LINES: Final = 1600
"""That each hands over; every other one is handed over by all."""

AT_ONCE: Final = 25
"""Lines that are handed over before their answers are waited for."""

BATCH: Final = 40
"""Lines of a file that are one transaction, so that there are many to strike in."""

PATIENCE: Final = 60
BEGAN: Final = clock.instant("2026-01-05T01:00:00+00:00")
WORDS: Final = ("我要退款", "有货吗？", "好的 ok", "refund, please")

_THERE: Final = """
    SELECT m.ref, c.customer, s.login, m.at, m.sender, m.text
    FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN staff s ON s.id = c.staff_id
"""
_WRONG_SUMS: Final = """
    SELECT c.id FROM conversation c JOIN message m ON m.conversation_id = c.id GROUP BY c.id
    HAVING c.messages <> count(*) OR c.first_at <> min(m.at) OR c.last_at <> max(m.at) OR c.waiting_since IS NOT (
        SELECT min(at) FROM message w WHERE w.conversation_id = c.id AND w.sender = 'customer' AND w.id > coalesce(
            (SELECT max(id) FROM message WHERE conversation_id = c.id AND sender = 'staff'), 0))
"""
_FOUND: Final = "SELECT count(*) FROM message_text WHERE message_text MATCH 'text:\"退款\"'"


class _Hand:
    """Somebody who hands over messages until all were acknowledged, or the file was taken; its other end is killed some times first."""

    def __init__(self, home: Path, lines: list[dict[str, Any]], seed: str) -> None:
        self.home, self.lines, self.chance = home, lines, Random(seed)
        self.acknowledged: Counter[str] = Counter()
        self.new: Counter[str] = Counter()
        self.lost: list[str] = []
        self.bad: list[str] = []
        self.kills = self._tries = 0

    def deliver(self) -> None:
        """Line by line."""
        waiting = {each["id"]: each for each in self.lines}
        while waiting and not self.bad:
            (theirs, ours), (hear, say) = writing.CONTEXT.Pipe(duplex=False), writing.CONTEXT.Pipe(duplex=False)
            process = writing.CONTEXT.Process(target=_deliver, args=(self.home, theirs, say))
            process.start()
            theirs.close()
            say.close()
            end = self._end()
            with suppress(BrokenPipeError):
                self._converse(waiting, ours.fileno(), hear.fileno(), end)
            ours.close()
            self._finish(process, end)
            answered = self._heard(_rest(hear.fileno()), waiting)
            hear.close()
            self._look_for(answered)

    def bring_in(self) -> None:
        """By a file, until that was taken to its end."""
        file = self.home.parent / f"{self.lines[0]['id']}.jsonl"
        file.write_bytes(b"".join(map(_line, self.lines)))
        ended = -1
        while ended < 0 and not self.bad:
            process = writing.CONTEXT.Process(target=_bring_in, args=(self.home, file))
            process.start()
            self._finish(process, self._end())
            ended = process.exitcode or 0
        if ended:
            self.bad.append(f"the import ended with {ended}")

    def _end(self) -> float | None:
        """When the process is to be killed, if it is."""
        return time.monotonic() + self.chance.uniform(*SECONDS) if self._tries < KILLS else None

    def _finish(self, process: Any, end: float | None) -> None:
        if end is not None:
            process.join(max(0, end - time.monotonic()))
            self.kills += process.is_alive()  # as good as: it may end by itself this very moment
            self._tries += 1
            process.kill()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            self.bad.append("it did not end")

    def _converse(self, waiting: dict[str, Any], ours: int, hear: int, end: float | None) -> None:
        """Hand over what waits, some lines at a time, and take what is answered off, until there is nothing left or its time is over."""
        self._said = b""
        self._answered: list[str] = []
        while waiting:
            some = list(waiting.values())[:AT_ONCE]
            os.write(ours, b"".join(map(_line, some)))
            left = {each["id"] for each in some}
            while left:
                seconds = PATIENCE if end is None else max(0.0, end - time.monotonic())
                if not select.select([hear], [], [], seconds)[0]:
                    return
                piece = os.read(hear, 65536)
                if not piece:
                    return
                left -= set(self._heard(piece, waiting))

    def _heard(self, piece: bytes, waiting: dict[str, Any]) -> list[str]:
        *whole, self._said = (self._said + piece).split(b"\n")
        for each in whole:
            answer = json.loads(each)
            if not answer["ok"]:
                self.bad.append(str(answer))
                continue
            self._answered.append(answer["id"])
            self.acknowledged[answer["id"]] += 1
            self.new[answer["id"]] += answer["new"]
            waiting.pop(answer["id"], None)
        return self._answered

    def _look_for(self, answered: list[str]) -> None:
        """What was acknowledged is there, before anybody hands it over again."""
        with closing(sqlite3.connect(self.home / db.FILE_NAME, timeout=PATIENCE)) as bare:
            for ref in answered:
                if not bare.execute("SELECT 1 FROM message WHERE ref = ?", (ref,)).fetchone():
                    self.lost.append(ref)


def _rest(hear: int) -> bytes:
    """What had been said before the end."""
    said = b""
    while piece := os.read(hear, 65536):
        said += piece
    return said


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def _deliver(home: Path, hear: Connection, say: Connection) -> None:
    vars(chats)["standard"] = lambda: (hear.fileno(), say.fileno())
    _run(home, "chat", "deliver")


def _bring_in(home: Path, file: Path) -> None:
    vars(chat_intake)["BATCH"] = BATCH
    _run(home, "chat", "import", str(file))


def _run(home: Path, *words: str) -> None:
    anchors.keep_out_of_syslog()
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  the process ends with it
    raise SystemExit(program.run(words, str(home)))


def killed(rounds: int) -> Counted:
    """Some kills of each, so many that there are `rounds` in all; half of the shops with either journal."""
    done = acknowledged = 0
    lost: list[str] = []
    bad: list[str] = []
    for turn in range(max(1, rounds // (HANDS * KILLS))):
        with writing.shops((sqlite.DELETE, sqlite.WAL)[turn % 2], on_disk=True) as (home, _said):
            hands, everything = _hands(home, turn)
            _all_at_once([hands[0].deliver, hands[1].deliver, hands[2].bring_in])
            done += sum(each.kills for each in hands)
            acknowledged += sum(len(each.acknowledged) for each in hands)
            lost += [ref for each in hands for ref in each.lost]
            new = sum((each.new for each in hands), Counter[str]())
            bad += [f"{ref} was new {times} times" for ref, times in new.items() if times > 1]
            bad += [problem for each in hands for problem in each.bad]
            bad += [*_compared(home, everything), *wrong(home)]
    return Counted(done, acknowledged, len(lost), tuple(bad), "each message once, in both journals")


def _hands(home: Path, turn: int) -> tuple[list[_Hand], dict[str, dict[str, Any]]]:
    """Who hands over, each in an order of its own; and all that is handed over."""
    chance = Random(turn)
    common = [_message(f"all-{number}", number, chance) for number in range(LINES // 2)]
    hands, everything = [], {each["id"]: each for each in common}
    for place in range(HANDS):
        own = [_message(f"h{place}-{number}", number, chance) for number in range(LINES // 2)]
        everything |= {each["id"]: each for each in own}
        lines = [*common, *own]
        chance.shuffle(lines)
        hands.append(_Hand(home, lines, f"{turn} {place}"))
    return hands, everything


def _message(ref: str, number: int, chance: Random) -> dict[str, Any]:
    at = BEGAN + number * clock.MINUTE + chance.randrange(30) * clock.SECOND
    who = {"customer": f"小河{chance.randrange(9)}", "staff": chance.choice(writing.PEOPLE)}
    return {"id": ref, **who, "at": clock.rfc3339(at), "from": chance.choice(("customer", "staff", "auto")), "text": chance.choice(WORDS)}


def _all_at_once(acts: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _compared(home: Path, everything: dict[str, dict[str, Any]]) -> list[str]:
    """Where what is there is not what was handed over, each message once."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        rows = bare.execute(_THERE).fetchall()
        sums = bare.execute(_WRONG_SUMS).fetchall()
        ((found,),) = bare.execute(_FOUND)
    there = {(ref, customer, login, clock.rfc3339(at), sender, said) for ref, customer, login, at, sender, said in rows}
    wanted = {tuple(each.values()) for each in everything.values()}
    words = sum("退款" in each["text"] for each in everything.values())
    return [
        *(["some messages are there twice"] if len(rows) != len(there) else []),
        *([f"missing or other: {sorted(wanted ^ there)[:3]}"] if wanted != there else []),
        *([f"wrong sums of {sums[:3]}"] if sums else []),
        *([f"the index of words finds {found} of {words}"] if found != words else []),
    ]
