"""Conversations, with 10,000 and with 1,000,000 messages: `python -m tests.bench.chats`.

Listing them by every filter, finding words in them (frequent, rare and in none; Chinese, Latin and mixed), opening one, also one of 50,000
messages; as whoever reads everything, as the lead of a small and of a large team, and as a colleague who reads their own. Medians in
milliseconds, with the ratio. Each is held to its time. A search that stops after a while says how far it looked (`…`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final
from unittest import mock

from models import clock, db, shop
from models.actor import Actor
from models.clock import DAY
from models.operations.chat_reading import Found, find, open_conversation
from models.queries import chats, standing
from models.queries.chats import Filter
from tests.factories import AGELESS, CONSOLE, Founded, signed_in
from tests.million_chats import ABSENT, ABSENT_LATIN, FREQUENT, FREQUENT_LATIN, LARGE, RARE, RARE_LATIN, Size, chatty

SIZES: Final = (Size(1_000, 40, 1_000, 10_000, 500), LARGE)
BUDGETS: Final = {"list": 50.0, "search": 200.0, "open": 50.0, "read": 10.0}
"""Milliseconds of what begins with that word. A list that a filter leaves many of is allowed what a search is."""

LONG: Final = 200.0
ROUNDS: Final = 5
PAGE: Final = 50
WORDS: Final = {
    "frequent": FREQUENT,
    "rare": RARE,
    "absent": ABSENT,
    "Latin, frequent": FREQUENT_LATIN,
    "Latin, rare": RARE_LATIN,
    "Latin, absent, of frequent pairs": ABSENT_LATIN,
    "two frequent words, never together": f"{FREQUENT} {FREQUENT_LATIN}",
    "frequent, with one character": f"{FREQUENT} 河",
    "a whole sentence": "refund for order 2026",
}

Read = Callable[[], object]


def readers() -> dict[str, Actor]:
    """Who reads: the owner, leads of some twenty people and of half of the shop, somebody who talks a lot."""
    founded = Founded(db.home(), CONSOLE)
    inside = dict(db.rows("SELECT parent_id, count(*) FROM department WHERE parent_id IS NOT NULL GROUP BY parent_id"))
    ((leaf,),) = db.rows("SELECT max(id) FROM department")
    for login, department_id in (("small", leaf), ("large", max(inside, key=lambda each: (each == 1, inside[each])))):
        founded.person(login, extras=["chat.record.team"], department_id=department_id)
    logins = {"all": "owner", "team of some": "small", "team of many": "large", "own": "person00001"}
    return {name: signed_in(login) for name, login in logins.items()}


def lists(actor: Actor) -> dict[str, Read]:
    """Opening a list: how many there are, and the first page."""
    now = clock.now()
    wanted = {
        "": Filter(),
        "unanswered": Filter(unanswered=True),
        "a customer": Filter(customer="0451"),
        "customer, none": Filter(customer="nobody"),
        "today": Filter(since=now - DAY),
        "a day, long ago": Filter(since=now - 200 * DAY, until=now - 199 * DAY),
        "long: a month, long ago": Filter(since=now - 230 * DAY, until=now - 200 * DAY),
        "long: most of the year": Filter(since=now - 330 * DAY, until=now - 30 * DAY),
        "long: many customers": Filter(customer="0"),
        "long: everything at once": Filter(customer="1", since=now - 230 * DAY, until=now - 200 * DAY, unanswered=True),
    }
    return {f"list {name}": partial(_listed, actor, each) for name, each in wanted.items()}


def _listed(actor: Actor, wanted: Filter) -> int:
    listing = chats.listing(actor, wanted)
    return listing.count() + len(listing.window(0, PAGE))


def searches(actor: Actor) -> dict[str, Read]:
    """Looking for words: the first page, and its entry."""
    now = clock.now()
    found: dict[str, Read] = {f"search {name}": partial(find, actor, Filter(words=words), limit=PAGE) for name, words in WORDS.items()}
    narrowed = {
        "of a customer": Filter(customer="0451"),
        "where somebody waits": Filter(unanswered=True),
        "of a month": Filter(since=now - 230 * DAY, until=now - 200 * DAY),
        "of a colleague": Filter(staff_id=5),
    }
    for name, filters in narrowed.items():
        found[f"search frequent, {name}"] = partial(find, actor, filters._replace(words=FREQUENT), limit=PAGE)
    return found


def openings() -> dict[str, Read]:
    """Opening conversations of colleagues: the longest and a usual one, at their ends and in the middle, with the entry and without."""
    ((longest, messages),) = db.rows("SELECT id, messages FROM conversation ORDER BY messages DESC LIMIT 1")
    half = "SELECT id FROM message WHERE conversation_id = ? ORDER BY id LIMIT 1 OFFSET ?"
    ((middle,),) = db.rows(half, (longest, messages // 2))
    ((usual,),) = db.rows("SELECT id FROM conversation WHERE messages >= 9 ORDER BY messages, id LIMIT 1")
    owner = signed_in("owner")
    return {
        "open the longest, with its entry": partial(open_conversation, CONSOLE, longest),
        "open the longest, in the middle": partial(open_conversation, owner, longest, before=middle),
        "open the longest, 500 at once": partial(open_conversation, owner, longest, after=middle, limit=500),
        "open a usual one, with its entry": partial(open_conversation, CONSOLE, usual),
        "open a usual one again": partial(open_conversation, owner, usual),
    }


def reads() -> dict[str, Read]:
    """Everything that is measured on the shop that is open, by name."""
    found: dict[str, Read] = {}
    for whose, actor in readers().items():
        for name, read in (lists(actor) | searches(actor)).items():
            found[f"{name} · {whose}"] = read
        found[f"read who waits · {whose}"] = partial(chats.waiting, actor)
        found[f"read whether there are any · {whose}"] = partial(chats.any_for, actor)
    whole = chats.listing(CONSOLE)
    found["list its last page · all"] = lambda: whole.window(whole.count() - PAGE, PAGE)
    return found | openings()


def measured(read: Read) -> tuple[float, object]:
    """Milliseconds, and what came."""
    spent, result = [], read()
    for _ in range(ROUNDS):
        begin = perf_counter()
        result = read()
        spent.append((perf_counter() - begin) * 1000)
    return median(spent), result


def main() -> int:
    """Measure and print; 1 where a budget is broken."""
    times: dict[str, list[float]] = {}
    stopped: set[str] = set()
    with TemporaryDirectory() as folder, mock.patch.object(standing, "AHEAD", 2 * AGELESS):  # sessions of tests do not age
        for size in SIZES:
            home = Path(folder) / str(size.messages)
            begin = perf_counter()
            chatty(home, size)
            print(f"{size.messages:,} messages written in {perf_counter() - begin:.0f} s", flush=True)
            shop.open(home)
            try:
                for name, read in reads().items():
                    spent, result = measured(read)
                    times.setdefault(name, []).append(spent)
                    stopped |= {name} if isinstance(result, Found) and result.searched_to is not None else set()
            finally:
                shop.close()
    return told(times, stopped)


def told(times: dict[str, list[float]], stopped: set[str]) -> int:
    """Print what was measured; 1 where something took too long.

    Args:
        stopped: what stopped before it had found enough.
    """
    bad = 0
    print(f"\n{'':<60}" + "".join(f"{size.messages:>14,}" for size in SIZES) + f"{'ratio':>8}")
    for name, (few, many) in times.items():
        budget = LONG if name.startswith("list long") else BUDGETS[name.partition(" ")[0]]
        bad += many > budget
        mark = f"  over {budget:.0f} ms" if many > budget else " …" if name in stopped else ""
        print(f"{name:<60}{few:>11.2f} ms{many:>11.2f} ms{many / few:>8.1f}{mark}")
    print(f"limits: {', '.join(f'{name} {limit:.0f} ms' for name, limit in BUDGETS.items())}; lists by many messages {LONG:.0f} ms")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
