"""What work figures cost among a million messages: `python -m tests.bench.figures [MESSAGES]`.

Once spread over a year, as a shop has them that grew; once all of them within thirty days, which is more than a thousand people answer in a
day. CPU seconds, and the longest read of a day, since no lock is held for longer. Beside it, the same answered by a loop over all messages.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from models import clock, db, shop
from models.operations import figures_export
from models.queries import figures
from models.rules import chat_index
from models.rules.figures import Period
from models.rules.progress import unasked, unheard
from tests.factories import CONSOLE
from tests.million_chats import LARGE, Size, chatty

ROUNDS: Final = 5
_PLAIN: Final = "SELECT m.id, m.conversation_id, m.sender FROM message m WHERE m.id BETWEEN ? AND ? ORDER BY m.id"


def timed(work: Callable[[], object]) -> float:
    """CPU seconds, the median of some rounds."""
    spent = []
    for _round in range(ROUNDS):
        begin = process_time()
        work()
        spent.append(process_time() - begin)
    return median(spent)


def longest_read(period: Period) -> float:
    """Milliseconds that the longest of the reads of days took."""
    moments: list[float] = []
    figures.figures(CONSOLE, period, progress=lambda _done, _total: moments.append(perf_counter()))
    return max((after - before) * 1000 for before, after in pairwise(moments))


def looped(period: Period) -> int:
    """Whose first message of each day was answered that day, by a loop in Python: less than what the figures tell."""
    since, until = figures.bounds(period)
    answered, asked = 0, dict[tuple[int, int], bool]()
    for identity, conversation_id, sender in db.rows(_PLAIN, (chat_index.lowest_number(since), chat_index.highest_number(until))):
        key = (conversation_id, ((identity >> 20) * 1000 - since) // clock.DAY)
        if sender == "customer":
            asked.setdefault(key, False)
        elif sender == "staff" and asked.get(key) is False:
            asked[key] = True
            answered += 1
    return answered


def report(days: int) -> None:
    """One line a read."""
    for name in ("week", "days"):
        period = figures.usual(name)
        found = figures.figures(CONSOLE, period)
        told = f"{found.total.received:,} received by {len(found.people)}, {found.total.unanswered:,} unanswered"
        spent, plain = timed(partial(figures.figures, CONSOLE, period)), timed(partial(looped, period))
        print(f"{days} days, {name:<8}{spent:>8.3f} s CPU; the messages read in a loop {plain:.3f} s; {told}", flush=True)
        print(f"{'':18}a day at most {longest_read(period):.0f} ms", flush=True)
    period = figures.usual("days")
    one = max(figures.figures(CONSOLE, period).people, key=lambda person: person.counts.received).id
    spent = timed(lambda: figures.gathered(CONSOLE, period, one, unheard, unasked))
    print(f"{days} days, one's own{spent:>8.3f} s CPU", flush=True)
    for form in ("csv", "json", "html"):
        spent = timed(partial(written, form, period))
        print(f"{days} days, as {form:<5}{spent:>8.3f} s CPU", flush=True)


def written(form: str, period: Period) -> int:
    """How much an export is."""
    return sum(map(len, figures_export.pieces(CONSOLE, form, period)))


def main() -> None:
    """Measure and print."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE.messages
    size = Size(LARGE.people, LARGE.departments, LARGE.conversations * messages // LARGE.messages, messages, LARGE.longest)
    for days in (365, 30):
        with TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            chatty(home, size, days=days)
            shop.open(home)
            try:
                report(days)
            finally:
                shop.close()


if __name__ == "__main__":
    main()
