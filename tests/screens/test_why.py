"""The answer to "why?", as a dialog: it says what the models say, and nothing to who may not ask."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.app import ComposeResult

from models import clock
from models.actor import Actor
from models.explain import explain
from models.i18n import Language
from models.operations import grants
from models.queries import access, shop as shop_queries
from models.rules.grants import AccessChange, ExtraGift
from screens.base import DetailScreen
from screens.dialogs.why import WhyDialog
from tests.factories import Founded, signed_in
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid
from tests.screens.people import peopled, press


class Around(DetailScreen):
    """A screen that asks why at once."""

    def __init__(self, staff_id: int, code: str) -> None:
        super().__init__()
        self._question = (staff_id, code)

    def compose_content(self) -> ComposeResult:
        """Nothing."""
        yield from ()

    def on_mount(self) -> None:
        """Ask."""
        self.app.push_screen(WhyDialog(*self._question))


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people; Carol has an extra until the end of the year."""
    shop = peopled(little_shop)
    end = clock.end_of_day("2026-12-31", "Asia/Shanghai")
    grants.change(shop.owner, shop.id_of("carol"), AccessChange(give_extras=(ExtraGift("goods.view", end),)))
    return shop


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("code", ["goods.view", "goods.price.edit", "finance.withdraw", "finance.bill.view"])
async def test_the_answer(
    desk: DeskFactory, shop: Founded, code: str, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Allowed through three grants; barred by the post; the owner's alone; never given, and who could."""
    carol = shop.id_of("carol")
    async with desk(lambda: Around(carol, code), actor=shop.owner, size=size, language=language) as (app, pilot):
        assert grid(app) == snapshot
        said = grid(app).replace("│", "").split()
        for line in explain(access.why(shop.owner, carol, code), shop_queries.zone()):
            assert "".join(line.split()) in "".join(said)
        await press(pilot, "escape")
        assert not app.screen.is_modal


@pytest.mark.parametrize(("who", "said"), [("bob2", "You may not do this"), ("carol", "alice may use"), ("alice", "alice may use")])
async def test_others_are_asked_about_by_who_may_see_them(desk: DeskFactory, shop: Founded, who: str, said: str) -> None:
    """One's own is everybody's."""
    shop.person("bob2", post="service", gave=["customer_service"])
    actor: Actor = signed_in(who)
    async with desk(lambda: Around(shop.id_of("alice"), "goods.view"), actor=actor) as (app, _pilot):
        assert said in grid(app)


async def test_a_permission_of_a_newer_version_is_told_as_unknown(desk: DeskFactory, shop: Founded) -> None:
    """Its code is all there is to show."""
    async with desk(lambda: Around(1, "goods.teleport"), actor=shop.owner) as (app, _pilot):
        assert "There is no permission “goods.teleport”." in grid(app)
