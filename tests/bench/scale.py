"""Every screen, in a small shop and in a large one: `python -m tests.bench.scale [--keep FOLDER] [NAME …]`.

A hundred people, ten departments and ten roles of the shop's own and 10,000 entries; and 10,000 people, 300 departments, 500 roles and a
million entries. Each screen of `tests.places` is come to by its keys, in this process, by turns in the one and in the other, as the owner
and, as far as they see it, as a manager. Told are the processor time and the wall clock of the dearest key that was pressed on it (the
one that opened it, unless another was dearer), the statements that this ran and how long they took, then PgDn and End on its list, and a
letter where it is searched. At the end, what 200 pages of each long list leave in memory.

Marked is what takes half as long again in the large shop, where it takes long enough for anybody to notice, and what takes more than 100
milliseconds of processor time there. With names, only screens whose names begin so are looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final
from unittest import mock

from textual import _wait
from textual.pilot import Pilot

from models import db, shop
from models.actor import Actor
from screens.widgets.list_view import ListView
from tests.bench.traced import Traced, resident, traced
from tests.factories import signed_in
from tests.large import LARGE, SMALL, build
from tests.places import PLACES, Place, prepare, steps
from tests.screens.look import grid, settle
from tests.screens.program import program
from tui.app import ShopstaffApp

RATIO: Final = 1.5
BUDGET_MS: Final = 100.0
SLACK_MS: Final = 15.0
"""So much more is noticed by nobody, whatever the ratio."""

ROUNDS: Final = 2
"""What is beyond its budget is measured again, and the best of as many rounds counts: the machine does other things as well."""

PATIENCE: Final = 4.0
STEP: Final = 0.005  # seconds after which the pilot looks whether all is done; Textual's four times as many make a run twice as long
MANAGER: Final = "alice"
LISTED: Final = ("pagedown", "end")
SECTION: Final = 2
"""Keys at most that lead to a section or a part of it: those are paged and searched, and looked at as a manager, too."""
PAGED: Final = ("StaffScreen", "AuditScreen", "ReviewScreen people", "ReviewHoldersScreen", "SignedInScreen", "HighRiskScreen")


@dataclass
class Cost:
    """What a key cost: milliseconds of processor time and on the wall, statements, and milliseconds that those took."""

    cpu: float = 0.0
    wall: float = 0.0
    statements: int = 0
    sql: float = 0.0


@dataclass
class Found:
    """What a screen cost: its dearest key, and what was done in it."""

    opened: Cost = field(default_factory=Cost)
    done: dict[str, Cost] = field(default_factory=dict)
    missed: bool = False

    def better(self, other: Found) -> Found:
        """The better of two rounds, key by key."""
        done = {key: min(self.done[key], other.done.get(key, self.done[key]), key=_cpu) for key in self.done}
        return Found(min(self.opened, other.opened, key=_cpu), done, self.missed)


def _cpu(cost: Cost) -> float:
    return cost.cpu


class Home:
    """A shop that is walked through, made anew from its template whenever something was changed in it."""

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self.path = folder / f"{template.name}-walked"
        self._seen: tuple[Any, ...] = ()

    def fresh(self, place: Place) -> Path:
        """The shop as `place` needs it."""
        if place.first or not place.founded or not self._seen or self._seen != self._state():
            shutil.rmtree(self.path, ignore_errors=True)
            if place.founded:
                shutil.copytree(self._template, self.path)
                prepare(place, self.path)
                self._seen = () if place.first else self._state()
        return self.path

    def _state(self) -> tuple[Any, ...]:
        with suppress(Exception):
            shop.open(self.path)
            try:
                return db.rows("SELECT (SELECT max(seq) FROM audit_entry), (SELECT group_concat(payload) FROM draft)")[0]
            finally:
                shop.close()
        return ()


async def press(pilot: Pilot[Any], key: str, seen: Traced) -> Cost:
    """Press a key and wait until nothing is left to do."""
    seen.clear()
    wall, cpu = perf_counter(), process_time()
    await pilot.press({"esc": "escape"}.get(key, key))
    await settle(pilot)
    return Cost((process_time() - cpu) * 1000, (perf_counter() - wall) * 1000, seen.statements, seen.seconds * 1000)


async def enter(app: ShopstaffApp, pilot: Pilot[Any], actor: Actor, seen: Traced) -> Cost:
    """Sign somebody in, the hashing apart."""
    seen.clear()
    wall, cpu = perf_counter(), process_time()
    with app._context():
        app.sign_in(actor)
    await settle(pilot)
    return Cost((process_time() - cpu) * 1000, (perf_counter() - wall) * 1000, seen.statements, seen.seconds * 1000)


async def come(app: ShopstaffApp, pilot: Pilot[Any], place: Place, seen: Traced) -> Found:
    """Come to a place by its keys."""
    found = Found()
    front: object = app.screen
    # Whoever is signed in by us is past the door.
    ways = [("type" if kind == "type" else kind, what) for kind, what in steps(place._replace(who=""))]
    if place.keys:
        ways.pop()  # what it shows may be beyond the window of a larger shop
    for kind, what in ways:
        if kind == "wait":
            end = perf_counter() + PATIENCE
            while what not in grid(app):
                if perf_counter() > end:
                    return Found(missed=True)
                await asyncio.sleep(0.02)
            await settle(pilot)
            continue
        for key in what if kind == "type" else [what]:
            cost = await press(pilot, key, seen)
            if app.screen is not front or cost.cpu > found.opened.cpu:
                front, found.opened = app.screen, cost
    found.missed = type(app.screen).__name__ != place.screen
    return found


async def use(app: ShopstaffApp, pilot: Pilot[Any], seen: Traced) -> dict[str, Cost]:
    """Page, go to the end, and search, where there is a list to do it in."""
    done: dict[str, Cost] = {}
    if not isinstance(app.focused, ListView):
        return done
    for key in LISTED:
        await pilot.press("home")
        await settle(pilot)
        done[key] = await press(pilot, key, seen)
    if app.screen.active_bindings.get("slash"):
        await press(pilot, "/", seen)
        done["letter"] = await press(pilot, "z", seen)
    return done


async def walk(place: Place, home: Home, seen: Traced) -> Found:
    """Come to a place and use it."""
    path = home.fresh(place)
    shop.open(path, create=not place.founded)
    try:
        actor: Actor | None = signed_in(place.who, ages=True) if place.who else None
        async with program(path, start="sign_in" if place.founded else "setup", leads=not actor) as (app, pilot):
            entered = await enter(app, pilot, actor, seen) if actor else Cost()
            found = await come(app, pilot, place, seen)
            if not place.keys:
                found.opened = entered
            if not found.missed and len(place.keys) <= SECTION:
                found.done = await use(app, pilot, seen)
            return found
    finally:
        shop.close()


def worth(small: Cost, large: Cost) -> str:
    """Marks what is beyond its budget."""
    slower = large.cpu > RATIO * small.cpu and large.cpu > small.cpu + SLACK_MS
    return ("!" if large.cpu > BUDGET_MS else "") + ("×" if slower else "")


def is_beyond(small: Found, large: Found) -> bool:
    """Whether anything of a place is."""
    return bool(worth(small.opened, large.opened)) or any(worth(small.done[key], large.done[key]) for key in small.done.keys() & large.done)


async def measure(place: Place, homes: Sequence[Home], seen: Traced) -> tuple[Found, Found] | None:
    """A place in both shops; None where it is not come to."""
    best: tuple[Found, Found] | None = None
    for _round in range(ROUNDS):
        small, large = [await walk(place, home, seen) for home in homes]
        if small.missed or large.missed:
            return None
        best = (small, large) if best is None else (best[0].better(small), best[1].better(large))
        is_first = best[0].opened.cpu > RATIO * best[1].opened.cpu  # it paid for imports, which are paid once
        if not is_first and not is_beyond(*best):
            break
    return best


def line(name: str, small: Cost, large: Cost) -> str:
    """A line of the table."""
    ratio = large.cpu / max(small.cpu, 0.1)
    sides = "".join(f"{cost.cpu:>8.0f}{cost.wall:>7.0f}{cost.statements:>5}{cost.sql:>7.1f}" for cost in (small, large))
    return f"{name:<46}{sides}{ratio:>7.2f} {worth(small, large)}"


async def memory(home: Home, names: Sequence[str]) -> None:
    """Print what 200 pages of each long list leave behind, MiB."""
    for place in [each for each in PLACES if each.name in names]:
        shop.open(home.fresh(place))
        try:
            async with program(home.path, actor=signed_in(place.who, ages=True)) as (app, pilot):
                with traced() as seen:
                    await come(app, pilot, place, seen)
                before = resident()
                for turn in range(200):
                    await pilot.press("pagedown" if turn % 40 else "end")
                    await pilot.press(*(["home"] if turn % 40 == 39 else []))
                await settle(pilot)
                print(f"{place.name:<46}{before:>8.1f} MiB, {resident() - before:>+6.1f} after 200 pages", flush=True)
        finally:
            shop.close()


def places(names: Sequence[str]) -> list[Place]:
    """Those that are asked for; sections and people's screens once more as a manager."""
    owners = [each for each in PLACES if not names or any(each.name.startswith(name) for name in names)]
    managers = [each for each in owners if each.who == "owner" and not each.first and len(each.keys) <= SECTION]
    managers = [each._replace(who=MANAGER, title=f"{each.title} as a manager".strip()) for each in managers]
    return owners + managers


async def run(folder: Path, names: Sequence[str]) -> None:
    """Measure and print."""
    homes = [Home(folder / name, folder) for name in ("small", "large")]
    beyond, missed = [], []
    print(f"{'':<46}{'small: CPU':>11}{'wall':>4}{'SQL':>5}{'ms':>7}{'large: CPU':>11}{'wall':>4}{'SQL':>5}{'ms':>7}{'ratio':>7}")
    with traced() as seen:
        for place in places(names):
            found = await measure(place, homes, seen)
            if found is None:
                missed.append(place.name)
                continue
            lines = [line(place.name, found[0].opened, found[1].opened)]
            lines += [line(f"  {key}", found[0].done[key], found[1].done[key]) for key in found[0].done if key in found[1].done]
            print("\n".join(lines), flush=True)
            beyond += [f"{place.name}: {each.strip()}" for each in lines if each.endswith(("!", "×"))]
    await memory(homes[1], names or PAGED)
    print(f"not come to: {', '.join(missed)}")
    print(f"{len(beyond)} beyond {RATIO} × or {BUDGET_MS:.0f} ms")


@contextmanager
def kept(folder: str) -> Iterator[Path]:
    """Where the shops lie: in `folder`, to be used again, or in one that goes."""
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        yield Path(folder)
    else:
        with TemporaryDirectory() as temporary:
            yield Path(temporary)


def main() -> int:
    """Build what is not there, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", default="", help="a folder for the shops, which are not made again where they are there")
    parser.add_argument("names", nargs="*", help="beginnings of names of screens; all without any")
    given = parser.parse_args()
    with kept(given.keep) as folder, mock.patch("tests.factories.AGELESS", 0):
        for name, size in (("small", SMALL), ("large", LARGE)):
            if not (folder / name).exists():
                begin = perf_counter()
                build(folder / name, size)
                print(f"{name}: {size} in {perf_counter() - begin:.0f} s", flush=True)
        with mock.patch.multiple(_wait, SLEEP_GRANULARITY=STEP, SLEEP_IDLE=STEP / 20):
            asyncio.run(run(folder, given.names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
