"""P18: a mistake of ours, wherever somebody is, tells nothing of what was typed. On the way: the keys of every place lead there."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

from tests.places import PLACES, Place
from tests.screens.walking import walk

SECRET = "umbrella 58 violet tram"


def mistaken(screen: Screen[Any]) -> None:
    """Raises with every secret of the screen in a local variable and in the message."""
    secrets = [SECRET, *(line.value for line in screen.query(Input))]
    raise RuntimeError(f"cannot use {secrets}")


class Mistakes:
    """Actions that go wrong."""

    def action_mistake(self: Any) -> None:
        """At once."""
        mistaken(self)

    def action_worker_mistake(self: Any) -> None:
        """In a worker."""

        async def fails() -> None:
            mistaken(self)

        self.run_worker(fails())


async def go_wrong(place: Place, home: Path, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Come to `place`, type a password where there is room for one, make the mistake, and let the program say what it says."""
    async with walk(place, home) as (app, pilot):
        screen = app.screen
        assert type(screen).__name__ == place.screen
        for line in screen.query(Input):
            if line.password:
                line.value = SECRET
        monkeypatch.setattr(type(screen), f"action_{action}", getattr(Mistakes, f"action_{action}"), raising=False)
        screen._bindings.bind("f12", action, priority=True)
        await pilot.press("f12")
        await pilot.pause()
        app._print_error_renderables()


@pytest.mark.parametrize("action", ["mistake", pytest.param("worker_mistake", marks=pytest.mark.slow)])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_p18_a_mistake_tells_nothing_wherever_one_is(
    place: Place, action: str, furnished: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, no local variable, no secret, on the terminal or in the file, which is for us alone; a reference in both."""
    home = furnished if place.founded else furnished.with_name("nothing")
    with pytest.raises(Exception, match="cannot use"):  # the harness tells a test what the program told nobody
        await go_wrong(place, home, action, monkeypatch)
    said = "".join(capfd.readouterr())
    noted = (home / "errors.log").read_text(encoding="utf-8")
    found = re.fullmatch(r"\s*Internal error, reference (E-[0-9A-F]{4})\. Nothing was lost\.\s*", said)
    assert found, said
    assert found[1] in noted
    assert "mistaken" in noted
    for told in (said, noted):
        assert SECRET not in told
        assert "cannot use" not in told
        assert "Traceback" not in told
    assert stat.S_IMODE((home / "errors.log").stat().st_mode) == 0o600
