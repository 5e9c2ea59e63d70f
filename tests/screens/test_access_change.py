"""Changing access, by keyboard: ticks, the preview, and nothing before its end was shown."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock
from models.i18n import Language
from models.operations import grants, roles
from models.queries import access, staff as queries
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from screens.access_change import AccessChangeScreen, AccessPreviewScreen
from screens.widgets.access_ticks import AccessTicks
from screens.widgets.list_view import ListView
from tests.factories import DAY, Founded, signed_in
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.people import NOON, may, peopled, press

END = clock.end_of_day("2026-12-31", "Asia/Shanghai")


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people."""
    return peopled(little_shop)


def of(shop: Founded, login: str) -> AccessChangeScreen:
    """Somebody's access, to be changed."""
    return AccessChangeScreen(shop.id_of(login))


def may_now(shop: Founded, login: str) -> set[str]:
    """What somebody may do."""
    return {code for code, verdict in access.of(shop.owner, shop.id_of(login)).items() if verdict.allowed}


def in_front(app: Any) -> type[object]:
    """The kind of the screen that is in front."""
    return type(app.screen)


async def tick(pilot: Any, key: str) -> None:
    """Put the cursor on a row and tick it."""
    pilot.app.screen.query_one("#offers", ListView).select(key)
    await settle(pilot)
    await press(pilot, "space")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_whole_way(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """A role taken, another given until the end of the year, an extra with what it needs, the post; then the difference, then yes."""
    owner = shop.owner
    async with desk(lambda: of(shop, "carol"), may=may(owner), actor=owner, size=size, language=language) as (app, pilot):
        await tick(pilot, f"role:{shop.role_id('service_lead')}")
        await tick(pilot, f"role:{shop.role_id('auditor')}")
        await press(pilot, "u", "type:2026-12-31", "enter")
        await tick(pilot, "post:operations")
        await tick(pilot, "extra:goods.delete")
        assert grid(app) == snapshot(name="ticks")
        await press(pilot, "enter")
        assert grid(app) == snapshot(name="preview")
        await press(pilot, "end")
        assert grid(app) == snapshot(name="end")
        await press(pilot, "y")
    given = {(grant.key, grant.until) for grant in queries.grants(owner, shop.id_of("carol"))}
    assert given == {("operations", None), ("auditor", END), ("goods.delete", None)}
    assert "goods.delete" in may_now(shop, "carol")


async def test_nothing_is_confirmed_whose_end_was_not_shown(desk: DeskFactory, shop: Founded) -> None:
    """`y` does nothing until then; the line below says so."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await tick(pilot, f"role:{shop.role_id('manager')}")
        await press(pilot, "enter", "y", "y")
        assert in_front(app) is AccessPreviewScreen
        assert app.screen.check_action("confirm", ()) is None
        assert "More below." in grid(app)
        assert [grant.key for grant in queries.grants(shop.owner, shop.id_of("dave"))] == ["warehouse"]
        await press(pilot, "end", "y")
        assert in_front(app) not in {AccessPreviewScreen, AccessChangeScreen}
    assert "manager" in [grant.key for grant in queries.grants(shop.owner, shop.id_of("dave"))]


async def test_esc_goes_back_to_the_ticks_and_they_are_there(desk: DeskFactory, shop: Founded) -> None:
    """And from there it asks before they are thrown away."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await tick(pilot, f"role:{shop.role_id('design')}")
        await press(pilot, "enter", "escape")
        assert in_front(app) is AccessChangeScreen
        assert "+3 −0 · 10 permissions" in grid(app)
        await press(pilot, "escape")
        assert "Discard these changes?" in grid(app)
        await press(pilot, "escape", "space", "escape")
        assert in_front(app) is not AccessChangeScreen
    assert [grant.key for grant in queries.grants(shop.owner, shop.id_of("dave"))] == ["warehouse"]


async def test_what_comes_along_is_ticked_and_says_why(desk: DeskFactory, shop: Founded) -> None:
    """Its tick is not one's own to take; taking what needs it takes it along."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, pilot):
        await tick(pilot, "extra:audit.export")
        offers = app.screen.query_one("#offers", ListView)
        assert {"extra:audit.export", "extra:audit.view.all", "extra:audit.view", "extra:staff.view"} <= offers.ticked
        await tick(pilot, "extra:staff.view")
        assert "“View staff” comes along with what needs it." in grid(app)
        assert "comes along: “View the team's log”" in grid(app)
        await tick(pilot, "extra:audit.export")
        assert not {key for key in offers.ticked if str(key).startswith("extra:")}
        assert "Nothing is changed yet." in grid(app)


async def test_what_goes_along_says_why(desk: DeskFactory, shop: Founded) -> None:
    """An extra cannot stand without what it needs."""
    dave = shop.id_of("dave")
    grants.change(shop.owner, dave, AccessChange(give_extras=(ExtraGift("audit.view"),)))
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, pilot):
        await tick(pilot, "extra:staff.view")
        offers = app.screen.query_one("#offers", ListView)
        offers.select("extra:audit.view")
        await settle(pilot)
        assert "goes along: it needs “View staff”" in grid(app)
        assert "extra:audit.view" not in offers.ticked


@pytest.mark.parametrize(("typed", "until"), [("2026-12-31", END), ("+30d", clock.end_of_day("2026-03-31", "Asia/Shanghai")), ("", None)])
async def test_an_end_is_a_day_a_distance_or_nothing(desk: DeskFactory, shop: Founded, typed: str, until: int | None) -> None:
    """`u` on what is under the cursor ticks it, too."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        app.screen.query_one("#offers", ListView).select(f"role:{shop.role_id('design')}")
        await settle(pilot)
        await press(pilot, "u", f"type:{typed}", "enter", "enter", "end", "y")
    assert ("design", until) in {(grant.key, grant.until) for grant in queries.grants(shop.owner, shop.id_of("dave"))}


async def test_a_day_that_is_none_is_refused_in_the_dialog(desk: DeskFactory, shop: Founded) -> None:
    """What was typed stays; posts have no end."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert app.screen.query_one(AccessTicks).check_action("until", ()) is False
        app.screen.query_one("#offers", ListView).select(f"role:{shop.role_id('design')}")
        await settle(pilot)
        await press(pilot, "u", "type:2020-01-01", "enter")
        assert "That day is over." in grid(app)
        await press(pilot, "escape")
        assert "Nothing is changed yet." in grid(app)


async def test_who_holds_less_is_offered_less(desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion) -> None:
    """What is beyond one's own access cannot be ticked and says so; what is held until a day can be given until then."""
    lead = shop.person("lead", gave=["customer_service"], extras=["staff.manage"])
    grants.change(shop.owner, lead.staff_id or 0, AccessChange(give_roles=(RoleGift(shop.role_id("design"), NOON + 10 * DAY),)))
    async with desk(lambda: of(shop, "zhangsan"), may=may(lead), actor=lead, size=(120, 40)) as (app, pilot):
        await tick(pilot, f"role:{shop.role_id('manager')}")
        await tick(pilot, "extra:finance.bill.view")
        assert "Nothing is changed yet." in grid(app)
        await tick(pilot, f"role:{shop.role_id('design')}")
        assert "You hold “Edit goods” yourself only until an earlier date." in grid(app)
        assert grid(app) == snapshot
        await press(pilot, "enter")
        assert in_front(app) is AccessChangeScreen
        await press(pilot, "u", "type:+5d", "enter")
        assert "earlier date" not in grid(app).splitlines()[1]


async def test_find_goes_to_a_permission_by_its_name(desk: DeskFactory, shop: Founded) -> None:
    """Sixty rows are many."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "slash", "type:publish shop", "enter", "space")
        assert app.screen.query_one("#offers", ListView).key == "extra:decor.publish"
        assert "+2 −0" in grid(app)


async def test_checking_nothing_says_so(desk: DeskFactory, shop: Founded) -> None:
    """There is nothing to confirm."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "enter")
        assert in_front(app) is AccessChangeScreen
        await tick(pilot, "post:service")
        await tick(pilot, "post:operations")
        await press(pilot, "enter")
        assert in_front(app) is AccessChangeScreen


async def test_what_changed_between_the_preview_and_the_yes_is_told_and_shown_anew(desk: DeskFactory, shop: Founded) -> None:
    """A person changed by somebody else, a role that grew: nothing is done, the new preview has to be read to its end."""
    own = roles.add(shop.owner, "Host", ["goods.view"])
    dave = shop.id_of("dave")
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await tick(pilot, f"role:{own}")
        await press(pilot, "enter", "end")
        roles.edit(signed_in("alice"), own, None, codes=["goods.view", "finance.bill.view", "shop.info.edit"])
        await press(pilot, "y")
        assert in_front(app) is AccessPreviewScreen
        assert "was changed by somebody" in grid(app)
        await press(pilot, "end")
        assert "View bills" in grid(app)
        grants.change(signed_in("alice"), dave, AccessChange(give_extras=(ExtraGift("rate.reply"),)))
        await press(pilot, "y")
        assert in_front(app) is AccessPreviewScreen
        await press(pilot, "end", "y")
        assert in_front(app) is not AccessPreviewScreen
    assert {grant.key for grant in queries.grants(shop.owner, dave)} == {"warehouse", "Host", "rate.reply"}


async def test_ticks_are_differences_and_do_not_undo_what_others_did(desk: DeskFactory, shop: Founded) -> None:
    """A role that somebody else gave while one was ticking stays given."""
    dave = shop.id_of("dave")
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (_app, pilot):
        await tick(pilot, f"role:{shop.role_id('design')}")
        grants.change(signed_in("alice"), dave, AccessChange(give_roles=(RoleGift(shop.role_id("finance")),)))
        await press(pilot, "enter", "end", "y")
    assert {grant.key for grant in queries.grants(shop.owner, dave)} == {"warehouse", "finance", "design"}
