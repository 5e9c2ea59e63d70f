"""Screens are laid out for the terminal they are on, and styled once."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.widgets import Static

from screens.base import BareScreen
from tests.screens.conftest import DeskFactory
from tests.screens.look import settle


class Plain(BareScreen):
    """One line, which notes how its screen was classed when it was put in."""

    classed: frozenset[str] = frozenset()

    def compose_content(self) -> ComposeResult:
        """The line."""
        self.classed = self.classes
        yield Static("here", classes="line")


@pytest.mark.parametrize(
    ("size", "classed"),
    [
        ((80, 24), {"-narrow", "-low"}),
        ((120, 40), {"-wide", "-high"}),
        ((60, 20), {"-narrow", "-low", "-small"}),
        ((120, 20), {"-wide", "-low", "-small"}),
    ],
)
async def test_a_screen_knows_its_size_before_anything_is_in_it(desk: DeskFactory, size: tuple[int, int], classed: set[str]) -> None:
    """So that nothing is styled for one size and then for another."""
    screen = Plain()
    async with desk(lambda: screen, actor=None, size=size) as (_app, pilot):
        await settle(pilot)
        assert screen.classed == classed
        assert screen.classes == classed


async def test_another_size_is_followed(desk: DeskFactory) -> None:
    """Larger and smaller, and back to the same."""
    screen = Plain()
    async with desk(lambda: screen, actor=None) as (_app, pilot):
        for size, classed, small in (
            ((120, 40), {"-wide", "-high"}, False),
            ((60, 20), {"-narrow", "-low", "-small"}, True),
            ((80, 24), {"-narrow", "-low"}, False),
        ):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert screen.classes == classed
            assert screen.query_one(".small").display is small
            assert screen.query_one(".line").size.width == size[0]


async def test_opening_a_screen_styles_it_once(desk: DeskFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each widget when it is put in; the stock screen styles all of them twice more."""
    screen = Plain()
    whole: list[int] = []
    update = Stylesheet.update_nodes

    def counted(self: Stylesheet, nodes: object, *, animate: bool = False) -> None:
        listed = list(nodes)  # type: ignore[call-overload]  # Textual hands over any iterable
        whole.append(sum(node in listed for node in screen.children))
        update(self, listed, animate=animate)

    monkeypatch.setattr(Stylesheet, "update_nodes", counted)
    async with desk(lambda: screen, actor=None) as (_app, pilot):
        await settle(pilot)
        assert max(whole) <= 1
        screen.post_message(events.ScreenResume())
        await settle(pilot)
        assert max(whole) > 1  # shown again it may look another way: the colours may have changed meanwhile
