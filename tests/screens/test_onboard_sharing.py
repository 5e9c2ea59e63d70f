"""Whose chat records a newcomer is to read, in the wizard: the setting and the ticks are one thing, whichever is touched."""

from __future__ import annotations

import pytest

from models import clock
from models.queries import staff
from models.rules.sharing import ALL, ALL_CODE, OWN, SETTINGS, TEAM, TEAM_CODE
from screens.access_draft import EXTRA, What
from screens.onboard import OnboardScreen
from screens.onboard_draft import OnboardDraft
from screens.widgets.access_ticks import AccessTicks
from screens.widgets.form import Form
from tests.factories import DAY, Founded
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid
from tests.screens.people import press

MANAGING = {"staff.manage", "staff.view"}
SIZES = [(80, 24), (120, 40), (60, 20)]
PERSON = ("type:carol", "enter", "type:Carol Li", "ctrl+s")
TO_SETTING = ("down", "down")


def extras(shop: Founded) -> dict[str, int | None]:
    """The newcomer's."""
    return {each.key: each.until for each in staff.grants(shop.console, shop.id_of("carol")) if each.kind == "extra"}


def setting(app: object) -> object:
    """What is chosen in the step."""
    return app.screen.query_one(Form).values()["sharing"]  # type: ignore[attr-defined]  # an app of ours


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_setting_ticks_the_extras_and_the_preview_has_them(
    desk: DeskFactory, little_shop: Founded, size: tuple[int, int]
) -> None:
    """All, for the post operations: both extras stand among the ticks, in the preview, and are given."""
    async with desk(OnboardScreen, may=MANAGING, actor=little_shop.owner, size=size) as (app, pilot):
        await press(pilot, *PERSON, "down", "right", "down", "left")
        assert "Chat records" in grid(app)
        assert "Every conversation of the shop" in grid(app)
        await press(pilot, "ctrl+s")
        ticked = app.screen.query_one(AccessTicks).offers.ticked
        assert {f"extra:{TEAM_CODE}", f"extra:{ALL_CODE}"} <= ticked
        await press(pilot, "enter")
        assert "All chat records" in grid(app)
        await press(pilot, "end", "y")
    assert extras(little_shop) == {TEAM_CODE: None, ALL_CODE: None}


async def test_a_tick_is_the_setting_and_untouched_steps_keep_its_end(desk: DeskFactory, little_shop: Founded) -> None:
    """What was ticked until a day is "team" in the step before, and going through that step again leaves the day."""
    until = clock.end_of_day("2099-12-31", "Asia/Shanghai")
    async with desk(OnboardScreen, may=MANAGING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, "ctrl+s")
        app.screen.query_one(AccessTicks).offers.select(f"extra:{TEAM_CODE}")
        await press(pilot, "u", "type:2099-12-31", "enter", "escape")
        assert setting(app) == TEAM
        await press(pilot, "ctrl+s", "enter", "end", "y")
    assert extras(little_shop) == {TEAM_CODE: until}


async def test_all_for_customer_service_says_that_it_is_kept_for_operations(desk: DeskFactory, little_shop: Founded) -> None:
    """Beside the field, as soon as it is chosen and again when the post changes."""
    async with desk(OnboardScreen, may=MANAGING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *TO_SETTING, "left")
        assert "Kept for the post operations" in grid(app)
        await press(pilot, "up", "right")
        assert "Kept for the post operations" not in grid(app)
        await press(pilot, "right", "down", "right")
        assert "Reads what they write to customers themselves" in grid(app)


async def test_nobody_has_others_read_further_than_they_do(desk: DeskFactory, little_shop: Founded) -> None:
    """A manager who reads the team's chooses between own and team; one who reads their own has no choice."""
    lead = little_shop.person("lead", extras=["staff.manage", TEAM_CODE])
    plain = little_shop.person("plain", extras=["staff.manage"])
    for actor, seen in ((lead, [TEAM, OWN, TEAM]), (plain, [OWN, OWN, OWN])):
        async with desk(OnboardScreen, may=MANAGING, actor=actor) as (app, pilot):
            await press(pilot, *PERSON, *TO_SETTING)
            found = []
            for _ in range(3):
                await press(pilot, "right")
                found.append(setting(app))
            assert found == seen
            await press(pilot, "escape", "escape")


async def test_a_colleagues_setting_is_taken_over(desk: DeskFactory, little_shop: Founded) -> None:
    """Into the field, too, so that the field does not take it away again."""
    until = clock.now() + 9 * DAY
    little_shop.person("alice", name="Alice Wang", extras=[TEAM_CODE], until=until)
    async with desk(OnboardScreen, may=MANAGING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, "enter", "type:alice", "enter")
        assert setting(app) == TEAM
        await press(pilot, "ctrl+s", "enter", "end", "y")
    assert extras(little_shop) == {TEAM_CODE: until}


@pytest.mark.parametrize("before", SETTINGS)
@pytest.mark.parametrize("after", SETTINGS)
def test_every_setting_leads_to_every_other_in_a_draft(little_shop: Founded, before: str, after: str) -> None:
    """And back to where it came from, with nothing left behind; other ticks stay. What is kept of it are the extras."""
    draft = OnboardDraft()
    draft.access.toggle(What(EXTRA, "goods.view"))
    for each in (before, after):
        draft.take({"sharing": each})
        assert draft.sharing == each
    codes = {OWN: set(), TEAM: {TEAM_CODE}, ALL: {TEAM_CODE, ALL_CODE}}[after]
    assert {gift.permission for gift in draft.change.give_extras} == codes | {"goods.view"}
    assert OnboardDraft.found(draft.payload(), roles=(), departments=()).sharing == after


def test_a_wider_setting_ends_when_the_narrower_did(little_shop: Founded) -> None:
    """Team until a day becomes all until that day; what is no setting changes nothing."""
    draft, until = OnboardDraft(), clock.now() + DAY
    draft.access.end_on(What(EXTRA, TEAM_CODE), until)
    draft.take({"sharing": ALL})
    draft.take({"sharing": "everything"})
    assert {gift.permission: gift.until for gift in draft.change.give_extras} == {TEAM_CODE: until, ALL_CODE: until}
