"""What asking costs, with an act and without, and what a change costs more because it is written down: `python -m tests.bench.acting`.

`check` is measured as the whole process that another program waits for, beside a Python that does no more than import the database's
driver. An entry is measured inside real operations, which are run with and without their journal's part in turns, so that whatever else
the machine does falls on both: what the part itself takes, and what of that a change waits for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final
from unittest import mock

from models import clock, db, shop
from models.operations import _journal, _operation, grants, roles
from models.rules.grants import AccessChange, ExtraGift
from models.tables import AuditEntry, Extra
from tests.bench.terminal import ROOT
from tests.factories import CONSOLE, Founded, founded, template

ROUNDS: Final = 21
CHANGES: Final = 200
BUDGET: Final = 3.0
"""`check` ÷ `import sqlite3`."""

BESIDE: Final = 2.0
"""An operation with its entry ÷ the same rows through peewee without rules, as durable."""

DEARER: Final = 1.0
"""An entry ÷ the change it belongs to."""


def whole(*arguments: str) -> float:
    """Seconds from start to end of a Python process."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    return perf_counter() - start


def asking(home: Path) -> None:
    """Print what asking costs."""
    asked = ("-m", "tui", "--home", str(home), "check", "owner", "goods.price.edit")
    programs: dict[str, tuple[str, ...]] = {
        "python -c 'import sqlite3'": ("-c", "import sqlite3"),
        "shopstaff check": asked,
        "shopstaff check --act": (*asked, "--act", "改价 白菜 2.50 → 2.80"),
    }
    for words in programs.values():
        whole(*words)  # a first time, that compiles
    rounds = [{name: whole(*words) for name, words in programs.items()} for _ in range(ROUNDS)]
    bare = "python -c 'import sqlite3'"
    for name in programs:
        ratio = median(each[name] / each[bare] for each in rounds)
        budget = f"  (budget {BUDGET:.2f})" if name == "shopstaff check" else ""
        print(f"{name:<34}{median(each[name] for each in rounds) * 1000:>8.1f} ms  × {ratio:4.2f}{budget}")


class Part:
    """Seconds that the journal's part took, inside operations."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._write = _journal.write

    def timed(self, *given: Any) -> None:
        """Write as ever, and count the time."""
        start = perf_counter()
        self._write(*given)
        self.seconds += perf_counter() - start


@contextmanager
def journal(write: Callable[..., None]) -> Iterator[None]:
    """Inside, operations write their entries by `write`."""
    with mock.patch.object(_operation, "write", write):
        yield


def grant(little: Founded) -> Callable[[int], None]:
    """Giving a permission and taking it, in turns."""
    staff_id = little.id_of("alice")

    def change(turn: int) -> None:
        change = AccessChange(take_extras=("goods.view",)) if turn % 2 else AccessChange(give_extras=(ExtraGift("goods.view", None),))
        grants.change(CONSOLE, staff_id, change)

    return change


def edit(little: Founded) -> Callable[[int], None]:
    """Changing what is in a role."""
    role_id = little.role_id("design")
    codes = [code for (code,) in db.rows("SELECT permission FROM role_permission WHERE role_id = ? ORDER BY permission", (role_id,))]

    def change(turn: int) -> None:
        roles.edit(CONSOLE, role_id, None, codes=[*codes, "chat.receive"] if turn % 2 == 0 else codes)

    return change


def without_rules(little: Founded) -> Callable[[int], None]:
    """The rows that `grant` leaves, and as many, through peewee alone: nothing is judged, and no hash is worked out."""
    staff_id = little.id_of("alice")

    def change(turn: int) -> None:
        with db.transaction():
            if turn % 2:
                held = (Extra.staff == staff_id) & (Extra.permission == "rate.reply") & Extra.ended_at.is_null()
                Extra.update(ended_at=clock.now(), ended_by="console:tester").where(held).execute()
            else:
                Extra.insert(staff=staff_id, permission="rate.reply", since=clock.now(), granted_by="console:tester").execute()
            AuditEntry.insert(
                at=clock.now(),
                actor="console:tester",
                action="extra.revoke" if turn % 2 else "extra.grant",
                object_kind="staff",
                object_id=staff_id,
                object_label="alice",
                old="",
                new='{"permission":"rate.reply"}',
                device="",
                address="",
                hash=bytes(32),
            ).execute()

    return change


def beside_peewee(little: Founded) -> None:
    """Print what an operation costs beside the same rows without rules; by turns, in one file, so that both wait for the same disk."""
    works = {"grants.change": grant(little), "the same rows through peewee": without_rules(little)}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(CHANGES):
        for name, change in works.items():
            start, cpu = perf_counter(), process_time()
            change(turn)
            spent[name].append((perf_counter() - start, process_time() - cpu))
    (ours, our_cpu), (theirs, their_cpu) = ((median(each) for each in zip(*spent[name], strict=True)) for name in works)
    print(
        f"{'grants.change ÷ its rows by peewee':<34}{ours * 1000:>8.2f} ms ÷ {theirs * 1000:.2f}  × {ours / theirs:4.2f} "
        f"(budget {BESIDE:.2f}); of processor time {our_cpu * 1000:.2f} ÷ {their_cpu * 1000:.2f}"
    )


def changing(little: Founded, name: str, change: Callable[[int], None]) -> None:
    """Print what an operation costs with its entry and without."""
    part = Part()
    with_it, without = [], []
    for turn in range(CHANGES):
        start, before = perf_counter(), part.seconds
        is_written = turn % 4 < 2  # there and back again, then the same unwritten: the two are alike
        with journal(part.timed if is_written else lambda *_given: None):
            change(turn)
        seconds = perf_counter() - start
        if is_written:
            with_it.append((seconds, part.seconds - before))
        else:
            without.append(seconds)
    entry, bare = median(seconds for _, seconds in with_it), median(without)
    whole_one = median(seconds for seconds, _ in with_it)
    print(
        f"{name:<34}{whole_one * 1000:>8.2f} ms with its entry, {bare * 1000:.2f} without  × {whole_one / bare:4.2f}; "
        f"the entry itself {entry * 1000:.2f} ms, × {entry / bare:4.2f} of the change (budget {DEARER:.2f})"
    )


def main() -> int:
    """Print the table."""
    with TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        template(Path(folder) / "template")
        with founded(Path(folder) / "template", Path(folder) / "home") as little:
            little.person("alice")
            shop.close()
            asking(little.home)
            shop.open(little.home)
            changing(little, "grants.change", grant(little))
            changing(little, "roles.edit", edit(little))
            beside_peewee(little)
    return 0


if __name__ == "__main__":
    sys.exit(main())
