"""What taking in a million messages costs, beside the same rows by the bare driver: `python -m tests.bench.chat_import [MESSAGES]`.

Both write the same rows into the same tables, on a database that lies on the same disk: the one from a file of JSON lines, judged, each
looked up by its id, some thousand a transaction with an entry; the other what came of that, in one transaction, from memory. What the
index of words takes (its pairs of characters worked out before) is shown apart. A second import of the same file writes nothing.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

from models import clock, db, shop, sqlite
from models.rules import chat_index
from tests.crowd import crowd
from tests.factories import template
from tests.million_chats import LARGE, Size, chatty

MIB: Final = 1024 * 1024
PEOPLE: Final = 200
ONCE: Final = 50_000
DISK: Final = Path("/var/tmp")
"""Where a commit takes its time."""

_SAID: Final = """
    SELECT m.ref, c.customer, s.login, m.at, m.sender, m.text
    FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN staff s ON s.id = c.staff_id ORDER BY m.id
"""
_KEYS: Final = ("id", "customer", "staff", "at", "from", "text")


class Took:
    """Seconds of the clock and of the processor, summed up."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self.wall, self.cpu = self.wall - perf_counter(), self.cpu - process_time()

    def __exit__(self, *_error: object) -> None:
        self.wall, self.cpu = self.wall + perf_counter(), self.cpu + process_time()


def write_lines(home: Path, file: Path) -> None:
    """The messages of a shop as a program hands them over."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare, file.open("w", encoding="utf-8") as lines:
        for ref, customer, login, at, sender, said in bare.execute(_SAID):
            values = (ref, customer, login, clock.rfc3339(at), sender, said)
            lines.write(f"{json.dumps(dict(zip(_KEYS, values, strict=True)), ensure_ascii=False)}\n")


def empty(home: Path) -> None:
    """A shop with the same people, and nothing said."""
    template(home)
    shop.open(home)
    crowd(PEOPLE)
    shop.close()


def imported(home: Path, file: Path) -> tuple[float, float, float]:
    """Take the file in by the command: seconds of the clock, of the processor, and MiB at most.

    Raises:
        CalledProcessError: it did not.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = perf_counter()
    peak = subprocess.run([sys.executable, "-c", _PEAK, str(home), str(file)], check=True, stdout=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return perf_counter() - start, cpu, int(peak.stdout) / 1024


_PEAK: Final = """
import sys
from tui.__main__ import main
assert main(["--home", sys.argv[1], "chat", "import", sys.argv[2]]) == 0
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def by_hand(source: Path, target: Path, words: Took | None) -> Took:
    """The rows of `source`, by the bare driver; with the index of words where `words` is to be told what that took."""
    took = Took()
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target, isolation_level=None)) as bare:
        sqlite.set_pragmas(bare, sqlite.choose_journal())
        bare.execute("BEGIN IMMEDIATE")
        whose = dict(there.execute("SELECT id, staff_id FROM conversation"))
        for table, columns in (("conversation", 8), ("message", 6)):
            rows = there.execute(f"SELECT * FROM {table} ORDER BY id")
            while page := rows.fetchmany(ONCE):
                with took:
                    bare.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", page)
                if table == "message" and words is not None:
                    _index(bare, page, whose, words)
        with took:
            bare.execute("COMMIT")
    return took


def _index(bare: sqlite3.Connection, page: list[tuple[Any, ...]], whose: dict[int, int], words: Took) -> None:
    pairs = [(row[0], chat_index.tokens(row[5]), chat_index.whose(whose[row[1]])) for row in page]
    with words:
        bare.executemany("INSERT INTO message_text (rowid, text, whose) VALUES (?, ?, ?)", pairs)


def main(arguments: list[str]) -> int:
    """Print the table."""
    messages = int(arguments[0]) if arguments else LARGE.messages
    size = Size(PEOPLE, 10, messages // 10, messages, messages // 20)
    with TemporaryDirectory(dir=DISK) as name:
        folder = Path(name)
        file, ours = folder / "said.jsonl", folder / "ours" / db.FILE_NAME
        chatty(folder / "said", size)
        write_lines(folder / "said", file)
        for each in ("ours", "words", "plain"):
            empty(folder / each)
        print(f"{messages:,} messages, {file.stat().st_size / MIB:,.0f} MiB of JSON lines", flush=True)
        before = ours.stat().st_size
        told = [("import, the whole command", *imported(folder / "ours", file))]
        told.append(("the same file once more", *imported(folder / "ours", file)))
        grown = ours.stat().st_size - before
        words = Took()
        rows = by_hand(ours, folder / "words" / db.FILE_NAME, words)
        plain = by_hand(ours, folder / "plain" / db.FILE_NAME, None)
    told += [("by hand, with the words", rows.wall + words.wall, rows.cpu + words.cpu, 0), ("by hand, without", plain.wall, plain.cpu, 0)]
    for what, wall, cpu, peak in told:
        memory = f"{peak:6.0f} MiB at most" if peak else ""
        print(f"  {what:28}{wall:8.1f} s{cpu:8.1f} s of CPU{messages / wall:10,.0f} a second  {memory}")
    (_what, wall, cpu, _peak), _again, words_too, bare = told
    for what, (_what, hand, busy, _none) in (("with the words", words_too), ("without", bare)):
        print(f"  import ÷ by hand, {what:16}{wall / hand:6.2f}, of CPU {cpu / busy:.2f}")
    print(f"  the data grew by {grown / MIB:,.0f} MiB, {grown / messages:,.0f} bytes a message")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
