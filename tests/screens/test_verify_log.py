"""Verifying the log on screen, by keyboard: what was found, the code to write down, and one that was."""

from __future__ import annotations

import pytest

from models import shop
from models.operations import log
from models.queries import chain, damage
from screens.audit import AuditScreen
from screens.dialogs.working import Working
from screens.verify_log import VerifyLogScreen
from tests.factories import CONSOLE, Founded
from tests.screens.look import SIZES, grid, settle
from tests.screens.program import Program, error, form, program, put, until
from tests.tampering import attacker, forged, recomputed, rewrite, rows


def said(app: object) -> str:
    """The screen in one line, so that it does not matter where lines end."""
    return " ".join(grid(app).split())  # type: ignore[arg-type]  # an app, as every caller has it


async def to_verify(opened: Program) -> None:
    """Come to the screen."""
    _app, pilot = opened
    await pilot.press("6")
    await settle(pilot)
    await pilot.press("v")
    await settle(pilot)


async def verify(opened: Program) -> None:
    """Verify, and wait until it is done."""
    app, pilot = opened
    await pilot.press("ctrl+s")
    await until(pilot, lambda: not isinstance(app.screen, Working))
    await settle(pilot)


async def test_a_whole_log_is_said_to_be_whole(little_shop: Founded) -> None:
    """With how many entries, the code to write down, and what cannot be seen; the log has that it was verified."""
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await to_verify(opened)
        assert isinstance(app.screen, VerifyLogScreen)
        assert "whoever has this machine" in said(app)
        await verify(opened)
        head = chain.head()
        assert head is not None
        assert "✓ The log is whole" in said(app)
        assert "✓ It agrees with what was kept" in said(app)
        assert head.code in said(app)
    assert [action for _who, action, _what in little_shop.log()][-2:].count("audit.verify") == 1


async def test_a_code_of_some_time_ago_is_compared(little_shop: Founded) -> None:
    """In any case and grouping; a slip of the pen is said beside the field, and nothing is verified."""
    code = chain.head().code  # type: ignore[union-attr]  # a founded shop has a log
    little_shop.person("bob")
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await to_verify(opened)
        put(app, code=code.lower().replace("-", " "))
        await verify(opened)
        assert "exactly that past" in said(app)
        put(app, code=f"{code[:-1]}{'0' if code[-1] != '0' else '1'}")
        await verify(opened)
        assert "slip" in error(app, "code")
        assert form(app).text("code")


async def test_damage_is_named_and_said_on_every_screen(little_shop: Founded) -> None:
    """Nothing can be changed from then on; after the operator accepted it everything goes on, and it stays named."""
    little_shop.person("bob")
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = 2")
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, pilot = opened
        await to_verify(opened)
        await verify(opened)
        assert "✗ Entry 2 is not as it was written." in said(app)
        assert "shopstaff audit accept" in said(app)
        app.look()
        await settle(pilot)
        assert "The log is damaged, so nothing can be changed" in said(app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, AuditScreen)
        assert "The log is damaged, so nothing can be changed" in said(app)
    log.accept(CONSOLE)
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        assert "The log is damaged" not in said(app)
        await to_verify(opened)
        await verify(opened)
        assert "▲ Entry 2 is not as it was written. Accepted by console:tester" in said(app)


async def test_damage_that_was_found_before_is_said_before_anything_is_verified(little_shop: Founded) -> None:
    """As at the start: the log was written anew."""
    little_shop.person("bob")
    little_shop.person("eve")
    shop.close()
    whole = rows(little_shop.home)
    rewrite(little_shop.home, recomputed([forged(whole[0], actor="x"), *whole[1:]]))
    shop.open(little_shop.home)
    assert damage.is_damaged()
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await to_verify(opened)
        assert "written anew" in said(app)
        assert "The log is damaged" in said(app)


async def test_a_log_that_is_gone_has_no_code(little_shop: Founded) -> None:
    """Whoever is signed in still sees that."""
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        rewrite(little_shop.home, [])
        await to_verify(opened)
        assert "The code of the log now" not in said(app)
        await verify(opened)
        assert "gone" in said(app)


async def test_many_damages_are_counted(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are named."""
    monkeypatch.setattr("models.rules.audit_damage.MOST", 1)
    for name in ("bob", "eve", "kim"):
        little_shop.person(name)
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq IN (2, 4)")
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        await to_verify(opened)
        await verify(opened)
        assert "1 more place is damaged" in said(opened[0])


async def test_it_can_be_stopped(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is said, and nothing is written."""
    monkeypatch.setattr(chain, "WINDOW", 1)
    little_shop.person("bob")
    before = little_shop.log("audit.verify")
    monkeypatch.setattr(Working, "_asked", lambda self: True)
    async with program(little_shop.home, actor=little_shop.owner) as opened:
        app, _pilot = opened
        await to_verify(opened)
        await verify(opened)
        assert isinstance(app.screen, VerifyLogScreen)
        assert "The log is whole" not in said(app)
    assert little_shop.log("audit.verify") == before


async def test_who_sees_a_part_of_the_log_is_not_offered_it(little_shop: Founded) -> None:
    """It takes seeing all of it."""
    person = little_shop.person("alice", extras=["audit.view"])
    async with program(little_shop.home, actor=person) as opened:
        app, pilot = opened
        await pilot.press("6")
        await settle(pilot)
        await pilot.press("v")
        await settle(pilot)
        assert isinstance(app.screen, AuditScreen)


@pytest.mark.parametrize("size", [*SIZES, (60, 20)])
async def test_everything_fits_or_scrolls(little_shop: Founded, size: tuple[int, int]) -> None:
    """The field is always there; what is said scrolls above it."""
    async with program(little_shop.home, actor=little_shop.owner, size=size) as opened:
        app, pilot = opened
        await to_verify(opened)
        await verify(opened)
        assert "Older code" in grid(app)
        assert "The log is whole" in grid(app)
        await pilot.press("pagedown")
        await settle(pilot)
        assert "keep it elsewhere" in said(app)
