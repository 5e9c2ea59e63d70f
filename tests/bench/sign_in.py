"""Whether the time of a refusal tells that a login exists: `python -m tests.bench.sign_in`."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from models import shop
from models.actor import Actor
from models.errors import SignInRefused
from models.operations import sessions
from tests.factories import template

TRIALS: Final = 200


def timed(login: str, address: str) -> float:
    """Milliseconds until somebody at `address` is refused."""
    start = perf_counter()
    try:
        sessions.sign_in(Actor.stranger(address), login, "not the password 9")
    except SignInRefused:
        return (perf_counter() - start) * 1e3
    raise AssertionError(login)


def main() -> None:
    """Measure in turns, so that whatever else the machine does falls on both, and print."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        template(home)
        shop.open(home)
        known, unknown = [], []
        for trial in range(TRIALS):
            known.append(timed("owner", f"10.0.{trial // 250}.{trial % 250}"))
            unknown.append(timed("nobody", f"10.1.{trial // 250}.{trial % 250}"))
        shop.close()
    print(f"refused, wrong password   {median(known):7.1f} ms")
    print(f"refused, unknown login    {median(unknown):7.1f} ms   x {median(unknown) / median(known):.3f}   (5 % apart at most)")


if __name__ == "__main__":
    main()
