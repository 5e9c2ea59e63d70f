"""How the screens of device keys look."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock
from models.tables import Device
from tests.device_keys import ed25519, enrolled
from tests.factories import Founded
from tests.screens.door import paste
from tests.screens.look import LANGUAGES, SIZES, grid
from tests.screens.program import DAY, NOON, at_noon, program
from tests.screens.test_devices import press


@pytest.mark.parametrize("size", [(60, 20), *SIZES], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """None, then one that ends soon, one without end and one that has ended; a key that is enrolled, and the question before."""
    at_noon(little_shop, language=spoken)
    bob = little_shop.person("bob", name="Bob Zhao")
    async with program(little_shop.home, actor=bob, size=size) as here:
        app, pilot = here
        await press(here, "9", "s", "d")
        assert grid(app) == snapshot(name="none")
        await press(here, "escape")
        for name, days in (("Laptop 笔记本", 12), ("tablet", None), ("old phone", 2)):
            enrolled(little_shop.id_of("bob"), name, days=days)
        Device.update(used_at=NOON - 4 * DAY).where(Device.name != "tablet").execute()
        Device.update(expires_at=NOON - 3 * DAY).where(Device.name == "old phone").execute()
        await press(here, "d")
        assert grid(app) == snapshot(name="three")
        await press(here, "x")
        assert grid(app) == snapshot(name="revoking")
        await press(here, "escape", "n", *"phone", "tab")
        await paste(app, pilot, ed25519("phone"))
        assert grid(app) == snapshot(name="enrolling")
        await press(here, "ctrl+s")
        assert grid(app) == snapshot(name="asked")
    clock.set_clock(None)
