"""The preview: complete on every terminal, and confirmed only once its end was shown."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import ComposeResult
from textual.binding import Binding

from models import clock
from models.actor import Actor
from models.queries import access
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from screens.base import DetailScreen
from screens.widgets.preview import PreviewList
from tests.factories import Founded
from tests.hostile import LITERAL
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid, settle

NOW = clock.end_of_day("2026-03-01", "Asia/Shanghai") - 12 * clock.HOUR
END = clock.end_of_day("2026-12-31", "Asia/Shanghai")


class Around(DetailScreen):
    """A screen with nothing but a preview."""

    BINDINGS = [Binding("y", "confirm", "Yes")]

    def __init__(self, shown: access.Preview, *, newcomer: bool) -> None:
        super().__init__()
        self.shown, self.newcomer = shown, newcomer
        self.ends: list[access.Preview] = []

    def compose_content(self) -> ComposeResult:
        """The preview."""
        yield PreviewList()

    def reload(self) -> None:
        """Show it."""
        self.query_one(PreviewList).show(self.shown, newcomer=self.newcomer)

    def on_preview_list_shown_to_the_end(self, event: PreviewList.ShownToTheEnd) -> None:
        """Count how often the end was told."""
        self.ends.append(event.preview)


@pytest.fixture(autouse=True)
def _frozen_clock() -> Any:
    clock.set_clock(lambda: NOW)
    yield
    clock.set_clock(None)


def newcomer(shop: Founded, *roles: str, post: str = "service", extras: tuple[str, ...] = (), until: int | None = None) -> access.Preview:
    """What somebody with these roles and extras would be able to do."""
    gifts = tuple(RoleGift(shop.role_id(role)) for role in roles)
    return access.preview_newcomer(shop.owner, "carol", post, gifts, tuple(ExtraGift(code, until) for code in extras))


async def test_a_newcomer_sees_what_comes_from_where_what_the_post_cuts_and_what_is_high_risk(
    desk: DeskFactory, little_shop: Founded
) -> None:
    """Area by area, with a mark for each that needs no colour."""
    shown = newcomer(little_shop, "service_lead", "operations", extras=("audit.view",), until=END)
    async with desk(lambda: Around(shown, newcomer=True), size=(80, 60)) as (app, _pilot):
        text = grid(app)
    assert "15 permissions · 1 high-risk ▲ · 8 cut by the post" in text
    assert "✓   View goods" in text and "role Service lead" in text and "role Operations" in text
    assert "✗   Change price" in text and "role Operations has it; the post," in text
    assert "extra, until 2026-12-31 (in 10" in text  # and the rest below: nothing is cut off
    assert "✓+" not in text and "…" not in text


async def test_a_change_shows_what_is_gained_lost_and_kept(desk: DeskFactory, little_shop: Founded) -> None:
    """Gained with a plus, lost with a minus and where it came from, kept with less weight, another end beside the one before."""
    shop = little_shop
    bob = shop.person("bob", gave=["design"], extras=["staff.view"])
    change = AccessChange(
        give_roles=(RoleGift(shop.role_id("customer_service")),),
        take_roles=(shop.role_id("design"),),
        give_extras=(ExtraGift("staff.view", END),),
    )
    shown = access.preview_change(shop.owner, bob.staff_id or 0, change)
    async with desk(lambda: Around(shown, newcomer=False), size=(100, 60)) as (app, _pilot):
        text = grid(app)
    assert "+7 −3 · 9 permissions" in text
    assert "✓+  Receive chats" in text
    assert "✗−  Publish shop pages" in text and "was: role Design" in text
    assert "✓   View goods" in text
    assert "before: without end" in text


async def test_what_an_extra_brings_along_and_takes_along_says_why(desk: DeskFactory, little_shop: Founded) -> None:
    """Nothing comes or goes that nobody ticked without a reason beside it."""
    shop = little_shop
    shown = newcomer(shop, post="operations", extras=("goods.price.edit",))
    async with desk(lambda: Around(shown, newcomer=True), size=(100, 30)) as (app, _pilot):
        assert "extra; “Change price” needs it" in grid(app)
    bob = shop.person("bob", extras=["goods.price.edit"])
    taken = access.preview_change(shop.owner, bob.staff_id or 0, AccessChange(take_extras=("goods.view",)))
    async with desk(lambda: Around(taken, newcomer=False), size=(100, 30)) as (app, _pilot):
        assert "was: extra; it needs “View goods”" in grid(app)


@pytest.mark.parametrize("keys", [["end"], ["pagedown"] * 9, ["down"] * 80])
async def test_the_end_is_told_once_and_only_when_it_was_in_view(desk: DeskFactory, little_shop: Founded, keys: list[str]) -> None:
    """However somebody gets there; and a preview that is shown anew has to be read anew."""
    shown = newcomer(little_shop, "manager", post="operations")
    async with desk(lambda: Around(shown, newcomer=True)) as (app, pilot):
        around = app.screen
        assert isinstance(around, Around)
        assert not around.query_one(PreviewList).shown_to_the_end
        await pilot.press(*keys)
        await settle(pilot)
        assert around.ends == [shown]
        await pilot.press("home", "end")
        await settle(pilot)
        assert around.ends == [shown]
        around.reload()
        await settle(pilot)
        assert not around.query_one(PreviewList).shown_to_the_end


async def test_what_fits_is_shown_to_the_end_at_once(desk: DeskFactory, little_shop: Founded) -> None:
    """Also when there is nothing to show but one sentence; and when the terminal grows until it fits."""
    nothing = newcomer(little_shop)
    async with desk(lambda: Around(nothing, newcomer=True)) as (app, _pilot):
        assert app.screen.query_one(PreviewList).shown_to_the_end
        assert "Nothing but what everybody may" in grid(app)
    few = newcomer(little_shop, "customer_service")
    async with desk(lambda: Around(few, newcomer=True), size=(80, 10)) as (app, pilot):
        assert not app.screen.query_one(PreviewList).shown_to_the_end
        await pilot.resize_terminal(80, 40)
        await settle(pilot)
        assert app.screen.query_one(PreviewList).shown_to_the_end


@pytest.mark.parametrize("name", LITERAL.values(), ids=LITERAL)
async def test_a_hostile_name_of_a_role_is_shown_as_it_stands(desk: DeskFactory, little_shop: Founded, name: str) -> None:
    """Where something comes from is data."""
    from models.operations import roles

    shop = little_shop
    role_id = roles.add(Actor.console("tester"), name[:40], ["goods.view"])
    shown = access.preview_newcomer(shop.owner, "carol", "service", (RoleGift(int(role_id)),), ())
    async with desk(lambda: Around(shown, newcomer=True), size=(120, 24)) as (app, _pilot):
        assert f"role {name[:40]}" in grid(app)
